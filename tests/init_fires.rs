//! What `safe-rm init` has written denies: the very line that stands in each agent's settings, run as that
//! agent runs it, with a call as that agent records it.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use common::{Sandbox, has_tool, tree};
use serde_json::{Value, json};

/// Where the line stands, and what one call looks like there.
struct Agent {
    name: &'static str,
    file: &'static str,
    line: &'static str,
    call: fn(&Path, &str) -> Value,
}

const AGENTS: &[Agent] = &[
    Agent {
        name: "claude-code",
        file: ".claude/settings.json",
        line: "/hooks/PreToolUse/0/hooks/0/command",
        call: |cwd, command| {
            json!({"session_id": "0f0f", "transcript_path": "/t.jsonl", "cwd": cwd,
                "permission_mode": "default", "hook_event_name": "PreToolUse", "tool_name": "Bash",
                "tool_input": {"command": command, "description": "tidy up"}, "tool_use_id": "toolu_01"})
        },
    },
    Agent {
        name: "codex",
        file: ".codex/hooks.json",
        line: "/hooks/PreToolUse/0/hooks/0/command",
        call: |cwd, command| {
            json!({"session_id": "0f0f", "turn_id": "1", "model": "gpt", "cwd": cwd,
                "transcript_path": null, "permission_mode": "default", "hook_event_name": "PreToolUse",
                "tool_name": "Bash", "tool_input": {"command": command}, "tool_use_id": "call_1"})
        },
    },
    Agent {
        name: "gemini",
        file: ".gemini/settings.json",
        line: "/hooks/BeforeTool/0/hooks/0/command",
        call: |cwd, command| {
            json!({"session_id": "0f0f", "transcript_path": "", "cwd": cwd,
                "hook_event_name": "BeforeTool", "timestamp": "2026-11-01T10:00:00Z",
                "tool_name": "run_shell_command", "tool_input": {"command": command}})
        },
    },
    Agent {
        name: "copilot",
        file: ".copilot/hooks/safe-rm.json",
        line: "/hooks/preToolUse/0/bash",
        call: |cwd, command| {
            json!({"sessionId": "0f0f", "timestamp": 1_790_000_000_000_u64, "cwd": cwd,
                "toolName": "bash", "toolArgs": json!({"command": command}).to_string()})
        },
    },
    Agent {
        name: "cursor",
        file: ".cursor/hooks.json",
        line: "/hooks/beforeShellExecution/0/command",
        call: |cwd, command| {
            json!({"hook_event_name": "beforeShellExecution", "conversation_id": "c",
                "generation_id": "g", "workspace_roots": [cwd], "command": command, "cwd": cwd})
        },
    },
    Agent {
        name: "cursor",
        file: ".cursor/hooks.json",
        line: "/hooks/preToolUse/0/command",
        call: |cwd, command| {
            // What deletes the file itself, where the other is a command.
            let path = command.strip_prefix("rm -rf ").unwrap();
            json!({"hook_event_name": "preToolUse", "conversation_id": "c", "generation_id": "g",
                "workspace_roots": [cwd], "cwd": cwd, "tool_name": "Delete",
                "tool_input": {"file_path": cwd.join(path)}})
        },
    },
];

fn fire(sandbox: &Sandbox, line: &str, call: &Value) -> Output {
    // Away from where PATH could lead, as an agent may be anywhere.
    let mut command = sandbox.command_of("sh", &["-c", line]);
    command.env("PATH", "/usr/bin:/bin").current_dir("/");
    with_input(command, &call.to_string())
}

