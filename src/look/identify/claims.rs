//! What files say of a model, each with its source: the first and most certain word stands, and what
//! contradicts it is said.

use std::collections::{BTreeMap, HashSet};

use super::summary::Tensors;
use super::weights::{Holds, WeightFile};
use super::{parts, shape};
use crate::facts::{Completeness, FITS, Model, ModelKind};
use crate::families;
use crate::look::read;

/// Fills what is not known yet, and records who said it.
pub(super) fn claim<T>(
    slot: &mut Option<T>,
    value: Option<T>,
    sources: &mut BTreeMap<&'static str, String>,
    key: &'static str,
    source: &str,
) {
    if slot.is_none() && value.is_some() {
        *slot = value;
        sources.insert(key, source.to_owned());
    }
}

/// Which container is believed where weights lie there in several: the same ones, as a rule.
fn rank(format: &str) -> u8 {
    match format {
        "safetensors" => 0,
        "gguf" => 1,
        "PyTorch" | "PyTorch (legacy)" | "pickle" => 2,
        _ => 3,
    }
}

/// The tensors of a model: of one container, and of two files with the same names only one.
pub(super) fn tensors(files: &[&WeightFile]) -> Tensors {
    let filled = || files.iter().filter(|f| !f.tensors.is_empty());
    let best = filled().map(|f| rank(&f.format)).min();
    let mut seen = HashSet::new();
    let mut all = Tensors::default();
    for file in filled().filter(|f| Some(rank(&f.format)) == best) {
        if seen.insert(file.tensors.names()) {
            all.join(&file.tensors);
        }
    }
    all
}

/// Adds what tensors and metadata of the weights say.
pub(super) fn from_weights(model: &mut Model, files: &[&WeightFile], tensors: &Tensors) {
    let shape = shape::of(tensors);
    if let Some(family) = shape.family {
        if let Some(config) = model.family.as_deref()
            && families::contradicted(config, family).is_some()
        {
            model.conflicts.push(format!("config.json says {config}, the tensors say {family}"));
        }
        model.family = Some(family.to_owned());
        model.family_source = Some(shape.source.to_owned());
    }
    let sources = &mut model.sources;
    for told in files.iter().map(|f| &f.told) {
        let from = told.source;
        claim(&mut model.name, told.name.clone(), sources, "name", from);
        if model.family.is_none() && told.family.is_some() {
            model.family.clone_from(&told.family);
            model.family_source = Some(from.to_owned());
        }
        claim(&mut model.base, told.base.clone(), sources, "base", from);
        claim(&mut model.max_step, told.max_step, sources, "max_step", from);
        claim(&mut model.epoch, told.epoch.clone(), sources, "epoch", from);
        claim(&mut model.rank, told.rank, sources, "rank", from);
        claim(&mut model.tool, told.tool.clone(), sources, "tool", from);
        claim(&mut model.run, told.run.clone(), sources, "run", from);
        claim(&mut model.quantization, told.quantization.clone(), sources, "quantization", from);
        if model.declared.is_none() {
            model.declared.clone_from(&told.declared);
        }
        if let (Some(one), Some(other)) = (model.step, told.step)
            && one != other
        {
            let why = format!("its files are of different steps: {one} and {other}");
            if !model.conflicts.contains(&why) && model.conflicts.len() < 16 {
                model.conflicts.push(why);
            }
        }
        claim(&mut model.step, told.step, sources, "step", from);
    }
    // What a file calls itself goes before what its shape resembles, and must agree with it.
    if let (Some(name), Some(family)) = (&model.name, &model.family)
        && let Some(claimed) = families::contradicted(name, family)
    {
        let from = sources.get("name").cloned().unwrap_or_default();
        model
            .conflicts
            .push(format!("{from} names it {name} ({claimed}), its tensors are {family}"));
    }
    claim(&mut model.name, shape.fits.map(str::to_owned), sources, "name", FITS);
    // The metadata of one file of several says nothing about the others' names.
    if let [only] = files {
        model.saved_as.clone_from(&only.told.saved_as);
    }
    // `pointer to 16.4 GB that is not here`.
    let away = files.iter().filter_map(|f| f.told.points_to).reduce(u64::saturating_add);
    model.points_to = away;
    sums(model, files, tensors);
    kind(model, files);
    completeness(model, files);
}

