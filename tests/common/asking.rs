//! A caller that is an agent, and the person who answers it.

use std::process::Command;

use super::{Answer, BIN, Sandbox, Terminal, person};

/// The agent's own variables.
const AGENT: (&str, &str) = ("CLAUDECODE", "1");

/// Runs it as an agent does: without a terminal, with the agent's variables, below its process.
pub fn agent(world: &Sandbox, args: &[&str]) -> Answer {
    let mut command = world.command_of("setsid", &["--wait", "bash", "-c"]);
    // The program above it calls itself as the agent does.
    command
        .arg("exec -a claude bash -c '\"$0\" \"$@\"; exit $?' \"$0\" \"$@\"")
        .arg(BIN)
        .args(args);
    command.env(AGENT.0, AGENT.1);
    Answer::of(&command.stdin(std::process::Stdio::null()).output().unwrap())
}

pub fn at_terminal(command: &Command) -> Terminal {
    Terminal(person::spawn(command, 20_000))
}

/// Approves as a person: the word, and the code that is shown after it.
pub fn approve(world: &Sandbox, id: &str) -> (String, i32) {
    approve_by(&world.command(&["approve", id]))
}

/// As [`approve`], by a command that comes to it.
pub fn approve_by(command: &Command) -> (String, i32) {
    let mut terminal = at_terminal(command);
    let mut shown = match terminal.0.any(&["anything else to stop", "hint: "]) {
        Ok((before, found)) if found.starts_with("anything") => before,
        _ => return terminal.end(),
    };
    terminal.line("DELETE");
    shown += &terminal.0.exp_string("type the code ").unwrap();
    let code = terminal.0.exp_string("\r\n").unwrap();
    terminal.0.exp_string("code").unwrap();
    terminal.line(code.trim());
    let (rest, exit) = terminal.end();
    (shown + &rest, exit)
}

/// A model that may go, and the id of the request for it.
pub fn asked(world: &Sandbox) -> String {
    world.fixture("qwen3_full", "runs/old");
    world.label("runs/old", "an old model");
    let answer = agent(world, &["--json", "--reason", "the disk is full", "runs/old"]);
    assert_eq!(answer.code, 4, "{answer:?}");
    answer.json()["request"]["id"].as_str().unwrap().to_owned()
}
