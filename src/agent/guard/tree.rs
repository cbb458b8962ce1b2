//! What is withheld, as a tree, and its complement: Landlock only allows, so that everything beside
//! the way down to what is withheld is named, on every level.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::facts::{FileId, FileKind, Meta};
use crate::sys::mounts::Mount;
use crate::sys::{dir, errors};

/// Room for the names of a listing.
const BUFFER: usize = 1 << 18;

/// File systems in which a folder that is no mount point has one name alone, by which it is listed. On btrfs
/// one is a subvolume that is mounted elsewhere as well, others know names in other letters.
const PLAIN: &[&str] =
    &["ext2", "ext3", "ext4", "xfs", "tmpfs", "devtmpfs", "overlay", "proc", "sysfs"];

/// What is withheld.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    /// With all that is below.
    leaves: BTreeSet<PathBuf>,
    /// The folders on the way down, with the names in them that are not granted.
    held: BTreeMap<PathBuf, HashSet<OsString>>,
}

/// What lies beside the way down and is not granted all the same.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// Folders that cannot be listed: nothing in them is granted.
    pub unlisted: Vec<PathBuf>,
    /// Other names of a folder that is withheld, or on the way down.
    pub again: Vec<PathBuf>,
}

impl Tree {
    /// Of these places with all that is below, and of the entries of these folders.
    pub(super) fn of(places: &[PathBuf], folders: &[PathBuf]) -> Self {
        // By bytes: there are some hundred folders above, and comparing paths by their parts is slow.
        let all: HashSet<&OsStr> = places.iter().map(|place| place.as_os_str()).collect();
        let is_inner =
            |path: &Path| path.ancestors().skip(1).any(|above| all.contains(above.as_os_str()));
        let leaves: Vec<&PathBuf> = places.iter().filter(|place| !is_inner(place)).collect();
        let above = leaves.iter().flat_map(|leaf| leaf.ancestors().skip(1));
        let around = folders.iter().flat_map(|folder| folder.ancestors());
        let around = around.filter(|folder| !all.contains(folder.as_os_str()) && !is_inner(folder));
        let ways: HashSet<&OsStr> = above.chain(around).map(Path::as_os_str).collect();
        let mut held: BTreeMap<PathBuf, HashSet<OsString>> =
            ways.into_iter().map(|way| (PathBuf::from(way), HashSet::new())).collect();
        let leaves: BTreeSet<PathBuf> = leaves.into_iter().cloned().collect();
        let ways: Vec<PathBuf> = held.keys().chain(&leaves).cloned().collect();
        for way in ways {
            if let Some((parent, name)) = way.parent().zip(way.file_name())
                && let Some(names) = held.get_mut(parent)
            {
                names.insert(name.to_owned());
            }
        }
        Self { leaves, held }
    }

    /// Whether nothing is granted in this place: it is one that is withheld, or lies below one.
    pub(super) fn withholds(&self, path: &Path) -> bool {
        path.ancestors().any(|above| self.leaves.contains(above))
    }

    /// Whether the place lies on the way down to one that is withheld.
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.held.contains_key(path)
    }

    /// The folders on the way down.
    pub(super) fn held(&self) -> impl Iterator<Item = &Path> {
        self.held.keys().map(PathBuf::as_path)
    }

    /// What is withheld, and what is on the way down, by identity: rules are kept with that, so that
    /// granting it by another name (a bind mount, a name in other letters) would grant it by all.
    pub(super) fn ids(&self) -> HashSet<FileId> {
        let all = self.leaves.iter().chain(self.held.keys());
        all.filter_map(|path| dir::stat_path(path).ok()).map(|meta| meta.id).collect()
    }

    /// Calls `each` with every entry beside the way down, opened, and what it is. Links are passed by:
    /// what they lead to is granted, or not, in its own place; and files of several names, which may
    /// be what is withheld.
    pub(super) fn complement(
        &self,
        mounts: &[Mount],
        mut each: impl FnMut(&OwnedFd, FileKind) -> Result<()>,
    ) -> Result<Left> {
        let mut left = Left::default();
        let own = self.ids();
        let mut buffer = Vec::with_capacity(BUFFER);
        for (folder, not_granted) in &self.held {
            let opened = match dir::open_unlinked(folder) {
                Ok(opened) => opened,
                Err(error) if errors::is_missing(&error) => continue,
                Err(_) => {
                    left.unlisted.push(folder.clone());
                    continue;
                }
            };
            let beside = Beside::of(&opened, not_granted, &mut buffer);
            if !beside.is_whole {
                left.unlisted.push(folder.clone());
            }
            let on = dir::stat_fd(&opened)?.mount;
            let is_plain = mounts.iter().any(|m| m.id == on && PLAIN.contains(&m.fs.as_str()));
            let points = mounts.iter().map(|mount| &mount.point);
            let points = points.filter(|point| point.parent() == Some(folder));
            let mounted: HashSet<&OsStr> = points.filter_map(|point| point.file_name()).collect();
            for (name, kind) in beside.entries {
                // What has gone meanwhile, or may not be reached, needs no rule.
                let Ok(entry) = dir::open_entry_at(&opened, &name) else { continue };
                let is_itself = is_plain && !beside.is_aliased && !mounted.contains(as_os(&name));
                if kind == Some(FileKind::Directory) && is_itself {
                    each(&entry, FileKind::Directory)?;
                    continue;
                }
                let Meta { id, kind, nlink, .. } = dir::stat_fd(&entry)?;
                if own.contains(&id) {
                    left.again.push(folder.join(as_os(&name)));
                } else if kind != FileKind::Symlink && (kind != FileKind::File || nlink == 1) {
                    each(&entry, kind)?;
                }
            }
        }
        Ok(left)
    }
}

