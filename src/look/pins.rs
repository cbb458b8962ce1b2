//! Whatever says that something must be kept: KEEP files, and `Keep:` in any MODEL_INFO file.
//!
//! Collected apart from the labels: a pin holds for all that lies below its folder, whichever
//! label speaks for a model.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::Path;

use super::identify::Place;
use super::labels;
use super::notable::{KEEP_FILES, is_label};
use super::tree::Tree;
use crate::facts::{Model, Pin};
use crate::sys::dir;

/// How many are kept by name.
const LISTED: usize = 64;

/// The one that elsewhere only makes git store an empty folder: it counts beside weights alone.
const GIT: &str = ".keep";

/// All pins in a target, beside it, and in the folders above it.
pub(super) fn pins(tree: &Tree, models: &[(Model, Place)], target: &Path) -> Vec<Pin> {
    let mut pins = inside(tree, models);
    let mut above = target.ancestors().skip(1);
    if let Some(parent) = above.next() {
        let name = target.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
        let stem = target.file_stem().map(OsStr::to_string_lossy).unwrap_or_default();
        for prefix in HashSet::from([format!("{name}."), format!("{stem}.")]) {
            pins.extend(labelled(parent, &prefix));
        }
        pins.extend(folder(parent, tree.dirs.is_empty() && !models.is_empty()));
    }
    for dir in above {
        pins.extend(folder(dir, false));
    }
    pins.truncate(LISTED);
    pins
}

fn inside(tree: &Tree, models: &[(Model, Place)]) -> Vec<Pin> {
    if tree.dirs.is_empty() {
        return Vec::new();
    }
    let homes: HashSet<u32> = models
        .iter()
        .map(|(_, place)| match place {
            Place::Dir(dir) => *dir,
            Place::File(at) => tree.notable[*at].dir,
        })
        .collect();
    let found = tree.notable.iter().filter_map(|file| {
        let name = file.text();
        if KEEP_FILES.contains(&name) && (name != GIT || homes.contains(&file.dir)) {
            return Some(Pin { path: tree.path(file), keep: None });
        }
        let label = is_label(file.name.as_encoded_bytes());
        let keep = label.then(|| labels::in_tree(tree, file).keep).flatten()?;
        Some(Pin { path: tree.path(file), keep: Some(keep) })
    });
    found.collect()
}

fn folder(dir: &Path, git: bool) -> Vec<Pin> {
    let Ok(open) = dir::open_search(dir) else { return Vec::new() };
    let there = |name: &str| dir::stat_name(&open, OsStr::new(name)).is_ok();
    let files = KEEP_FILES.iter().filter(|n| (**n != GIT || git) && there(n));
    let mut pins: Vec<Pin> = files.map(|n| Pin { path: dir.join(n), keep: None }).collect();
    pins.extend(labelled(dir, ""));
    pins
}

fn labelled(dir: &Path, prefix: &str) -> Vec<Pin> {
    let written = labels::beside(dir, prefix).into_iter();
    written.filter_map(|w| Some(Pin { path: w.path, keep: Some(w.keep?) })).collect()
}
