//! What no agent changes: what safe-rm keeps, its policy, and the settings that call this hook.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::Why;
use crate::agent::hook::ALL;
use crate::sys::env::{self, Surroundings};

/// Folders of agents in which hooks are set.
const SETTINGS: &[&str] = &[
    "settings.json",
    "settings.local.json",
    "hooks.json",
    "config.toml",
    "hooks/hooks.json",
    "hooks/safe-rm.json",
    "plugins/safe-rm.js",
    "plugin/safe-rm.js",
];
/// Their names.
const FOLDERS: &[&str] = &[
    ".claude",
    ".codex",
    ".gemini",
    ".cursor",
    ".copilot",
    ".opencode",
    "opencode",
    "hooks",
    ".github",
];
/// Files in which an agent's hooks are called, or all of them switched off: where there are none yet, a
/// new one may do that.
const SWITCHES: &[(&str, &[&str])] = &[
    (".claude", &["settings.json", "settings.local.json"]),
    (".codex", &["hooks.json", "config.toml"]),
    (".gemini", &["settings.json"]),
    (".cursor", &["hooks.json"]),
    (".copilot", &["config.json", "hooks.json"]),
];
/// How much of a settings file is read.
const READ: u64 = 1 << 20;

/// What is safe-rm's own, as it is written and with its links resolved.
pub(in crate::agent) fn places(world: &Surroundings) -> Vec<PathBuf> {
    let mut own: Vec<PathBuf> = vec!["/etc/safe-rm".into()];
    own.extend(world.state.clone());
    own.extend(world.home_trash.clone());
    own.extend(world.xdg_policy.as_ref().and_then(|p| p.parent()).map(Path::to_path_buf));
    let home = world
        .passwd_home
        .iter()
        .flat_map(|h| [".local/state/safe-rm", ".config/safe-rm"].map(|below| h.join(below)));
    own.extend(home);
    // A hook whose program is gone, or another, lets everything through.
    own.extend(env::program("safe-rm").map(|(program, _)| program));
    own.extend(env::on_path("safe-rm"));
    let real: Vec<PathBuf> = own.iter().filter_map(|p| p.canonicalize().ok()).collect();
    own.extend(real);
    own
}

/// Why a path is not changed, if so; `writes` where something would be written there.
pub(super) fn why(path: &Path, own: &[PathBuf], writes: bool) -> Option<Why> {
    // By whatever name a link to the program goes.
    let shim = path.is_symlink() && path.canonicalize().is_ok_and(|real| own.contains(&real));
    if shim || own.iter().any(|o| path.starts_with(o) || (!writes && o.starts_with(path))) {
        return Some(Why::Own(path.to_path_buf()));
    }
    let switch = || writes && is_switch(path);
    settings(path).or_else(|| switch().then(|| path.to_path_buf())).map(Why::Settings)
}

fn is_switch(path: &Path) -> bool {
    let name = |path: &Path| path.file_name().and_then(|n| n.to_str().map(str::to_owned));
    let (Some(name), Some(folder)) = (name(path), path.parent().and_then(name)) else {
        return false;
    };
    SWITCHES.iter().any(|(known, files)| *known == folder && files.contains(&name.as_str()))
}

/// The settings files that call the hook in the folders of agents below a home or a project.
pub(in crate::agent) fn calling(below: &Path) -> Vec<PathBuf> {
    let folders = FOLDERS.iter().map(|f| below.join(f)).filter(|f| f.is_dir());
    let files = folders.flat_map(|f| SETTINGS.iter().map(move |s| f.join(s)));
    files.filter(|file| calls(file)).collect()
}

/// The file in (or as) this path that calls the hook.
fn settings(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    if FOLDERS.contains(&name) {
        return SETTINGS.iter().map(|s| path.join(s)).find(|file| calls(file));
    }
    let known = SETTINGS.iter().any(|s| s.rsplit('/').next() == Some(name));
    let inside = path.ancestors().skip(1).take(3).filter_map(Path::file_name);
    let inside = inside.filter_map(|n| n.to_str()).any(|n| FOLDERS.contains(&n));
    ((known || inside) && calls(path)).then(|| path.to_path_buf())
}

fn calls(file: &Path) -> bool {
    if !file.is_file() {
        return false;
    }
    let Ok(open) = std::fs::File::open(file) else { return false };
    let mut text = Vec::new();
    let read = open.take(READ).read_to_end(&mut text).is_ok();
    let text = String::from_utf8_lossy(&text);
    // The program's path may be quoted, and its name be a longer one.
    read && text.contains("safe-rm")
        && ALL.iter().any(|agent| text.contains(&format!("hook {}", agent.name())))
}
