//! What torch wrote: zips with a `data.pkl`, the three pickles of older versions, bare pickles. The
//! pickle is read by opcodes, never run.
//!
//! Sources: `torch.save` (names of wrappers are those of Lightning, DeepSpeed, Megatron-LM, timm and
//! Ultralytics), `torch.jit.save`, `torch.export`.

use std::collections::HashSet;

use super::pickle;
use super::picture::{Id, Node, Pickle};
use super::summary::Tensors;
use super::texts;
use super::weights::{Holds, Sample, Told, WeightFile};
use super::zip::{self, Archive};
use crate::facts::{Completeness, ModelKind};
use crate::look::read;

/// The largest pickle that is read; those of large language models have some 100 KB.
const PICKLE: u64 = 8 << 20;
/// What is read of it to begin with.
const FRONT: u64 = 64 << 10;

/// The front of the older format: the number 0x1950a86a20f9469cfc6c.
pub(super) const LEGACY: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

/// What a zip of torch holds.
#[must_use]
pub(super) fn zipped(sample: &Sample<'_>) -> WeightFile {
    let mut file = WeightFile::new("PyTorch", Holds::Weights);
    let Some(archive) = zip::archive(sample.file, sample.size) else {
        let why = "cut short: the directory at the end of the zip is missing";
        file.complete = Completeness::Damaged(why.to_owned());
        return file;
    };
    file.complete = if archive.whole && !archive.members.is_empty() {
        Completeness::Complete
    } else {
        Completeness::Damaged("its zip names more than it holds".to_owned())
    };
    if archive.ending("/models/model.json").is_some() || archive.ending("archive_format").is_some()
    {
        file.format = "torch.export".to_owned();
    } else if archive.ending("/constants.pkl").is_some()
        || archive.members.iter().any(|m| m.name.contains("/code/"))
    {
        file.format = "TorchScript".to_owned();
    }
    if let Some(pickle) = data(&archive, sample) {
        file.told.source = "its pickle";
        describe(&pickle, &mut file);
    }
    let root = archive.members.first().and_then(|m| m.name.split_once('/')).map(|(root, _)| root);
    // `archive` is the name of what was saved to a stream.
    let other = root.filter(|root| *root != "archive" && !sample.name.starts_with(root));
    file.told.saved_as = other.and_then(texts::useful);
    file
}

/// The pickle of a zip, no more of it than is needed.
fn data(archive: &Archive, sample: &Sample<'_>) -> Option<Pickle> {
    let member = archive.ending("/data.pkl").or_else(|| archive.get("data.pkl"))?;
    growing(|limit| archive.content(sample.file, member, limit), member.size)
}

/// Reads a little, and all up to the limit where the pickle does not end in it.
fn growing(read: impl Fn(u64) -> Option<Vec<u8>>, size: u64) -> Option<Pickle> {
    let front = pickle::scan(&read(FRONT)?);
    if front.whole || size <= FRONT { Some(front) } else { Some(pickle::scan(&read(PICKLE)?)) }
}

/// The three pickles of the older format; the third is the object.
#[must_use]
pub(super) fn legacy(sample: &Sample<'_>) -> WeightFile {
    let mut file = WeightFile::new("PyTorch (legacy)", Holds::Weights);
    let parts = |limit: u64| {
        let bytes = read::at(sample.file, 0, usize::try_from(limit).ok()?).ok()?;
        let mut at = 0;
        for _ in 0..3 {
            let one = pickle::scan(&bytes[at..]);
            if !one.whole {
                return None;
            }
            at += one.used;
        }
        Some(pickle::scan(&bytes[at..]))
    };
    let found = parts(FRONT).filter(|p| p.whole || sample.size <= FRONT);
    match found.or_else(|| parts(PICKLE)) {
        Some(pickle) => {
            file.told.source = "its pickle";
            describe(&pickle, &mut file);
            if !pickle.whole && sample.size < PICKLE {
                file.complete = Completeness::Damaged("it ends inside its pickle".to_owned());
            } else if stored(&pickle) > sample.size {
                let why = format!("cut short: its tensors have {} bytes", stored(&pickle));
                file.complete = Completeness::Damaged(why);
            }
        }
        None if sample.size < PICKLE => {
            file.complete = Completeness::Damaged("it ends inside its front".to_owned());
        }
        None => {}
    }
    file
}

