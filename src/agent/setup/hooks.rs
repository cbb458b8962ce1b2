//! Hooks in settings that are JSON: where ours stand, put in, taken out. After each change the text is
//! read again: all but ours must be what it was.

use std::path::Path;

use serde_json::Value;

use super::edit::{append, apply, take_out};
use super::jsonc::{Node, parse};
use super::{Change, Entry, Kind, Refused, claude_code, codex, command, copilot, cursor, gemini};
use crate::agent::hook::Agent;

/// More of ours than this in one file nobody has put there; each is a text read again to take it out.
const MANY: usize = 16;

pub(super) fn entries(agent: Agent) -> &'static [Entry] {
    match agent {
        Agent::ClaudeCode => claude_code::ENTRIES,
        Agent::Codex => codex::ENTRIES,
        Agent::Gemini => gemini::ENTRIES,
        Agent::Copilot => copilot::ENTRIES,
        Agent::Cursor => cursor::ENTRIES,
        Agent::OpenCode => &[],
    }
}

/// Whether the agent wants to be told the version of its file.
fn has_version(agent: Agent) -> bool {
    matches!(agent, Agent::Copilot | Agent::Cursor)
}

/// What a file begins with that was not there.
fn empty(agent: Agent) -> &'static str {
    if has_version(agent) { "{\n  \"version\": 1\n}\n" } else { "{\n}\n" }
}

/// The key of a handler that has the line.
pub(super) fn key(agent: Agent) -> &'static str {
    if agent == Agent::Copilot { "bash" } else { "command" }
}

/// The line of a handler, where it calls our hook.
fn is_ours(handler: &Value, agent: Agent) -> bool {
    let line = handler.get(key(agent)).and_then(Value::as_str);
    line.is_some_and(|line| command::program_in(line, agent).is_some())
}

/// The handlers of an entry: those in its list, or the entry itself.
pub(super) fn handlers(entry: &Value) -> Vec<&Value> {
    match entry.get("hooks").and_then(Value::as_array) {
        Some(list) => list.iter().collect(),
        None => vec![entry],
    }
}

pub(super) fn add(agent: Agent, program: &Path, old: Option<&str>) -> Result<Change, Refused> {
    let Some(line) = command::line(program, agent) else {
        return Err(Refused { why: "the program's path is no UTF-8".to_owned(), by_hand: None });
    };
    let old = old.filter(|text| !text.trim().is_empty());
    let by_hand = || Some(apply_all(agent, empty(agent), &line).unwrap_or_default());
    let refused = |why: String| Refused { why, by_hand: by_hand() };
    let start = old.unwrap_or_else(|| empty(agent));
    let root = parse(start).map_err(&refused)?;
    shape(agent, &root).map_err(&refused)?;
    let root = root.value();
    few(agent, &root).map_err(&refused)?;
    let (wanted, there) = (wanted(agent, &line), ours(agent, &root));
    if wanted == there {
        return Ok(Change::nothing(old));
    }
    let cleared =
        if there.is_empty() { start.to_owned() } else { clear(agent, start).map_err(&refused)? };
    let new = apply_all(agent, &cleared, &line).map_err(&refused)?;
    unharmed(agent, start, &new, &wanted).map_err(&refused)?;
    let kind = if there.iter().all(|t| wanted.contains(t)) { Kind::Adds } else { Kind::Replaces };
    Ok(Change { kind, new: Some(new) })
}

pub(super) fn remove(agent: Agent, program: &Path, old: &str) -> Result<Change, Refused> {
    let refused = |why: String| Refused { why, by_hand: None };
    if old.trim().is_empty() {
        return Ok(Change::nothing(Some(old)));
    }
    let root = parse(old).map_err(refused)?;
    shape(agent, &root).map_err(refused)?;
    let root = root.value();
    few(agent, &root).map_err(refused)?;
    if ours(agent, &root).is_empty() {
        return Ok(Change::nothing(Some(old)));
    }
    // A file that is what we would make goes as a whole.
    let line = command::line(program, agent).unwrap_or_default();
    if apply_all(agent, empty(agent), &line).is_ok_and(|made| made == old) {
        return Ok(Change { kind: Kind::Removes, new: None });
    }
    let new = clear(agent, old).map_err(refused)?;
    unharmed(agent, old, &new, &[]).map_err(refused)?;
    Ok(Change { kind: Kind::Removes, new: Some(new) })
}

/// Refuses what would be taken out one by one for too long.
fn few(agent: Agent, root: &Value) -> Result<(), String> {
    let lists = entries(agent).iter().filter_map(|e| root.get("hooks")?.get(e.event)?.as_array());
    let own = lists.flatten().flat_map(handlers).filter(|h| is_ours(h, agent)).count();
    if own > MANY { Err(format!("it calls safe-rm {own} times")) } else { Ok(()) }
}

/// Whether hooks stand where they must, and are what they must be.
pub(super) fn shape(agent: Agent, root: &Node) -> Result<(), String> {
    if !root.is_object() {
        return Err("it is no object".to_owned());
    }
    if has_version(agent) && root.get("version").map(Node::value) != Some(1.into()) {
        return Err("its `version` is not 1: the agent would pass over it".to_owned());
    }
    let Some(hooks) = root.get("hooks") else { return Ok(()) };
    if !hooks.is_object() {
        return Err("its `hooks` is no object".to_owned());
    }
    let events = entries(agent).iter().map(|e| e.event);
    match events.filter_map(|e| Some((e, hooks.get(e)?))).find(|(_, node)| !node.is_array()) {
        Some((event, _)) => Err(format!("its `hooks.{event}` is no list")),
        None => Ok(()),
    }
}

