//! A little space set aside, so that a full disk can still be relieved: the records of a deletion
//! need some, its rename needs none.

use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::OwnedFd;

use crate::sys::change;

/// Its name in the state directory.
const NAME: &str = "reserve";
/// Enough for the journal's lines of one plan and a few info files.
const SIZE: u64 = 256 << 10;

/// The space that is set aside.
#[derive(Debug)]
pub(super) struct Reserve {
    file: Option<File>,
}

impl Reserve {
    /// Sets it aside where it is not yet. Where that fails there is none, and nothing else is wrong.
    pub(super) fn of(dir: &OwnedFd, owner: Option<u32>) -> Self {
        let name = OsStr::new(NAME);
        if let Ok(made) = change::create_new(dir, name) {
            let _ = change::give(&made, owner);
        }
        let file = change::open_append(dir, name).ok();
        let own = file.filter(|file| file.metadata().is_ok_and(|m| m.is_file()));
        if let Some(file) = &own
            && file.metadata().is_ok_and(|m| m.len() < SIZE)
        {
            let _ = change::allocate(file, SIZE);
        }
        Self { file: own }
    }

    /// Gives it back to the disk; whether there was any.
    pub(super) fn release(&mut self) -> bool {
        let Some(file) = self.file.take() else { return false };
        let held = file.metadata().is_ok_and(|m| m.len() > 0);
        held && file.set_len(0).and_then(|()| file.sync_all()).is_ok()
    }
}
