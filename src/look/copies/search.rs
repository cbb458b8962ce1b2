//! Where copies are looked for: the policy's `roots`, else the surroundings of the targets, the
//! working directory and the home, as much as can be seen in a few seconds.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Member;
use crate::facts::{Dossier, FileId, Searched};
use crate::look::Eyes;
use crate::look::inventory::{self, Found, Limit};
use crate::sys::dir;
use crate::sys::mounts::Mount;

/// Entries that are looked at in one root.
const ENTRIES: u64 = 200_000;
/// How long is spent on one root.
const TIME: Duration = Duration::from_secs(3);
/// Folders that are cleaned by themselves.
const SCRATCH: &[&str] = &["/tmp", "/var/tmp", "/dev/shm", "/run"];
/// File systems that end with the machine's power.
const MEMORY: &[&str] = &["tmpfs", "ramfs"];
/// File systems that show the files of another one again.
const MIRRORS: &[&str] = &["overlay", "ecryptfs", "fuse.bindfs", "fuse.mergerfs", "fuse.unionfs"];

/// Every model outside of the plan in the places where copies are looked for.
pub(super) fn search(dossiers: &[Dossier], eyes: &Eyes<'_>) -> (Vec<Found>, Searched) {
    let roots = roots(dossiers, eyes);
    let mut searched = Searched { roots: Vec::new(), cut: false };
    let within = |path: &Path| {
        dossiers.iter().any(|d| path.starts_with(d.trashed.as_ref().unwrap_or(&d.path)))
    };
    let targets: HashSet<FileId> = dossiers.iter().map(|d| d.meta.id).collect();
    let trash = eyes.surroundings.home_trash.as_deref();
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for root in roots {
        let limit = Limit::new(ENTRIES, TIME, targets.clone());
        for one in inventory::below(&root, &limit, eyes) {
            let thrown = trash.is_some_and(|trash| one.path.starts_with(trash));
            // A folder around a target holds weights of its own, or it is no other place.
            let own = one.model.files.iter().any(|(p, _)| !within(&one.root.join(p)));
            let twice = !seen.insert(one.path.clone());
            if !thrown && own && !twice && !within(&one.path) && !one.model.files.is_empty() {
                found.push(one);
            }
        }
        searched.cut |= limit.is_cut();
        searched.roots.push(root);
    }
    (found, searched)
}

/// Every model that lies in a trash of this user: it is as good as gone, whoever threw it away and
/// whatever the journal says.
pub(super) fn thrown(dossiers: &[Dossier], eyes: &Eyes<'_>) -> Vec<Member> {
    let world = eyes.surroundings;
    let own = format!(".Trash-{}", world.user);
    let above = dossiers.iter().flat_map(|d| d.path.ancestors().skip(1).map(|p| p.join(&own)));
    let trashes: BTreeSet<PathBuf> = world.home_trash.iter().cloned().chain(above).collect();
    let mut members = Vec::new();
    for files in trashes.iter().map(|t| t.join("files")).filter(|f| f.is_dir()) {
        let limit = Limit::new(ENTRIES, TIME, HashSet::new());
        for one in inventory::below(&files, &limit, eyes) {
            let planned = |d: &Dossier| d.trashed.as_ref().is_some_and(|t| one.path.starts_with(t));
            if dossiers.iter().any(planned) {
                continue;
            }
            // The rename into the trash was the last change of what lies there.
            let top = one.path.strip_prefix(&files).ok().and_then(|p| p.iter().next());
            let moved = top.and_then(|name| dir::stat_path(&files.join(name)).ok());
            let thrown = moved.map(|meta| meta.ctime);
            members.push(Member { thrown, ..super::member::elsewhere(&one) });
        }
    }
    members.retain(|m| m.thrown.is_some());
    members
}

/// The nearest first, so that the time is spent there; one that lies in an earlier one was seen.
fn roots(dossiers: &[Dossier], eyes: &Eyes<'_>) -> Vec<PathBuf> {
    let world = eyes.surroundings;
    let mut wanted: Vec<PathBuf> = Vec::new();
    if eyes.roots.is_empty() {
        for dossier in dossiers {
            let above: Vec<&Path> = dossier.path.ancestors().skip(1).take(2).collect();
            let above = above.into_iter().rev().filter(|p| is_root(p));
            wanted.extend(above.map(Path::to_path_buf));
        }
        let own = world.cwd.iter().chain(&world.home);
        wanted.extend(own.filter(|p| is_root(p)).cloned());
    } else {
        wanted.extend(eyes.roots.iter().cloned());
    }
    // A walk stays on its mount: what is mounted below another root is one of its own.
    let mut roots: Vec<(PathBuf, u64)> = Vec::new();
    for root in wanted.into_iter().filter_map(|p| p.canonicalize().ok()) {
        let Ok(meta) = dir::stat_path(&root) else { continue };
        if !roots.iter().any(|(r, mount)| root.starts_with(r) && *mount == meta.mount) {
            roots.push((root, meta.mount));
        }
    }
    roots.into_iter().map(|(root, _)| root).collect()
}

/// A folder of everybody's is no surroundings.
fn is_root(path: &Path) -> bool {
    let common =
        ["/", "/home", "/tmp", "/var", "/var/tmp", "/usr", "/mnt", "/media", "/run", "/proc"];
    !common.iter().any(|c| path == Path::new(c))
}

/// Why what lies there may go by itself.
pub(super) fn volatile(member: &Member, mounts: &[Mount]) -> Option<String> {
    if let Some(scratch) = SCRATCH.iter().find(|s| member.path.starts_with(s)) {
        return Some(format!("{scratch} is cleaned by itself"));
    }
    let (_, meta) = member.files.first()?;
    let mount = mounts.iter().find(|m| m.id == meta.mount)?;
    if MEMORY.contains(&mount.fs.as_str()) {
        return Some(format!("{} is kept in memory", mount.point.display()));
    }
    let mirror = MIRRORS.contains(&mount.fs.as_str());
    mirror.then(|| format!("{} may show the same files again", mount.point.display()))
}
