//! What the tools of agents do, by their names and arguments.

use std::path::PathBuf;

use serde_json::Value;

use super::super::judge::{Effect, patch};
use super::{Act, Tool};

/// Tools that run a command.
const SHELLS: &[&str] = &[
    "bash",
    "shell",
    "run_shell_command",
    "exec_command",
    "local_shell",
    "shell_command",
    "terminal",
    "run_terminal_cmd",
    "powershell",
    "container.exec",
    "unified_exec",
    "write_stdin",
    "execute",
    "monitor",
];
/// Tools that write a file as a whole, or a part of it.
const WRITES: &[&str] = &[
    "write",
    "edit",
    "multiedit",
    "notebookedit",
    "write_file",
    "replace",
    "str_replace",
    "strreplace",
    "str_replace_editor",
    "str_replace_based_edit_tool",
    "create",
    "edit_file",
    "create_file",
    "insert",
    "patch",
    "search_replace",
    "save_file",
];
/// Tools that remove a file.
const REMOVES: &[&str] = &["delete", "delete_file", "remove_file"];

/// A call by its tool's name and arguments.
pub(super) fn of(name: &str, args: &Value, cwd: Option<&Value>) -> Option<Tool> {
    let at = |key: &str| args.get(key).and_then(Value::as_str).map(PathBuf::from);
    let cwd = cwd.and_then(Value::as_str).map(PathBuf::from);
    // Of tools that are told where to run.
    let inner =
        ["workdir", "working_directory", "directory", "cwd", "dir_path"].into_iter().find_map(at);
    let cwd = match (inner, cwd) {
        (Some(inner), Some(cwd)) => Some(cwd.join(inner)),
        (inner, cwd) => inner.or(cwd),
    };
    let lower = name.to_lowercase();
    let lower = lower.rsplit("__").next().unwrap_or(&lower);
    let act = if lower == "apply_patch" || lower == "applypatch" {
        Act::Write(patch::files(&patch_text(args)?))
    } else if let Some(text) = command(args).filter(|_| SHELLS.contains(&lower)) {
        Act::Shell(text)
    } else if SHELLS.contains(&lower) {
        // Only what reads or ends a command has none.
        match args.get("chars").or_else(|| args.get("input")).and_then(Value::as_str) {
            Some(text) => Act::Shell(text.to_owned()),
            None => return None,
        }
    } else if WRITES.contains(&lower) {
        if args.get("command").and_then(Value::as_str) == Some("view") {
            Act::Nothing
        } else {
            Act::Write(vec![(path(args)?, Effect::Overwrite)])
        }
    } else if REMOVES.contains(&lower) {
        Act::Write(vec![(path(args)?, Effect::Remove { recursive: true })])
    } else {
        other(lower, args)
    };
    Some(Tool { act, cwd })
}

/// Tools of a name that is not known, of servers and plugins: one that is given a command runs it.
fn other(name: &str, args: &Value) -> Act {
    let removes = ["delete", "remove", "unlink"].iter().any(|verb| name.contains(verb));
    let moves = name.contains("move") || name.contains("rename");
    let writes = name.contains("write") || name.contains("edit");
    match (
        path(args).or_else(|| args.get("source").and_then(Value::as_str).map(str::to_owned)),
        command(args),
    ) {
        (Some(path), _) if removes => Act::Write(vec![(path, Effect::Remove { recursive: true })]),
        (Some(path), _) if moves => Act::Write(vec![(path, Effect::Move)]),
        (Some(path), _) if writes => Act::Write(vec![(path, Effect::Overwrite)]),
        (_, Some(text))
            if ["shell", "bash", "exec", "command", "terminal"]
                .iter()
                .any(|w| name.contains(w)) =>
        {
            Act::Shell(text)
        }
        _ => Act::Nothing,
    }
}

fn path(args: &Value) -> Option<String> {
    let keys = [
        "file_path",
        "path",
        "filePath",
        "notebook_path",
        "target_file",
        "filename",
        "absolute_path",
        "file",
    ];
    keys.iter().find_map(|key| args.get(key)?.as_str().map(str::to_owned))
}

/// A command as a text, or as words.
pub(super) fn command(args: &Value) -> Option<String> {
    let value = args.get("command").or_else(|| args.get("cmd")).or_else(|| args.get("script"))?;
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

fn patch_text(args: &Value) -> Option<String> {
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
