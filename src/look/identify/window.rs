//! A file read forward in small steps, with leaps over what is not wanted and an end to all of it.
//!
//! Lengths come from the file and are never believed: a leap beyond the end is the end, and after so
//! many bytes or steps the walk is over, whatever the file says.

use std::fs::File;

use crate::look::read;

/// A bounded walk through a file.
pub(super) struct Window<'a> {
    file: &'a File,
    /// Where the next byte lies.
    pub at: u64,
    end: u64,
    start: u64,
    buffer: Vec<u8>,
    chunk: usize,
    left: u64,
    /// Something was to lie beyond the end.
    pub short: bool,
}

impl<'a> Window<'a> {
    /// From `at` to `end`, reading no more than `budget` bytes of it, `chunk` bytes at once.
    pub(super) fn new(file: &'a File, at: u64, end: u64, budget: u64, chunk: usize) -> Self {
        Self { file, at, end, start: at, buffer: Vec::new(), chunk, left: budget, short: false }
    }

    /// Whether the end is reached.
    pub(super) fn done(&self) -> bool {
        self.at >= self.end
    }

    fn fill(&mut self) -> Option<()> {
        let len = self.chunk.min(usize::try_from(self.left).unwrap_or(self.chunk));
        self.buffer = read::at(self.file, self.at, len).ok()?;
        self.start = self.at;
        self.left = self.left.saturating_sub(self.buffer.len() as u64);
        (!self.buffer.is_empty()).then_some(())
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> Option<u8> {
        if self.done() {
            self.short = true;
            return None;
        }
        let inside = |w: &Self| usize::try_from(w.at.checked_sub(w.start)?).ok();
        let have = inside(self).is_some_and(|at| at < self.buffer.len());
        if !have {
            self.fill()?;
        }
        let byte = *self.buffer.get(inside(self)?)?;
        self.at += 1;
        Some(byte)
    }

    /// The next few bytes; of a long run no more than `limit`, the rest is leapt over.
    pub(super) fn bytes(&mut self, len: u64, limit: usize) -> Option<Vec<u8>> {
        let end = self.reach(len)?;
        let kept = usize::try_from(len).unwrap_or(usize::MAX).min(limit);
        let mut out = Vec::with_capacity(kept.min(self.chunk));
        for _ in 0..kept {
            out.push(self.byte()?);
        }
        self.at = end;
        Some(out)
    }

    /// Leaps; beyond the end there is nothing.
    pub(super) fn skip(&mut self, len: u64) -> Option<()> {
        self.at = self.reach(len)?;
        Some(())
    }

    /// Where so many bytes end, if they all are there.
    pub(super) fn reach(&mut self, len: u64) -> Option<u64> {
        let end = self.at.checked_add(len).filter(|end| *end <= self.end);
        self.short |= end.is_none();
        end
    }

    /// A number of `width` bytes, the lowest first.
    pub(super) fn little(&mut self, width: u64) -> Option<u64> {
        let bytes = self.bytes(width, 8)?;
        Some(bytes.iter().rev().fold(0, |n: u64, b| (n << 8) | u64::from(*b)))
    }

    /// A number of `width` bytes, the highest first.
    pub(super) fn big(&mut self, width: u64) -> Option<u64> {
        let bytes = self.bytes(width, 8)?;
        Some(bytes.iter().fold(0, |n: u64, b| (n << 8) | u64::from(*b)))
    }

    /// A number of protobuf: seven bits a byte.
    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}
