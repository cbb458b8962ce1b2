//! Shells within shells: `-c`, what is read from standard input, and scripts that are there.

use std::io::Read;
use std::path::Path;

use super::args::leading;
use super::{Judge, Why, interpreters};
use crate::agent::shell::{Call, Output, State, Word, Written};

/// How much of a script is read.
const READ: u64 = 256 << 10;
/// In longer scripts only what is written plainly counts: they are programs, made by others, that
/// clean up after themselves.
const LONG: usize = 32 << 10;

/// A text for a shell, out of these words.
pub(super) fn text(judge: &mut Judge<'_>, state: &State, words: &[Word], stdin: &Output) -> Output {
    let texts: Option<Vec<String>> = words.iter().map(Word::pattern).collect();
    match texts {
        Some(all) => judge.nested(state, &all.join(" "), stdin),
        None => {
            unknown(judge, state, "a text for a shell that is not known");
            Output::unknown(Vec::new())
        }
    }
}

/// A program text that is not known.
pub(super) fn unknown(judge: &mut Judge<'_>, state: &State, what: &str) {
    if let Some(near) = judge.near_any(state) {
        judge.deny(Why::Unknown(what.to_owned(), near));
    }
}

impl Judge<'_> {
    /// The text of a file that is there, or was written on the way.
    pub(super) fn text_of(&self, state: &State, word: &Word) -> Option<String> {
        if word.literal().as_deref() == Some("/dev/fd/<()") {
            return state.vars.get("<()")?.first()?.literal();
        }
        self.places(state, word).iter().find_map(|path| match state.written.get(path) {
            Some(Written::Text(text)) => Some(text.clone()),
            Some(Written::More(text)) => Some(format!("{}\n{text}", file_text(path)?)),
            Some(Written::Copy(from)) => file_text(from),
            Some(Written::Unknown) => None,
            None => file_text(path),
        })
    }

    /// Whether a file has a text that the command itself writes, with what is in it known or not.
    pub(super) fn is_written(&self, state: &State, word: &Word) -> bool {
        self.places(state, word).iter().any(|path| {
            state.written.contains_key(path) || (self.made.contains(path) && !path.exists())
        })
    }

    /// Runs a script that is there with these arguments.
    fn script(&mut self, state: &State, text: &str, args: &[Word], stdin: &Output) -> Output {
        let before = self.lenient;
        self.lenient |= text.len() > LONG;
        let mut own = state.clone();
        own.args = vec![args.to_vec()];
        let out = self.nested(&own, text, stdin);
        self.lenient = before;
        out
    }

    /// Runs the script in a file.
    pub(super) fn run_file(
        &mut self,
        state: &State,
        file: &Word,
        args: &[Word],
        stdin: &Output,
    ) -> Output {
        if let Some(text) = self.text_of(state, file) {
            return self.script(state, &text, args, stdin);
        }
        let substituted = file.literal().is_some_and(|f| f.starts_with("/dev/"));
        if file.is_unknown() || substituted || self.is_written(state, file) {
            unknown(self, state, "a script that is not known");
        }
        Output::unknown(Vec::new())
    }
}

