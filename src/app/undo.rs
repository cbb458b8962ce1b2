//! `safe-rm undo [ID or PATH]`: puts back what a deletion moved to the trash.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

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
    let wanted = wanted(what)?;
    let home_trash = s.home_trash.clone();
    let mut hands = Hands { euid: s.euid, user: s.user, home_trash, journal: &mut journal };
    let execution = act::undo(&wanted, world.clock.now(), &mut hands)?;
    voice.done(&Done { execution: &execution, undo: true });
    Ok(delete::exit(&execution))
}

/// An id is eight hexadecimal digits or their beginning; everything else is a path.
fn wanted(what: Option<&OsStr>) -> Result<Wanted> {
    let Some(what) = what else { return Ok(Wanted::Last) };
    if let Some(text) = what.to_str()
        && (4..=8).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return Ok(Wanted::Plan(text.to_ascii_lowercase()));
    }
    let path = Path::new(what);
    let name = path.file_name().context("name the path that was deleted")?;
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
    let parent: PathBuf = parent
        .unwrap_or(Path::new("."))
        .canonicalize()
        .with_context(|| format!("cannot find the folder of `{}`", path.display()))?;
    Ok(Wanted::Path(parent.join(name)))
}
