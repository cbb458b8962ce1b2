//! Where else the weights of the targets' models are: in the plan, in the trash, on a disk.
//!
//! Models are compared by the shape of all tensors, then by a sample, and only where a verdict
//! depends on it, or on request, by every byte. Which of it counts is for the rules to say.

mod content;
mod extents;
mod groups;
mod lineage;
mod member;
mod sample;
mod search;
mod twins;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Eyes;
use crate::facts::{Dossier, Gone, History, Print, Twin, Whereabouts};
use crate::sys::mounts;
use groups::Groups;
use member::Member;

/// How thoroughly weights are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// By every byte where a verdict depends on it.
    Needed,
    /// By every byte wherever they may be the same.
    Full,
}

/// Finds the copies of every model in the plan and writes them into the dossiers.
pub(super) fn find(dossiers: &mut [Dossier], history: &History, depth: Depth, eyes: &Eyes<'_>) {
    let mut members = member::planned(dossiers);
    unread(dossiers, &members);
    if members.is_empty() {
        return;
    }
    let (found, searched) = search::search(dossiers, eyes);
    let searched = Arc::new(searched);
    for dossier in dossiers.iter_mut() {
        dossier.searched = Arc::clone(&searched);
    }
    lineage::trace(dossiers, &found);
    members.extend(found.iter().map(member::elsewhere));
    // What the journal knows of is told by its own place.
    let known = |m: &Member| history.gone.iter().any(|g| m.path.starts_with(&g.lies));
    members.extend(search::thrown(dossiers, eyes).into_iter().filter(|m| !known(m)));
    compare(dossiers, members, history, depth, eyes);
}

/// The same among the models of a list, each the target of a dossier of its own and none of them
/// to go.
pub(super) fn among(dossiers: &mut [Dossier], history: &History, depth: Depth, eyes: &Eyes<'_>) {
    let mut members = member::planned(dossiers);
    members.retain(|m| {
        let own =
            |(d, model): (usize, usize)| dossiers[d].models[model].path.as_os_str().is_empty();
        m.subject.is_some_and(own)
    });
    for member in &mut members {
        member.planned = false;
    }
    lineage::trace_among(dossiers);
    compare(dossiers, members, history, depth, eyes);
}

fn compare(
    dossiers: &mut [Dossier],
    members: Vec<Member>,
    history: &History,
    depth: Depth,
    eyes: &Eyes<'_>,
) {
    let mounts = mounts::read().unwrap_or_default();
    let own = |g: &Gone| {
        dossiers
            .iter()
            .any(|d| d.trashed.is_some() && d.path == g.path && Some(&g.lies) == d.trashed.as_ref())
    };
    let gone: Vec<&Gone> = history.gone.iter().filter(|g| !own(g)).collect();
    let mut groups = Groups::new(members, &gone);
    groups.recall(dossiers);
    groups.read(depth, &mounts, eyes);
    groups.sort(&mounts);
    for (at, (target, model)) in groups.subjects() {
        let mut copies = twins::of(at, &groups, &gone, &mounts);
        let asked = |twin: &Twin| history.asked.iter().any(|path| twin.path.starts_with(path));
        for twin in copies.iter_mut().filter(|t| t.place == Whereabouts::Here && asked(t)) {
            twin.place = Whereabouts::Asked;
        }
        dossiers[target].models[model].copies = copies;
    }
}

/// Says which of the plan's models cannot be read: nobody can tell whether they are the last copy.
fn unread(dossiers: &mut [Dossier], members: &[Member]) {
    for member in members {
        let Some((target, model)) = member.subject else { continue };
        let why = extents::unreadable(&member.files);
        dossiers[target].models[model].unread = why.map(|e| e.to_string());
    }
}

/// The hashes by which each model of a target is known again.
pub(super) fn prints(dossier: &Dossier) -> Vec<Print> {
    let mut own = member::planned(std::slice::from_ref(dossier));
    own.iter_mut().filter_map(Member::print).collect()
}

/// The stamps of the folders that a target's models lie in.
pub(super) fn stamps(dossier: &Dossier) -> Vec<(u64, PathBuf)> {
    let all = member::planned(std::slice::from_ref(dossier)).into_iter();
    let mut stamps: Vec<(u64, PathBuf)> =
        all.filter_map(|m| m.stamp).map(|s| (s.stamp, s.folder)).collect();
    stamps.sort();
    stamps.dedup();
    stamps
}

fn join(root: &Path, path: &Path) -> PathBuf {
    if path.as_os_str().is_empty() { root.to_path_buf() } else { root.join(path) }
}
