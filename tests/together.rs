//! What others do meanwhile: a second run waits for the first, and a signal at the question leaves
//! the terminal as it was.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{BIN, Sandbox, has_tool};

#[test]
fn a_run_waits_until_the_other_is_done() {
    if !has_tool("flock", &["--version"]) {
        return;
    }
    let sandbox = Sandbox::later();
    sandbox.file("first/notes.txt", "x");
    sandbox.file("old/notes.txt", "hello");
    sandbox.delete(&["first"]);
    let journal = sandbox.home().join(".local/state/safe-rm/journal.jsonl");
    let mut other = Command::new("flock")
        .arg(&journal)
        .args(["sh", "-c", "echo held; read go"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(other.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "held\n");
    let mut terminal = sandbox.at_terminal(&["old"]);
    terminal.prompt();
    terminal.line("DELETE");
    std::thread::sleep(Duration::from_millis(700));
    assert!(sandbox.work().join("old").exists(), "it did not wait");
    other.stdin.take().unwrap().write_all(b"go\n").unwrap();
    let (text, code) = terminal.end();
    assert_eq!(code, 0, "{text}");
    assert!(!sandbox.work().join("old").exists(), "{text}");
    other.wait().unwrap();
}

/// A line editor turns the echo off; whoever ends the program must not leave a blind terminal.
#[test]
fn a_signal_at_the_question_gives_the_terminal_back() {
    let sandbox = Sandbox::later();
    sandbox.file("old/notes.txt", "hello");
    for signal in ["TERM", "HUP"] {
        // The shell stays, and says what the terminal is like afterwards.
        let script = format!(
            "stty -a | tr ';' '\\n' | grep -ow -- '-\\?echo\\b\\|-\\?icanon' > before; \
             {BIN} old; \
             stty -a | tr ';' '\\n' | grep -ow -- '-\\?echo\\b\\|-\\?icanon' > after; echo over"
        );
        let mut command = sandbox.command_of("sh", &["-c", &script]);
        command.env("TERM", "xterm");
        let mut session = common::person::spawn(&command, 20_000);
        session.exp_string("anything else to stop").unwrap();
        // Until the line editor is at work.
        std::thread::sleep(Duration::from_millis(300));
        let target = sandbox.work().join("old");
        let found = Command::new("pgrep").args(["-f", &format!("^{BIN} old$")]).output().unwrap();
        let mine = String::from_utf8(found.stdout).unwrap();
        let start = Instant::now();
        for pid in mine.split_whitespace() {
            let cwd = std::fs::read_link(format!("/proc/{pid}/cwd"));
            if cwd.is_ok_and(|cwd| cwd == sandbox.work()) {
                Command::new("kill").args([&format!("-{signal}"), pid]).status().unwrap();
            }
        }
        session.exp_string("over").unwrap();
        assert!(start.elapsed() < Duration::from_secs(5));
        let said = |name: &str| std::fs::read_to_string(sandbox.work().join(name)).unwrap();
        assert!(!said("before").is_empty());
        assert_eq!(said("before"), said("after"), "{signal}");
        assert!(target.exists());
    }
}
