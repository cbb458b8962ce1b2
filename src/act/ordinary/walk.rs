//! One entry after the other, children before their directory: each asked about, removed and told as
//! rm does it, in the order of the listing.
//!
//! Every step is relative to an open directory. Of a deep chain only the innermost few stay open;
//! going up again is by `..`, checked against the inode below which it was opened.

use std::collections::VecDeque;
use std::ffi::{CString, OsStr};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;

use super::{Asks, Dialogue, Manner, Passed, Went, kind};
use crate::facts::{FileId, FileKind, Meta};
use crate::look::ordinary::Seen;
use crate::sys::{change, dir, errors};

/// How many directories of a chain are open at once.
const OPEN: usize = 32;
/// Bytes of one getdents64 call.
const LISTING: usize = 64 * 1024;

/// A directory that was entered.
struct Level {
    /// Its handle, where it is among the innermost.
    fd: Option<OwnedFd>,
    id: FileId,
    mount: u64,
    name: CString,
    /// How much of what is shown names the directory around it.
    around: usize,
    /// What is still to be done in it.
    left: VecDeque<CString>,
    /// Something in it stays: it is not tried then.
    stays: bool,
}

/// How a question went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Let {
    Unasked,
    Yes,
    No,
}

struct Walk<'a> {
    base: BorrowedFd<'a>,
    seen: &'a Seen,
    manner: &'a Manner,
    dialogue: &'a mut dyn Dialogue,
    levels: Vec<Level>,
    /// The name of the innermost directory, or of the entry in turn, as it is shown.
    shown: Vec<u8>,
    buffer: Vec<u8>,
    worst: Went,
}

/// Removes an entry that was weighed, and says how it went with all of it.
pub(super) fn remove(
    base: impl AsFd,
    name: &OsStr,
    shown: &[u8],
    (seen, weighed): (&Seen, &Meta),
    manner: &Manner,
    dialogue: &mut dyn Dialogue,
) -> Went {
    let mut walk = Walk {
        base: base.as_fd(),
        seen,
        manner,
        dialogue,
        levels: Vec::new(),
        shown: shown.to_vec(),
        buffer: Vec::new(),
        worst: Went::Gone,
    };
    let Ok(name) = CString::new(name.as_bytes()) else { return Went::Stays };
    match dir::stat_at(walk.base, &name) {
        Ok(meta) if meta.kind == FileKind::Directory => {
            if weighed.id != meta.id {
                walk.dialogue.passed(shown, Passed::Later);
                return Went::Stays;
            }
            walk.enter(&name, &meta, 0);
        }
        Ok(meta) if seen.knows(walk.base, &name, &meta) => walk.file(&name, &meta),
        Ok(_) => {
            walk.dialogue.passed(shown, Passed::Later);
            return Went::Stays;
        }
        Err(error) => walk.failed(&error),
    }
    while let Some(level) = walk.levels.last_mut() {
        match level.left.pop_front() {
            Some(name) => walk.child(&name),
            None => walk.leave(),
        }
    }
    walk.worst
}

