//! Whether all of a sharded model is there: its index, or the numbers in the names of its files.

use std::collections::{BTreeMap, BTreeSet};

use super::Found;
use super::claims;
use super::layout::Marks;
use crate::facts::{Completeness, Model};
use crate::look::read;
use crate::look::tree::Tree;

/// `weight_map` of an index: tensor to file.
#[derive(serde::Deserialize)]
pub(super) struct Index {
    weight_map: BTreeMap<String, String>,
}

/// The index of a folder: none, one that cannot be read, or what it maps.
pub(super) fn of(tree: &Tree, marks: &Marks<'_>, dir: u32) -> Option<Option<Index>> {
    marks.index(dir).map(|file| read::typed(tree, file))
}

/// Leaves out the shards of an earlier save, where the index maps others that all are there.
pub(super) fn own<'a, 'b>(
    found: &[&'b Found<'a>],
    index: Option<&Option<Index>>,
    dir: u32,
) -> (Vec<&'b Found<'a>>, usize) {
    let Some(Some(index)) = index else { return (found.to_vec(), 0) };
    let wanted: BTreeSet<&str> = index.weight_map.values().map(String::as_str).collect();
    let has = |name: &&str| found.iter().any(|(f, _)| f.text() == *name);
    if wanted.is_empty() || !wanted.iter().all(has) {
        return (found.to_vec(), 0);
    }
    let stale = |f: &Found<'_>| {
        f.0.dir == dir && f.0.text().contains("-of-") && !wanted.contains(f.0.text())
    };
    let kept: Vec<_> = found.iter().copied().filter(|f| !stale(f)).collect();
    let left = found.len() - kept.len();
    (kept, left)
}

/// Says what is missing of a set.
pub(super) fn check(
    model: &mut Model,
    index: Option<&Option<Index>>,
    marks: &Marks<'_>,
    dir: u32,
    found: &[&Found<'_>],
) {
    match index {
        Some(None) => {
            model.complete = Completeness::Damaged("its index is not readable".to_owned());
        }
        Some(Some(index)) => mapped(model, index, marks, dir, found),
        None => numbered(model, found),
    }
}

fn mapped(model: &mut Model, index: &Index, marks: &Marks<'_>, dir: u32, found: &[&Found<'_>]) {
    let wanted: BTreeSet<&String> = index.weight_map.values().collect();
    let missing = wanted.iter().filter(|name| marks.get(dir, name).is_none()).count();
    // An index of an earlier save, left beside whole weights, says nothing about these.
    let stale = found.iter().any(|(f, w)| {
        !matches!(w.complete, Completeness::Damaged(_))
            && !wanted.iter().any(|name| *name == f.text())
    });
    if missing > 0 && stale {
        model.conflicts.push("an index beside the weights names others".to_owned());
    } else if missing > 0 {
        let total = wanted.len();
        model.complete = Completeness::Damaged(format!("{missing} of {total} shards are missing"));
    }
}

fn numbered(model: &mut Model, found: &[&Found<'_>]) {
    let ranks = found.iter().find_map(|(_, w)| w.told.ranks);
    let names: Vec<(u32, &str)> = found.iter().map(|(f, _)| (f.dir, f.text())).collect();
    if let Some(why) = claims::missing(&names, ranks)
        && !matches!(model.complete, Completeness::Damaged(_))
    {
        model.complete = Completeness::Damaged(why);
    }
}
