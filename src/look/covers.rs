//! The fingerprint of a model's weights that a label carries: a label that was copied along to other
//! weights is found out by it. It says "other weights" for sure, and "the same" never.
//!
//! Names and sizes of the files, and of every tensor its first, middle and last 4 KiB; where no
//! header lists tensors, blocks spread over the file. In all at most 16 MiB are read besides the
//! headers, whatever the files say: of too many tensors the middle alone, or that of some.

use std::collections::{BTreeMap, HashMap};
use std::io;

use super::identify::{self, Place, tensors_of};
use super::read;
use super::tree::{Notable, ROOT, Tree};
use crate::facts::{Covers, Model};

/// What is read at one place.
const BLOCK: u64 = 4096;
/// How many of them are read of a model.
const BLOCKS: u64 = 4096;
/// How many of them are read of a file without a list of tensors.
const SPREAD: u64 = 64;

/// The weight files of every model in a tree, each looked for once.
#[derive(Debug)]
pub(super) struct Files {
    by_dir: HashMap<u32, Vec<usize>>,
}

impl Files {
    pub(super) fn of(tree: &Tree) -> Self {
        Self { by_dir: identify::weight_files(tree) }
    }

    fn at(&self, place: Place) -> Vec<usize> {
        match place {
            Place::File(at) => vec![at],
            Place::Dir(dir) => self.by_dir.get(&dir).cloned().unwrap_or_default(),
        }
    }
}

/// Compares every label that says what it covers with the weights it lies beside.
pub(super) fn compare(models: &mut [(Model, Place)], tree: &Tree) {
    let mut files = None;
    for (model, place) in models {
        let Some(label) = &mut model.label else { continue };
        // A run's label speaks of checkpoints that come and go.
        let beside = match place {
            Place::File(_) => true,
            Place::Dir(_) => label.path.parent() == Some(&model.path),
        };
        let Some(Covers { found, .. }) = label.covers.as_mut().filter(|_| beside) else { continue };
        let files = files.get_or_insert_with(|| Files::of(tree));
        *found = Some(fingerprint(tree, files, *place).map_err(|e| e.to_string()));
    }
}

/// The fingerprint of the weights of one model.
///
/// # Errors
/// Where one of its files cannot be read, or there is none.
pub(super) fn fingerprint(tree: &Tree, files: &Files, place: Place) -> io::Result<String> {
    let home = match place {
        Place::Dir(dir) => dir,
        Place::File(at) => tree.notable[at].dir,
    };
    let mut all: BTreeMap<Vec<u8>, &Notable> = BTreeMap::new();
    for at in files.at(place) {
        let file = &tree.notable[at];
        all.insert(name(tree, home, file), file);
    }
    if all.is_empty() {
        return Err(io::Error::other("no weights lie here"));
    }
    let listed = all.values().map(|file| Ok(tensors_of(&tree.open(file)?, file.meta.size)));
    let listed: Vec<Option<Vec<(String, u64, u64)>>> = listed.collect::<io::Result<_>>()?;
    let tensors = listed.iter().flatten().map(|t| t.len() as u64).sum::<u64>();
    let plain = listed.iter().filter(|t| t.is_none()).count() as u64;
    let spread = (BLOCKS / plain.max(1)).clamp(1, SPREAD);
    let mut hasher = blake3::Hasher::new();
    let mut number = 0u64;
    for ((name, file), tensors_here) in all.iter().zip(&listed) {
        hasher.update(&(name.len() as u64).to_le_bytes()).update(name);
        hasher.update(&file.meta.size.to_le_bytes());
        let opened = tree.open(file)?;
        let mut block = |at: u64, len: u64| -> io::Result<()> {
            let bytes = read::at(&opened, at, usize::try_from(len).unwrap_or(0))?;
            hasher.update(&at.to_le_bytes()).update(&bytes);
            Ok(())
        };
        match tensors_here {
            Some(tensors_here) => {
                for (_, from, to) in tensors_here {
                    let wanted = wanted(number, tensors);
                    number += 1;
                    for at in places(*from, to - from, wanted) {
                        block(at, BLOCK.min(to - from))?;
                    }
                }
            }
            None if number < BLOCKS => {
                number += spread;
                for at in places(0, file.meta.size, spread) {
                    block(at, BLOCK.min(file.meta.size))?;
                }
            }
            None => {}
        }
    }
    Ok(hasher.finalize().to_hex()[..32].to_owned())
}

/// How many blocks of this one of so many tensors are read.
fn wanted(number: u64, of: u64) -> u64 {
    match of {
        _ if of * 3 <= BLOCKS => 3,
        _ if of <= BLOCKS => 1,
        _ => u64::from(number.is_multiple_of(of.div_ceil(BLOCKS))),
    }
}

/// Where so many blocks of a stretch begin: one is the middle, several are spread from end to end.
fn places(start: u64, len: u64, blocks: u64) -> impl Iterator<Item = u64> {
    let last = len.saturating_sub(BLOCK);
    let blocks = if last == 0 { blocks.min(1) } else { blocks };
    (0..blocks).map(move |i| {
        let (up, of) = if blocks == 1 { (1, 2) } else { (i, blocks - 1) };
        let offset = u128::from(last) * u128::from(up) / u128::from(of);
        start.saturating_add(u64::try_from(offset).unwrap_or(last))
    })
}

/// The name of a weight file as seen from its model, whatever that is called and wherever it lies.
fn name(tree: &Tree, home: u32, file: &Notable) -> Vec<u8> {
    if tree.dirs.is_empty() {
        return file.name.as_encoded_bytes().to_vec();
    }
    let mut parts = vec![file.name.as_encoded_bytes()];
    let mut at = file.dir;
    while at != home && at != ROOT {
        parts.push(&tree.dirs[at as usize].name);
        at = tree.dirs[at as usize].parent;
    }
    parts.reverse();
    parts.join(&b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_thousand_tensors_are_read_no_more_than_four_thousand() {
        for of in [1, 399, 1365, 1366, 4096, 4097, 91_000, 100_000] {
            let blocks: u64 = (0..of).map(|n| wanted(n, of)).sum();
            assert!(blocks <= BLOCKS && blocks > 0, "{of}: {blocks}");
        }
        assert_eq!(
            places(100, 3 * BLOCK, 3).collect::<Vec<_>>(),
            [100, 100 + BLOCK, 100 + 2 * BLOCK]
        );
        assert_eq!(places(100, 10, 3).collect::<Vec<_>>(), [100]);
    }
}
