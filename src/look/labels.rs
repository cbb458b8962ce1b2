//! MODEL_INFO files: what people wrote beside a model. Data, never trusted.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::read;
use super::tree::{Notable, Tree};
use crate::facts::{Label, Stamp};
use crate::sys::dir as sys;

/// At most this much of a label is read.
const LIMIT: u64 = 64 << 10;

/// The names a label may have in a directory; for a single file they follow its own name.
pub(super) const NAMES: &[&str] =
    &["MODEL_INFO.txt", "MODEL_INFO.json", "MODEL_INFO.yaml", "MODEL_INFO.yml"];

/// Reads a label of the surveyed tree; the error says why the file is none.
pub(super) fn in_tree(tree: &Tree, file: &Notable) -> Result<Label, String> {
    let bytes = read::head(tree, file, LIMIT + 1).map_err(|e| e.to_string())?;
    parse(file.text(), &bytes, tree.path(file), file.meta.mtime)
}

/// Reads a label outside of the tree, in a directory above or beside the target.
pub(super) fn beside(dir: &Path, prefix: &str) -> Option<Result<Label, String>> {
    let open = sys::open_path(dir).ok()?;
    NAMES.iter().find_map(|name| {
        let name = format!("{prefix}{name}");
        let file = sys::open_file_at(&open, OsStr::new(&name)).ok()?;
        let written = sys::stat_fd(&file).ok()?.mtime;
        let size = usize::try_from(LIMIT + 1).ok()?;
        let bytes = read::at(&file, 0, size).ok()?;
        Some(parse(&name, &bytes, dir.join(&name), written))
    })
}

fn parse(name: &str, bytes: &[u8], path: PathBuf, written: Stamp) -> Result<Label, String> {
    if bytes.len() as u64 > LIMIT {
        return Err("it is over 64 KiB".to_owned());
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut label = Label { path, written, ..Label::default() };
    let fields = if name.ends_with(".json") { from_json(text)? } else { lines(text) };
    for (key, value) in fields {
        take(&mut label, &key, value);
    }
    if label.model.trim().is_empty() { Err("it has no `Model:`".to_owned()) } else { Ok(label) }
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
    ['"', '\''].iter().find_map(|q| value.strip_prefix(*q)?.strip_suffix(*q)).unwrap_or(value)
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
