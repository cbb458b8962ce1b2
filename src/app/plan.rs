//! `safe-rm plan PATH...`: a run that stops after the plan.

use std::ffi::OsString;

use anyhow::Result;

use super::Exit;
use super::carry_out::refused;
use super::world::{self, Caller, World};
use crate::cli;
use crate::decide::Mode;
use crate::look::{self, Depth};
use crate::tell::Voice;

/// Shows the plan and touches nothing.
pub(super) fn run(args: &cli::Plan, caller: &Caller, voice: Voice) -> Result<Exit> {
    let world = world::read_for(caller)?;
    let mode = if world.policy.permanent { Mode::Permanent } else { Mode::Trash };
    show(&world, &args.paths, mode, depth(args.verify), voice)
}

/// How thoroughly copies are compared.
pub(super) fn depth(verify: bool) -> Depth {
    if verify { Depth::Full } else { Depth::Needed }
}

/// Shows it for this mode.
pub(super) fn show(
    world: &World,
    paths: &[OsString],
    mode: Mode,
    depth: Depth,
    voice: Voice,
) -> Result<Exit> {
    let plan = world.plan(&look::with_sides(paths)?, mode, depth)?;
    voice.plan(&plan);
    if plan.allowed() {
        voice.plan_document(&plan, &["a person may run safe-rm on these paths and type DELETE; without a person, safe-rm on these paths files a request"], None);
        Ok(Exit::Done)
    } else {
        voice.plan_document(&plan, refused(world), None);
        Ok(Exit::Refused)
    }
}
