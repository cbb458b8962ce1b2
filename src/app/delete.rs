//! `safe-rm PATH...`: look, decide, ask, act, tell.

use anyhow::Result;

use super::world::{self, Caller};
use super::{Exit, carry_out};
use crate::act::Things;
use crate::cli;
use crate::decide::Mode;
use crate::look;
use crate::tell::Voice;

/// The main job.
pub(super) fn run(args: &cli::Delete, caller: &Caller, voice: Voice) -> Result<Exit> {
    let world = world::read_for(caller)?;
    let permanent = args.permanent || world.policy.permanent;
    let mode = if permanent { Mode::Permanent } else { Mode::Trash };
    let depth = super::plan::depth(args.verify);
    if args.dry_run {
        return super::plan::show(&world, &args.paths, mode, depth, voice);
    }
    let mut journal = carry_out::journal(&world)?;
    carry_out::recover(&world, &mut journal, voice)?;
    let targets = look::with_sides(&args.paths)?;
    let plan = if args.only_allowed {
        world.plan_allowed(&targets, mode, depth)?
    } else {
        world.plan(&targets, mode, depth)?
    };
    let reason = args.reason.as_deref();
    carry_out::carry_out(&world, plan, Things::Named(&targets), reason, &mut journal, voice)
}
