//! Every byte of a model's weights, hashed: the only thing that says "the same".

use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use super::extents::{self, Weights};
use crate::crew;
use crate::facts::Meta;
use crate::look::Progress;
use crate::sys::uncached;

/// Bytes that one thread hashes before another may go on; part of what the hash is.
const BLOCK: u64 = 16 << 20;
/// Bytes of one read: what was copied is still in the cache of the processor when it is hashed.
const READ: usize = 128 << 10;

/// BLAKE3 over the sorted tensors of a model, each by its name, type, shape and the BLAKE3 of its
/// blocks. Sharding, metadata and order do not matter.
///
/// # Errors
/// Where a file cannot be read, or is another one by now.
pub(super) fn content(files: &[(PathBuf, Meta)], progress: &Progress) -> io::Result<[u8; 32]> {
    let weights = extents::open(files)?;
    let blocks = blocks(&weights);
    let parts = crew::run(
        blocks.clone(),
        || (vec![0; READ], Vec::new(), Ok(())),
        |block, _, (buffer, hashes, failed)| {
            if failed.is_err() {
                return;
            }
            match hash(&weights, block, buffer, progress) {
                Ok(hash) => hashes.push((block, hash)),
                Err(error) => *failed = Err(error),
            }
        },
    );
    let mut hashes = Vec::with_capacity(blocks.len());
    for (_, part, failed) in parts {
        failed?;
        hashes.extend(part);
    }
    hashes.sort_by_key(|(block, _)| *block);
    let mut tensors: Vec<(&str, blake3::Hasher)> =
        weights.extents.iter().map(|e| (e.key.as_str(), blake3::Hasher::new())).collect();
    for ((extent, _, _), hash) in hashes {
        tensors[extent].1.update(hash.as_bytes());
    }
    let mut lines: Vec<(&str, blake3::Hash)> =
        tensors.into_iter().map(|(key, hasher)| (key, hasher.finalize())).collect();
    lines.sort_by(|a, b| (a.0, a.1.as_bytes()).cmp(&(b.0, b.1.as_bytes())));
    let mut whole = blake3::Hasher::new();
    for (key, hash) in lines {
        whole.update(&(key.len() as u64).to_le_bytes()).update(key.as_bytes());
        whole.update(hash.as_bytes());
    }
    Ok(*whole.finalize().as_bytes())
}

/// An extent, and from where to where in its file.
type Block = (usize, u64, u64);

fn blocks(weights: &Weights) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (at, extent) in weights.extents.iter().enumerate() {
        let mut from = extent.from;
        while from < extent.to {
            let to = extent.to.min(from + BLOCK);
            blocks.push((at, from, to));
            from = to;
        }
    }
    // The last ones are taken first: so the disk is read from its beginning.
    blocks.reverse();
    blocks
}

fn hash(
    weights: &Weights,
    (extent, from, to): Block,
    buffer: &mut [u8],
    progress: &Progress,
) -> io::Result<blake3::Hash> {
    let file = weights.open(weights.extents[extent].file)?;
    let mut hasher = blake3::Hasher::new();
    let mut at = from;
    while at < to {
        let len = usize::try_from(to - at).unwrap_or(READ).min(READ);
        let part = &mut buffer[..len];
        uncached::read_exact(&file, part, at)?;
        hasher.update(part);
        at += len as u64;
    }
    progress.bytes.fetch_add(to - from, Ordering::Relaxed);
    Ok(hasher.finalize())
}
