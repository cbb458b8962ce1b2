//! Unlinks a tree that was detached and compared: what its listings held and nothing else, children
//! before parents, every step relative to an open directory.
//!
//! A directory is listed once, and the listing compared with the sum that the comparison made of
//! it; only the names of that listing are unlinked. What came later is not in it: the directory
//! then cannot be removed, and it and all above it stay and are told.

use std::collections::HashMap;
use std::ffi::{CStr, OsStr};
use std::hash::RandomState;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crate::crew::{self, Stack};
use crate::facts::{FileId, FileKind, Listing};
use crate::sys::budget::{Budget, Handle};
use crate::sys::{change, dir};

/// Names that one thread unlinks before another may take the next part of the same directory.
const CHUNK: usize = 4096;
/// Bytes of one getdents64 call.
const LISTING: usize = 256 * 1024;
/// How many failures are told by name.
const NAMED: usize = 8;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Swept {
    /// Entries that are gone.
    pub removed: u64,
    /// What could not be removed, in words (the first few).
    pub problems: Vec<String>,
}

/// A directory that is being emptied.
struct Node {
    parent: Option<Arc<Node>>,
    name: Box<[u8]>,
    id: FileId,
    /// Its own turn, the parts of its files and its directories, as far as they are not done.
    left: AtomicUsize,
    /// Something in it stays, so that it stays.
    stays: AtomicBool,
}

enum Job<'a> {
    /// A directory, with a handle of the one around it where there is one.
    Dir { around: Option<Arc<Handle<'a>>>, parent: Option<Arc<Node>>, name: Box<[u8]> },
    /// A part of the files in a directory.
    Files { node: Arc<Node>, fd: Arc<Handle<'a>>, names: Arc<Names>, part: (usize, usize) },
}

/// One listing, in one piece of memory.
#[derive(Default)]
struct Names {
    bytes: Vec<u8>,
    /// Inode, so that they are unlinked in the order in which a disk holds them, and place.
    files: Vec<(u64, u32)>,
    dirs: Vec<u32>,
}

impl Names {
    fn at(&self, place: u32) -> &CStr {
        let rest = self.bytes.get(place as usize..).unwrap_or_default();
        CStr::from_bytes_until_nul(rest).unwrap_or_default()
    }
}

/// An open directory, shared with its jobs or not.
enum Held<'a> {
    Shared(Arc<Handle<'a>>),
    Own(OwnedFd),
}

impl AsFd for Held<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Shared(handle) => handle.fd.as_fd(),
            Self::Own(fd) => fd.as_fd(),
        }
    }
}

/// The whole work, as the threads share it.
struct Sweep<'a> {
    base: BorrowedFd<'a>,
    planned: &'a HashMap<u64, Listing>,
    secret: &'a RandomState,
    budget: &'a Budget,
    removed: AtomicU64,
}

/// Removes `name` in the open directory `base`, as far as it is what was planned.
pub(super) fn sweep(
    base: impl AsFd,
    name: &OsStr,
    planned: &HashMap<u64, Listing>,
    secret: &RandomState,
) -> Swept {
    let base = base.as_fd();
    let kind = dir::stat_name(base, name).map(|meta| meta.kind);
    if kind.as_ref().is_ok_and(|kind| *kind != FileKind::Directory) {
        return match change::remove_own_file(base, name) {
            Ok(()) => Swept { removed: 1, problems: Vec::new() },
            Err(error) => Swept { removed: 0, problems: vec![error.to_string()] },
        };
    }
    let budget = Budget::default();
    let sweep = Sweep { base, planned, secret, budget: &budget, removed: AtomicU64::new(0) };
    let first = Job::Dir { around: None, parent: None, name: name.as_bytes().into() };
    let state = || (Vec::with_capacity(LISTING), Vec::new());
    let parts = crew::run(vec![first], state, |job, stack, (buffer, problems)| match job {
        Job::Dir { around, parent, name } => {
            sweep.directory(around, parent, name, stack, buffer, problems);
        }
        Job::Files { node, fd, names, part } => {
            sweep.files(&node, &fd, &names, part, problems);
            sweep.done(node, Some(fd), problems);
        }
    });
    let mut problems: Vec<String> = parts.into_iter().flat_map(|(_, p)| p).collect();
    problems.truncate(NAMED);
    Swept { removed: sweep.removed.into_inner(), problems }
}

impl<'a> Sweep<'a> {
    fn directory(
        &self,
        around: Option<Arc<Handle<'a>>>,
        parent: Option<Arc<Node>>,
        name: Box<[u8]>,
        stack: &mut Stack<'_, Job<'a>>,
        buffer: &mut Vec<u8>,
        problems: &mut Vec<String>,
    ) {
        let opened = self.open(around.as_deref(), parent.as_ref(), &name);
        drop(around);
        let listed = opened.and_then(|fd| {
            let id = dir::stat_fd(&fd)?.id;
            let names = self.list(&fd, id, buffer)?;
            Ok((fd, id, names))
        });
        let (fd, id, mut names) = match listed {
            Ok(found) => found,
            Err(error) => {
                tell(problems, &name, &error);
                // It stays, and so does what is around it.
                if let Some(parent) = parent {
                    parent.stays.store(true, Ordering::Relaxed);
                    self.done(parent, None, problems);
                }
                return;
            }
        };
        names.files.sort_unstable();
        let chunks = names.files.len().div_ceil(CHUNK);
        let split = chunks > 1;
        let left = AtomicUsize::new(1 + names.dirs.len() + if split { chunks } else { 0 });
        let stays = AtomicBool::new(false);
        let node = Arc::new(Node { parent, name, id, left, stays });
        let fd = Arc::new(self.budget.keep(fd));
        let crowded = self.budget.is_spent();
        for (i, place) in names.dirs.iter().enumerate() {
            // The one whose turn is next keeps the handle, or a deep chain would be opened anew
            // each time.
            let around = (!crowded || i + 1 == names.dirs.len()).then(|| Arc::clone(&fd));
            let name = names.at(*place).to_bytes().into();
            stack.push(Job::Dir { around, parent: Some(Arc::clone(&node)), name });
        }
        if split {
            let names = Arc::new(names);
            for at in (0..names.files.len()).step_by(CHUNK) {
                let part = (at, names.files.len().min(at + CHUNK));
                let (node, fd, names) = (Arc::clone(&node), Arc::clone(&fd), Arc::clone(&names));
                stack.push(Job::Files { node, fd, names, part });
            }
        } else {
            let all = (0, names.files.len());
            self.files(&node, &fd, &names, all, problems);
        }
        self.done(node, Some(fd), problems);
    }

