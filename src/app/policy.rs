//! `safe-rm policy`: the policy in force, and where each value comes from.

use anyhow::Result;

use super::{Exit, world};
use crate::tell::Voice;

/// Shows it.
pub(super) fn run(voice: Voice) -> Result<Exit> {
    voice.policy(&world::read()?.policy);
    Ok(Exit::Done)
}
