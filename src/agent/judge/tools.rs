//! What tools of agents do that are no shell: files that they write, text that they type, programs
//! that they are given.

use std::path::Path;

use super::code::scan::Language;
use super::programs::consent;
use super::{Denial, Effect, Judge, Why, code};
use crate::agent::shell::{self, Output, State, Word};
use crate::look::Eyes;

/// A file that is changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its path, as it is written.
    pub path: String,
    /// What is done to it.
    pub effect: Effect,
    /// What is put into it, where that is known.
    pub text: Option<String>,
}

/// Judges changes of files.
#[must_use]
pub fn changes(changes: &[Change], cwd: &Path, eyes: &Eyes<'_>) -> Option<Denial> {
    let mut judge = Judge::new(cwd, eyes);
    "the file tool".clone_into(&mut judge.program);
    let mut state = State::at(cwd);
    for change in changes {
        judge.change(&mut state, change);
    }
    judge.settle(&state);
    judge.denial
}

/// Judges a text that is typed into a terminal where something runs already: a shell, as far as can
/// be told.
#[must_use]
pub fn typed(text: &str, cwd: &Path, eyes: &Eyes<'_>) -> Option<Denial> {
    let mut judge = Judge::new(cwd, eyes);
    if consent::is_the_word(text) {
        "the terminal tool".clone_into(&mut judge.program);
        judge.deny(Why::Consent(consent::TYPED));
        return judge.denial;
    }
    super::command(text, cwd, eyes)
}

/// Judges a program that a tool runs.
#[must_use]
pub fn program(text: &str, node: bool, cwd: &Path, eyes: &Eyes<'_>) -> Option<Denial> {
    let mut judge = Judge::new(cwd, eyes);
    "the code tool".clone_into(&mut judge.program);
    let language = if node { Language::Node } else { Language::Python };
    // Cells of a notebook have lines for a shell.
    let shell = |line: &&str| line.trim_start().starts_with(['!', '%']);
    let state = State::at(cwd);
    for line in text.lines().filter(shell) {
        let line = line.trim_start().trim_start_matches(['!', '%']);
        shell::run(&mut judge, &mut state.clone(), line, &Output::default());
    }
    let rest: Vec<&str> = text.lines().filter(|line| !shell(line)).collect();
    code::judge(&mut judge, &state, language, &rest.join("\n"), true);
    judge.settle(&state);
    judge.denial
}

impl Judge<'_> {
    /// A file is changed by a tool.
    pub(super) fn change(&mut self, state: &mut State, change: &Change) {
        let home = self.eyes.surroundings.home.as_deref();
        let path = match (change.path.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => home.join(rest).to_string_lossy().into_owned(),
            _ => change.path.strip_prefix("file://").unwrap_or(&change.path).to_owned(),
        };
        let word = Word::text(path);
        state.write(&word, change.text.as_deref(), false);
        self.touch(state, &word, change.effect);
    }
}
