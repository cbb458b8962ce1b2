//! Whatever says that something must be kept: KEEP files, and `Keep:` in any MODEL_INFO file.
//!
//! Collected apart from the labels: a pin holds for all that lies below its folder, whichever
//! label speaks for a model.

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
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

/// All pins beside a target and in the folders above it. `lone` is a target that is one weight file.
pub(super) fn around(target: &Path, lone: bool) -> Vec<Pin> {
    let mut pins = Vec::new();
    for (dir, prefixes) in places(target) {
        pins.extend(folder(dir, lone && Some(dir) == target.parent()));
        pins.extend(prefixes.iter().flat_map(|prefix| labelled(dir, prefix)));
    }
    // A pin does not pin itself: the person who put it there may take it away.
    pins.retain(|pin| pin.path != target);
    pins.truncate(LISTED);
    pins
}

/// Whatever pins all that lies in a folder: in it and above it.
pub(super) fn over(folder: &Path) -> Vec<Pin> {
    let mut pins = Vec::new();
    for dir in folder.ancestors() {
        pins.extend(self::folder(dir, false));
        pins.extend(labelled(dir, ""));
    }
    pins.truncate(LISTED);
    pins
}

/// Whether labels in a folder may carry the names of what lies beside them; one that cannot be listed
/// may have some.
pub(super) fn may_have_labels(folder: &Path) -> bool {
    let Ok(open) = dir::open_path(folder) else { return true };
    let (mut found, mut buffer) = (false, Vec::with_capacity(64 << 10));
    let listed = dir::for_each_name(&open, &mut buffer, |name, _| {
        found |= is_label(name.to_bytes());
    });
    found || listed.is_err()
}

/// The pins in the labels that carry a target's own name.
pub(super) fn beside(target: &Path) -> Vec<Pin> {
    let own = places(target).take(1).flat_map(|(dir, prefixes)| {
        let own = prefixes.into_iter().filter(|prefix| !prefix.is_empty());
        own.flat_map(|prefix| labelled(dir, &prefix)).collect::<Vec<_>>()
    });
    own.collect()
}

/// Identity and times of everything that could be a pin or a label around a target.
pub(super) fn digest(target: &Path) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for (dir, prefixes) in places(target) {
        let Ok(open) = dir::open_search(dir) else { continue };
        let labels =
            prefixes.iter().flat_map(|p| labels::NAMES.iter().map(move |n| format!("{p}{n}")));
        for name in KEEP_FILES.list().iter().map(|n| (*n).to_owned()).chain(labels) {
            let Ok(meta) = dir::stat_name(&open, OsStr::new(&name)) else { continue };
            hasher.update(dir.as_os_str().as_bytes()).update(b"/").update(name.as_bytes());
            hasher.update(format!("{:?}", (meta.id, meta.size, meta.mtime, meta.ctime)).as_bytes());
        }
    }
    *hasher.finalize().as_bytes()
}

/// The folders above a target, each with the beginnings of the names that labels have there: in
/// the nearest one also the target's own.
fn places(target: &Path) -> impl Iterator<Item = (&Path, Vec<String>)> {
    let of = |part: Option<&OsStr>| part.map(|p| format!("{}.", p.to_string_lossy()));
    let own: BTreeSet<String> =
        [of(target.file_name()), of(target.file_stem())].into_iter().flatten().collect();
    target.ancestors().skip(1).enumerate().map(move |(up, dir)| {
        let own = own.iter().filter(|_| up == 0).cloned();
        (dir, std::iter::once(String::new()).chain(own).collect())
    })
}

/// All pins in a target.
pub(super) fn inside(tree: &Tree, models: &[(Model, Place)]) -> Vec<Pin> {
    let mut pins = every(tree, models);
    pins.truncate(LISTED);
    pins
}

/// As [`inside`], however many there are.
pub(super) fn every(tree: &Tree, models: &[(Model, Place)]) -> Vec<Pin> {
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
        if KEEP_FILES.list().contains(&name) && (name != GIT || homes.contains(&file.dir)) {
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
    let files = KEEP_FILES.list().iter().filter(|n| (**n != GIT || git) && there(n));
    files.map(|n| Pin { path: dir.join(n), keep: None }).collect()
}

fn labelled(dir: &Path, prefix: &str) -> Vec<Pin> {
    let written = labels::beside(dir, prefix).into_iter();
    written.filter_map(|w| Some(Pin { path: w.path, keep: Some(w.keep?) })).collect()
}
