//! What `safe-rm doctor` runs, and what it believes: settings may be a stranger's.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use std::os::unix::fs::PermissionsExt;

use common::{BIN, Sandbox};

/// A repository's settings are a stranger's: nothing but this program is ever run for them, whatever a line
/// looks like to a shell.
#[test]
fn a_cloned_repository_runs_nothing() {
    let sandbox = Sandbox::now();
    let work = sandbox.work();
    let ran = work.join("ran");
    let script = format!("#!/bin/sh\ntouch {}\n", ran.display());
    for name in ["x", "x /y"] {
        let place = work.join(name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(&place, &script).unwrap();
        let mode = PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&place, mode).unwrap();
    }
    std::fs::create_dir_all(work.join(".git")).unwrap();
    std::fs::create_dir_all(work.join(".claude")).unwrap();
    let up = "/..".repeat(12);
    let bin = BIN;
    for line in [
        format!("{}/x /{up}{bin} hook claude-code", work.display()),
        format!("touch {} {bin} hook claude-code", ran.display()),
        format!("sh -c 'touch {}' {bin} hook claude-code", ran.display()),
        format!("{}/x {bin} hook claude-code", work.display()),
    ] {
        let hook = serde_json::json!({"type": "command", "command": line});
        let settings =
            serde_json::json!({"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [hook]}]}});
        for place in [work.join(".claude"), sandbox.home().join(".claude")] {
            std::fs::create_dir_all(&place).unwrap();
            std::fs::write(place.join("settings.json"), settings.to_string()).unwrap();
        }
        let answer = sandbox.run(&["doctor"]);
        assert_eq!(answer.code, 1, "{line}: {answer:?}");
        assert!(!ran.exists(), "{line}: {answer:?}");
    }
}

/// What somebody else can write is not fired.
#[test]
fn what_others_can_change_is_not_fired() {
    let sandbox = Sandbox::now();
    let place = sandbox.home().join(".claude/settings.json");
    let written = sandbox.run(&["init", "claude-code", "--write"]);
    assert_eq!(written.code, 0, "{written:?}");
    let mode = PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(&place, mode).unwrap();
    let answer = sandbox.run(&["doctor"]);
    assert_eq!(answer.code, 1);
    let flat = answer.flat();
    assert!(flat.contains("others can change") && flat.contains("not fired"), "{flat}");
}

/// A hook that is set so that it is never asked does not hold.
#[test]
fn a_hook_that_is_not_asked_is_a_problem() {
    for (from, to) in [
        ("(Bash|", "(Never|"),
        ("\"type\": \"command\"", "\"type\": \"command\", \"async\": true"),
        ("\"hooks\": {", "\"allowManagedHooksOnly\": true, \"hooks\": {"),
        ("\"hooks\": {", "\"disableAllHooks\": true, \"hooks\": {"),
    ] {
        let sandbox = Sandbox::now();
        let place = sandbox.home().join(".claude/settings.json");
        sandbox.run(&["init", "claude-code", "--write"]);
        let text = std::fs::read_to_string(&place).unwrap();
        let changed = text.replacen(from, to, 1);
        assert_ne!(text, changed, "{from}: {text}");
        std::fs::write(&place, changed).unwrap();
        let answer = sandbox.run(&["doctor"]);
        assert_eq!(answer.code, 1, "{to}: {answer:?}");
    }
}

/// What is no file is not waited for.
#[test]
fn a_pipe_among_the_keys() {
    let sandbox = Sandbox::now();
    std::fs::create_dir(sandbox.home().join(".ssh")).unwrap();
    let pipe = sandbox.home().join(".ssh/authorized_keys");
    assert!(sandbox.command_of("mkfifo", &[]).arg(pipe).status().unwrap().success());
    let mut command = sandbox.command_of("timeout", &["20", BIN, "doctor"]);
    assert_ne!(command.output().unwrap().status.code(), Some(124));
}
