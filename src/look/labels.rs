//! MODEL_INFO files: what people wrote beside a model. Data, never trusted.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::read;
use super::tree::{Notable, Tree};
use crate::facts::{Covers, Label, Meta, Stamp, is_no, label_line};
use crate::sys::dir as sys;

/// At most this much of a label is read.
pub(super) const LIMIT: u64 = 64 << 10;

/// The names a label may have in a directory; for a single file they follow its own name.
pub(super) const NAMES: &[&str] =
    &["MODEL_INFO.txt", "MODEL_INFO.json", "MODEL_INFO.yaml", "MODEL_INFO.yml"];

/// What a MODEL_INFO file says.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// The file.
    pub path: PathBuf,
    /// The label, or why the file is none.
    pub label: Result<Label, String>,
    /// What stands after `Keep:`, be the file a label or not: a pin needs no `Model:`.
    pub keep: Option<String>,
}

impl Written {
    /// A file that says nothing for sure may pin.
    fn unread(path: PathBuf, why: String) -> Self {
        Self { path, keep: Some(format!("(not readable: {why})")), label: Err(why) }
    }
}

/// Reads a MODEL_INFO file of the surveyed tree.
pub(super) fn in_tree(tree: &Tree, file: &Notable) -> Written {
    match read::head(tree, file, LIMIT + 1) {
        Ok(bytes) => parse(file.text(), &bytes, tree.path(file), &file.meta),
        Err(error) => Written::unread(tree.path(file), error.to_string()),
    }
}

/// Reads the MODEL_INFO files outside of the tree, in a directory above or beside the target.
pub(super) fn beside(dir: &Path, prefix: &str) -> Vec<Written> {
    let Ok(open) = sys::open_path(dir) else { return Vec::new() };
    let names = NAMES.iter().map(|name| format!("{prefix}{name}"));
    names.filter_map(|name| at(&open, OsStr::new(&name), dir.join(&name))).collect()
}

/// As [`beside`], of those that went to a trash; each has the path that it had.
pub(super) fn moved(dir: &Path, prefix: &str, to: &HashMap<PathBuf, PathBuf>) -> Vec<Written> {
    let paths = NAMES.iter().map(|name| dir.join(format!("{prefix}{name}")));
    let found = paths.filter_map(|path| {
        let lies = to.get(&path)?;
        at(&sys::open_path(lies.parent()?).ok()?, lies.file_name()?, path)
    });
    found.collect()
}

/// Reads the one of this name in an open folder, as the one at this path.
fn at(open: &OwnedFd, name: &OsStr, path: PathBuf) -> Option<Written> {
    sys::stat_name(open, name).ok()?;
    let read = || -> std::io::Result<(Vec<u8>, Meta)> {
        let file = sys::open_file_at(open, name)?;
        let size = usize::try_from(LIMIT + 1).unwrap_or(usize::MAX);
        Ok((read::at(&file, 0, size)?, sys::stat_fd(&file)?))
    };
    let own = path.file_name().and_then(OsStr::to_str).unwrap_or("").to_owned();
    Some(match read() {
        Ok((bytes, meta)) => parse(&own, &bytes, path, &meta),
        Err(error) => Written::unread(path, error.to_string()),
    })
}

fn parse(name: &str, bytes: &[u8], path: PathBuf, meta: &Meta) -> Written {
    parse_at(name, bytes, path, (meta.mtime, newest(meta)))
}

/// Reads the text of a label that is yet to be written.
pub(super) fn of_text(text: &str) -> Written {
    parse_at(NAMES[0], text.as_bytes(), PathBuf::from(NAMES[0]), <_>::default())
}

/// The newest time of a file.
fn newest(meta: &Meta) -> Stamp {
    meta.mtime.max(meta.ctime).max(meta.btime.unwrap_or_default())
}

