//! What is at stake in the operands of rm: whether anything in them is more than ordinary files.
//!
//! rm removes much and often, so that this is a quick look: sums, the files worth opening, and what
//! the names of the folders around say. Whatever it finds goes through the whole survey and every
//! rule afterwards, and what it does not find here no rule is asked about: it looks with the same
//! eyes, by the same code, as they do.

mod guarded;
mod operand;
mod parts;

use std::collections::HashMap;
use std::ffi::{CStr, OsStr, OsString};
use std::hash::RandomState;
use std::path::{Path, PathBuf};

use crate::facts::{FileId, FileKind, Listing, Meta, Stamp};
use crate::look::survey::{self, Purpose};
use crate::look::{Eyes, identify, notable, pins, tree, whole};
use crate::sys::dir;
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
    /// With whether it was empty.
    looked_into: HashMap<(FileId, Option<Stamp>), bool>,
}

impl Seen {
    /// Whether a file may go by what was seen: it is none that could hold weights, or it was looked
    /// into.
    #[must_use]
    pub fn knows(&self, name: &CStr, meta: &Meta) -> bool {
        meta.kind == FileKind::Symlink
            || !notable::is_notable(name.to_bytes(), meta)
            || self
                .looked_into
                .get(&(meta.id, meta.btime))
                .is_some_and(|was_empty| !was_empty || meta.size == 0)
    }
}

/// Looks at the operands of rm. Directories are walked where rm would enter them.
pub fn weigh(typed: &[OsString], recursive: bool, eyes: &Eyes<'_>) -> Weighed {
    let mut finder = Finder::default();
    let operands: Vec<Operand> = typed.iter().map(|typed| finder.find(typed)).collect();
    let entry = |operand: &Operand| match &operand.names {
        Names::Entry(entry) => Some(entry.path()),
        _ => None,
    };
    let with: Vec<PathBuf> = operands.iter().filter_map(entry).collect();
    let mut scale = Scale {
        eyes,
        recursive,
        parts: parts::Parts::new(&with),
        guarded: guarded::Guarded::new(eyes),
        pins: HashMap::new(),
        stakes: Vec::new(),
        bytes: 0,
    };
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

struct Scale<'a> {
    eyes: &'a Eyes<'a>,
    recursive: bool,
    parts: parts::Parts<'a>,
    guarded: guarded::Guarded,
    /// Whether something in or above a folder says to keep what lies in it.
    pins: HashMap<PathBuf, Option<PathBuf>>,
    stakes: Vec<(OsString, Stake)>,
    bytes: u64,
}

impl Scale<'_> {
    /// Weighs one operand. Nothing was seen of what rm would not touch.
    fn weigh(&mut self, operand: &Operand) -> Option<Seen> {
        let Names::Entry(entry) = &operand.names else { return None };
        let directory = entry.meta.kind == FileKind::Directory;
        if directory && !self.recursive {
            // It goes only if it is empty.
            return Some(Seen::default());
        }
        let path = entry.path();
        let mut found = Vec::new();
        found.extend(self.guarded.why(&path, directory).map(Stake::Protected));
        found.extend(self.parts.part_of(entry, &path).map(Stake::Part));
        let folder = &entry.folder.path;
        let pins = self.pins.entry(folder.clone());
        let pin = pins
            .or_insert_with(|| pins::around(&path, false).into_iter().next().map(|pin| pin.path));
        found.extend(pin.clone().map(Stake::Pinned));
        let name = entry.name.as_encoded_bytes();
        if notable::is_label(name) {
            found.push(Stake::Label(path.clone()));
        }
        if entry
            .name
            .to_str()
            .is_some_and(|n| notable::KEEP_FILES.list().contains(&n) && n != ".keep")
        {
            found.push(Stake::Pinned(path.clone()));
        }
        // What will be refused whatever it holds is not walked.
        let protected = found.iter().any(|stake| matches!(stake, Stake::Protected(_)));
        let world = self.eyes.surroundings;
        let own = entry.meta.uid == world.euid && entry.meta.mode & 0o200 != 0;
        let mut seen = Seen { guarded: world.euid != 0 && !own, ..Seen::default() };
        // One that does not lie on the mount of its folder is not entered either.
        if !protected && !entry.meta.mount_root {
            self.contents(entry, &path, &mut seen, &mut found);
        }
        self.stakes.extend(found.into_iter().map(|stake| (operand.shown.clone(), stake)));
        Some(seen)
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
        let looked = tree.notable.iter().map(|f| ((f.meta.id, f.meta.btime), f.meta.size == 0));
        seen.looked_into = looked.collect();
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
