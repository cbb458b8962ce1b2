//! `safe-rm policy`: the policy in force, and where each value comes from.

use anyhow::Result;

use super::Exit;
use super::world::{self, Caller};
use crate::tell::Voice;

/// Shows it.
pub(super) fn run(caller: &Caller, voice: Voice) -> Result<Exit> {
    voice.policy(&world::read_for(caller)?.policy);
    Ok(Exit::Done)
}
