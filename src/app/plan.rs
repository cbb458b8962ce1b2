//! `safe-rm plan PATH...`: a run that stops after the plan.

use std::ffi::OsString;

use anyhow::Result;

use super::Exit;
use super::carry_out::REFUSED;
use super::world::{self, World};
use crate::decide::Mode;
use crate::look;
use crate::tell::Voice;

/// Shows the plan and touches nothing.
pub(super) fn run(paths: &[OsString], voice: Voice) -> Result<Exit> {
    let world = world::read()?;
    let mode = if world.policy.permanent { Mode::Permanent } else { Mode::Trash };
    show(&world, paths, mode, voice)
}

/// Shows it for this mode.
pub(super) fn show(world: &World, paths: &[OsString], mode: Mode, voice: Voice) -> Result<Exit> {
    let plan = world.plan(&look::with_sides(paths)?, mode)?;
    voice.plan(&plan);
    if plan.allowed() {
        voice.plan_document(&plan, &["a person may run safe-rm on these paths and type DELETE"]);
        Ok(Exit::Done)
    } else {
        voice.plan_document(&plan, REFUSED);
        Ok(Exit::Refused)
    }
}
