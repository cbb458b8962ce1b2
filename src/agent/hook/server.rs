//! Tools whose names are not known, of servers and plugins: what they do is told by their name and by
//! what they are given.

use serde_json::Value;

use super::super::judge::{Change, Effect};
use super::{Act, args};

/// What stands beside a path that is none of this machine.
const REMOTE: &[&str] = &[
    "owner",
    "repo",
    "repository",
    "repo_id",
    "table",
    "database",
    "bucket",
    "branch",
    "collection",
    "project_id",
    "namespace",
];
const FROM: &[&str] = &["source", "source_path", "sourcePath", "src", "from", "old_path"];
const TO: &[&str] =
    &["destination", "destination_path", "destinationPath", "dest", "dst", "to", "new_path"];

/// What such a tool does.
pub(super) fn act(name: &str, given: &Value) -> Act {
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let runs = ["shell", "bash", "exec", "command", "terminal", "run", "process", "spawn"];
    if let Some(text) = args::command(given).filter(|_| has(&runs)) {
        return Act::Shell(text);
    }
    let interprets = ["exec", "run", "code", "python", "cell", "eval", "repl", "script"];
    if let Some(text) = args::text(given, &["code", "source_code"]).filter(|_| has(&interprets)) {
        let language = args::text(given, &["language", "lang"]).unwrap_or_default();
        return Act::Program(text, has(&["node", "javascript"]) || language.starts_with("ja"));
    }
    if let Some(text) = args::text(given, &["input", "text", "chars"])
        && has(&["terminal", "process", "stdin", "send_keys", "sendkeys"])
    {
        return Act::Typed(args::keys(&text));
    }
    if REMOTE.iter().any(|key| given.get(key).is_some()) {
        return Act::Nothing;
    }
    let change = |path: String, effect| args::change(path, effect, given);
    let all = |effect| -> Act {
        Act::Write(args::paths(given).into_iter().map(|path| change(path, effect)).collect())
    };
    // A part of a file is none.
    let part = has(&["line", "symbol", "cell", "text"]);
    if has(&["delete", "remove", "unlink", "trash"]) {
        return all(if part { Effect::Overwrite } else { Effect::Remove { recursive: true } });
    }
    let moves = has(&["move", "rename"]);
    if moves || has(&["copy"]) {
        return Act::Write(moved(given, moves));
    }
    if has(&["write", "edit", "replace", "insert", "save", "update", "create_file"]) {
        return all(Effect::Overwrite);
    }
    Act::Nothing
}

/// What is taken from its place, and what lies where it goes.
fn moved(given: &Value, moves: bool) -> Vec<Change> {
    let from = args::text(given, FROM).or_else(|| args::paths(given).into_iter().next());
    let mut changes = Vec::new();
    if let Some(to) = args::text(given, TO) {
        let name = from.as_deref().and_then(|f| f.trim_end_matches('/').rsplit('/').next());
        // Into a folder it goes under its own name.
        if let Some(name) = name {
            let inner = format!("{}/{name}", to.trim_end_matches('/'));
            changes.push(Change { path: inner, effect: Effect::Overwrite, text: None });
        }
        changes.push(Change { path: to, effect: Effect::Overwrite, text: None });
    }
    if let Some(from) = from.filter(|_| moves) {
        changes.push(Change { path: from, effect: Effect::Move, text: None });
    }
    changes
}
