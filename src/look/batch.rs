//! What a thread of the survey works on: a directory still to be read, or a part of a large one, and
//! the entries that it takes in.

use std::ffi::CStr;
use std::hash::RandomState;
use std::os::fd::OwnedFd;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use super::gather::Gathered;
use super::inventory::Limit;
use super::survey::Progress;
use super::tree::Dir;
use crate::crew::{Stack, lock};
use crate::facts::{FileKind, Listing, Meta};
use crate::sys::budget::{Budget, Handle};
use crate::sys::dir;

/// What the threads share.
pub(super) struct Shared<'a> {
    pub base: &'a OwnedFd,
    pub root: Meta,
    pub dirs: Mutex<Vec<Dir>>,
    pub budget: &'a Budget,
    pub progress: &'a Progress,
    /// With it the listings are summed up.
    pub secret: Option<&'a RandomState>,
    /// How far a search goes.
    pub limit: Option<&'a Limit>,
}

/// A directory still to be read.
pub(super) struct Job<'a> {
    pub index: u32,
    pub name: Box<[u8]>,
    pub meta: Meta,
    pub parent: Option<Arc<Handle<'a>>>,
}

/// A part of a large directory's names, listed and still to be looked at.
pub(super) struct Part<'a> {
    pub index: u32,
    pub meta: Meta,
    pub handle: Arc<Handle<'a>>,
    pub names: Names,
}

/// One job of a thread.
pub(super) enum Work<'a> {
    Directory(Job<'a>),
    Part(Part<'a>),
}

/// Names with their inodes, in one piece of memory.
#[derive(Default)]
pub(super) struct Names {
    bytes: Vec<u8>,
    inodes: Vec<u64>,
}

impl Names {
    pub(super) fn push(&mut self, name: &CStr, ino: u64) {
        self.bytes.extend(name.to_bytes_with_nul());
        self.inodes.push(ino);
    }

    pub(super) fn len(&self) -> usize {
        self.inodes.len()
    }

    pub(super) fn each(&self, mut take: impl FnMut(&CStr, u64)) {
        let names = self.bytes.split_inclusive(|b| *b == 0);
        for (name, ino) in names.zip(&self.inodes) {
            if let Ok(name) = CStr::from_bytes_with_nul(name) {
                take(name, *ino);
            }
        }
    }
}

/// The entries of one directory, or of a part of it, as one thread takes them in.
pub(super) struct Batch<'s, 'a, 'g> {
    shared: &'s Shared<'a>,
    index: u32,
    meta: Meta,
    pub gathered: &'g mut Gathered,
    inner: Vec<(Box<[u8]>, Meta)>,
    entries: u64,
    bytes: u64,
    sum: Listing,
}

impl<'s, 'a, 'g> Batch<'s, 'a, 'g> {
    pub(super) fn new(
        shared: &'s Shared<'a>,
        index: u32,
        meta: Meta,
        gathered: &'g mut Gathered,
    ) -> Self {
        gathered.enter(index, &meta);
        let (inner, sum) = (Vec::new(), Listing::default());
        Self { shared, index, meta, gathered, inner, entries: 0, bytes: 0, sum }
    }

    pub(super) fn entry(&mut self, handle: &Handle<'_>, name: &CStr, ino: u64) {
        let meta = match dir::stat_at(&handle.fd, name) {
            Ok(meta) => meta,
            Err(error) => {
                self.gathered.problem(self.index, name.to_bytes(), &error);
                return;
            }
        };
        if let Some(secret) = self.shared.secret {
            self.sum.add(secret, name.to_bytes(), ino);
        }
        self.entries += 1;
        let elsewhere = meta.mount_root
            || meta.mount != self.shared.root.mount
            || (meta.kind == FileKind::Directory && meta.id.dev != self.meta.id.dev);
        if elsewhere {
            self.gathered.mount(self.index, name.to_bytes());
            return;
        }
        self.gathered.entry(name, &meta);
        if meta.kind == FileKind::Directory {
            if self.shared.limit.is_some_and(|l| !l.passes(name.to_bytes(), meta.id)) {
                return;
            }
            self.inner.push((name.to_bytes().into(), meta));
        } else {
            self.bytes = self.bytes.saturating_add(meta.size);
        }
    }

    /// Hands in the sums, and the directories found as further work.
    pub(super) fn end(self, handle: &Arc<Handle<'a>>, stack: &mut Stack<'_, Work<'a>>) {
        let Self { shared, index, inner, .. } = self;
        self.gathered.leave();
        if shared.secret.is_some() {
            self.gathered.listed(self.meta.id.ino, self.sum);
        }
        shared.progress.entries.fetch_add(self.entries, Ordering::Relaxed);
        shared.progress.bytes.fetch_add(self.bytes, Ordering::Relaxed);
        if let Some(limit) = shared.limit {
            limit.count(self.entries);
        }
        if inner.is_empty() {
            return;
        }
        let first = {
            let mut dirs = lock(&shared.dirs);
            let first = u32::try_from(dirs.len()).unwrap_or(u32::MAX);
            dirs.extend(inner.iter().map(|(name, meta)| Dir {
                parent: index,
                name: name.clone(),
                btime: meta.btime,
                bytes: 0,
                frees: 0,
                files: 0,
                newest: None,
            }));
            first
        };
        let crowded = shared.budget.is_spent();
        let last = inner.len() - 1;
        for (i, (name, meta)) in inner.into_iter().enumerate() {
            // The one that is read next keeps the handle, or a deep chain would be walked anew
            // each time.
            let parent = (!crowded || i == last).then(|| Arc::clone(handle));
            let index = first.saturating_add(u32::try_from(i).unwrap_or(u32::MAX));
            stack.push(Work::Directory(Job { index, name, meta, parent }));
        }
    }
}
