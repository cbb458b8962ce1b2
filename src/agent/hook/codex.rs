//! Codex CLI: Claude Code's shape. A call goes on where nothing is printed; `allow` would be an
//! error, and an error lets it through.

use serde_json::Value;

use super::{Answer, Tool, claude_code};

pub(super) fn tool(call: &Value) -> Option<Tool> {
    claude_code::tool(call)
}

/// Both ways at once: the decision, and for a version that knows only the code, 2 with the reason.
/// Code 2 without a text would be taken for a failure, and the call would go on.
pub(super) fn answer(denied: Option<&str>) -> Answer {
    denied.map_or_else(Answer::default, |reason| Answer {
        err: format!("{reason}\n"),
        code: 2,
        ..claude_code::answer(Some(reason))
    })
}
