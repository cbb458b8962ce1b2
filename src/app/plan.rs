//! `safe-rm plan PATH...`: a run that stops after the plan.

use std::ffi::OsString;

use anyhow::Result;

use super::{Exit, world};
use crate::tell::Voice;

/// Shows the plan and touches nothing.
pub(super) fn run(paths: &[OsString], voice: Voice) -> Result<Exit> {
    let plan = world::read()?.plan(paths)?;
    voice.plan(&plan);
    if plan.allowed() {
        voice.plan_document(&plan, &["a person may run safe-rm on these paths and type DELETE"]);
        Ok(Exit::Done)
    } else {
        voice.plan_document(&plan, super::delete::REFUSED);
        Ok(Exit::Refused)
    }
}
