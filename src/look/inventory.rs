//! The models below a folder that is no target: where copies are looked for, and what a list is of.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::survey::{self, Purpose};
use super::{Eyes, identify};
use crate::facts::{FileId, Model};
use crate::sys::dir;

/// Folders in which nobody keeps models, and many files.
const PASSED: &[&str] =
    &[".git", "node_modules", "site-packages", "__pycache__", ".cargo", ".rustup", ".venv"];

/// How much of a folder is looked at before the search is told to be cut short.
#[derive(Debug)]
pub(super) struct Limit {
    entries: u64,
    until: Instant,
    time: Duration,
    seen: AtomicU64,
    cut: AtomicBool,
    except: HashSet<FileId>,
    /// Also what lies where nobody keeps models.
    everything: bool,
}

impl Limit {
    /// So many entries, so long, and nothing of these folders.
    pub(super) fn new(entries: u64, time: Duration, except: HashSet<FileId>) -> Self {
        let (seen, cut) = (AtomicU64::new(0), AtomicBool::new(false));
        let until = Instant::now() + time;
        Self { entries, until, time, seen, cut, except, everything: false }
    }

    /// All there is, however long it takes.
    pub(super) fn none() -> Self {
        let day = Duration::from_secs(86_400);
        Self { everything: true, ..Self::new(u64::MAX, day, HashSet::new()) }
    }

    /// Whether no further folder is to be read; counts the entries of this one.
    pub(super) fn reached(&self) -> bool {
        let over =
            self.seen.load(Ordering::Relaxed) >= self.entries || Instant::now() >= self.until;
        if over {
            self.cut.store(true, Ordering::Relaxed);
        }
        over
    }

    pub(super) fn count(&self, entries: u64) {
        self.seen.fetch_add(entries, Ordering::Relaxed);
    }

    /// Whether something was left out.
    pub(super) fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Relaxed)
    }

    /// Whether this folder is looked into: what is thrown away is no copy.
    pub(super) fn passes(&self, name: &[u8], id: FileId) -> bool {
        let trash =
            name.starts_with(b".Trash") || name.starts_with(b".safe-rm-trash-") || name == b"Trash";
        let passed = !self.everything && PASSED.iter().any(|p| p.as_bytes() == name);
        !trash && !passed && !self.except.contains(&id)
    }
}

/// A model with its own place; its paths are relative to the folder searched.
#[derive(Debug)]
pub(super) struct Found {
    /// Absolute.
    pub path: PathBuf,
    /// The folder searched.
    pub root: PathBuf,
    /// What it is.
    pub model: Model,
}

/// Every model below a folder, as far as the limit lets it be seen. What cannot be read is not
/// found; a search promises nothing.
pub(super) fn below(root: &Path, limit: &Limit, eyes: &Eyes<'_>) -> Vec<Found> {
    let (Some(parent), Some(name)) = (root.parent(), root.file_name()) else { return Vec::new() };
    let Ok(open) = dir::open_search(parent) else { return Vec::new() };
    let purpose = Purpose::Search(limit);
    let euid = eyes.surroundings.euid;
    let Ok(mut tree) = survey::walk(open, name, euid, eyes.progress, purpose) else {
        return Vec::new();
    };
    // Opening files takes time as walking does, on a slow disk more.
    tree.until = Some(limit.until + limit.time);
    let models = identify::identify(&tree, root).into_iter();
    if tree.until.is_some_and(|until| Instant::now() >= until) {
        limit.cut.store(true, Ordering::Relaxed);
    }
    models
        .map(|(model, _)| {
            let whole = model.path.as_os_str().is_empty();
            let path = if whole { root.to_path_buf() } else { root.join(&model.path) };
            Found { path, root: root.to_path_buf(), model }
        })
        .collect()
}
