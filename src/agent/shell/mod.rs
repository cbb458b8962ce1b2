//! A shell command, read with a real grammar and run without running anything: variables, loops,
//! functions, substitutions and directories are followed as far as they are written there, and each
//! command is given to the [`Host`] with its words.

mod ast;
mod braces;
mod builtins;
mod documents;
mod escapes;
mod expand;
mod generators;
mod loops;
mod parse;
mod path;
mod state;
mod walk;
mod word;

use std::path::PathBuf;

pub(super) use escapes::decoded;
pub(super) use parse::Unreadable;
pub(super) use state::{DEEPEST, State, Written};
pub(super) use walk::program;
pub(super) use word::{Part, Word, bare};

/// One command with its words.
#[derive(Debug)]
pub(super) struct Call<'a> {
    /// Its words, the program first.
    pub words: Vec<Word>,
    /// What it is given to read.
    pub stdin: &'a Output,
    /// Variables that are set for it alone.
    pub env: Vec<(String, Vec<Word>)>,
}

/// What a command writes, or is given to read.
#[derive(Clone, Debug, Default)]
pub(super) struct Output {
    /// There is some: of a pipe, a file, a text.
    pub fed: bool,
    /// All of it.
    pub text: Option<String>,
    /// Its lines, where these are known and the text is not.
    pub lines: Option<Vec<Word>>,
    /// Folders in which what it names lies.
    pub within: Vec<PathBuf>,
}

impl Output {
    /// Of this text.
    pub(super) fn of(text: String) -> Self {
        Self { fed: true, text: Some(text), ..Self::default() }
    }

    /// Of these lines.
    pub(super) fn lines(lines: Vec<Word>) -> Self {
        Self { fed: true, lines: Some(lines), ..Self::default() }
    }

    /// Of something that is not known.
    pub(super) fn unknown(within: Vec<PathBuf>) -> Self {
        Self { fed: true, within, ..Self::default() }
    }

    /// Its lines as words; nothing where they are not known.
    pub(super) fn words(&self) -> Option<Vec<Word>> {
        match (&self.lines, &self.text) {
            (Some(lines), _) => Some(lines.clone()),
            (None, Some(text)) => {
                let lines = text.split(['\n', '\0']).filter(|line| !line.is_empty());
                Some(lines.map(Word::text).collect())
            }
            (None, None) => None,
        }
    }

    /// All of it as one text, where it is known.
    pub(super) fn joined(&self) -> Option<String> {
        self.text.clone().or_else(|| {
            let lines = self.lines.as_ref()?;
            let texts: Option<Vec<String>> = lines.iter().map(Word::literal).collect();
            texts.map(|all| all.join("\n"))
        })
    }
}

/// Who is told what a program would do.
pub(super) trait Host {
    /// A command runs; what it writes.
    fn call(&mut self, state: &mut State, call: Call<'_>) -> Output;
    /// A file is opened for writing, at its end or from its beginning.
    fn write(&mut self, state: &State, target: &Word, append: bool);
    /// A file is read.
    fn read(&mut self, state: &State, source: &Word) -> Output;
    /// A text cannot be read as a program.
    fn unreadable(&mut self, state: &State, text: &Unreadable);
    /// A text is run that is not known.
    fn unknown_text(&mut self, state: &State);
    /// Something is nested deeper than it is followed.
    fn too_deep(&mut self);
    /// The directories that a pattern matches.
    fn directories(&self, pattern: &std::path::Path) -> Vec<PathBuf>;
    /// Whether there is time for more.
    fn goes_on(&mut self) -> bool;
    /// The value of a variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;
    /// Whether this is a directory.
    fn is_directory(&self, path: &std::path::Path) -> bool;
}

/// Runs a text as a shell would.
pub(super) fn run(host: &mut dyn Host, state: &mut State, text: &str, stdin: &Output) -> Output {
    let (node, unreadable) = parse::parse(text);
    let out = walk::run(host, state, &node, stdin);
    let Some(unreadable) = unreadable else { return out };
    host.unreadable(state, &unreadable);
    Output::unknown(Vec::new())
}

/// Runs what a shell was told to run at its end.
pub(super) fn end(host: &mut dyn Host, state: &mut State) {
    state.ended = false;
    for text in std::mem::take(&mut state.traps) {
        walk::deeper(host, state, |host, state| run(host, state, &text, &Output::default()));
    }
}
