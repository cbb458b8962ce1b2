//! Labels as they are to be, what was there before, and what came of them.

use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::safe::{harmless, path};
use super::wire::{Place, b64, lossy, value};
use super::words::{model as describe, wrap};
use crate::decide::draft::Line;
use crate::facts::Model;

const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();

/// What came of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was written.
    Written,
    /// It says all of that already.
    Unchanged,
    /// It was shown and not written.
    Shown,
    /// The files contradict it, or somebody's label is there.
    Refused,
    /// A person must say something that nobody else can.
    NeedsPerson,
    /// A person said no.
    Declined,
    /// It could not be written.
    Failed,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Unchanged => "unchanged",
            Self::Shown => "shown",
            Self::Refused => "refused",
            Self::NeedsPerson => "needs-person",
            Self::Declined => "declined",
            Self::Failed => "failed",
        }
    }
}

/// A label on its way.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// The model, or what was typed where none was found.
    pub path: PathBuf,
    /// The label's file.
    pub label: Option<PathBuf>,
    /// The model; nothing for a run.
    pub model: Option<Box<Model>>,
    /// The lines, and those that go.
    pub lines: Vec<Line>,
    /// What came of it.
    pub outcome: Outcome,
    /// Why, or what else is worth knowing.
    pub messages: Vec<String>,
}

pub(super) fn draft(labelled: &Labelled) -> String {
    let mut out = String::new();
    out.push_str(&wrap(0, "", &path(labelled.label.as_ref().unwrap_or(&labelled.path))));
    out.push('\n');
    let what = labelled.model.as_ref().map_or_else(|| "a run".to_owned(), |m| describe(m));
    out.push_str(&wrap(2, "", &what));
    out.push('\n');
    for line in &labelled.lines {
        let (sign, style, text) = match line {
            Line::Same(text) => (' ', Style::new(), text),
            Line::Old(text) => ('-', RED, text),
            Line::New(text) => ('+', GREEN, text),
        };
        let text = harmless(text.trim_end_matches(['\n', '\r']));
        out.push_str(&format!("  {style}{}{style:#}\n", wrap(0, &format!("{sign} "), &text)));
    }
    out
}

pub(super) fn outcome(labelled: &Labelled) -> String {
    let mut out = String::new();
    let shown = path(labelled.label.as_ref().unwrap_or(&labelled.path));
    let word = match labelled.outcome {
        Outcome::NeedsPerson => "needs a person",
        Outcome::Unchanged => "says so already",
        other => other.word(),
    };
    out.push_str(&wrap(0, &format!("{word}: "), &shown));
    out.push('\n');
    for message in &labelled.messages {
        out.push_str(&wrap(2, "", &harmless(message)));
        out.push('\n');
    }
    out
}

/// What came of labels.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/label/1")]
pub(super) struct Document<'a> {
    #[schemars(extend("const" = "safe-rm/label/1"))]
    schema: &'static str,
    items: Vec<One<'a>>,
}

/// What came of one label.
#[derive(Serialize, JsonSchema)]
struct One<'a> {
    #[serde(flatten)]
    place: Place,
    /// The label's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// Its bytes in base64, where it is no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    label_b64: Option<String>,
    #[schemars(extend("enum" = ["written", "unchanged", "shown", "refused", "needs-person", "declined", "failed"]))]
    outcome: &'static str,
    lines: Vec<OneLine<'a>>,
    messages: &'a [String],
}

/// A line as it is to be, or one that goes.
#[derive(Serialize, JsonSchema)]
struct OneLine<'a> {
    #[schemars(extend("enum" = ["same", "old", "new"]))]
    change: &'static str,
    text: &'a str,
}

pub(super) fn json(all: &[Labelled]) -> Value {
    let items = all.iter().map(|labelled| One {
        place: Place::of(&labelled.path),
        label: labelled.label.as_deref().map(lossy),
        label_b64: labelled.label.as_deref().and_then(b64),
        outcome: labelled.outcome.word(),
        lines: labelled.lines.iter().map(one).collect(),
        messages: &labelled.messages,
    });
    value(&Document { schema: "safe-rm/label/1", items: items.collect() })
}

fn one(line: &Line) -> OneLine<'_> {
    let (change, text) = match line {
        Line::Same(text) => ("same", text),
        Line::Old(text) => ("old", text),
        Line::New(text) => ("new", text),
    };
    OneLine { change, text: text.trim_end_matches(['\n', '\r']) }
}
