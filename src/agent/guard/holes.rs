//! Other ways to what is protected: a bind mount, a file system mounted twice, the layers of an
//! overlay, a folder mirrored by FUSE, the image that a disk lies in. Landlock judges by the place
//! through which a file is reached.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::Place;
use super::places::could_change;
use super::tree::Tree;
use crate::sys::dir;
use crate::sys::errors;
use crate::sys::mounts::Mount;

/// File systems that show folders of another one again, under the same names.
const MIRRORS: &[&str] = &["fuse.bindfs", "fuse.mergerfs", "fuse.unionfs", "ecryptfs"];
/// Those of them that name several, parted by colons.
const MERGED: &[&str] = &["fuse.mergerfs", "fuse.unionfs"];

/// What is granted.
pub(super) struct Granted<'a> {
    /// Removing: beside what this withholds.
    pub removing: &'a Tree,
    /// Writing as well: beside what this withholds.
    pub writing: &'a Tree,
    /// Both, in these folders.
    pub allowed: &'a [PathBuf],
    /// To this user.
    pub user: u32,
}

/// Why no guard would hold, with the way out, each once.
#[derive(Default)]
struct Found(Vec<(String, String)>);

impl Found {
    fn add(&mut self, text: String, hint: String) {
        if self.0.iter().all(|(known, _)| *known != text) {
            self.0.push((text, hint));
        }
    }

    fn hole(&mut self, protected: &Path, seen: &Path, how: &str) {
        let (protected, seen) = (protected.display(), seen.display());
        self.add(
            format!("`{protected}` can be reached as `{seen}` as well: {how}"),
            format!("unmount it, or protect both: `--protect {seen}`"),
        );
    }
}

/// All ways to these places from where something is granted, and what leaves open whether there is one.
pub(super) fn holes(
    places: &[Place],
    with: &Granted<'_>,
    mounts: &[Mount],
) -> Vec<(String, String)> {
    let mut found = Found::default();
    let made: Vec<(&Mount, Made)> = mounts.iter().map(|mount| (mount, Made::of(mount))).collect();
    let granted = |path: &Path| with.allowed.iter().any(|folder| path.starts_with(folder));
    for Place { path: place, read_only, .. } in places.iter().filter(|place| place.there) {
        // What is protected from removing alone lets through what writes.
        let tree = if *read_only { with.writing } else { with.removing };
        let is_open = |seen: &Path| !tree.withholds(seen) || granted(seen);
        let own = dir::stat_path(place).ok().map(|meta| meta.mount);
        let Some(shown) = own.and_then(|own| shows(place, own, &granted, mounts)) else {
            let text = format!("the mount on which `{}` lies is not listed", place.display());
            let hint = "where the mount of `/` is not told, as in a chroot, other ways cannot be seen: \
                        start the guard outside of it";
            // One such line says it for all that lies there.
            if found.0.iter().all(|(_, known)| known != hint) {
                found.add(text, hint.to_owned());
            }
            continue;
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
                    && is_open(&seen)
                {
                    found.hole(place, &seen, "the same folder is mounted there");
                }
            }
        }
        for (mount, made) in &made {
            let rest = if own == Some(mount.id) { below(mount, place) } else { None };
            if let Some(rest) = &rest {
                for image in &made.images {
                    if is_open(image) && could_change(image, with.user, &mut HashMap::new()) {
                        let (place, image) = (place.display(), image.display());
                        found.add(
                            format!(
                                "`{place}` lies in `{image}`, which can be removed and written"
                            ),
                            format!("protect that as well: `--read-only {image}`"),
                        );
                    }
                }
                for (seen, how) in made.beneath(mount, rest) {
                    if dir::stat_path(&seen).is_ok() && is_open(&seen) {
                        found.hole(place, &seen, how);
                    }
                }
            }
            for (folder, same_names, how) in &made.written_to {
                let seen = if folder.starts_with(place) {
                    mount.point.clone()
                } else if let Ok(rest) = place.strip_prefix(folder) {
                    joined(&mount.point, if *same_names { rest } else { Path::new("") })
                } else {
                    continue;
                };
                if is_open(&seen) {
                    found.hole(place, &seen, how);
                }
            }
            // What lies in it may lie where deleting is granted; what is written to it may go to the place.
            let may_go_to = mount.upper.is_some() || MERGED.contains(&mount.fs.as_str());
            let concerned = rest.is_some() || (may_go_to && !tree.withholds(&mount.point));
            if concerned && made.is_vague {
                found.add(
                    format!("which folders `{}` shows is not told in full", mount.point.display()),
                    format!("mount it ({}) with their whole paths", mount.fs),
                );
            }
        }
    }
    found.0
}

