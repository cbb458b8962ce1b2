//! What the tools of agents do, by their names and arguments.

use std::borrow::Cow;
use std::path::PathBuf;

use serde_json::Value;

use super::super::judge::{self, Effect};
use super::{Act, Tool, args, server};

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
    "execute",
];
/// Tools that type into what runs already, or only wait for it.
const TERMINALS: &[&str] =
    &["write_stdin", "write_bash", "write_powershell", "monitor", "interact_with_process"];
/// Tools that write a file as a whole, or a part of it.
const WRITES: &[&str] = &[
    "write",
    "edit",
    "multiedit",
    "notebookedit",
    "write_file",
    "replace",
    "str_replace",
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

/// A call by its tool's name and arguments, which a tool that changes nothing may lack.
pub(super) fn of(name: &str, given: Option<&Value>, cwd: Option<&Value>) -> Option<Tool> {
    let given = given.map_or(Cow::Owned(Value::Null), parsed);
    let given = given.as_ref();
    let at = |key: &str| given.get(key).and_then(Value::as_str).map(PathBuf::from);
    let cwd = cwd.and_then(Value::as_str).map(PathBuf::from);
    // Of tools that are told where to run.
    let inner =
        ["workdir", "working_directory", "directory", "cwd", "dir_path"].into_iter().find_map(at);
    let cwd = match (inner, cwd) {
        (Some(inner), Some(cwd)) => Some(cwd.join(inner)),
        (inner, cwd) => inner.or(cwd),
    };
    let whole = name.to_lowercase();
    let lower = whole.rsplit("__").next().unwrap_or(&whole);
    let served = whole.starts_with("mcp");
    let act = if lower == "apply_patch" || lower == "applypatch" {
        Act::Write(judge::patch_files(&args::patch(given)?))
    } else if SHELLS.contains(&lower) && !served {
        Act::Shell(shell_text(lower, args::command(given)?))
    } else if TERMINALS.contains(&lower) {
        let typed = ["chars", "input", "data"].into_iter().find_map(|key| given.get(key));
        match (typed.and_then(Value::as_str), args::command(given)) {
            (Some(text), _) => Act::Typed(shell_text(lower, args::keys(text))),
            (None, Some(text)) => Act::Shell(text),
            (None, None) => Act::Nothing,
        }
    } else if WRITES.contains(&lower) && !served {
        if given.get("command").and_then(Value::as_str) == Some("view") {
            Act::Nothing
        } else {
            let path = args::paths(given).into_iter().next()?;
            Act::Write(vec![args::change(path, Effect::Overwrite, given)])
        }
    } else if REMOVES.contains(&lower) && !served {
        let path = args::paths(given).into_iter().next()?;
        Act::Write(vec![args::change(path, Effect::Remove { recursive: true }, given)])
    } else {
        server::act(lower, given)
    };
    Some(Tool { act, cwd })
}

/// Arguments that are the text of an object are that object; a bare patch is none.
fn parsed(value: &Value) -> Cow<'_, Value> {
    match value {
        Value::String(text) => match serde_json::from_str(text) {
            Ok(object @ Value::Object(_)) => Cow::Owned(object),
            _ => Cow::Borrowed(value),
        },
        other => Cow::Borrowed(other),
    }
}

fn shell_text(name: &str, text: String) -> String {
    if name.contains("powershell") { judge::powershell(&text) } else { text }
}
