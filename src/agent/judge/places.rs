//! The paths that a word may mean, and the texts that it may be.

use std::path::{Path, PathBuf};

use super::{Judge, glob};
use crate::agent::shell::{Part, State, Word};

/// So many are looked at.
const PATHS: usize = 256;
/// So many texts are made of one.
const TEXTS: usize = 16;

impl Judge<'_> {
    /// The absolute paths: what its patterns match, or, where they match nothing, the pattern itself.
    /// Nothing where it is not known.
    pub(super) fn places(&self, state: &State, word: &Word) -> Vec<PathBuf> {
        let Some(written) = word.pattern() else { return Vec::new() };
        let paths = state.paths(&written);
        if !word.is_glob() {
            return paths;
        }
        let found: Vec<PathBuf> = paths.iter().flat_map(|p| glob::matches(p)).take(PATHS).collect();
        if found.is_empty() { paths } else { found }
    }

    /// Goes to a directory, as a program does that is told to: it is one, or nothing happens.
    pub(super) fn enter(&self, state: &mut State, to: &Word) {
        if let Some(path) = to.literal() {
            return state.go(&path, |_| true);
        }
        let within = to.within();
        state.lost = to.is_unknown() && within.is_empty();
        state.cwds = if to.is_unknown() { within } else { self.places(state, to) };
    }

    /// The texts that a word may be, with what its patterns match in their place: the value of a
    /// loop over files is such a pattern. Nothing where it is not known.
    pub(super) fn texts(&self, state: &State, word: &Word) -> Option<Vec<String>> {
        let mut made = vec![String::new()];
        for part in &word.parts {
            let choices = match part {
                Part::Text(text) => vec![text.clone()],
                Part::Glob(pattern) if pattern.starts_with("[0-9]") || pattern == "*" => {
                    vec![pattern.clone()]
                }
                Part::Glob(pattern) => matched(state, pattern),
                Part::Unknown(_) | Part::Unset(_) => return None,
            };
            let both = made.iter().flat_map(|m| choices.iter().map(move |c| format!("{m}{c}")));
            made = both.take(TEXTS).collect();
        }
        Some(made)
    }
}

/// What a pattern matches, as it is written; the pattern where that is nothing.
fn matched(state: &State, pattern: &str) -> Vec<String> {
    let mut all = Vec::new();
    if Path::new(pattern).is_absolute() {
        all.extend(glob::matches(Path::new(pattern)));
    } else {
        for cwd in &state.cwds {
            let found = glob::matches(&cwd.join(pattern));
            all.extend(found.iter().filter_map(|p| p.strip_prefix(cwd).ok()).map(PathBuf::from));
        }
    }
    let all: Vec<String> =
        all.iter().take(TEXTS).map(|p| p.to_string_lossy().into_owned()).collect();
    if all.is_empty() { vec![pattern.to_owned()] } else { all }
}
