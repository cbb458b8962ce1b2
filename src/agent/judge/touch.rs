//! A path that a command would harm: whether something is at stake in it, or, where it is not
//! known, whether something is near.

use std::path::{Path, PathBuf};

use super::{Effect, Judge, Near, Why, glob};
use crate::agent::shell::{Part, State, Word};
use crate::look::ordinary::{Look, Stake, is_weights_name};
use crate::sys::dir;

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

/// What the name of a variable has in it whose value may be a model.
const MODELS: &[&str] = &[
    "model",
    "weight",
    "ckpt",
    "checkpoint",
    "gguf",
    "tensor",
    "lora",
    "adapter",
    "onnx",
    "shard",
    "state",
    "optim",
    "pth",
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
        if state.lost && !Path::new(&written).is_absolute() {
            // Of the directory nothing is known, of the name in it all.
            let mut whole = Word::unknown(Vec::new());
            whole.push(Part::Text("/".to_owned()));
            word.parts.iter().for_each(|part| whole.push(part.clone()));
            self.touch_unknown(state, &whole, effect);
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
        for path in paths {
            if self.denial.is_some() {
                return;
            }
            self.touch_path(path, false, effect);
        }
    }

    /// Something is done to a path; with a slash behind it to what a link leads to.
    pub(super) fn touch_path(&mut self, path: &Path, slash: bool, effect: Effect) {
        let writes = matches!(effect, Effect::Overwrite | Effect::Append | Effect::Destroy);
        let real = self.real(path, slash || writes);
        if let Some(why) = self.own_why(path, &real, effect) {
            return self.deny(why);
        }
        if dir::stat_typed(real.as_os_str()).is_err() {
            if effect == Effect::Overwrite {
                self.made.insert(path.to_path_buf());
            }
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
        let looked = self.glance.sight(&real, deep);
        let cut = matches!((&looked, effect), (Look::Cut, Effect::Remove { .. }));
        let found = match looked {
            Look::Found(sight) if !goes => match &sight.stake {
                Stake::Pinned(by) if *by != real => None,
                _ => Some(sight),
            },
            Look::Found(sight) => Some(sight),
            Look::Nothing | Look::Cut if goes && (deep || !real.is_dir()) => {
                self.glance.beside(&real)
            }
            Look::Nothing | Look::Cut => None,
        };
        match found {
            Some(sight) => self.deny(Why::Stake(effect, real, Box::new(sight))),
            // What is moved is not lost, and who removes has another way that looks at all of it.
            None if cut => self.deny(Why::Large(real)),
            None => self.holds_own(&real, deep),
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
        // One file, by a variable whose name does not speak of models.
        if let ([Part::Unset(name)], Effect::Remove { recursive: false }) =
            (&word.parts[..], effect)
            && !MODELS.iter().any(|m| name.to_lowercase().contains(m))
        {
            return;
        }
        if let Some(Part::Text(end) | Part::Glob(end)) = word.parts.last() {
            let name = end.trim_end_matches('/').rsplit('/').next().unwrap_or("");
            let whole = end.contains('/');
            let suffix = name.rsplit_once('.').map(|(_, suffix)| suffix);
            // Something may stand before it.
            let longer = format!("x{name}");
            let file = suffix.is_some_and(|s| !s.is_empty() && !s.contains(['*', '?', '[']))
                && ![name, &longer].iter().any(|name| is_weights_name(name.as_ref()));
            if file || (whole && ORDINARY.contains(&name)) {
                return;
            }
        }
        let within = word.within();
        let known = word.prefix();
        let folders = if !within.is_empty() {
            within
        } else if known.is_empty() {
            match self.near_any(state) {
                Some(near) => return self.deny(Why::Unknown(word.shown(), near)),
                None => self.around(state),
            }
        } else {
            match known.rsplit_once('/') {
                Some(("", "")) => vec![PathBuf::from("/")],
                Some((folder, "")) => state.paths(folder),
                // The folder itself, where the rest is nothing.
                _ if known.ends_with("..") || known == "." || known.ends_with("/.") => {
                    state.paths(&known)
                }
                // The rest of the name is not known, its beginning is.
                _ => {
                    let paths = state.paths(&format!("{known}*"));
                    let all: Vec<_> = paths.iter().flat_map(|p| glob::matches(p)).collect();
                    return self.touch_all(&all, effect);
                }
            }
        };
        let mut large = None;
        for folder in folders {
            match self.near(&folder) {
                Near::Found(near) => return self.deny(Why::Unknown(word.shown(), near)),
                Near::Cut(folder) => large = Some(folder),
                Near::Nothing => {}
            }
        }
        if let Some(folder) = large.filter(|_| matches!(effect, Effect::Remove { .. })) {
            self.deny(Why::Large(folder));
        }
    }

    /// What is in reach of something wholly unknown: in or around the directory that the shell is
    /// in, or in a folder of the policy.
    pub(super) fn near_any(&mut self, state: &State) -> Option<PathBuf> {
        if self.lenient {
            return None;
        }
        let folders = self.around(state);
        let near = folders.iter().find_map(|folder| self.near(folder).found());
        near.or_else(|| self.roots.iter().find(|r| dir::open_search(r).is_ok()).cloned())
    }

    /// Where the shell may be.
    fn around(&self, state: &State) -> Vec<PathBuf> {
        if state.cwds.is_empty() { vec![self.start.clone()] } else { state.cwds.clone() }
    }

    /// It cannot be told what is done: denied where something is near.
    pub(super) fn not_known(&mut self, state: &State, what: &str) {
        if let Some(near) = self.near_any(state) {
            self.deny(Why::Unknown(what.to_owned(), near));
        }
    }

    /// Files whose names are not known are written into a folder.
    pub(super) fn written_into(&mut self, folder: &Path) {
        let weights = glob::listing(folder).into_iter().filter(|n| is_weights_name(n));
        let all: Vec<PathBuf> = weights.map(|name| folder.join(name)).collect();
        self.touch_all(&all, Effect::Overwrite);
    }

    /// What is at stake in or around a folder.
    pub(super) fn near(&mut self, folder: &Path) -> Near {
        let folder = self.real(folder, true);
        if let Some(known) = self.near.get(&folder) {
            return known.clone();
        }
        let found = match self.root_of(&folder) {
            Some(root) => Near::Found(root),
            None => match self.glance.within(&folder, &|_| true) {
                Look::Found(sight) => Near::Found(sight.path),
                Look::Nothing => Near::Nothing,
                Look::Cut => Near::Cut(folder.clone()),
            },
        };
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
        let folder = self.real(folder, true);
        match self.glance.within(&folder, counts) {
            Look::Found(sight) => self.deny(Why::Stake(effect, folder, Box::new(sight))),
            Look::Cut if matches!(effect, Effect::Remove { .. }) => self.deny(Why::Large(folder)),
            Look::Nothing | Look::Cut => {}
        }
    }

    /// The folder's links resolved; the last name's as well where it is followed.
    fn real(&mut self, path: &Path, follow: bool) -> PathBuf {
        if follow && let Ok(real) = path.canonicalize() {
            return real;
        }
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return path.to_path_buf();
        };
        if !self.folders.contains_key(parent) {
            let real = parent.canonicalize().unwrap_or_else(|_| parent.to_path_buf());
            self.folders.insert(parent.to_path_buf(), real);
        }
        self.folders.get(parent).map_or_else(|| path.to_path_buf(), |folder| folder.join(name))
    }
}
