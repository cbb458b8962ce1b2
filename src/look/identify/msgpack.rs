//! msgpack: Flax keeps its arrays in it, spaCy the weights of its components.
//!
//! Sources: the msgpack specification; `flax.serialization` (an array is an extension of type 1 that
//! holds `[shape, dtype, bytes]`). Arrays are leapt over.

use super::summary::Tensors;
use super::weights::{Holds, Sample, WeightFile};
use super::window::Window;
use crate::facts::Completeness;

/// As much as is read, and as many values as are looked at.
const BUDGET: u64 = 4 << 20;
const STEPS: usize = 200_000;
const DEPTH: usize = 32;

struct Walk<'a> {
    w: Window<'a>,
    steps: usize,
    tensors: Tensors,
}

/// What a `.msgpack` holds.
#[must_use]
pub(super) fn flax(sample: &Sample<'_>) -> Option<WeightFile> {
    let map = matches!(sample.head, [0x80..=0x8f | 0xde | 0xdf, ..]);
    let suffix = super::containers::suffix(sample.name);
    if !map || !["msgpack", ""].contains(&suffix.as_str()) {
        return None;
    }
    let w = Window::new(sample.file, 0, sample.size, BUDGET, 1024);
    let mut walk = Walk { w, steps: STEPS, tensors: Tensors::default() };
    let whole = walk.value("", DEPTH).is_some();
    if suffix.is_empty() && walk.tensors.is_empty() {
        return None;
    }
    let mut file = WeightFile::new("Flax", Holds::Weights);
    file.complete = if whole {
        Completeness::Complete
    } else if walk.w.short {
        Completeness::Damaged("cut short: its values go on beyond its end".to_owned())
    } else {
        Completeness::Unknown
    };
    file.tensors = walk.tensors;
    Some(file)
}

impl Walk<'_> {
    fn value(&mut self, path: &str, depth: usize) -> Option<()> {
        self.steps = self.steps.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        let tag = self.w.byte()?;
        match tag {
            0x80..=0x8f => self.map(u64::from(tag & 15), path, depth),
            0xde => self.w.big(2).and_then(|n| self.map(n, path, depth)),
            0xdf => self.w.big(4).and_then(|n| self.map(n, path, depth)),
            0x90..=0x9f => self.list(u64::from(tag & 15), path, depth),
            0xdc => self.w.big(2).and_then(|n| self.list(n, path, depth)),
            0xdd => self.w.big(4).and_then(|n| self.list(n, path, depth)),
            0xd4..=0xd8 => self.extension(1 << (tag - 0xd4), path),
            0xc7..=0xc9 => {
                let len = self.w.big(1 << (tag - 0xc7))?;
                self.extension(len, path)
            }
            _ => {
                let len = self.length(tag)?;
                self.w.skip(len)
            }
        }
    }

    /// How many bytes follow a tag that holds nothing but bytes.
    fn length(&mut self, tag: u8) -> Option<u64> {
        Some(match tag {
            0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => 0,
            0xa0..=0xbf => u64::from(tag & 31),
            0xc4 | 0xd9 => self.w.big(1)?,
            0xc5 | 0xda => self.w.big(2)?,
            0xc6 | 0xdb => self.w.big(4)?,
            0xcc | 0xd0 => 1,
            0xcd | 0xd1 => 2,
            0xca | 0xce | 0xd2 => 4,
            0xcb | 0xcf | 0xd3 => 8,
            _ => return None,
        })
    }

    fn text(&mut self) -> Option<String> {
        let tag = self.w.byte()?;
        let len = self.length(tag)?;
        let bytes = self.w.bytes(len, 256)?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn map(&mut self, count: u64, path: &str, depth: usize) -> Option<()> {
        for _ in 0..count {
            let key = self.text()?;
            let path = if path.is_empty() { key } else { format!("{path}.{key}") };
            self.value(&path, depth)?;
        }
        Some(())
    }

    fn list(&mut self, count: u64, path: &str, depth: usize) -> Option<()> {
        (0..count).try_for_each(|_| self.value(path, depth))
    }

    fn extension(&mut self, len: u64, path: &str) -> Option<()> {
        let kind = self.w.byte()?;
        let end = self.w.reach(len)?;
        if kind == 1
            && let Some((shape, dtype)) = self.array()
        {
            self.tensors.add(path, &dtype, &shape);
        }
        self.w.at = end;
        Some(())
    }

    fn array(&mut self) -> Option<(Vec<u64>, String)> {
        if !matches!(self.w.byte()?, 0x93) {
            return None;
        }
        let tag = self.w.byte()?;
        let count = if (0x90..=0x9f).contains(&tag) { tag & 15 } else { return None };
        let mut shape = Vec::new();
        for _ in 0..count {
            shape.push(match self.w.byte()? {
                n @ 0x00..=0x7f => u64::from(n),
                0xcc => self.w.big(1)?,
                0xcd => self.w.big(2)?,
                0xce => self.w.big(4)?,
                0xcf => self.w.big(8)?,
                _ => return None,
            });
        }
        let dtype = self.text()?;
        let known = [
            ("float32", "F32"),
            ("float16", "F16"),
            ("bfloat16", "BF16"),
            ("float64", "F64"),
            ("int64", "I64"),
            ("int32", "I32"),
            ("int8", "I8"),
            ("uint8", "U8"),
        ];
        let known = known.iter().find(|(long, _)| *long == dtype);
        Some((shape, known.map_or(dtype, |(_, short)| (*short).to_owned())))
    }
}
