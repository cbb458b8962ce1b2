//! `safe-rm init AGENT`: the change is shown, made once, made nowhere else, and taken back to the byte.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::panic, reason = "so does a test speak")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use common::setup::{confirmed, init, read, remove};
use common::{Answer, BIN, Sandbox, snapshot};
use serde_json::{Value, json};

/// Each agent with its file in the home, and in a repository.
const AGENTS: &[(&str, &str, &str)] = &[
    ("claude-code", ".claude/settings.json", ".claude/settings.json"),
    ("codex", ".codex/hooks.json", ".codex/hooks.json"),
    ("gemini", ".gemini/settings.json", ".gemini/settings.json"),
    ("copilot", ".copilot/hooks/safe-rm.json", ".github/hooks/safe-rm.json"),
    ("cursor", ".cursor/hooks.json", ".cursor/hooks.json"),
    ("opencode", ".config/opencode/plugins/safe-rm.js", ".opencode/plugins/safe-rm.js"),
];

fn put(sandbox: &Sandbox, path: &str, text: &str) -> PathBuf {
    let path = sandbox.home().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn from_an_empty_home_it_is_shown_then_made_then_left_alone() {
    for (agent, file, _) in AGENTS {
        let sandbox = Sandbox::now();
        let path = sandbox.home().join(file);
        let shown = init(&sandbox, &[agent]);
        assert_eq!(shown.code, 0, "{shown:?}");
        assert!(shown.out.starts_with("--- /dev/null\n+++ "), "{}", shown.out);
        assert!(shown.out.contains(path.to_str().unwrap()), "{}", shown.out);
        assert!(
            shown.said().contains("nothing was changed") && shown.said().contains("--write"),
            "{shown:?}"
        );
        assert!(snapshot(&sandbox.home()).is_empty(), "{agent}");

        let made = init(&sandbox, &[agent, "--write"]);
        assert_eq!((made.code, &made.out), (0, &shown.out), "{agent}");
        let text = read(&path).unwrap();
        // What was shown is what was written.
        let added: String = shown.out.lines().skip(3).map(|l| format!("{}\n", &l[1..])).collect();
        let plain = text.replace('\\', "\\\\");
        assert_eq!(added, plain, "{agent}");
        assert_eq!(path.metadata().unwrap().mode() & 0o7777, 0o644);

        let before = snapshot(&sandbox.home());
        let again = init(&sandbox, &[agent, "--write"]);
        assert_eq!((again.code, again.out.as_str()), (0, ""), "{agent}");
        let said: Vec<_> = again.err.split_whitespace().collect();
        assert!(said.join(" ").contains("as it should be: nothing was done"), "{again:?}");
        assert_eq!(snapshot(&sandbox.home()), before);

        let shown = init(&sandbox, &[agent, "--remove"]);
        assert_eq!(shown.code, 0, "{shown:?}");
        assert!(shown.out.contains("+++ /dev/null"), "{}", shown.out);
        assert!(shown.said().contains("nothing was changed"), "{shown:?}");
        assert_eq!(snapshot(&sandbox.home()), before);
        assert!(remove(&sandbox, agent).contains("+++ /dev/null"));
        assert!(read(&path).is_none(), "{agent}: {:?}", read(&path));
        assert_eq!(init(&sandbox, &[agent, "--remove", "--write"]).code, 0);
    }
}

/// Settings as people have them, with what must not be touched.
const SETTINGS: &[(&str, &str)] = &[
    ("claude-code", "{\"zeta\": 1, \"alpha\": {\"b\": 2}}"),
    ("claude-code", "{}"),
    ("claude-code", "{}\n"),
    ("claude-code", "{ }"),
    ("claude-code", "{\n\n}\n"),
    ("claude-code", "{\n  \"hooks\": {}\n}\n"),
    ("claude-code", "{\n  \"hooks\": {\n    \"PreToolUse\": []\n  }\n}\n"),
    (
        "claude-code",
        "{\n\t\"model\": \"x\",\n\t\"hooks\": {\n\t\t\"Stop\": [{\"hooks\": []}],\n\t\t\"PreToolUse\": [\n\t\t\t{\"matcher\": \"Bash\", \"hooks\": [{\"type\": \"command\", \"command\": \"mine\"}]}\n\t\t]\n\t},\n\t\"z\": 0.10\n}\n",
    ),
    (
        "gemini",
        "// mine\r\n{\r\n    /* theme */ \"theme\": \"x\", // why\r\n    \"hooks\": {\r\n        \"BeforeTool\": [\r\n            {\"hooks\": [{\"type\": \"command\", \"command\": \"a\"}],}, // last\r\n        ],\r\n    },\r\n    \"big\": 12345678901234567890123,\r\n}\r\n// end",
    ),
    ("gemini", "{\n  \"a\": 1 // one\n  // two\n}"),
    ("codex", "{\"hooks\":{\"PostToolUse\":[]}}"),
    (
        "cursor",
        "{\n  \"version\": 1,\n  \"hooks\": {\"beforeShellExecution\": [{\"command\": \"./a.sh\"}]}\n}\n",
    ),
    (
        "copilot",
        "{\"version\":1,\"hooks\":{\"preToolUse\":[{\"type\":\"command\",\"bash\":\"a\"}]}}",
    ),
];

#[test]
fn what_is_there_stays_and_comes_back_to_the_byte() {
    for (agent, text) in SETTINGS {
        let sandbox = Sandbox::now();
        let file = AGENTS.iter().find(|a| a.0 == *agent).unwrap().1;
        let path = put(&sandbox, file, text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let made = init(&sandbox, &[agent, "--write"]);
        assert_eq!(made.code, 0, "{text}: {made:?}");
        let new = read(&path).unwrap();
        // Every word that was there is there, in its order.
        let mut rest = new.as_str();
        for word in text.split_whitespace().map(|w| w.trim_end_matches(['}', ']', ','])) {
            let at = rest.find(word).unwrap_or_else(|| panic!("{word} in {new}"));
            rest = &rest[at + word.len()..];
        }
        assert_eq!(path.metadata().unwrap().mode() & 0o7777, 0o640);
        assert_eq!(init(&sandbox, &[agent, "--write"]).out, "", "{new}");
        assert_eq!(read(&path).unwrap(), new);
        remove(&sandbox, agent);
        assert_eq!(read(&path).as_deref(), Some(*text), "{new}");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}

#[test]
fn order_and_layout_are_those_of_the_file() {
    let sandbox = Sandbox::now();
    let path = put(&sandbox, ".claude/settings.json", "{\n    \"zeta\": 1,\n    \"alpha\": 2\n}\n");
    init(&sandbox, &["claude-code", "--write"]);
    let program = Path::new(BIN).canonicalize().unwrap();
    let expected = format!(
        "{{\n    \"zeta\": 1,\n    \"alpha\": 2,\n    \"hooks\": {{\n        \"PreToolUse\": [\n            {{\n                \
         \"matcher\": \"^(Bash|PowerShell|Monitor|Write|Edit|MultiEdit|NotebookEdit|mcp__.*)$\",\n                \
         \"hooks\": [\n                    {{\n                        \"type\": \"command\",\n                        \
         \"command\": \"{} hook claude-code\",\n                        \"timeout\": 15,\n                        \
         \"onFailure\": \"block\"\n                    }}\n                ]\n            }}\n        ]\n    }}\n}}\n",
        program.display()
    );
    assert_eq!(read(&path).unwrap(), expected);
}

#[test]
fn an_older_one_is_replaced_and_a_shared_group_keeps_its_others() {
    let sandbox = Sandbox::now();
    let path = put(
        &sandbox,
        ".claude/settings.json",
        r#"{"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[{"type":"command","command":"mine"},{"type":"command","command":"safe-rm hook claude-code"}]}]}}"#,
    );
    assert_eq!(init(&sandbox, &["claude-code", "--json"]).json()["action"], "replaces");
    confirmed(&sandbox, &["claude-code", "--write"]);
    let value: Value = serde_json::from_str(&read(&path).unwrap()).unwrap();
    let list = &value["hooks"]["PreToolUse"];
    assert_eq!(
        list[0],
        json!({"matcher": "Bash", "hooks": [{"type": "command", "command": "mine"}]})
    );
    assert_eq!(list[1]["hooks"][0]["onFailure"], "block");
    assert_eq!(list.as_array().unwrap().len(), 2);
    remove(&sandbox, "claude-code");
    let value: Value = serde_json::from_str(&read(&path).unwrap()).unwrap();
    assert_eq!(value["hooks"]["PreToolUse"].as_array().unwrap().len(), 1);
}

#[test]
fn hostile_settings_are_refused_and_left() {
    let huge = format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20));
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(9000), "]".repeat(9000));
    for (text, why) in [
        ("{", "no JSON"),
        ("[]", "no object"),
        ("null", "no object"),
        ("hooks = 1", "no JSON"),
        ("{\"hooks\": []}", "`hooks` is no object"),
        ("{\"hooks\": {\"PreToolUse\": {}}}", "is no list"),
        ("{\"hooks\": 1, \"hooks\": {}}", "twice"),
        ("\u{feff}{}", "byte order mark"),
        (huge.as_str(), "1 MiB"),
        (deep.as_str(), "nested"),
    ] {
        for flag in [&[][..], &["--write"], &["--remove"]] {
            let sandbox = Sandbox::now();
            put(&sandbox, ".claude/settings.json", text);
            let before = snapshot(&sandbox.home());
            let answer = init(&sandbox, &[&["claude-code"], flag].concat());
            let shown = &text[..text.len().min(40)];
            assert_eq!(answer.code, 1, "{shown}: {answer:?}");
            assert!(answer.said().contains(why), "{shown}: {}", answer.err);
            assert_eq!(snapshot(&sandbox.home()), before, "{shown}");
        }
    }
    let sandbox = Sandbox::now();
    put(&sandbox, ".claude/settings.json", "{\"hooks\": []}");
    let answer = init(&sandbox, &["claude-code", "--write"]);
    assert!(
        answer.said().contains("by hand") && answer.said().contains("\"onFailure\""),
        "{}",
        answer.err
    );
    let answer = init(&sandbox, &["claude-code", "--write", "--json"]);
    assert_eq!(
        (answer.json()["schema"].as_str(), answer.json()["exit"].as_u64()),
        (Some("safe-rm/error/1"), Some(1))
    );
    // A version that the agent would pass over.
    put(&sandbox, ".cursor/hooks.json", "{\"hooks\": {}}");
    assert!(init(&sandbox, &["cursor", "--write"]).said().contains("`version` is not 1"));
    let other = put(&sandbox, ".config/opencode/plugins/safe-rm.js", "export const Mine = 1\n");
    assert_eq!(init(&sandbox, &["opencode", "--write"]).code, 1);
    assert_eq!(init(&sandbox, &["opencode", "--remove"]).code, 0);
    assert_eq!(read(&other).unwrap(), "export const Mine = 1\n");
}

