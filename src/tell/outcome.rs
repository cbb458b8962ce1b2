//! What was done, exactly: what went, what stayed, what is where.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::json::put_path;
use super::safe::{harmless, path};
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
            let mut map = Map::new();
            put_path(&mut map, "path", target);
            let mut put = |word: &str, at: Option<&Path>, why: Option<&str>| {
                map.insert("fate".to_owned(), word.into());
                if let Some(at) = at {
                    put_path(&mut map, "at", at);
                }
                if let Some(why) = why {
                    map.insert("message".to_owned(), why.into());
                }
            };
            match fate {
                Fate::Moved(at) => put("trashed", Some(at), None),
                Fate::Freed(_) => put("freed", None, None),
                Fate::Stayed => put("stayed", None, None),
                Fate::Restored(at) => put("restored", Some(at), None),
                Fate::Failed(why) => put("failed", None, Some(why)),
            }
            Value::Object(map)
        });
        let changed = self.execution.changed.iter().map(|(target, how)| {
            json!({"rule": "changed", "path": target.to_string_lossy(), "message": how, "lift": "a new plan"})
        });
        json!({
            "schema": "safe-rm/result/1",
            "id": self.execution.id,
            "action": if self.undo { "undo" } else { "delete" },
            "items": items.collect::<Vec<_>>(),
            "refusals": changed.collect::<Vec<_>>(),
        })
    }
}
