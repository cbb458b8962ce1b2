//! The step inside of the guard: a session of its own, its terminal, and then the command.
//!
//! It grants nothing and restricts nothing: whoever calls it by hand gets the command and no guard,
//! wherefore it only goes on where its parent cannot be looked at, as from within a guard.

use std::ffi::{OsStr, OsString};
use std::io;

use anyhow::{Context, Result, bail};

use super::{NOT_FOUND, NOT_RUN};
use crate::app::{End, failed};
use crate::sys::jobs::{self, Child, Streams, Turn};
use crate::sys::{process, pty, relay, signals};
use crate::tell::Voice;

/// The word by which it is called.
pub(super) const WORD: &str = "--inner";
/// The command has no terminal, and takes this process' place.
pub(super) const ALONE: &str = "alone";
/// This process keeps the session, so that the command can be stopped and go on.
pub(super) const KEPT: &str = "kept";

/// Goes on as `how` says, if these words are a call of this step.
pub(in crate::app) fn inner(argv: &[OsString]) -> Option<End> {
    let [_, guard, word, how, dashes, command @ ..] = argv else { return None };
    if guard != "guard" || word != WORD || dashes != "--" || command.is_empty() {
        return None;
    }
    Some(step(how, command).unwrap_or_else(|error| failed(&error, Voice::Text)))
}

fn step(how: &OsStr, command: &[OsString]) -> Result<End> {
    if !process::is_parent_hidden() {
        bail!("`guard {WORD}` is a step of `safe-rm guard -- COMMAND`, and nothing by itself");
    }
    let (program, args) = command.split_first().context("there is no command")?;
    if how != KEPT {
        jobs::new_session(None).context("cannot make a session")?;
        let mut command = std::process::Command::new(program);
        return Ok(not_run(program, &jobs::become_it(command.args(args))));
    }
    let terminal = jobs::terminal_of_streams().context("there is no terminal")?;
    jobs::new_session(Some(&terminal)).context("cannot make a session with a terminal")?;
    let caught = signals::catch().context("cannot catch signals")?;
    let which = pty::streams();
    let mut command = jobs::in_own_group(program);
    let child = match jobs::spawn(command.args(args), &Streams { terminal: None, which }) {
        Ok(child) => child,
        Err(error) => return Ok(not_run(program, &error)),
    };
    child.takes(&terminal);
    jobs::let_go(which);
    loop {
        match child.turn() {
            Some(Turn::Stopped(signal)) => stopped(child, signal, &terminal),
            Some(Turn::Killed(signal)) => {
                signals::end_by(signal);
                return Ok(End::Of(u8::try_from(128 + signal).unwrap_or(u8::MAX)));
            }
            Some(Turn::Ended(code)) => return Ok(End::Of(u8::try_from(code).unwrap_or(u8::MAX))),
            None => relay::wait(&caught.wake).context("cannot wait for the command")?,
        }
        for signal in caught.passed() {
            child.signal(signal);
        }
        if caught.goes_on() {
            child.go_on();
        }
    }
}

/// Stops as the command was stopped, so that the process outside sees it, and goes on with it.
fn stopped(child: Child, signal: i32, terminal: &std::fs::File) {
    // It asked for the terminal before it had it.
    let early = jobs::wanted_terminal(signal) && child.takes(terminal);
    if !early {
        jobs::stop_as(signal, true);
    }
    child.go_on();
}

fn not_run(program: &OsStr, error: &io::Error) -> End {
    let (what, code) = if error.kind() == io::ErrorKind::NotFound {
        ("it is not found", NOT_FOUND)
    } else {
        ("it cannot be run", NOT_RUN)
    };
    let text = format!("cannot start `{}`: {what} ({error})", program.display());
    Voice::Text.failure(&anyhow::anyhow!(text), code);
    End::Of(code)
}
