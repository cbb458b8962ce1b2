//! safetensors: a length, a JSON header, the bytes. It has no magic: a plausible length and `{`.
//!
//! Source: the format's own specification; header limit of the reference reader (100 MB).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::weights::{Holds, Sample, Tensor, WeightFile};
use crate::facts::Completeness;
use crate::look::read;

/// Headers larger than this are not parsed; the largest known (a MoE of 100,000 tensors) has 15 MB.
const HEADER: u64 = 64 << 20;

#[derive(Deserialize)]
#[serde(untagged)]
enum Item {
    Tensor { dtype: String, shape: Vec<u64>, data_offsets: (u64, u64) },
    Other(serde::de::IgnoredAny),
}

/// Recognises a safetensors file.
#[must_use]
pub(super) fn recognise(sample: &Sample<'_>) -> Option<WeightFile> {
    let named = sample.name.ends_with(".safetensors");
    let looks = plausible(sample);
    if !named && !looks {
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
        return Some(WeightFile::damaged("safetensors", "its header is too large to be read"));
    }
    let header = read::at(sample.file, 8, usize::try_from(length).ok()?).unwrap_or_default();
    let Ok(items) = serde_json::from_slice::<BTreeMap<String, Item>>(&header) else {
        return named.then(|| WeightFile::damaged("safetensors", "its header is not readable"));
    };
    Some(collect(items, 8 + length, sample.size))
}

fn plausible(sample: &Sample<'_>) -> bool {
    let Some(length) = sample.head.get(..8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes)
    else {
        return false;
    };
    (2..=100_000_000).contains(&length) && sample.head.get(8) == Some(&b'{')
}

fn collect(items: BTreeMap<String, Item>, data: u64, size: u64) -> WeightFile {
    let mut file = WeightFile::new("safetensors", Holds::Weights);
    let mut end = 0;
    for (name, item) in items {
        match item {
            Item::Tensor { dtype, shape, data_offsets } => {
                end = end.max(data_offsets.1);
                file.tensors.insert(name, Tensor { dtype, shape });
            }
            Item::Other(_) if name == "__metadata__" => {}
            Item::Other(_) => {
                file.complete = Completeness::Damaged(format!("tensor {name:?} makes no sense"));
            }
        }
    }
    let expected = data.checked_add(end);
    if file.complete == Completeness::Unknown {
        file.complete = match expected {
            Some(expected) if expected == size => Completeness::Complete,
            Some(expected) if expected > size => {
                Completeness::Damaged(format!("cut short: {size} of {expected} bytes"))
            }
            _ => Completeness::Damaged("its size does not fit its header".to_owned()),
        };
    }
    if file.tensors.keys().any(|n| n.contains("lora_") || n.contains(".lora_A")) {
        file.holds = Holds::Adapter;
    }
    file
}
