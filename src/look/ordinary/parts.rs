//! Whether an operand is a part of a model that lies around it. The name is asked first, then for a
//! few files beside it; only where these say "maybe" is the folder listed, and the layouts asked.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use super::operand::Entry;
use super::text;
use crate::facts::FileKind;
use crate::look::identify::{is_shard, is_side, parts};
use crate::look::{Wholes, notable, sides, whole};
use crate::sys::dir;

/// How far up a layout is looked for: no writer nests deeper.
const LEVELS: usize = 8;

/// Files that give their folder's layout away.
const MARKS: &[&str] = &[
    "config.json",
    "model_index.json",
    "modules.json",
    "meta.json",
    "saved_model.pb",
    "saved_model.pbtxt",
    "_METADATA",
    "_CHECKPOINT_METADATA",
    "manifest.ocdbt",
    "metadata.json",
    "checkpoint",
    "trainer_state.json",
    "model.safetensors.index.json",
    "pytorch_model.bin.index.json",
];

/// Asks the layouts around the operands of one run.
pub(super) struct Parts<'a> {
    wholes: Wholes<'a>,
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

/// From so many operands on a folder is listed: a look for each name that a model could have costs
/// more then.
const SEVERAL: usize = 8;

impl<'a> Parts<'a> {
    pub(super) fn new(with: &'a [PathBuf]) -> Self {
        Self { wholes: Wholes::new(with), folders: HashMap::new() }
    }

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
                FileKind::Directory => may_be_owned(folder, &entry.name),
                FileKind::File | FileKind::Symlink => may_be_side(entry, around.models.as_ref()),
                FileKind::Special => false,
            };
        maybe.then(|| self.wholes.part_of(path, &entry.meta)).flatten()
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
        if may_be_owned(parent, name) {
            return true;
        }
        at = parent;
    }
    false
}

fn is_package(folder: &Path) -> bool {
    folder.extension().is_some_and(|e| e == "mlpackage" || e == "mlmodelc")
}

/// Whether the folder of this name may be one that the layout of the folder around it made.
fn may_be_owned(parent: &Path, name: &OsStr) -> bool {
    let name = text(name);
    let known = ["Data", "com.apple.CoreML", "weights", "variables", "assets", "assets.extra", "d"];
    if known.contains(&name)
        || name == "array_metadatas"
        || parts::is_component(name)
        || parts::is_export(name)
    {
        return true;
    }
    let Ok(open) = dir::open_search(parent) else { return true };
    let there = |dir: &dyn AsFd, name: &str| dir::stat_name(dir.as_fd(), OsStr::new(name)).is_ok();
    MARKS.iter().any(|mark| there(&open, mark)) || there(&open, &format!("{name}/.zarray"))
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
