//! What a survey found: directories with their sums, and the files worth opening.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::facts::{Digest, How, Listing, Meta, Problem, Stamp, Totals};
use crate::sys::dir;

/// Index of the target itself in [`Tree::dirs`].
pub(super) const ROOT: u32 = 0;

/// The newest date in a directory, kept small because every directory has one.
#[derive(Clone, Debug)]
pub(super) struct Newest {
    /// When.
    pub at: Stamp,
    /// By which evidence.
    pub how: How,
    /// The file's own modification time.
    pub own: Stamp,
    /// Which file, and in which directory.
    pub file: (u32, Box<[u8]>),
}

/// One directory with the sums of what lies directly in it or, after rolling up, below it.
#[derive(Clone, Debug)]
pub(super) struct Dir {
    /// Index of the directory around it; the root names itself.
    pub parent: u32,
    /// Its name.
    pub name: Box<[u8]>,
    /// When it was made.
    pub btime: Option<Stamp>,
    /// Apparent bytes.
    pub bytes: u64,
    /// Allocated bytes of what has no other link.
    pub frees: u64,
    /// Entries that are no directories.
    pub files: u64,
    /// Newest file.
    pub newest: Option<Newest>,
}

/// A file that its name, size or place makes worth opening.
#[derive(Clone, Debug)]
pub(super) struct Notable {
    /// The directory that it lies in.
    pub dir: u32,
    /// Its name.
    pub name: OsString,
    /// What statx said.
    pub meta: Meta,
}

impl Notable {
    /// The name, where it is text.
    #[must_use]
    pub(super) fn text(&self) -> &str {
        self.name.to_str().unwrap_or("")
    }
}

/// A directory's index and its handle.
pub(super) type LastOpened = Mutex<Option<(u32, Arc<OwnedFd>)>>;

/// A surveyed target, with the handle from which its files are opened.
#[derive(Debug)]
pub(super) struct Tree {
    /// The directory that was opened last.
    pub(super) last: LastOpened,
    /// The target's directory, or the directory around a target that is none.
    pub(super) base: OwnedFd,
    /// The target itself.
    pub meta: Meta,
    /// All directories, parents before children; empty where the target is none.
    pub dirs: Vec<Dir>,
    /// Files worth opening.
    pub notable: Vec<Notable>,
    /// Sums.
    pub totals: Totals,
    /// Identity of every entry.
    pub digest: Digest,
    /// Oldest modification time of a file, with the file.
    pub oldest: Option<Newest>,
    /// What could not be seen.
    pub problems: Vec<Problem>,
    /// Mounts and subvolumes below the target.
    pub mounts: Vec<PathBuf>,
    /// Entries that this user could not remove (the first few).
    pub foreign: Vec<PathBuf>,
    /// The listing of every directory by inode, where they were asked for.
    pub listings: Vec<(u64, Listing)>,
    /// Some entry is another user's or write-protected; told only where what is at stake is asked.
    pub guarded: bool,
    /// When a search of it is over: no further file is opened then.
    pub until: Option<Instant>,
}

impl Tree {
    /// The path of a directory relative to the target.
    #[must_use]
    pub(super) fn dir_path(&self, index: u32) -> PathBuf {
        path_of(&self.dirs, index)
    }

    /// The path of a file relative to the target; empty where it is the target.
    #[must_use]
    pub(super) fn path(&self, file: &Notable) -> PathBuf {
        if self.dirs.is_empty() { PathBuf::new() } else { self.dir_path(file.dir).join(&file.name) }
    }

    /// Opens a file found by the survey, and only that inode.
    ///
    /// # Errors
    /// Where it cannot be read or is another one by now.
    pub(super) fn open(&self, file: &Notable) -> io::Result<File> {
        let dir = self.open_dir(file.dir)?;
        let opened = dir::open_file_at(&dir, &file.name)?;
        if dir::stat_fd(&opened)?.id == file.meta.id { Ok(opened) } else { Err(swapped()) }
    }

    /// Opens a directory, from the one opened last where it lies in that: files are opened in the
    /// order of the directories, and a deep chain would be walked anew for each.
    pub(super) fn open_dir(&self, index: u32) -> io::Result<Arc<OwnedFd>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, open)) = &*last
            && *at == index
        {
            return Ok(Arc::clone(open));
        }
        let above = self.dirs.get(index as usize).map(|d| d.parent);
        let opened = match &*last {
            Some((at, open)) if above == Some(*at) && index != ROOT => {
                dir::open_dir_at(open, OsStr::from_bytes(&self.dirs[index as usize].name))?
            }
            _ => {
                let chain =
                    if self.dirs.is_empty() { Vec::new() } else { chain_of(&self.dirs, index) };
                let names = chain.iter().map(|&i| self.dirs[i as usize].name.as_ref());
                open_chain(&self.base, names)?
            }
        };
        let opened = Arc::new(opened);
        *last = Some((index, Arc::clone(&opened)));
        Ok(opened)
    }

    /// Files worth opening, by the directory that they lie in.
    #[must_use]
    pub(super) fn by_dir(&self) -> HashMap<u32, Vec<&Notable>> {
        let mut map: HashMap<u32, Vec<&Notable>> = HashMap::new();
        for file in &self.notable {
            map.entry(file.dir).or_default().push(file);
        }
        map
    }
}

/// The error for an entry that is another inode than the one surveyed.
pub(super) fn swapped() -> io::Error {
    io::Error::other("changed while it was looked at")
}

/// The indexes from below the root down to `index`.
pub(super) fn chain_of(dirs: &[Dir], index: u32) -> Vec<u32> {
    let mut chain = Vec::new();
    let mut at = index;
    while at != ROOT {
        chain.push(at);
        at = dirs[at as usize].parent;
    }
    chain.reverse();
    chain
}

/// Opens directory after directory, each relative to the one before.
pub(super) fn open_chain<'a>(
    base: impl AsFd,
    names: impl Iterator<Item = &'a [u8]>,
) -> io::Result<OwnedFd> {
    let mut at = base.as_fd().try_clone_to_owned()?;
    for name in names {
        at = dir::open_dir_at(&at, OsStr::from_bytes(name))?;
    }
    Ok(at)
}

pub(super) fn path_of(dirs: &[Dir], index: u32) -> PathBuf {
    let mut path = PathBuf::new();
    for i in chain_of(dirs, index) {
        path.push(Path::new(OsStr::from_bytes(&dirs[i as usize].name)));
    }
    path
}

/// Adds every directory's sums to the directory around it: children stand after their parents.
pub(super) fn roll_up(dirs: &mut [Dir]) {
    for i in (1..dirs.len()).rev() {
        let (bytes, files, newest) = (dirs[i].bytes, dirs[i].files, dirs[i].newest.clone());
        let frees = dirs[i].frees;
        let parent = &mut dirs[dirs[i].parent as usize];
        parent.bytes = parent.bytes.saturating_add(bytes);
        parent.frees = parent.frees.saturating_add(frees);
        parent.files += files;
        if newest.as_ref().map(|n| n.at) > parent.newest.as_ref().map(|n| n.at) {
            parent.newest = newest;
        }
    }
}
