//! What `safe-rm doctor` has found: one line a check, its way out on a line of its own.

use schemars::JsonSchema;
use serde::Serialize;

use super::safe::harmless;
use super::words::{count, wrap};
use crate::check::{Check, State};

/// What `safe-rm doctor --json` answers.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/doctor/1")]
pub(super) struct Document {
    #[schemars(extend("const" = "safe-rm/doctor/1"))]
    schema: &'static str,
    /// Whether nothing is broken; ways round that are open do not count.
    holds: bool,
    /// Every check, in the order in which it was made.
    items: Vec<Item>,
}

/// One check.
#[derive(Serialize, JsonSchema)]
struct Item {
    /// What was looked at, by a stable name.
    id: String,
    /// `ok`, `warning`, `problem`, or `open` for a way round that this machine leaves open.
    state: &'static str,
    /// What was found.
    text: String,
    /// How it is mended or closed.
    hint: Option<String>,
}

fn word(state: State) -> &'static str {
    match state {
        State::Holds => "ok",
        State::Doubtful => "warning",
        State::Broken => "problem",
        State::Open => "open",
    }
}

fn of(checks: &[Check], state: State) -> u64 {
    checks.iter().map(|check| u64::from(check.state == state)).sum()
}

pub(super) fn document(checks: &[Check]) -> Document {
    let item = |check: &Check| Item {
        id: check.id.clone(),
        state: word(check.state),
        text: check.text.clone(),
        hint: check.hint.clone(),
    };
    Document {
        schema: "safe-rm/doctor/1",
        holds: of(checks, State::Broken) == 0,
        items: checks.iter().map(item).collect(),
    }
}

pub(super) fn text(checks: &[Check]) -> String {
    let mut out = String::new();
    for check in checks {
        let (word, lines) = (word(check.state), wrap(7, "  ", &harmless(&check.text)));
        out.push_str(&format!("{word}{}\n", &lines[word.len()..]));
        if let Some(hint) = &check.hint {
            out.push_str(&wrap(9, "hint: ", &harmless(hint)));
            out.push('\n');
        }
    }
    let (broken, open) = (of(checks, State::Broken), of(checks, State::Open));
    let broken = if broken == 0 { "no problem".to_owned() } else { count(broken, "problem") };
    let open =
        if open == 1 { "1 way round is".to_owned() } else { format!("{open} ways round are") };
    out.push_str(&format!("{broken}; {open} open on this machine\n"));
    out.push_str(&wrap(0, "", "open: it lowers nothing that was set up, and no hook closes it"));
    out.push('\n');
    out
}
