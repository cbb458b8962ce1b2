//! Where the bytes of each tensor lie in a safetensors file, for samples of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::look::read;
use crate::look::tree::{Notable, Tree};

/// As for the recogniser: no known header is larger.
const HEADER: u64 = 20 << 20;

/// Where the bytes of a tensor lie in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::look) struct Span {
    /// The first one.
    pub start: u64,
    /// How many.
    pub len: u64,
}

/// Of a tensor's entry, the one thing wanted here.
#[derive(Deserialize)]
struct Entry {
    data_offsets: (u64, u64),
}

/// Where each tensor of a weight file lies; nothing where no header lists them.
///
/// # Errors
/// Where it cannot be opened.
pub(in crate::look) fn spans(
    tree: &Tree,
    file: &Notable,
) -> io::Result<Option<BTreeMap<String, Span>>> {
    Ok(listed(&tree.open(file)?, file.meta.size))
}

fn listed(file: &File, size: u64) -> Option<BTreeMap<String, Span>> {
    let length = u64::from_le_bytes(read::at(file, 0, 8).ok()?.try_into().ok()?);
    if length > HEADER || 8 + length > size {
        return None;
    }
    let header = read::at(file, 8, usize::try_from(length).ok()?).ok()?;
    let entries: BTreeMap<String, &RawValue> = serde_json::from_slice(&header).ok()?;
    let within = |raw: &RawValue| {
        let Entry { data_offsets: (begin, end) } = serde_json::from_str(raw.get()).ok()?;
        let start = begin.checked_add(8 + length).filter(|start| *start <= size)?;
        Some(Span { start, len: end.checked_sub(begin)?.min(size - start) })
    };
    let spans = entries.into_iter().filter_map(|(name, raw)| Some((name, within(raw)?)));
    Some(spans.collect::<BTreeMap<_, _>>()).filter(|spans| !spans.is_empty())
}