/// What is to be there: each entry with its event.
fn wanted(agent: Agent, line: &str) -> Vec<(String, Value)> {
    let entries = entries(agent).iter();
    let made = entries.map(|e| (e.event.to_owned(), serde_json::from_str(&filled(e, line))));
    made.filter_map(|(event, value)| Some((event, value.ok()?))).collect()
}

/// What is there of ours, by the events in the order of the table.
fn ours(agent: Agent, root: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for entry in entries(agent) {
        let list = root.get("hooks").and_then(|h| h.get(entry.event)).and_then(Value::as_array);
        let own =
            list.into_iter().flatten().filter(|e| handlers(e).iter().any(|h| is_ours(h, agent)));
        found.extend(own.map(|value| (entry.event.to_owned(), value.clone())));
    }
    found
}

fn filled(entry: &Entry, line: &str) -> String {
    entry.text.replace("@COMMAND@", &Value::from(line).to_string())
}

/// Puts every entry in.
fn apply_all(agent: Agent, text: &str, line: &str) -> Result<String, String> {
    let mut text = text.to_owned();
    for entry in entries(agent) {
        let lines = filled(entry, line);
        let root = parse(&text)?;
        let deeper = |lines: &str, head: &str, tail: &str| {
            let inner = lines.lines().map(|l| format!("  {l}\n")).collect::<String>();
            format!("{head}\n{inner}{tail}")
        };
        let list = || deeper(&lines, &format!("\"{}\": [", entry.event), "]");
        let cuts = match root.get("hooks") {
            None => append(&text, &root, &deeper(&list(), "\"hooks\": {", "}")),
            Some(hooks) => match hooks.get(entry.event) {
                None => append(&text, hooks, &list()),
                Some(node) => append(&text, node, &lines),
            },
        };
        text = apply(&text, cuts);
    }
    Ok(text)
}

/// Takes every hook of ours out, and the lists that were made for it and are empty now.
fn clear(agent: Agent, text: &str) -> Result<String, String> {
    let mut text = text.to_owned();
    for entry in entries(agent) {
        while let Some(next) = without_one(agent, &text, entry.event)? {
            text = next;
        }
    }
    Ok(text)
}

fn without_one(agent: Agent, text: &str, event: &str) -> Result<Option<String>, String> {
    let root = parse(text)?;
    let Some(list) = root.get("hooks").and_then(|h| h.get(event)) else { return Ok(None) };
    let own = |node: &Node| is_ours(&node.value(), agent);
    for (at, entry) in list.children().iter().enumerate() {
        let Some(group) = entry.node.get("hooks").filter(|g| g.is_array()) else {
            if own(&entry.node) {
                return pruned(&apply(text, take_out(text, list, at)), event).map(Some);
            }
            continue;
        };
        let Some(which) = group.children().iter().position(|c| own(&c.node)) else { continue };
        // Others may have been put into the same group.
        let cuts = if group.children().len() == 1 {
            take_out(text, list, at)
        } else {
            take_out(text, group, which)
        };
        return pruned(&apply(text, cuts), event).map(Some);
    }
    Ok(None)
}

/// Takes the list and the object around it away where they are empty and were made for this.
fn pruned(text: &str, event: &str) -> Result<String, String> {
    let made = |text: &str, node: &Node| {
        let inner = &text[node.place.start + 1..node.place.end - 1];
        !inner.is_empty() && inner.trim().is_empty()
    };
    let mut text = text.to_owned();
    for path in [&["hooks", event][..], &["hooks"]] {
        let root = parse(&text)?;
        let (name, above) = path.split_last().unwrap_or((&"", &[]));
        let Some(parent) = above.iter().try_fold(&root, |node, key| node.get(key)) else { break };
        let Some(at) = parent.children().iter().position(|c| c.key == *name) else { break };
        if !made(&text, &parent.children()[at].node) {
            break;
        }
        text = apply(&text, take_out(&text, parent, at));
    }
    Ok(text)
}

/// Whether all but ours is what it was, and ours what it is to be.
fn unharmed(agent: Agent, old: &str, new: &str, wanted: &[(String, Value)]) -> Result<(), String> {
    let (before, after) = (parse(old)?.value(), parse(new)?.value());
    let there = ours(agent, &after);
    if stripped(agent, before) != stripped(agent, after) || there != wanted {
        return Err("it cannot be edited without losing something else in it".to_owned());
    }
    Ok(())
}

/// The value without ours and without what is empty around it.
fn stripped(agent: Agent, mut root: Value) -> Value {
    let Some(hooks) = root.get_mut("hooks").and_then(Value::as_object_mut) else { return root };
    for entry in entries(agent) {
        let Some(list) = hooks.get_mut(entry.event).and_then(Value::as_array_mut) else { continue };
        list.retain_mut(|item| match item.get_mut("hooks").and_then(Value::as_array_mut) {
            Some(group) => {
                let before = group.len();
                group.retain(|h| !is_ours(h, agent));
                before == group.len() || !group.is_empty()
            }
            None => !is_ours(item, agent),
        });
        if list.is_empty() {
            hooks.remove(entry.event);
        }
    }
    if hooks.is_empty()
        && let Some(root) = root.as_object_mut()
    {
        root.remove("hooks");
    }
    root
}
