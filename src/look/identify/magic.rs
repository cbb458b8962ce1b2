//! Formats told by a few bytes at a fixed place, or by a suffix that nothing else has.

use super::containers::suffix;
use super::weights::{Holds, Sample, WeightFile};
use crate::look::read;

/// Offset, bytes, name, what it holds.
type Magic = (usize, &'static [u8], &'static str, Holds);

const MAGIC: &[Magic] = &[
    (0, b"lmgg", "ggml", Holds::Weights),
    (0, b"fmgg", "ggml", Holds::Weights),
    (0, b"tjgg", "ggml", Holds::Weights),
    (0, b"algg", "ggml lora", Holds::Adapter),
    (4, b"TFL3", "TFLite", Holds::Weights),
    (4, b"ET12", "ExecuTorch", Holds::Weights),
    (0, b"CBM1", "CatBoost", Holds::Weights),
    (0, b"\xba\x16\x4f\x2f", "fastText", Holds::Weights),
    (0, b"\x15\0\0\0\x02\0\0\0", "CoreML weights", Holds::Weights),
    (0, b"IxF", "FAISS index", Holds::Weights),
    (0, b"IwF", "FAISS index", Holds::Weights),
    (0, b"RIFF", "film or sound", Holds::Other),
    (0, b"\0\0\x01\xba", "video", Holds::Other),
    (0, b"FLV", "video", Holds::Other),
    (0, b"\x30\x26\xb2\x75", "video", Holds::Other),
    (0, b"\x06\x0e\x2b\x34", "video", Holds::Other),
    (4, b"moov", "video", Holds::Other),
    (4, b"mdat", "video", Holds::Other),
    (4, b"wide", "video", Holds::Other),
    (0, b"II*\0", "image", Holds::Other),
    (0, b"MM\0*", "image", Holds::Other),
    (0, b"8BPS", "image", Holds::Other),
    (0, b"KDMV", "disk image", Holds::Other),
    (0, b"<<< ", "disk image", Holds::Other),
    (0, b"vhdxfile", "disk image", Holds::Other),
    (510, b"\x55\xaa", "disk image", Holds::Other),
    (4086, b"SWAPSPACE2", "swap", Holds::Other),
    (0, b"PACK", "git pack", Holds::Other),
    (0, b"FEA1", "feather", Holds::Other),
    (8, b"DUCK", "database", Holds::Other),
    (16, b"\xde\xc0\xef\xbe", "database", Holds::Other),
    (0, b"\xd4\xc3\xb2\xa1", "capture", Holds::Other),
    (0, b"\x0a\x0d\x0d\x0a", "capture", Holds::Other),
    (0, b"LASF", "point cloud", Holds::Other),
    (0, b"BLENDER", "scene", Holds::Other),
    (344, b"n+1\0", "scan", Holds::Other),
    (0, b"RSIC", "compiler cache", Holds::Other),
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

/// Recognises what the tables list.
#[must_use]
pub(super) fn recognise(sample: &Sample<'_>) -> Option<WeightFile> {
    if sample.head.starts_with(b"\x7fELF") {
        // A program of that size carries something, as a llamafile does.
        let library = sample.name.contains(".so");
        // `e_type` 4 is the memory of a crashed program.
        let core = sample.head.get(16) == Some(&4);
        let carries = sample.size > 256 << 20 && !library && !core;
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
    if sample.name == "saved_model.pb" || is_tensorflow_data(sample.name) {
        return Some(WeightFile::new("TensorFlow", Holds::Weights));
    }
    // MPEG transport streams, plain and with time stamps.
    let every = |at: usize, step| {
        sample.head.get(at) == Some(&0x47) && sample.head.get(at + step) == Some(&0x47)
    };
    if every(0, 188) || every(4, 192) {
        return Some(WeightFile::new("video", Holds::Other));
    }
    let spec = sample.head.get(4..6).map(|b| usize::from(u16::from_le_bytes([b[0], b[1]])));
    let spec = spec.and_then(|len| sample.head.get(6..6 + len)).unwrap_or_default();
    if spec.ends_with(b"Spec") || spec.ends_with(b"Spec\0") {
        return Some(WeightFile::new("CTranslate2", Holds::Weights));
    }
    let (_, name) = BY_SUFFIX.iter().find(|(s, _)| *s == suffix)?;
    // Other programs have files of these names as well.
    let text = read::looks_like_text(sample.head);
    (!text && sample.size > 64).then(|| WeightFile::new(name, Holds::Weights))
}

/// `variables.data-00001-of-00002`: one of the files with a checkpoint's values.
fn is_tensorflow_data(name: &str) -> bool {
    let digits = |text: &str| text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
    let numbers = name.rsplit_once(".data-").and_then(|(_, rest)| rest.split_once("-of-"));
    numbers.is_some_and(|(n, of)| digits(n) && digits(of))
}
