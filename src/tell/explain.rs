//! The rules in words.

use serde_json::{Value, json};

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

pub(super) fn json(rules: &[&Rule]) -> Value {
    let items = rules.iter().map(|rule| {
        json!({
            "rule": rule.id, "refuses": rule.refuses, "lift": rule.lifted_by, "why": rule.why,
        })
    });
    json!({"schema": "safe-rm/rules/1", "items": items.collect::<Vec<_>>()})
}
