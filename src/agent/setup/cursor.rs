//! Cursor: hooks.json, version 1. `beforeShellExecution` sees commands, `preToolUse` what writes files.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        event: "beforeShellExecution",
        text: r#"{
  "command": @COMMAND@,
  "timeout": 15,
  "failClosed": true
}"#,
    },
    Entry {
        event: "preToolUse",
        text: r#"{
  "command": @COMMAND@,
  "matcher": "Write|StrReplace|Edit|MultiEdit|NotebookEdit|Delete|ApplyPatch|MCP:.*",
  "timeout": 15,
  "failClosed": true
}"#,
    },
];

pub(super) const NOTES: &[&str] =
    &["a version of Cursor that does not know `failClosed` lets a call through where a hook fails"];
