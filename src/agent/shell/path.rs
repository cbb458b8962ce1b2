//! Paths as a shell has them: without `.` and `..`, and those of a container.

use std::path::{Component, Path, PathBuf};

/// Where the folders of a container lie that are none of here.
const NOWHERE: &str = "/nowhere/in/a/container";

/// What a path of a container is here. A directory that the shell went to is one of here already.
pub(super) fn in_container(
    lent: &[(PathBuf, PathBuf)],
    cwd: &Path,
    written: &str,
    path: &Path,
) -> PathBuf {
    if !Path::new(written).is_absolute() && cwd != Path::new("/") {
        return path.to_path_buf();
    }
    let around = lent.iter().filter(|(there, _)| path.starts_with(there));
    let (there, here) = match around.max_by_key(|(there, _)| there.as_os_str().len()) {
        Some((there, here)) => (there.as_path(), here.as_path()),
        None => (Path::new("/"), Path::new(NOWHERE)),
    };
    clean(&here.join(path.strip_prefix(there).unwrap_or(path)))
}

/// Without `.`, and without `..` where what stands before it is no link.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut made = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                let linked = made.symlink_metadata().is_ok_and(|m| m.is_symlink());
                if linked {
                    made = made.canonicalize().unwrap_or(made);
                }
                made.pop();
            }
            other => made.push(other),
        }
    }
    made
}

/// Without `.` and `..`, by the names alone.
pub(super) fn lexical(path: &Path) -> PathBuf {
    let mut made = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                made.pop();
            }
            other => made.push(other),
        }
    }
    made
}
