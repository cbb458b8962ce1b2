//! What is at stake in the operands of rm: whether anything in them is more than ordinary files.
//!
//! rm removes much and often, so that this is a quick look: sums, the files worth opening, and what
//! the names of the folders around say. Whatever it finds goes through the whole survey and every
//! rule afterwards, and what it does not find here no rule is asked about: it looks with the same
//! eyes, by the same code, as they do.

mod glimpse;
mod guarded;
mod operand;
mod parts;

use std::collections::{HashMap, HashSet};
use std::ffi::{CStr, OsStr, OsString};
use std::hash::RandomState;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::facts::{FileId, FileKind, Listing, Meta, Pin, Stamp};
use crate::look::survey::{self, Purpose};
use crate::look::{Eyes, identify, notable, pins, tree, whole};
use crate::sys::dir;
pub use glimpse::{Glance, Look, Sight, is_weights_name};
use operand::Finder;
pub use operand::{Entry, Folder, Names, Open, Operand};

/// Why an operand is more than ordinary files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stake {
    /// It holds a model, or what may be one.
    Model(PathBuf),
    /// A label is, or lies in it.
    Label(PathBuf),
    /// It is a part of a model.
    Part(String),
    /// Somebody said to keep it.
    Pinned(PathBuf),
    /// It must never go.
    Protected(String),
}

/// How far rm goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Files alone.
    Files,
    /// Empty directories as well.
    EmptyDirs,
    /// Directories with all that is in them.
    Trees,
}

/// What a quick look found.
#[derive(Debug)]
pub struct Weighed {
    /// The operands, in the order in which they were typed.
    pub operands: Vec<(Operand, Option<Seen>)>,
    /// Why they are more than ordinary, each with its operand.
    pub stakes: Vec<(OsString, Stake)>,
    /// Apparent bytes of all of them.
    pub bytes: u64,
}

/// What was seen of an operand: by it the removal knows what came later.
#[derive(Debug, Default)]
pub struct Seen {
    /// What the listing of every directory summed up to, by the directory's inode.
    pub listings: HashMap<u64, Listing>,
    /// With which they were summed up.
    pub secret: RandomState,
    /// Some entry is write-protected or another user's: rm may ask about it.
    pub guarded: bool,
    /// Something is being written that may become weights: each entry is looked at again.
    pub begun: bool,
    looked_into: HashSet<Known>,
}

/// A file as it was looked into.
type Known = (FileId, Option<Stamp>, u64, Stamp);

fn known(meta: &Meta) -> Known {
    (meta.id, meta.btime, meta.size, meta.mtime)
}

impl Seen {
    /// Whether a file may go: it could hold no weights, it was looked into and is as it was, or it
    /// holds none now. What is empty and named like weights is being written.
    #[must_use]
    pub fn knows(&self, folder: impl AsFd, name: &CStr, meta: &Meta) -> bool {
        if meta.kind == FileKind::Symlink
            || !notable::is_notable(name.to_bytes(), meta)
            || self.looked_into.contains(&known(meta))
        {
            return true;
        }
        let name = OsStr::from_bytes(name.to_bytes());
        if meta.size == 0 && whole::is_weights(text(name)) {
            return false;
        }
        survey::shallow_file(folder, name)
            .is_ok_and(|tree| identify::identify(&tree, Path::new(name)).is_empty())
    }
}

/// Looks at the operands of rm. Directories are walked where rm would enter them.
pub fn weigh(typed: &[OsString], depth: Depth, eyes: &Eyes<'_>) -> Weighed {
    let mut finder = Finder::default();
    let operands: Vec<Operand> = typed.iter().map(|typed| finder.find(typed)).collect();
    let mut scale = Scale::new(depth, eyes);
    let seen: Vec<Option<Seen>> = operands.iter().map(|operand| scale.weigh(operand)).collect();
    let Scale { stakes, bytes, .. } = scale;
    Weighed { operands: operands.into_iter().zip(seen).collect(), stakes, bytes }
}

/// What an operand names by now.
#[must_use]
pub fn find(typed: &OsStr) -> Names {
    Finder::default().find(typed).names
}

/// Whether an operand names something.
#[must_use]
pub fn is_there(typed: &OsStr) -> bool {
    dir::stat_typed(typed).is_ok()
}

/// What says to keep what lies in a folder.
struct Over {
    /// In it and above it.
    pins: Vec<Pin>,
    /// How many operands in it were asked about.
    asked: usize,
    /// Labels there carry the names of what lies beside them, or it was not listed yet.
    labels: bool,
}

/// From so many operands on a folder is listed once, instead of a look beside each.
const SEVERAL: usize = 8;

struct Scale<'a> {
    eyes: &'a Eyes<'a>,
    depth: Depth,
    parts: parts::Parts,
    guarded: guarded::Guarded,
    pins: HashMap<PathBuf, Over>,
    stakes: Vec<(OsString, Stake)>,
    bytes: u64,
}

