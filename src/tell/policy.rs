//! The policy in force, with where each value comes from.

use serde_json::{Value, json};

use super::safe::{harmless, path};
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

pub(super) fn json(policy: &Policy) -> Value {
    let items = values(policy).into_iter().map(|(key, value)| {
        let origin = policy.origins.get(&key).map(|p| p.to_string_lossy());
        json!({"key": key, "value": value, "origin": origin})
    });
    let protect: Vec<_> = policy.protect.iter().map(|p| p.to_string_lossy()).collect();
    let roots: Vec<_> = policy.roots.iter().map(|p| p.to_string_lossy()).collect();
    json!({"schema": "safe-rm/policy/1", "items": items.collect::<Vec<_>>(),
        "protect": protect, "roots": roots, "weakened": policy.weakened})
}
