//! From recognised files to one described model.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::layout::{Marks, hub_repository};
use super::weights::{Holds, Tensor, WeightFile};
use super::{Found, shape};
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
    from_weights(&mut model, &[weights]);
    conflict_with_name(&mut model, target);
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
    let (all, written) = (found, found.iter().map(|(f, _)| f.meta.mtime).max());
    let sure: Vec<&Found<'_>> =
        found.iter().copied().filter(|(_, w)| w.holds != Holds::Possibly).collect();
    let found = if sure.is_empty() { found } else { sure.as_slice() };
    let mut model = blank(tree, found);
    model.weights_written = written;
    model.path = tree.dir_path(dir);
    model.bytes = tree.dirs[dir as usize].bytes;
    let json = |name: &str| marks.get(dir, name).and_then(|f| read::json(tree, f));
    if let Some(config) = json("config.json") {
        from_config(&mut model, &config);
    }
    if let Some(config) = json("model_index.json") {
        model.name = text(&config, "_class_name");
        model.kind = ModelKind::Full;
    }
    let weights: Vec<&WeightFile> = found.iter().map(|(_, w)| w).collect();
    from_weights(&mut model, &weights);
    if marks.is_pipeline(dir) {
        model.format = "diffusers pipeline".to_owned();
    }
    if marks.is_sentence_transformer(dir) {
        model.format = format!("sentence-transformers, {}", model.format);
        model.stage = Stage::Final;
    }
    if let Some(config) = json("adapter_config.json") {
        from_adapter(&mut model, &config);
    }
    match marks.get(dir, "trainer_state.json").map(|f| read::typed(tree, f)) {
        Some(Some(state)) => from_trainer(&mut model, &state, target),
        // A state that cannot be read cannot say that this is not the best one.
        Some(None) => {
            model.stage = Stage::Checkpoint;
            model.best = true;
            let why = "its trainer_state.json is not readable: it may be the best of its run";
            model.conflicts.push(why.to_owned());
        }
        None => unfinished(&mut model, marks, dir),
    }
    let shard = found.iter().find(|(f, _)| f.text().ends_with(".distcp"));
    if shard.is_some_and(|(f, _)| marks.get(f.dir, ".metadata").is_none()) {
        let why = "no .metadata: its save was not finished";
        model.complete = Completeness::Damaged(why.to_owned());
    }
    if let Some(index) = marks.index(dir) {
        check_index(&mut model, read::typed(tree, index).as_ref(), marks, dir, found);
    }
    if let Some(repository) = hub_repository(tree, dir) {
        from_hub(&mut model, tree, dir, all, repository);
    }
    if marks.is_orbax(dir) {
        model.format = "Orbax checkpoint".to_owned();
        // Names and shapes of all arrays, as its writer lists them.
        let tree_of = marks.get(dir, "_METADATA").and_then(|f| read::head(tree, f, 4 << 20).ok());
        model.structure = model.structure.or_else(|| Some(*blake3::hash(&tree_of?).as_bytes()));
        model.kind = ModelKind::Full;
        model.stage = Stage::Checkpoint;
        let marked = ["commit_success.txt", "_CHECKPOINT_METADATA", "manifest.ocdbt"];
        if marked.iter().all(|name| marks.get(dir, name).is_none()) {
            model.complete = Completeness::Damaged("its save was not committed".to_owned());
        }
    } else if found.is_empty() && model.kind != ModelKind::Pointer {
        model.complete =
            Completeness::Damaged("the weights that its files name are not here".into());
    }
    if marks.is_store(dir) && model.hub.is_none() && !model.format.starts_with("hub cache") {
        model.format = "Ollama store".to_owned();
    }
    conflict_with_name(&mut model, target);
    model
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
        bytes: 0,
        weights_written: found.iter().map(|(f, _)| f.meta.mtime).max(),
        files: found.iter().map(|(f, _)| (tree.path(f), f.meta)).collect(),
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

