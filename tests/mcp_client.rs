//! A model goes the whole way over MCP with a client of others: seen, labelled, asked for, approved by
//! a person, gone, brought back. The client answers yes to whatever it could be asked.

#![cfg(feature = "mcp")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::Stdio;

use common::{BIN, Sandbox, Terminal, person};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/mcp_client.py");

/// The Python that has the SDK: `SAFE_RM_MCP_PYTHON`, or that of the environment which `.ci/run` makes.
fn python() -> Option<PathBuf> {
    let made = || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../mcp-client/bin/python3");
    let python = std::env::var_os("SAFE_RM_MCP_PYTHON").map_or_else(made, PathBuf::from);
    let there = std::process::Command::new(&python)
        .args(["-c", "import mcp, jsonschema"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !there {
        common::skip("no Python with the package mcp is here; docs/mcp.md says how to make one");
    }
    there.then_some(python)
}

/// Approves as a person: the word, and the code that is shown after it.
fn approve(world: &Sandbox, id: &str) -> i32 {
    let mut terminal = Terminal(person::spawn(&world.command(&["approve", id]), 20_000));
    let shown = terminal.prompt();
    assert!(shown.contains("the caller claims: \"the disk is full\""), "{shown}");
    terminal.line("DELETE");
    terminal.0.exp_string("type the code ").unwrap();
    let code = terminal.0.exp_string("\r\n").unwrap();
    terminal.0.exp_string("code").unwrap();
    terminal.line(code.trim());
    terminal.end().1
}

fn whole_way(mode: &str) {
    let Some(python) = python() else { return };
    let world = Sandbox::later();
    world.fixture("qwen3_full", "runs/old");
    let before = world.snapshot();
    let mut command = world.command_of("setsid", &["--wait"]);
    command.arg(python).args([SCRIPT, BIN, mode]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut id = String::new();
    said.read_line(&mut id).unwrap();
    if !id.trim().is_empty() {
        assert_eq!(approve(&world, id.trim()), 0);
    }
    writeln!(child.stdin.take().unwrap(), "go on").unwrap();
    let mut last = String::new();
    said.read_line(&mut last).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && last.starts_with("all is well"), "{last}{errors}");
    let mut after = world.snapshot();
    after.retain(|path, _| !path.ends_with("MODEL_INFO.txt"));
    assert_eq!(after, before);
}

#[test]
fn with_a_handshake() {
    whole_way("legacy");
}

#[test]
fn without_one() {
    whole_way("auto");
}
