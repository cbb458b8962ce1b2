//! The survey: every entry of a target, seen once, relative to open directories.
//!
//! Directories are spread over a few threads (`crew`). More than 64 open descriptors stall a threaded process, so beyond that
//! a directory is opened again from the target when its turn comes.

use std::ffi::{CStr, OsStr};
use std::hash::RandomState;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::gather::Gathered;
use super::tree::{Dir, ROOT, Tree, chain_of, open_chain, roll_up, swapped};
use crate::crew::{self, lock};
use crate::facts::{FileKind, Listing, Meta};
use crate::sys::budget::{Budget, Handle};
use crate::sys::dir;

/// Bytes of one getdents64 call.
const LISTING: usize = 256 * 1024;

/// What a running survey tells a progress line.
#[derive(Debug, Default)]
pub struct Progress {
    /// Entries seen.
    pub entries: AtomicU64,
    /// Bytes seen.
    pub bytes: AtomicU64,
}

/// A directory still to be read.
struct Job<'a> {
    index: u32,
    name: Box<[u8]>,
    meta: Meta,
    parent: Option<Arc<Handle<'a>>>,
}

struct Shared<'a> {
    base: &'a OwnedFd,
    root: Meta,
    dirs: Mutex<Vec<Dir>>,
    budget: &'a Budget,
    progress: &'a Progress,
    secret: Option<&'a RandomState>,
}

/// Looks at the entry alone: what is refused whatever it holds need not be walked.
///
/// # Errors
/// Where it cannot be looked at.
pub(super) fn shallow(parent: impl AsFd, name: &OsStr, euid: u32) -> io::Result<Tree> {
    let meta = dir::stat_name(&parent, name)?;
    let base = parent.as_fd().try_clone_to_owned()?;
    Ok(Gathered::root(&meta, euid).into_tree(base, meta, Vec::new()))
}

/// Surveys the entry `name` of the open directory `parent`.
///
/// # Errors
/// Only where the target itself cannot be looked at; all else is data.
pub(super) fn survey(
    parent: impl AsFd,
    name: &OsStr,
    euid: u32,
    progress: &Progress,
) -> io::Result<Tree> {
    walk(parent, name, euid, progress, None)
}

/// As [`survey`], and sums up the listing of every directory with this secret.
///
/// # Errors
/// As [`survey`].
pub(super) fn walk(
    parent: impl AsFd,
    name: &OsStr,
    euid: u32,
    progress: &Progress,
    secret: Option<&RandomState>,
) -> io::Result<Tree> {
    let meta = dir::stat_name(&parent, name)?;
    if meta.kind != FileKind::Directory {
        let base = parent.as_fd().try_clone_to_owned()?;
        return Ok(Gathered::single(name, &meta, euid).into_tree(base, meta, Vec::new()));
    }
    let root = Dir {
        parent: ROOT,
        name: name.as_bytes().into(),
        btime: meta.btime,
        bytes: 0,
        files: 0,
        newest: None,
    };
    let base = match dir::open_dir_at(&parent, name) {
        Ok(base) => base,
        Err(error) => {
            let mut gathered = Gathered::root(&meta, euid);
            gathered.problem(ROOT, name.as_bytes(), &error);
            let base = parent.as_fd().try_clone_to_owned()?;
            return Ok(gathered.into_tree(base, meta, vec![root]));
        }
    };
    if dir::stat_fd(&base)?.id != meta.id {
        return Err(swapped());
    }
    let budget = Budget::default();
    let first = Job { index: ROOT, name: Box::default(), meta, parent: None };
    let dirs = Mutex::new(vec![root]);
    let shared = Shared { base: &base, root: meta, dirs, budget: &budget, progress, secret };
    let parts = crew::run(
        vec![first],
        || (Gathered::new(euid), Vec::with_capacity(LISTING)),
        |job, stack, (gathered, buffer)| read(&shared, &job, stack, gathered, buffer),
    );
    let mut gathered = Gathered::root(&meta, euid);
    for (part, _) in parts {
        gathered.merge(part);
    }
    let mut dirs = std::mem::take(&mut *lock(&shared.dirs));
    drop(shared);
    gathered.hand_out(&mut dirs);
    roll_up(&mut dirs);
    Ok(gathered.into_tree(base, meta, dirs))
}

