//! PowerShell, as far as its commands have their like among the programs of a shell.

use super::Judge;
use crate::agent::shell::{Call, Output, State, Word};

/// Commands with what does the same.
const LIKE: &[(&[&str], &str)] = &[
    (&["remove-item", "ri", "del", "erase", "rd"], "rm -r"),
    (&["move-item", "mi", "move", "rename-item", "rni", "ren"], "mv"),
    (&["copy-item", "cpi", "copy"], "cp"),
    (&["clear-content", "clc"], "truncate -s0"),
    (&["set-content", "sc", "out-file"], "tee"),
    (&["get-childitem", "gci", "dir"], "find"),
    (&["set-location", "sl", "push-location"], "cd"),
    (&["invoke-expression", "iex"], "eval"),
];

/// The text as a shell would have it.
pub(in crate::agent) fn as_shell(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    // What stands before the word: a name is a command at a beginning alone.
    let (mut begins, mut piped) = (true, false);
    for c in text.chars().chain(['\n']) {
        if c.is_alphanumeric() || "-_./~".contains(c) {
            word.push(c);
            continue;
        }
        let lower = word.to_lowercase();
        let like = LIKE.iter().find(|(names, _)| begins && names.contains(&lower.as_str()));
        match like {
            Some((_, shell)) if piped && *shell != "tee" => {
                out.push_str("xargs ");
                out.push_str(shell);
            }
            Some((_, shell)) => out.push_str(shell),
            None => out.push_str(&word),
        }
        if !word.is_empty() {
            begins = false;
        }
        word.clear();
        if matches!(c, '|' | ';' | '\n' | '{' | '(' | '&') {
            begins = true;
            piped = c == '|';
        }
        out.push(c);
    }
    out
}

/// `pwsh -c TEXT`.
pub(super) fn pwsh(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let is = |w: &Word, names: &[&str]| names.contains(&w.prefix().to_lowercase().as_str());
    let command = call.words.iter().position(|w| is(w, &["-c", "-command"]));
    let text: Option<String> = match command {
        Some(at) => {
            let words: Option<Vec<String>> =
                call.words[at + 1..].iter().map(Word::pattern).collect();
            words.map(|words| words.join(" "))
        }
        None => {
            let file = call.words.iter().skip(1).find(|w| !w.prefix().starts_with('-'));
            match file {
                Some(file) => return read(judge, state, file),
                None if call.stdin.fed => call.stdin.joined(),
                None => return Output::default(),
            }
        }
    };
    match text {
        Some(text) => judge.nested(state, &as_shell(&text), &Output::default()),
        None => {
            judge.not_known(state, "a text for a shell that is not known");
            Output::unknown(Vec::new())
        }
    }
}

fn read(judge: &mut Judge<'_>, state: &State, file: &Word) -> Output {
    if let Some(text) = judge.text_of(state, file) {
        return judge.nested(state, &as_shell(&text), &Output::default());
    }
    Output::unknown(Vec::new())
}
