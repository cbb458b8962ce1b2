//! `safe-rm --complete-ids=COMMAND`: the ids that a command takes, for the completions of a shell.
//!
//! It is an option, and stands first: should the completions ever call another program of this name
//! that hands its words to rm, rm refuses an option that it does not know before it removes anything.
//! It makes nothing, waits for nothing and says nothing of what fails: a person is typing.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::Exit;
use crate::keep::{Entry, Journal, Requests, State, decode, entries};
use crate::sys::{clock, env};
use crate::tell;

/// How long the disks are asked whether things are still in the trash.
const PATIENCE: Duration = Duration::from_millis(200);

/// The newest are offered, and so many.
const SHOWN: usize = 100;

/// The command whose ids are asked for.
pub(super) fn asked(argv: &[OsString]) -> Option<&str> {
    let [_, word] = argv else { return None };
    word.to_str()?.strip_prefix("--complete-ids=")
}

/// Prints them, newest first; other commands take none.
pub(super) fn run(command: &str) -> Exit {
    let _ = match command {
        "undo" | "purge" => deletions(),
        "approve" | "deny" | "cancel" | "wait" => requests(),
        "explain" => {
            tell::rule_ids();
            Ok(())
        }
        _ => Ok(()),
    };
    Exit::Done
}

/// What waits for a person's answer. An id must have the shape of one: a file may lie about it.
fn requests() -> Result<()> {
    let world = env::surroundings();
    let clock = clock::read(world.test_clock.as_deref());
    let Some(state) = world.state else { return Ok(()) };
    let Some(folder) = Requests::existing(&state) else { return Ok(()) };
    let Some(mut journal) = Journal::existing(&state)? else { return Ok(()) };
    let mut open = folder.all(&journal.lines()?);
    let plain = |id: &str| id.bytes().all(|b| b.is_ascii_alphanumeric());
    open.retain(|filed| filed.is_open(clock.now()) && plain(&filed.request.id));
    tell::request_ids(&open, &clock);
    Ok(())
}

/// What lies in the trash, or is half freed.
fn deletions() -> Result<()> {
    let world = env::surroundings();
    let clock = clock::read(world.test_clock.as_deref());
    let Some(state) = world.state else { return Ok(()) };
    let Some(mut journal) = Journal::existing(&state)? else { return Ok(()) };
    let mut plans: Vec<(String, Vec<Entry>)> = Vec::new();
    for entry in entries(&journal.lines()?).into_iter().rev() {
        if let State::Moved | State::Freeing = entry.state {
            match plans.iter().position(|(plan, _)| *plan == entry.plan) {
                Some(at) => plans[at].1.push(entry),
                None if plans.len() == SHOWN => {}
                None => plans.push((entry.plan.clone(), vec![entry])),
            }
        }
    }
    let gone = gone(&plans);
    plans.retain(|(plan, _)| !gone.contains(plan));
    tell::deletion_ids(&plans, &clock);
    Ok(())
}

/// The plans of which nothing is left in the trash, as far as the disks say so in time: one that does
/// not answer makes nobody wait.
fn gone(plans: &[(String, Vec<Entry>)]) -> Vec<String> {
    let (tell, told) = mpsc::channel();
    let places = |things: &[Entry]| -> Vec<PathBuf> {
        things.iter().map(|entry| decode(&entry.item.to)).collect()
    };
    let all: Vec<_> = plans.iter().map(|(plan, things)| (plan.clone(), places(things))).collect();
    thread::spawn(move || {
        for (plan, places) in all {
            let missing = |place: &PathBuf| {
                let found = place.symlink_metadata();
                found.is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound)
            };
            if places.iter().all(missing) && tell.send(plan).is_err() {
                return;
            }
        }
    });
    let until = std::time::Instant::now() + PATIENCE;
    let left = || until.saturating_duration_since(std::time::Instant::now());
    std::iter::from_fn(|| told.recv_timeout(left()).ok()).collect()
}
