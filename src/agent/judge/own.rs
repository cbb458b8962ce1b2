//! What no agent changes: what safe-rm keeps, its policy, and the settings that call this hook.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Effect, Judge, Why};
use crate::agent::hook::ALL;
use crate::agent::shell::{State, Written};
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
/// Where hooks are set, or switched off.
const WRITTEN: &[&str] = &[
    ".claude/settings.json",
    ".claude/settings.local.json",
    "claude-code/managed-settings.json",
    ".codex/hooks.json",
    ".codex/config.toml",
    ".gemini/settings.json",
    ".cursor/hooks.json",
    ".copilot/config.json",
    ".copilot/settings.json",
    ".github/copilot/settings.json",
    ".github/copilot/settings.local.json",
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
    own.extend(env::program("safe-rm").ok().map(|(running, _)| running));
    own.extend(env::all_on_path("safe-rm"));
    let shims = env::all_on_path("rm").into_iter();
    own.extend(shims.filter(|rm| rm.canonicalize().is_ok_and(|to| to.ends_with("safe-rm"))));
    let shim = |h: &PathBuf| h.join(".local/bin/safe-rm");
    own.extend(world.passwd_home.iter().map(shim));
    let real: Vec<PathBuf> = own.iter().filter_map(|p| p.canonicalize().ok()).collect();
    own.extend(real);
    own
}

impl Judge<'_> {
    /// Why a path is not changed, if so; settings that are written are judged by [`Judge::settle`].
    pub(super) fn own_why(&mut self, path: &Path, real: &Path, effect: Effect) -> Option<Why> {
        // By whatever name a link to the program goes.
        let shim =
            || real.is_symlink() && real.canonicalize().is_ok_and(|to| self.own.contains(&to));
        if self.own.iter().any(|o| real.starts_with(o)) || shim() {
            return Some(Why::Own(real.to_path_buf()));
        }
        let text = real.to_str().unwrap_or("");
        let console = text
            .strip_prefix("/dev/tty")
            .is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
        if console || text.starts_with("/dev/pts/") {
            return Some(Why::Consent("it writes to the terminal of a person"));
        }
        if let Some(file) = settings(real) {
            return Some(Why::Settings(file));
        }
        // Those of another project than the one that is worked in rule nothing here.
        let home = self.eyes.surroundings.home.as_deref();
        let rules = |p: &Path| {
            settings_of(p).is_some_and(|of| {
                self.start.starts_with(of) || Some(of) == home || of.starts_with("/etc")
            })
        };
        let writes = matches!(effect, Effect::Overwrite | Effect::Append);
        if writes && (rules(real) || rules(path)) {
            self.settings.push(path.to_path_buf());
        }
        None
    }

    /// What is removed or moved with all in it, and has something of safe-rm's own in it.
    pub(super) fn holds_own(&mut self, path: &Path, deep: bool) {
        let inside = |o: &&PathBuf| o.starts_with(path) && o.symlink_metadata().is_ok();
        if deep && let Some(own) = self.own.iter().find(inside).cloned() {
            self.deny(Why::Own(own));
        }
    }

    /// Settings that were written: what is put into them must be known, and must not be of hooks.
    pub(super) fn settle(&mut self, state: &State) {
        for path in std::mem::take(&mut self.settings) {
            let text = match state.written.get(&path) {
                Some(Written::Text(text) | Written::More(text)) => Some(text.to_lowercase()),
                _ => None,
            };
            if text.is_none_or(|text| text.contains("hook")) {
                self.deny(Why::Settings(path));
            }
        }
    }
}

/// The folder whose settings it is, where it is a file in which an agent is told of hooks.
fn settings_of(path: &Path) -> Option<&Path> {
    let end = WRITTEN.iter().find(|end| path.ends_with(end))?;
    path.ancestors().nth(Path::new(end).components().count())
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
