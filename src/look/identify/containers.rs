//! Containers told by magic bytes: enough to say "weights of this format".
//!
//! A newcomer adds a format by adding a line to `MAGIC`, or a recogniser of its own to
//! `RECOGNISERS`. Order matters: the first that knows the file wins.

use super::weights::{Holds, Sample, WeightFile};
use super::{gguf, safetensors};
use crate::look::tree::Notable;

/// Every recogniser, most certain first.
const RECOGNISERS: &[fn(&Sample<'_>) -> Option<WeightFile>] = &[
    pointer,
    gguf::recognise,
    training_state,
    safetensors::recognise,
    magic,
    arrays,
    zip,
    pickle,
    large,
    named,
];

/// Suffixes that nothing but weights has.
const WEIGHTS: &[&str] = &["safetensors", "gguf", "pt", "pth", "ckpt", "distcp"];

/// Says what a file is. What is named as weights and holds something else, or nothing, was cut
/// short or overwritten: it is damaged, never harmless.
pub(super) fn recognise(sample: &Sample<'_>) -> Option<WeightFile> {
    let found = RECOGNISERS.iter().find_map(|r| r(sample));
    let known = found.as_ref().is_some_and(|f| {
        f.holds != Holds::Other
            || ["training state", "gguf vocabulary"].contains(&f.format.as_str())
    });
    let suffix = suffix(sample.name);
    if !known && WEIGHTS.contains(&suffix.as_str()) {
        return Some(WeightFile::damaged(&suffix, "its content is of another kind"));
    }
    found
}

/// Offset, bytes, name, what it holds.
type Magic = (usize, &'static [u8], &'static str, Holds);

const MAGIC: &[Magic] = &[
    (0, b"lmgg", "ggml", Holds::Weights),
    (0, b"fmgg", "ggml", Holds::Weights),
    (0, b"tjgg", "ggml", Holds::Weights),
    (0, b"algg", "ggml lora", Holds::Adapter),
    (0, b"\x89HDF\r\n\x1a\n", "HDF5", Holds::Weights),
    (4, b"TFL3", "TFLite", Holds::Weights),
    (4, b"ET12", "ExecuTorch", Holds::Weights),
    (0, b"CBM1", "CatBoost", Holds::Weights),
    (0, b"\xba\x16\x4f\x2f", "fastText", Holds::Weights),
    (0, b"\x15\0\0\0\x02\0\0\0", "CoreML weights", Holds::Weights),
    (0, b"IxF", "FAISS index", Holds::Weights),
    (0, b"IwF", "FAISS index", Holds::Weights),
    (0, b"PAR1", "parquet", Holds::Other),
    (0, b"ARROW1", "arrow", Holds::Other),
    (0, b"\xff\xff\xff\xff", "arrow stream", Holds::Other),
    (0, b"\x89PNG", "image", Holds::Other),
    (0, b"\xff\xd8\xff", "image", Holds::Other),
    (0, b"%PDF", "document", Holds::Other),
    (0, b"\x1aE\xdf\xa3", "video", Holds::Other),
    (4, b"ftyp", "video", Holds::Other),
    (0, b"QFI\xfb", "disk image", Holds::Other),
    (0, b"\x12\x01\0\0\0\0\0\0", "MXNet", Holds::Weights),
    (0, b"SQLite format 3\0", "database", Holds::Other),
    (0, b"ID3", "audio", Holds::Other),
    (0, b"OggS", "audio", Holds::Other),
    (0, b"fLaC", "audio", Holds::Other),
];

/// Suffixes whose files are weights of a format that has no magic of its own.
const BY_SUFFIX: &[(&str, &str)] = &[
    ("onnx", "ONNX"),
    ("onnx_data", "ONNX data"),
    ("nemo", "NeMo"),
    ("engine", "TensorRT engine"),
    ("plan", "TensorRT engine"),
    ("mlmodel", "CoreML"),
    ("pdparams", "Paddle"),
    ("pdiparams", "Paddle"),
    ("caffemodel", "Caffe"),
    ("msgpack", "Flax"),
    ("mar", "TorchServe"),
    ("llamafile", "llamafile"),
    ("pte", "ExecuTorch"),
];

/// Suffixes whose files may be weights of a format that no content tells.
const MAYBE: &[&str] = &[
    "bin", "params", "weights", "pb", "ubj", "pickle", "pkl", "joblib", "model", "ftz", "jit",
    "ptl", "pt2", "pdopt", "mdl", "npz", "npy", "ckpt",
];

fn suffix(name: &str) -> String {
    crate::look::notable::inner_suffix(name).unwrap_or("").to_ascii_lowercase()
}

/// Over 10 MB, and no picture, film, table or text.
pub(super) fn is_large_part(file: &Notable) -> bool {
    file.meta.size > 10 << 20 && !crate::look::notable::is_media(file.text())
}

fn pointer(sample: &Sample<'_>) -> Option<WeightFile> {
    let lfs = sample.head.starts_with(b"version https://git-lfs.github.com/spec/v1");
    let annex = sample.head.starts_with(b"/annex/objects/");
    let weights = matches!(
        suffix(sample.name).as_str(),
        "safetensors"
            | "bin"
            | "pt"
            | "pth"
            | "ckpt"
            | "gguf"
            | "onnx"
            | "h5"
            | "keras"
            | "msgpack"
    );
    ((lfs || annex) && weights && sample.size < 1024).then(|| {
        WeightFile::new(if lfs { "git-lfs pointer" } else { "git-annex pointer" }, Holds::Pointer)
    })
}

/// Optimizer, scheduler and random states of a trainer: torch files, but no weights.
fn training_state(sample: &Sample<'_>) -> Option<WeightFile> {
    let known = [
        "training_args.bin",
        "optimizer.pt",
        "optimizer.bin",
        "scheduler.pt",
        "scheduler.bin",
        "scaler.pt",
        "sampler.bin",
    ];
    let seeds = sample.name.starts_with("rng_state") || sample.name.starts_with("random_states_");
    let torch = sample.head.starts_with(b"PK\x03\x04") || sample.head.starts_with(b"\x80");
    ((known.contains(&sample.name) || seeds) && torch)
        .then(|| WeightFile::new("training state", Holds::Other))
}

fn magic(sample: &Sample<'_>) -> Option<WeightFile> {
    if sample.head.starts_with(b"\x7fELF") {
        // A program of that size carries something, as a llamafile does.
        let library = sample.name.contains(".so");
        let carries = sample.size > 256 << 20 && !library;
        let holds = if carries { Holds::Possibly } else { Holds::Other };
        return Some(WeightFile::new("program", holds));
    }
    let hit = MAGIC.iter().find(|(offset, bytes, _, _)| {
        sample.head.get(*offset..).is_some_and(|rest| rest.starts_with(bytes))
    });
    if let Some((_, _, name, holds)) = hit {
        return Some(WeightFile::new(name, *holds));
    }
    let suffix = suffix(sample.name);
    if sample.name == "saved_model.pb" || sample.name.contains(".data-00000-of-") {
        return Some(WeightFile::new("TensorFlow", Holds::Weights));
    }
    let (_, name) = BY_SUFFIX.iter().find(|(s, _)| *s == suffix)?;
    Some(WeightFile::new(name, Holds::Weights))
}

/// NumPy arrays: numbers with a point may be weights, whole numbers are tokens, pixels or labels.
///
/// Source: the `.npy` format, version 1 to 3: magic, version, header length, a Python literal.
fn arrays(sample: &Sample<'_>) -> Option<WeightFile> {
    if !sample.head.starts_with(b"\x93NUMPY") {
        return None;
    }
    let head = String::from_utf8_lossy(sample.head.get(8..256.min(sample.head.len()))?);
    let descr = head.split("'descr':").nth(1)?.trim_start();
    let whole = ["'|u", "'<u", "'>u", "'|i", "'<i", "'>i", "'|b", "'<M", "'<U"];
    let other = sample.size < 1 << 20 || whole.iter().any(|w| descr.starts_with(w));
    let holds = if other { Holds::Other } else { Holds::Possibly };
    Some(WeightFile::new("NumPy array", holds))
}

fn zip(sample: &Sample<'_>) -> Option<WeightFile> {
    if !sample.head.starts_with(b"PK\x03\x04") {
        return None;
    }
    let len = usize::from(u16::from_le_bytes(sample.head.get(26..28)?.try_into().ok()?));
    let member = String::from_utf8_lossy(sample.head.get(30..30 + len).unwrap_or_default());
    let suffix = suffix(sample.name);
    let torch = ["pt", "pth", "bin", "ckpt", "distcp", "pt2", "ptl", "jit"];
    if member.ends_with("/data.pkl") || torch.contains(&suffix.as_str()) {
        let format = if suffix == "distcp" { "torch distributed" } else { "PyTorch" };
        return Some(WeightFile::new(format, Holds::Weights));
    }
    match suffix.as_str() {
        "keras" => Some(WeightFile::new("Keras", Holds::Weights)),
        "npz" => Some(WeightFile::new("npz", Holds::Possibly)),
        _ if member == "metadata.json" => Some(WeightFile::new("Keras", Holds::Weights)),
        _ => archive(sample),
    }
}

/// An archive that is named like a model is possibly one.
fn archive(sample: &Sample<'_>) -> Option<WeightFile> {
    let name = sample.name.to_ascii_lowercase();
    let like =
        ["model", "checkpoint", "ckpt", "lora", "adapter", "weights", "qwen", "llama", "snapshot"];
    let possibly = sample.size >= 1 << 30
        || (sample.size > 10 << 20 && like.iter().any(|word| name.contains(word)));
    let holds = if possibly { Holds::Possibly } else { Holds::Other };
    Some(WeightFile::new("archive", holds))
}

fn pickle(sample: &Sample<'_>) -> Option<WeightFile> {
    const LEGACY: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
    if sample.head.starts_with(LEGACY) {
        return Some(WeightFile::new("PyTorch (legacy)", Holds::Weights));
    }
    let compressed: &[&[u8]] = &[
        b"\x1f\x8b",
        b"BZh",
        b"\xfd7zXZ",
        b"\x28\xb5\x2f\xfd",
        b"7z\xbc\xaf",
        b"\x04\x22\x4d\x18",
    ];
    if compressed.iter().any(|m| sample.head.starts_with(m)) {
        // `model.safetensors.zst`, `model.joblib` are one compressed file of weights.
        let suffix = suffix(sample.name);
        let weights = WEIGHTS.contains(&suffix.as_str()) || MAYBE.contains(&suffix.as_str());
        if weights && sample.size > 4096 {
            return Some(WeightFile::new("compressed weights", Holds::Possibly));
        }
        return archive(sample);
    }
    if sample.head.get(257..262) == Some(b"ustar") {
        return archive(sample);
    }
    let protocol = matches!(sample.head, [0x80, 2..=5, ..]);
    let zlib = matches!(sample.head, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]);
    match suffix(sample.name).as_str() {
        "pt" | "pth" | "ckpt" if protocol => Some(WeightFile::new("pickle", Holds::Weights)),
        "pkl" | "pickle" | "joblib" | "bin" if protocol || zlib => {
            Some(WeightFile::new("pickle", Holds::Possibly))
        }
        "bin"
            if sample.name.starts_with("pytorch_model")
                || sample.name.starts_with("adapter_model") =>
        {
            Some(WeightFile::damaged("PyTorch", "its content is no torch file"))
        }
        // Named as weights, with content that nothing explains: cut short or overwritten.
        "pt" | "pth" | "ckpt" => {
            Some(WeightFile::damaged("PyTorch", "its content is no torch file"))
        }
        _ => None,
    }
}

