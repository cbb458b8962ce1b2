//! What a judgement needs of the journal, read without making or changing anything.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context, Result};

use super::event::Event;
use super::journal::{Journal, NAME};
use crate::facts::History;
use crate::sys::dir;

/// Reads it; the confirmations only where they are asked for, since they need the whole journal.
///
/// # Errors
/// Where the journal is there and cannot be read.
pub fn history(state: &Path, confirmations: bool) -> Result<History> {
    let context = || format!("cannot read the journal in `{}`", state.display());
    let opened = dir::open_path(state).and_then(|dir| dir::open_file_at(dir, OsStr::new(NAME)));
    let file = match opened {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(History::default()),
        Err(e) => return Err(e).with_context(context),
    };
    let mut journal = Journal::of(file);
    let mut history = History { last: journal.last_time()?, ..History::default() };
    // What somebody else has written into is no person's word.
    if confirmations && journal.broken()?.is_none() {
        for (_, event) in journal.lines()? {
            if let Event::Acked { label: Some(label), .. } = event
                && let Ok(hash) = blake3::Hash::from_hex(label)
            {
                history.acked.insert(*hash.as_bytes());
            }
        }
    }
    Ok(history)
}
