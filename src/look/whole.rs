//! Whether a target is only a part of something: the layouts around it say so.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::identify::{Marks, is_shard, is_side, parts};
use super::listing::{CHILD, listing};
use super::notable;
use super::sides;
use super::tree::{ROOT, Tree};
use crate::facts::{FileKind, Meta};
use crate::sys::dir;

/// How far up a part is looked for: no writer nests deeper.
const LEVELS: usize = 8;

/// The mark of a shared store of the hub cache (`huggingface_hub` 1.33 and newer).
pub(super) const SHARED: &str = ".huggingface-shared-blobs";

/// Asks the layouts around targets, each folder once.
#[derive(Debug, Default)]
pub struct Wholes<'a> {
    /// All targets of the run: a set of which every file is named is whole.
    with: &'a [PathBuf],
    folders: HashMap<PathBuf, Option<Beside>>,
}

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
    "zarr.json",
    "model.safetensors.index.json",
    "pytorch_model.bin.index.json",
];

/// What lies in a folder besides the targets of the run.
#[derive(Debug)]
struct Beside {
    /// The files themselves.
    tree: Tree,
    /// The folder around it whose layout made it.
    above: Option<PathBuf>,
    /// A layout binds its files.
    bound: bool,
    /// Other weights.
    others: bool,
    /// Files of a set.
    shards: bool,
    /// Folders of a layout, or steps.
    parts: bool,
}

impl<'a> Wholes<'a> {
    /// For the targets of a run.
    #[must_use]
    pub fn new(with: &'a [PathBuf]) -> Self {
        Self { with, folders: HashMap::new() }
    }

    /// The model of which this target is only a part, said in words.
    pub(super) fn part_of(&mut self, target: &Path, meta: &Meta) -> Option<String> {
        if let Some(store) = target.ancestors().skip(1).find(|p| is_hub_repository(p)) {
            return Some(format!("`{}`, a repository of the hub cache", store.display()));
        }
        if let Some(store) = target.ancestors().skip(1).find(|p| is_ollama_store(p)) {
            return Some(format!("store `{}` (Ollama)", store.display()));
        }
        // Payload that several repositories share: their own blobs are links to it.
        if let Some(store) = target.ancestors().find(|p| p.join(SHARED).symlink_metadata().is_ok())
        {
            let store = store.display();
            return Some(format!("store `{store}`, which repositories of the hub cache share"));
        }
        let whole = match meta.kind {
            FileKind::Directory => around(target),
            FileKind::File | FileKind::Symlink => self.of_folder(target, meta.size),
            FileKind::Special => None,
        };
        whole.map(|path| format!("`{}`", path.display()))
    }

    /// The folder of the model of which this file is a part.
    fn of_folder(&mut self, file: &Path, size: u64) -> Option<PathBuf> {
        let (folder, name) = (file.parent()?, file.file_name()?);
        let text = name.to_str().unwrap_or("");
        let with = self.with;
        let known = self.folders.entry(folder.to_path_buf());
        let known = known.or_insert_with_key(|folder| beside(folder, with)).as_ref();
        // In a folder that cannot be listed nobody can tell what a file with such a name belongs to.
        let Some(known) = known else {
            let part = is_side(text)
                || notable::is_label(text.as_bytes())
                || is_weights(text)
                || (size > 10 << 20 && !notable::is_media(text));
            return part.then(|| folder.to_path_buf());
        };
        let bound = known.bound || known.above.is_some();
        let side = is_side(text) || notable::is_label(text.as_bytes());
        // A side file of a single model is a part of that, and of nothing that stays if all its
        // models go with it.
        let going = || with.iter().any(|model| sides::goes_with(file, model));
        let staying = if bound { None } else { sides::models_of(text, &known.tree).pop() };
        if let Some(model) = staying {
            return Some(folder.join(model));
        }
        let side = side && (bound || !going());
        // What is large, unknown and beside a model may be its weights.
        let unknown = size > 10 << 20 && !notable::is_media(text);
        let pair = parts::partners(text).iter().any(|partner| {
            let partner = folder.join(partner);
            !with.contains(&partner) && partner.symlink_metadata().is_ok()
        });
        let package = folder.extension().is_some_and(|e| e == "mlpackage" || e == "mlmodelc");
        // In a folder that a layout made, everything is a part.
        let part = (known.above.is_some() && !notable::is_media(text))
            || pair
            || package
            || (is_shard(text) && known.shards)
            || (is_weights(text) && bound)
            || (unknown && (bound || known.others))
            || (side && (bound || known.others || known.parts));
        part.then(|| known.above.clone().unwrap_or_else(|| folder.to_path_buf()))
    }
}