#[test]
fn what_is_no_file_of_this_user_is_refused() {
    let sandbox = Sandbox::now();
    let path = put(&sandbox, ".claude/settings.json", "{}");
    std::fs::hard_link(&path, sandbox.home().join("twin")).unwrap();
    let answer = init(&sandbox, &["claude-code", "--write"]);
    assert!(answer.code == 1 && answer.said().contains("hard links"), "{answer:?}");
    std::fs::create_dir_all(sandbox.home().join(".codex/hooks.json")).unwrap();
    let answer = init(&sandbox, &["codex", "--write"]);
    assert!(answer.code == 1 && answer.said().contains("is no file"), "{answer:?}");
    std::fs::create_dir_all(sandbox.home().join(".cursor")).unwrap();
    symlink("nowhere", sandbox.home().join(".cursor/hooks.json")).unwrap();
    let answer = init(&sandbox, &["cursor", "--write"]);
    assert!(answer.code == 1 && answer.said().contains("leads nowhere"), "{answer:?}");
    if sandbox.home().metadata().unwrap().uid() != 0 {
        common::skip("only root can make a file of another user");
        return;
    }
    let other = put(&sandbox, ".gemini/settings.json", "{}");
    std::os::unix::fs::chown(&other, Some(4321), Some(4321)).unwrap();
    let answer = init(&sandbox, &["gemini", "--write"]);
    assert!(answer.code == 1 && answer.said().contains("belongs to user 4321"), "{answer:?}");
    assert_eq!(read(&other).unwrap(), "{}");
}