/// Reads it; `times` are its modification time and its newest one.
fn parse_at(name: &str, bytes: &[u8], path: PathBuf, times: (Stamp, Stamp)) -> Written {
    if bytes.len() as u64 > LIMIT {
        return Written::unread(path, "it is over 64 KiB".to_owned());
    }
    let text = decoded(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let fields = if name.ends_with(".json") { from_json(text) } else { Ok(lines(text)) };
    let fields = match fields {
        Ok(fields) => fields,
        // Spoiled, and perhaps a pin.
        Err(why) if text.to_ascii_lowercase().contains("keep") => {
            return Written::unread(path, why);
        }
        Err(why) => return Written { path, label: Err(why), keep: None },
    };
    let digest = *blake3::hash(bytes).as_bytes();
    let (written, arrived) = times;
    let mut label = Label { path: path.clone(), written, arrived, digest, ..Label::default() };
    for (key, value) in fields {
        take(&mut label, &key, &value);
    }
    let keep = label.keep.clone().or_else(|| pin_anywhere(text));
    let none = label.model.trim().is_empty();
    Written {
        path,
        label: if none { Err("it has no `Model:`".to_owned()) } else { Ok(label) },
        keep,
    }
}

/// UTF-8, or UTF-16 as some editors write it.
fn decoded(bytes: &[u8]) -> String {
    let wide = |of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|c| of([c[0], c[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// `key: value` lines; flat YAML is the same thing with quotes, and people decorate keys as lists.
fn lines(text: &str) -> Vec<(String, String)> {
    text.split(['\n', '\r'])
        .filter_map(label_line)
        .map(|(key, value)| (key, unquote(value).to_owned()))
        .collect()
}

fn unquote(value: &str) -> &str {
    ['"', '\''].iter().find_map(|q| value.strip_prefix(*q)?.strip_suffix(*q)).unwrap_or(value)
}

fn from_json(text: &str) -> Result<Vec<(String, String)>, String> {
    let value: Value = serde_json::from_str(text).map_err(|e| format!("it is no JSON: {e}"))?;
    let map = value.as_object().ok_or("it is no JSON object")?;
    let text = |v: &Value| match v {
        Value::String(s) => s.clone(),
        Value::Null => "null".to_owned(),
        other => other.to_string(),
    };
    Ok(map.iter().map(|(k, v)| (k.to_ascii_lowercase(), text(v))).collect())
}

fn take(label: &mut Label, key: &str, value: &str) {
    let value = read::short(value);
    // The key alone pins: somebody wrote it, with a value or without.
    if key == "keep" {
        if !is_no(&value) {
            label.keep = Some(value);
        }
        return;
    }
    if value.is_empty() {
        return;
    }
    match key {
        "model" => label.model = value,
        "trained" => label.trained = Some(value),
        "steps" | "step" => label.steps = first_number(&value),
        "base" => label.base = Some(value),
        "run" => label.run = Some(value),
        "note" => label.note = Some(value),
        "written-by" => {
            let name = value.strip_prefix("agent ").and_then(|rest| rest.split(',').next());
            label.agent = name.map(|name| name.trim().to_owned());
        }
        "covers" => {
            label.covers = Some(Covers { says: value.to_ascii_lowercase(), found: None });
        }
        "retired" if !is_no(&value) => label.retired = Some(value),
        _ => {}
    }
}

/// The first number of a text: `900`, `1,200 of 5,000`, `step 900`.
fn first_number(text: &str) -> Option<u64> {
    let plain = text.replace([',', '_'], "");
    let start = plain.find(|c: char| c.is_ascii_digit())?;
    let digits: String = plain[start..].chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Whether `keep:` (or `keep =`, `"keep":`) stands anywhere with something else than a no: in one
/// line with other keys, nested, given twice. A comment says nothing.
fn pin_anywhere(text: &str) -> Option<String> {
    let lines = text.split(['\n', '\r']).filter(|line| !line.trim_start().starts_with('#'));
    lines.into_iter().find_map(|line| {
        let lower = line.to_ascii_lowercase();
        lower.match_indices("keep").find_map(|(at, word)| {
            let before = lower[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) {
                return None;
            }
            let rest =
                line[at + word.len()..].trim_start_matches(['"', '\'', '*', '_', '`', ' ', '\t']);
            let value = rest.strip_prefix([':', '='])?;
            let value = value.split([',', ';', '}']).next().unwrap_or_default();
            let value = value.trim_matches(|c: char| !c.is_alphanumeric());
            (!is_no(value)).then(|| read::short(value))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(name: &str, text: &str) -> Option<String> {
        parse_at(name, text.as_bytes(), PathBuf::from(name), <_>::default()).keep
    }

    #[test]
    fn a_pin_needs_no_model_and_no_value() {
        for text in [
            "Keep: paper",
            "keep:",
            "- **Keep:** paper",
            "Model: x\nKEEP : yes",
            "\"keep\": 1",
            "Model: x; Keep: paper",
            "{Model: x, Keep: paper}",
            "Model: x\rKeep: y\r",
        ] {
            assert!(keep("MODEL_INFO.txt", text).is_some(), "{text}");
        }
        for text in [
            r#"{"keep": []}"#,
            r#"{"Keep": {"by": "me"}}"#,
            r#"{"keep": true}"#,
            "{keep",
            r#"{"keep":"x","keep":false}"#,
            r#"{"a":{" keep":1}}"#,
        ] {
            assert!(keep("MODEL_INFO.json", text).is_some(), "{text}");
        }
        for text in ["Keep: no", "Model: keep-away", "# Keep: x", "Note: upkeep: x"] {
            assert_eq!(keep("MODEL_INFO.txt", text), None, "{text}");
        }
        assert_eq!(keep("MODEL_INFO.json", r#"{"model": "x", "keep": null}"#), None);
    }
}
