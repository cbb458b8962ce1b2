//! What a plan says of a model, held against what must be said of it.

use serde_json::{Value, json};

use super::{Sandbox, made};

/// What a plan says of each model below `x`, without what differs from run to run and what is empty.
pub fn said(sandbox: &Sandbox) -> Vec<(String, Value)> {
    let answer = sandbox.run(&["plan", "--json", "x"]);
    let json = answer.json();
    let target = &json["targets"][0];
    let root = target["path"].as_str().unwrap();
    let models = target["models"].as_array().unwrap().iter();
    models
        .map(|m| {
            let path = m["path"].as_str().unwrap()[root.len()..].trim_start_matches('/');
            let keep = |(key, value): (&String, &Value)| {
                let other = ["path", "bytes", "newest", "label", "verdict", "refusals", "sources"];
                let empty = value.is_null() || value == &json!([]) || value == &json!(false);
                let shown = !other.contains(&key.as_str()) && !empty && value != "unknown";
                shown.then(|| (key.clone(), value.clone()))
            };
            let kept = m.as_object().unwrap().iter().filter_map(keep).collect();
            (path.to_owned(), Value::Object(kept))
        })
        .collect()
}

/// Files of an example, by path.
pub type Files<'a> = Vec<(&'a str, Vec<u8>)>;

/// Holds one example against what must be said of it; what is not listed is not looked at.
pub fn holds(format: &str, files: &Files<'_>, expected: &Value) {
    assert!(safe_rm::look::FORMATS.iter().any(|f| f.id == format), "{format} is in no table");
    let sandbox = Sandbox::later();
    for (path, bytes) in files {
        sandbox.file(&format!("x/{path}"), bytes);
    }
    let found = said(&sandbox);
    assert_eq!(found.len(), 1, "{format}: {found:#?}");
    for (key, value) in expected.as_object().unwrap() {
        let own = found[0].1.get(key).unwrap_or(&Value::Null);
        assert_eq!(own, value, "{format}: {key} of {:#}", found[0].1);
    }
    if !expected.as_object().unwrap().contains_key("damage") {
        assert_eq!(found[0].1.get("damage"), None, "{format}: {:#}", found[0].1);
    }
}

pub fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub fn small(metadata: &Value) -> Vec<u8> {
    made::safetensors(metadata, &[("a.weight", &[4, 4])])
}

pub fn text(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}