/// How many bytes the storages have to which a pickle refers, each once.
fn stored(pickle: &Pickle) -> u64 {
    let mut seen = HashSet::new();
    let one = |persistent: Id| {
        // `("storage", class, key, device, elements)`.
        let parts = pickle.seq(persistent)?;
        let (class, key, count) = (parts.get(1)?, parts.get(2)?, parts.get(4)?);
        let width = match dtype(pickle.class(*class)?) {
            "F64" | "I64" => 8,
            "F32" | "I32" => 4,
            "F16" | "BF16" | "I16" => 2,
            _ => 1,
        };
        let own = seen.insert(pickle.text(*key)?.to_owned());
        own.then_some(pickle.count(*count)?.saturating_mul(width))
    };
    pickle.stored().filter_map(one).fold(0, u64::saturating_add)
}

/// Adds to a file what a bare pickle says.
pub(super) fn bare(sample: &Sample<'_>, file: &mut WeightFile) {
    let read = |limit: u64| read::at(sample.file, 0, usize::try_from(limit).ok()?).ok();
    if let Some(pickle) = growing(read, sample.size) {
        file.told.source = "its pickle";
        describe(&pickle, file);
    }
}

/// What a `training_args.bin` says: it holds no weights.
#[must_use]
pub(super) fn arguments(file: &std::fs::File, size: u64) -> Option<Told> {
    // Some 5 KB; nothing of that name is larger.
    if size > 1 << 20 {
        return None;
    }
    let head = read::at(file, 0, 16).ok()?;
    let sample = Sample { name: "training_args.bin", size, head: &head, file, deep: false };
    let pickle = if head.starts_with(b"PK") {
        data(&zip::archive(file, size)?, &sample)?
    } else {
        pickle::scan(&read::at(file, 0, 1 << 20).ok()?)
    };
    let root = pickle.root?;
    let text = |key: &str| texts::useful(pickle.text(pickle.get(root, key)?)?);
    let run = text("output_dir").or_else(|| text("run_name"))?;
    let steps = pickle.get(root, "max_steps").and_then(|id| pickle.count(id));
    let max_step = steps.filter(|n| *n > 0);
    Some(Told { source: "training_args.bin", run: Some(run), max_step, ..Told::default() })
}

/// The tensors that the `.metadata` of a distributed checkpoint lists.
#[must_use]
pub(super) fn plan(file: &std::fs::File, size: u64) -> Tensors {
    let read = |limit: u64| read::at(file, 0, usize::try_from(limit).ok()?).ok();
    let pickle = growing(read, size);
    let listed = pickle.and_then(|p| {
        let list = p.get(p.root?, "state_dict_metadata")?;
        Some(tensors(&p, list))
    });
    listed.unwrap_or_default()
}

/// Adds what the object says: its tensors, and the counters beside them.
pub(super) fn describe(pickle: &Pickle, file: &mut WeightFile) {
    let Some(root) = pickle.root else { return };
    file.tensors = tensors(pickle, root);
    if file.tensors.has("lora_") {
        file.holds = Holds::Adapter;
    }
    counters(pickle, root, &mut file.told);
}

