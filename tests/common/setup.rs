//! `safe-rm init`, as a person runs it.

use std::path::Path;

use super::{Answer, Sandbox};

pub fn init(sandbox: &Sandbox, args: &[&str]) -> Answer {
    sandbox.run(&[&["init"], args].concat())
}

/// At a terminal, with the word; what was shown and the exit code.
pub fn confirmed(sandbox: &Sandbox, args: &[&str]) -> (String, i32) {
    let mut terminal = sandbox.at_terminal(&[&["init"], args].concat());
    let shown = terminal.prompt();
    terminal.line("YES");
    let (rest, code) = terminal.end();
    assert_eq!(code, 0, "{shown}{rest}");
    (shown + &rest, code)
}

pub fn remove(sandbox: &Sandbox, agent: &str) -> String {
    confirmed(sandbox, &[agent, "--remove", "--write"]).0
}

pub fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}
