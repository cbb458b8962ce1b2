//! OpenCode: its plugin gives us the call, and throws where the answer is no.

use serde_json::{Value, json};

use super::{Answer, Tool, tool as tools};

pub(super) fn tool(call: &Value) -> Option<Tool> {
    let name = call.get("tool")?.as_str()?;
    tools::of(name, call.get("args"), call.get("cwd"))
}

/// The plugin lets a call through by this very answer and by nothing else.
pub(super) fn answer(denied: Option<&str>) -> Answer {
    Answer::json(&match denied {
        None => json!({"permission": "allow"}),
        Some(reason) => json!({"permission": "deny", "reason": reason}),
    })
}