/// What is shown at a place, as folders of file systems: of its own, and of those mounted in it where
/// nothing is granted; each with where that is. None where its own mount is not listed.
fn shows(
    place: &Path,
    own: u64,
    granted: &dyn Fn(&Path) -> bool,
    mounts: &[Mount],
) -> Option<Vec<(String, PathBuf, PathBuf)>> {
    let mount = mounts.iter().find(|m| m.id == own)?;
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

/// Where a place lies in what a mount shows, if no other mount is between.
fn below(mount: &Mount, place: &Path) -> Option<PathBuf> {
    let rest = place.strip_prefix(&mount.point).ok()?;
    Some(joined(mount.root.strip_prefix("/").unwrap_or(&mount.root), rest))
}

/// What a mount is made of.
struct Made {
    /// The files in which its disk lies, those that are there.
    images: Vec<PathBuf>,
    /// The folders that it shows again, or keeps its files in, and whether under the same names.
    sources: Vec<(PathBuf, bool)>,
    /// Folders in which something is changed when it is changed in the mount, and whether under the same name.
    written_to: Vec<(PathBuf, bool, &'static str)>,
    /// Whether it names what it is made of by paths that begin somewhere unknown.
    is_vague: bool,
}

impl Made {
    fn of(mount: &Mount) -> Self {
        let sources = sources(mount);
        let images = mount.images().into_iter().filter(|image| dir::stat_path(image).is_ok());
        let written_to = written_to(mount, &sources);
        Self { images: images.collect(), written_to, is_vague: is_vague(mount), sources }
    }

    /// Where something of the mount lies as well.
    fn beneath(&self, mount: &Mount, rest: &Path) -> Vec<(PathBuf, &'static str)> {
        let layers = mount.upper.iter().chain(&mount.lower).filter(|layer| layer.is_absolute());
        let layers = layers.map(|layer| (joined(layer, rest), "it is a layer of the overlay"));
        let mirrored = self.sources.iter().map(|(folder, same_names)| {
            let seen = joined(folder, if *same_names { rest } else { Path::new("") });
            (seen, "it is shown from there")
        });
        layers.chain(mirrored).collect()
    }
}

fn written_to(mount: &Mount, sources: &[(PathBuf, bool)]) -> Vec<(PathBuf, bool, &'static str)> {
    let upper = mount.upper.iter().filter(|upper| upper.is_absolute());
    let how = "what is removed there is removed in this layer of it";
    let upper = upper.map(|upper| (upper.clone(), true, how));
    let mirrored = sources.iter();
    let mirrored = mirrored.map(|(folder, same)| (folder.clone(), *same, "it is mirrored there"));
    upper.chain(mirrored).collect()
}

/// The folders that a mount shows again, or keeps its files in, and whether under the same names: by FUSE any
/// folder that it names as its source is one.
fn sources(mount: &Mount) -> Vec<(PathBuf, bool)> {
    let same_names = MIRRORS.contains(&mount.fs.as_str());
    if !same_names && !mount.fs.starts_with("fuse.") {
        return Vec::new();
    }
    let folders = parts(mount).into_iter().filter(|folder| folder.is_absolute());
    folders.filter(|folder| folder.is_dir()).map(|folder| (folder, same_names)).collect()
}

/// The source of a mount, by parts where it has several: `/a=RW:/b`.
fn parts(mount: &Mount) -> Vec<PathBuf> {
    let source = mount.source.to_string_lossy();
    if !MERGED.contains(&mount.fs.as_str()) {
        return vec![mount.source.clone()];
    }
    // `=RW` and its like say how it is used; anything else is a part of the name.
    let modes = ["=RW", "=RO", "=NC"];
    let named = |part: &str| {
        let mode =
            part.rfind('=').filter(|at| modes.iter().any(|mode| part[*at..].starts_with(mode)));
        PathBuf::from(mode.map_or(part, |at| &part[..at]))
    };
    source.split(':').map(named).collect()
}

/// Whether a mount names what it is made of by paths that begin somewhere unknown. What a container's `/` is
/// made of lies outside of all that can be seen in it.
fn is_vague(mount: &Mount) -> bool {
    let layers = mount.upper.iter().chain(&mount.lower).any(|layer| !layer.is_absolute());
    let merged = MERGED.contains(&mount.fs.as_str());
    let parts = merged && parts(mount).iter().any(|part| !part.is_absolute());
    (layers && mount.point != Path::new("/")) || parts
}
