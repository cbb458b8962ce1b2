//! Open directories, counted: more than 64 at once stall a threaded process, and a limit of 256 is
//! common.

use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Handles kept for directories whose turn is still to come.
const HANDLES: usize = 48;

/// Counts the handles that are kept.
#[derive(Debug, Default)]
pub struct Budget(AtomicUsize);

impl Budget {
    /// Keeps a handle until it is dropped.
    pub fn keep(&self, fd: OwnedFd) -> Handle<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Handle { fd, budget: self }
    }

    /// Whether further handles had better be opened again when they are needed.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.0.load(Ordering::Relaxed) > HANDLES
    }
}

/// A directory handle that counts.
#[derive(Debug)]
pub struct Handle<'a> {
    /// The directory.
    pub fd: OwnedFd,
    budget: &'a Budget,
}

impl Drop for Handle<'_> {
    fn drop(&mut self) {
        self.budget.0.fetch_sub(1, Ordering::Relaxed);
    }
}
