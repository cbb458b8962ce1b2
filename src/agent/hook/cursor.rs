//! Cursor: `beforeShellExecution`, and `preToolUse`, by a permission.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Act, Answer, Tool, tool as tools};

pub(super) fn tool(call: &Value) -> Option<Tool> {
    if let Some(name) = call.get("tool_name").and_then(Value::as_str) {
        return tools::of(name, call.get("tool_input"), folder(call));
    }
    let event =
        call.get("hook_event_name").and_then(Value::as_str).unwrap_or("beforeShellExecution");
    if event != "beforeShellExecution" {
        return Some(Tool { act: Act::Nothing, cwd: None });
    }
    let text = call.get("command")?.as_str()?.to_owned();
    let cwd = folder(call).and_then(Value::as_str).map(PathBuf::from);
    Some(Tool { act: Act::Shell(text), cwd })
}

/// Where it runs: an empty one is the first root.
fn folder(call: &Value) -> Option<&Value> {
    let cwd = call.get("cwd").filter(|cwd| cwd.as_str().is_some_and(|c| !c.is_empty()));
    cwd.or_else(|| call.get("workspace_roots")?.get(0))
}

pub(super) fn answer(denied: Option<&str>) -> Answer {
    match denied {
        None => Answer::json(&json!({"permission": "allow"})),
        Some(reason) => Answer {
            // A version that reads no JSON blocks by the code.
            code: 2,
            err: format!("{reason}\n"),
            ..Answer::json(&json!({
                "permission": "deny", "user_message": reason, "agent_message": reason,
                "userMessage": reason, "agentMessage": reason,
            }))
        },
    }
}
