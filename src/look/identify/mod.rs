//! Identity of models, from the files alone: headers and small JSON, every read bounded.
//!
//! One file a format; `containers::RECOGNISERS` is the table that lists them.

mod containers;
mod describe;
mod gguf;
mod layout;
mod safetensors;
pub(super) mod shape;
pub(super) mod weights;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use crate::facts::{Completeness, FileKind, Model};

use super::read;
use super::tree::{Notable, ROOT, Tree};
use weights::{Holds, Sample, WeightFile};

/// A weight file with where it lies.
pub(super) type Found<'a> = (&'a Notable, WeightFile);

/// How many bytes a recogniser is given to begin with.
const HEAD: u64 = 4096;

/// Finds every model in a surveyed target. `path` is the target's own, for the words of a conflict.
#[must_use]
pub(super) fn identify(tree: &Tree, path: &Path) -> Vec<Model> {
    let found: Vec<Found<'_>> = tree
        .notable
        .iter()
        .filter(|f| f.meta.kind == FileKind::File)
        .filter_map(|f| Some((f, recognise(tree, f)?)))
        .filter(|(_, w)| w.holds != Holds::Other)
        .collect();
    if tree.dirs.is_empty() {
        return found.iter().map(|f| describe::single(tree, path, f)).collect();
    }
    let marks = layout::Marks::new(tree);
    let mut owned: BTreeMap<u32, Vec<&Found<'_>>> = BTreeMap::new();
    for item in &found {
        owned.entry(marks.owner(tree, item.0.dir)).or_default().push(item);
    }
    // Links alone, or an index without its shards, are a model whose weights are not here.
    for file in tree.notable.iter().filter(|f| f.text().ends_with(".index.json")) {
        owned.entry(marks.owner(tree, file.dir)).or_default();
    }
    for dir in 0..tree.dirs.len() {
        let dir = u32::try_from(dir).unwrap_or(u32::MAX);
        if marks.is_layout(tree, dir) {
            owned.entry(marks.owner(tree, dir)).or_default();
        }
    }
    let above = above(tree, owned.keys().copied());
    let mut models = Vec::new();
    for (dir, files) in owned {
        // A lone weight file makes its directory a model, unless that holds others as well.
        let lone = files.len() < 2 && !above.contains(&dir);
        let bound = lone
            || marks.binds(dir)
            || files.iter().any(|(f, _)| f.dir != dir)
            || layout::hub_repository(tree, dir).is_some();
        if bound {
            models.push(describe::directory(tree, path, &marks, dir, &files));
        } else {
            models.extend(files.iter().map(|f| describe::single(tree, path, f)));
        }
    }
    components(&mut models);
    // Threads and listings have no order; a plan has.
    models.sort_by(|a, b| a.path.cmp(&b.path));
    models
}

/// Every directory above one that is a model's.
fn above(tree: &Tree, dirs: impl Iterator<Item = u32>) -> HashSet<u32> {
    let mut above = HashSet::new();
    for mut at in dirs {
        while at != ROOT {
            at = tree.dirs[at as usize].parent;
            if !above.insert(at) {
                break;
            }
        }
    }
    above
}

fn recognise(tree: &Tree, file: &Notable) -> Option<WeightFile> {
    let sample = || -> std::io::Result<Option<WeightFile>> {
        let opened = tree.open(file)?;
        let head = read::at(&opened, 0, usize::try_from(HEAD).unwrap_or(0))?;
        let name = file.name.to_string_lossy();
        let sample = Sample { name: &name, size: file.meta.size, head: &head, file: &opened };
        Ok(containers::recognise(&sample))
    };
    match sample() {
        Ok(found) => found,
        // What cannot be read cannot be called harmless, if it is large or named like weights.
        Err(error) => {
            let weights = ["safetensors", "gguf", "pt", "pth", "ckpt", "bin"];
            let named = super::notable::suffix(file.text()).is_some_and(|s| weights.contains(&s));
            (named || file.meta.size > 10 << 20).then(|| {
                let mut unread = WeightFile::new("unreadable", Holds::Possibly);
                unread.complete = Completeness::Damaged(format!("cannot be read: {error}"));
                unread
            })
        }
    }
}

/// Marks a run's own checkpoints as covered by the run around them.
fn components(models: &mut [Model]) {
    for model in models {
        let name = model.path.file_name().map(|n| n.to_string_lossy().into_owned());
        let step = name.as_deref().and_then(super::names::parse).is_some_and(|n| n.date.is_none());
        if step && !model.single_file {
            model.component_of = model.path.parent().map(PathBuf::from);
        }
    }
}
