//! `safe-rm undo [ID or PATH]`: puts back what a deletion moved to the trash.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Exit, delete, world};
use crate::act::{self, Hands, Wanted};
use crate::keep::Journal;
use crate::tell::{Done, Voice};

/// Puts back the last deletion, or the one that was named.
pub(super) fn run(what: Option<&OsStr>, voice: Voice) -> Result<Exit> {
    let world = world::read()?;
    let s = &world.surroundings;
    let state = s.state.as_deref().context("there is no home directory with a journal")?;
    let mut journal = Journal::open(state, (s.user != s.euid).then_some(s.user))?;
    journal.hold()?;
    if let Some(line) = journal.broken()? {
        voice
            .remark(&format!("line {line} of the journal was not written by safe-rm as it stands"));
    }
    let wanted = wanted(what)?;
    let home_trash = s.home_trash.clone();
    let mut hands = Hands { euid: s.euid, user: s.user, home_trash, journal: &mut journal };
    let execution = act::undo(&wanted, world.clock.now(), &mut hands)?;
    voice.done(&Done { execution: &execution, undo: true });
    Ok(delete::exit(&execution))
}

/// An id or the beginning of one, or a path: the journal knows which.
fn wanted(what: Option<&OsStr>) -> Result<Wanted> {
    let Some(what) = what else { return Ok(Wanted::Last) };
    let path = Path::new(what);
    let name = path.file_name().context("name the path that was deleted")?;
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A folder that is gone as well is known by what was written.
    let parent = parent.canonicalize().or_else(|_| std::path::absolute(parent))?;
    Ok(Wanted::Named(what.to_string_lossy().into_owned(), parent.join(name)))
}
