//! Gemini CLI: `hooks.BeforeTool` of settings.json; its time-outs are in milliseconds.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    event: "BeforeTool",
    text: r#"{
  "matcher": "^(run_shell_command|write_file|replace|edit|mcp_.*|.*__.*)$",
  "hooks": [
    {
      "name": "safe-rm",
      "type": "command",
      "command": @COMMAND@,
      "timeout": 15000
    }
  ]
}"#,
}];

pub(super) const NOTES: &[&str] =
    &["Gemini CLI lets a call through where a hook cannot be started; `/hooks` shows what is set"];
