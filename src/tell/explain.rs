//! The rules in words.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::wire::value;
use super::words::wrap;
use crate::decide::Rule;

pub(super) fn text(rules: &[&Rule]) -> String {
    let mut out = String::new();
    for rule in rules {
        let lines = [
            (0, format!("{}: refuses where ", rule.id), rule.refuses),
            (2, "lifted by ".to_owned(), rule.lifted_by),
            (2, "because ".to_owned(), rule.why),
        ];
        for (indent, begin, text) in lines {
            out.push_str(&wrap(indent, &begin, text));
            out.push('\n');
        }
    }
    out
}

/// Rules in words.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/rules/1")]
pub(super) struct Document<'a> {
    #[schemars(extend("const" = "safe-rm/rules/1"))]
    schema: &'static str,
    items: Vec<One<'a>>,
}

/// One rule.
#[derive(Serialize, JsonSchema)]
struct One<'a> {
    /// Its id.
    rule: &'a str,
    /// When it refuses.
    refuses: &'a str,
    /// What lifts it.
    lift: &'a str,
    why: &'a str,
}

pub(super) fn json(rules: &[&Rule]) -> Value {
    let items = rules.iter().map(|rule| One {
        rule: rule.id,
        refuses: rule.refuses,
        lift: rule.lifted_by,
        why: rule.why,
    });
    value(&Document { schema: "safe-rm/rules/1", items: items.collect() })
}