/// What content does not tell and the name gives away only so far: `model.bin` of CTranslate2, a
/// frozen graph, a booster, Flax's `checkpoint`.
fn named(sample: &Sample<'_>) -> Option<WeightFile> {
    let possibly = || Some(WeightFile::new("unknown", Holds::Possibly));
    let suffix = suffix(sample.name);
    let text = crate::look::read::looks_like_text(sample.head);
    if super::parts::is_shard(sample.name) && !text && sample.size > 4096 {
        return possibly();
    }
    if suffix.is_empty() {
        // A map of msgpack whose first key is a string.
        let map = matches!(
            sample.head,
            [0x81..=0x8f, 0xa1..=0xbf | 0xd9, ..] | [0xde, _, _, 0xa1..=0xbf | 0xd9, ..]
        );
        return map.then(|| WeightFile::new("msgpack", Holds::Possibly));
    }
    let data = ["lookups.bin", "train.bin", "val.bin", "test.bin"].contains(&sample.name)
        || sample.name.ends_with("_document.bin");
    let maybe = MAYBE.contains(&suffix.as_str()) && !text && !data;
    let least = if suffix == "ubj" { 4096 } else { 1 << 20 };
    if maybe && sample.size >= least { possibly() } else { None }
}

/// What no format explains and is large may be weights: unknown is not harmless.
fn large(sample: &Sample<'_>) -> Option<WeightFile> {
    if sample.size < 1 << 30 {
        return None;
    }
    let table = ["csv", "tsv", "json", "jsonl", "txt", "log", "sql", "xml"];
    let text = crate::look::read::looks_like_text(sample.head);
    if text && table.contains(&suffix(sample.name).as_str()) {
        return Some(WeightFile::new("text", Holds::Other));
    }
    // ISO 9660 keeps its mark in the 17th sector.
    let iso = crate::look::read::at(sample.file, 32_769, 5).is_ok_and(|mark| mark == b"CD001");
    let holds = if iso { Holds::Other } else { Holds::Possibly };
    Some(WeightFile::new(if iso { "disk image" } else { "unknown" }, holds))
}
