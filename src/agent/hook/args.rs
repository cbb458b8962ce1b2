//! Arguments of tools, by the names that agents and servers give them.

use serde_json::Value;

use super::super::judge::{Change, Effect};

const PATHS: &[&str] = &[
    "file_path",
    "path",
    "filePath",
    "notebook_path",
    "target_file",
    "filename",
    "absolute_path",
    "relative_path",
    "file",
    "uri",
    "paths",
    "files",
    "file_paths",
    "filenames",
];
/// What is put into a file.
const TEXTS: &[&str] = &[
    "content",
    "contents",
    "file_text",
    "new_string",
    "newString",
    "new_str",
    "new_source",
    "text",
    "insert_text",
];

/// The paths that are named, alone or in a list.
pub(super) fn paths(args: &Value) -> Vec<String> {
    let named = PATHS.iter().filter_map(|key| args.get(key)).find(|v| !v.is_null());
    match named {
        Some(Value::String(path)) => vec![path.clone()],
        Some(Value::Array(all)) => all.iter().flat_map(one).collect(),
        _ => Vec::new(),
    }
}

fn one(value: &Value) -> Vec<String> {
    match value {
        Value::String(path) => vec![path.clone()],
        other => paths(other),
    }
}

/// A text of one of these names.
pub(super) fn text(args: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| args.get(key)?.as_str().map(str::to_owned))
}

/// A change of a file, with what is put into it.
pub(super) fn change(path: String, effect: Effect, args: &Value) -> Change {
    let edits = args.get("edits").and_then(Value::as_array);
    let all = edits.into_iter().flatten().chain([args]);
    let texts: Vec<String> = all.filter_map(|edit| text(edit, TEXTS)).collect();
    let text = if texts.is_empty() { None } else { Some(texts.join("\n")) };
    Change { path, effect, text }
}

/// A command as a text, or as words.
pub(super) fn command(args: &Value) -> Option<String> {
    let value = ["command", "cmd", "script"].iter().find_map(|key| args.get(key))?;
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(words) => {
            let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
            Some(words?.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" "))
        }
        _ => None,
    }
}

/// A word as a shell reads it.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The patch of a tool that applies one.
pub(super) fn patch(args: &Value) -> Option<String> {
    if let Some(text) = args.as_str() {
        return Some(text.to_owned());
    }
    let keys = ["input", "patch", "patchText", "command", "patch_text"];
    keys.iter().find_map(|key| match args.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Array(words) => words.last()?.as_str().map(str::to_owned),
        _ => None,
    })
}

/// What is typed: keys have their names in braces.
pub(super) fn keys(text: &str) -> String {
    let mut out = text.to_owned();
    for (key, meant) in
        [("{enter}", "\n"), ("{return}", "\n"), ("{tab}", "\t"), ("{backspace}", "")]
    {
        out = out.replace(key, meant);
    }
    out
}