impl<'a> Scale<'a> {
    fn new(depth: Depth, eyes: &'a Eyes<'a>) -> Self {
        Self {
            eyes,
            depth,
            parts: parts::Parts::default(),
            guarded: guarded::Guarded::new(eyes),
            pins: HashMap::new(),
            stakes: Vec::new(),
            bytes: 0,
        }
    }

    /// Weighs one operand. Nothing was seen of what rm would not touch.
    fn weigh(&mut self, operand: &Operand) -> Option<Seen> {
        let Names::Entry(entry) = &operand.names else { return None };
        let directory = entry.meta.kind == FileKind::Directory;
        let goes =
            self.depth == Depth::Trees || (self.depth == Depth::EmptyDirs && entry.is_empty_dir());
        if directory && !goes {
            // It stays.
            return Some(Seen::default());
        }
        let path = entry.path();
        let mut found = self.around(entry, &path);
        // What will be refused whatever it holds is not walked.
        let protected = found.iter().any(|stake| matches!(stake, Stake::Protected(_)));
        let world = self.eyes.surroundings;
        let own = entry.meta.uid == world.euid && entry.meta.mode & 0o200 != 0;
        let mut seen = Seen { guarded: world.euid != 0 && !own, ..Seen::default() };
        // One that does not lie on the mount of its folder is not entered either.
        let enters = !directory || self.depth == Depth::Trees;
        if !protected && enters && !entry.meta.mount_root {
            self.contents(entry, &path, &mut seen, &mut found);
        }
        self.stakes.extend(found.into_iter().map(|stake| (operand.shown.clone(), stake)));
        Some(seen)
    }

    /// What the name and the folders around say of an entry.
    fn around(&mut self, entry: &Entry, path: &Path) -> Vec<Stake> {
        let directory = entry.meta.kind == FileKind::Directory;
        let mut found = Vec::new();
        found.extend(self.guarded.why(path, directory).map(Stake::Protected));
        found.extend(self.parts.part_of(entry, path).map(Stake::Part));
        let folder = &entry.folder.path;
        let over = self.pins.entry(folder.clone()).or_insert_with(|| Over {
            pins: pins::over(folder),
            asked: 0,
            labels: true,
        });
        over.asked += 1;
        if over.asked == SEVERAL {
            over.labels = pins::may_have_labels(folder);
        }
        // A pin does not pin itself.
        let pin = over.pins.iter().find(|pin| pin.path != *path).map(|pin| pin.path.clone());
        let beside = |path| pins::beside(path).into_iter().next().map(|pin| pin.path);
        let pin = pin.or_else(|| over.labels.then(|| beside(path)).flatten());
        found.extend(pin.map(Stake::Pinned));
        let name = entry.name.as_encoded_bytes();
        if notable::is_label(name) {
            found.push(Stake::Label(path.to_path_buf()));
        }
        if entry
            .name
            .to_str()
            .is_some_and(|n| notable::KEEP_FILES.list().contains(&n) && n != ".keep")
        {
            found.push(Stake::Pinned(path.to_path_buf()));
        }
        found
    }

    fn contents(&mut self, entry: &Entry, path: &Path, seen: &mut Seen, found: &mut Vec<Stake>) {
        let file = entry.meta.kind != FileKind::Directory;
        if file && !notable::is_notable(entry.name.as_encoded_bytes(), &entry.meta) {
            self.bytes = self.bytes.saturating_add(entry.meta.size);
            return;
        }
        let euid = self.eyes.surroundings.euid;
        let purpose = Purpose::Weigh(&seen.secret);
        let walked = entry.folder.open().and_then(|folder| {
            survey::walk(folder, &entry.name, euid, self.eyes.progress, purpose)
        });
        // What cannot be looked at is told by the removal, which meets the same error.
        let Ok(tree) = walked else { return };
        self.bytes = self.bytes.saturating_add(tree.totals.bytes);
        seen.guarded |= tree.guarded;
        seen.looked_into = tree.notable.iter().map(|f| known(&f.meta)).collect();
        seen.begun = tree.notable.iter().any(|f| f.meta.size == 0 && whole::is_weights(f.text()));
        for (ino, part) in &tree.listings {
            seen.listings.entry(*ino).or_default().join(*part);
        }
        let models = identify::identify(&tree, path);
        let model = models.iter().find(|(model, _)| !model.installed);
        let at = |inner: &Path| {
            if inner.as_os_str().is_empty() { path.into() } else { path.join(inner) }
        };
        found.extend(model.map(|(model, _)| Stake::Model(at(&model.path))));
        if let Some(label) = tree.notable.iter().find(|f| is_label(f)) {
            found.push(Stake::Label(at(&tree.path(label))));
        }
        let pin = pins::inside(&tree, &models).into_iter().next();
        found.extend(pin.map(|pin| Stake::Pinned(at(&pin.path))));
    }
}

fn is_label(file: &tree::Notable) -> bool {
    notable::is_label(file.name.as_encoded_bytes())
}

/// A name as it is compared.
fn text(name: &OsStr) -> &str {
    name.to_str().unwrap_or("")
}
