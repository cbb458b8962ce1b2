//! What an operand of rm names, found as rm finds it: by one look that does not follow the last
//! component, with the folder around it kept, so that later steps need not resolve it again.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::facts::{FileId, FileKind, Meta};
use crate::look::tree::swapped;
use crate::sys::{dir, errors};

/// How many folders are kept open; others are opened again when their turn comes.
const OPEN: usize = 48;

/// One operand.
#[derive(Debug)]
pub struct Operand {
    /// As it is shown: of several slashes at the end one is left.
    pub shown: OsString,
    /// What it names.
    pub names: Names,
}

/// What an operand names.
#[derive(Debug)]
pub enum Names {
    /// Nothing that can be found.
    Nothing {
        /// What removing it would say.
        error: io::Error,
        /// What looking at it says, where that is something else.
        looked: Option<io::Error>,
    },
    /// A directory as `.` or `..`: it has no name by which it could be removed.
    Dot {
        /// Whether nothing lies in it.
        empty: bool,
    },
    /// `/`, under whatever name.
    Root,
    /// `link/`: the directory behind a link.
    Behind {
        /// Where that is.
        directory: PathBuf,
    },
    /// An entry of a folder.
    Entry(Entry),
}

/// An entry of a folder that was looked at.
#[derive(Debug)]
pub struct Entry {
    /// The folder around it.
    pub folder: Arc<Folder>,
    /// Its name there.
    pub name: OsString,
    /// What it was.
    pub meta: Meta,
}

impl Entry {
    /// Whether it is a directory in which nothing lies.
    #[must_use]
    pub fn is_empty_dir(&self) -> bool {
        let open = |folder: Open<'_>| dir::open_dir_at(&folder, &self.name).and_then(dir::is_empty);
        self.meta.kind == FileKind::Directory && self.folder.open().and_then(open).unwrap_or(false)
    }

    /// Its absolute path: the folder's links resolved, its own never.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path.join(&self.name)
    }
}

/// The folder around an operand.
#[derive(Debug)]
pub struct Folder {
    /// Absolute, without links.
    pub path: PathBuf,
    /// As it was typed.
    typed: PathBuf,
    id: FileId,
    kept: Option<OwnedFd>,
}

/// An open folder.
#[derive(Debug)]
pub enum Open<'a> {
    /// One that is kept.
    Kept(BorrowedFd<'a>),
    /// One that was opened again.
    Again(OwnedFd),
}

impl AsFd for Open<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Kept(fd) => *fd,
            Self::Again(fd) => fd.as_fd(),
        }
    }
}

impl Folder {
    /// The folder, and no other that stands in its place by now.
    ///
    /// # Errors
    /// Where it cannot be opened, or is another one.
    pub fn open(&self) -> io::Result<Open<'_>> {
        if let Some(fd) = &self.kept {
            return Ok(Open::Kept(fd.as_fd()));
        }
        let fd = dir::open_search(&self.typed)?;
        if dir::stat_fd(&fd)?.id == self.id { Ok(Open::Again(fd)) } else { Err(swapped()) }
    }
}

/// Finds operands, each folder once.
#[derive(Debug, Default)]
pub(super) struct Finder {
    folders: HashMap<Vec<u8>, Arc<Folder>>,
    root: Option<FileId>,
}

impl Finder {
    /// What was typed, and what it names.
    pub(super) fn find(&mut self, typed: &OsStr) -> Operand {
        let shown = shown(typed.as_bytes());
        let names =
            self.names(typed).unwrap_or_else(|error| Names::Nothing { error, looked: None });
        Operand { shown: OsStr::from_bytes(shown).to_owned(), names }
    }

    fn names(&mut self, typed: &OsStr) -> io::Result<Names> {
        let raw = typed.as_bytes();
        let end = raw.iter().rposition(|b| *b != b'/').map_or(0, |i| i + 1);
        let start = raw[..end].iter().rposition(|b| *b == b'/').map_or(0, |i| i + 1);
        let (before, name, bare) =
            (&raw[..start], &raw[start..end], OsStr::from_bytes(&raw[..end]));
        let meta = match dir::stat_typed(typed) {
            // A link that leads nowhere is there, and is no directory.
            Err(looked) if end < raw.len() && is_link(bare) => {
                let error = errors::not_a_directory();
                return Ok(Names::Nothing { error, looked: Some(looked) });
            }
            // The system does not look whether it is a directory before it refuses to change it.
            Err(looked) if end < raw.len() && dir::is_read_only(bare) => {
                let error = errors::read_only();
                return Ok(Names::Nothing { error, looked: Some(looked) });
            }
            looked => looked?,
        };
        if meta.kind == FileKind::Directory {
            if name == b"." || name == b".." {
                let empty = dir::open_path(Path::new(typed)).and_then(dir::is_empty);
                return Ok(Names::Dot { empty: empty.unwrap_or(false) });
            }
            let root = *self.root.insert(dir::stat_path(Path::new("/"))?.id);
            if name.is_empty() || meta.id == root {
                return Ok(Names::Root);
            }
            if end < raw.len() && is_link(bare) {
                return Ok(Names::Behind { directory: Path::new(bare).canonicalize()? });
            }
        }
        let folder = self.folder(before)?;
        Ok(Names::Entry(Entry { folder, name: OsStr::from_bytes(name).to_owned(), meta }))
    }

    fn folder(&mut self, before: &[u8]) -> io::Result<Arc<Folder>> {
        if let Some(folder) = self.folders.get(before) {
            return Ok(Arc::clone(folder));
        }
        let path =
            if before.is_empty() { Path::new(".") } else { Path::new(OsStr::from_bytes(before)) };
        let fd = dir::open_search(path)?;
        let typed = path.to_owned();
        // Above the working directory there may be one that nobody can look into.
        let path = path.canonicalize().or_else(|_| std::path::absolute(path))?;
        let id = dir::stat_fd(&fd)?.id;
        let kept = (self.folders.len() < OPEN).then_some(fd);
        let folder = Arc::new(Folder { path, typed, id, kept });
        self.folders.insert(before.to_vec(), Arc::clone(&folder));
        Ok(folder)
    }
}

fn is_link(path: &OsStr) -> bool {
    dir::stat_typed(path).is_ok_and(|meta| meta.kind == FileKind::Symlink)
}

/// Of two or more slashes at the end one is left.
fn shown(raw: &[u8]) -> &[u8] {
    let end = raw.iter().rposition(|b| *b != b'/').map_or(0, |i| i + 1);
    match raw.len() - end {
        0 | 1 => raw,
        // POSIX lets two slashes alone mean something of their own.
        2 if end == 0 => raw,
        _ => &raw[..=end],
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn one_slash_is_left() {
        for (typed, wanted) in
            [("a///", "a/"), ("a", "a"), ("a/", "a/"), ("///", "/"), ("//", "//")]
        {
            assert_eq!(shown(typed.as_bytes()), wanted.as_bytes());
        }
    }
}
