//! `safe-rm init` in a repository: AGENTS.md, and links that a stranger has put there.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use std::os::unix::fs::symlink;

use common::Sandbox;
use common::setup::{confirmed, init, read, remove};

#[test]
fn agents_md_gets_a_section_and_gives_it_back() {
    for old in [None, Some("# Mine\n\nText.\n"), Some("no end"), Some("a\r\nb\r\n")] {
        let sandbox = Sandbox::now();
        let path = sandbox.work().join("AGENTS.md");
        if let Some(old) = old {
            std::fs::write(&path, old).unwrap();
        }
        let made = init(&sandbox, &["agents-md", "--write"]);
        assert_eq!(made.code, 0, "{made:?}");
        assert!(
            made.said().contains("@AGENTS.md") && made.said().contains("GEMINI.md"),
            "{made:?}"
        );
        let text = read(&path).unwrap();
        assert!(text.starts_with(old.unwrap_or_default()), "{text}");
        for said in ["the only way to delete", "safe-rm plan", "wait ID", "4 a person", "way round"]
        {
            assert!(text.contains(said), "{said}");
        }
        assert_eq!(text.contains('\r'), old.is_some_and(|o| o.contains('\r')));
        assert_eq!(init(&sandbox, &["agents-md", "--write"]).out, "");
        std::fs::write(&path, text.replace("Look first", "Do not look")).unwrap();
        assert!(init(&sandbox, &["agents-md"]).out.contains("\n-1. Do not look"));
        confirmed(&sandbox, &["agents-md", "--write"]);
        assert_eq!(read(&path).unwrap(), text);
        remove(&sandbox, "agents-md");
        assert_eq!(read(&path).as_deref(), old);
    }
    let sandbox = Sandbox::now();
    let half = sandbox.file("AGENTS.md", "<!-- safe-rm: end -->\n<!-- safe-rm: begin -->\n");
    assert_eq!(init(&sandbox, &["agents-md", "--write"]).code, 1);
    assert_eq!(read(&half).unwrap().lines().count(), 2);
}

#[test]
fn a_link_out_of_the_repository_is_not_followed() {
    let sandbox = Sandbox::now();
    std::fs::create_dir_all(sandbox.work().join(".git")).unwrap();
    assert_eq!(init(&sandbox, &["claude-code", "--write"]).code, 0);
    let own = sandbox.home().join(".claude/settings.json");
    let text = read(&own).unwrap();
    let other = sandbox.home().join("other.json");
    std::fs::write(&other, "{}").unwrap();
    std::fs::create_dir_all(sandbox.work().join(".claude")).unwrap();
    let link = sandbox.work().join(".claude/settings.json");
    for (to, args) in [(&other, &["--write"][..]), (&own, &["--remove", "--write"])] {
        std::fs::remove_file(&link).ok();
        symlink(to, &link).unwrap();
        let answer = init(&sandbox, &[&["claude-code", "--project"], args].concat());
        assert!(answer.code == 1 && answer.said().contains("outside of the project"), "{answer:?}");
    }
    assert_eq!(read(&other).unwrap(), "{}");
    assert_eq!(read(&own).unwrap(), text);
    symlink(sandbox.home().join("other.json"), sandbox.work().join("AGENTS.md")).unwrap();
    assert_eq!(init(&sandbox, &["agents-md", "--write"]).code, 1);
    // The folder, too, and one that leads nowhere.
    symlink(sandbox.home(), sandbox.work().join(".codex")).unwrap();
    assert_eq!(init(&sandbox, &["codex", "--project", "--write"]).code, 1);
    assert!(!sandbox.home().join("hooks.json").exists());
    symlink("nowhere", sandbox.work().join(".cursor")).unwrap();
    let answer = init(&sandbox, &["cursor", "--project", "--write"]);
    assert!(answer.code == 1 && answer.said().contains("leads nowhere"), "{answer:?}");
    // Within the repository a link is one.
    std::fs::remove_file(&link).unwrap();
    symlink("../a.json", &link).unwrap();
    let real = sandbox.file("a.json", "{}");
    assert_eq!(init(&sandbox, &["claude-code", "--project", "--write"]).code, 0);
    assert!(read(&real).unwrap().contains("hook claude-code"));
}

#[test]
fn extended_attributes_are_not_lost() {
    let sandbox = Sandbox::now();
    let path = sandbox.file(".claude/settings.json", "{}");
    let set = "import os, sys; os.setxattr(sys.argv[1], 'user.a', b'b')";
    if !common::has_tool("python3", &["-c", set, path.to_str().unwrap()]) {
        return;
    }
    let answer = init(&sandbox, &["claude-code", "--project", "--write"]);
    assert!(answer.code == 1 && answer.said().contains("extended attributes"), "{answer:?}");
    assert_eq!(read(&path).unwrap(), "{}");
}

#[test]
fn without_a_target_all_are_named() {
    let sandbox = Sandbox::now();
    let answer = init(&sandbox, &[]);
    assert_eq!(answer.code, 2);
    for target in ["bash", "claude-code", "opencode", "agents-md"] {
        assert!(answer.said().contains(target), "{answer:?}");
    }
}

#[test]
fn to_take_it_out_a_person_types_the_word() {
    let sandbox = Sandbox::now();
    assert_eq!(init(&sandbox, &["claude-code", "--write"]).code, 0);
    let path = sandbox.home().join(".claude/settings.json");
    let made = read(&path).unwrap();
    let remove = ["init", "claude-code", "--remove", "--write"];
    // Nobody at all.
    let answer = sandbox.run(&remove);
    assert!(answer.code == 4 && answer.said().contains("only a person"), "{answer:?}");
    // Another word.
    let mut terminal = sandbox.at_terminal(&remove);
    terminal.prompt();
    terminal.line("yes");
    assert_eq!(terminal.end().1, 5);
    // Where a variable speaks of an agent the code, too.
    let mut command = sandbox.command(&remove);
    command.env("CLAUDECODE", "1");
    let mut session = common::person::spawn(&command, 20_000);
    session.exp_string("anything else to stop").unwrap();
    session.send_line("YES");
    session.exp_string("now type the code").unwrap();
    session.exp_string("code:").unwrap();
    session.send_line("x");
    assert_eq!(session.wait(), 5);
    assert_eq!(read(&path).unwrap(), made);
    confirmed(&sandbox, &remove[1..]);
    assert!(read(&path).is_none());
}
