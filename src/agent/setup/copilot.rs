//! Copilot CLI: a file of its own in a folder of hooks, version 1.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    event: "preToolUse",
    text: r#"{
  "type": "command",
  "bash": @COMMAND@,
  "timeoutSec": 15
}"#,
}];

pub(super) const NOTES: &[&str] =
    &["Copilot CLI lets a call through where a hook fails or takes too long"];