#[test]
fn a_link_stays_one_and_its_file_changes() {
    let sandbox = Sandbox::now();
    let real = put(&sandbox, "dotfiles/claude.json", "{\"a\": 1}\n");
    std::fs::create_dir_all(sandbox.home().join(".claude")).unwrap();
    let link = sandbox.home().join(".claude/settings.json");
    symlink("../dotfiles/claude.json", &link).unwrap();
    let made = init(&sandbox, &["claude-code", "--write"]);
    assert!(made.code == 0 && made.said().contains("leads to"), "{made:?}");
    assert_eq!(link.read_link().unwrap(), Path::new("../dotfiles/claude.json"));
    assert!(read(&real).unwrap().contains("hook claude-code"));
    remove(&sandbox, "claude-code");
    assert_eq!(read(&real).unwrap(), "{\"a\": 1}\n");
}

#[test]
fn the_repository_has_files_of_its_own() {
    for (agent, _, file) in AGENTS {
        let sandbox = Sandbox::now();
        std::fs::create_dir_all(sandbox.work().join("repo/.git")).unwrap();
        std::fs::create_dir_all(sandbox.work().join("repo/a/b")).unwrap();
        let mut command = sandbox.command(&["init", agent, "--project", "--write"]);
        let output = command.current_dir(sandbox.work().join("repo/a/b")).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(sandbox.work().join("repo").join(file).is_file(), "{agent}");
        assert!(snapshot(&sandbox.home()).is_empty());
        let said = Answer::of(&output).err;
        assert!(
            said.split_whitespace().collect::<Vec<_>>().join(" ").contains("before you commit"),
            "{said}"
        );
    }
    let sandbox = Sandbox::now();
    for (variable, agent, file) in [
        ("CLAUDE_CONFIG_DIR", "claude-code", "settings.json"),
        ("CODEX_HOME", "codex", "hooks.json"),
        ("COPILOT_HOME", "copilot", "hooks/safe-rm.json"),
        ("XDG_CONFIG_HOME", "opencode", "opencode/plugins/safe-rm.js"),
    ] {
        let moved = sandbox.work().join(agent);
        let mut command = sandbox.command(&["init", agent, "--write"]);
        assert!(command.env(variable, &moved).output().unwrap().status.success());
        assert!(moved.join(file).is_file(), "{agent}");
    }
}

