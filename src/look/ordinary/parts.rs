//! Whether an operand is a part of a model that lies around it. The name is asked first, then for a
//! few files beside it; only where these say "maybe" is the folder listed, and the layouts asked.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::operand::Entry;
use super::{SEVERAL, text};
use crate::facts::FileKind;
use crate::look::identify::{is_shard, is_side, parts};
use crate::look::{Wholes, notable, sides, whole};

/// How far up a layout is looked for: no writer nests deeper.
const LEVELS: usize = 8;

/// Names that many other files have as well: alone they bind nothing.
const COMMON: &[&str] = &[
    "config.json",
    "params.json",
    "model.json",
    "meta.json",
    ".metadata",
    "metadata.json",
    "trainer_state.json",
    "checkpoint",
    "latest",
];

/// Asks the layouts around the operands of one run, each as if it alone were to go: whether all of a
/// model is named is for the plan to say.
#[derive(Default)]
pub(super) struct Parts {
    wholes: Wholes<'static>,
    folders: HashMap<PathBuf, Around>,
}

/// What is known of a folder with operands in it.
struct Around {
    /// A store is above it, or a layout may have made it.
    inside: bool,
    /// How many operands in it were asked about.
    asked: usize,
    /// The names in it that could be a single model's, once it was listed.
    models: Option<HashSet<String>>,
}

impl Parts {
    /// The model of which this is a part, in words.
    pub(super) fn part_of(&mut self, entry: &Entry, path: &Path) -> Option<String> {
        let folder = &entry.folder.path;
        let around = self.folders.entry(folder.clone()).or_insert_with(|| Around {
            inside: is_inside(folder),
            asked: 0,
            models: None,
        });
        around.asked += 1;
        if around.asked == SEVERAL {
            around.models = entry.folder.open().ok().and_then(|f| sides::models(f).ok());
        }
        let maybe = around.inside
            || match entry.meta.kind {
                FileKind::Directory => whole::may_be_owned(folder, &entry.name),
                FileKind::File | FileKind::Symlink => may_be_side(entry, around.models.as_ref()),
                FileKind::Special => false,
            };
        if !maybe {
            return None;
        }
        if COMMON.contains(&text(&entry.name)) {
            let own = [path.to_path_buf()];
            return Wholes::new(&own).part_of(path, &entry.meta);
        }
        self.wholes.part_of(path, &entry.meta)
    }
}

/// Whether a folder lies in a store, or may be one that a layout made.
fn is_inside(folder: &Path) -> bool {
    if whole::in_store(folder) || is_package(folder) {
        return true;
    }
    let mut at = folder;
    for _ in 0..LEVELS {
        let (Some(parent), Some(name)) = (at.parent(), at.file_name()) else { break };
        if whole::may_be_owned(parent, name) {
            return true;
        }
        at = parent;
    }
    false
}

fn is_package(folder: &Path) -> bool {
    folder.extension().is_some_and(|e| e == "mlpackage" || e == "mlmodelc")
}

/// Whether a file may be one of several that are a model together.
fn may_be_side(entry: &Entry, models: Option<&HashSet<String>>) -> bool {
    let name = text(&entry.name);
    let large = entry.meta.size > 10 << 20 && !notable::is_media(name);
    large
        || is_side(name)
        || notable::is_label(name.as_bytes())
        || is_shard(name)
        || whole::is_weights(name)
        || !parts::partners(name).is_empty()
        || match models {
            Some(models) => sides::is_side_among(name, models),
            None => entry.folder.open().map_or(true, |f| sides::may_have_model(name, &f)),
        }
}
