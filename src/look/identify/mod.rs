//! Identity of models, from the files alone: headers and small JSON, every read bounded.
//!
//! One file a format or family; `containers::RECOGNISERS` asks them in turn, `table` lists what is
//! known. `describe` puts together what files, folder and side files say. `layout` says which
//! folder a file belongs to, `parts` which names are never a whole model.

mod bad_input;
mod claims;
mod config;
mod containers;
mod dates;
mod describe;
mod gguf;
mod index;
mod installed;
mod keras;
mod layout;
mod magic;
mod metadata;
mod msgpack;
mod ollama;
pub(super) mod parts;
mod pickle;
mod picture;
mod pointer;
mod products;
mod protobuf;
mod safetensors;
pub(super) mod shape;
mod summary;
pub(super) mod table;
mod tar;
mod tensors;
mod texts;
mod torch;
mod trainer;
pub(super) mod weights;
mod window;
mod zip;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::facts::{Completeness, FileKind, Model};

use super::tree::{Notable, ROOT, Tree};
use super::{notable, read};
use installed::Installed;
pub(super) use layout::Marks;
pub(super) use parts::{is_shard, is_side};
pub(super) use tensors::tensors_of;
pub(super) use trainer::best_of_run;
use weights::{Holds, Sample, WeightFile};

/// A weight file with where it lies.
pub(super) type Found<'a> = (&'a Notable, WeightFile);

/// How many bytes a recogniser is given to begin with.
const HEAD: u64 = 4096;

/// Of so many GGUF files the headers are walked through to their ends, past some MB of vocabulary.
const DEEP: usize = 32;

/// Where a model lies in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A directory, by its index.
    Dir(u32),
    /// A single file, by its index among the notable ones.
    File(usize),
}

/// Finds every model in a surveyed target. `path` is the target's own, for the words of a conflict.
#[must_use]
pub(super) fn identify(tree: &Tree, path: &Path) -> Vec<(Model, Place)> {
    let found = recognised(tree);
    let single = |item: &Found<'_>| {
        // The survey has sorted them.
        let key = |f: &Notable| (f.dir, f.name.clone());
        let at = tree.notable.binary_search_by_key(&key(item.0), key).unwrap_or(0);
        (describe::single(tree, path, item), Place::File(at))
    };
    if tree.dirs.is_empty() {
        return found.iter().map(single).collect();
    }
    let marks = Marks::new(tree);
    let mut owners: HashMap<u32, u32> = HashMap::new();
    let mut owner = |dir: u32| *owners.entry(dir).or_insert_with(|| marks.owner(dir));
    let mut owned: BTreeMap<u32, Vec<&Found<'_>>> = BTreeMap::new();
    for item in &found {
        owned.entry(owner(item.0.dir)).or_default().push(item);
    }
    // Links alone, or an index without its shards, are a model whose weights are not here.
    for dir in 0..tree.dirs.len() {
        let dir = u32::try_from(dir).unwrap_or(u32::MAX);
        if marks.is_layout(dir) {
            owned.entry(owner(dir)).or_default();
        }
    }
    let above = above(tree, owned.keys().copied());
    let mut models = Vec::new();
    for (dir, files) in owned {
        // A lone weight file makes its directory a model, unless that holds others as well.
        let lone = files.len() < 2 && !above.contains(&dir);
        // A graph that names the files of its weights.
        let graph = files.iter().any(|(_, w)| w.format == "ONNX" && !w.told.beside.is_empty());
        if lone || graph || marks.binds(dir) || files.iter().any(|(f, _)| f.dir != dir) {
            let model = describe::directory(tree, path, &marks, dir, &files);
            models.push((model, Place::Dir(dir)));
        } else {
            models.extend(files.iter().map(|item| single(item)));
        }
    }
    components(&mut models);
    // Threads and listings have no order; a plan has.
    models.sort_by(|a, b| a.0.path.cmp(&b.0.path));
    models
}

/// The weight files of each folder that is a model's, by their indexes among the notable ones.
pub(super) fn weight_files(tree: &Tree) -> HashMap<u32, Vec<usize>> {
    if tree.dirs.is_empty() {
        return HashMap::new();
    }
    let marks = Marks::new(tree);
    let mut files: HashMap<u32, Vec<(usize, bool)>> = HashMap::new();
    for (file, weights) in recognised(tree) {
        if file.meta.kind != FileKind::File {
            continue;
        }
        let key = |f: &Notable| (f.dir, f.name.clone());
        if let Ok(at) = tree.notable.binary_search_by_key(&key(file), key) {
            let sure = weights.holds != Holds::Possibly;
            files.entry(marks.owner(file.dir)).or_default().push((at, sure));
        }
    }
    // What only may be weights comes and goes beside those that are.
    let sure = |files: Vec<(usize, bool)>| {
        let any = files.iter().any(|f| f.1);
        files.into_iter().filter(|f| f.1 || !any).map(|f| f.0).collect()
    };
    files.into_iter().map(|(dir, files)| (dir, sure(files))).collect()
}

