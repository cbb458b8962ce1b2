//! From recognised files to one described model: the more certain evidence first.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::claims::{self, claim};
use super::layout::{Marks, hub_repository};
use super::products::{self, Side};
use super::weights::{Holds, WeightFile};
use super::{Found, config, index, ollama, torch, trainer};
use crate::facts::{Completeness, Model, ModelKind, Stage};
use crate::families;
use crate::look::read;
use crate::look::tree::Tree;

/// Describes a model that is one file.
pub(super) fn single(tree: &Tree, target: &Path, found: &Found<'_>) -> Model {
    let (file, weights) = found;
    let mut model = blank(tree, &[found]);
    model.path = tree.path(file);
    model.single_file = true;
    model.bytes = file.meta.size;
    claims::from_weights(&mut model, &[weights], &weights.tensors);
    last_words(&mut model, target, None);
    model
}

/// Describes a model that is a directory.
pub(super) fn directory(
    tree: &Tree,
    target: &Path,
    marks: &Marks<'_>,
    dir: u32,
    found: &[&Found<'_>],
) -> Model {
    // What only may be weights says nothing about the model beside it.
    let every = files(tree, found);
    let (all, written) = (found, found.iter().map(|(f, _)| f.meta.mtime).max());
    let sure: Vec<&Found<'_>> =
        found.iter().copied().filter(|(_, w)| w.holds != Holds::Possibly).collect();
    let found = if sure.is_empty() { found.to_vec() } else { sure };
    let index = index::of(tree, marks, dir);
    let (found, stale) = index::own(&found, index.as_ref(), dir);
    let mut model = blank(tree, &found);
    model.weights_written = written;
    // What is left of another save, and what only may be weights, may be nowhere else either.
    model.files = every;
    model.path = tree.dir_path(dir);
    model.bytes = tree.dirs[dir as usize].bytes;
    if stale > 0 {
        model.conflicts.push(format!("{stale} shards of another save lie beside its own"));
    }
    let side = Side { tree, marks, dir };
    let built = side.json("config.json");
    if let Some(built) = &built {
        config::read(&mut model, built);
    }
    if let Some(built) = side.json("adapter_config.json") {
        config::adapter(&mut model, &built);
    }
    products::tools(&mut model, &side);
    let weights: Vec<&WeightFile> = found.iter().map(|(_, w)| w).collect();
    let mut tensors = claims::tensors(&weights);
    if tensors.is_empty() {
        tensors = planned(tree, marks, &found).unwrap_or_default();
    }
    claims::from_weights(&mut model, &weights, &tensors);
    if marks.get(dir, "adapter_config.json").is_some() {
        model.kind = ModelKind::Adapter;
    }
    layouts(&mut model, marks, dir);
    trainer::read(&mut model, tree, marks, dir, target);
    unfinished_plan(&mut model, marks, &found);
    index::check(&mut model, index.as_ref(), marks, dir, &found);
    external(&mut model, marks, &found);
    if let Some(built) = &built {
        config::contradicts(&mut model, built, &tensors);
    }
    let name = target.join(&model.path);
    let name = name.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    products::lineage(&mut model, &side, &name);
    if let Some(repository) = hub_repository(tree, dir) {
        from_hub(&mut model, tree, dir, all, repository);
    }
    if marks.is_orbax(dir) {
        orbax(&mut model, tree, marks, dir);
    } else if found.is_empty() && model.kind != ModelKind::Pointer {
        model.complete =
            Completeness::Damaged("the weights that its files name are not here".into());
    }
    if marks.is_store(dir) && model.hub.is_none() && !model.format.starts_with("hub cache") {
        model.format = "Ollama store".to_owned();
        ollama::read(&mut model, tree, dir);
    }
    let lone = if let [(file, _)] = found.as_slice() { Some(file.text()) } else { None };
    last_words(&mut model, target, lone);
    model
}

/// What disagrees with the base and with the names: of the model, and of its only weight file.
fn last_words(model: &mut Model, target: &Path, lone: Option<&str>) {
    config::base_contradicts(model);
    let path = target.join(&model.path);
    let own = path.file_name().map(|n| n.to_string_lossy().into_owned());
    // `wandb/run-20251115_030848-ab12cd`.
    let run = path.ancestors().find(|p| {
        let name = |p: &Path| p.file_name().map(|n| n.to_string_lossy().into_owned());
        name(p).is_some_and(|n| n.starts_with("run-") || n.starts_with("offline-run-"))
            && p.parent().and_then(name).is_some_and(|n| n == "wandb")
    });
    let run = run.and_then(|p| super::texts::useful(&p.file_name()?.to_string_lossy()));
    claim(&mut model.run, run, &mut model.sources, "run", "the folder of its W&B run");
    for name in own.as_deref().into_iter().chain(lone) {
        claims::step_of_name(model, name);
        // A name is the weakest evidence, and what misled before: say where it lies.
        if let Some(found) = model.family.as_deref()
            && let Some(claimed) = families::contradicted(name, found)
        {
            let why = format!("the name {name} says {claimed}, the files say {found}");
            model.conflicts.insert(0, why);
        }
    }
}

fn layouts(model: &mut Model, marks: &Marks<'_>, dir: u32) {
    if marks.is_pipeline(dir) {
        model.format = "diffusers pipeline".to_owned();
    }
    if marks.is_sentence_transformer(dir) {
        model.format = format!("sentence-transformers, {}", model.format);
        model.stage = Stage::Final;
    }
    if marks.is_spacy(dir) {
        model.format = "spaCy".to_owned();
        if model.kind == ModelKind::Unknown {
            model.kind = ModelKind::Full;
        }
    }
}

fn blank(tree: &Tree, found: &[&Found<'_>]) -> Model {
    Model {
        path: std::path::PathBuf::new(),
        single_file: false,
        kind: ModelKind::Unknown,
        stage: Stage::Unknown,
        format: found.first().map_or_else(|| "index only".to_owned(), |(_, w)| w.format.clone()),
        family: None,
        family_source: None,
        name: None,
        base: None,
        base_here: None,
        base_planned: false,
        rank: None,
        step: None,
        max_step: None,
        best: false,
        says_best: None,
        best_of_run: false,
        parameters: None,
        dtype: None,
        epoch: None,
        quantization: None,
        tool: None,
        declared: None,
        run: None,
        saved_as: None,
        points_to: None,
        parts: Vec::new(),
        sources: BTreeMap::new(),
        bytes: 0,
        weights_written: found.iter().map(|(f, _)| f.meta.mtime).max(),
        files: files(tree, found),
        unread: None,
        copies: Vec::new(),
        dependants: Vec::new(),
        weights: found.iter().map(|(f, _)| f.meta.id).min(),
        structure: structure(found),
        complete: Completeness::Unknown,
        conflicts: Vec::new(),
        newest: None,
        label: None,
        bad_label: None,
        component_of: None,
        hub: None,
        installed: !found.is_empty() && found.iter().all(|(_, w)| w.installed),
        series: std::sync::Arc::default(),
    }
}

/// The files that hold weights: a link that stands for some holds none.
fn files(tree: &Tree, found: &[&Found<'_>]) -> Vec<(std::path::PathBuf, crate::facts::Meta)> {
    let real = found.iter().filter(|(f, _)| f.meta.kind == crate::facts::FileKind::File);
    real.map(|(f, _)| (tree.path(f), f.meta)).collect()
}

/// Names, dtypes and shapes; for formats without a header, names and sizes of the files.
fn structure(found: &[&Found<'_>]) -> Option<[u8; 32]> {
    let mut lines = BTreeSet::new();
    let mut sum = [0_u64; 4];
    for (file, weights) in found {
        if weights.tensors.is_empty() {
            // Sizes of such files differ by a few bytes from save to save.
            let size = file.meta.size;
            let rough = size >> size.max(64).ilog2().saturating_sub(5);
            let name = if found.len() > 1 { file.name.to_string_lossy() } else { "".into() };
            lines.insert(format!("{name:?} {} {rough}", weights.format));
        }
        // A sum has no order: the same tensors in other shards have the same.
        for (word, more) in sum.iter_mut().zip(weights.tensors.sum()) {
            *word = word.wrapping_add(more);
        }
    }
    if sum != [0; 4] {
        lines.insert(format!("{sum:?}"));
    }
    let mut hasher = blake3::Hasher::new();
    for line in &lines {
        hasher.update(line.as_bytes()).update(b"\n");
    }
    (!lines.is_empty()).then(|| *hasher.finalize().as_bytes())
}

/// The tensors that the plan of a distributed checkpoint lists: its own files do not.
fn planned(
    tree: &Tree,
    marks: &Marks<'_>,
    found: &[&Found<'_>],
) -> Option<super::summary::Tensors> {
    let mut shards = found.iter().filter(|(f, _)| f.text().ends_with(".distcp"));
    let plan = shards.find_map(|(f, _)| {
        marks.get(f.dir, ".metadata").filter(|_| !tree.dir_path(f.dir).ends_with("optimizer_0"))
    })?;
    let opened = tree.open(plan).ok()?;
    Some(torch::plan(&opened, plan.meta.size))
}

fn unfinished_plan(model: &mut Model, marks: &Marks<'_>, found: &[&Found<'_>]) {
    let shard = found.iter().find(|(f, _)| f.text().ends_with(".distcp"));
    let planned = |dir: u32| {
        // Without coordination every rank writes a plan of its own: `__0.metadata`.
        let own = |f: &&crate::look::tree::Notable| {
            f.text().starts_with("__") && f.text().ends_with(".metadata")
        };
        marks.get(dir, ".metadata").is_some() || marks.files(dir).iter().any(own)
    };
    if shard.is_some_and(|(f, _)| !planned(f.dir)) {
        let why = "no .metadata: its save was not finished";
        model.complete = Completeness::Damaged(why.to_owned());
    }
}

/// Files in which a graph says that its weights lie; names that are not opened cannot be missed.
fn external(model: &mut Model, marks: &Marks<'_>, found: &[&Found<'_>]) {
    for (file, weights) in found.iter().filter(|(_, w)| w.format == "ONNX") {
        let suffix = |name: &str| crate::look::notable::inner_suffix(name).map(str::to_owned);
        let opened = |name: &&String| {
            suffix(name).is_some_and(|s| ["onnx", "onnx_data", "bin", "pb"].contains(&s.as_str()))
        };
        let mut named = weights.told.beside.iter().filter(opened);
        if let Some(name) = named.find(|name| marks.get(file.dir, name).is_none()) {
            model.complete =
                Completeness::Damaged(format!("its weights lie in {name}, which is not here"));
        }
    }
}

fn orbax(model: &mut Model, tree: &Tree, marks: &Marks<'_>, dir: u32) {
    model.format = "Orbax checkpoint".to_owned();
    // Names and shapes of all arrays, as its writer lists them.
    let tree_of = marks.get(dir, "_METADATA").and_then(|f| read::head(tree, f, 4 << 20).ok());
    model.structure = model.structure.or_else(|| Some(*blake3::hash(&tree_of?).as_bytes()));
    model.kind = ModelKind::Full;
    model.stage = Stage::Checkpoint;
    claim(&mut model.tool, Some("orbax".into()), &mut model.sources, "tool", "its layout");
    let marked = ["commit_success.txt", "_CHECKPOINT_METADATA", "manifest.ocdbt"];
    if marked.iter().all(|name| marks.get(dir, name).is_none()) {
        model.complete = Completeness::Damaged("its save was not committed".to_owned());
    }
}

fn from_hub(model: &mut Model, tree: &Tree, dir: u32, found: &[&Found<'_>], repository: String) {
    model.stage = Stage::Download;
    model.name = repository.split('@').next().map(str::to_owned);
    model.sources.insert("name", "the folder of its repository".to_owned());
    model.format = format!("hub cache, {}", model.format);
    // A real weight file outside of `blobs` was put there by a person: the hub does not have it.
    let own = |d: u32| {
        let path = tree.dir_path(d);
        let below = path.strip_prefix(tree.dir_path(dir)).map(Path::to_path_buf);
        below.is_ok_and(|p| p.starts_with("blobs"))
    };
    // The hub names a blob by its hash, and by nothing else.
    let hash =
        |name: &str| [40, 64].contains(&name.len()) && name.bytes().all(|b| b.is_ascii_hexdigit());
    if found.iter().all(|(file, _)| own(file.dir) && hash(file.text())) {
        model.hub = Some(repository);
    }
    if found.is_empty() {
        model.kind = ModelKind::Pointer;
        model.complete = Completeness::Complete;
    }
}
