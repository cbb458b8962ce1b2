//! Open directories: listing and looking, relative to handles, links never followed.

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, RawDir, ResolveFlags, Statx, StatxFlags, openat, openat2,
    statx,
};
use rustix::io::Errno;

use crate::facts::{FileId, FileKind, Meta, Stamp, Times};

/// `STATX_MNT_ID_UNIQUE` (Linux 6.8) would be better, but the plain id exists since 5.8.
fn wanted() -> StatxFlags {
    StatxFlags::BASIC_STATS | StatxFlags::BTIME | StatxFlags::MNT_ID
}

/// Attribute bit of a mount's root (`STATX_ATTR_MOUNT_ROOT`, statx(2)).
const MOUNT_ROOT: u64 = 0x2000;

fn meta_of(s: &Statx) -> Meta {
    let stamp = |t: &rustix::fs::StatxTimestamp| Stamp { secs: t.tv_sec, nanos: t.tv_nsec };
    Meta {
        kind: match u32::from(s.stx_mode) & 0o170_000 {
            0o100_000 => FileKind::File,
            0o040_000 => FileKind::Directory,
            0o120_000 => FileKind::Symlink,
            _ => FileKind::Special,
        },
        mode: s.stx_mode & 0o7777,
        uid: s.stx_uid,
        size: s.stx_size,
        allocated: s.stx_blocks.saturating_mul(512),
        nlink: s.stx_nlink,
        mtime: stamp(&s.stx_mtime),
        ctime: stamp(&s.stx_ctime),
        btime: (s.stx_mask & StatxFlags::BTIME.bits() != 0).then(|| stamp(&s.stx_btime)),
        id: FileId { dev: rustix::fs::makedev(s.stx_dev_major, s.stx_dev_minor), ino: s.stx_ino },
        mount: s.stx_mnt_id,
        mount_root: s.stx_attributes.bits() & MOUNT_ROOT != 0,
    }
}

/// Looks at `name` in the open directory, without following a link.
pub fn stat_at(dir: impl AsFd, name: &CStr) -> io::Result<Meta> {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT | AtFlags::STATX_DONT_SYNC;
    Ok(meta_of(&statx(dir, name, flags, wanted())?))
}

/// As [`stat_at`], for a name of any origin.
pub fn stat_name(dir: impl AsFd, name: &OsStr) -> io::Result<Meta> {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
    Ok(meta_of(&statx(dir, name.as_bytes(), flags, wanted())?))
}

/// Looks at what a path names, its last component not followed.
///
/// # Errors
/// As lstat(2).
pub fn stat_typed(path: &OsStr) -> io::Result<Meta> {
    stat_name(rustix::fs::CWD, path)
}

/// What a FIFO, socket or device is called.
#[must_use]
pub fn special(dir: impl AsFd, name: &OsStr) -> &'static str {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
    let mode = statx(dir, name.as_bytes(), flags, StatxFlags::TYPE).map_or(0, |s| s.stx_mode);
    match u32::from(mode) & 0o170_000 {
        0o010_000 => "fifo",
        0o020_000 => "character special file",
        0o060_000 => "block special file",
        0o140_000 => "socket",
        _ => "weird file",
    }
}

/// Whether the effective user may write to an entry that is no link.
///
/// # Errors
/// As faccessat(2), but for the plain answer "no".
pub fn is_writable(dir: impl AsFd, name: &OsStr) -> io::Result<bool> {
    let (access, flags) = (rustix::fs::Access::WRITE_OK, AtFlags::EACCESS);
    match rustix::fs::accessat(dir, name.as_bytes(), access, flags) {
        Ok(()) => Ok(true),
        Err(Errno::ACCESS) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether the effective user may write to what a path names.
#[must_use]
pub fn may_write(path: &Path) -> bool {
    is_writable(rustix::fs::CWD, path.as_os_str()).unwrap_or(false)
}

/// Whether a new file in this folder cannot be cut: nothing but a domain of Landlock refuses that to
/// the one who has just made it. None where it cannot be tried.
#[must_use]
pub fn refuses_cutting(folder: &Path) -> Option<bool> {
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let file = rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR).ok()?;
    match rustix::fs::ftruncate(&file, 0) {
        Ok(()) => Some(false),
        Err(Errno::ACCESS) => Some(true),
        Err(_) => None,
    }
}

/// Whether what a path names lies on a file system that cannot be written.
#[must_use]
pub fn is_read_only(path: &OsStr) -> bool {
    rustix::fs::statvfs(path.as_bytes())
        .is_ok_and(|fs| fs.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY))
}

