//! Other ways to what is protected: a bind mount, a file system mounted twice, the layers of an
//! overlay, a folder mirrored by FUSE. Landlock judges by the place through which a file is reached.

use std::path::{Path, PathBuf};

use super::Place;
use super::tree::Tree;
use crate::sys::dir;
use crate::sys::errors;
use crate::sys::mounts::Mount;

/// File systems that show a folder of another one again, and name it as their source.
const MIRRORS: &[&str] = &["fuse.bindfs", "fuse.mergerfs", "fuse.unionfs", "ecryptfs"];

/// A way round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hole {
    /// What is protected.
    pub protected: PathBuf,
    /// Where it, or a part of it, is seen as well.
    pub seen: PathBuf,
    /// Why that is so.
    pub how: &'static str,
}

/// What is granted.
pub(super) struct Granted<'a> {
    /// Removing: beside what this withholds.
    pub removing: &'a Tree,
    /// Writing as well: beside what this withholds.
    pub writing: &'a Tree,
    /// Both, in these folders.
    pub allowed: &'a [PathBuf],
}

/// All that lead to these places from where something is granted, and the places of which that cannot be
/// told, since their mount is not listed: in a chroot, that of the root.
pub(super) fn holes(
    places: &[Place],
    with: &Granted<'_>,
    mounts: &[Mount],
) -> (Vec<Hole>, Vec<PathBuf>) {
    let (mut holes, mut unknown) = (Vec::new(), Vec::new());
    let granted = |path: &Path| with.allowed.iter().any(|folder| path.starts_with(folder));
    for Place { path: place, read_only, .. } in places.iter().filter(|place| place.there) {
        // What is protected from removing alone lets through what writes.
        let tree = if *read_only { with.writing } else { with.removing };
        let Some(shown) = shows(place, &granted, mounts) else {
            unknown.push(place.clone());
            continue;
        };
        let mut hole = |seen: PathBuf, how| {
            let hole = Hole { protected: place.clone(), seen, how };
            let open = !tree.withholds(&hole.seen) || granted(&hole.seen);
            if open && !holes.contains(&hole) {
                holes.push(hole);
            }
        };
        for (device, shown, at) in shown {
            for mount in mounts.iter().filter(|m| m.device == device) {
                // A part of what is granted, seen where it is granted as well.
                let part = mount.root.strip_prefix(&shown).ok();
                if part.is_some_and(|part| granted(&joined(&at, part))) {
                    continue;
                }
                if let Some(seen) = seen_at(mount, &shown)
                    && is_reached(&seen, mount)
                {
                    hole(seen, "the same folder is mounted there");
                }
            }
        }
        for mount in mounts {
            if let Some(rest) = below(mount, place) {
                for layer in mount.upper.iter().chain(&mount.lower) {
                    let seen = joined(layer, &rest);
                    if dir::stat_path(&seen).is_ok() {
                        hole(seen, "it is a layer of the overlay");
                    }
                }
            }
            let mirrored = MIRRORS.contains(&mount.fs.as_str()).then_some(&mount.source);
            for (written, how) in [
                (mount.upper.as_ref(), "what is removed there is removed in this layer of it"),
                (mirrored, "it is mirrored there"),
            ] {
                let Some(written) = written.filter(|w| w.is_absolute()) else { continue };
                if written.starts_with(place) {
                    hole(mount.point.clone(), how);
                } else if let Ok(rest) = place.strip_prefix(written) {
                    hole(joined(&mount.point, rest), how);
                }
            }
        }
    }
    (holes, unknown)
}

/// What is shown at a place, as folders of file systems: of its own, and of those mounted in it where
/// nothing is granted; each with where that is. None where its own mount is not listed.
fn shows(
    place: &Path,
    granted: &dyn Fn(&Path) -> bool,
    mounts: &[Mount],
) -> Option<Vec<(String, PathBuf, PathBuf)>> {
    let meta = dir::stat_path(place).ok()?;
    let mount = mounts.iter().find(|m| m.id == meta.mount)?;
    let rest = place.strip_prefix(&mount.point).ok()?;
    let mut shown = vec![(mount.device.clone(), joined(&mount.root, rest), place.to_path_buf())];
    let inside = mounts.iter().filter(|m| m.point.starts_with(place) && m.point != place);
    let inside = inside.filter(|m| !granted(&m.point));
    shown.extend(inside.map(|m| (m.device.clone(), m.root.clone(), m.point.clone())));
    Some(shown)
}

/// Without the slash that joining nothing would leave.
fn joined(folder: &Path, rest: &Path) -> PathBuf {
    if rest.as_os_str().is_empty() { folder.to_path_buf() } else { folder.join(rest) }
}

/// Where a mount shows a folder of its file system, or a part of it.
fn seen_at(mount: &Mount, folder: &Path) -> Option<PathBuf> {
    if mount.root.starts_with(folder) {
        return Some(mount.point.clone());
    }
    folder.strip_prefix(&mount.root).ok().map(|rest| joined(&mount.point, rest))
}

/// Whether the mount is what a path leads to: another one may lie over it, or the folder be gone.
/// What may not be looked at is taken for reached.
fn is_reached(seen: &Path, mount: &Mount) -> bool {
    match dir::stat_path(seen) {
        Ok(meta) => meta.mount == mount.id,
        Err(error) => !errors::is_missing(&error),
    }
}

/// The rest of a place below an overlay that shows it.
fn below(mount: &Mount, place: &Path) -> Option<PathBuf> {
    if mount.upper.is_none() && mount.lower.is_empty() {
        return None;
    }
    let is_its = dir::stat_path(place).is_ok_and(|meta| meta.mount == mount.id);
    let rest = place.strip_prefix(&mount.point).ok().filter(|_| is_its)?;
    Some(joined(mount.root.strip_prefix("/").unwrap_or(&mount.root), rest))
}
