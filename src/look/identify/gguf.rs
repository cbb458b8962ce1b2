//! GGUF (llama.cpp): the key-value pairs at its front.
//!
//! Source: ggml's docs/gguf.md. The first 64 KiB are read: name and architecture come first. Where few
//! such files are looked at, the walk goes on over the vocabulary to what the tensors say.

use super::weights::{Holds, Sample, WeightFile};
use super::window::Window;
use crate::facts::{Completeness, ModelKind};
use crate::look::read;

/// As much as is read for a label.
const FRONT: u64 = 64 << 10;
/// As much as is walked through where more is wanted: the largest vocabularies have some 10 MB.
const WALK: u64 = 64 << 20;

/// What a walk has found.
#[derive(Default)]
struct Found {
    quantization: Option<String>,
    alignment: u64,
    size_label: Option<String>,
    bases: Option<String>,
}

fn string(w: &mut Window<'_>) -> Option<String> {
    let len = w.little(8)?;
    let bytes = w.bytes(len, 1024)?;
    Some(read::short(&String::from_utf8_lossy(&bytes)))
}

/// How many bytes a number of this type has.
fn width(kind: u64) -> Option<u64> {
    Some(match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        _ => return None,
    })
}

/// A value as text; an array has none and is leapt over, or walked over where it holds texts.
fn value(w: &mut Window<'_>) -> Option<Option<String>> {
    match w.little(4)? {
        8 => Some(Some(string(w)?)),
        9 => {
            let (kind, count) = (w.little(4)?, w.little(8)?);
            if let Some(width) = width(kind) {
                w.skip(count.checked_mul(width)?)?;
            } else if kind == 8 {
                for _ in 0..count {
                    let len = w.little(8)?;
                    w.skip(len)?;
                }
            } else {
                return None;
            }
            Some(None)
        }
        kind => Some(Some(w.little(width(kind)?)?.to_string())),
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
        19 => "IQ2_XXS",
        20 => "IQ2_XS",
        21 => "Q2_K_S",
        22 => "IQ3_XS",
        23 => "IQ3_XXS",
        24 => "IQ1_S",
        25 => "IQ4_NL",
        26 => "IQ3_S",
        27 => "IQ3_M",
        28 => "IQ2_S",
        29 => "IQ2_M",
        30 => "IQ4_XS",
        31 => "IQ1_M",
        32 => "BF16",
        36 => "TQ1_0",
        37 => "TQ2_0",
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
    let mut file = WeightFile::new("gguf", Holds::Weights);
    file.told.source = "its GGUF header";
    let mut w = Window::new(sample.file, 4, sample.size, FRONT, 4096);
    let Some((version, tensors, pairs)) = (|| Some((w.little(4)?, w.little(8)?, w.little(8)?)))()
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
    let found = front(&mut w, pairs, &mut file);
    let all = found.is_some();
    let mut short = w.short;
    // Where the vocabulary comes before it, the quantization stands some MB further back.
    if sample.deep || (!all && file.told.quantization.is_none() && file.told.family.is_some()) {
        let mut w = Window::new(sample.file, 24, sample.size, WALK, 64 << 10);
        let walked = front(&mut w, pairs, &mut file);
        short |= w.short;
        if let Some(alignment) = walked {
            file.complete = extent(&mut w, tensors, alignment, sample.size, &mut file);
        }
    }
    if short {
        file.complete = Completeness::Damaged("it ends inside its header".to_owned());
    }
    Some(file)
}

/// Walks over the pairs; the alignment of the data, where all of them were seen.
fn front(w: &mut Window<'_>, pairs: u64, file: &mut WeightFile) -> Option<u64> {
    let mut found = Found { alignment: 32, ..Found::default() };
    let mut one = || {
        let (key, value) = (string(w)?, value(w)?);
        let Some(value) = value else { return Some(()) };
        let told = &mut file.told;
        match key.as_str() {
            "general.architecture" => told.family = Some(value),
            "general.name" => told.name = Some(value),
            "general.size_label" => found.size_label = Some(value),
            "general.base_model.0.repo_url" if told.base.is_none() => {
                let hub = value.strip_prefix("https://huggingface.co/").map(str::to_owned);
                told.base = Some(hub.unwrap_or(value));
            }
            "general.base_model.0.name" => found.bases = Some(value),
            "general.quantized_by" => told.tool = Some(format!("quantized by {value}")),
            "general.type" if value == "adapter" => file.holds = Holds::Adapter,
            // What projects pictures for another model is of no use without it.
            "general.type" if value == "mmproj" => told.kind = Some(ModelKind::Partial),
            "general.alignment" => found.alignment = value.parse().unwrap_or(32),
            "general.file_type" => {
                let code = value.parse::<u64>().ok().map(|code| code % 1024);
                found.quantization = code.and_then(quantization).map(str::to_owned);
            }
            _ => {}
        }
        Some(())
    };
    let whole = pairs <= 65_536 && (0..pairs).all(|_| one().is_some());
    let told = &mut file.told;
    told.name = told.name.take().or(found.size_label);
    told.base = told.base.take().or(found.bases);
    told.quantization = told.quantization.take().or(found.quantization);
    whole.then_some(found.alignment.clamp(1, 1 << 20))
}

/// Walks over the tensors: what they sum up to, and whether the file is as long as they need.
fn extent(
    w: &mut Window<'_>,
    tensors: u64,
    alignment: u64,
    size: u64,
    file: &mut WeightFile,
) -> Completeness {
    let (mut last, mut elements) = (0, 0_u64);
    let mut one = || {
        let len = w.little(8)?;
        w.skip(len)?;
        let dimensions = w.little(4).filter(|n| *n <= 8)?;
        let mut product = 1_u64;
        for _ in 0..dimensions {
            product = product.saturating_mul(w.little(8)?);
        }
        let (kind, offset) = (w.little(4)?, w.little(8)?);
        elements = elements.saturating_add(product);
        // What is known of a type's size is a bound from below.
        let bytes = match kind {
            0 => product.saturating_mul(4),
            1 | 30 => product.saturating_mul(2),
            8 => product / 32 * 34,
            2 => product / 32 * 18,
            12 => product / 256 * 144,
            14 => product / 256 * 210,
            _ => product / 8,
        };
        last = last.max(offset.saturating_add(bytes));
        Some(())
    };
    if tensors > 1 << 20 || !(0..tensors).all(|_| one().is_some()) {
        return if w.short {
            Completeness::Damaged("it ends inside its header".to_owned())
        } else {
            Completeness::Unknown
        };
    }
    file.told.elements = Some(elements);
    let data = w.at.div_ceil(alignment).saturating_mul(alignment);
    let needed = data.saturating_add(last);
    if needed > size {
        Completeness::Damaged(format!("cut short: {size} of at least {needed} bytes"))
    } else {
        Completeness::Complete
    }
}