#[test]
fn an_agent_may_put_its_hook_in_and_not_take_it_out() {
    let sandbox = Sandbox::now();
    let claude = sandbox.file("claude", "#!/bin/sh\n\"$@\"\n");
    std::fs::set_permissions(&claude, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = sandbox.home().join(".claude/settings.json");
    let agent = |args: &[&str]| {
        let mut command =
            sandbox.command_of("setsid", &["--wait", claude.to_str().unwrap(), BIN, "init"]);
        Answer::of(&command.args(args).output().unwrap())
    };
    assert_eq!(agent(&["claude-code", "--write"]).code, 0);
    let made = read(&path).unwrap();
    let answer = agent(&["claude-code", "--remove", "--write"]);
    assert_eq!(answer.code, 4, "{answer:?}");
    assert!(answer.said().contains("only a person"), "{answer:?}");
    assert_eq!(read(&path).unwrap(), made);
    // Nor make it another, weaker or elsewhere.
    let weaker = made.replace("\"onFailure\": \"block\"", "\"onFailure\": \"continue\"");
    std::fs::write(&path, &weaker).unwrap();
    assert_eq!(agent(&["claude-code", "--write"]).code, 4);
    assert_eq!(read(&path).unwrap(), weaker);
    // A variable alone, without a terminal, is enough to be asked for a person.
    let mut marked = sandbox
        .command_of("setsid", &["--wait", BIN, "init", "claude-code", "--remove", "--write"]);
    assert_eq!(marked.env("CLAUDECODE", "1").output().unwrap().status.code(), Some(4));
    // Nobody at a terminal is nobody.
    assert_eq!(init(&sandbox, &["claude-code", "--write"]).code, 4);
    assert_eq!(init(&sandbox, &["claude-code", "--remove", "--write"]).code, 4);
    assert_eq!(read(&path).unwrap(), weaker);
    confirmed(&sandbox, &["claude-code", "--write"]);
    assert_eq!(read(&path).unwrap(), made);
}

#[test]
fn words_that_do_not_go_together_are_wrong_usage() {
    let sandbox = Sandbox::now();
    for words in [
        &["bash", "--write"][..],
        &["zsh", "--project"],
        &["fish", "--json"],
        &["bash", "--remove"],
        &["claude-code", "--shim", "a"],
        &[],
        &["nobody"],
    ] {
        assert_eq!(init(&sandbox, words).code, 2, "{words:?}");
    }
}

#[test]
fn names_in_settings_are_data() {
    let sandbox = Sandbox::now();
    let path =
        put(&sandbox, ".claude/settings.json", "{\n\t\"a\": \"\u{202e}\u{1b}[31m\u{9b}\"\n}\n");
    // A raw escape is no JSON; it must not reach the terminal either.
    let answer = init(&sandbox, &["claude-code"]);
    assert!(answer.code == 1 && !answer.err.contains('\u{1b}'), "{answer:?}");
    std::fs::write(&path, "{\n\t\"a\": \"\u{202e}\u{9b}\"\n}\n").unwrap();
    let answer = init(&sandbox, &["claude-code"]);
    assert!(answer.out.contains("\t\"a\": \"\\u{202e}\\u{9b}\""), "{}", answer.out);
    let json = init(&sandbox, &["claude-code", "--json"]);
    assert!(json.out.is_ascii() && json.json()["diff"].as_str().unwrap().contains('\u{202e}'));
    assert_eq!(json.json()["schema"], "safe-rm/init/1");
}
