//! safetensors: a length, a JSON header, the bytes. It has no magic: a plausible length and `{`.
//!
//! Source: the format's own specification; header limit of the reference reader (100 MB).

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::metadata::{self, Metadata};
use super::summary::Tensors;
use super::weights::{Holds, Sample, WeightFile};
use crate::facts::Completeness;
use crate::look::read;

/// Headers larger than this are not parsed; the largest known (a MoE of 100,000 tensors) has 15 MB.
pub(super) const HEADER: u64 = 20 << 20;

/// What a tensor's entry says; other keys are passed over.
#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// No entry of a real tensor is longer than this.
const ENTRY: usize = 4096;

/// Metadata larger than this is passed over; kohya's has some 50 KB.
const METADATA: usize = 1 << 20;

/// The header, entry by entry: nothing of an entry is kept, and of what makes no sense only the name
/// of the first.
#[derive(Default)]
struct Header {
    tensors: Tensors,
    metadata: Metadata,
    /// Where the last tensor ends, and how many bytes all of them have.
    end: u64,
    bytes: u64,
    senseless: Option<String>,
}

impl<'de> Visitor<'de> for Header {
    type Value = Self;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a header of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some((name, raw)) = map.next_entry::<String, &RawValue>()? {
            if name == "__metadata__" {
                if raw.get().len() <= METADATA {
                    self.metadata = serde_json::from_str(raw.get()).unwrap_or_default();
                }
                continue;
            }
            let entry =
                (raw.get().len() <= ENTRY).then(|| serde_json::from_str::<Entry>(raw.get()));
            match entry {
                Some(Ok(Entry { dtype, shape, data_offsets: (from, to) })) if from <= to => {
                    self.end = self.end.max(to);
                    self.bytes = self.bytes.saturating_add(to - from);
                    self.tensors.add(&name, &dtype, &shape);
                }
                _ => self.senseless = self.senseless.or(Some(name)),
            }
        }
        Ok(self)
    }
}

/// Recognises a safetensors file.
#[must_use]
pub(super) fn recognise(sample: &Sample<'_>) -> Option<WeightFile> {
    let named = crate::look::notable::inner_suffix(sample.name) == Some("safetensors");
    let looks = plausible(sample);
    // `model.safetensors.zst` is told by what compressed it.
    if !looks && (!named || super::containers::is_compressed(sample.head)) {
        return None;
    }
    if !looks {
        return Some(WeightFile::damaged("safetensors", "its header makes no sense"));
    }
    let length = u64::from_le_bytes(sample.head.get(..8)?.try_into().ok()?);
    if 8 + length > sample.size {
        return Some(WeightFile::damaged("safetensors", "it ends inside its header"));
    }
    if length > HEADER {
        // Nothing is known of it, and nothing is wrong with it.
        return Some(WeightFile::new("safetensors", Holds::Weights));
    }
    let header = read::at(sample.file, 8, usize::try_from(length).ok()?).unwrap_or_default();
    let read = serde_json::Deserializer::from_slice(&header).deserialize_map(Header::default());
    let Ok(found) = read else {
        // Without the name it is this format only by the look of its front.
        let told = named || sample.size > 1 << 20;
        return told.then(|| WeightFile::damaged("safetensors", "its header is not readable"));
    };
    Some(collect(found, 8 + length, sample.size))
}

fn plausible(sample: &Sample<'_>) -> bool {
    let Some(length) = sample.head.get(..8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes)
    else {
        return false;
    };
    (2..=100_000_000).contains(&length) && sample.head.get(8) == Some(&b'{')
}

fn collect(header: Header, data: u64, size: u64) -> WeightFile {
    let mut file = WeightFile::new("safetensors", Holds::Weights);
    file.complete = match (header.senseless, data.checked_add(header.end)) {
        (Some(name), _) => {
            Completeness::Damaged(format!("tensor {:?} makes no sense", read::short(&name)))
        }
        // One name twice, or two tensors in one place: whoever loads it gets something else.
        (None, _) if header.bytes > header.end => {
            Completeness::Damaged("its tensors lie over each other".to_owned())
        }
        (None, Some(expected)) if expected == size => Completeness::Complete,
        (None, Some(expected)) if expected > size => {
            Completeness::Damaged(format!("cut short: {size} of {expected} bytes"))
        }
        // Longer than its header says: no bytes of it are missing.
        (None, _) => Completeness::Unknown,
    };
    file.tensors = header.tensors;
    if file.tensors.has("lora_") {
        file.holds = Holds::Adapter;
    }
    metadata::read(&header.metadata, &mut file);
    file
}
