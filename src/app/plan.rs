//! `safe-rm plan PATH...`: a run that stops after the plan.

use std::ffi::OsString;

use anyhow::Result;

use super::{Exit, world};
use crate::look;
use crate::tell::Voice;

/// What a caller may do after a refusal.
pub(super) const REFUSED: &[&str] = &[
    "nothing was touched; each refusal says what lifts it, and there is no other way round: do not \
     delete these files by other means",
];

/// Shows the plan and touches nothing.
pub(super) fn run(paths: &[OsString], voice: Voice) -> Result<Exit> {
    let world = world::read()?;
    let plan = world.plan(&look::resolve(paths)?)?;
    voice.plan(&plan);
    if plan.allowed() {
        voice.plan_document(&plan, &["a person may run safe-rm on these paths and type DELETE"]);
        Ok(Exit::Done)
    } else {
        voice.plan_document(&plan, REFUSED);
        Ok(Exit::Refused)
    }
}
