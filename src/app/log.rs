//! `safe-rm log`: what the journal holds, and whether it is whole.

use anyhow::Result;

use super::{Exit, carry_out, world};
use crate::tell::Voice;

/// Shows it; with `verify` a line that does not follow from the one before is a failure.
pub(super) fn run(verify: bool, voice: Voice) -> Result<Exit> {
    let world = world::read()?;
    let mut journal = carry_out::journal(&world)?;
    let broken = journal.broken()?;
    voice.log(&journal.lines()?, broken, &world.clock);
    Ok(if verify && broken.is_some() { Exit::Failed } else { Exit::Done })
}
