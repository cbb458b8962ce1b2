//! The policy in force, with where each value comes from.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::safe::{harmless, path};
use super::wire::{lossy, value};
use super::words::{size, wrap};
use crate::decide::RULES;
use crate::policy::Policy;

fn values(policy: &Policy) -> Vec<(String, String)> {
    let mut values = vec![
        ("age.min".to_owned(), format!("{}h", policy.age_min / 3600)),
        ("age.birth".to_owned(), if policy.birth_counts { "counts" } else { "warns" }.to_owned()),
        ("keep.last".to_owned(), policy.keep_last.to_string()),
        ("labels.required".to_owned(), policy.labels_required.to_string()),
        ("mode".to_owned(), if policy.permanent { "permanent" } else { "trash" }.to_owned()),
        ("ordinary.bytes".to_owned(), size(policy.ordinary_bytes)),
        (
            "ordinary.mode".to_owned(),
            if policy.ordinary_to_trash { "trash" } else { "permanent" }.to_owned(),
        ),
        ("trash.keep".to_owned(), format!("{}h", policy.trash_keep / 3600)),
    ];
    let mut ids: Vec<_> = RULES.iter().map(|r| r.id).collect();
    ids.dedup();
    for id in ids {
        let on = if policy.off.contains(id) { "off" } else { "on" };
        values.push((format!("rules.{id}"), on.to_owned()));
    }
    values
}

pub(super) fn text(policy: &Policy) -> String {
    let mut out = String::new();
    for weak in &policy.weakened {
        out.push_str(&wrap(0, "weakened: ", &harmless(weak)));
        out.push('\n');
    }
    for (key, value) in values(policy) {
        let origin = policy.origins.get(&key).map_or_else(|| "default".to_owned(), |p| path(p));
        out.push_str(&format!("{key:22} {value:8} {origin}\n"));
    }
    for protected in &policy.protect {
        out.push_str(&format!("{:22} {}\n", "protect", path(protected)));
    }
    for root in &policy.roots {
        out.push_str(&format!("{:22} {}\n", "roots", path(root)));
    }
    out
}

/// The policy in force.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/policy/1")]
pub(super) struct Document<'a> {
    #[schemars(extend("const" = "safe-rm/policy/1"))]
    schema: &'static str,
    items: Vec<One>,
    /// Folders that are never deleted.
    protect: Vec<String>,
    /// Where copies, references and models are looked for.
    roots: Vec<String>,
    /// What it weakens against the built-in defaults, in words.
    weakened: &'a [String],
}

/// One value.
#[derive(Serialize, JsonSchema)]
struct One {
    key: String,
    value: String,
    /// The file that says so; null for a default.
    origin: Option<String>,
}

pub(super) fn json(policy: &Policy) -> Value {
    let items = values(policy).into_iter().map(|(key, value)| {
        let origin = policy.origins.get(&key).map(|p| lossy(p));
        One { key, value, origin }
    });
    value(&Document {
        schema: "safe-rm/policy/1",
        items: items.collect(),
        protect: policy.protect.iter().map(|p| lossy(p)).collect(),
        roots: policy.roots.iter().map(|p| lossy(p)).collect(),
        weakened: &policy.weakened,
    })
}
