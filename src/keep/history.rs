//! What a judgement needs of the journal, read without making or changing anything.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context, Result};

use super::decode;
use super::event::Event;
use super::journal::{Journal, NAME};
use super::ledger::{State, entries};
use crate::facts::{Gone, History, Print, Stamp};
use crate::sys::dir;

/// Reads it: whole only where models are judged, and then what went after `since` as well.
///
/// # Errors
/// Where the journal is there and cannot be read.
pub fn history(state: &Path, since: Option<Stamp>) -> Result<History> {
    let context = || format!("cannot read the journal in `{}`", state.display());
    let opened = dir::open_path(state).and_then(|dir| dir::open_file_at(dir, OsStr::new(NAME)));
    let file = match opened {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(History::default()),
        Err(e) => return Err(e).with_context(context),
    };
    let mut journal = Journal::of(file);
    let mut history = History { last: journal.last_time()?, ..History::default() };
    let Some(since) = since else { return Ok(history) };
    let lines = journal.lines()?;
    history.gone = gone(&lines, since);
    // What somebody else has written into is no person's word.
    if journal.broken()?.is_none() {
        for (_, event) in lines {
            if let Event::Acked { label: Some(label), .. } = event
                && let Ok(hash) = blake3::Hash::from_hex(label)
            {
                history.acked.insert(*hash.as_bytes());
            }
        }
    }
    Ok(history)
}

/// What was trashed or freed since then and has not come back.
fn gone(lines: &[(Stamp, Event)], since: Stamp) -> Vec<Gone> {
    let all = entries(lines).into_iter();
    let went = all.filter(|e| e.at >= since && !matches!(e.state, State::Back | State::Begun));
    let mut gone: Vec<Gone> = went
        .map(|entry| {
            let item = entry.item;
            let prints = item.prints.into_iter();
            // What is freed out of the trash went when it went there.
            let lies = item.out_of.map_or(item.to, |(_, at)| at);
            Gone {
                path: decode(&item.from),
                lies: decode(&lies),
                at: entry.at,
                prints: prints.map(|(structure, sample)| Print { structure, sample }).collect(),
                stamps: item.stamps,
            }
        })
        .filter(|g| !g.prints.is_empty() || !g.stamps.is_empty())
        .collect();
    gone.sort_by_key(|g| g.at);
    gone.dedup_by(|later, earlier| later.lies == earlier.lies);
    gone
}