/// Whether a file holds weights, or may.
pub(super) fn is_model_file(tree: &Tree, file: &Notable) -> bool {
    recognise(tree, file, false).is_some_and(|known| known.holds != Holds::Other)
}

/// Every file that is weights, or may be.
fn recognised(tree: &Tree) -> Vec<Found<'_>> {
    let packages = Installed::of(tree);
    let links = tree.notable.iter().filter(|f| f.meta.kind == FileKind::Symlink);
    let links = links.filter_map(|f| Some((f, pointer::link(tree, f)?)));
    let files = tree.notable.iter().filter(|f| f.meta.kind == FileKind::File);
    // Side files are read where a model is described; a tree of programs has very many of them.
    let files = files.filter(|f| f.meta.size > 1 << 20 || !notable::is_document(f.text()));
    let large = |f: &&Notable| f.meta.size > 1 << 20;
    let gguf = |f: &&Notable| f.text().ends_with(".gguf") || notable::suffix(f.text()).is_none();
    let walked = tree.notable.iter().filter(large).filter(gguf).count();
    let deep = walked <= DEEP;
    let seen: Vec<(&Notable, Option<WeightFile>)> =
        files.map(|f| (f, recognise(tree, f, deep))).collect();
    let weights = |w: &Option<WeightFile>| w.as_ref().is_some_and(|w| w.holds != Holds::Other);
    let beside: HashSet<u32> =
        seen.iter().filter(|(_, w)| weights(w)).map(|(f, _)| f.dir).collect();
    // A pointer beside what it points to says nothing.
    let names: HashSet<(u32, &str)> = tree.notable.iter().map(|f| (f.dir, f.text())).collect();
    let idle = |file: &Notable, w: &WeightFile| {
        w.format == "DVC pointer"
            && w.told.beside.iter().any(|name| names.contains(&(file.dir, name.as_str())))
    };
    let found = seen.into_iter().filter_map(|(file, known)| match known {
        Some(known)
            if idle(file, &known)
                || (known.holds == Holds::Possibly && tokens(tree, file, &names)) =>
        {
            None
        }
        Some(known) if known.holds != Holds::Other => Some((file, known)),
        // Large, and beside a model: an archive may hold one, and what nobody knows may be one.
        Some(known) if known.format == "archive" && containers::is_large_part(file) => {
            beside.contains(&file.dir).then(|| (file, WeightFile::new("archive", Holds::Possibly)))
        }
        None if containers::is_large_part(file) && !read::is_text(tree, file) => {
            beside.contains(&file.dir).then(|| (file, WeightFile::new("unknown", Holds::Possibly)))
        }
        _ => None,
    });
    let told = found.map(|(file, known)| {
        let installed = packages.has(tree, file);
        (file, WeightFile { installed, ..known })
    });
    told.chain(links).collect()
}

/// Tokens of Megatron's and fairseq's data sets: the `.idx` beside the `.bin` says so by its front.
fn tokens(tree: &Tree, file: &Notable, names: &HashSet<(u32, &str)>) -> bool {
    let Some(stem) = file.text().strip_suffix(".bin") else { return false };
    let index = format!("{stem}.idx");
    if !names.contains(&(file.dir, index.as_str())) {
        return false;
    }
    // The survey has sorted them.
    let at = tree
        .notable
        .binary_search_by(|f| (f.dir, f.name.as_os_str()).cmp(&(file.dir, index.as_ref())));
    let front = at.ok().and_then(|at| read::head(tree, &tree.notable[at], 16).ok());
    let front = front.unwrap_or_default();
    front.starts_with(b"MMIDIDX\0\0") || front.starts_with(b"TNTIDX\0\0")
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

fn recognise(tree: &Tree, file: &Notable, deep: bool) -> Option<WeightFile> {
    if tree.until.is_some_and(|until| std::time::Instant::now() >= until) {
        return None;
    }
    let sample = || -> std::io::Result<Option<WeightFile>> {
        let opened = tree.open(file)?;
        let head = read::at(&opened, 0, usize::try_from(HEAD).unwrap_or(0))?;
        let name = file.name.to_string_lossy();
        let sample = Sample { name: &name, size: file.meta.size, head: &head, file: &opened, deep };
        Ok(containers::recognise(&sample))
    };
    match sample() {
        Ok(found) => found,
        // What cannot be read cannot be called harmless, if it is large or named like weights.
        Err(error) => {
            let named = super::whole::is_weights(file.text());
            (named || file.meta.size > 10 << 20).then(|| {
                let mut unread = WeightFile::new("unreadable", Holds::Possibly);
                unread.complete = Completeness::Damaged(format!("cannot be read: {error}"));
                unread
            })
        }
    }
}

/// Marks a run's own checkpoints as covered by the run around them.
fn components(models: &mut [(Model, Place)]) {
    for (model, _) in models {
        let name = model.path.file_name().map(|n| n.to_string_lossy().into_owned());
        let step = name.as_deref().and_then(super::names::parse).is_some_and(|n| n.date.is_none());
        if step && !model.single_file {
            model.component_of = model.path.parent().map(PathBuf::from);
        }
    }
}
