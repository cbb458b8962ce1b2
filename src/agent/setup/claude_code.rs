//! Claude Code: `hooks.PreToolUse` of settings.json. Without `onFailure` a hook that fails, or takes too
//! long, lets the call through.

use super::Entry;

/// A matcher with other than plain characters is a regular expression that may match anywhere.
pub(super) const ENTRIES: &[Entry] = &[Entry {
    event: "PreToolUse",
    text: r#"{
  "matcher": "^(Bash|PowerShell|Monitor|Write|Edit|MultiEdit|NotebookEdit|mcp__.*)$",
  "hooks": [
    {
      "type": "command",
      "command": @COMMAND@,
      "timeout": 15,
      "onFailure": "block"
    }
  ]
}"#,
}];

pub(super) const NOTES: &[&str] = &[
    "Claude Code before 2.1.295 does not know `onFailure` and lets a call through where a hook fails; \
     `/hooks` shows what is set",
];
