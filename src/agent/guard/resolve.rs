//! Where a path really leads, and which folders hold the links that lead there.

use std::collections::{HashMap, VecDeque};
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::facts::FileKind;
use crate::sys::{dir, errors};

/// As many links as the kernel follows.
const LINKS: usize = 40;

/// A path without links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resolved {
    /// Where it is, or would be.
    pub real: PathBuf,
    /// The folders in which a link on the way lies.
    pub links: Vec<PathBuf>,
    /// Whether it is there.
    pub there: bool,
}

/// What was found of the parts of paths: most places lie in the same few folders.
pub(super) type Known = HashMap<PathBuf, FileKind>;

/// Resolves an absolute path.
///
/// # Errors
/// Where a part of it may not be looked at, or links go round.
pub(super) fn resolve(path: &Path, known: &mut Known) -> io::Result<Resolved> {
    let mut left: VecDeque<OsString> = parts(path);
    let (mut real, mut links, mut there) = (PathBuf::from("/"), Vec::new(), true);
    while let Some(name) = left.pop_front() {
        if name == ".." {
            real.pop();
            continue;
        }
        let next = real.join(&name);
        if !there || known.get(&next) == Some(&FileKind::Directory) {
            real = next;
            continue;
        }
        let kind = match dir::stat_typed(next.as_os_str()) {
            Ok(meta) => meta.kind,
            Err(error) if errors::is_missing(&error) => {
                there = false;
                FileKind::File
            }
            Err(error) => return Err(error),
        };
        if kind != FileKind::Symlink {
            if kind == FileKind::Directory {
                known.insert(next.clone(), kind);
            }
            real = next;
            continue;
        }
        if links.len() == LINKS {
            return Err(io::Error::other("too many links lead on from there"));
        }
        let target = next.read_link()?;
        links.push(real.clone());
        for part in parts(&target).into_iter().rev() {
            left.push_front(part);
        }
        if target.is_absolute() {
            real = PathBuf::from("/");
        }
    }
    Ok(Resolved { real, links, there })
}

fn parts(path: &Path) -> VecDeque<OsString> {
    let wanted = |part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    };
    path.components().filter_map(wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_and_their_folders_kept() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(top.join("real/in")).unwrap();
        std::fs::create_dir(top.join("names")).unwrap();
        std::os::unix::fs::symlink("../real", top.join("names/link")).unwrap();
        let found = resolve(&top.join("names/link/in"), &mut Known::new()).unwrap();
        assert_eq!(found.real, top.join("real/in"));
        assert_eq!((found.links, found.there), (vec![top.join("names")], true));
        let missing = resolve(&top.join("names/link/later/x"), &mut Known::new()).unwrap();
        assert_eq!((missing.real, missing.there), (top.join("real/later/x"), false));
        std::os::unix::fs::symlink("round", top.join("round")).unwrap();
        assert!(resolve(&top.join("round"), &mut Known::new()).is_err());
    }
}
