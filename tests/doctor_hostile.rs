//! `safe-rm doctor` where somebody else has written what it looks at: it runs nothing of it, waits for
//! nothing, leaves nothing behind, and says where a hook that is set does not hold.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{Answer, BIN, Sandbox, has_tool};
use serde_json::{Value, json};

fn doctor(sandbox: &Sandbox) -> Answer {
    let start = Instant::now();
    let mut command = sandbox.command(&["doctor", "--json"]);
    let answer = Answer::of(&command.env("TMPDIR", temporary(sandbox)).output().unwrap());
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    answer
}

fn temporary(sandbox: &Sandbox) -> PathBuf {
    let path = sandbox.home().parent().unwrap().join("tmp");
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn hooks(answer: &Answer) -> Vec<(String, String)> {
    let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let json = answer.json();
    let items = json["items"].as_array().unwrap().iter();
    let hooks = items.filter(|item| text(item, "id").starts_with("hook"));
    hooks.map(|i| (text(i, "state"), text(i, "text") + " / " + &text(i, "hint"))).collect()
}

fn put(sandbox: &Sandbox, path: &str, text: &str) -> PathBuf {
    let path = sandbox.home().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Settings of Claude Code in which this handler stands.
fn handler(handler: &Value) -> String {
    json!({"hooks": {"PreToolUse": [{"hooks": [handler]}]}}).to_string()
}

fn claude(line: &str) -> String {
    handler(&json!({"type": "command", "command": line}))
}

fn script(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    mode(path, 0o755);
}

#[test]
fn no_line_of_settings_is_run() {
    let mark = |sandbox: &Sandbox| sandbox.home().parent().unwrap().join("pwn");
    let lines = |sandbox: &Sandbox| {
        let (work, mark) = (sandbox.work(), mark(sandbox));
        let (work, mark) = (work.display(), mark.display());
        let up = "../".repeat(40);
        let program = &BIN[1..];
        vec![
            format!("{work}/x /{up}{program} hook claude-code"),
            format!("{work}/x\t/{up}{program} hook claude-code"),
            format!("touch {mark} /safe-rm hook claude-code"),
            format!("sh -c 'touch {mark}' /safe-rm hook claude-code"),
            format!("exec {work}/x /safe-rm hook claude-code"),
            format!("LD_PRELOAD=/x {work}/x /safe-rm hook claude-code"),
            format!("{work}/*x /{up}{program} hook claude-code"),
            format!("{work}/?  /safe-rm hook claude-code"),
            format!("\"{work}/x\" \"/safe-rm\" hook claude-code"),
            "~/safe-rm hook claude-code".to_owned(),
            "=~/safe-rm hook claude-code".to_owned(),
        ]
    };
    for project in [false, true] {
        for at in 0..lines(&Sandbox::now()).len() {
            let sandbox = Sandbox::now();
            let line = &lines(&sandbox)[at];
            let touch = format!("touch {}", mark(&sandbox).display());
            script(&sandbox.work().join("x"), &touch);
            script(&sandbox.home().join("safe-rm"), &touch);
            std::fs::create_dir_all(sandbox.work().join("x ")).unwrap();
            if project {
                sandbox.file(".claude/settings.json", claude(line));
            } else {
                put(&sandbox, ".claude/settings.json", &claude(line));
            }
            let answer = doctor(&sandbox);
            assert!(!mark(&sandbox).exists(), "{line}");
            let found = hooks(&answer);
            assert!(answer.code == 1, "{line}: {found:?}");
            assert!(
                found.iter().any(|(_, t)| t.contains("in another way: not fired")),
                "{found:?}"
            );
        }
    }
}

#[test]
fn what_others_can_change_is_not_fired() {
    let sandbox = Sandbox::now();
    let fake = sandbox.work().join("bin/safe-rm");
    script(&fake, "touch \"$0.ran\"");
    let line = format!("{} hook claude-code", fake.display());
    let path = put(&sandbox, ".claude/settings.json", &claude(&line));
    let ran = fake.with_extension("ran");
    let tried = |why: &str, hint: &str| {
        let answer = doctor(&sandbox);
        let found = hooks(&answer);
        let told =
            |(s, t): &(String, String)| s == "problem" && t.contains(why) && t.contains(hint);
        assert!(answer.code == 1 && found.iter().any(told), "{why}: {found:?}");
        assert!(!ran.exists(), "{why}");
    };
    mode(&path, 0o666);
    tried("written by everybody; not fired", "chmod go-w");
    mode(&path, 0o644);
    mode(&fake, 0o777);
    tried("can change its program", "chmod go-w");
    mode(&fake, 0o755);
    if path.metadata().unwrap().uid() != 0 {
        common::skip("only root can give a file away");
        return;
    }
    chown(&path, Some(4321), Some(4321)).unwrap();
    tried("belongs to user 4321; not fired", "chown");
    chown(&path, Some(0), Some(0)).unwrap();
    chown(&fake, Some(4321), Some(0)).unwrap();
    tried("belongs to user 4321", "chown");
    chown(&fake, Some(0), Some(0)).unwrap();
    chown(fake.parent().unwrap(), Some(0), Some(4321)).unwrap();
    mode(fake.parent().unwrap(), 0o775);
    tried("written by group 4321", "chmod go-w");
}

#[test]
fn a_hook_that_never_decides_is_a_problem() {
    let line = format!("{BIN} hook claude-code");
    let command = |more: Value| {
        let mut own = json!({"type": "command", "command": line});
        own.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        own
    };
    let matched = |matcher: Value| {
        let own = json!({"matcher": matcher, "hooks": [command(json!({}))]});
        json!({"hooks": {"PreToolUse": [own]}}).to_string()
    };
    let with = |more: Value| handler(&command(more));
    let off = |key: &str| with(json!({})).replacen('{', &format!("{{\"{key}\":true,"), 1);
    for (text, why) in [
        (matched(json!("^Never$")), "matcher"),
        (matched(json!("Edit|Write")), "matcher"),
        (matched(json!(7)), "matcher"),
        (with(json!({"async": true})), "`async`"),
        (with(json!({"type": "prompt"})), "`type`"),
        (with(json!({"timeout": -1})), "`timeout`"),
        (with(json!({"timeout": "x"})), "`timeout`"),
        (with(json!({"if": "Edit(*)"})), "`if`"),
        (off("disableAllHooks"), "disableAllHooks"),
        (off("allowManagedHooksOnly"), "allowManagedHooksOnly"),
    ] {
        let sandbox = Sandbox::now();
        put(&sandbox, ".claude/settings.json", &text);
        let answer = doctor(&sandbox);
        let found = hooks(&answer);
        assert!(answer.code == 1, "{text}: {found:?}");
        assert!(found.iter().any(|(s, t)| s == "problem" && t.contains(why)), "{text}: {found:?}");
    }
    let sandbox = Sandbox::now();
    sandbox.run(&["init", "claude-code", "--write"]);
    assert_eq!(doctor(&sandbox).code, 0);
    put(&sandbox, ".claude/settings.local.json", "{\"disableAllHooks\": true}");
    assert_eq!(doctor(&sandbox).code, 1);
    // Cursor's second entry.
    let sandbox = Sandbox::now();
    sandbox.run(&["init", "cursor", "--write"]);
    let path = sandbox.home().join(".cursor/hooks.json");
    let mut value: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    value["hooks"].as_object_mut().unwrap().remove("preToolUse");
    std::fs::write(&path, value.to_string()).unwrap();
    let answer = doctor(&sandbox);
    assert!(answer.code == 1 && answer.out.contains("is missing in"), "{}", answer.out);
}

#[test]
fn the_administrators_settings_come_first() {
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    let sandbox = Sandbox::now();
    sandbox.run(&["init", "claude-code", "--write"]);
    for (text, code) in
        [("{}", 0), ("{\"allowManagedHooksOnly\": true}", 1), ("{\"disableAllHooks\": true}", 1)]
    {
        let script = format!(
            "mount -t tmpfs -o mode=755 none /etc && mkdir /etc/claude-code && echo '{text}' > /etc/claude-code/managed-settings.json && exec {BIN} doctor"
        );
        let mut command = sandbox.command_of("unshare", &["-m", "sh", "-c", &script]);
        let answer = Answer::of(&command.output().unwrap());
        assert_eq!(answer.code, code, "{text}: {answer:?}");
    }
}

#[test]
fn nothing_in_a_home_makes_it_wait() {
    let sandbox = Sandbox::now();
    std::fs::create_dir_all(sandbox.home().join(".ssh")).unwrap();
    let fifo = |name: &str| {
        let path = sandbox.home().join(".ssh").join(name);
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    put(&sandbox, ".ssh/authorized_keys", "ssh-ed25519 AAAA a\n");
    fifo("id.pub");
    doctor(&sandbox);
    std::fs::remove_file(sandbox.home().join(".ssh/authorized_keys")).unwrap();
    fifo("authorized_keys");
    doctor(&sandbox);
    // Many keys, and the same hook again and again.
    let keys: Vec<String> = (0..80_000).map(|n| format!("\"{n}\":1")).collect();
    put(&sandbox, ".claude/settings.json", &format!("{{{},\"1\":2}}", keys.join(",")));
    let answer = doctor(&sandbox);
    assert!(answer.code == 1 && answer.out.contains("twice"), "{}", answer.out);
    let own = json!({"type": "command", "command": format!("{BIN} hook claude-code")});
    let all = vec![own; 4000];
    let text = json!({"hooks": {"PreToolUse": [{"hooks": all}]}}).to_string();
    put(&sandbox, ".claude/settings.json", &text);
    assert_eq!(hooks(&doctor(&sandbox)).len(), 1);
    let start = Instant::now();
    assert_eq!(sandbox.run(&["init", "claude-code"]).code, 1);
    assert!(start.elapsed() < Duration::from_secs(10));
    let each =
        |n| json!({"type": "command", "timeout": n, "command": format!("{BIN} hook claude-code")});
    let all: Vec<Value> = (1..30).map(each).collect();
    let text = json!({"hooks": {"PreToolUse": [{"hooks": all}]}}).to_string();
    put(&sandbox, ".claude/settings.json", &text);
    let answer = doctor(&sandbox);
    assert!(answer.code == 1 && answer.out.contains("21 times more: not fired"), "{}", answer.out);
}

#[test]
fn it_leaves_nothing_behind() {
    let sandbox = Sandbox::now();
    let fake = sandbox.work().join("bin/safe-rm");
    let line = format!("{} hook claude-code", fake.display());
    put(&sandbox, ".claude/settings.json", &claude(&line));
    let pid = sandbox.work().join("pid");
    let runs = |pid: &Path| {
        let number = std::fs::read_to_string(pid).unwrap_or_default();
        let state =
            std::fs::read_to_string(format!("/proc/{}/stat", number.trim())).unwrap_or_default();
        state.contains(") S ") || state.contains(") R ")
    };
    let gone = |pid: &Path| {
        let until = Instant::now() + Duration::from_secs(5);
        while runs(pid) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        !runs(pid)
    };
    // A child that outlives the hook.
    script(&fake, &format!("sleep 300 > /dev/null 2>&1 < /dev/null & echo $! > {}", pid.display()));
    doctor(&sandbox);
    assert!(gone(&pid), "the child runs on");
    assert_eq!(std::fs::read_dir(temporary(&sandbox)).unwrap().count(), 0);
    // A file where it runs: it is said.
    script(&fake, "echo a > left");
    let answer = doctor(&sandbox);
    assert!(answer.out.contains("has left something in"), "{}", answer.out);
    std::fs::remove_dir_all(temporary(&sandbox)).unwrap();
    // A signal in the middle.
    for signal in ["INT", "TERM"] {
        std::fs::remove_file(&pid).ok();
        script(&fake, &format!("echo $$ > {}; exec sleep 300", pid.display()));
        let mut command = sandbox.command(&["doctor"]);
        command.env("TMPDIR", temporary(&sandbox)).stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        let until = Instant::now() + Duration::from_secs(10);
        while !runs(&pid) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        assert!(!child.wait().unwrap().success());
        assert!(gone(&pid), "{signal}");
        assert_eq!(std::fs::read_dir(temporary(&sandbox)).unwrap().count(), 0, "{signal}");
    }
}
