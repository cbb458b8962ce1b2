//! The process outside: between the person's terminal and the command's, and between signals and it.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use crate::sys::jobs::{self, Child, Turn};
use crate::sys::pty::{self, Raw};
use crate::sys::relay::{self, Relay};
use crate::sys::signals::{self, Caught};

/// Until the command ends, without a terminal.
pub(super) fn without(child: Child, caught: &Caught) -> io::Result<Turn> {
    let mut passed = Vec::new();
    loop {
        match child.turn() {
            Some(Turn::Stopped(signal)) => {
                jobs::stop_as(signal, false);
                caught.forget_stop();
                child.go_on();
            }
            Some(end) => {
                // It may have been for the whole group: of that, this process alone has heard it.
                if let Turn::Killed(signal) = end
                    && passed.contains(&signal)
                {
                    child.signal_group(signal);
                }
                return Ok(end);
            }
            None => relay::wait(&caught.wake)?,
        }
        if caught.size() {
            child.signal(signals::WINDOW);
        }
        for signal in caught.passed() {
            passed.push(signal);
            if signals::is_typed(signal) {
                // A terminal that is nobody's stream sends these to all that run in front of it.
                child.signal_group(signal);
            } else {
                child.signal(signal);
            }
        }
        if caught.goes_on() {
            child.go_on();
        }
    }
}

/// The terminal of the person, as it is while the command is in front of it.
struct Front {
    raw: Option<Raw>,
    shared: bool,
    /// Whether the command has been in front of it: a shell whose job it was has its own settings meanwhile.
    met: bool,
}

impl Front {
    /// Takes the terminal if it is for this process now, or lets it be.
    fn look(&mut self, relay: &Relay) {
        let terminal = relay.outer();
        if !jobs::is_in_front(terminal) {
            self.raw = None;
        } else if self.raw.is_none() {
            if !self.met {
                let _ = pty::settle(terminal, relay.master());
                let _ = pty::resize(terminal, relay.master());
            }
            self.met = true;
            self.raw = pty::raw(terminal, self.shared).ok();
        }
    }
}

/// Until the command ends, with a terminal of its own.
pub(super) fn with_terminal(
    child: Child,
    caught: &Caught,
    outer: File,
    master: OwnedFd,
    which: [bool; 3],
) -> io::Result<Turn> {
    let mut relay = Relay::new(outer, master);
    let mut front = Front { raw: None, shared: which.contains(&false), met: false };
    front.look(&relay);
    loop {
        match child.turn() {
            // Whatever stopped the command: the step inside can only stop by one signal, and with a key all
            // of a pipeline stops.
            Some(Turn::Stopped(_)) => {
                relay.finish();
                front.raw = None;
                jobs::stop_as(signals::KEY, false);
                caught.forget_stop();
                front.look(&relay);
                let _ = pty::resize(relay.outer(), relay.master());
                child.go_on();
            }
            Some(end) => {
                relay.finish();
                return Ok(end);
            }
            None => {
                // Nothing tells a job in the background that it has come to the front.
                front.look(&relay);
                relay.turn(&caught.wake, front.raw.is_some())?;
            }
        }
        for signal in caught.passed() {
            let key = pty::key(relay.master(), signal).filter(|_| front.shared);
            if let Some(key) = key {
                relay.key(key);
            } else if signals::is_hangup(signal) && jobs::is_gone(relay.outer()) {
                // The command's own terminal goes as well: that tells all that run in front of it.
                drop(relay);
                child.signal(signal);
                return without(child, caught);
            } else {
                child.signal(signal);
            }
        }
        if caught.size() {
            let _ = pty::resize(relay.outer(), relay.master());
        }
        if caught.goes_on() {
            front.look(&relay);
            child.go_on();
        }
    }
}
