//! Whether a target is only a part of something: the layouts around it say so.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::identify::{Marks, is_shard, is_side, parts};
use super::listing::{CHILD, listing};
use super::notable;
use super::tree::{ROOT, Tree};
use crate::facts::{FileKind, Meta};

/// How far up a part is looked for: no writer nests deeper.
const LEVELS: usize = 8;

/// The mark of a shared store of the hub cache (`huggingface_hub` 1.33 and newer).
pub(super) const SHARED: &str = ".huggingface-shared-blobs";

/// The model of which this target is only a part, said in words. `with` are all targets of the run:
/// a set of which every file is named is whole.
pub(super) fn part_of(target: &Path, meta: &Meta, with: &[PathBuf]) -> Option<String> {
    if let Some(store) = target.ancestors().skip(1).find(|p| is_hub_repository(p)) {
        return Some(format!("`{}`, a repository of the hub cache", store.display()));
    }
    if let Some(store) = target.ancestors().skip(1).find(|p| is_ollama_store(p)) {
        return Some(format!("store `{}` (Ollama)", store.display()));
    }
    // Payload that several repositories share: their own blobs are links to it.
    if let Some(store) = target.ancestors().find(|p| p.join(SHARED).symlink_metadata().is_ok()) {
        return Some(format!(
            "store `{}`, which repositories of the hub cache share",
            store.display()
        ));
    }
    let whole = match meta.kind {
        FileKind::Directory => around(target),
        FileKind::File | FileKind::Symlink => of_folder(target, meta.size, with),
        FileKind::Special => None,
    };
    whole.map(|path| format!("`{}`", path.display()))
}

/// The outermost folder whose layout made this one.
fn around(dir: &Path) -> Option<PathBuf> {
    let mut whole = None;
    let mut at = dir;
    for _ in 0..LEVELS {
        let (Some(parent), Some(name)) = (at.parent(), at.file_name()) else { break };
        let owned =
            listing(parent, Some(name), &[]).is_ok_and(|tree| Marks::new(&tree).owns(ROOT, CHILD));
        if !owned {
            break;
        }
        whole = Some(parent.to_path_buf());
        at = parent;
    }
    whole
}

/// The folder of the model of which this file is a part.
fn of_folder(file: &Path, size: u64, with: &[PathBuf]) -> Option<PathBuf> {
    let (folder, name) = (file.parent()?, file.file_name()?);
    let text = name.to_str().unwrap_or("");
    let own = with.iter().filter(|t| t.parent() == Some(folder)).filter_map(|t| t.file_name());
    let named: Vec<&OsStr> = own.chain([name]).collect();
    let tree = listing(folder, None, &named).ok()?;
    let marks = Marks::new(&tree);
    let beside = marks.files(ROOT);
    let others = beside.iter().any(|f| is_weights(f.text()) || is_shard(f.text()));
    let above = around(folder);
    let bound = marks.binds(ROOT) || above.is_some();
    let side = is_side(text) || notable::is_label(text.as_bytes());
    // What is large, unknown and beside a model may be its weights.
    let unknown = size > 10 << 20 && !notable::is_media(text);
    let pair = parts::partners(text)
        .iter()
        .any(|p| !named.contains(&OsStr::new(p)) && folder.join(p).symlink_metadata().is_ok());
    let package = folder.extension().is_some_and(|e| e == "mlpackage" || e == "mlmodelc");
    // In a folder that a layout made, everything is a part.
    let part = (above.is_some() && !notable::is_media(text))
        || pair
        || package
        || (is_shard(text) && beside.iter().any(|f| is_shard(f.text())))
        || (is_weights(text) && bound)
        || (unknown && (bound || others))
        || (side && (bound || others || holds_parts(&marks, &tree)));
    part.then(|| above.unwrap_or_else(|| folder.to_path_buf()))
}

fn is_weights(name: &str) -> bool {
    let suffixes = [
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
    ];
    is_shard(name)
        || notable::inner_suffix(name)
            .is_some_and(|s| suffixes.contains(&s.to_ascii_lowercase().as_str()))
}

/// Whether folders in it are its own, or steps to which its files point.
fn holds_parts(marks: &Marks<'_>, tree: &Tree) -> bool {
    let dirs = 1..u32::try_from(tree.dirs.len()).unwrap_or(u32::MAX);
    dirs.clone().any(|dir| marks.owns(ROOT, dir) || marks.is_step(dir))
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
