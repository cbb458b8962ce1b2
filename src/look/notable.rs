//! Which files are worth opening, by name and size alone.
//!
//! The suffix only decides whether a file is looked at, never what it is.

use super::words::Words;
use crate::facts::{FileKind, Meta};

/// Everything larger is opened whatever its name is.
const LARGE: u64 = 1 << 20;
/// Files without a suffix over this size are opened.
const PLAIN: u64 = 4096;

/// Suffixes under which weights are kept.
const SUFFIXES: Words = Words::new(&[
    "safetensors",
    "gguf",
    "ggml",
    "bin",
    "pt",
    "pth",
    "ckpt",
    "h5",
    "hdf5",
    "keras",
    "onnx",
    "onnx_data",
    "pb",
    "tflite",
    "msgpack",
    "npz",
    "npy",
    "distcp",
    "nemo",
    "mlmodel",
    "engine",
    "plan",
    "pte",
    "pdparams",
    "pdiparams",
    "caffemodel",
    "params",
    "mar",
    "pkl",
    "joblib",
    "llamafile",
    "safetensor",
    "index",
    "weights",
    "pickle",
    "sav",
    "t7",
    "traineddata",
    "pdopt",
    "mdl",
    "ftz",
    "cbm",
    "ubj",
    "pt2",
    "ptl",
    "jit",
    "zip",
    "tar",
    "tgz",
    "gz",
    "xz",
    "bz2",
    "zst",
    "7z",
]);

/// Names that say what the files beside them are.
const NAMES: Words = Words::new(&[
    ".zarray",
    "zarr.json",
    "params.json",
    "model.json",
    "saved_model.pbtxt",
    "latest_universal",
    "config.json",
    "adapter_config.json",
    "trainer_state.json",
    "model_index.json",
    "modules.json",
    "config_sentence_transformers.json",
    "saved_model.pb",
    "tokenizer.json",
    "tokenizer_config.json",
    ".metadata",
    "metadata.json",
    "latest",
    "_METADATA",
    "_CHECKPOINT_METADATA",
    "commit_success.txt",
    "latest_checkpointed_iteration.txt",
    "meta.json",
    "config.cfg",
    "state.json",
    "dataset_info.json",
    "RECORD",
    "Manifest.json",
    "mergekit_config.yml",
    "README.md",
    "MLmodel",
    "hparams.yaml",
    "main",
    "checkpoint",
    "manifest.ocdbt",
]);

/// Files whose presence alone means "do not delete".
pub(super) const KEEP_FILES: Words = Words::new(&[
    "KEEP",
    "KEEP.txt",
    "KEEP.md",
    ".keep",
    ".KEEP",
    "DO_NOT_DELETE",
    "DO_NOT_DELETE.txt",
    "DO_NOT_DELETE.md",
    "DO-NOT-DELETE",
    "DO-NOT-DELETE.txt",
    "PROTECTED",
    "PROTECTED.txt",
]);

/// Whether this is a label: `MODEL_INFO.txt` (or `.json`, `.yaml`, `.yml`) or `NAME.MODEL_INFO.txt`.
#[must_use]
pub(super) fn is_label(name: &[u8]) -> bool {
    let Some(stem) =
        [".txt", ".json", ".yaml", ".yml"].iter().find_map(|s| name.strip_suffix(s.as_bytes()))
    else {
        return false;
    };
    stem == b"MODEL_INFO" || stem.ends_with(b".MODEL_INFO")
}

