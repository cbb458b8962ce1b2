//! MODEL_INFO files: what people wrote beside a model. Data, never trusted.

use std::path::PathBuf;

use serde_json::Value;

use super::read;
use super::tree::{Notable, Tree};
use crate::facts::Label;

/// At most this much of a label is read.
const LIMIT: u64 = 64 << 10;

/// Reads a label; the error says why the file is none.
///
/// # Errors
/// Unreadable, too large, or without `Model`.
pub fn read(tree: &Tree, file: &Notable) -> Result<Label, String> {
    if file.meta.size > LIMIT {
        return Err("it is over 64 KiB".to_owned());
    }
    let bytes = read::head(tree, file, LIMIT).map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut label = Label { path: tree.path(file), written: file.meta.mtime, ..Label::default() };
    let fields = if file.text().ends_with(".json") { from_json(text)? } else { lines(text) };
    for (key, value) in fields {
        take(&mut label, &key, value);
    }
    if label.model.is_empty() { Err("it has no `Model:`".to_owned()) } else { Ok(label) }
}

/// The path of a label beside a target, for a label read from outside of it.
#[must_use]
pub fn moved(label: Label, path: PathBuf) -> Label {
    Label { path, ..label }
}

/// `key: value` lines; flat YAML is the same thing with quotes.
fn lines(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.trim().to_ascii_lowercase(), unquote(value.trim()).to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn unquote(value: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|q| value.strip_prefix(*q)?.strip_suffix(*q))
        .unwrap_or(value)
}

fn from_json(text: &str) -> Result<Vec<(String, String)>, String> {
    let value: Value = serde_json::from_str(text).map_err(|e| format!("it is no JSON: {e}"))?;
    let map = value.as_object().ok_or("it is no JSON object")?;
    let text = |v: &Value| match v {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(true) => Some("true".to_owned()),
        _ => None,
    };
    Ok(map.iter().filter_map(|(k, v)| Some((k.to_ascii_lowercase(), text(v)?))).collect())
}

fn take(label: &mut Label, key: &str, value: String) {
    match key {
        "model" => label.model = value,
        "trained" => label.trained = Some(value),
        "steps" | "step" => label.steps = value.replace([',', '_'], "").parse().ok(),
        "base" => label.base = Some(value),
        "run" => label.run = Some(value),
        "note" => label.note = Some(value),
        "keep" if !is_no(&value) => label.keep = Some(value),
        "retired" if !is_no(&value) => label.retired = Some(value),
        _ => {}
    }
}

fn is_no(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "no" | "false" | "never" | "0")
}