/// Sorted names, dtypes and shapes; for formats without a header, names and sizes of the files.
fn structure(found: &[&Found<'_>]) -> Option<[u8; 32]> {
    let mut lines = BTreeSet::new();
    for (file, weights) in found {
        if weights.tensors.is_empty() {
            // Sizes of such files differ by a few bytes from save to save.
            let size = file.meta.size;
            let rough = size >> size.max(64).ilog2().saturating_sub(5);
            let name = if found.len() > 1 { file.name.to_string_lossy() } else { "".into() };
            lines.insert(format!("{name:?} {} {rough}", weights.format));
        }
        for (name, Tensor { dtype, shape }) in &weights.tensors {
            lines.insert(format!("{name:?} {dtype} {shape:?}"));
        }
    }
    let mut hasher = blake3::Hasher::new();
    for line in &lines {
        hasher.update(line.as_bytes()).update(b"\n");
    }
    (!lines.is_empty()).then(|| *hasher.finalize().as_bytes())
}

fn from_weights(model: &mut Model, files: &[&WeightFile]) {
    let mut tensors: BTreeMap<String, Tensor> = BTreeMap::new();
    for file in files {
        tensors.extend(file.tensors.iter().map(|(n, t)| (n.clone(), t.clone())));
    }
    let shape = shape::of(&tensors);
    if let Some(family) = shape.family {
        if let Some(config) = model.family.as_deref()
            && families::contradicted(config, family).is_some()
        {
            model.conflicts.push(format!("config.json says {config}, the tensors say {family}"));
        }
        model.family = Some(family.to_owned());
        model.family_source = Some(shape.source.to_owned());
    }
    model.name = model.name.take().or_else(|| shape.fits.map(str::to_owned));
    let recorded = files.iter().find(|f| f.family.is_some());
    if let Some(recorded) = recorded {
        model.family = model.family.take().or_else(|| recorded.family.clone());
        model.family_source = model.family_source.take().or(Some("its GGUF header".to_owned()));
        model.name = model.name.take().or_else(|| recorded.name.clone());
    }
    if !tensors.is_empty() {
        model.parameters = Some(tensors.values().fold(0, |n, t| n.saturating_add(t.elements())));
        let mut by_dtype: BTreeMap<&str, u64> = BTreeMap::new();
        for tensor in tensors.values() {
            let sum = by_dtype.entry(&tensor.dtype).or_default();
            *sum = sum.saturating_add(tensor.elements());
        }
        model.dtype = by_dtype.into_iter().max_by_key(|d| d.1).map(|d| read::short(d.0));
    }
    if let Some(quantization) = files.iter().find_map(|f| f.quantization.clone()) {
        model.dtype = Some(quantization);
        model.kind = ModelKind::Quantized;
    }
    let all = |holds: Holds| !files.is_empty() && files.iter().all(|f| f.holds == holds);
    if all(Holds::Pointer) {
        model.kind = ModelKind::Pointer;
    } else if files.iter().any(|f| f.holds == Holds::Adapter) {
        model.kind = ModelKind::Adapter;
    } else if model.kind == ModelKind::Unknown && files.iter().any(|f| f.holds == Holds::Weights) {
        model.kind = ModelKind::Full;
    }
    let damaged = files.iter().find_map(|f| match &f.complete {
        Completeness::Damaged(why) => Some(why.clone()),
        _ => None,
    });
    model.complete = match damaged {
        Some(why) => Completeness::Damaged(why),
        None if !files.is_empty() && files.iter().all(|f| f.complete == Completeness::Complete) => {
            Completeness::Complete
        }
        None => Completeness::Unknown,
    };
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().filter(|s| !s.is_empty()).map(read::short)
}

fn from_config(model: &mut Model, config: &Value) {
    model.family = text(config, "model_type")
        .or_else(|| config.get("text_config").and_then(|inner| text(inner, "model_type")));
    model.family_source = model.family.as_ref().map(|_| "config.json".to_owned());
    model.base = text(config, "_name_or_path");
    if config.get("quantization_config").is_some() || config.get("quantization").is_some() {
        model.kind = ModelKind::Quantized;
    }
}

fn from_adapter(model: &mut Model, config: &Value) {
    model.kind = ModelKind::Adapter;
    model.base = text(config, "base_model_name_or_path").or_else(|| text(config, "model"));
    model.rank = config
        .get("r")
        .or_else(|| config.get("lora_parameters")?.get("rank"))
        .and_then(Value::as_u64);
}

/// The name of the best checkpoint that the state in a run's own folder gives.
pub(in crate::look) fn best_of_run(run: &Path) -> Option<String> {
    let open = crate::sys::dir::open_path(run).ok()?;
    let file = crate::sys::dir::open_file_at(&open, "trainer_state.json".as_ref()).ok()?;
    let text = read::at(&file, 0, usize::try_from(read::JSON).ok()?).ok()?;
    let state: Trainer = serde_json::from_slice(&text).ok()?;
    Some(Path::new(&state.best_model_checkpoint?).file_name()?.to_str()?.to_owned())
}

/// What is read of `trainer_state.json`; its history of losses, which can be long, is passed over.
#[derive(serde::Deserialize)]
struct Trainer {
    global_step: Option<u64>,
    max_steps: Option<u64>,
    best_model_checkpoint: Option<String>,
}

fn from_trainer(model: &mut Model, state: &Trainer, target: &Path) {
    model.stage = Stage::Checkpoint;
    model.step = state.global_step;
    model.max_step = state.max_steps.filter(|n| *n > 0);
    let own = target.join(&model.path);
    let own = own.file_name().map(std::ffi::OsStr::to_os_string);
    let best = state.best_model_checkpoint.as_ref();
    let best = best.and_then(|best| Path::new(best).file_name()?.to_str().map(str::to_owned));
    // Renamed, it is still the one whose step the best one has.
    let step = best.as_ref().and_then(|b| crate::look::names::parse(b)?.key.last().copied());
    let same = best.is_some() && best.as_deref() == own.as_ref().and_then(|n| n.to_str());
    model.best = same || (step.is_some() && step == model.step);
    model.says_best = best;
    let named = own.as_ref().and_then(|n| crate::look::names::parse(&n.to_string_lossy()));
    if let (Some(step), Some(named)) = (model.step, named)
        && named.date.is_none()
        && named.key.last() != Some(&step)
        && named.stem.starts_with("checkpoint")
    {
        model
            .conflicts
            .push(format!("its name says {:?}, trainer_state.json step {step}", named.key));
    }
}

/// A Trainer writes `trainer_state.json` last: without it a checkpoint is unfinished. Loops of
/// people's own write optimizer and scheduler as well, but none of the Trainer's other files.
fn unfinished(model: &mut Model, marks: &Marks<'_>, dir: u32) {
    let files = marks.files(dir);
    let trainers = files.iter().any(|f| f.text().starts_with("rng_state"))
        && marks.get(dir, "training_args.bin").is_some();
    if trainers && marks.get(dir, "optimizer.pt").is_some() {
        model.stage = Stage::Checkpoint;
        model.complete =
            Completeness::Damaged("no trainer_state.json: the save was not finished".to_owned());
    }
}

/// `weight_map` of an index: tensor to file.
#[derive(serde::Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

fn check_index(
    model: &mut Model,
    index: Option<&Index>,
    marks: &Marks<'_>,
    dir: u32,
    found: &[&Found<'_>],
) {
    let Some(index) = index else {
        model.complete = Completeness::Damaged("its index is not readable".to_owned());
        return;
    };
    let wanted: BTreeSet<&String> = index.weight_map.values().collect();
    let missing = wanted.iter().filter(|name| marks.get(dir, name).is_none()).count();
    // An index of an earlier save, left beside whole weights, says nothing about these.
    let stale = found.iter().any(|(f, w)| {
        !matches!(w.complete, Completeness::Damaged(_))
            && !wanted.iter().any(|name| *name == f.text())
    });
    if missing > 0 && stale {
        model.conflicts.push("an index beside the weights names others".to_owned());
    } else if missing > 0 {
        let total = wanted.len();
        model.complete = Completeness::Damaged(format!("{missing} of {total} shards are missing"));
    }
}

fn from_hub(model: &mut Model, tree: &Tree, dir: u32, found: &[&Found<'_>], repository: String) {
    model.stage = Stage::Download;
    model.name = repository.split('@').next().map(str::to_owned);
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

/// The name of a folder is the weakest evidence, and what misled before: say where it lies.
fn conflict_with_name(model: &mut Model, target: &Path) {
    let path = target.join(&model.path);
    let Some(name) = path.file_name().map(|n| n.to_string_lossy().into_owned()) else { return };
    if let Some(found) = model.family.as_deref()
        && let Some(claimed) = families::contradicted(&name, found)
    {
        model.conflicts.push(format!("the name {name} says {claimed}, the files say {found}"));
    }
}
