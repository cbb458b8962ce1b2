//! A sample of a model's weights: enough to say that two are different, never that they are the
//! same. Two steps of one training differ in nearly every tensor; a base and a training of its last
//! layer alone may agree in all that is sampled.

use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use super::extents::{self, Extent};
use crate::facts::Meta;

/// How many blocks a first sample has.
const BLOCKS: usize = 48;
/// Bytes of a block.
const BLOCK: u64 = 4096;
/// Blocks of each tensor in a thorough sample; of a file whose tensors are not known so many more.
const EACH: u64 = 3;
/// No more blocks than these, whatever a header lists.
const MOST: usize = 16_384;

/// Hashes the names, types and shapes of all tensors and blocks of some, the same in every copy.
///
/// # Errors
/// Where a file cannot be read, or is another one by now.
pub(super) fn few(files: &[(PathBuf, Meta)]) -> io::Result<[u8; 32]> {
    hash(files, BLOCKS, |extents| (BLOCKS.div_ceil(extents.max(1))) as u64)
}

/// The same with blocks of every tensor: its beginning, its middle and its end.
///
/// # Errors
/// As [`few`].
pub(super) fn every(files: &[(PathBuf, Meta)]) -> io::Result<[u8; 32]> {
    hash(files, MOST, |extents| EACH.max((MOST / 16).div_ceil(extents.max(1)) as u64))
}

/// Blocks of at most `most` extents, of each as many as `each` says.
fn hash(
    files: &[(PathBuf, Meta)],
    most: usize,
    each: impl Fn(usize) -> u64,
) -> io::Result<[u8; 32]> {
    let mut weights = extents::open(files)?;
    let mut hasher = blake3::Hasher::new();
    for extent in &weights.extents {
        hasher.update(extent.key.as_bytes()).update(b"\n");
    }
    let mut chosen: Vec<(blake3::Hash, Extent)> = std::mem::take(&mut weights.extents)
        .into_iter()
        .map(|e| (blake3::hash(e.key.as_bytes()), e))
        .collect();
    // By a hash of the name: neither the first ones, which are the least trained, nor the last.
    chosen.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    chosen.truncate(most);
    let each = each(chosen.len());
    // Read file after file, hashed in the order that every copy has.
    let mut order: Vec<usize> = (0..chosen.len()).collect();
    order.sort_by_key(|i| (chosen[*i].1.file, chosen[*i].1.from));
    let mut blocks: Vec<blake3::Hash> = vec![blake3::Hash::from([0; 32]); chosen.len()];
    let mut block = vec![0; usize::try_from(BLOCK).unwrap_or(0)];
    for i in order {
        let extent = &chosen[i].1;
        let file = weights.file(extent.file)?;
        let mut own = blake3::Hasher::new();
        let room = (extent.to - extent.from).saturating_sub(BLOCK);
        for n in 0..each {
            let step = u128::from(room) * u128::from(n) / u128::from((each - 1).max(1));
            let at = extent.from + u64::try_from(step).unwrap_or(0).min(room);
            let len = usize::try_from((extent.to - at).min(BLOCK)).unwrap_or(0);
            let read = block.get_mut(..len).unwrap_or_default();
            file.read_exact_at(read, at)?;
            own.update(read);
            if room == 0 {
                break;
            }
        }
        blocks[i] = own.finalize();
    }
    for block in blocks {
        hasher.update(block.as_bytes());
    }
    Ok(*hasher.finalize().as_bytes())
}
