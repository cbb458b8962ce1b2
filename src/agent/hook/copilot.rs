//! Copilot CLI: flat, and always with code 0, since every other one lets the call through.

use serde_json::{Value, json};

use super::{Answer, Tool, tool as tools};

/// The fields are in camel case, or, where the event's name is in Pascal case, in snake case. The
/// arguments are an object, or the text of one.
pub(super) fn tool(call: &Value) -> Option<Tool> {
    let name = call.get("toolName").or_else(|| call.get("tool_name"))?.as_str()?;
    let keys = ["toolArgs", "tool_args", "toolInput", "tool_input"];
    tools::of(name, keys.iter().find_map(|key| call.get(key)), call.get("cwd"))
}

pub(super) fn answer(denied: Option<&str>) -> Answer {
    denied.map_or_else(Answer::default, |reason| {
        Answer::json(&json!({"permissionDecision": "deny", "permissionDecisionReason": reason}))
    })
}
