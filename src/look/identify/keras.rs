//! Keras: HDF5 files by the attributes at their front, and the zip of version 3.
//!
//! Sources: `keras.src.legacy.saving.legacy_h5_format`, `keras.src.saving.saving_lib`. HDF5 is not
//! parsed: names and values of the attributes stand as plain bytes near the front.

use serde_json::Value;

use super::weights::{Holds, Sample, Told, WeightFile};
use super::zip::Archive;
use super::{dates, texts};
use crate::facts::Completeness;
use crate::look::read;

/// What is searched of an HDF5 file, and what of it to begin with.
const SEARCHED: usize = 1 << 20;
const FRONT: usize = 64 << 10;

/// The mark of HDF5; it stands at 0, or behind a block of the user's.
pub(super) const MARK: &[u8] = b"\x89HDF\r\n\x1a\n";

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|w| w == word)
}

/// What an HDF5 file says.
#[must_use]
pub(super) fn hdf5(sample: &Sample<'_>) -> Option<WeightFile> {
    let starts = [0, 512, 1024, 2048];
    starts.iter().find(|at| sample.head.get(**at..).is_some_and(|b| b.starts_with(MARK)))?;
    let mut file = WeightFile::new("HDF5", Holds::Weights);
    let front = read::at(sample.file, 0, FRONT).unwrap_or_default();
    let known = find(&front, b"keras_version").is_some();
    let bytes = if known || sample.size <= FRONT as u64 {
        front
    } else {
        read::at(sample.file, 0, SEARCHED).unwrap_or_default()
    };
    let told = &mut file.told;
    told.source = "its attributes";
    // Texts stand in a heap of HDF5's own, somewhere behind the names of the attributes.
    if let Some(at) = find(&bytes, b"keras_version") {
        file.format = "Keras".to_owned();
        told.tool = Some(match version(&bytes[at..]) {
            Some(version) => format!("keras {version}"),
            None => "keras".to_owned(),
        });
    }
    if let Some(at) = find(&bytes, b"{\"class_name\"") {
        let rest = &bytes[at..];
        let text = String::from_utf8_lossy(&rest[..rest.len().min(4096)]);
        let quoted = |key: &str| {
            let rest = text.split_once(key)?.1.trim_start_matches([':', ' ']).strip_prefix('"')?;
            texts::useful(rest.split('"').next()?).filter(|t| !t.contains(char::is_control))
        };
        // Not the name of its first layer.
        told.name = quoted("\"config\": {\"name\"").or_else(|| quoted("\"class_name\""));
    }
    if sample.name.ends_with(".weights.h5") {
        file.format = "Keras".to_owned();
    }
    Some(file)
}

/// The first `1.2.3` that stands alone in some bytes.
fn version(bytes: &[u8]) -> Option<String> {
    let words = bytes.split(|b| !(b.is_ascii_alphanumeric() || b".-+".contains(b)));
    let version = |word: &&[u8]| {
        let dots = word.iter().filter(|b| **b == b'.').count();
        word.len() < 24 && dots == 2 && word.first().is_some_and(u8::is_ascii_digit)
    };
    words.into_iter().find(version).map(|word| String::from_utf8_lossy(word).into_owned())
}

/// What a zip of Keras 3 says.
#[must_use]
pub(super) fn zipped(sample: &Sample<'_>, archive: &Archive) -> WeightFile {
    let mut file = WeightFile::new("Keras", Holds::Weights);
    let json = |name: &str| -> Option<Value> {
        let text = archive.content(sample.file, archive.get(name)?, 4 << 20)?;
        serde_json::from_slice(&text).ok()
    };
    let text = |v: &Value, key: &str| texts::useful(v.get(key)?.as_str()?);
    let mut told = Told { source: "its metadata.json", ..Told::default() };
    if let Some(metadata) = json("metadata.json") {
        told.tool = text(&metadata, "keras_version").map(|v| format!("keras {v}"));
        told.declared = text(&metadata, "date_saved").and_then(|d| dates::text(&d, "date_saved"));
    }
    if let Some(config) = json("config.json") {
        let class = text(&config, "class_name");
        told.name = config.get("config").and_then(|c| text(c, "name")).or(class);
    }
    file.told = told;
    file.complete = if archive.get("model.weights.h5").is_none() {
        Completeness::Damaged("its zip holds no model.weights.h5".to_owned())
    } else if archive.whole {
        Completeness::Complete
    } else {
        Completeness::Damaged("its zip names more than it holds".to_owned())
    };
    file
}