/// Whether an open directory has no entries.
///
/// # Errors
/// As getdents64(2).
pub fn is_empty(dir: impl AsFd) -> io::Result<bool> {
    let mut buffer = [std::mem::MaybeUninit::uninit(); 1024];
    let mut raw = RawDir::new(dir, &mut buffer);
    while let Some(entry) = raw.next() {
        if ![c".", c".."].contains(&entry?.file_name()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Looks at the open directory itself.
pub fn stat_fd(dir: impl AsFd) -> io::Result<Meta> {
    Ok(meta_of(&statx(dir, c"", AtFlags::EMPTY_PATH, wanted())?))
}

/// The times of the open directory.
///
/// # Errors
/// As statx(2).
pub fn times(dir: impl AsFd) -> io::Result<Times> {
    let s = statx(dir, c"", AtFlags::EMPTY_PATH, StatxFlags::BASIC_STATS)?;
    let stamp = |t: &rustix::fs::StatxTimestamp| Stamp { secs: t.tv_sec, nanos: t.tv_nsec };
    Ok(Times { read: stamp(&s.stx_atime), changed: stamp(&s.stx_mtime) })
}

/// Looks at a path, following links; for our own folders and the policy's, never for a target.
pub fn stat_path(path: &Path) -> io::Result<Meta> {
    Ok(meta_of(&statx(rustix::fs::CWD, path, AtFlags::empty(), wanted())?))
}

/// Which device a block device is, as `major:minor`.
///
/// # Errors
/// As stat(2); for what is none.
pub fn device_of(path: &Path) -> io::Result<String> {
    let s = rustix::fs::stat(path)?;
    if FileType::from_raw_mode(s.st_mode) != FileType::BlockDevice {
        return Err(io::Error::other("not a block device"));
    }
    let (major, minor) = (rustix::fs::major(s.st_rdev), rustix::fs::minor(s.st_rdev));
    Ok(format!("{major}:{minor}"))
}

/// The group of what a path leads to.
///
/// # Errors
/// As stat(2).
pub fn group_of(path: &Path) -> io::Result<u32> {
    Ok(statx(rustix::fs::CWD, path, AtFlags::empty(), StatxFlags::GID)?.stx_gid)
}

/// Whether an open file has extended attributes that a new one would not get by itself.
#[must_use]
pub fn has_attributes(file: impl AsFd) -> bool {
    let mut names = vec![0_u8; 64 << 10];
    // Where they cannot be listed there are none, or the file system knows none.
    let length = rustix::fs::flistxattr(file, &mut names[..]).unwrap_or(0);
    names.truncate(length);
    names.split(|b| *b == 0).any(|name| !name.is_empty() && !name.starts_with(b"security."))
}

/// Opens a regular file by path, following links, for what the system or the user keeps there; a FIFO is
/// an error and does not block.
///
/// # Errors
/// As open(2).
pub fn open_regular(path: &Path) -> io::Result<File> {
    let regular = |meta: &Meta| meta.kind == FileKind::File;
    let none = || io::Error::other("not a regular file");
    stat_path(path).and_then(|meta| if regular(&meta) { Ok(()) } else { Err(none()) })?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let fd = rustix::fs::open(path, flags, Mode::empty())?;
    if regular(&stat_fd(&fd)?) { Ok(File::from(fd)) } else { Err(none()) }
}

/// Opens a directory by path, following links in it: the one place where a name is resolved.
pub fn open_path(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}

/// As [`open_path`], but asks for no right to list it.
pub fn open_search(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}

/// Opens the directory `name` in `dir`; a link is an error.
pub fn open_dir_at(dir: impl AsFd, name: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(dir, name.as_bytes(), flags, Mode::empty())?)
}

/// Opens whatever `name` is in `dir`, itself and for nothing but to name it.
///
/// # Errors
/// As openat(2).
pub fn open_entry_at(dir: impl AsFd, name: &CStr) -> io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(dir, name, flags, Mode::empty())?)
}

/// Opens the regular file `name` in `dir` for reading; a link is an error, a FIFO does not block.
pub fn open_file_at(dir: impl AsFd, name: &OsStr) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = openat(dir, name.as_bytes(), flags, Mode::empty())?;
    if stat_fd(&fd)?.kind != FileKind::File {
        return Err(io::Error::other("not a regular file"));
    }
    Ok(File::from(fd))
}

