//! The calls that change a file system; used by `act` and `keep` alone.

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags, mkdirat, openat, renameat_with, unlinkat};
use rustix::fs::{Timespec, Timestamps};
use rustix::io::Errno;

use crate::facts::{Meta, Stamp, Times};

/// Renames and never overwrites.
///
/// # Errors
/// As renameat2(2) with `RENAME_NOREPLACE`.
pub fn rename_new(from: impl AsFd, name: &OsStr, to: impl AsFd, new: &OsStr) -> io::Result<()> {
    let flags = RenameFlags::NOREPLACE;
    Ok(renameat_with(from, name.as_bytes(), to, new.as_bytes(), flags)?)
}

/// Creates a file that was not there, readable by the owner alone.
///
/// # Errors
/// As openat(2) with `O_EXCL`.
pub fn create_new(dir: impl AsFd, name: &OsStr) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(dir, name.as_bytes(), flags, Mode::from_raw_mode(0o600))?.into())
}

/// Creates a file that was not there, readable by all whom the umask lets.
///
/// # Errors
/// As openat(2) with `O_EXCL`.
pub fn create_readable(dir: impl AsFd, name: &OsStr) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(dir, name.as_bytes(), flags, Mode::from_raw_mode(0o644))?.into())
}

/// Lets two entries of a folder change places.
///
/// # Errors
/// As renameat2(2) with `RENAME_EXCHANGE`; some network file systems cannot.
pub fn exchange(dir: impl AsFd, one: &OsStr, other: &OsStr) -> io::Result<()> {
    let flags = RenameFlags::EXCHANGE;
    Ok(renameat_with(&dir, one.as_bytes(), &dir, other.as_bytes(), flags)?)
}

/// Puts a file in the place of another one, which is gone then.
///
/// # Errors
/// As renameat(2).
pub fn replace(dir: impl AsFd, name: &OsStr, with: &OsStr) -> io::Result<()> {
    Ok(rustix::fs::renameat(&dir, with.as_bytes(), &dir, name.as_bytes())?)
}

/// Whether an error says that the file system does not know this kind of rename.
#[must_use]
pub fn is_unknown(error: &io::Error) -> bool {
    let known = [Errno::INVAL, Errno::NOSYS, Errno::OPNOTSUPP];
    Errno::from_io_error(error).is_some_and(|e| known.contains(&e))
}

/// Gives an open directory the times that it had.
///
/// # Errors
/// As utimensat(2): its owner alone may.
pub fn set_times(dir: impl AsFd, times: &Times) -> io::Result<()> {
    let at = |stamp: Stamp| Timespec { tv_sec: stamp.secs, tv_nsec: stamp.nanos.into() };
    let times = Timestamps { last_access: at(times.read), last_modification: at(times.changed) };
    Ok(rustix::fs::utimensat(dir, c".", &times, AtFlags::empty())?)
}

/// Opens one of our own files for reading and appending, creating it for the owner alone.
///
/// # Errors
/// As openat(2); a link is an error.
pub fn open_append(dir: impl AsFd, name: &OsStr) -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(dir, name.as_bytes(), flags, Mode::from_raw_mode(0o600))?.into())
}

/// Makes a directory for the owner alone.
///
/// # Errors
/// As mkdirat(2).
pub fn make_private_dir(dir: impl AsFd, name: &OsStr) -> io::Result<()> {
    Ok(mkdirat(dir, name.as_bytes(), Mode::from_raw_mode(0o700))?)
}

/// Removes one of our own files.
///
/// # Errors
/// As unlinkat(2).
pub fn remove_own_file(dir: impl AsFd, name: &OsStr) -> io::Result<()> {
    Ok(unlinkat(dir, name.as_bytes(), AtFlags::empty())?)
}

/// Removes an entry that is no directory.
///
/// # Errors
/// As unlinkat(2).
pub fn unlink(dir: impl AsFd, name: &CStr) -> io::Result<()> {
    Ok(unlinkat(dir, name, AtFlags::empty())?)
}

/// Removes an empty directory.
///
/// # Errors
/// As unlinkat(2).
pub fn remove_dir(dir: impl AsFd, name: &OsStr) -> io::Result<()> {
    Ok(unlinkat(dir, name.as_bytes(), AtFlags::REMOVEDIR)?)
}

