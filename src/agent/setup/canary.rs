//! Calls by which a hook is tried out, as each agent records them, and what its answer means to the agent.

use std::path::Path;

use serde_json::{Value, json};

use crate::agent::hook::Agent;

/// What would go.
#[derive(Clone, Copy, Debug)]
pub struct Deletes<'a> {
    /// The folder that the call comes from.
    pub at: &'a Path,
    /// What is deleted, relative to it.
    pub what: &'a str,
}

/// The call, under this event.
#[must_use]
pub fn call(agent: Agent, event: &str, deletes: Deletes<'_>) -> Value {
    let (cwd, command) = (deletes.at, format!("rm -rf {}", deletes.what));
    match agent {
        Agent::ClaudeCode | Agent::Codex => json!({
            "session_id": "safe-rm-doctor", "transcript_path": null, "cwd": cwd, "turn_id": "1",
            "permission_mode": "default", "hook_event_name": event, "tool_name": "Bash",
            "tool_input": {"command": command}, "tool_use_id": "safe-rm-doctor",
        }),
        Agent::Gemini => json!({
            "session_id": "safe-rm-doctor", "transcript_path": "", "cwd": cwd, "hook_event_name": event,
            "tool_name": "run_shell_command", "tool_input": {"command": command},
        }),
        Agent::Copilot => json!({
            "sessionId": "safe-rm-doctor", "timestamp": 0, "cwd": cwd, "toolName": "bash",
            "toolArgs": json!({"command": command}).to_string(),
        }),
        Agent::Cursor if event == "preToolUse" => json!({
            "hook_event_name": event, "conversation_id": "safe-rm-doctor", "workspace_roots": [cwd],
            "cwd": cwd, "tool_name": "Delete", "tool_input": {"file_path": cwd.join(deletes.what)},
        }),
        Agent::Cursor => json!({
            "hook_event_name": event, "conversation_id": "safe-rm-doctor", "workspace_roots": [cwd],
            "command": command, "cwd": cwd,
        }),
        Agent::OpenCode => json!({"tool": "bash", "args": {"command": command}, "cwd": cwd}),
    }
}

/// Whether the agent takes this for a no; none where it takes it for a hook that has failed.
#[must_use]
pub fn denies(agent: Agent, out: &[u8], code: i32) -> Option<bool> {
    let json: Value = serde_json::from_slice(out).unwrap_or_default();
    let says = |path: &str, word: &str| json.pointer(path).is_some_and(|v| v == word);
    match agent {
        Agent::ClaudeCode | Agent::Codex => match code {
            0 => Some(says("/hookSpecificOutput/permissionDecision", "deny")),
            2 => Some(true),
            _ => None,
        },
        Agent::Gemini => match code {
            0 => Some(says("/decision", "deny") || says("/decision", "block")),
            2 => Some(true),
            _ => None,
        },
        Agent::Copilot => (code == 0).then(|| says("/permissionDecision", "deny")),
        Agent::Cursor => match code {
            0 => Some(says("/permission", "deny")),
            2 => Some(true),
            _ => None,
        },
        // The plugin lets nothing through but this.
        Agent::OpenCode => Some(code != 0 || !says("/permission", "allow")),
    }
}
