//! Claude Code: `PreToolUse`, answered by a decision on standard output.

use serde_json::{Value, json};

use super::{Answer, Tool, tool as tools};

pub(super) fn tool(call: &Value) -> Option<Tool> {
    let name = call.get("tool_name")?.as_str()?;
    tools::of(name, call.get("tool_input"), call.get("cwd"))
}

/// Any other code than 0 and 2 would let the call through.
pub(super) fn answer(denied: Option<&str>) -> Answer {
    denied.map_or_else(Answer::default, |reason| {
        Answer::json(&json!({"hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": reason,
        }}))
    })
}
