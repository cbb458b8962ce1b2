//! System errors by name.

use std::io;

use rustix::io::Errno;

/// `EISDIR`.
#[must_use]
pub fn is_a_directory() -> io::Error {
    Errno::ISDIR.into()
}

/// `ENOTDIR`.
#[must_use]
pub fn not_a_directory() -> io::Error {
    Errno::NOTDIR.into()
}

/// `ENOTEMPTY`.
#[must_use]
pub fn not_empty() -> io::Error {
    Errno::NOTEMPTY.into()
}

/// `EROFS`.
#[must_use]
pub fn read_only() -> io::Error {
    Errno::ROFS.into()
}

/// `EBUSY`.
#[must_use]
pub fn busy() -> io::Error {
    Errno::BUSY.into()
}

/// `ESTALE`: another thing stands in its place.
#[must_use]
pub fn stale() -> io::Error {
    Errno::STALE.into()
}

/// Whether it says that there is no such thing, so that `rm -f` has nothing to do.
#[must_use]
pub fn is_missing(error: &io::Error) -> bool {
    let known = [Errno::NOENT, Errno::NOTDIR, Errno::INVAL, Errno::ILSEQ];
    Errno::from_io_error(error).is_some_and(|e| known.contains(&e))
}

/// Whether it says that this user may not, or nobody.
#[must_use]
pub fn is_refused(error: &io::Error) -> bool {
    let known = [Errno::ACCESS, Errno::PERM, Errno::ROFS];
    Errno::from_io_error(error).is_some_and(|e| known.contains(&e))
}

/// Whether it only says that a directory is one, or is not empty.
#[must_use]
pub fn is_about_content(error: &io::Error) -> bool {
    let known = [Errno::NOTEMPTY, Errno::ISDIR, Errno::NOTDIR, Errno::EXIST];
    Errno::from_io_error(error).is_some_and(|e| known.contains(&e))
}