fn sums(model: &mut Model, files: &[&WeightFile], tensors: &Tensors) {
    if !tensors.is_empty() {
        model.parameters = Some(tensors.elements);
        model.dtype = tensors.dtype().map(read::short);
    } else if let Some(elements) =
        files.iter().filter_map(|f| f.told.elements).reduce(u64::saturating_add)
    {
        model.parameters = Some(elements);
    }
    let quantized = files.iter().find_map(|f| f.told.quantization.clone());
    if let Some(quantization) = quantized {
        // The whole numbers and floats of GGUF are no quantization.
        if !["F32", "F16", "BF16"].contains(&quantization.as_str()) {
            model.kind = ModelKind::Quantized;
        }
        model.dtype = Some(quantization);
    }
}

fn kind(model: &mut Model, files: &[&WeightFile]) {
    let all = |holds: Holds| !files.is_empty() && files.iter().all(|f| f.holds == holds);
    if all(Holds::Pointer) {
        model.kind = ModelKind::Pointer;
    } else if files.iter().any(|f| f.holds == Holds::Adapter) {
        model.kind = ModelKind::Adapter;
    } else if model.kind == ModelKind::Unknown {
        model.kind = if let Some(kind) = files.iter().find_map(|f| f.told.kind) {
            kind
        } else if files.iter().any(|f| f.format.contains("engine")) {
            ModelKind::Engine
        } else if files.iter().any(|f| f.holds == Holds::Weights) {
            ModelKind::Full
        } else {
            ModelKind::Unknown
        };
    }
}

fn completeness(model: &mut Model, files: &[&WeightFile]) {
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

/// A step in the name of a folder or file against the one on record.
pub(super) fn step_of_name(model: &mut Model, name: &str) {
    let Some(step) = model.step else { return };
    let Some(named) = crate::look::names::parse(name).filter(|n| n.date.is_none()) else { return };
    let counts = ["checkpoint", "step", "global_step", "iter", "epoch"];
    // Of an epoch and a step in one name either is the one that counts.
    let counted = counts.iter().any(|word| named.stem.starts_with(word));
    let only_epoch = name.starts_with("epoch") && !name.contains("step");
    if counted && !only_epoch && !named.key.contains(&step) {
        let source = model.sources.get("step").map_or("its files", String::as_str);
        model.conflicts.push(format!("its name says {:?}, {source} step {step}", named.key));
    }
}

/// Files that a set lacks: ranks and shards count themselves in their names.
pub(super) fn missing(names: &[(u32, &str)], ranks: Option<u64>) -> Option<String> {
    let mut sets: BTreeMap<(u32, String), (u64, HashSet<u64>)> = BTreeMap::new();
    for (dir, name) in names.iter().take(100_000) {
        if let Some(part) = parts::numbered(name) {
            let set = sets.entry((*dir, part.set)).or_default();
            let known = part.of.or(ranks.filter(|n| part.rank && *n < 1 << 20)).unwrap_or(0);
            let place = part.number - part.from;
            set.0 = set.0.max(known).max(place + 1);
            set.1.insert(place);
        }
    }
    let lacks = |(of, have): &(u64, HashSet<u64>)| of.saturating_sub(have.len() as u64);
    // A set that is whole makes the leftovers of another save beside it no damage.
    let whole = |dir: u32| sets.iter().any(|((d, _), set)| *d == dir && lacks(set) == 0);
    let short = |((dir, name), set): &(&(u32, String), &(u64, HashSet<u64>))| {
        lacks(set) > 0 && !(name.contains("-of-") && whole(*dir))
    };
    let (_, set) = sets.iter().find(short)?;
    Some(format!("{} of {} parts are missing", lacks(set), set.0))
}
