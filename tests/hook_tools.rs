//! Tools of agents and of servers, by what they are given; and what a refusal advises.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use std::io::Write;
use std::process::Stdio;

use common::{Sandbox, tree};
use serde_json::{Value, json};

/// The reason of a refusal; nothing where the call may go on.
fn reason(sandbox: &Sandbox, agent: &str, call: &Value) -> Option<String> {
    let mut hook = sandbox.command(&["hook", agent]);
    hook.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = hook.spawn().unwrap();
    child.stdin.take().unwrap().write_all(call.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    if out.is_empty() {
        return None;
    }
    let json: Value = serde_json::from_str(&out).unwrap();
    let places = [
        "/hookSpecificOutput/permissionDecisionReason",
        "/permissionDecisionReason",
        "/reason",
        "/agent_message",
    ];
    places.iter().find_map(|place| Some(json.pointer(place)?.as_str()?.to_owned()))
}

fn planted() -> Sandbox {
    let sandbox = Sandbox::now();
    tree::plant(&sandbox);
    sandbox
}

#[test]
fn tools_are_judged_by_all_that_they_are_given() {
    let sandbox = planted();
    let cwd = sandbox.work();
    let path = |below: &str| cwd.join(below).to_str().unwrap().to_owned();
    let patch = "*** Begin Patch\n*** Delete File: single/best.safetensors\n*** End Patch";
    let settings = path(".claude/settings.local.json");
    let cases = [
        (
            "copilot",
            json!({"toolName": "write_bash", "toolArgs": {"sessionId": "1", "input": "rm -rf models{enter}"}}),
        ),
        (
            "copilot",
            json!({"toolName": "powershell", "toolArgs": {"command": "Remove-Item -Recurse models"}}),
        ),
        (
            "cursor",
            json!({"hook_event_name": "beforeMCPExecution", "tool_name": "move_file",
            "tool_input": json!({"source": path("models"), "destination": "/tmp/x"}).to_string()}),
        ),
        (
            "claude-code",
            json!({"tool_name": "mcp__filesystem__move_file",
            "tool_input": {"source": path("a.txt"), "destination": path("single/best.safetensors")}}),
        ),
        (
            "claude-code",
            json!({"tool_name": "mcp__fs__delete_files", "tool_input": {"paths": [path("a.txt"), path("models")]}}),
        ),
        (
            "claude-code",
            json!({"tool_name": "mcp__desktop-commander__start_process", "tool_input": {"command": "rm -rf models"}}),
        ),
        (
            "claude-code",
            json!({"tool_name": "mcp__shell__run", "tool_input": {"command": "rm -rf models"}}),
        ),
        (
            "claude-code",
            json!({"tool_name": "mcp__ide__executeCode", "tool_input": {"code": "import shutil; shutil.rmtree('models')"}}),
        ),
        (
            "claude-code",
            json!({"tool_name": "Write", "tool_input": {"file_path": settings, "content": "{\"disableAllHooks\": true}"}}),
        ),
        ("codex", json!({"tool_name": "shell", "tool_input": {"command": ["apply_patch", patch]}})),
        (
            "codex",
            json!({"tool_name": "write_stdin", "tool_input": {"session_id": 1, "chars": "DELETE\n"}}),
        ),
    ];
    for (agent, mut call) in cases {
        call["cwd"] = json!(cwd);
        assert!(reason(&sandbox, agent, &call).is_some(), "{call}");
    }
}

#[test]
fn tools_that_harm_nothing_pass_with_few_arguments_or_none() {
    let sandbox = planted();
    let cwd = sandbox.work();
    let cases = [
        ("codex", json!({"tool_name": "write_stdin", "tool_input": {"session_id": 1}})),
        ("claude-code", json!({"tool_name": "Monitor", "tool_input": {"task_id": "1"}})),
        ("claude-code", json!({"tool_name": "Read"})),
        (
            "claude-code",
            json!({"tool_name": "mcp__github__delete_file", "tool_input": {"path": "models/qwen/config.json", "owner": "a", "repo": "b"}}),
        ),
        (
            "claude-code",
            json!({"tool_name": "mcp__db__delete", "tool_input": {"path": "models", "table": "x"}}),
        ),
        (
            "claude-code",
            json!({"tool_name": "Write", "tool_input": {"file_path": ".claude/settings.local.json", "content": "{\"permissions\": {}}"}}),
        ),
        ("opencode", json!({"tool": "todoread"})),
        ("copilot", json!({"toolName": "report_intent"})),
    ];
    for (agent, mut call) in cases {
        call["cwd"] = json!(cwd);
        assert_eq!(reason(&sandbox, agent, &call), None, "{call}");
    }
}

#[test]
fn a_refusal_advises_what_fits_it() {
    let sandbox = planted();
    let reason = |command: &str| {
        let call =
            json!({"tool_name": "Bash", "tool_input": {"command": command}, "cwd": sandbox.work()});
        reason(&sandbox, "claude-code", &call).unwrap()
    };
    for command in [
        "> single/best.safetensors",
        "mv models old",
        "rm -rf /usr",
        "rm -rf ~",
        "cd repo && git reset --hard",
    ] {
        let said = reason(command);
        assert!(
            !said.contains("`safe-rm plan") && !said.contains("run `safe-rm /"),
            "{command}: {said}"
        );
    }
    assert!(reason("cd repo && git checkout .").contains("repo/tracked/model.safetensors"));
    assert!(reason("if then; rm -rf models").contains("`rm`"));
}
