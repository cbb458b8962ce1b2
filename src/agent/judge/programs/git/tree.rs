//! The working tree of a repository: what would be thrown away of it.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::super::{Effect, Judge, glob};
use super::repository::{Repository, of_lines};
use crate::agent::shell::{State, Word};
use crate::look::ordinary::is_weights_name;

/// What becomes of what is ignored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ignored {
    Stays,
    /// It goes as well.
    Too,
    /// Nothing else goes.
    Only,
}

/// What goes of what is not tracked.
pub(super) struct Untracked {
    pub(super) ignored: Ignored,
    /// Folders go as well.
    pub(super) folders: bool,
    /// Patterns of what stays.
    pub(super) but: Vec<String>,
}

impl Judge<'_> {
    /// The repository around a path; it is read once.
    pub(super) fn repository(&mut self, path: &Path) -> Option<Rc<Repository>> {
        let folder = path.ancestors().find(|p| p.is_dir())?;
        let top = Repository::top(folder)?;
        let known = self.repositories.entry(top.clone());
        Some(Rc::clone(known.or_insert_with(|| Rc::new(Repository::at(top)))))
    }

    /// What is not tracked below these paths, or below where the shell is.
    pub(super) fn untracked(
        &mut self,
        state: &State,
        paths: &[Word],
        what: &Untracked,
        effect: Effect,
    ) {
        let here = [Word::text(".")];
        for path in places(state, if paths.is_empty() { &here } else { paths }) {
            let Some(repository) = self.repository(&path) else { continue };
            let real = path.canonicalize().unwrap_or_else(|_| path.clone());
            let but = of_lines(&repository.top, what.but.iter().map(String::as_str));
            let counts = |p: &Path| {
                let is_dir = p.is_dir();
                let goes = p.starts_with(&real) || (is_dir && real.starts_with(p));
                let tracked = !is_dir && repository.tracks(p) == Some(true);
                if !goes || tracked || but.matched_path_or_any_parents(p, is_dir).is_ignore() {
                    return false;
                }
                let ignored = repository.ignores(p, is_dir);
                if is_dir {
                    let enters =
                        what.folders || real.starts_with(p) || repository.may_track_below(p);
                    return enters && (what.ignored != Ignored::Stays || !ignored);
                }
                match what.ignored {
                    Ignored::Stays => !ignored,
                    Ignored::Too => true,
                    Ignored::Only => ignored,
                }
            };
            // A folder that is a model counts where some file of weights in it does.
            let weights = |folder: &Path| -> Vec<PathBuf> {
                let names = glob::listing(folder).into_iter();
                names.filter(|n| is_weights_name(n)).map(|n| folder.join(n)).collect()
            };
            self.touch_within(&real, effect, &|p| {
                counts(p) && {
                    let all = if p.is_dir() { weights(p) } else { Vec::new() };
                    all.is_empty() || all.iter().any(|file| counts(file))
                }
            });
        }
    }

    /// What is tracked below these paths, and would be written anew.
    pub(super) fn tracked(&mut self, state: &State, paths: &[Word]) {
        for path in places(state, paths) {
            let Ok(real) = path.canonicalize() else { continue };
            let Some(repository) = self.repository(&real) else { continue };
            // What this command has added goes with it.
            for (added, forced) in self.added.clone() {
                let Ok(added) = added.canonicalize() else { continue };
                if added.starts_with(&real) || real.starts_with(&added) {
                    let within = if added.starts_with(&real) { &added } else { &real };
                    let goes = |p: &Path| forced || !repository.ignores(p, p.is_dir());
                    self.touch_within(within, Effect::Move, &goes);
                }
            }
            if real.is_dir() {
                let counts = |p: &Path| {
                    if p.is_dir() {
                        repository.may_track_below(p)
                    } else {
                        repository.may_be_changed(p)
                    }
                };
                self.touch_within(&real, Effect::Overwrite, &counts);
            } else if repository.may_be_changed(&real) {
                self.touch_path(&real, false, Effect::Overwrite);
            }
        }
    }
}

/// The paths that pathspecs name.
pub(super) fn places(state: &State, paths: &[Word]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in paths.iter().filter_map(Word::pattern) {
        // What stays.
        if path.starts_with(":!") || path.starts_with(":^") {
            continue;
        }
        // A pathspec that begins so has a meaning of its own; all of the repository is the most.
        if path.starts_with(':') {
            found.extend(state.cwds.iter().filter_map(|cwd| Repository::top(cwd)));
        } else {
            for path in state.paths(&path) {
                let whole = path.to_string_lossy().contains(['*', '?', '[']);
                found.extend(if whole { glob::matches(&path) } else { vec![path] });
            }
        }
    }
    found
}
