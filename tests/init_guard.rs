//! `safe-rm init AGENT --guard`: an alias in the start-up file of the person's shell, by which the agent
//! really starts in the guard.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use common::setup::read;
use common::{Answer, BIN, Sandbox, has_tool, snapshot};

/// Each agent with the command that starts it.
const AGENTS: &[(&str, &str)] = &[
    ("claude-code", "claude"),
    ("codex", "codex"),
    ("gemini", "gemini"),
    ("copilot", "copilot"),
    ("cursor", "cursor-agent"),
    ("opencode", "opencode"),
];

/// Each shell with its start-up file.
const SHELLS: &[(&str, &str)] =
    &[("bash", ".bashrc"), ("zsh", ".zshrc"), ("fish", ".config/fish/config.fish")];

fn init(sandbox: &Sandbox, shell: &str, args: &[&str]) -> Answer {
    let mut command = sandbox.command(&[&["init"], args, &["--guard"]].concat());
    Answer::of(&command.env("SHELL", format!("/bin/{shell}")).output().unwrap())
}

/// At a terminal, with the word; what was shown.
fn confirmed(sandbox: &Sandbox, shell: &str, args: &[&str], word: &str) -> (String, i32) {
    let mut command = sandbox.command(&[&["init"], args, &["--guard"]].concat());
    command.env("SHELL", format!("/bin/{shell}"));
    let mut terminal = common::Terminal(common::person::spawn(&command, 20_000));
    let shown = terminal.prompt();
    terminal.line(word);
    let (rest, code) = terminal.end();
    (shown + &rest, code)
}

/// Without a terminal.
fn alone(sandbox: &Sandbox, args: &[&str]) -> Answer {
    let mut command = sandbox.command_of("setsid", &["-w", BIN, "init"]);
    command.args(args).arg("--guard").env("SHELL", "/bin/bash");
    Answer::of(&command.output().unwrap())
}

