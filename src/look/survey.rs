//! The survey: every entry of a target, seen once, relative to open directories.
//!
//! Directories are spread over a few threads (`crew`), large ones by parts. More than 64 open
//! descriptors stall a threaded process, so beyond that a directory is opened again from the target
//! when its turn comes.

use std::ffi::{CStr, OsStr};
use std::hash::RandomState;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use super::batch::{Batch, Job, Names, Part, Shared, Work};
use super::gather::{Care, Gathered};
use super::inventory::Limit;
use super::tree::{Dir, ROOT, Tree, chain_of, open_chain, roll_up, swapped};
use crate::crew::{self, Stack, lock};
use crate::facts::FileKind;
use crate::sys::budget::Budget;
use crate::sys::dir;

/// Names of one directory that one thread looks at before another may.
const PART: usize = 4096;
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

/// Looks at the entry alone: what is refused whatever it holds need not be walked.
///
/// # Errors
/// Where it cannot be looked at.
pub(super) fn shallow(parent: impl AsFd, name: &OsStr, euid: u32) -> io::Result<Tree> {
    let meta = dir::stat_name(&parent, name)?;
    let base = parent.as_fd().try_clone_to_owned()?;
    Ok(Gathered::root(&meta, euid).into_tree(base, meta, Vec::new()))
}

/// The file `name` of the open directory alone, to be looked into.
///
/// # Errors
/// Where it cannot be looked at.
pub(super) fn shallow_file(parent: impl AsFd, name: &OsStr) -> io::Result<Tree> {
    let meta = dir::stat_name(&parent, name)?;
    let base = parent.as_fd().try_clone_to_owned()?;
    Ok(Gathered::single(name, &meta, 0).into_tree(base, meta, Vec::new()))
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
    walk(parent, name, euid, progress, Purpose::Know)
}

/// What a walk is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose<'a> {
    /// To know what is there.
    Know,
    /// To compare it with what was known; with a secret, by which the listings are summed up.
    Compare(Option<&'a RandomState>),
    /// To know what is at stake before rm removes it: neither dates nor a digest.
    Weigh(&'a RandomState),
    /// To look for models in a folder that is no target, as far as the limit goes.
    Search(&'a Limit),
}

/// As [`survey`], for a purpose.
///
/// # Errors
/// As [`survey`].
pub(super) fn walk(
    parent: impl AsFd,
    name: &OsStr,
    euid: u32,
    progress: &Progress,
    purpose: Purpose<'_>,
) -> io::Result<Tree> {
    let (care, secret, limit) = match purpose {
        Purpose::Know => (Care::All, None, None),
        Purpose::Compare(secret) => (Care::Identity, secret, None),
        Purpose::Weigh(secret) => (Care::Weight, Some(secret), None),
        Purpose::Search(limit) => (Care::All, None, Some(limit)),
    };
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
        frees: 0,
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
    let shared = Shared { base: &base, root: meta, dirs, budget: &budget, progress, secret, limit };
    let parts = crew::run(
        vec![Work::Directory(first)],
        || (Gathered::new(euid).caring(care), Vec::with_capacity(LISTING)),
        |work, stack, (gathered, buffer)| match work {
            Work::Directory(job) => read(&shared, &job, stack, gathered, buffer),
            Work::Part(Part { index, meta, handle, names }) => {
                let mut batch = Batch::new(&shared, index, meta, gathered);
                names.each(|name, ino| batch.entry(&handle, name, ino));
                batch.end(&handle, stack);
            }
        },
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
    stack: &mut Stack<'_, Work<'a>>,
    gathered: &mut Gathered,
    buffer: &mut Vec<u8>,
) {
    if shared.limit.is_some_and(Limit::reached) {
        return;
    }
    let fd = match open(shared, job) {
        Ok(fd) => fd,
        Err(error) => {
            gathered.problem(job.index, b"", &error);
            return;
        }
    };
    let handle = Arc::new(shared.budget.keep(fd));
    let (index, meta) = (job.index, job.meta);
    let mut batch = Batch::new(shared, index, meta, gathered);
    let (mut seen, mut rest) = (0, Names::default());
    let listed = dir::for_each_name(&handle.fd, buffer, |name: &CStr, listed| {
        seen += 1;
        if seen <= PART {
            batch.entry(&handle, name, listed.ino);
            return;
        }
        rest.push(name, listed.ino);
        if rest.len() == PART {
            let (handle, names) = (Arc::clone(&handle), std::mem::take(&mut rest));
            stack.offer(Work::Part(Part { index, meta, handle, names }));
        }
    });
    rest.each(|name, ino| batch.entry(&handle, name, ino));
    if let Err(error) = listed {
        batch.gathered.problem(index, b"", &error);
    }
    batch.end(&handle, stack);
}
