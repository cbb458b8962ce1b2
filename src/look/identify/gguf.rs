//! GGUF (llama.cpp): the key-value pairs at its front.
//!
//! Source: ggml's docs/gguf.md. Only the first 64 KiB are read: name and architecture come first.

use super::weights::{Holds, Sample, WeightFile};
use crate::facts::Completeness;
use crate::look::read;

/// As much as is read for a label.
const FRONT: usize = 64 << 10;

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (part, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(part)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn string(&mut self) -> Option<String> {
        let len = usize::try_from(self.u64()?).ok()?;
        Some(read::short(&String::from_utf8_lossy(self.take(len)?)))
    }

    /// A value as text; a number type has a fixed width, an array ends the walk.
    fn value(&mut self) -> Option<String> {
        let kind = self.u32()?;
        let number = |bytes: &[u8]| {
            let mut wide = [0; 8];
            wide[..bytes.len()].copy_from_slice(bytes);
            u64::from_le_bytes(wide).to_string()
        };
        match kind {
            0 | 1 | 7 => self.take(1).map(number),
            2 | 3 => self.take(2).map(number),
            4..=6 => self.take(4).map(number),
            8 => self.string(),
            10..=12 => self.take(8).map(number),
            _ => None,
        }
    }
}

/// Names of `general.file_type` (llama.cpp's `llama_ftype`).
fn quantization(code: u64) -> Option<&'static str> {
    Some(match code {
        0 => "F32",
        1 => "F16",
        2 => "Q4_0",
        3 => "Q4_1",
        7 => "Q8_0",
        8 => "Q5_0",
        9 => "Q5_1",
        10 => "Q2_K",
        11 => "Q3_K_S",
        12 => "Q3_K_M",
        13 => "Q3_K_L",
        14 => "Q4_K_S",
        15 => "Q4_K_M",
        16 => "Q5_K_S",
        17 => "Q5_K_M",
        18 => "Q6_K",
        32 => "BF16",
        38 => "MXFP4_MOE",
        39 => "NVFP4",
        _ => return None,
    })
}

/// Recognises a GGUF file.
#[must_use]
pub(super) fn recognise(sample: &Sample<'_>) -> Option<WeightFile> {
    if !sample.head.starts_with(b"GGUF") {
        return None;
    }
    let front = read::at(sample.file, 4, FRONT).unwrap_or_default();
    let mut file = WeightFile::new("gguf", Holds::Weights);
    let mut reader = Reader(&front);
    let Some((version, tensors, pairs)) =
        (|| Some((reader.u32()?, reader.u64()?, reader.u64()?)))()
    else {
        file.complete = Completeness::Damaged("it ends inside its header".to_owned());
        return Some(file);
    };
    if !(2..=3).contains(&version) {
        return Some(file);
    }
    // The largest vocabularies have some 10 MB.
    if tensors == 0 && sample.size < 64 << 20 {
        return Some(WeightFile::new("gguf vocabulary", Holds::Other));
    }
    for _ in 0..pairs.min(4096) {
        let Some(key) = reader.string() else { break };
        let Some(value) = reader.value() else { break };
        match key.as_str() {
            "general.architecture" => file.family = Some(value),
            "general.name" => file.name = Some(value),
            "general.size_label" if file.name.is_none() => file.name = Some(value),
            "general.type" if value == "adapter" => file.holds = Holds::Adapter,
            "general.file_type" => {
                file.quantization = value.parse().ok().and_then(quantization).map(str::to_owned);
            }
            _ => {}
        }
    }
    if sample.size < front.len() as u64 + 4 {
        file.complete = Completeness::Damaged("it is shorter than its header".to_owned());
    }
    Some(file)
}
