//! What a command would do to models: each program's operands are found by the table of programs,
//! and each path is looked at. The first thing that must not go denies the whole command.

mod args;
mod code;
mod glob;
pub(in crate::agent) mod own;
mod places;
pub mod programs;
mod tools;
mod touch;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

pub(in crate::agent) use programs::{patch_files, powershell};
pub use tools::{Change, changes, program, typed};

use super::shell::{self, Call, Host, Output, State, Unreadable, Word};
use crate::look::Eyes;
use crate::look::ordinary::{Glance, Sight};
use crate::sys::{dir, env};

/// So many commands are judged; loops and functions make more of few.
const STEPS: u32 = 20_000;

/// How long paths are looked at, all of them together. What is at stake is found sooner than that;
/// it takes longest where nothing is.
const LOOKS: Duration = Duration::from_millis(300);

/// What would be done to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is removed, with all in it or without.
    Remove {
        /// With all in it.
        recursive: bool,
    },
    /// It is taken from its place.
    Move,
    /// Its bytes go, though its name stays.
    Destroy,
    /// Something else is written in its place.
    Overwrite,
    /// Something is written at its end.
    Append,
}

/// Why a call is denied.
#[derive(Debug)]
pub enum Why {
    /// It would harm this path, in which this was seen.
    Stake(Effect, PathBuf, Box<Sight>),
    /// It would harm what lies in a protected folder, or holds one.
    Root(Effect, PathBuf, PathBuf),
    /// It can't be told what it would harm, and something is near: the words, what is near.
    Unknown(String, PathBuf),
    /// It would remove this, or something in it, and there was no time to look at all of it.
    Large(PathBuf),
    /// It is by its nature a deletion of models.
    Store(&'static str),
    /// It would act in the place of a person.
    Consent(&'static str),
    /// It would change what safe-rm keeps, or its policy.
    Own(PathBuf),
    /// It would change the settings that call this hook.
    Settings(PathBuf),
    /// It could not be judged.
    Failure(&'static str),
}

/// A refusal, with the program that would have done it.
#[derive(Debug)]
pub struct Denial {
    /// Why.
    pub why: Why,
    /// The program, as it is written.
    pub program: String,
}

/// Judges a shell command that would run in this directory.
#[must_use]
pub fn command(text: &str, cwd: &Path, eyes: &Eyes<'_>) -> Option<Denial> {
    let mut judge = Judge::new(cwd, eyes);
    let mut state = State::at(cwd);
    shell::run(&mut judge, &mut state, text, &Output::default());
    shell::end(&mut judge, &mut state);
    judge.settle(&state);
    judge.denial
}

/// What is at stake in or around a folder.
#[derive(Clone, Debug)]
enum Near {
    Found(PathBuf),
    Nothing,
    /// There was no time to see all of this folder.
    Cut(PathBuf),
}

impl Near {
    fn found(self) -> Option<PathBuf> {
        if let Self::Found(path) = self { Some(path) } else { None }
    }
}

pub(in crate::agent) struct Judge<'a> {
    eyes: &'a Eyes<'a>,
    /// Folders that the policy names.
    roots: Vec<PathBuf>,
    /// Where the command starts.
    start: PathBuf,
    /// What is near each folder that was asked for.
    near: HashMap<PathBuf, Near>,
    glance: Glance<'a>,
    /// Folders with their links resolved.
    folders: HashMap<PathBuf, PathBuf>,
    /// What is safe-rm's own.
    own: Vec<PathBuf>,
    /// Repositories that were looked at, by their tops.
    repositories: HashMap<PathBuf, Rc<programs::Repository>>,
    /// What git was told to track on the way, and whether also what is ignored.
    added: Vec<(PathBuf, bool)>,
    /// Settings of agents that are written, until it is known what with.
    settings: Vec<PathBuf>,
    /// The command hides that an agent runs it.
    hidden: bool,
    denial: Option<Denial>,
    /// The program that is being judged.
    program: String,
    /// Files that are not there yet, which programs write.
    made: BTreeSet<PathBuf>,
    /// In a long script only what is written plainly counts.
    lenient: bool,
    steps: u32,
    until: Instant,
}

impl<'a> Judge<'a> {
    fn new(cwd: &Path, eyes: &'a Eyes<'a>) -> Self {
        let roots = eyes.roots.iter().chain(eyes.protect);
        let roots = roots.map(|p| p.canonicalize().unwrap_or_else(|_| p.clone())).collect();
        Self {
            eyes,
            roots,
            start: cwd.to_path_buf(),
            near: HashMap::new(),
            glance: Glance::new(LOOKS, eyes),
            folders: HashMap::new(),
            own: own::places(eyes.surroundings),
            repositories: HashMap::new(),
            added: Vec::new(),
            settings: Vec::new(),
            hidden: false,
            denial: None,
            program: String::new(),
            made: BTreeSet::new(),
            lenient: false,
            steps: 0,
            until: Instant::now() + Duration::from_millis(2500),
        }
    }

    /// The first reason counts.
    fn deny(&mut self, why: Why) {
        if self.denial.is_none() {
            self.denial = Some(Denial { why, program: self.program.clone() });
        }
    }

    /// Runs a text as a shell of its own would.
    fn nested(&mut self, state: &State, text: &str, stdin: &Output) -> Output {
        let mut own = state.clone();
        own.depth += 1;
        if own.depth >= shell::DEEPEST {
            self.too_deep();
            return Output::default();
        }
        (own.tested, own.loops) = (0, 0);
        own.functions.retain(|_, function| function.exported);
        own.aliases.clear();
        own.traps.clear();
        own.strict = false;
        let out = shell::run(self, &mut own, text, stdin);
        shell::end(self, &mut own);
        out
    }

    /// Runs these words as a program does: it has no functions of the shell, and changes nothing of
    /// the shell itself.
    fn inner(&mut self, state: &mut State, words: Vec<Word>, call: &Call<'_>) -> Output {
        let mut own = state.clone();
        let out = self.prefixed(&mut own, words, call);
        (state.links, state.written, state.made) = (own.links, own.written, own.made);
        out
    }

    /// Runs these words as the shell does that a word before them tells to, without its functions.
    fn prefixed(&mut self, state: &mut State, words: Vec<Word>, call: &Call<'_>) -> Output {
        if words.is_empty() {
            return Output::unknown(Vec::new());
        }
        if state.depth >= shell::DEEPEST {
            self.too_deep();
            return Output::default();
        }
        state.depth += 1;
        let call = Call { words, stdin: call.stdin, env: call.env.clone() };
        let out = shell::program(self, state, call);
        state.depth -= 1;
        out
    }
}

impl Host for Judge<'_> {
    fn call(&mut self, state: &mut State, call: Call<'_>) -> Output {
        let Some(first) = call.words.first() else { return Output::default() };
        let Some(name) = first.pattern() else {
            // A program that is not known, given paths.
            self.program = first.shown();
            return self.unknown_program(state, &call);
        };
        // `time -v rm`, `- rm`: what a shell made of the word before is not known here.
        if name.starts_with('-') {
            let skip = usize::from(name == "-");
            let words = args::rest(&call.words[skip..], &["-f", "-o"], 0);
            return self.prefixed(state, words, &call);
        }
        let before = std::mem::replace(&mut self.program, name.clone());
        let out = programs::judge(self, state, &name, &call);
        self.program = before;
        out
    }

    fn write(&mut self, state: &State, target: &Word, append: bool) {
        let effect = if append { Effect::Append } else { Effect::Overwrite };
        if self.program.is_empty() {
            self.program = "the redirection".to_owned();
        }
        self.touch(state, target, effect);
    }

    fn read(&mut self, state: &State, source: &Word) -> Output {
        if source.literal().as_deref() == Some("/dev/null") {
            return Output::of(String::new());
        }
        match self.text_of(state, source) {
            Some(text) => Output::of(text),
            None => Output::unknown(Vec::new()),
        }
    }

    fn unreadable(&mut self, state: &State, text: &Unreadable) {
        if text.unseen {
            return self.not_known(state, "a text that cannot be read to its end");
        }
        // A shell reads no further than an error either; others may.
        let base = |word: &String| word.rsplit('/').next().unwrap_or("").to_owned();
        let judged =
            text.words.iter().map(base).find(|word| {
                programs::removes(word) || word == "-delete" || word.contains("rmtree(")
            });
        if let Some(word) = judged
            && let Some(near) = self.near_any(state)
        {
            self.program.clone_from(&word);
            self.deny(Why::Unknown(
                format!("a text with `{word}` in it that no shell reads"),
                near,
            ));
        }
    }

    fn unknown_text(&mut self, state: &State) {
        self.not_known(state, "a text for a shell that is not known");
    }

    fn too_deep(&mut self) {
        self.deny(Why::Failure("it is nested too deep to be judged"));
    }

    fn directories(&self, pattern: &Path) -> Vec<PathBuf> {
        glob::matches(pattern).into_iter().filter(|p| p.is_dir()).collect()
    }

    fn goes_on(&mut self) -> bool {
        self.steps += 1;
        if self.denial.is_none() && (self.steps > STEPS || Instant::now() > self.until) {
            self.deny(Why::Failure("it is too much to be judged in time"));
        }
        self.denial.is_none()
    }

    fn variable(&self, name: &str) -> Option<String> {
        env::lookup(name)
    }

    fn is_directory(&self, path: &Path) -> bool {
        dir::open_search(path).is_ok()
    }
}

impl Judge<'_> {
    /// A program whose name is not known: it may be rm.
    fn unknown_program(&mut self, state: &State, call: &Call<'_>) -> Output {
        for word in &call.words[1..] {
            let flag = word.prefix().starts_with('-');
            if !flag && !word.is_unknown() {
                self.touch(state, word, Effect::Remove { recursive: true });
            }
        }
        Output::unknown(Vec::new())
    }
}