fn counters(pickle: &Pickle, root: Id, told: &mut Told) {
    let get = |key: &str| pickle.get(root, key);
    let count = |key: &str| get(key).and_then(|id| pickle.count(id));
    let steps =
        ["global_step", "global_steps", "iteration", "step", "steps", "num_steps", "iter_num"];
    told.step = steps.iter().find_map(|key| count(key));
    told.epoch = get("epoch").and_then(|id| match pickle.node(id) {
        Node::Int(n) => Some(n.to_string()),
        Node::Float(n) if n.is_finite() => Some(format!("{n:.2}")),
        _ => None,
    });
    told.ranks = count("dp_world_size");
    let version = |key: &str| texts::useful(pickle.text(get(key)?)?);
    told.tool = version("pytorch-lightning_version")
        .map(|v| format!("lightning {v}"))
        .or_else(|| Some(format!("deepspeed {}", version("ds_version")?)))
        .or_else(|| {
            Some(format!(
                "ultralytics {}",
                version("version").filter(|_| get("train_args").is_some())?
            ))
        });
    told.declared = get("date").and_then(|id| super::dates::text(pickle.text(id)?, "its date"));
    // What a run was given by its author: a base, where one of them looks like it.
    for key in ["hyper_parameters", "train_args", "args", "config", "cfg"] {
        let Some(given) = get(key) else { continue };
        let base = BASES.iter().find_map(|key| {
            let text = pickle.text(pickle.get(given, key)?)?;
            texts::useful(text).filter(|t| super::shape::is_name_of_model(t))
        });
        told.base = told.base.take().or(base);
    }
    // The whole module was saved, with the classes of its author.
    if told.name.is_none()
        && let Node::Object { state: Some(_), .. } = pickle.node(root)
        && let Some(class) = pickle.class(root)
        && pickle.get(root, "_modules").is_some()
    {
        told.name = texts::useful(class.rsplit('.').next().unwrap_or(class));
        told.kind = Some(ModelKind::Full);
    }
}

/// Under which names people keep the base of a run.
const BASES: &[&str] = &[
    "base_model",
    "base_model_name",
    "base_model_name_or_path",
    "model_name_or_path",
    "pretrained_model_name_or_path",
    "model_name",
    "model_id",
    "model",
    "backbone",
    "pretrained",
];

/// Wrappers of weights; the first that holds any is the model, others are its average or its like.
const WRAPPERS: &[&str] =
    &["state_dict", "model_state_dict", "model", "module", "net", "params", "generator", "ema"];

/// What holds tensors that are no weights.
const NO_WEIGHTS: &[&str] = &[
    "optimizer",
    "optimizer_states",
    "optimizer_state_dict",
    "optim",
    "optimizers",
    "lr_scheduler",
    "lr_schedulers",
    "scheduler",
    "scaler",
    "callbacks",
    "loops",
    "rng_state",
    "random_rng_state",
    "cuda_rng_state",
];

/// How deep a module of modules goes, and how many values are looked at.
const DEPTH: usize = 64;
const VISITS: usize = 300_000;

struct Walk<'a> {
    pickle: &'a Pickle,
    out: Tensors,
    seen: HashSet<Id>,
    left: usize,
}

/// The tensors of an object, by name.
fn tensors(pickle: &Pickle, root: Id) -> Tensors {
    let wrapped = WRAPPERS.iter().filter_map(|key| pickle.get(root, key));
    let walked = wrapped.chain([root]).map(|from| {
        let mut walk = Walk { pickle, out: Tensors::default(), seen: HashSet::new(), left: VISITS };
        walk.enter(from, "", DEPTH);
        walk.out
    });
    walked.into_iter().find(|t| !t.is_empty()).unwrap_or_default()
}

impl Walk<'_> {
    fn enter(&mut self, id: Id, prefix: &str, depth: usize) {
        if depth == 0 || !self.seen.insert(id) {
            return;
        }
        for (key, value) in self.pickle.entries(id) {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            let key = match self.pickle.node(*key) {
                Node::Text(text) => text.to_string(),
                Node::Int(n) => n.to_string(),
                _ => continue,
            };
            // A distributed checkpoint lists the states of its optimizer beside the weights.
            let other =
                ["optimizer.", "optim."].iter().any(|p| prefix.is_empty() && key.starts_with(p));
            if other || NO_WEIGHTS.contains(&key.as_str()) {
                continue;
            }
            let name = match (key.as_str(), prefix) {
                // What a module keeps its own in.
                ("_modules" | "_parameters" | "_buffers", _) => prefix.to_owned(),
                (key, "") => key.to_owned(),
                (key, _) => format!("{prefix}.{key}"),
            };
            if name.len() > 1024 {
                continue;
            }
            match tensor(self.pickle, *value, 4).or_else(|| planned(self.pickle, *value)) {
                Some((dtype, shape)) => self.out.add(&name, dtype, &shape),
                None => self.enter(*value, &name, depth - 1),
            }
        }
    }
}

