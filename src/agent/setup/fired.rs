//! The hooks that stand in settings as the agent reads them: which it would fire for the call by which
//! they are tried, and what keeps it from that.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::hooks::{entries, handlers, key, shape};
use super::jsonc::parse;
use super::{Entry, command};
use crate::agent::hook::Agent;

/// A hook that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// Under which event.
    pub event: String,
    /// The line for sh(1).
    pub line: String,
    /// The program, where the line calls safe-rm's hook and nothing else.
    pub program: Option<PathBuf>,
    /// After how long the agent gives up, where that is set.
    pub limit: Option<Duration>,
    /// Why the agent does not fire it, or does not wait for what it says.
    pub idle: Option<String>,
}

/// Every hook that stands where this agent looks before a tool runs.
///
/// # Errors
/// Where the settings cannot be read.
pub fn fired(agent: Agent, text: &str) -> Result<Vec<Fired>, String> {
    let root = parse(text)?;
    shape(agent, &root)?;
    let root = root.value();
    let mut found = Vec::new();
    for entry in entries(agent) {
        let list = root.get("hooks").and_then(|h| h.get(entry.event)).and_then(Value::as_array);
        for item in list.into_iter().flatten() {
            for handler in handlers(item) {
                let Some(line) = handler.get(key(agent)).and_then(Value::as_str) else { continue };
                let limit = limit(agent, handler);
                found.push(Fired {
                    event: entry.event.to_owned(),
                    line: line.to_owned(),
                    program: command::program_in(line, agent),
                    limit: limit.clone().ok().flatten(),
                    idle: asleep(agent, entry, item).or_else(|| idle(handler)).or(limit.err()),
                });
            }
        }
    }
    Ok(found)
}

fn limit(agent: Agent, handler: &Value) -> Result<Option<Duration>, String> {
    for name in ["timeout", "timeoutSec"] {
        let Some(value) = handler.get(name) else { continue };
        let unit = if agent == Agent::Gemini { 1e-3 } else { 1.0 };
        let seconds = value.as_f64().filter(|n| *n > 0.0).map(|n| (n * unit).min(3600.0));
        let limit = seconds.ok_or_else(|| format!("its `{name}` is {value}"))?;
        return Ok(Some(Duration::from_secs_f64(limit)));
    }
    Ok(None)
}

/// What of a handler keeps it from deciding.
fn idle(handler: &Value) -> Option<String> {
    let other = |name: &str, good: &[Value]| {
        let value = handler.get(name).filter(|value| !good.contains(value))?;
        Some(format!("its `{name}` is {value}"))
    };
    let no = [Value::Bool(false)];
    other("type", &["command".into()])
        .or_else(|| other("async", &no))
        .or_else(|| other("asyncRewake", &no))
        .or_else(|| other("disabled", &no))
        .or_else(|| other("once", &no))
        .or_else(|| other("enabled", &[Value::Bool(true)]))
        .or_else(|| other("shell", &["bash".into()]))
        .or_else(|| other("args", &[]))
        .or_else(|| other("if", &[]))
}

/// What of an entry keeps it from the call by which it is tried.
fn asleep(agent: Agent, entry: &Entry, item: &Value) -> Option<String> {
    let matcher = item.get("matcher")?;
    let tool = match agent {
        Agent::ClaudeCode | Agent::Codex => "Bash",
        Agent::Gemini => "run_shell_command",
        Agent::Cursor if entry.event == "preToolUse" => "Delete",
        // It is compared with the whole command there.
        Agent::Cursor => "rm -rf model",
        Agent::Copilot | Agent::OpenCode => "bash",
    };
    let matches = matcher.as_str().is_some_and(|m| matches(agent, m, tool));
    (!matches).then(|| format!("its matcher {matcher} is not seen to match `{tool}`"))
}

/// Whether it matches, as far as that can be told without a regular expression: alternatives of plain
/// words, `.*` in them, and anchors around them all.
fn matches(agent: Agent, matcher: &str, tool: &str) -> bool {
    if matches!(matcher, "" | "*" | ".*") {
        return true;
    }
    let bare = matcher.strip_prefix('^').and_then(|m| m.strip_suffix('$'));
    // Claude Code takes a matcher of plain words for those words.
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-, |".contains(c);
    let words = agent == Agent::ClaudeCode && matcher.chars().all(plain);
    let inner = bare.unwrap_or(matcher);
    let group = inner.strip_prefix('(').and_then(|m| m.strip_suffix(')'));
    if bare.is_some() && group.is_none() && inner.contains('|') {
        return false;
    }
    let split: &[char] = if words { &['|', ','] } else { &['|'] };
    group.unwrap_or(inner).split(split).map(|one| if words { one.trim() } else { one }).any(|one| {
        if words || bare.is_some() {
            covers(one, tool)
        } else {
            covers(&format!(".*{one}.*"), tool)
        }
    })
}

/// Whether a pattern of plain characters and `.*` is all of a word.
fn covers(pattern: &str, word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-: ".contains(c);
    let parts: Vec<&str> = pattern.split(".*").collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
    if !parts.iter().all(|part| part.chars().all(plain)) {
        return false;
    }
    if parts.len() == 1 {
        return pattern == word;
    }
    let Some(mut rest) = word.strip_prefix(first) else { return false };
    for part in &parts[1..parts.len() - 1] {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// What in settings switches all hooks off, if anything does, and in which of these texts it stands. A later
/// text goes before an earlier one.
#[must_use]
pub fn off(agent: Agent, texts: &[&str]) -> Option<(&'static str, usize)> {
    let switches: &[(&str, &str, bool)] = match agent {
        Agent::ClaudeCode => &[
            ("disableAllHooks", "/disableAllHooks", true),
            ("allowManagedHooksOnly", "/allowManagedHooksOnly", true),
        ],
        Agent::Gemini => &[
            ("hooksConfig.enabled", "/hooksConfig/enabled", false),
            ("tools.enableHooks", "/tools/enableHooks", false),
        ],
        Agent::Copilot => &[("disableAllHooks", "/disableAllHooks", true)],
        Agent::Codex | Agent::Cursor | Agent::OpenCode => &[],
    };
    let read = texts.iter().map(|text| parse(text).map(|root| root.value()).unwrap_or_default());
    let read: Vec<Value> = read.collect();
    switches.iter().find_map(|(key, path, off)| {
        let mut set = read.iter().enumerate().rev();
        let (at, value) = set.find_map(|(at, root)| Some((at, root.pointer(path)?)))?;
        (*value == Value::Bool(*off)).then_some((*key, at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matcher_that_is_not_seen_to_match_does_not() {
        let claude = |matcher: &str| matches(Agent::ClaudeCode, matcher, "Bash");
        for yes in [
            "",
            "*",
            "Bash",
            "Edit|Bash",
            "Edit, Bash",
            "^(Edit|Bash|mcp__.*)$",
            "^Bash$",
            "Ba.*",
            "^.*$",
        ] {
            assert!(claude(yes), "{yes}");
        }
        for no in [
            "^Never$",
            "Ba",
            "BashOutput",
            "^Bash|Edit$",
            "^(?!Bash)",
            "Edit",
            "[B]ash",
            "^(Edit|Write)$",
        ] {
            assert!(!claude(no), "{no}");
        }
        assert!(matches(Agent::Codex, "Bas", "Bash"));
    }
}
