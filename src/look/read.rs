//! Bounded reads of surveyed files: nothing the disk says makes this program read more.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

use serde_json::Value;

use super::tree::{Notable, Tree};

/// The largest small JSON file that is read whole.
pub(super) const JSON: u64 = 64 << 20;
/// The largest one that is kept whole in memory, where it takes several times its size.
const KEPT: u64 = 4 << 20;

/// Reads up to `limit` bytes from the start.
///
/// # Errors
/// Where the file cannot be opened or read.
pub(super) fn head(tree: &Tree, file: &Notable, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    tree.open(file)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a JSON file of at most 4 MiB; anything else is `None`.
#[must_use]
pub(super) fn json(tree: &Tree, file: &Notable) -> Option<Value> {
    if file.meta.size > KEPT {
        return None;
    }
    serde_json::from_slice(&head(tree, file, KEPT).ok()?).ok()
}

/// Reads a JSON file into a type that names what is wanted; the rest is passed over, not kept.
#[must_use]
pub(super) fn typed<T: serde::de::DeserializeOwned>(tree: &Tree, file: &Notable) -> Option<T> {
    if file.meta.size > JSON {
        return None;
    }
    serde_json::from_slice(&head(tree, file, JSON).ok()?).ok()
}

/// The most that a plan takes over of one text from a file.
const SHORT: usize = 200;

/// A text from a file, cut where it is longer than anything a person would write there.
#[must_use]
pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(SHORT) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Whether the file begins like text.
#[must_use]
pub(super) fn is_text(tree: &Tree, file: &Notable) -> bool {
    head(tree, file, 4096).is_ok_and(|bytes| looks_like_text(&bytes))
}

/// No control characters but those of lines and tables.
#[must_use]
pub(super) fn looks_like_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| *b >= 0x20 || matches!(b, b'\t' | b'\n' | b'\r'))
}

/// Fills what it can of `len` bytes at `offset`.
///
/// # Errors
/// As pread(2).
pub(super) fn at(file: &File, offset: u64, len: usize) -> io::Result<Vec<u8>> {
    let rest = file.metadata()?.len().saturating_sub(offset);
    let mut bytes = vec![0; len.min(usize::try_from(rest).unwrap_or(usize::MAX))];
    let len = bytes.len();
    let mut done = 0;
    while done < len {
        match file.read_at(&mut bytes[done..], offset + done as u64) {
            Ok(0) => break,
            Ok(n) => done += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    bytes.truncate(done);
    Ok(bytes)
}
