//! `safe-rm doctor`: a hook that is set is proved by firing it, one that does not hold is a problem, and
//! ways round are told without being one.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::panic, reason = "so does a test speak")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::{Answer, BIN, Sandbox, snapshot};
use serde_json::Value;

const AGENTS: [&str; 6] = ["claude-code", "codex", "gemini", "copilot", "cursor", "opencode"];

/// With a folder for temporary things that shows what is left in it.
fn doctor(sandbox: &Sandbox, args: &[&str], more: &[(&str, &Path)]) -> Answer {
    let temporary = sandbox.work().join("tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    let mut command = sandbox.command(&[&["doctor"], args].concat());
    command.env("TMPDIR", &temporary).env("XDG_RUNTIME_DIR", sandbox.work().join("run"));
    command.envs(more.iter().copied());
    let answer = Answer::of(&command.output().unwrap());
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "it left something");
    answer
}

fn items(answer: &Answer, id: &str) -> Vec<(String, String)> {
    let json = answer.json();
    assert_eq!(json["schema"], "safe-rm/doctor/1");
    let items = json["items"].as_array().unwrap().iter();
    let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let found = items.filter(|item| text(item, "id").starts_with(id));
    found
        .map(|item| (text(item, "state"), text(item, "text") + " / " + &text(item, "hint")))
        .collect()
}

fn item(answer: &Answer, id: &str) -> (String, String) {
    items(answer, id).into_iter().next().unwrap_or_else(|| panic!("no {id} in {}", answer.out))
}

fn put(sandbox: &Sandbox, path: &str, text: &str) -> PathBuf {
    let path = sandbox.home().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

/// Settings of Claude Code that call this.
fn claude(sandbox: &Sandbox, command: &str) -> PathBuf {
    let text = serde_json::json!({"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [
        {"type": "command", "command": command, "timeout": 1}]}]}});
    put(sandbox, ".claude/settings.json", &text.to_string())
}