/// A tensor as `_rebuild_tensor_v2(storage, offset, size, stride, ..)` makes it.
fn tensor(pickle: &Pickle, id: Id, depth: u8) -> Option<(&'static str, Vec<u64>)> {
    let Node::Object { args, .. } = pickle.node(id) else { return None };
    let class = pickle.class(id)?;
    let args = pickle.seq(*args)?;
    if class.ends_with("_rebuild_parameter") || class.ends_with("_rebuild_parameter_with_state") {
        return tensor(pickle, *args.first()?, depth.checked_sub(1)?);
    }
    if class.ends_with("_rebuild_from_type_v2") {
        // `(function, type, arguments, state)`.
        let inner = pickle.seq(*args.get(2)?)?;
        return rebuilt(pickle, inner);
    }
    if class.contains("_rebuild_tensor") || class.ends_with("_rebuild_qtensor") {
        return rebuilt(pickle, args);
    }
    None
}

fn rebuilt(pickle: &Pickle, args: &[Id]) -> Option<(&'static str, Vec<u64>)> {
    let Node::Stored(persistent) = pickle.node(*args.first()?) else { return None };
    // `("storage", class, key, device, elements)`.
    let storage = pickle.class(*pickle.seq(*persistent)?.get(1)?)?;
    Some((dtype(storage), dimensions(pickle, *args.get(2)?)?))
}

fn dimensions(pickle: &Pickle, id: Id) -> Option<Vec<u64>> {
    pickle.seq(id)?.iter().take(8).map(|d| pickle.count(*d)).collect()
}

/// A tensor as the plan of a distributed checkpoint lists it: properties and size.
fn planned(pickle: &Pickle, id: Id) -> Option<(&'static str, Vec<u64>)> {
    if !pickle.class(id)?.ends_with("TensorStorageMetadata") {
        return None;
    }
    let size = pickle.get_within(id, "size", 16)?;
    let Node::Object { args, .. } = pickle.node(size) else { return None };
    let shape = dimensions(pickle, *pickle.seq(*args)?.first()?)?;
    let properties = pickle.get_within(id, "properties", 16)?;
    let Node::Object { state: Some(state), .. } = pickle.node(properties) else {
        return Some(("?", shape));
    };
    let first = pickle.seq(*state).and_then(|s| s.first().copied());
    let kind = first
        .or_else(|| pickle.get_within(properties, "dtype", 16))
        .and_then(|id| pickle.class(id));
    Some((dtype(kind.unwrap_or_default()), shape))
}

/// Names of torch's storages and dtypes, as safetensors has them.
fn dtype(class: &str) -> &'static str {
    match class.rsplit('.').next().unwrap_or(class) {
        "FloatStorage" | "float32" => "F32",
        "HalfStorage" | "float16" => "F16",
        "BFloat16Storage" | "bfloat16" => "BF16",
        "DoubleStorage" | "float64" => "F64",
        "LongStorage" | "int64" => "I64",
        "IntStorage" | "int32" => "I32",
        "ShortStorage" | "int16" => "I16",
        "CharStorage" | "QInt8Storage" | "int8" => "I8",
        "ByteStorage" | "QUInt8Storage" | "uint8" => "U8",
        "BoolStorage" | "bool" => "BOOL",
        "Float8_e4m3fnStorage" | "float8_e4m3fn" => "F8_E4M3",
        "Float8_e5m2Storage" | "float8_e5m2" => "F8_E5M2",
        _ => "?",
    }
}
