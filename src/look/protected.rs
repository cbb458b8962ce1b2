//! Paths that never go, whatever lies in them.

use std::path::{Path, PathBuf};

use super::Eyes;
use crate::facts::Meta;
use crate::sys::env::Surroundings;

/// Trees of the system: these and everything in them.
const SYSTEM: &[&str] = &[
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/sbin", "/sys", "/usr",
];
/// Directories that must stay, though what lies in them may go.
const KEPT: &[&str] = &[
    "/home", "/media", "/mnt", "/opt", "/root", "/run", "/srv", "/tmp", "/var", "/var/lib",
    "/var/tmp",
];

/// Why this target must never go, if so.
pub(super) fn why(path: &Path, meta: &Meta, eyes: &Eyes<'_>) -> Option<String> {
    let world = eyes.surroundings;
    if path == Path::new("/") {
        return Some("it is the root of the file system".to_owned());
    }
    if meta.mount_root {
        return Some("it is a mount point".to_owned());
    }
    if let Some(system) = SYSTEM.iter().find(|s| path.starts_with(s)) {
        return Some(format!("it is or lies in the system directory {system}"));
    }
    if KEPT.iter().any(|k| Path::new(k).starts_with(path)) {
        return Some("it is a system directory".to_owned());
    }
    if world.cwd.as_ref().is_some_and(|cwd| cwd.starts_with(path)) {
        return Some("it is the working directory or holds it".to_owned());
    }
    let homes = world.homes.iter().chain(&world.home).chain(&world.passwd_home);
    if let Some(home) = resolved(homes).find(|h| h.starts_with(path)) {
        return Some(format!("it is or holds the home directory {}", home.display()));
    }
    if let Some(own) =
        resolved(own(world).iter()).find(|o| o.starts_with(path) || path.starts_with(o))
    {
        return Some(format!("it is, holds or lies in safe-rm's own {}", own.display()));
    }
    if is_in_trash(path) {
        return Some("it is or lies in a trash".to_owned());
    }
    let listed = resolved(eyes.protect.iter());
    let mut listed = listed.filter(|p| p.starts_with(path) || path.starts_with(p));
    listed.next().map(|p| format!("the policy protects {}", p.display()))
}

/// The directories of the system.
pub(super) fn system() -> impl Iterator<Item = &'static str> {
    SYSTEM.iter().chain(KEPT).copied()
}

/// What this program keeps: where variables point, and where the passwd entry's home has it.
pub(super) fn own(world: &Surroundings) -> Vec<PathBuf> {
    let set = world.state.iter().chain(&world.home_trash).chain(&world.xdg_policy).cloned();
    let fixed = [".local/state/safe-rm", ".local/share/Trash", ".config/safe-rm"];
    let homes = world.passwd_home.iter().flat_map(|h| fixed.iter().map(|f| h.join(f)));
    set.chain(homes).collect()
}

/// Whether a path is a trash or lies in one.
pub(super) fn is_in_trash(path: &Path) -> bool {
    path.components().any(|c| is_trash(&c.as_os_str().to_string_lossy()))
}

fn is_trash(name: &str) -> bool {
    name == ".Trash" || name.starts_with(".Trash-") || name.starts_with(".safe-rm-trash-")
}

/// Each path as it is, and with its links resolved: a link on the way is what leads there.
pub(super) fn resolved<'a>(
    paths: impl Iterator<Item = &'a PathBuf>,
) -> impl Iterator<Item = PathBuf> {
    paths.flat_map(|p| {
        let real = p.canonicalize().ok().filter(|real| real != p);
        std::iter::once(p.clone()).chain(real)
    })
}