/// Makes a symbolic link where nothing was.
///
/// # Errors
/// As symlinkat(2).
pub fn symlink(target: &Path, dir: impl AsFd, name: &OsStr) -> io::Result<()> {
    Ok(rustix::fs::symlinkat(target, dir, name.as_bytes())?)
}

/// Gives an inode a second name.
///
/// # Errors
/// As linkat(2); `EXDEV` on another mount.
pub fn link(from: impl AsFd, name: &OsStr, to: impl AsFd, new: &OsStr) -> io::Result<()> {
    let (name, new) = (name.as_bytes(), new.as_bytes());
    Ok(rustix::fs::linkat(from, name, to, new, AtFlags::empty())?)
}

/// Makes a new file share all blocks of another, with its permissions and times.
///
/// # Errors
/// As ioctl_ficlone(2): most file systems cannot.
pub fn share_blocks(from: &File, to: &File, meta: &Meta) -> io::Result<()> {
    rustix::fs::ioctl_ficlone(to, from)?;
    rustix::fs::fchmod(to, Mode::from_raw_mode(meta.mode.into()))?;
    let at = |stamp: Stamp| Timespec { tv_sec: stamp.secs, tv_nsec: stamp.nanos.into() };
    let times = Timestamps { last_access: at(meta.mtime), last_modification: at(meta.mtime) };
    Ok(rustix::fs::futimens(to, &times)?)
}

/// Sets space aside for a file.
///
/// # Errors
/// As fallocate(2).
pub fn allocate(file: &File, size: u64) -> io::Result<()> {
    Ok(rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, size)?)
}

/// Makes directory entries durable.
///
/// # Errors
/// As fsync(2).
pub fn sync_dir(dir: impl AsFd) -> io::Result<()> {
    match rustix::fs::fsync(&dir) {
        // A handle that only names the directory is opened again for it.
        Err(Errno::BADF) => {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let open = openat(&dir, c".", flags, Mode::empty())?;
            Ok(rustix::fs::fsync(open)?)
        }
        done => Ok(done?),
    }
}

/// Takes the exclusive lock of an open file or directory, if nobody has it.
///
/// # Errors
/// As flock(2).
pub fn try_lock(file: impl AsFd) -> io::Result<bool> {
    match rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Releases the lock of an open file.
///
/// # Errors
/// As flock(2).
pub fn unlock(file: &File) -> io::Result<()> {
    Ok(rustix::fs::flock(file, rustix::fs::FlockOperation::Unlock)?)
}

/// Gives a file that is about to stand in another's place that one's permissions and group.
///
/// # Errors
/// As fchown(2) and fchmod(2).
pub fn permit(file: &File, mode: u16, group: u32) -> io::Result<()> {
    rustix::fs::fchown(file, None, Some(rustix::fs::Gid::from_raw(group)))?;
    Ok(rustix::fs::fchmod(file, Mode::from_raw_mode(mode.into()))?)
}

/// Makes a directory, readable by all whom the umask lets.
///
/// # Errors
/// As mkdirat(2).
pub fn make_readable_dir(dir: impl AsFd, name: &OsStr) -> io::Result<()> {
    Ok(mkdirat(dir, name.as_bytes(), Mode::from_raw_mode(0o755))?)
}

/// Gives one of our own files to the user for whom sudo runs this.
///
/// # Errors
/// As fchown(2).
pub fn give(file: impl AsFd, owner: Option<u32>) -> io::Result<()> {
    match owner {
        Some(uid) => Ok(rustix::fs::fchown(file, Some(rustix::fs::Uid::from_raw(uid)), None)?),
        None => Ok(()),
    }
}

/// Whether an error says that there is no space.
#[must_use]
pub fn is_full(error: &io::Error) -> bool {
    let known = [Errno::NOSPC, Errno::DQUOT];
    Errno::from_io_error(error).is_some_and(|e| known.contains(&e))
}

/// Whether an error says that the disk or the process is at its limits: full, over quota, failing,
/// out of open files.
#[must_use]
pub fn is_trouble(error: &io::Error) -> bool {
    let known = [Errno::NOSPC, Errno::DQUOT, Errno::IO, Errno::MFILE, Errno::NFILE];
    Errno::from_io_error(error).is_some_and(|e| known.contains(&e))
}