fn with_input(mut command: Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn is_no(output: &Output) -> bool {
    String::from_utf8_lossy(&output.stdout).contains("deny")
}

#[test]
fn the_line_that_was_written_denies_and_lets_pass() {
    let sandbox = Sandbox::now();
    tree::plant(&sandbox);
    for agent in AGENTS {
        // What another has put there only a person makes another.
        std::fs::remove_file(sandbox.home().join(agent.file)).ok();
        sandbox.run(&["init", agent.name, "--write"]);
        let text = std::fs::read_to_string(sandbox.home().join(agent.file)).unwrap();
        let settings: Value = serde_json::from_str(&text).unwrap();
        let line = settings.pointer(agent.line).unwrap().as_str().unwrap();
        assert!(line.starts_with('/'), "{line}");
        let no = fire(&sandbox, line, &(agent.call)(&sandbox.work(), "rm -rf models/qwen"));
        assert!(is_no(&no), "{}: {no:?}", agent.name);
        let yes = fire(&sandbox, line, &(agent.call)(&sandbox.work(), "rm -rf build"));
        assert!(!is_no(&yes) && yes.status.success(), "{}: {yes:?}", agent.name);
        // And its own settings are then kept from the agent.
        let own = format!("rm -rf {}", sandbox.home().join(agent.file).display());
        let no = fire(&sandbox, line, &(agent.call)(&sandbox.work(), &own));
        assert!(is_no(&no), "{}: {no:?}", agent.name);
    }
}

/// A copy of the program under a name that a shell would read as something else.
fn hostile(sandbox: &Sandbox) -> PathBuf {
    let program = sandbox.work().join("it's a $(touch pwned) \"dir\"/safe-rm");
    std::fs::create_dir_all(program.parent().unwrap()).unwrap();
    std::fs::copy(common::BIN, &program).unwrap();
    program
}

#[test]
fn a_program_in_an_odd_place_is_called_by_its_path() {
    let sandbox = Sandbox::now();
    tree::plant(&sandbox);
    let program = hostile(&sandbox);
    for agent in AGENTS {
        std::fs::remove_file(sandbox.home().join(agent.file)).ok();
        let mut command = sandbox.command_of(program.to_str().unwrap(), &["init", agent.name]);
        assert!(command.arg("--write").output().unwrap().status.success());
        let text = std::fs::read_to_string(sandbox.home().join(agent.file)).unwrap();
        let settings: Value = serde_json::from_str(&text).unwrap();
        let line = settings.pointer(agent.line).unwrap().as_str().unwrap();
        let no = fire(&sandbox, line, &(agent.call)(&sandbox.work(), "rm -rf models/qwen"));
        assert!(is_no(&no), "{}: {no:?}", agent.name);
        // It knows the settings again that call it so.
        let own = format!("rm -rf {}", sandbox.home().join(agent.file).display());
        assert!(
            is_no(&fire(&sandbox, line, &(agent.call)(&sandbox.work(), &own))),
            "{}",
            agent.name
        );
        let words = ["init", agent.name, "--remove", "--write"];
        let command = sandbox.command_of(program.to_str().unwrap(), &words);
        let mut session = common::person::spawn(&command, 20_000);
        session.exp_string("anything else to stop").unwrap();
        session.send_line("YES");
        assert_eq!(session.wait(), 0);
        assert!(!sandbox.home().join(agent.file).exists());
    }
    assert!(!sandbox.work().join("pwned").exists());
}

/// Loads the plugin as OpenCode does and runs one call through it.
const DRIVE: &str = r#"
const { SafeRm } = await import(process.argv[1])
const hooks = await SafeRm({ directory: process.argv[2] })
try {
  await hooks["tool.execute.before"](
    { tool: "bash", sessionID: "s", callID: "c" }, { args: { command: process.argv[3] } })
  console.log("runs")
} catch (error) {
  console.log("thrown: " + error.message)
}
"#;

#[test]
fn the_plugin_of_opencode_throws() {
    if !has_tool("node", &["--version"]) {
        return;
    }
    let sandbox = Sandbox::now();
    tree::plant(&sandbox);
    let program = hostile(&sandbox);
    let mut command =
        sandbox.command_of(program.to_str().unwrap(), &["init", "opencode", "--write"]);
    assert!(command.output().unwrap().status.success());
    let plugin = sandbox.home().join(".config/opencode/plugins/safe-rm.js");
    let drive = |call: &str| {
        let work = sandbox.work();
        let args = ["--no-warnings", "--input-type=module", "-e", DRIVE];
        let mut node = sandbox.command_of("node", &args);
        // As `.mjs`, since node takes a bare `.js` for the older kind.
        let module = sandbox.work().join("plugin.mjs");
        std::fs::copy(&plugin, &module).unwrap();
        node.arg(module).arg(work).arg(call);
        let output = node.output().unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr)
    };
    let no = drive("rm -rf models/qwen");
    assert!(no.starts_with("thrown: ") && no.contains("safe-rm plan"), "{no}");
    assert_eq!(drive("rm -rf build"), "runs\n");
    // Without the program nothing runs.
    std::fs::remove_file(&program).unwrap();
    assert!(drive("ls").starts_with("thrown: safe-rm could not judge"), "{}", drive("ls"));
}