/// A program that only has the name.
fn fake(sandbox: &Sandbox, script: &str) -> PathBuf {
    let path = sandbox.file("fake/safe-rm", format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn a_hook_that_is_set_is_fired_and_holds() {
    let sandbox = Sandbox::now();
    for agent in AGENTS {
        assert_eq!(sandbox.run(&["init", agent, "--write"]).code, 0);
    }
    let before = snapshot(&sandbox.home());
    let answer = doctor(&sandbox, &["--json"], &[]);
    assert_eq!(answer.code, 0, "{}", answer.out);
    assert_eq!(answer.json()["holds"], true);
    for agent in AGENTS {
        for (state, text) in items(&answer, &format!("hook.{agent}")) {
            assert!(state == "ok" && text.contains("a model denied"), "{agent}: {text}");
        }
    }
    // Cursor has two.
    assert_eq!(items(&answer, "hook.").len(), 7, "{}", answer.out);
    assert_eq!(snapshot(&sandbox.home()), before);
    let text = doctor(&sandbox, &[], &[]);
    assert_eq!(text.code, 0);
    assert!(text.out.lines().all(|line| line.chars().count() <= 80), "{}", text.out);
    assert!(text.out.contains(" open on this machine\n") && text.err.is_empty(), "{text:?}");
    for line in text.out.lines().take(3) {
        let first = line.split(' ').next().unwrap();
        assert!(["ok", "warning", "problem", "open", ""].contains(&first), "{line}");
    }
}

#[test]
fn a_hook_that_does_not_hold_is_a_problem_with_its_way_out() {
    let sandbox = Sandbox::now();
    let allows = fake(&sandbox, "exit 0");
    let tried = |command: &str, why: &str| {
        claude(&sandbox, command);
        let start = Instant::now();
        let answer = doctor(&sandbox, &["--json"], &[]);
        assert_eq!(answer.code, 1, "{command}: {}", answer.out);
        let (state, text) = item(&answer, "hook.claude-code");
        assert!(state == "problem" && text.contains(why), "{command}: {text}");
        assert!(text.contains("`safe-rm init claude-code --write`"), "{text}");
        assert!(start.elapsed() < Duration::from_secs(8), "{command}");
    };
    let allows = allows.display();
    tried("true", "calls no hook of safe-rm");
    tried(&format!("{BIN} hook codex"), "calls no hook of safe-rm");
    tried(&format!("true || {BIN} hook claude-code"), "calls no hook of safe-rm");
    tried(&format!("{allows} hook claude-code"), "let a model be deleted");
    tried("/nowhere/safe-rm hook claude-code", "there is no /nowhere/safe-rm");
    fake(&sandbox, "sleep 60 & exec sleep 60");
    tried(&format!("{allows} hook claude-code"), "no answer in 1 s");
    fake(&sandbox, "exit 1");
    tried(&format!("{allows} hook claude-code"), "failed with code 1");
    fake(&sandbox, "kill -9 $$");
    tried(&format!("{allows} hook claude-code"), "by a signal");
    fake(&sandbox, "echo no >&2; exit 2");
    tried(&format!("{allows} hook claude-code"), "denies what is harmless");
}

#[test]
fn nothing_is_run_but_a_plain_call_of_the_hook() {
    let sandbox = Sandbox::now();
    let mark = sandbox.work().join("ran");
    let touch = format!("touch {}", mark.display());
    for line in [
        touch.clone(),
        format!("{touch}; {BIN} hook claude-code"),
        format!("{BIN} hook claude-code; {touch}"),
        format!("$({touch})/safe-rm hook claude-code"),
        format!("X=`{touch}` {BIN} hook claude-code"),
    ] {
        claude(&sandbox, &line);
        assert_eq!(doctor(&sandbox, &[], &[]).code, 1, "{line}");
        assert!(!mark.exists(), "{line}");
    }
    // A repository's settings may be a stranger's: another program is not even started.
    std::fs::remove_dir_all(sandbox.home().join(".claude")).unwrap();
    let other = fake(&sandbox, &touch);
    let line = format!("{} hook claude-code", other.display());
    let text = serde_json::json!({"hooks": {"PreToolUse": [{"hooks": [{"command": line}]}]}});
    sandbox.file(".claude/settings.json", text.to_string());
    let (state, text) = item(&doctor(&sandbox, &["--json"], &[]), "hook.claude-code");
    assert!(state == "warning" && text.contains("another program"), "{text}");
    assert!(!mark.exists());
}

#[test]
fn settings_that_are_broken_or_switched_off_are_a_problem() {
    let sandbox = Sandbox::now();
    let tried = |path: &str, text: &str, why: &str| {
        let file = put(&sandbox, path, text);
        let answer = doctor(&sandbox, &["--json"], &[]);
        let all = items(&answer, "hook.");
        assert!(
            answer.code == 1 && all.iter().any(|(s, t)| s == "problem" && t.contains(why)),
            "{all:?}"
        );
        std::fs::remove_file(file).unwrap();
    };
    tried(".claude/settings.json", "{", "no JSON");
    tried(".gemini/settings.json", "{\"hooks\": []}", "`hooks` is no object");
    tried(".cursor/hooks.json", "{\"hooks\": {}}", "`version` is not 1");
    tried(".codex/hooks.json", &"x".repeat(2 << 20), "1 MiB");
    tried(".codex/config.toml", "a = [", "no TOML");
    tried(".config/opencode/plugins/safe-rm.js", "export const A = 1\n", "calls no hook");
    sandbox.run(&["init", "claude-code", "--write"]);
    let path = sandbox.home().join(".claude/settings.json");
    let good = std::fs::read_to_string(&path).unwrap();
    let off = good.replacen('{', "{\"disableAllHooks\": true,", 1);
    tried(".claude/settings.json", &off, "switches all hooks off");
    std::fs::write(&path, &good).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
    let answer = doctor(&sandbox, &["--json"], &[]);
    assert!(answer.code == 1 && answer.out.contains("others can change"), "{}", answer.out);
}

#[test]
fn what_works_and_is_not_as_now_is_a_warning() {
    let sandbox = Sandbox::now();
    // An agent that has a folder and no settings.
    std::fs::create_dir_all(sandbox.home().join(".gemini")).unwrap();
    claude(&sandbox, &format!("{BIN} hook claude-code"));
    put(
        &sandbox,
        ".codex/config.toml",
        &format!(
            "[[hooks.PreToolUse]]\n[[hooks.PreToolUse.hooks]]\ntype = \"command\"\ncommand = \"{BIN} hook codex\"\n"
        ),
    );
    let answer = doctor(&sandbox, &["--json"], &[]);
    assert_eq!(answer.code, 0, "{}", answer.out);
    let found = items(&answer, "hook.claude-code");
    assert!(found[0].0 == "ok" && found[1].0 == "warning", "{found:?}");
    assert!(found[1].1.contains("in another way"), "{found:?}");
    assert_eq!(item(&answer, "hook.codex").0, "ok", "{}", answer.out);
    let (state, text) = item(&answer, "hook.gemini");
    assert!(state == "warning" && text.contains("init gemini --write"), "{text}");
}

#[test]
fn the_program_and_its_name_are_looked_at() {
    let sandbox = Sandbox::now();
    let bin = sandbox.work().join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let look = |id: &str| item(&doctor(&sandbox, &["--json"], &[("PATH", Path::new(&path))]), id);
    assert_eq!(look("program.rm").0, "open");
    symlink(BIN, bin.join("rm")).unwrap();
    assert_eq!(look("program.rm").0, "ok");
    symlink(BIN, bin.join("safe-rm")).unwrap();
    assert_eq!(look("program.path").0, "ok");
    std::fs::remove_file(bin.join("safe-rm")).unwrap();
    symlink(fake(&sandbox, "exit 0"), bin.join("safe-rm")).unwrap();
    let (state, text) = look("program.path");
    assert!(state == "warning" && text.contains("bin/safe-rm"), "{text}");
    // Where others may put another program in its place.
    let lax = sandbox.work().join("lax/safe-rm");
    std::fs::create_dir_all(lax.parent().unwrap()).unwrap();
    std::fs::copy(BIN, &lax).unwrap();
    std::fs::set_permissions(lax.parent().unwrap(), std::fs::Permissions::from_mode(0o777))
        .unwrap();
    let output = sandbox.command_of(lax.to_str().unwrap(), &["doctor", "--json"]).output().unwrap();
    let answer = Answer::of(&output);
    let (state, text) = item(&answer, "program.writable");
    assert!(answer.code == 1 && state == "problem" && text.contains("everybody"), "{text}");
}

#[test]
fn policy_state_and_journal_are_looked_at() {
    let sandbox = Sandbox::later();
    let answer = doctor(&sandbox, &["--json"], &[]);
    for id in ["policy", "state", "journal", "trash"] {
        assert_eq!(item(&answer, id).0, "ok", "{id}");
    }
    let policy = put(&sandbox, ".config/safe-rm/policy.toml", "[keep]\nlast = 5\n");
    let text = item(&doctor(&sandbox, &["--json"], &[]), "policy").1;
    assert!(text.contains("policy.toml"), "{text}");
    std::fs::write(&policy, "keep = 7").unwrap();
    let answer = doctor(&sandbox, &["--json"], &[]);
    assert!(answer.code == 1 && item(&answer, "policy").0 == "problem", "{}", answer.out);
    std::fs::remove_file(policy).unwrap();
    sandbox.fixture("qwen3_full", "old");
    sandbox.label("old", "Qwen3");
    sandbox.run(&["old"]);
    let journal = sandbox.home().join(".local/state/safe-rm/journal.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    assert_eq!(item(&doctor(&sandbox, &["--json"], &[]), "journal").0, "ok");
    std::fs::write(&journal, format!("{}\n{text}", text.lines().next().unwrap())).unwrap();
    let answer = doctor(&sandbox, &["--json"], &[]);
    assert!(answer.code == 1 && item(&answer, "journal").0 == "problem", "{}", answer.out);
}

#[test]
fn ways_round_are_told_and_are_no_problem() {
    let sandbox = Sandbox::now();
    let run = sandbox.work().join("run");
    std::fs::create_dir_all(run.join("podman")).unwrap();
    let tmux = sandbox.work().join("t");
    let user = sandbox.home().metadata().unwrap().uid();
    std::fs::create_dir_all(tmux.join(format!("tmux-{user}"))).unwrap();
    let more: &[(&str, &Path)] = &[("TMUX_TMPDIR", &tmux)];
    let before = doctor(&sandbox, &["--json"], more);
    assert_eq!(item(&before, "way.terminals").0, "ok");
    let _sockets = [
        UnixListener::bind(run.join("podman/podman.sock")).unwrap(),
        UnixListener::bind(tmux.join(format!("tmux-{user}/default"))).unwrap(),
    ];
    let answer = doctor(&sandbox, &["--json"], more);
    assert_eq!(answer.code, 0, "{}", answer.out);
    for id in ["way.containers", "way.terminals", "kernel"] {
        let (state, text) = item(&answer, id);
        assert!(state == "open" && text.len() > text.find(" / ").unwrap() + 3, "{id}: {text}");
    }
    assert_eq!(items(&answer, "way.typing").len(), 1);
    assert_eq!(items(&answer, "way.jobs").len(), 1);
    assert_eq!(items(&answer, "way.ssh").len(), 1);
    if user == 0 {
        assert_eq!(item(&answer, "way.root").0, "open");
        assert!(items(&answer, "way.sudo").is_empty());
    }
}

#[test]
fn an_agent_that_is_not_started_in_the_guard_is_told() {
    let sandbox = Sandbox::now();
    let guard = || items(&doctor(&sandbox, &["--json"], &[]), "guard.");
    assert_eq!(guard(), []);
    std::fs::create_dir_all(sandbox.home().join(".claude")).unwrap();
    let [(state, text)] = &guard()[..] else { panic!("{:?}", guard()) };
    assert!(
        state == "open" && text.contains("`safe-rm init claude-code --guard --write`"),
        "{text}"
    );
    // Without roots the guard starts nothing, and with it no agent.
    let alias = "alias claude='safe-rm guard -- claude'\n";
    put(&sandbox, ".zshrc", alias);
    let [(state, text)] = &guard()[..] else { panic!("{:?}", guard()) };
    assert!(state == "problem" && text.contains("there are no roots"), "{text}");
    put(&sandbox, ".config/safe-rm/policy.toml", "roots = [\"/\"]\n");
    assert_eq!(guard()[0].0, "ok");
    put(&sandbox, ".config/safe-rm/policy.toml", "");
    put(&sandbox, ".zshrc", "alias claude='safe-rm guard --protect ~/m -- claude'\n");
    assert_eq!(guard()[0].0, "ok");
    // What comes later counts.
    put(&sandbox, ".zshrc", &format!("{alias}alias claude=claude\n"));
    assert_eq!(guard()[0].0, "open");
}

#[test]
fn in_the_guard_it_says_so() {
    let sandbox = Sandbox::now();
    sandbox.file("models/a", "x");
    let words = ["guard", "--protect", "models", "--", BIN, "doctor", "--json"];
    let answer = sandbox.run(&words);
    let (state, text) = item(&answer, "kernel");
    assert!(state == "ok" && text.contains("in a guard"), "{text}");
    assert_eq!(item(&answer, "caller").0, "warning");
}

#[test]
fn an_agent_that_calls_is_told_and_names_are_data() {
    let sandbox = Sandbox::now();
    let answer = doctor(&sandbox, &["--json"], &[("CLAUDECODE", Path::new("1"))]);
    let (state, text) = item(&answer, "caller");
    assert!(
        state == "warning" && text.contains("claude-code") && text.contains("CLAUDECODE"),
        "{text}"
    );
    let odd = sandbox.work().join("a\u{1b}[31m\u{202e}");
    std::fs::create_dir_all(&odd).unwrap();
    std::fs::write(odd.join("hooks.json"), "{\u{1b}").unwrap();
    let answer = doctor(&sandbox, &[], &[("CODEX_HOME", &odd)]);
    assert!(answer.code == 1 && answer.out.contains("\\u{1b}"), "{}", answer.out);
    assert!(!answer.out.contains(['\u{1b}', '\u{202e}']), "{}", answer.out);
}

#[test]
fn sudo_without_a_password_is_open() {
    let words = ["--reuid=4321", "--clear-groups"];
    let away = |args: &[&str]| common::has_tool("setpriv", &[&words[..], args].concat());
    if !away(&[BIN, "--version"]) {
        return;
    }
    let sandbox = Sandbox::now();
    let bin = sandbox.work().join("bin");
    for path in [sandbox.home().parent().unwrap(), &sandbox.home(), &sandbox.work()] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    std::fs::create_dir_all(&bin).unwrap();
    for (script, state) in
        [("exit 0", "open"), ("exit 1", "ok"), ("sleep 60", "ok"), ("touch \"$0.ran\"", "ok")]
    {
        let sudo = bin.join("sudo");
        std::fs::write(&sudo, format!("#!/bin/sh\n[ \"$*\" = '-n true' ] || exit 0\n{script}\n"))
            .unwrap();
        // What is not root's and setuid is another program of that name, and is not started.
        let mode = if script.starts_with("touch") { 0o755 } else { 0o4755 };
        std::fs::set_permissions(&sudo, std::fs::Permissions::from_mode(mode)).unwrap();
        let mut command = sandbox.command_of("setpriv", &words);
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let output = command.args([BIN, "doctor", "--json"]).env("PATH", path).output().unwrap();
        let answer = Answer::of(&output);
        assert_eq!(item(&answer, "way.sudo").0, state, "{script}: {}", answer.out);
        assert!(items(&answer, "way.root").is_empty());
        assert!(!bin.join("sudo.ran").exists());
    }
}
