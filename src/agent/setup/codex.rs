//! Codex CLI: `PreToolUse` of hooks.json, in Claude Code's shape. Without a matcher it is asked for every
//! tool, under whatever name that goes.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    event: "PreToolUse",
    text: r#"{
  "hooks": [
    {
      "type": "command",
      "command": @COMMAND@,
      "timeout": 15
    }
  ]
}"#,
}];

pub(super) const NOTES: &[&str] = &[
    "Codex skips a hook until you have trusted it: open `/hooks` in Codex once, and after each change",
];