fn policy(sandbox: &Sandbox, text: &str) {
    let path = sandbox.home().join(".config/safe-rm/policy.toml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn it_is_shown_then_made_then_left_alone_and_taken_back() {
    for (shell, file) in SHELLS {
        for (agent, command) in AGENTS {
            let sandbox = Sandbox::now();
            let path = sandbox.home().join(file);
            let shown = init(&sandbox, shell, &[agent]);
            assert_eq!(shown.code, 0, "{shown:?}");
            assert!(shown.out.contains(path.to_str().unwrap()), "{}", shown.out);
            assert!(shown.out.contains(&format!(" guard -- {command}")), "{}", shown.out);
            let again = format!("`safe-rm init {agent} --guard --write` does it");
            assert!(words(&shown.err).contains(&again), "{}", shown.err);
            assert!(snapshot(&sandbox.home()).is_empty());

            let made = init(&sandbox, shell, &[agent, "--write"]);
            assert_eq!((made.code, &made.out), (0, &shown.out), "{made:?}");
            let text = read(&path).unwrap();
            let added: String =
                shown.out.lines().skip(3).map(|l| format!("{}\n", &l[1..])).collect();
            assert_eq!(added, text.replace('\\', "\\\\"));
            let again = init(&sandbox, shell, &[agent, "--write"]);
            assert_eq!((again.code, again.out.as_str()), (0, ""), "{again:?}");
            assert_eq!(read(&path).unwrap(), text);

            let (said, code) = confirmed(&sandbox, shell, &[agent, "--remove", "--write"], "YES");
            assert!(code == 0 && said.contains("+++ /dev/null"), "{said}");
            assert!(read(&path).is_none());
        }
    }
}

#[test]
fn what_is_there_stays_and_comes_back_to_the_byte() {
    for text in ["export A=1\n", "export A=1", "a\r\nb\r\n", "# \u{2603}\n\n", "alias ll='ls -l'\n"]
    {
        let sandbox = Sandbox::now();
        // As dotfiles have it: the link stays, and what it leads to changes.
        let path = sandbox.file("dotfiles/bashrc", text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&path, sandbox.home().join(".bashrc")).unwrap();
        for (agent, _) in AGENTS {
            let made = init(&sandbox, "bash", &[agent, "--write"]);
            assert_eq!(made.code, 0, "{made:?}");
            assert!(read(&path).unwrap().starts_with(text));
        }
        assert!(sandbox.home().join(".bashrc").is_symlink());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
        for (agent, _) in AGENTS {
            confirmed(&sandbox, "bash", &[agent, "--remove", "--write"], "YES");
        }
        assert_eq!(read(&path).unwrap(), text);
    }
}

#[test]
fn it_is_taken_out_by_a_person_alone() {
    let sandbox = Sandbox::now();
    init(&sandbox, "bash", &["codex", "--write"]);
    let before = snapshot(&sandbox.home());
    let answer = alone(&sandbox, &["codex", "--remove", "--write"]);
    assert!(answer.code == 4 && words(&answer.err).contains("takes the alias out"), "{answer:?}");
    let (said, code) = confirmed(&sandbox, "bash", &["codex", "--remove", "--write"], "yes");
    assert!(code == 5 && said.contains("declined"), "{said}");
    // Another program's alias in its place is no less.
    let path = sandbox.home().join(".bashrc");
    let other = read(&path).unwrap().replace(" guard -- codex", " guard --protect /m -- codex");
    assert_eq!(snapshot(&sandbox.home()), before);
    std::fs::write(&path, &other).unwrap();
    let answer = alone(&sandbox, &["codex", "--write"]);
    assert!(
        answer.code == 4 && words(&answer.err).contains("makes the alias another"),
        "{answer:?}"
    );
    assert_eq!(read(&path).unwrap(), other);
}

#[test]
fn what_a_person_has_made_of_the_command_stays() {
    let sandbox = Sandbox::now();
    let path = sandbox.home().join(".bashrc");
    std::fs::write(&path, "alias claude='claude --verbose'\n").unwrap();
    let answer = init(&sandbox, "bash", &["claude-code", "--write"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    let said = words(&answer.err);
    assert!(
        said.contains("has a meaning there already") && said.contains("guard -- claude'"),
        "{said}"
    );
    assert_eq!(read(&path).unwrap(), "alias claude='claude --verbose'\n");
    std::fs::write(&path, "alias claude='safe-rm guard --protect /m -- claude'\n").unwrap();
    let answer = init(&sandbox, "bash", &["claude-code", "--write"]);
    assert!(answer.code == 0 && words(&answer.err).contains("nothing was done"), "{answer:?}");
}

#[test]
fn words_that_make_no_sense() {
    let sandbox = Sandbox::now();
    for args in [&["claude-code", "--project"][..], &["agents-md"], &["bash"]] {
        let answer = init(&sandbox, "bash", args);
        assert!(answer.code == 2 && answer.err.contains("--guard"), "{answer:?}");
    }
    let answer = init(&sandbox, "tcsh", &["claude-code"]);
    assert!(answer.code == 1, "{answer:?}");
    assert!(words(&answer.err).contains("let it run `safe-rm guard -- claude`"), "{answer:?}");
    let moved = sandbox.work().join("z");
    let mut command = sandbox.command(&["init", "codex", "--guard", "--write"]);
    command.env("SHELL", "/bin/zsh").env("ZDOTDIR", &moved);
    assert!(command.output().unwrap().status.success());
    assert!(moved.join(".zshrc").is_file());
}

#[test]
fn without_roots_it_says_what_is_missing() {
    let sandbox = Sandbox::now();
    assert!(words(&init(&sandbox, "bash", &["codex"]).err).contains("names no `roots` yet"));
    policy(&sandbox, "roots = [\"/\"]");
    assert!(!words(&init(&sandbox, "bash", &["codex"]).err).contains("names no `roots` yet"));
}

/// A shell that reads the file starts the agent where it can delete nothing.
#[test]
fn shells_start_the_agent_in_the_guard() {
    for (shell, _) in SHELLS {
        if !has_tool(shell, &["--version"]) {
            continue;
        }
        let sandbox = Sandbox::now();
        let model: PathBuf = sandbox.file("models/a.bin", "weights");
        policy(&sandbox, &format!("roots = [{:?}]", model.parent().unwrap()));
        let agent = sandbox
            .file("bin/claude", "#!/bin/sh\nrm -rf models\necho \"$1|$2|$SAFE_RM_GUARDED\"\n");
        std::fs::set_permissions(&agent, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(init(&sandbox, shell, &["claude-code", "--write"]).code, 0);
        let mut command = sandbox.command_of(shell, &["-ic", "claude 'a b' '$c'"]);
        let path = std::env::var_os("PATH").unwrap();
        let path = format!("{}:{}", agent.parent().unwrap().display(), path.display());
        let answer = Answer::of(&command.env("PATH", path).output().unwrap());
        assert!(answer.out.contains("a b|$c|1\n"), "{shell}: {answer:?}");
        assert_eq!(read(&model).as_deref(), Some("weights"), "{shell}: {answer:?}");
    }
}