/// Whether a surveyed entry is worth opening.
#[must_use]
pub(super) fn is_notable(name: &[u8], meta: &Meta) -> bool {
    if is_label(name) {
        return true;
    }
    let Ok(text) = std::str::from_utf8(name) else {
        return meta.kind == FileKind::File && meta.size > PLAIN;
    };
    if NAMES.has(text) || KEEP_FILES.has(text) {
        return true;
    }
    if meta.kind == FileKind::File && meta.size > LARGE {
        return true;
    }
    if !matches!(meta.kind, FileKind::File | FileKind::Symlink) {
        return false;
    }
    let Some(outer) = suffix(text) else {
        // A blob of a store is named by its hash.
        return text.starts_with("sha256")
            || if meta.kind == FileKind::File { meta.size > PLAIN } else { is_hash(text) };
    };
    if DOCUMENTS.has(outer) {
        return text.ends_with(".index.json")
            || outer == "dvc"
            // A rank's own plan of a distributed checkpoint.
            || (outer == "metadata" && text.starts_with("__"))
            // Boosted trees are kept as text: LightGBM's `.txt`, XGBoost's `.json`.
            || (["txt", "json"].contains(&outer) && meta.size > PLAIN && is_named_as_model(text));
    }
    SUFFIXES.has(outer)
        // What lies beside the `.bin` of a data set.
        || outer == "idx"
        // TensorFlow: `ckpt-900.data-00000-of-00001`.
        || outer.starts_with("data-000")
        || inner_suffix(text).is_some_and(|inner| SUFFIXES.has(inner))
}

/// The part after the last dot, unless the name starts with that dot.
#[must_use]
pub(super) fn suffix(name: &str) -> Option<&str> {
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, suffix)| suffix)
}

/// Suffixes that say "weights" wherever in a name they stand: of `model.safetensors.bak.2`, of
/// `g.pt (1)`, of `h.ckpt-900`.
const WEIGHTS: Words = Words::new(&[
    "safetensors",
    "gguf",
    "ggml",
    "pt",
    "pth",
    "ckpt",
    "bin",
    "onnx",
    "h5",
    "hdf5",
    "keras",
    "distcp",
    "nemo",
    "npz",
    "msgpack",
    "pkl",
    "pickle",
    "joblib",
]);

/// Suffixes of texts, pictures and sums about a file whose name stands before.
const DOCUMENTS: Words = Words::new(&[
    "json", "jsonl", "txt", "md", "yaml", "yml", "toml", "log", "csv", "py", "html", "xml", "lock",
    "metadata", "md5", "sha1", "sha256", "asc", "sig", "info", "png", "jpg", "jpeg", "webp", "dvc",
    "etag", "aria2", "torrent", "refs", "link", "sh", "patch", "diff",
]);

/// The suffix that says what a file holds, where it is not the last one.
#[must_use]
pub(super) fn inner_suffix(name: &str) -> Option<&str> {
    let outer = suffix(name)?;
    if SUFFIXES.has(outer) && !is_wrapper(outer) {
        return Some(outer);
    }
    // `model.safetensors.index.json` tells about weights and is none.
    if DOCUMENTS.has(outer) {
        return Some(outer);
    }
    let (_, parts) = name.split_once('.')?;
    let inner = parts.rsplit('.').find_map(|part| {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(part.len());
        let word = &part[..end];
        WEIGHTS.has(word).then_some(word)
    });
    Some(inner.unwrap_or(outer))
}

/// Whether the name is a hash in hexadecimal, as in a store: MD5 (whole or after its first two
/// digits), SHA-1, SHA-256.
#[must_use]
pub(super) fn is_hash(name: &str) -> bool {
    [30, 32, 40, 64].contains(&name.len()) && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Words in the names of trees that are kept as text.
fn is_named_as_model(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["model", "booster", "lgb", "lightgbm", "xgb", "gbm"].iter().any(|word| lower.contains(word))
}

/// Whether the name is that of a text about what lies beside it.
#[must_use]
pub(super) fn is_document(name: &str) -> bool {
    ["README.md", "mergekit_config.yml", "hparams.yaml", "MLmodel"].contains(&name)
}

/// Suffixes of one compressed file: what stands before tells what it holds.
fn is_wrapper(suffix: &str) -> bool {
    ["gz", "bz2", "xz", "zst", "tar", "zip"].contains(&suffix.to_ascii_lowercase().as_str())
}

/// Whether the name is that of a picture, film, table or text: no weights beside a model.
#[must_use]
pub(super) fn is_media(name: &str) -> bool {
    let known = [
        "png", "jpg", "jpeg", "webp", "gif", "mp4", "mkv", "webm", "mov", "wav", "mp3", "flac",
        "ogg", "csv", "tsv", "parquet", "arrow", "jsonl", "txt", "log", "md", "pdf", "html",
    ];
    suffix(name).is_some_and(|s| known.contains(&s.to_ascii_lowercase().as_str()))
}
