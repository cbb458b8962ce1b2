//! `safe-rm PATH...`: look, decide, ask, act, tell.

use anyhow::{Context, Result};

use super::{Exit, world};
use crate::act::{self, Execution, Fate, Hands};
use crate::ask::{self, Answer};
use crate::cli;
use crate::decide::propose;
use crate::keep::Journal;
use crate::look;
use crate::tell::{self, Done, Voice};

const NEEDS_PERSON: &[&str] = &[
    "nothing was touched; a person must run this safe-rm command at a terminal of their own and \
     type DELETE there",
];

/// The main job.
pub(super) fn run(args: &cli::Delete, voice: Voice) -> Result<Exit> {
    if args.dry_run {
        return super::plan::run(&args.paths, voice);
    }
    if args.permanent {
        let text = "--permanent is not in this version; without it the target goes to the trash";
        voice.failure(&anyhow::anyhow!(text), Exit::Usage as u8);
        return Ok(Exit::Usage);
    }
    let world = world::read()?;
    let targets = look::resolve(&args.paths)?;
    let plan = world.plan(&targets)?;
    let plan = if args.only_allowed { plan.only_allowed() } else { plan };
    voice.plan(&plan);
    let proposal = match propose(plan) {
        Ok(proposal) => proposal,
        Err(plan) => {
            voice.plan_document(&plan, super::plan::REFUSED);
            return Ok(Exit::Refused);
        }
    };
    let shown = proposal.plan().clone();
    // A deletion that could not be recorded is not even asked about.
    let state = world.surroundings.state.as_deref();
    let state = state.context("there is no home directory in which to keep the journal")?;
    let (euid, user) = (world.surroundings.euid, world.surroundings.user);
    let mut journal = Journal::open(state, (user != euid).then_some(user))?;
    let confirmed = match ask::ask(proposal, &tell::above_prompt(&shown)) {
        Answer::Confirmed(confirmed) => confirmed,
        Answer::Declined => {
            voice.plan_document(&shown, &["declined: nothing was touched"]);
            return Ok(Exit::Declined);
        }
        Answer::NobodyHere => {
            voice.plan_document(&shown, NEEDS_PERSON);
            return Ok(Exit::NeedsPerson);
        }
    };
    let home_trash = world.surroundings.home_trash.clone();
    journal.hold()?;
    let mut hands = Hands { euid, user, home_trash, journal: &mut journal };
    // The world went on while the question stood: what lies in a target and what lies around it.
    let again = world.again(&targets, &shown);
    let execution = act::execute(*confirmed, &targets, &again, &mut hands)?;
    voice.done(&Done { execution: &execution, undo: false });
    Ok(exit(&execution))
}

/// The exit code of what was done.
pub(super) fn exit(execution: &Execution) -> Exit {
    if execution.fates.iter().any(|f| matches!(f.1, Fate::Failed(_))) {
        Exit::Failed
    } else if execution.changed.is_empty() {
        Exit::Done
    } else {
        Exit::Refused
    }
}
