//! A sample of a model's weights: enough to say that two are different, never that they are the
//! same. Two steps of one training differ in nearly every tensor; a base and a training of its last
//! layer alone may agree in all that is sampled.

use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use super::extents::{self, Extent};
use crate::facts::Meta;

/// How many blocks are read of a model.
const BLOCKS: usize = 48;
/// Bytes of a block.
const BLOCK: u64 = 4096;

/// Hashes the names, types and shapes of all tensors and blocks of some, the same in every copy.
///
/// # Errors
/// Where a file cannot be read, or is another one by now.
pub(super) fn sample(files: &[(PathBuf, Meta)]) -> io::Result<[u8; 32]> {
    let weights = extents::open(files)?;
    let mut hasher = blake3::Hasher::new();
    for extent in &weights.extents {
        hasher.update(extent.key.as_bytes()).update(b"\n");
    }
    let mut chosen: Vec<(blake3::Hash, &Extent)> =
        weights.extents.iter().map(|e| (blake3::hash(e.key.as_bytes()), e)).collect();
    // By a hash of the name: neither the first ones, which are the least trained, nor the last.
    chosen.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    chosen.truncate(BLOCKS);
    let each = BLOCKS.div_ceil(chosen.len().max(1)) as u64;
    let mut block = vec![0; usize::try_from(BLOCK).unwrap_or(0)];
    for (hash, extent) in chosen {
        let seed = hash.as_bytes()[..8].try_into().map_or(0, u64::from_le_bytes);
        let file = &weights.files[extent.file];
        for n in 0..each {
            let room = extent.to.saturating_sub(extent.from).saturating_sub(BLOCK);
            // Spread over the tensor; where it is short its beginning is read once and again.
            let step = u128::from(room) * u128::from(n) / u128::from(each);
            let step = u64::try_from(step).unwrap_or(0);
            let at = extent.from + (step + seed % (room / each + 1)).min(room);
            let len = usize::try_from((extent.to - at).min(BLOCK)).unwrap_or(0);
            let read = block.get_mut(..len).unwrap_or_default();
            file.read_exact_at(read, at)?;
            hasher.update(read);
        }
    }
    Ok(*hasher.finalize().as_bytes())
}