    /// Opens a directory from the one around it, or step by step from the base.
    fn open(
        &self,
        around: Option<&Handle<'_>>,
        parent: Option<&Arc<Node>>,
        name: &[u8],
    ) -> io::Result<OwnedFd> {
        let name = OsStr::from_bytes(name);
        if let Some(around) = around {
            return dir::open_beneath(&around.fd, name);
        }
        let mut chain = Vec::new();
        let mut at = parent;
        while let Some(node) = at {
            chain.push(node);
            at = node.parent.as_ref();
        }
        let mut open = self.base.as_fd().try_clone_to_owned()?;
        for node in chain.into_iter().rev() {
            open = dir::open_beneath(&open, OsStr::from_bytes(&node.name))?;
            if dir::stat_fd(&open)?.id != node.id {
                return Err(swapped());
            }
        }
        dir::open_beneath(&open, name)
    }

    fn list(&self, fd: &OwnedFd, id: FileId, buffer: &mut Vec<u8>) -> io::Result<Names> {
        let mut names = Names::default();
        let mut sum = Listing::default();
        let mut unsure = Vec::new();
        dir::for_each_name(fd, buffer, |name, listed| {
            sum.add(self.secret, name.to_bytes(), listed.ino);
            let place = u32::try_from(names.bytes.len()).unwrap_or(u32::MAX);
            names.bytes.extend(name.to_bytes_with_nul());
            match listed.is_dir {
                Some(true) => names.dirs.push(place),
                Some(false) => names.files.push((listed.ino, place)),
                None => unsure.push((listed.ino, place)),
            }
        })?;
        for (ino, place) in unsure {
            match dir::stat_at(fd, names.at(place))?.kind {
                FileKind::Directory => names.dirs.push(place),
                _ => names.files.push((ino, place)),
            }
        }
        if names.bytes.len() >= u32::MAX as usize {
            return Err(io::Error::other("its listing is larger than 4 GiB"));
        }
        if self.planned.get(&id.ino) == Some(&sum) { Ok(names) } else { Err(swapped()) }
    }

    fn files(
        &self,
        node: &Node,
        fd: &Handle<'_>,
        names: &Names,
        (from, to): (usize, usize),
        problems: &mut Vec<String>,
    ) {
        let mut removed = 0;
        for (_, place) in names.files.get(from..to).unwrap_or_default() {
            let name = names.at(*place);
            match change::unlink(&fd.fd, name) {
                Ok(()) => removed += 1,
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    node.stays.store(true, Ordering::Relaxed);
                    tell(problems, name.to_bytes(), &error);
                }
            }
        }
        self.removed.fetch_add(removed, Ordering::Relaxed);
    }

    /// One part of a directory is done. Whoever does the last one removes the directory, and then
    /// the one around it where that was the last there, and so on.
    fn done(&self, node: Arc<Node>, fd: Option<Arc<Handle<'a>>>, problems: &mut Vec<String>) {
        let mut fd = fd.map(Held::Shared);
        let mut node = node;
        while node.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            let name = OsStr::from_bytes(&node.name);
            let Some(parent) = node.parent.clone() else {
                if !node.stays.load(Ordering::Acquire) {
                    self.remove(self.base, name, &node, problems);
                }
                return;
            };
            let above = fd.take().and_then(|fd| dir::open_parent(fd).ok());
            let above = above.filter(|fd| dir::stat_fd(fd).is_ok_and(|meta| meta.id == parent.id));
            match &above {
                _ if node.stays.load(Ordering::Acquire) => {}
                Some(above) => self.remove(above, name, &node, problems),
                None => {
                    node.stays.store(true, Ordering::Relaxed);
                    tell(problems, &node.name, &swapped());
                }
            }
            if node.stays.load(Ordering::Acquire) {
                parent.stays.store(true, Ordering::Release);
            }
            (node, fd) = (parent, above.map(Held::Own));
        }
    }

    fn remove(&self, above: impl AsFd, name: &OsStr, node: &Node, problems: &mut Vec<String>) {
        match change::remove_dir(above, name) {
            Ok(()) => {
                self.removed.fetch_add(1, Ordering::Relaxed);
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                node.stays.store(true, Ordering::Relaxed);
                tell(problems, &node.name, &error);
            }
        }
    }
}

fn swapped() -> io::Error {
    io::Error::other("it is not what was compared with the plan")
}

fn tell(problems: &mut Vec<String>, name: &[u8], error: &io::Error) {
    if problems.len() < NAMED {
        problems.push(format!("{}: {error}", OsStr::from_bytes(name).display()));
    }
}