fn open(shared: &Shared<'_>, job: &Job<'_>) -> io::Result<OwnedFd> {
    if job.index == ROOT {
        return shared.base.try_clone();
    }
    let fd = match &job.parent {
        Some(parent) => dir::open_dir_at(&parent.fd, OsStr::from_bytes(&job.name))?,
        None => {
            let names: Vec<Box<[u8]>> = {
                let dirs = lock(&shared.dirs);
                chain_of(&dirs, job.index).iter().map(|&i| dirs[i as usize].name.clone()).collect()
            };
            open_chain(shared.base, names.iter().map(AsRef::as_ref))?
        }
    };
    if dir::stat_fd(&fd)?.id == job.meta.id { Ok(fd) } else { Err(swapped()) }
}

fn read<'a>(
    shared: &Shared<'a>,
    job: &Job<'a>,
    stack: &mut Vec<Job<'a>>,
    gathered: &mut Gathered,
    buffer: &mut Vec<u8>,
) {
    let fd = match open(shared, job) {
        Ok(fd) => fd,
        Err(error) => {
            gathered.problem(job.index, b"", &error);
            return;
        }
    };
    gathered.enter(job.index, &job.meta);
    let mut inner: Vec<(Box<[u8]>, Meta)> = Vec::new();
    let mut entries = 0;
    let mut bytes = 0;
    let mut sum = Listing::default();
    let listed =
        dir::for_each_name(&fd, buffer, |name: &CStr, listed| match dir::stat_at(&fd, name) {
            Ok(meta) => {
                if let Some(secret) = shared.secret {
                    sum.add(secret, name.to_bytes(), listed.ino);
                }
                entries += 1;
                let elsewhere = meta.mount_root
                    || meta.mount != shared.root.mount
                    || (meta.kind == FileKind::Directory && meta.id.dev != job.meta.id.dev);
                if elsewhere {
                    gathered.mount(job.index, name.to_bytes());
                } else {
                    gathered.entry(name, &meta);
                    if meta.kind == FileKind::Directory {
                        inner.push((name.to_bytes().into(), meta));
                    } else {
                        bytes += meta.size;
                    }
                }
            }
            Err(error) => gathered.problem(job.index, name.to_bytes(), &error),
        });
    if let Err(error) = listed {
        gathered.problem(job.index, b"", &error);
    }
    gathered.leave();
    if shared.secret.is_some() {
        gathered.listed(job.meta.id.ino, sum);
    }
    shared.progress.entries.fetch_add(entries, Ordering::Relaxed);
    shared.progress.bytes.fetch_add(bytes, Ordering::Relaxed);
    if inner.is_empty() {
        return;
    }
    let first = {
        let mut dirs = lock(&shared.dirs);
        let first = u32::try_from(dirs.len()).unwrap_or(u32::MAX);
        dirs.extend(inner.iter().map(|(name, meta)| Dir {
            parent: job.index,
            name: name.clone(),
            btime: meta.btime,
            bytes: 0,
            files: 0,
            newest: None,
        }));
        first
    };
    let handle = Arc::new(shared.budget.keep(fd));
    let crowded = shared.budget.is_spent();
    let last = inner.len() - 1;
    for (i, (name, meta)) in inner.into_iter().enumerate() {
        // The one that is read next keeps the handle, or a deep chain would be walked anew each time.
        let parent = (!crowded || i == last).then(|| Arc::clone(&handle));
        let index = first.saturating_add(u32::try_from(i).unwrap_or(u32::MAX));
        stack.push(Job { index, name, meta, parent });
    }
}
