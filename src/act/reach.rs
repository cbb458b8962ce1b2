//! How far a run came to which a person had given the word: by what the journal says of its things, and by
//! whether it still holds the room in which it frees them.

use anyhow::Result;

use super::Hands;
use super::gate;
use crate::keep::{How, State, entries};
use crate::sys::change;

/// How far it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// It is still at it.
    pub at_work: bool,
    /// Of so many things.
    pub all: usize,
    /// So many are where they were to go, or gone for good.
    pub done: usize,
    /// Whether the removal of what is left was begun.
    pub begun: bool,
}

/// Looks. Whoever calls holds the journal: a run lets go of it while it frees, and of its rooms only when it
/// has it again.
///
/// # Errors
/// Where the journal cannot be read.
pub fn reach(plan: &str, hands: &mut Hands<'_>) -> Result<Reach> {
    let mut reach = Reach::default();
    for entry in entries(&hands.journal.lines()?).iter().filter(|entry| entry.plan == plan) {
        let place = gate::place(entry, hands).ok();
        let gone = place.as_ref().is_some_and(gate::Place::is_empty);
        let room = place.as_ref().filter(|_| entry.how != How::Trash);
        reach.at_work |= room.is_some_and(|room| !change::try_lock(&room.folder).unwrap_or(false));
        reach.all += 1;
        match entry.state {
            State::Moved | State::Freed => reach.done += 1,
            // All of it went, and only the record is missing.
            State::Freeing if gone => reach.done += 1,
            State::Freeing => reach.begun = true,
            State::Begun | State::Back => {}
        }
    }
    Ok(reach)
}
