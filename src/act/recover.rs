//! What runs that were cut off have left: rolled back where nothing was unlinked yet, else told.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Hands;
use super::gate::{self, Place};
use super::undo::{drop_info, never_went, opened};
use crate::facts::Stamp;
use crate::keep::{Entry, Event, How, State, decode, encode, entries};
use crate::sys::change;

/// One thing that a run which was cut off has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It was on its way and is back at its place.
    Back(PathBuf),
    /// It cannot be put back; the words say why and where it is.
    Stuck(PathBuf, String),
    /// Its removal was begun; of the plan with this id.
    Halfway(PathBuf, String),
}

/// Puts back what runs that were cut off had moved and not begun to unlink. Nothing is done while
/// another run is at work.
///
/// # Errors
/// Where the journal cannot be read or written.
pub fn recover(now: Stamp, hands: &mut Hands<'_>) -> Result<Vec<Found>> {
    if !hands.journal.try_hold()? {
        return Ok(Vec::new());
    }
    let found = all(now, hands);
    hands.journal.release()?;
    found
}

fn all(now: Stamp, hands: &mut Hands<'_>) -> Result<Vec<Found>> {
    // What somebody else has written into is not acted on unasked; under sudo it is the user's to
    // write. Undo and purge say what is wrong where they are asked.
    let trusted = hands.owner().is_none() && hands.journal.broken()?.is_none();
    let mut found = Vec::new();
    for entry in entries(&hands.journal.lines()?) {
        let Ok(place) = gate::place(&entry, hands) else { continue };
        match entry.state {
            State::Begun if trusted => found.extend(roll_back(&entry, &place, now, hands)?),
            State::Freeing => found.extend(halfway(&entry, &place, now, hands)?),
            _ => {}
        }
    }
    Ok(found)
}

/// Where a thing was before its move.
fn origin(entry: &Entry) -> PathBuf {
    let out_of = entry.item.out_of.as_ref();
    out_of.map_or_else(|| decode(&entry.item.from), |(_, at)| decode(at))
}

fn roll_back(
    entry: &Entry,
    place: &Place,
    now: Stamp,
    hands: &mut Hands<'_>,
) -> Result<Option<Found>> {
    let from = origin(entry);
    let moved = place.thing(&entry.item).is_some();
    if moved {
        let back = || -> Result<()> {
            let (parent, old) = opened(&from)?;
            change::rename_new(&place.folder, &place.name, &parent, &old)?;
            Ok(change::sync_dir(&parent)?)
        };
        if let Err(error) = back() {
            let why = format!("{error:#}; it is in `{}`", place.path.display());
            return Ok(Some(Found::Stuck(from, why)));
        }
    } else if !never_went(&entry.item, &from, place) {
        // Neither here nor there: somebody else has moved it, and nothing can be said.
        return Ok(None);
    }
    if entry.how == How::Trash {
        drop_info(place.info.as_deref());
        if let Err(error) = super::keepsake::give_back(&entry.item.kept, hands) {
            return Ok(Some(Found::Stuck(from, format!("it is back, but {error:#}"))));
        }
    }
    close_room(&place.path);
    let (plan, thing) = (entry.plan.clone(), entry.item.from.clone());
    hands.journal.append(now, &Event::PutBack { plan, from: thing, at: encode(&from) })?;
    Ok(moved.then_some(Found::Back(from)))
}

fn halfway(
    entry: &Entry,
    place: &Place,
    now: Stamp,
    hands: &mut Hands<'_>,
) -> Result<Option<Found>> {
    let (plan, from) = (entry.plan.clone(), entry.item.from.clone());
    if !place.is_empty() {
        // A run that is still at it holds the lock of its room.
        let idle = change::try_lock(&place.folder).unwrap_or(false);
        return Ok(idle.then(|| Found::Halfway(decode(&from), plan)));
    }
    // All of it went, and only the record was missing.
    if let Some((old, _)) = &entry.item.out_of {
        let (plan, from) = (old.clone(), from.clone());
        hands.journal.append(now, &Event::Freed { plan, from })?;
    }
    close_room(&place.path);
    hands.journal.append(now, &Event::Freed { plan, from })?;
    Ok(None)
}

/// Takes away an empty room; anything else stays as it is.
pub(super) fn close_room(to: &Path) {
    let Some(room) = to.parent() else { return };
    let ours = room.parent().and_then(Path::file_name).is_some_and(|n| n == super::stage::ROOM);
    if let Ok((rooms, name)) = opened(room)
        && ours
    {
        let _ = change::remove_dir(&rooms, &name);
    }
}
