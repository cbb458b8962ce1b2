//! Containers told by magic bytes: enough to say "weights of this format".
//!
//! A newcomer adds a format by adding a line to the table in `magic`, or a recogniser of its own to
//! `RECOGNISERS`. Order matters: the first that knows the file wins.

use super::weights::{Holds, Sample, WeightFile};
use super::{gguf, keras, magic, msgpack, pointer, protobuf, safetensors, tar, torch, zip};
use crate::look::tree::Notable;

/// Every recogniser, most certain first.
const RECOGNISERS: &[fn(&Sample<'_>) -> Option<WeightFile>] = &[
    pointer::recognise,
    gguf::recognise,
    training_state,
    safetensors::recognise,
    keras::hdf5,
    protobuf::recognise,
    msgpack::flax,
    tar::nemo,
    magic::recognise,
    arrays,
    zipped,
    pickle,
    booster,
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
    // Python's own `.pth` files are lists of paths and imports, Zope's `.pt` files are templates.
    let starts = |words: &[&[u8]]| words.iter().any(|word| sample.head.starts_with(word));
    let text = crate::look::read::looks_like_text(sample.head);
    let other = match suffix.as_str() {
        "pth" => starts(&[b"import ", b"/", b"#", b".", b"__editable__"]),
        "pt" => starts(&[b"<"]),
        _ => false,
    };
    if text && other {
        return None;
    }
    if !known && WEIGHTS.contains(&suffix.as_str()) {
        return Some(WeightFile::damaged(&suffix, "its content is of another kind"));
    }
    found
}

/// Suffixes whose files may be weights of a format that no content tells.
const MAYBE: &[&str] = &[
    "bin",
    "params",
    "weights",
    "pb",
    "ubj",
    "pickle",
    "pkl",
    "joblib",
    "model",
    "ftz",
    "jit",
    "ptl",
    "pt2",
    "pdopt",
    "mdl",
    "t7",
    "traineddata",
    "npz",
    "npy",
    "ckpt",
];

pub(super) fn suffix(name: &str) -> String {
    crate::look::notable::inner_suffix(name).unwrap_or("").to_ascii_lowercase()
}

/// Over 10 MB, and no picture, film, table or text.
pub(super) fn is_large_part(file: &Notable) -> bool {
    file.meta.size > 10 << 20 && !crate::look::notable::is_media(file.text())
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

fn zipped(sample: &Sample<'_>) -> Option<WeightFile> {
    if !sample.head.starts_with(b"PK\x03\x04") {
        return None;
    }
    let len = usize::from(u16::from_le_bytes(sample.head.get(26..28)?.try_into().ok()?));
    let member = String::from_utf8_lossy(sample.head.get(30..30 + len).unwrap_or_default());
    let suffix = suffix(sample.name);
    if suffix == "distcp" {
        return Some(WeightFile::new("torch distributed", Holds::Weights));
    }
    let torch = ["pt", "pth", "bin", "ckpt", "pt2", "ptl", "jit"];
    if member.ends_with("/data.pkl") || member == "data.pkl" || torch.contains(&suffix.as_str()) {
        return Some(torch::zipped(sample));
    }
    if suffix == "keras" || member == "metadata.json" {
        return Some(match zip::archive(sample.file, sample.size) {
            Some(archive) => keras::zipped(sample, &archive),
            None => WeightFile::damaged("Keras", "cut short: the end of its zip is missing"),
        });
    }
    match suffix.as_str() {
        "npz" => Some(WeightFile::new("npz", Holds::Possibly)),
        // TorchScript begins with its data, not with its pickle; so do archives of data sets.
        _ if member.contains("/data/") && has_pickle(sample) => Some(torch::zipped(sample)),
        _ => archive(sample),
    }
}

fn has_pickle(sample: &Sample<'_>) -> bool {
    let found = zip::archive(sample.file, sample.size);
    found.is_some_and(|archive| archive.ending("/data.pkl").is_some())
}

/// Boosted trees as text: LightGBM's own form, XGBoost's JSON.
fn booster(sample: &Sample<'_>) -> Option<WeightFile> {
    let text = sample.head;
    let light = text.starts_with(b"tree\nversion=");
    let front: Vec<u8> =
        text.iter().copied().filter(|b| !b.is_ascii_whitespace()).take(64).collect();
    let extreme = front.starts_with(br#"{"learner":{"#);
    let format = if light { "LightGBM" } else { "XGBoost" };
    (light || extreme).then(|| WeightFile::new(format, Holds::Possibly))
}

/// An archive that is named like a model is possibly one.
fn archive(sample: &Sample<'_>) -> Option<WeightFile> {
    let name = sample.name.to_ascii_lowercase();
    let like = [
        "model",
        "checkpoint",
        "ckpt",
        "adapter",
        "weights",
        "qwen",
        "llama",
        "snapshot",
        "mistral",
        "mixtral",
        "gemma",
        "deepseek",
        "finetune",
        "safetensors",
        "gguf",
        ".pth",
        ".pt.",
    ];
    let inner = name.rsplit('.').nth(1).unwrap_or_default();
    let table =
        ["sql", "vcf", "csv", "tsv", "json", "jsonl", "fastq", "fq", "log", "txt", "xml", "bam"];
    // A folder in one file may hold anything, whatever it is a folder of.
    let folder = [".tar", ".zip", ".7z"].iter().any(|end| name.ends_with(end));
    if table.contains(&inner) && !folder {
        return Some(WeightFile::new("compressed table", Holds::Other));
    }
    let possibly = sample.size >= 1 << 30
        || (sample.size > 10 << 20
            && (like.iter().any(|word| name.contains(word))
                || ["lora", "phi"].iter().any(|word| has_word(&name, word))));
    let holds = if possibly { Holds::Possibly } else { Holds::Other };
    Some(WeightFile::new("archive", holds))
}

/// Whether a short word stands by itself in a name: `my-lora.zip` and not `colorado.zip`.
fn has_word(name: &str, word: &str) -> bool {
    name.match_indices(word).any(|(at, _)| {
        let before = name[..at].chars().next_back();
        let after = name[at + word.len()..].trim_start_matches('s').chars().next();
        ![before, after].iter().flatten().any(|c| c.is_alphabetic())
    })
}

/// gzip, bzip2, xz, zstd, 7z, lz4.
pub(super) fn is_compressed(head: &[u8]) -> bool {
    let marks: [&[u8]; 6] =
        [b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"\x04\x22\x4d\x18"];
    marks.iter().any(|mark| head.starts_with(mark))
}

fn pickle(sample: &Sample<'_>) -> Option<WeightFile> {
    if sample.head.starts_with(torch::LEGACY) {
        return Some(torch::legacy(sample));
    }
    if is_compressed(sample.head) {
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
    let learned =
        [&b"sklearn"[..], b"xgboost", b"lightgbm", b"torch", b"numpy", b"tensorflow", b"keras"];
    let imports = |word: &[u8]| sample.head.windows(word.len()).any(|w| w == word);
    let learned = sample.size > 1 << 20 || learned.iter().any(|word| imports(word));
    match suffix(sample.name).as_str() {
        "pt" | "pth" | "ckpt" if protocol => {
            let mut file = WeightFile::new("pickle", Holds::Weights);
            torch::bare(sample, &mut file);
            Some(file)
        }
        "pkl" | "pickle" | "joblib" | "sav" | "bin" if (protocol && learned) || zlib => {
            Some(WeightFile::new("pickle", Holds::Possibly))
        }
        _ if protocol && sample.size > 1 << 20 => Some(WeightFile::new("pickle", Holds::Possibly)),
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
    if suffix.is_empty() && !crate::look::notable::is_hash(sample.name) {
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
    let least = match suffix.as_str() {
        "ubj" => 4096,
        // Many programs keep something in a `.bin`.
        "bin" => 10 << 20,
        _ => 1 << 20,
    };
    // A store's blob is named by its hash: git's own are compressed, what is large and is not is
    // somebody's data.
    let zlib = sample.head.first() == Some(&0x78);
    let blob = crate::look::notable::is_hash(sample.name) && !zlib && sample.size > 10 << 20;
    if (maybe && sample.size >= least) || (blob && !text) { possibly() } else { None }
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
