//! The change of an agent's settings, as a diff. Settings are text from the disk like any other.

use std::io::Write;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::safe::{harmless, path};
use crate::agent::setup::{Change, Kind};

/// Lines shown around a change.
const AROUND: usize = 3;

/// What came of it.
pub struct Changed<'a> {
    /// The agent, as on the command line.
    pub target: &'a str,
    /// The file as it is called.
    pub path: &'a Path,
    /// The file itself.
    pub real: &'a Path,
    /// What was in it.
    pub old: Option<&'a str>,
    /// What is to be in it.
    pub change: &'a Change,
    /// Whether it was done.
    pub done: bool,
    /// Whether the hook was to be taken out.
    pub removes: bool,
    /// Whether it is the repository's file.
    pub project: bool,
    /// Whether it is the alias by which the agent is started in the guard.
    pub guard: bool,
    /// What a person should know.
    pub notes: Vec<&'a str>,
}

/// What `safe-rm init AGENT --json` answers.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/init/1")]
pub(super) struct Document<'a> {
    #[schemars(extend("const" = "safe-rm/init/1"))]
    schema: &'a str,
    /// The agent, or `agents-md`.
    target: &'a str,
    /// The file as it is called.
    path: String,
    /// The file that a link leads to, where it is another.
    real: Option<String>,
    /// What the change does: `nothing`, `adds`, `replaces` or `removes`.
    action: &'a str,
    /// Whether it was made.
    written: bool,
    /// The change as a unified diff; empty where there is none.
    diff: String,
    /// What a person should know of this agent's hooks.
    notes: Vec<&'a str>,
}

pub(super) fn document<'a>(changed: &Changed<'a>) -> Document<'a> {
    Document {
        schema: "safe-rm/init/1",
        target: changed.target,
        path: changed.path.to_string_lossy().into_owned(),
        real: other(changed).map(|p| p.to_string_lossy().into_owned()),
        action: match changed.change.kind {
            Kind::Nothing => "nothing",
            Kind::Adds => "adds",
            Kind::Replaces => "replaces",
            Kind::Removes => "removes",
        },
        written: changed.done,
        diff: unified(changed, &|line| line.to_owned()),
        notes: changed.notes.clone(),
    }
}

fn other<'a>(changed: &Changed<'a>) -> Option<&'a Path> {
    (changed.real != changed.path).then_some(changed.real)
}

pub(super) fn diff(changed: &Changed<'_>) -> String {
    // A tab does no harm, and settings are indented by it.
    unified(changed, &|line| line.split('\t').map(harmless).collect::<Vec<_>>().join("\t"))
}

/// What is said beside it.
pub(super) fn remarks(changed: &Changed<'_>) -> Vec<String> {
    let shown = path(changed.path);
    let mut lines = Vec::new();
    if let Some(real) = other(changed) {
        lines.push(format!("`{shown}` leads to `{}`, which is the file that changes", path(real)));
    }
    let project = if changed.project { " --project" } else { "" };
    let project = if changed.guard { " --guard" } else { project };
    let again = format!("{project}{}", if changed.removes { " --remove" } else { "" });
    lines.push(match (changed.change.kind, changed.done) {
        (Kind::Nothing, _) if changed.change.new.is_none() => {
            format!("there is no `{shown}`: nothing was done")
        }
        (Kind::Nothing, _) if changed.removes => {
            format!("`{shown}` holds nothing of safe-rm: nothing was done")
        }
        (Kind::Nothing, _) => format!("`{shown}` is as it should be: nothing was done"),
        (Kind::Removes, true) if changed.change.new.is_none() => {
            format!("`{shown}` held nothing else and is gone")
        }
        (_, true) => format!("`{shown}` is written"),
        (_, false) => {
            let target = changed.target;
            format!("nothing was changed; `safe-rm init {target}{again} --write` does it")
        }
    });
    if changed.change.kind != Kind::Removes {
        lines.extend(changed.notes.iter().map(|note| (*note).to_owned()));
        if changed.done && !changed.guard && changed.target != "agents-md" {
            lines.push("an agent that runs reads it when it is started again".to_owned());
            lines.push("`safe-rm doctor` fires a harmless call through it".to_owned());
        }
    }
    lines
}

/// One stretch of lines is another: all that lies between the first difference and the last.
fn unified(changed: &Changed<'_>, shown: &dyn Fn(&str) -> String) -> String {
    if changed.change.kind == Kind::Nothing {
        return String::new();
    }
    let (old, new) =
        (changed.old.unwrap_or_default(), changed.change.new.as_deref().unwrap_or_default());
    let (a, b): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail =
        a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (from, to) = (head.saturating_sub(AROUND), tail.saturating_sub(AROUND));
    let (before, after) = (&a[from..a.len() - to], &b[from..b.len() - to]);
    let name = path(changed.path);
    let gone = if changed.change.new.is_none() { "/dev/null" } else { &name };
    let came = if changed.old.is_none() { "/dev/null" } else { &name };
    let span = |lines: &[&str]| {
        let start = if lines.is_empty() { from } else { from + 1 };
        format!("{start},{}", lines.len())
    };
    let mut out = format!("--- {came}\n+++ {gone}\n@@ -{} +{} @@\n", span(before), span(after));
    let mut put = |sign: char, lines: &[&str]| {
        for line in lines {
            // A carriage return that stands alone is no end of a line: it is shown.
            let bare = line.strip_suffix("\r\n").or_else(|| line.strip_suffix('\n'));
            let bare = bare.unwrap_or(line);
            out.push_str(&format!("{sign}{}\n", shown(bare)));
            if !line.ends_with('\n') {
                out.push_str("\\ No newline at end of file\n");
            }
        }
    };
    put(' ', &a[from..head]);
    put('-', &a[head..a.len() - tail]);
    put('+', &b[head..b.len() - tail]);
    put(' ', &a[a.len() - tail..a.len() - to]);
    out
}

/// What a person would put in by hand, on stderr.
pub fn by_hand(text: &str) {
    let mut out = String::from("hint: what it should hold, to be put in by hand:\n");
    for line in text.lines() {
        out.push_str(&format!("    {}\n", harmless(line)));
    }
    let _ = write!(anstream::stderr(), "{out}");
}