/// Reads where a link points, without following it.
pub fn read_link_at(dir: impl AsFd, name: &OsStr) -> io::Result<Vec<u8>> {
    Ok(rustix::fs::readlinkat(dir, name.as_bytes(), Vec::new())?.into_bytes())
}

/// What a listing says of an entry besides its name.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// The inode number (which on some overlays is not that of `statx`).
    pub ino: u64,
    /// Whether it is a directory, where the file system says so.
    pub is_dir: Option<bool>,
    /// What it is, where the file system says so.
    pub kind: Option<FileKind>,
}

/// Calls `each` with every name in the directory but `.` and `..`.
///
/// # Errors
/// The first error of the listing; names before it were already given.
pub fn for_each_name(
    dir: impl AsFd,
    buffer: &mut Vec<u8>,
    mut each: impl FnMut(&CStr, Listed),
) -> io::Result<()> {
    each_name_while(dir, buffer, |name, entry| {
        each(name, entry);
        true
    })
}

/// As [`for_each_name`], as long as `each` wants more.
///
/// # Errors
/// As [`for_each_name`].
pub fn each_name_while(
    dir: impl AsFd,
    buffer: &mut Vec<u8>,
    mut each: impl FnMut(&CStr, Listed) -> bool,
) -> io::Result<()> {
    while some_names(&dir, buffer, &mut each)? {}
    Ok(())
}

/// As [`each_name_while`], for no more names than the kernel puts into the buffer at once; whether there
/// may be more of them. The next call goes on from there.
///
/// # Errors
/// As [`for_each_name`].
pub fn some_names(
    dir: impl AsFd,
    buffer: &mut Vec<u8>,
    mut each: impl FnMut(&CStr, Listed) -> bool,
) -> io::Result<bool> {
    let mut raw = RawDir::new(dir, buffer.spare_capacity_mut());
    while let Some(entry) = raw.next() {
        let entry = entry?;
        let name = entry.file_name();
        if name != c"." && name != c".." {
            let is_dir = match entry.file_type() {
                FileType::Unknown => None,
                kind => Some(kind == FileType::Directory),
            };
            let kind = match entry.file_type() {
                FileType::Unknown => None,
                FileType::RegularFile => Some(FileKind::File),
                FileType::Directory => Some(FileKind::Directory),
                FileType::Symlink => Some(FileKind::Symlink),
                _ => Some(FileKind::Special),
            };
            if !each(name, Listed { ino: entry.ino(), is_dir, kind }) {
                return Ok(false);
            }
        }
        if raw.is_buffer_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Opens the directory `name` in `dir`, and nothing that a link or a mount puts in its place.
///
/// # Errors
/// As openat2(2); on kernels without it as [`open_dir_at`], where it is on another mount an error.
pub fn open_beneath(dir: impl AsFd, name: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let how = ResolveFlags::BENEATH
        | ResolveFlags::NO_SYMLINKS
        | ResolveFlags::NO_XDEV
        | ResolveFlags::NO_MAGICLINKS;
    // EAGAIN: something was renamed meanwhile, and the kernel could not tell.
    for _ in 0..64 {
        match openat2(&dir, name.as_bytes(), flags, Mode::empty(), how) {
            Err(Errno::AGAIN) => {}
            Err(Errno::NOSYS) => {
                let opened = open_dir_at(&dir, name)?;
                let same = stat_fd(&opened)?.mount == stat_fd(&dir)?.mount;
                return if same { Ok(opened) } else { Err(Errno::XDEV.into()) };
            }
            done => return Ok(done?),
        }
    }
    Err(Errno::AGAIN.into())
}

/// Opens a directory by an absolute path in which no component is a link.
///
/// # Errors
/// As openat2(2); `ELOOP` for a link. On kernels without it, where the path resolves to another.
pub fn open_unlinked(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let how = ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    match openat2(rustix::fs::CWD, path, flags, Mode::empty(), how) {
        Err(Errno::NOSYS) => {
            let open = open_path(path)?;
            let same = path.canonicalize()? == path && stat_path(path)?.id == stat_fd(&open)?.id;
            if same { Ok(open) } else { Err(Errno::LOOP.into()) }
        }
        done => Ok(done?),
    }
}

/// Opens the directory around an open one.
///
/// # Errors
/// As openat(2).
pub fn open_parent(dir: impl AsFd) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(dir, c"..", flags, Mode::empty())?)
}