/// Looks at a folder without the targets in it.
fn beside(folder: &Path, with: &[PathBuf]) -> Option<Beside> {
    let named = with.iter().filter(|t| t.parent() == Some(folder)).filter_map(|t| t.file_name());
    let named: HashSet<&OsStr> = named.collect();
    let tree = listing(folder, None, &named).ok()?;
    let marks = Marks::new(&tree);
    let files = marks.files(ROOT);
    let (bound, parts) = (marks.binds(ROOT), holds_parts(&marks, &tree));
    let others = files.iter().any(|f| is_weights(f.text()));
    let shards = files.iter().any(|f| is_shard(f.text()));
    Some(Beside { above: around(folder), bound, others, shards, parts, tree })
}

/// Whether the folder of this name may be one that the layout of the folder around it made.
pub(super) fn may_be_owned(parent: &Path, name: &OsStr) -> bool {
    let name = name.to_str().unwrap_or_default();
    let known = ["Data", "com.apple.CoreML", "weights", "variables", "assets", "assets.extra", "d"];
    if known.contains(&name)
        || name == "array_metadatas"
        || parts::is_component(name)
        || parts::is_export(name)
    {
        return true;
    }
    is_marked(parent, name)
}

/// Whether a file that gives a layout away lies beside the folder of this name, or in it.
fn is_marked(parent: &Path, name: &str) -> bool {
    let Ok(open) = dir::open_search(parent) else { return true };
    let there = |dir: &dyn AsFd, name: &str| dir::stat_name(dir.as_fd(), OsStr::new(name)).is_ok();
    MARKS.iter().any(|mark| there(&open, mark))
        || there(&open, &format!("{name}/.zarray"))
        || there(&open, &format!("{name}/zarr.json"))
}

/// The outermost folder whose layout made this one.
fn around(dir: &Path) -> Option<PathBuf> {
    let mut whole = None;
    let mut at = dir;
    for _ in 0..LEVELS {
        let (Some(parent), Some(name)) = (at.parent(), at.file_name()) else { break };
        let owned = match listing(parent, Some(name), &HashSet::new()) {
            Ok(tree) => Marks::new(&tree).owns(ROOT, CHILD),
            // What cannot be listed may be a layout, if a mark in it says so.
            Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => {
                is_marked(parent, name.to_str().unwrap_or_default())
            }
            Err(_) => false,
        };
        if owned {
            whole = Some(parent.to_path_buf());
        } else if !is_grid(name) {
            break;
        }
        at = parent;
    }
    whole
}

/// Suffixes under which a file beside others is taken for weights.
pub(super) const SUFFIXES: &[&str] = &[
    "safetensors",
    "bin",
    "pt",
    "pth",
    "ckpt",
    "distcp",
    "gguf",
    "h5",
    "hdf5",
    "keras",
    "msgpack",
    "npz",
    "onnx",
    "onnx_data",
    "engine",
    "plan",
    "tflite",
    "pte",
    "nemo",
    "mlmodel",
    "pkl",
    "joblib",
    "llamafile",
];

/// The folders in which a zarr array keeps its chunks: `c/0/3`.
fn is_grid(name: &OsStr) -> bool {
    name == "c" || (!name.is_empty() && name.as_encoded_bytes().iter().all(u8::is_ascii_digit))
}

pub(super) fn is_weights(name: &str) -> bool {
    is_shard(name)
        || notable::inner_suffix(name)
            .is_some_and(|s| SUFFIXES.iter().any(|own| own.eq_ignore_ascii_case(s)))
}

/// Whether folders in it are its own, or steps to which its files point.
fn holds_parts(marks: &Marks<'_>, tree: &Tree) -> bool {
    let dirs = 1..u32::try_from(tree.dirs.len()).unwrap_or(u32::MAX);
    dirs.clone().any(|dir| marks.owns(ROOT, dir) || marks.is_step(dir))
}

/// Whether a folder is a store, or lies in one, of which every file is a part.
pub(super) fn in_store(folder: &Path) -> bool {
    folder.ancestors().any(|p| {
        is_hub_repository(p) || p.join(SHARED).symlink_metadata().is_ok() || is_ollama_store(p)
    })
}

fn is_hub_repository(path: &Path) -> bool {
    let named = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("models--"));
    named && path.join("blobs").is_dir() && path.join("snapshots").is_dir()
}

/// Its manifests name blobs by hash: neither half is a model without the other.
fn is_ollama_store(path: &Path) -> bool {
    let blob = |e: &walkdir::DirEntry| e.file_name().to_string_lossy().starts_with("sha256");
    (path.join("manifests").is_dir() || path.join("manifests-v2").is_dir())
        && WalkDir::new(path.join("blobs")).max_depth(1).into_iter().flatten().any(|e| blob(&e))
}
