//! Gemini CLI: `BeforeTool`; standard output is JSON and nothing else.

use serde_json::{Value, json};

use super::{Answer, Tool, tool as tools};

pub(super) fn tool(call: &Value) -> Option<Tool> {
    let name = call.get("tool_name").or_else(|| call.get("toolName"))?.as_str()?;
    let args = call.get("tool_input").or_else(|| call.get("args"));
    tools::of(name, args, call.get("cwd"))
}

pub(super) fn answer(denied: Option<&str>) -> Answer {
    denied.map_or_else(Answer::default, |reason| {
        Answer::json(&json!({"decision": "deny", "reason": reason}))
    })
}
