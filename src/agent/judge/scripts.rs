//! Shells within shells: `-c`, what is read from standard input, and scripts that are there.

use std::io::Read;

use super::args::split;
use super::{Judge, Why, interpreters};
use crate::agent::shell::{Call, Output, State, Word};

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
    /// The text of a file that is there.
    pub(super) fn text_of(&self, state: &State, word: &Word) -> Option<String> {
        let written = word.literal()?;
        if written == "/dev/fd/<()" {
            return state.vars.get("<()")?.first()?.literal();
        }
        state.paths(&written).iter().find_map(|path| {
            if let Some(text) = state.written.get(path) {
                return Some(text.clone());
            }
            if !path.is_file() {
                return None;
            }
            let file = std::fs::File::open(path).ok()?;
            let mut bytes = Vec::new();
            file.take(READ).read_to_end(&mut bytes).ok()?;
            String::from_utf8(bytes).ok()
        })
    }

    /// Runs a script that is there with these arguments.
    fn script(&mut self, state: &State, text: &str, args: &[Word], stdin: &Output) -> Output {
        let before = self.lenient;
        self.lenient |= text.len() > LONG;
        let mut own = state.clone();
        own.args = args.to_vec();
        let out = self.nested(&own, text, stdin);
        self.lenient = before;
        out
    }
}

/// `bash -c TEXT`, `bash FILE`, `.. | bash`.
pub(super) fn shell(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-o", "-O", "--rcfile", "--init-file"]);
    let mut operands = args.operands.iter();
    // It only reads.
    if args.has(&["-n", "--version", "--help"]) {
        return Output::default();
    }
    if args.has(&["-c"]) {
        let Some(text) = operands.next() else { return Output::default() };
        let Some(text) = text.pattern() else {
            unknown(judge, state, "a text for a shell that is not known");
            return Output::unknown(Vec::new());
        };
        let rest: Vec<Word> = operands.skip(1).cloned().collect();
        return judge.script(state, &text, &rest, call.stdin);
    }
    match operands.next().filter(|_| !args.has(&["-s"])) {
        Some(file) => {
            let rest: Vec<Word> = operands.cloned().collect();
            match judge.text_of(state, file) {
                Some(text) => judge.script(state, &text, &rest, call.stdin),
                None => {
                    let substituted = file.literal().is_some_and(|f| f.starts_with("/dev/"));
                    if file.is_unknown() || substituted {
                        unknown(judge, state, "a script that is not known");
                    }
                    Output::unknown(Vec::new())
                }
            }
        }
        None if call.stdin.fed => match call.stdin.joined() {
            Some(text) => judge.script(state, &text, &[], &Output::default()),
            None => {
                unknown(judge, state, "a text that a shell is given to run");
                Output::unknown(Vec::new())
            }
        },
        None => Output::default(),
    }
}

/// `source FILE`, in this very shell.
pub(super) fn source(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let Some(file) = call.words.get(1) else { return Output::default() };
    // What activates an environment is long, and made by a tool.
    match judge.text_of(state, file) {
        Some(text) => {
            let out = judge.script(state, &text, &call.words[2..], call.stdin);
            // Its variables stay; they are not known, and those of the environment are.
            state.vars.remove("<()");
            out
        }
        None => {
            if file.literal().is_some_and(|f| f.starts_with("/dev/")) {
                unknown(judge, state, "a script that is not known");
            }
            Output::default()
        }
    }
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
    let Some(text) = judge.text_of(state, &Word::text(name)) else {
        return Output::unknown(Vec::new());
    };
    let Some(first) = text.lines().next().filter(|l| l.starts_with("#!")) else {
        return Output::unknown(Vec::new());
    };
    let first = first.to_owned();
    let has = |what: &str| first.contains(what);
    if has("python") || has("node") || has("perl") || has("ruby") {
        interpreters::script(judge, state, &first, &text);
        return Output::unknown(Vec::new());
    }
    if has("sh") {
        return judge.script(state, &text, &call.words[1..], call.stdin);
    }
    Output::unknown(Vec::new())
}

/// `eval` of what is not known; what is known the shell has run itself.
pub(super) fn evaluated(judge: &mut Judge<'_>, state: &mut State, _: &Call<'_>) -> Output {
    unknown(judge, state, "a text for a shell that is not known");
    Output::unknown(Vec::new())
}