impl Walk<'_> {
    fn note(&mut self, went: Went) {
        if self.worst != Went::Stays && went != Went::Gone {
            self.worst = went;
        }
    }

    /// Nothing above what stays can go, and none of it is tried.
    fn mark(&mut self) {
        for level in self.levels.iter_mut().rev() {
            if std::mem::replace(&mut level.stays, true) {
                break;
            }
        }
    }

    fn failed(&mut self, error: &io::Error) {
        if self.manner.missing_ok && errors::is_missing(error) {
            return;
        }
        self.dialogue.cannot(&self.shown, error);
        self.mark();
        self.note(Went::Stays);
    }

    fn passed(&mut self, why: Passed<'_>) {
        self.dialogue.passed(&self.shown, why);
        self.mark();
        self.note(Went::Stays);
    }

    fn child(&mut self, name: &CString) {
        let around = self.shown.len();
        if !self.shown.ends_with(b"/") {
            self.shown.push(b'/');
        }
        self.shown.extend(name.to_bytes());
        let deep = self.levels.len();
        let seen = self.seen;
        let looked = self.here().and_then(|here| {
            let meta = dir::stat_at(here, name)?;
            let known = meta.kind == FileKind::Directory || seen.knows(here, name, &meta);
            Ok((meta, known))
        });
        match looked {
            Ok((_, false)) => self.passed(Passed::Later),
            Ok((meta, _)) if meta.kind == FileKind::Directory => {
                self.subdirectory(name, &meta, around);
            }
            Ok((meta, _)) => self.file(name, &meta),
            // rm, about to ask, gives up on the entry alone, and goes on to ask about the folder.
            Err(error) if self.manner.asks != Asks::Never => {
                self.dialogue.cannot(&self.shown, &error);
                self.note(Went::Stays);
            }
            Err(error) => self.failed(&error),
        }
        if self.levels.len() == deep {
            self.shown.truncate(around);
        }
    }

    fn subdirectory(&mut self, name: &CString, meta: &Meta, around: usize) {
        let here = self.levels.last().map(|level| (level.id.dev, level.mount));
        if meta.mount_root || here != Some((meta.id.dev, meta.mount)) {
            // What is mounted was not weighed. rm would empty it, and fail at it afterwards.
            if self.manner.one_file_system || !meta.mount_root {
                self.passed(Passed::OtherDevice);
            } else {
                self.failed(&errors::busy());
            }
            return;
        }
        self.enter(name, meta, around);
    }

    /// The innermost directory.
    fn here(&mut self) -> io::Result<BorrowedFd<'_>> {
        match self.levels.last() {
            None => Ok(self.base),
            Some(level) => match &level.fd {
                Some(fd) => Ok(fd.as_fd()),
                None => Err(errors::stale()),
            },
        }
    }

    /// Asks whether an entry may go, where rm asks.
    fn may(&mut self, name: &CString, meta: &Meta, entering: bool) -> io::Result<Let> {
        let asks = self.manner.asks;
        if asks == Asks::Never {
            return Ok(Let::Unasked);
        }
        let os = OsStr::from_bytes(name.to_bytes());
        let root = self.manner.euid == 0;
        let (here, link) = (self.here()?.try_clone_to_owned()?, meta.kind == FileKind::Symlink);
        let protected = !root && !link && !dir::is_writable(&here, os)?;
        if !protected && asks != Asks::Always {
            return Ok(Let::Unasked);
        }
        let full = |fd: OwnedFd| dir::is_empty(fd).map(|empty| !empty);
        if entering && dir::open_dir_at(&here, os).and_then(full).unwrap_or(true) {
            let may = self.dialogue.may_descend(&self.shown, protected);
            return Ok(if may { Let::Yes } else { Let::No });
        }
        let may = self.dialogue.may_go(&self.shown, kind(&here, os, meta), protected);
        Ok(if may { Let::Yes } else { Let::No })
    }

    fn file(&mut self, name: &CString, meta: &Meta) {
        match self.may(name, meta, false) {
            Ok(Let::No) => return self.note(Went::Declined),
            // While the question stood the world went on.
            Ok(Let::Yes) if !self.is_still(name) => return self.passed(Passed::Later),
            Ok(_) => {}
            Err(error) => return self.failed(&error),
        }
        match self.here().and_then(|here| change::unlink(here, name)) {
            Ok(()) if self.manner.verbose => self.dialogue.removed(&self.shown, false),
            Ok(()) => {}
            Err(error) => self.failed(&error),
        }
    }

    /// Whether a file is still one that may go. What is gone by now is told by its removal.
    fn is_still(&mut self, name: &CString) -> bool {
        let seen = self.seen;
        let looked = self.here().and_then(|here| {
            let meta = dir::stat_at(here, name)?;
            Ok(seen.knows(here, name, &meta))
        });
        looked.unwrap_or(true)
    }

    /// Asks for a directory, and goes into it.
    fn enter(&mut self, name: &CString, meta: &Meta, around: usize) {
        let asked = match self.may(name, meta, true) {
            Ok(Let::No) => {
                self.mark();
                return self.note(Went::Declined);
            }
            Ok(asked) => asked == Let::Yes,
            Err(error) => return self.failed(&error),
        };
        let os = OsStr::from_bytes(name.to_bytes());
        let opened = self.here().and_then(|here| {
            let fd = dir::open_dir_at(here, os)?;
            if dir::stat_fd(&fd)?.id == meta.id { Ok(fd) } else { Err(errors::stale()) }
        });
        let fd = match opened {
            Ok(fd) => fd,
            // What cannot be read can be removed if it is empty.
            Err(error) => return self.unread(name, meta, &error),
        };
        let mut left = VecDeque::new();
        self.buffer.reserve(LISTING);
        let listed =
            dir::for_each_name(&fd, &mut self.buffer, |name, _| left.push_back(name.into()));
        // A person who was asked whether an empty directory may go is not asked again.
        if left.is_empty() && asked && listed.is_ok() {
            return self.rmdir(name);
        }
        let level = Level {
            fd: Some(fd),
            id: meta.id,
            mount: meta.mount,
            name: name.clone(),
            around,
            left,
            stays: false,
        };
        self.levels.push(level);
        if let Err(error) = listed {
            self.failed(&error);
        }
        let open = self.levels.len();
        if open > OPEN {
            self.levels[open - OPEN - 1].fd = None;
        }
    }

    fn unread(&mut self, name: &CString, meta: &Meta, unreadable: &io::Error) {
        match self.may(name, meta, false) {
            Ok(Let::No) => return self.note(Went::Declined),
            Ok(_) => {}
            Err(error) => return self.failed(&error),
        }
        let os = OsStr::from_bytes(name.to_bytes());
        match self.here().and_then(|here| change::remove_dir(here, os)) {
            Ok(()) if self.manner.verbose => self.dialogue.removed(&self.shown, true),
            Ok(()) => {}
            Err(e) if errors::is_about_content(&e) => self.failed(unreadable),
            Err(error) => self.failed(&error),
        }
    }

    fn rmdir(&mut self, name: &CString) {
        let os = OsStr::from_bytes(name.to_bytes());
        match self.here().and_then(|here| change::remove_dir(here, os)) {
            Ok(()) if self.manner.verbose => self.dialogue.removed(&self.shown, true),
            Ok(()) => {}
            Err(error) => self.failed(&error),
        }
    }

    /// Goes out of the innermost directory and removes it, unless something in it stays.
    fn leave(&mut self) {
        let Some(level) = self.levels.pop() else { return };
        if let Err(error) = self.climb(level.fd.as_ref()) {
            // Another directory stands above by now: nothing there is this walk's to remove.
            self.dialogue.cannot(&self.shown, &error);
            self.levels.clear();
            return self.note(Went::Stays);
        }
        if !level.stays {
            let name = &level.name;
            let asked = self.here().and_then(|here| dir::stat_at(here, name));
            match asked.and_then(|meta| self.may(name, &meta, false)) {
                Ok(Let::No) => self.note(Went::Declined),
                Ok(_) => self.rmdir(name),
                Err(error) => self.failed(&error),
            }
        }
        self.shown.truncate(level.around);
    }

    /// Opens the directory that is the innermost now, if it was closed meanwhile.
    fn climb(&mut self, below: Option<&OwnedFd>) -> io::Result<()> {
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        if level.fd.is_some() {
            return Ok(());
        }
        let fd = dir::open_parent(below.ok_or_else(errors::stale)?)?;
        if dir::stat_fd(&fd)?.id != level.id {
            return Err(errors::stale());
        }
        level.fd = Some(fd);
        Ok(())
    }
}
