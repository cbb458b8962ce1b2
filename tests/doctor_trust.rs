//! What `safe-rm doctor` runs, and what it believes: settings may be a stranger's.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use std::os::unix::fs::PermissionsExt;

use common::{Answer, BIN, Sandbox, has_tool};

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

/// Files with what is in them, doctor's exit code, and what it says.
type Case<'a> = (&'a [(&'a str, &'a str)], i32, &'a str);

/// The administrator's settings are a file and a folder of more; the last that has a key decides.
#[test]
fn the_administrators_folder_of_settings_is_read() {
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    let sandbox = Sandbox::now();
    assert_eq!(sandbox.run(&["init", "claude-code", "--write"]).code, 0);
    let (off, on) = ("{\"disableAllHooks\": true}", "{\"disableAllHooks\": false}");
    let only = "{\"allowManagedHooksOnly\": true} // comment";
    let cases: [Case<'_>; 9] = [
        (
            &[("d/50-hooks.json", off)],
            1,
            "`disableAllHooks` in /etc/claude-code/managed-settings.d/50-",
        ),
        (&[("json", off), ("d/10.json", on)], 0, ""),
        (&[("json", on), ("d/10.json", off)], 1, "managed-settings.d/10.json"),
        (&[("d/20.json", on), ("d/10.json", off)], 0, ""),
        (&[("d/10.json", only), ("d/20.json", "{\"model\": \"x\"}")], 1, "d/10.json"),
        (&[("d/.10.json", off), ("d/10.txt", off)], 0, ""),
        (&[("d/10.json", "{"), ("d/20.json", off)], 1, "d/10.json cannot be used"),
        (&[("d/10.json/x", off)], 0, "d/10.json` is no file"),
        (&[("json", "{// a\r\"disableAllHooks\": true\n}")], 0, "json cannot be used"),
    ];
    for (files, code, said) in cases {
        let mut script = "mount -t tmpfs -o mode=755 none /etc; mkdir /etc/claude-code".to_owned();
        for (name, text) in files {
            let path = format!("/etc/claude-code/managed-settings.{name}");
            script += &format!("; mkdir -p $(dirname {path}); printf '%s' '{text}' > {path}");
        }
        script += &format!("; exec {BIN} doctor");
        let output = sandbox.command_of("unshare", &["-m", "sh", "-c", &script]).output();
        let answer = Answer::of(&output.unwrap());
        assert_eq!(answer.code, code, "{files:?}: {answer:?}");
        assert!(answer.flat().contains(said), "{files:?}: {answer:?}");
    }
}

/// Where a line ends must not depend on who reads it: a comment to one is a setting to another.
#[test]
fn a_lone_carriage_return_hides_nothing() {
    let sandbox = Sandbox::now();
    let place = sandbox.home().join(".claude/settings.json");
    assert_eq!(sandbox.run(&["init", "claude-code", "--write"]).code, 0);
    let good = std::fs::read_to_string(&place).unwrap();
    for end in ["\r", "\u{2028}", "\u{2029}"] {
        let text = good.replacen('{', &format!("{{ // a{end}\"disableAllHooks\": true,"), 1);
        std::fs::write(&place, &text).unwrap();
        for (words, stream) in
            [(&["doctor"][..], 0), (&["init", "claude-code", "--write", "--remove"], 1)]
        {
            let answer = sandbox.run(words);
            assert_eq!(answer.code, 1, "{words:?}: {answer:?}");
            let said = if stream == 0 { answer.flat() } else { answer.said() };
            assert!(said.contains("line 1: a comment has a line end in it"), "{said}");
        }
        assert_eq!(std::fs::read_to_string(&place).unwrap(), text);
    }
    // In a diff each shows.
    std::fs::write(&place, "{\r  \"a\": 1\r}\r").unwrap();
    let answer = sandbox.run(&["init", "claude-code"]);
    assert!(!answer.out.contains('\r'), "{answer:?}");
    assert!(answer.out.contains("-{\\r  \"a\": 1\\r}\\r\n"), "{answer:?}");
}
