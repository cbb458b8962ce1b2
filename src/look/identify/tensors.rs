//! Where the bytes of each tensor lie in a file, for a comparison of weights.

use std::collections::BTreeMap;
use std::fs::File;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::safetensors::HEADER;
use super::zip;
use crate::look::read;

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// Where one lies: a tensor's name, type and shape in one text, and where its bytes begin and end.
pub(in crate::look) type Place = (String, u64, u64);

/// Every tensor of a safetensors file, every storage of a torch zip; `None` where it is neither, or
/// not all of it makes sense: it is then compared as a whole.
#[must_use]
pub(in crate::look) fn tensors_of(file: &File, size: u64) -> Option<Vec<Place>> {
    safetensors(file, size).or_else(|| torch(file, size))
}

/// The folder around the members is the name under which the file was saved: left out, as is what
/// is made of it.
fn torch(file: &File, size: u64) -> Option<Vec<Place>> {
    let archive = zip::archive(file, size).filter(|a| a.whole)?;
    let root = archive.ending("/data.pkl")?.name.strip_suffix("data.pkl")?;
    let mut places = Vec::new();
    for member in &archive.members {
        let name = member.name.strip_prefix(root)?;
        if name == "data.pkl" || name.starts_with("data/") {
            let (from, to) = archive.place(file, member).filter(|(_, to)| *to <= size)?;
            places.push((format!("{name:?} {} bytes", member.size), from, to));
        }
    }
    Some(places)
}

fn safetensors(file: &File, size: u64) -> Option<Vec<Place>> {
    let front = read::at(file, 0, 9).ok()?;
    let length = u64::from_le_bytes(front.get(..8)?.try_into().ok()?);
    if front.get(8) != Some(&b'{') || length > HEADER || 8 + length > size {
        return None;
    }
    let header = read::at(file, 8, usize::try_from(length).ok()?).ok()?;
    let map: BTreeMap<String, &RawValue> = serde_json::from_slice(&header).ok()?;
    let data = 8 + length;
    let tensors = map.into_iter().filter(|(name, _)| name != "__metadata__");
    let places: Option<Vec<Place>> = tensors
        .map(|(name, raw)| {
            let Entry { dtype, shape, data_offsets } = serde_json::from_str(raw.get()).ok()?;
            let (from, to) = (data.checked_add(data_offsets.0)?, data.checked_add(data_offsets.1)?);
            (from <= to && to <= size).then(|| (format!("{name:?} {dtype} {shape:?}"), from, to))
        })
        .collect();
    places.filter(|p| !p.is_empty())
}