/// What lies in a folder beside the way down.
struct Beside {
    entries: Vec<(CString, Option<FileKind>)>,
    /// Whether a name on the way is there and not listed like that: another one in the listing means it.
    is_aliased: bool,
    /// Whether all was listed.
    is_whole: bool,
}

impl Beside {
    fn of(folder: &OwnedFd, way: &HashSet<OsString>, buffer: &mut Vec<u8>) -> Self {
        let mut entries = Vec::new();
        let mut unseen: HashSet<&OsStr> = way.iter().map(OsString::as_os_str).collect();
        let listed = dir::each_name_while(folder, buffer, |name, entry| {
            if way.contains(as_os(name)) {
                unseen.remove(as_os(name));
            } else if entry.kind != Some(FileKind::Symlink) {
                entries.push((name.to_owned(), entry.kind));
            }
            true
        });
        let is_aliased = unseen.iter().any(|name| dir::stat_name(folder, name).is_ok());
        Self { entries, is_aliased, is_whole: listed.is_ok() }
    }
}

fn as_os(name: &CStr) -> &OsStr {
    OsStr::from_bytes(name.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(all: &[&str]) -> Vec<PathBuf> {
        all.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn every_level_above_is_held_and_inner_places_need_nothing() {
        let tree = Tree::of(&paths(&["/a/b/m", "/a/b/m/in", "/a/c"]), &paths(&["/l/names"]));
        let held: Vec<_> = tree.held().collect();
        assert_eq!(held, ["/", "/a", "/a/b", "/l", "/l/names"].map(Path::new));
        assert!(tree.withholds(Path::new("/a/b/m/x/y")) && !tree.withholds(Path::new("/a/b")));
        assert!(tree.holds(Path::new("/a/b")) && !tree.holds(Path::new("/a/b/m")));
    }

    #[test]
    fn what_lies_beside_the_way_is_named_and_links_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        for folder in ["a/root/in", "a/beside", "b"] {
            std::fs::create_dir_all(top.join(folder)).unwrap();
        }
        std::fs::write(top.join("a/file"), "x").unwrap();
        std::fs::write(top.join("a/root/twice"), "x").unwrap();
        std::fs::hard_link(top.join("a/root/twice"), top.join("a/twice")).unwrap();
        std::os::unix::fs::symlink("root", top.join("a/link")).unwrap();
        let tree = Tree::of(&[top.join("a/root")], &[]);
        let mut seen = Vec::new();
        let left = tree.complement(&[], |entry, kind| {
            seen.push((dir::stat_fd(entry)?.id, kind));
            Ok(())
        });
        assert_eq!(left.unwrap().unlisted, Vec::<PathBuf>::new());
        let id = |path: &str| dir::stat_path(&top.join(path)).unwrap().id;
        for (path, kind) in [
            ("a/beside", FileKind::Directory),
            ("a/file", FileKind::File),
            ("b", FileKind::Directory),
        ] {
            assert!(seen.contains(&(id(path), kind)), "{path}");
        }
        for path in ["a", "a/root", "a/root/in", "a/root/twice", ""] {
            assert!(seen.iter().all(|(seen, _)| *seen != id(path)), "{path}");
        }
    }
}