fn file_text(path: &Path) -> Option<String> {
    if !path.is_file() {
        return None;
    }
    let file = std::fs::File::open(path).ok()?;
    let mut bytes = Vec::new();
    file.take(READ).read_to_end(&mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}

/// `bash -c TEXT`, `bash FILE`, `.. | bash`.
pub(super) fn shell(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = leading(&call.words[1..], &["-o", "-O", "+O", "--rcfile", "--init-file"]);
    // It only reads.
    if args.has(&["-n", "--version", "--help"]) {
        return Output::default();
    }
    let mut own = state.clone();
    own.vars.extend(call.env.iter().cloned());
    for name in ["BASH_ENV", "ENV"] {
        for file in own.vars.get(name).cloned().unwrap_or_default() {
            judge.run_file(&own, &file, &[], &Output::default());
        }
    }
    if let Some((_, texts)) = call.env.iter().find(|(name, _)| name == "PROMPT_COMMAND") {
        text(judge, &own, texts, &Output::default());
    }
    if let Some(file) = args.value(&["--rcfile", "--init-file"]) {
        judge.run_file(&own, file, &[], &Output::default());
    }
    let mut operands = args.operands.iter();
    if args.has(&["-c"]) {
        let Some(text) = operands.next() else { return Output::default() };
        let Some(texts) = judge.texts(&own, text) else {
            unknown(judge, &own, "a text for a shell that is not known");
            return Output::unknown(Vec::new());
        };
        let rest: Vec<Word> = operands.skip(1).cloned().collect();
        let mut out = Output::default();
        for text in texts {
            out = judge.script(&own, &text, &rest, call.stdin);
        }
        return out;
    }
    match operands.next().filter(|_| !args.has(&["-s"])) {
        Some(file) => {
            let rest: Vec<Word> = operands.cloned().collect();
            judge.run_file(&own, file, &rest, call.stdin)
        }
        None => fed(judge, &own, &args.operands, call.stdin),
    }
}

/// A shell that reads its program.
pub(super) fn fed(judge: &mut Judge<'_>, state: &State, args: &[Word], stdin: &Output) -> Output {
    if !stdin.fed {
        return Output::default();
    }
    match stdin.joined() {
        Some(text) => judge.script(state, &text, args, &Output::default()),
        None => {
            unknown(judge, state, "a text that a shell is given to run");
            Output::unknown(Vec::new())
        }
    }
}

/// `source FILE`, in this very shell.
pub(super) fn source(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let Some(file) = call.words.get(1) else { return Output::default() };
    // What activates an environment is long, and made by a tool.
    let Some(text) = judge.text_of(state, file) else {
        if file.literal().is_some_and(|f| f.starts_with("/dev/")) || judge.is_written(state, file) {
            unknown(judge, state, "a script that is not known");
        }
        return Output::default();
    };
    let before = judge.lenient;
    judge.lenient |= text.len() > LONG;
    let mut own = state.clone();
    own.depth += 1;
    if call.words.len() > 2 {
        own.args = vec![call.words[2..].to_vec()];
    }
    if own.depth >= crate::agent::shell::DEEPEST {
        judge.deny(Why::Failure("it is nested too deep to be judged"));
        return Output::default();
    }
    let out = crate::agent::shell::run(judge, &mut own, &text, call.stdin);
    judge.lenient = before;
    // Its variables stay; so do the functions of what lies here, and is no tool's.
    state.vars = own.vars;
    state.vars.remove("<()");
    if judge.places(state, file).iter().any(|p| p.starts_with(&judge.start)) {
        state.functions = own.functions;
        (state.cwds, state.lost, state.fallback) = (own.cwds, own.lost, own.fallback);
    }
    out
}

/// A program that is none of the table: perhaps a script that is there.
pub(super) fn direct(
    judge: &mut Judge<'_>,
    state: &mut State,
    name: &str,
    call: &Call<'_>,
) -> Output {
    if !name.contains('/') {
        return Output::unknown(Vec::new());
    }
    let file = Word::text(name);
    let first = judge.text_of(state, &file);
    let first = first.as_deref().and_then(|text| text.lines().next()).unwrap_or("");
    // Without such a line a shell runs it.
    let has = |what: &str| first.contains(what);
    if !first.starts_with("#!") || has("sh") {
        return judge.run_file(state, &file, &call.words[1..], call.stdin);
    }
    if has("python") || has("node") || has("perl") || has("ruby") {
        let first = first.to_owned();
        interpreters::script(judge, state, &first, &file, &call.words[1..]);
    }
    Output::unknown(Vec::new())
}

/// `eval` of what is not known; what is known the shell has run itself.
pub(super) fn evaluated(judge: &mut Judge<'_>, state: &mut State, _: &Call<'_>) -> Output {
    unknown(judge, state, "a text for a shell that is not known");
    Output::unknown(Vec::new())
}
