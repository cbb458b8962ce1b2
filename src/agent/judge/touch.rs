//! A path that a command would harm: whether something is at stake in it, or, where it is not
//! known, whether something is near.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Effect, Judge, Why, glob, own};
use crate::agent::shell::{Part, State, Word};
use crate::look::ordinary::{self, Stake, Within};
use crate::sys::dir;

/// How long a folder is looked into.
const TIME: Duration = Duration::from_millis(25);
/// How long all matches of one word are looked into.
const ALL: Duration = Duration::from_millis(400);
/// What a name that is not known ends with, and is no model then.
const ORDINARY: &[&str] = &[
    "build",
    "dist",
    "target",
    "node_modules",
    "__pycache__",
    "tmp",
    "temp",
    "logs",
    "log",
    "out",
    ".cache",
    ".pytest_cache",
    ".venv",
    "venv",
    "coverage",
    "CMakeFiles",
    ".git",
    ".DS_Store",
];

impl Judge<'_> {
    /// Something is done to what a word names.
    pub(super) fn touch(&mut self, state: &State, word: &Word, effect: Effect) {
        if self.denial.is_some() {
            return;
        }
        if word.is_unknown() {
            return self.touch_unknown(state, word, effect);
        }
        let written = word.pattern().unwrap_or_default();
        if written.is_empty() {
            return;
        }
        if state.cwds.is_empty() && !Path::new(&written).is_absolute() {
            return self.touch_unknown(state, &Word::unknown(Vec::new()), effect);
        }
        let slash = written.ends_with('/') || written.ends_with("/.");
        for path in state.paths(&written) {
            if word.is_glob() {
                self.touch_all(&glob::matches(&path), effect);
            } else {
                self.touch_path(&path, slash, effect);
            }
        }
    }

    /// Something is done to each of these.
    pub(super) fn touch_all(&mut self, paths: &[PathBuf], effect: Effect) {
        let until = std::time::Instant::now() + ALL;
        for path in paths {
            if self.denial.is_some() || std::time::Instant::now() > until {
                return;
            }
            self.touch_path(path, false, effect);
        }
    }

    /// Something is done to a path; with a slash behind it to what a link leads to.
    pub(super) fn touch_path(&mut self, path: &Path, slash: bool, effect: Effect) {
        let writes = matches!(effect, Effect::Overwrite | Effect::Append | Effect::Destroy);
        let real = real(path, slash || writes);
        if let Some(why) = own::why(&real, self.eyes) {
            return self.deny(why);
        }
        if dir::stat_typed(real.as_os_str()).is_err() {
            return;
        }
        let goes = !matches!(effect, Effect::Overwrite | Effect::Append);
        if let Some(root) = self.root_of(&real).filter(|_| goes) {
            return self.deny(Why::Root(effect, real, root));
        }
        let deep = matches!(effect, Effect::Remove { recursive: true } | Effect::Move);
        // The end of weights is not read; a line more in a log is none of our business.
        if effect == Effect::Append {
            return;
        }
        let found = ordinary::sight(&real, deep, TIME, self.eyes);
        let found = match found {
            Some(sight) if !goes => match &sight.stake {
                Stake::Pinned(by) if *by != real => None,
                _ => Some(sight),
            },
            None if goes && (deep || !real.is_dir()) => ordinary::beside(&real, self.eyes),
            other => other,
        };
        if let Some(sight) = found {
            self.deny(Why::Stake(effect, real, Box::new(sight)));
        }
    }

    /// The folder of the policy that a path is, holds or lies in.
    fn root_of(&self, path: &Path) -> Option<PathBuf> {
        self.roots.iter().find(|r| path.starts_with(r) || r.starts_with(path)).cloned()
    }

    /// Something is done to what is not known. What is written anew may be anything; what goes is
    /// a danger where something is near that must not.
    fn touch_unknown(&mut self, state: &State, word: &Word, effect: Effect) {
        if matches!(effect, Effect::Overwrite | Effect::Append) || self.lenient {
            return;
        }
        if let Some(Part::Text(end) | Part::Glob(end)) = word.parts.last() {
            let name = end.trim_end_matches('/').rsplit('/').next().unwrap_or("");
            let whole = end.contains('/');
            let suffix = name.rsplit_once('.').map(|(_, suffix)| suffix);
            let file = suffix.is_some_and(|s| !s.is_empty() && !s.contains(['*', '?', '[']))
                && !ordinary::is_weights_name(name.as_ref());
            if file || (whole && ORDINARY.contains(&name)) {
                return;
            }
        }
        let within = word.within();
        let known = word.prefix();
        let near = if !within.is_empty() {
            within.iter().find_map(|folder| self.near(folder))
        } else if known.is_empty() {
            self.near_any(state)
        } else {
            let folders = match known.rsplit_once('/') {
                Some(("", "")) => vec![PathBuf::from("/")],
                Some((folder, "")) => state.paths(folder),
                // The rest of the name is not known, its beginning is.
                _ => {
                    let pattern = format!("{known}*");
                    let all = state
                        .paths(&pattern)
                        .iter()
                        .flat_map(|p| glob::matches(p))
                        .collect::<Vec<_>>();
                    return self.touch_all(&all, effect);
                }
            };
            folders.iter().find_map(|folder| self.near(folder))
        };
        if let Some(near) = near {
            self.deny(Why::Unknown(word.shown(), near));
        }
    }

    /// What is in reach of something wholly unknown: in or around the directory that the shell is
    /// in, or in a folder of the policy.
    pub(super) fn near_any(&mut self, state: &State) -> Option<PathBuf> {
        if self.lenient {
            return None;
        }
        let folders =
            if state.cwds.is_empty() { vec![self.start.clone()] } else { state.cwds.clone() };
        let near = folders.iter().find_map(|folder| self.near(folder));
        near.or_else(|| self.roots.iter().find(|r| dir::open_search(r).is_ok()).cloned())
    }

    /// What is at stake in or around a folder.
    pub(super) fn near(&mut self, folder: &Path) -> Option<PathBuf> {
        let folder = real(folder, true);
        if let Some(known) = self.near.get(&folder) {
            return known.clone();
        }
        let found = self.root_of(&folder).or_else(|| {
            match ordinary::within(&folder, TIME, self.eyes, &|_| true) {
                Within::Found(sight) => Some(sight.path),
                // What was seen did not look like a model.
                Within::Nothing { .. } => None,
            }
        });
        self.near.insert(folder, found.clone());
        found
    }

    /// The first thing at stake in a folder, of what counts.
    pub(super) fn touch_within(
        &mut self,
        folder: &Path,
        effect: Effect,
        counts: &dyn Fn(&Path) -> bool,
    ) {
        let folder = real(folder, true);
        if let Within::Found(sight) = ordinary::within(&folder, TIME, self.eyes, counts) {
            self.deny(Why::Stake(effect, folder, Box::new(sight)));
        }
    }
}

/// The folder's links resolved; the last name's as well where it is followed.
fn real(path: &Path, follow: bool) -> PathBuf {
    if follow && let Ok(real) = path.canonicalize() {
        return real;
    }
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => path.to_path_buf(),
    }
}
