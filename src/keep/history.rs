//! What a judgement needs of the journal, read without making or changing anything.

use std::path::PathBuf;

use anyhow::Result;

use super::decode;
use super::event::{Event, How};
use super::journal::Journal;
use super::ledger::{State, entries};
use crate::facts::{Gone, History, Print, Stamp};

/// Reads it: whole only where models are judged, and then what went after `since` as well. The
/// state of a user may lie in two places, if a variable moves it: what went is read from both.
///
/// # Errors
/// Where a journal is there and cannot be read.
pub fn history(states: &[PathBuf], since: Option<Stamp>) -> Result<History> {
    let mut history = History::default();
    for (at, state) in states.iter().enumerate() {
        let Some(mut journal) = Journal::existing(state)? else { continue };
        history.last = history.last.max(journal.last_time()?);
        let Some(since) = since else { continue };
        let lines = journal.lines()?;
        history.gone.extend(gone(&lines, since));
        if let Some(line) = journal.broken()? {
            let shown = state.display();
            let doubt = format!(
                "line {line} of the journal in {shown} was not written by safe-rm as it stands: \
                 what went before may be missing"
            );
            history.doubts.push(doubt);
        } else if at == 0 {
            // What somebody else has written into is no person's word.
            for (_, event) in lines {
                if let Event::Acked { label: Some(label), .. } = event
                    && let Ok(hash) = blake3::Hash::from_hex(label)
                {
                    history.acked.insert(*hash.as_bytes());
                }
            }
        }
    }
    Ok(history)
}

/// What was trashed or freed since then and has not come back.
fn gone(lines: &[(Stamp, Event)], since: Stamp) -> Vec<Gone> {
    let all = entries(lines).into_iter();
    // What is freed out of the trash went when it went there.
    let went = all.filter(|e| {
        e.at >= since && !matches!(e.state, State::Back | State::Begun) && e.how != How::Purge
    });
    let gone = went.map(|entry| {
        let item = entry.item;
        let prints = item.prints.into_iter();
        Gone {
            path: decode(&item.from),
            lies: decode(&item.to),
            at: entry.at,
            prints: prints
                .map(|(structure, sample, deep)| Print { structure, sample, deep })
                .collect(),
            stamps: item.stamps.iter().map(|(s, folder)| (*s, decode(folder))).collect(),
        }
    });
    gone.filter(|g| !g.prints.is_empty() || !g.stamps.is_empty()).collect()
}
