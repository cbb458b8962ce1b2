//! What was done, exactly: what went, what stayed, what is where.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::safe::{harmless, path};
use super::wire::{Place, b64, lossy, value};
use super::words::wrap;
use crate::act::{Execution, Fate};

/// An execution with the word for it.
#[derive(Clone, Copy, Debug)]
pub struct Done<'a> {
    /// What came of it.
    pub execution: &'a Execution,
    /// `true` for an undo.
    pub undo: bool,
}

impl Done<'_> {
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for (target, how) in &self.execution.changed {
            let text = format!("{}: {}", path(target), harmless(how));
            out.push_str(&wrap(0, "changed: ", &text));
            out.push('\n');
        }
        for (target, fate) in &self.execution.fates {
            let shown = path(target);
            let (word, text) = match fate {
                Fate::Moved(_) => ("moved to the trash: ", shown),
                Fate::Freed(n) => ("freed: ", format!("{shown} ({n} entries)")),
                Fate::Stayed if self.undo => ("already there: ", shown),
                Fate::Stayed => ("not touched: ", shown),
                Fate::Restored(at) if at == target => ("put back: ", shown),
                Fate::Restored(at) => ("put back: ", format!("{shown} as {}", path(at))),
                Fate::Failed(why) => ("failed: ", format!("{shown}: {}", harmless(why))),
            };
            out.push_str(&wrap(0, word, &text));
            out.push('\n');
        }
        if self.execution.fates.iter().any(|f| matches!(f.1, Fate::Moved(_))) {
            out.push_str(&format!("hint: safe-rm undo {} puts it back\n", self.execution.id));
        }
        out
    }

    pub(super) fn json(&self) -> Value {
        let items = self.execution.fates.iter().map(|(target, fate)| {
            let (fate, at, message) = match fate {
                Fate::Moved(at) => (Became::Trashed, Some(at), None),
                Fate::Freed(_) => (Became::Freed, None, None),
                Fate::Stayed => (Became::Stayed, None, None),
                Fate::Restored(at) => (Became::Restored, Some(at), None),
                Fate::Failed(why) => (Became::Failed, None, Some(why.as_str())),
            };
            let (at, at_b64) = (at.map(|at| lossy(at)), at.and_then(|at| b64(at)));
            One { place: Place::of(target), fate, at, at_b64, message }
        });
        let changed = self.execution.changed.iter().map(|(target, how)| Changed {
            rule: "changed",
            path: lossy(target),
            message: how,
            lift: "a new plan",
        });
        value(&Document {
            schema: "safe-rm/result/1",
            id: Some(&self.execution.id),
            action: if self.undo { Action::Undo } else { Action::Delete },
            items: items.collect(),
            refusals: changed.collect(),
            message: None,
        })
    }
}

/// That there was nothing to do.
pub(super) fn nothing(text: &str) -> Value {
    value(&Document {
        schema: "safe-rm/result/1",
        id: None,
        action: Action::None,
        items: Vec::new(),
        refusals: Vec::new(),
        message: Some(text),
    })
}

/// What was done.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/result/1")]
pub(super) struct Document<'a> {
    #[schemars(extend("const" = "safe-rm/result/1"))]
    schema: &'static str,
    /// The deletion's id: `safe-rm undo ID`.
    id: Option<&'a str>,
    action: Action,
    items: Vec<One<'a>>,
    /// What had changed since the plan: where something stands here, nothing was touched.
    refusals: Vec<Changed<'a>>,
    /// Why there was nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Action {
    Delete,
    Undo,
    None,
}

/// What became of one thing.
#[derive(Serialize, JsonSchema)]
struct One<'a> {
    #[serde(flatten)]
    place: Place,
    fate: Became,
    /// Where it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// Its bytes in base64, where it is no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_b64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Became {
    Trashed,
    Freed,
    Stayed,
    Restored,
    Failed,
}

/// A target that was not as planned.
#[derive(Serialize, JsonSchema)]
struct Changed<'a> {
    rule: &'a str,
    path: String,
    message: &'a str,
    lift: &'a str,
}

/// What went wrong.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/error/1")]
pub(super) struct Failure<'a> {
    #[schemars(extend("const" = "safe-rm/error/1"))]
    schema: &'static str,
    message: &'a str,
    /// The exit code: 1 for a failure, 2 for wrong words.
    exit: u8,
}

pub(super) fn failure(message: &str, exit: u8) -> Value {
    value(&Failure { schema: "safe-rm/error/1", message, exit })
}
