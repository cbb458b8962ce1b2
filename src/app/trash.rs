//! `safe-rm trash`: what this program has moved to a trash and is still there.

use anyhow::Result;

use super::{Exit, carry_out, world};
use crate::act;
use crate::keep::{State, entries};
use crate::tell::{Trashed, Voice};

/// Lists it, what is due first.
pub(super) fn run(voice: Voice) -> Result<Exit> {
    let world = world::read()?;
    let mut journal = carry_out::journal(&world)?;
    let mut items = Vec::new();
    let all = entries(&journal.lines()?);
    for entry in all {
        let there = match entry.state {
            State::Moved => {
                let hands = carry_out::hands(&world, &mut journal);
                act::in_trash(&entry, &hands).is_ok_and(|found| found.is_some())
            }
            State::Freeing => true,
            State::Begun | State::Freed | State::Back => false,
        };
        if there {
            let due = entry.at.plus(world.policy.trash_keep);
            items.push(Trashed { entry, due });
        }
    }
    items.sort_by_key(|item| item.due);
    voice.trash(&items, &world.clock);
    Ok(Exit::Done)
}
