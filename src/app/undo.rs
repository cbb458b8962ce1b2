//! `safe-rm undo [ID or PATH]`: puts back what a deletion moved to the trash.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context, Result};

use super::world::{self, Caller};
use super::{Exit, carry_out};
use crate::act::{self, Wanted};
use crate::tell::{Done, Voice};

/// Puts back the last deletion, or the one that was named.
pub(super) fn run(what: Option<&OsStr>, caller: &Caller, voice: Voice) -> Result<Exit> {
    let world = world::read_for(caller)?;
    let mut journal = carry_out::journal(&world)?;
    journal.hold()?;
    if let Some(line) = journal.broken()? {
        voice
            .remark(&format!("line {line} of the journal was not written by safe-rm as it stands"));
    }
    let wanted = wanted(what)?;
    let now = world.clock.now();
    let execution = act::undo(&wanted, now, &mut carry_out::hands(&world, &mut journal))?;
    voice.done(&Done { execution: &execution, undo: true });
    Ok(carry_out::exit(&execution))
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
