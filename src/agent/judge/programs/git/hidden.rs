//! Commands that git runs for others.

use super::super::args::Args;
use super::super::{Judge, scripts};
use crate::agent::shell::{Output, State, Word};

/// What git runs is a text for a shell under these names.
fn runs(key: &str) -> bool {
    let key = key.to_lowercase();
    let ends = [
        ".pager",
        ".editor",
        ".sshcommand",
        ".fsmonitor",
        ".external",
        ".textconv",
        ".command",
        ".cmd",
        ".helper",
        ".askpass",
        ".clean",
        ".smudge",
        ".process",
        ".program",
    ];
    key.starts_with("pager.") || ends.iter().any(|end| key.ends_with(end))
}

fn judged(judge: &mut Judge<'_>, state: &State, key: &str, value: &Word) {
    let alias = key.to_lowercase().starts_with("alias.");
    let Some(text) = value.pattern() else { return };
    match text.strip_prefix('!') {
        Some(text) => judge.nested(state, text, &Output::default()),
        None if alias => judge.nested(state, &format!("git {text}"), &Output::default()),
        None if runs(key) => judge.nested(state, &text, &Output::default()),
        None => Output::default(),
    };
}

/// `-c NAME=VALUE`.
pub(super) fn set(judge: &mut Judge<'_>, state: &State, word: &Word) {
    let known = word.prefix();
    let Some((key, _)) = known.split_once('=') else { return };
    if let Some(value) = word.strip(&format!("{key}=")) {
        judged(judge, state, key, &value);
    }
}

/// Commands that run others.
pub(super) fn command(
    judge: &mut Judge<'_>,
    state: &State,
    command: &str,
    args: &Args,
    rest: &[Word],
) {
    match (command, args.known(0).as_deref()) {
        ("config", Some(first)) => {
            let from = usize::from(first == "set");
            if let (Some(key), Some(value)) = (args.known(from), args.operands.get(from + 1)) {
                judged(judge, state, &key, value);
            }
        }
        ("submodule", Some("foreach")) => {
            let words = args.operands.get(1..).unwrap_or_default();
            // Options of the command are its own.
            let text = match words {
                [text] => std::slice::from_ref(text),
                _ => {
                    let at = rest.iter().position(|w| w == &words[0]).unwrap_or(0);
                    &rest[at..]
                }
            };
            scripts::text(judge, state, text, &Output::default());
        }
        ("bisect", Some("run")) => {
            let at = rest.iter().position(|w| w.prefix() == "run").map_or(0, |at| at + 1);
            scripts::text(judge, state, &rest[at..], &Output::default());
        }
        ("rebase", _) => {
            for value in args.flags.iter().filter(|(f, _)| f == "-x" || f == "--exec") {
                if let Some(text) = &value.1 {
                    scripts::text(judge, state, std::slice::from_ref(text), &Output::default());
                }
            }
        }
        ("filter-branch", _) => {
            for pair in rest.windows(2).filter(|pair| pair[0].prefix().ends_with("-filter")) {
                scripts::text(judge, state, &pair[1..], &Output::default());
            }
        }
        _ => {}
    }
}
