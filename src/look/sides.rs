//! Side files of a model that is a single file in a shared folder: its label, previews, recipes and
//! notes carry its name. They go with it and never without it.
//!
//! Sources: the writers of A1111, ComfyUI, Civitai's helpers and kohya's scripts, and our own labels.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::identify::{self, Marks};
use super::listing::listing;
use super::target::Target;
use super::tree::{ROOT, Tree};
use super::whole;
use crate::facts::FileKind;
use crate::sys::dir;

/// What follows the name of a model, with its suffix or without.
const ENDINGS: &[&str] = &[
    ".MODEL_INFO.txt",
    ".MODEL_INFO.json",
    ".MODEL_INFO.yaml",
    ".MODEL_INFO.yml",
    ".civitai.info",
    ".metadata.json",
    ".preview.png",
    ".preview.jpeg",
    ".preview.jpg",
    ".preview.webp",
    ".preview.mp4",
    ".json",
    ".txt",
    ".yaml",
    ".yml",
];

/// Those of them that many other files have as well.
const PLAIN: &[&str] = &[".json", ".txt", ".yaml", ".yml"];
/// No note or recipe is larger.
const NOTE: u64 = 1 << 20;

/// Whether a file of this name is a side file of a model file of that name.
fn is_side_of(name: &str, model: &str) -> bool {
    let stem = model.rsplit_once('.').map_or(model, |(stem, _)| stem);
    let ends = |base: &str| name.strip_prefix(base).is_some_and(|rest| ENDINGS.contains(&rest));
    !stem.is_empty() && whole::is_weights(model) && (ends(model) || ends(stem))
}

/// Whether a model may lie beside a file of this name that is a side file of it, by names alone.
pub(super) fn may_have_model(name: &str, folder: impl AsFd) -> bool {
    let there = |name: &str| dir::stat_name(&folder, OsStr::new(name)).is_ok();
    ENDINGS.iter().filter_map(|end| name.strip_suffix(end)).any(|stem| {
        (whole::is_weights(stem) && there(stem))
            || whole::SUFFIXES.iter().any(|suffix| there(&format!("{stem}.{suffix}")))
    })
}

/// The names in a folder that could be a single model's, by names alone.
///
/// # Errors
/// Where it cannot be listed.
pub(super) fn models(folder: impl AsFd) -> std::io::Result<HashSet<String>> {
    let open = dir::open_dir_at(&folder, OsStr::new("."))?;
    let (mut models, mut buffer) = (HashSet::new(), Vec::with_capacity(64 << 10));
    dir::for_each_name(&open, &mut buffer, |name, _| {
        let name = name.to_str().unwrap_or_default();
        if whole::is_weights(name) {
            models.insert(name.to_owned());
        }
    })?;
    Ok(models)
}

/// Whether a file of this name is a side file of one of these models, as [`models`] has listed them.
pub(super) fn is_side_among(name: &str, models: &HashSet<String>) -> bool {
    ENDINGS.iter().filter_map(|end| name.strip_suffix(end)).any(|stem| {
        let of = |suffix: &&str| models.contains(&format!("{stem}.{suffix}"));
        !models.is_empty() && (models.contains(stem) || whole::SUFFIXES.iter().any(of))
    })
}

/// Whether the one path is a side file of the other.
#[must_use]
pub fn goes_with(side: &Path, model: &Path) -> bool {
    let name = |p: &Path| p.file_name().and_then(OsStr::to_str).map(str::to_owned);
    let names = name(side).zip(name(model));
    side.parent() == model.parent() && names.is_some_and(|(side, model)| is_side_of(&side, &model))
}

/// The model files in a listed folder to which a file of this name belongs; what merely is called
/// so is none.
pub(super) fn models_of(name: &str, tree: &Tree) -> Vec<String> {
    let files = tree.notable.iter().filter(|f| f.dir == ROOT && f.meta.kind == FileKind::File);
    let of = files.filter(|f| is_side_of(name, f.text()) && identify::is_model_file(tree, f));
    of.map(|f| f.text().to_owned()).collect()
}

/// The targets with the side files of the single models among them, which go with them: but for
/// those that another model of the same name, which stays, has as well.
pub(super) fn add(targets: &mut Vec<Target>) {
    let mut more: Vec<Target> = Vec::new();
    let mut folders: HashMap<PathBuf, Option<Tree>> = HashMap::new();
    let named: HashSet<PathBuf> = targets.iter().map(|t| t.path.clone()).collect();
    for target in targets.iter() {
        let (Some(folder), Some(name)) = (target.path.parent(), target.name.to_str()) else {
            continue;
        };
        let meta = dir::stat_name(&target.parent, &target.name);
        if !whole::is_weights(name) || meta.is_ok_and(|m| m.kind != FileKind::File) {
            continue;
        }
        // Where a layout binds the files of the folder, this one is no model of its own.
        let loose = |folder: &PathBuf| {
            listing(folder, None, &HashSet::new()).ok().filter(|t| !Marks::new(t).binds(ROOT))
        };
        let tree = folders.entry(folder.to_path_buf()).or_insert_with_key(loose);
        let Some(tree) = tree else { continue };
        for side in sides(name, &target.parent) {
            let path = folder.join(&side);
            let of = models_of(&side, tree);
            let all = of.iter().all(|model| named.contains(&folder.join(model)));
            let new = !named.contains(&path) && !more.iter().any(|t| t.path == path);
            if new && all && of.iter().any(|model| model == name) {
                let (typed, name) = (path.clone().into_os_string(), side.into());
                let parent = Arc::clone(&target.parent);
                let (ambiguous, trashed) = (None, None);
                more.push(Target { typed, path, parent, name, ambiguous, trashed });
            }
        }
    }
    targets.extend(more);
}

/// The side files of a model that are there.
fn sides(model: &str, folder: &Arc<std::os::fd::OwnedFd>) -> Vec<String> {
    let stem = model.rsplit_once('.').map_or(model, |(stem, _)| stem);
    let names = ENDINGS.iter().flat_map(|end| [format!("{model}{end}"), format!("{stem}{end}")]);
    // What is large under such a name is a data set, no note.
    let plain = |name: &str| PLAIN.iter().any(|end| name.strip_suffix(end) == Some(stem));
    let file = |name: &String| {
        let meta = dir::stat_name(folder, OsStr::new(name));
        meta.is_ok_and(|m| m.kind != FileKind::Directory && (m.size <= NOTE || !plain(name)))
    };
    names.filter(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_file_carries_the_name_of_its_model() {
        for side in ["a.b.civitai.info", "a.b.pt.MODEL_INFO.txt", "a.b.MODEL_INFO.txt", "a.b.yaml"]
        {
            assert!(is_side_of(side, "a.b.pt"), "{side}");
        }
        for other in ["a.yaml", "a.b.c.yaml", "a.b.png", "a.b.pt", "MODEL_INFO.txt", "x.txt"] {
            assert!(!is_side_of(other, "a.b.pt"), "{other}");
        }
        assert!(!is_side_of("a.txt", "a.md"));
    }
}
