//! Terminals that nobody sits at, made around what runs in them.

use super::args::{leading, rest, split};
use super::consent::mentions;
use super::{Effect, Judge, Why, editors, scripts};
use crate::agent::shell::{Call, Output, State, Word};

const NOBODY: &str = "it makes a terminal for safe-rm at which nobody sits";

/// `script`, `expect`, `unbuffer`, `socat`: terminals that nobody sits at.
pub(super) fn terminal(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    if mentions(call) {
        judge.deny(Why::Consent(NOBODY));
        return Output::default();
    }
    let name = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    let args = split(
        &call.words[1..],
        &["-c", "--command", "-E", "-O", "-I", "-B", "-T", "-m", "-o", "-f"],
    );
    match name.as_str() {
        "script" => {
            if let Some(text) = args.value(&["-c", "--command"]) {
                return scripts::text(judge, state, std::slice::from_ref(text), call.stdin);
            }
            if let Some(file) = args.operands.first() {
                judge.touch(state, file, Effect::Overwrite);
            }
            // BSD's has the command behind the file.
            let own = leading(&call.words[1..], &["-F", "-t", "-T"]).operands;
            if own.len() > 1 && !own[1].prefix().starts_with('-') {
                return judge.inner(state, own[1..].to_vec(), call);
            }
            match call.stdin.joined() {
                Some(text) if call.stdin.fed => judge.nested(state, &text, &Output::default()),
                _ => Output::default(),
            }
        }
        "expect" | "autoexpect" => {
            let text = args
                .value(&["-c"])
                .and_then(Word::literal)
                .or_else(|| args.operands.first().and_then(|f| judge.text_of(state, f)));
            let text = text.or_else(|| call.stdin.joined()).unwrap_or_default();
            if text.contains("safe-rm") {
                judge.deny(Why::Consent(NOBODY));
            }
            editors::tcl_text(judge, state, &text);
            for line in text.lines().flat_map(|l| l.split(';')) {
                if let Some(spawned) = line.trim().strip_prefix("spawn ") {
                    judge.nested(state, spawned, &Output::default());
                }
            }
            Output::default()
        }
        "socat" => {
            for word in args.operands.iter().filter_map(Word::literal) {
                let kind = word.split(':').next().unwrap_or("").to_uppercase();
                if ["EXEC", "SYSTEM", "SHELL"].contains(&kind.as_str()) {
                    let rest = &word[kind.len() + 1..];
                    // Its own options stand behind the command.
                    let text = rest.split(",pty").next().unwrap_or(rest);
                    judge.nested(state, text.trim_matches('\''), &Output::default());
                } else if ["OPEN", "FILE", "CREATE"].contains(&kind.as_str()) {
                    let file = word[kind.len() + 1..].split(',').next().unwrap_or("");
                    judge.touch(state, &Word::text(file), Effect::Overwrite);
                }
            }
            Output::default()
        }
        _ => {
            let valued = ["-A", "-c", "-n", "-N", "-p", "-r", "-e"];
            let words = rest(&call.words[1..], &valued, 0);
            judge.inner(state, words, call)
        }
    }
}
