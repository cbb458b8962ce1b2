//! `safe-rm purge`: frees what lies in the trash, judged again and asked about again; ordinary
//! files past their date without a question, models never.

use anyhow::{Result, bail};

use super::carry_out::{self, hands};
use super::world::World;
use super::{Exit, usage, world};
use crate::act::{self, Things};
use crate::ask;
use crate::cli;
use crate::decide::Mode;
use crate::facts::Stamp;
use crate::keep::{Entry, Journal, State, entries};
use crate::look::{self, Depth};
use crate::policy;
use crate::tell::{self, Done, Voice};

/// Frees what is named, or what is due.
pub(super) fn run(args: &cli::Purge, voice: Voice) -> Result<Exit> {
    let older = match args.older_than.as_deref().map(policy::duration).transpose() {
        Ok(older) => older,
        Err(error) => return Ok(usage(&format!("{error:#}"), voice)),
    };
    let world = world::read()?;
    let mut journal = carry_out::journal(&world)?;
    carry_out::recover(&world, &mut journal, voice)?;
    let all = entries(&journal.lines()?);
    for id in &args.ids {
        let halfway = |e: &&Entry| e.state == State::Freeing && act::is_id(id, &e.plan);
        if let Some(entry) = all.iter().find(halfway) {
            if args.ids.len() > 1 {
                bail!("`{id}` is half freed: name it alone");
            }
            return go_on(&world, &entry.plan, &mut journal, voice);
        }
    }
    let older = older.unwrap_or(world.policy.trash_keep);
    // Without a question nothing goes before its date.
    let older = if args.expired { older.max(world.policy.trash_keep) } else { older };
    let due = |at: Stamp| at.plus(older) <= world.clock.now();
    let wanted = |e: &&Entry| {
        let named = args.ids.iter().any(|id| act::is_id(id, &e.plan));
        e.state == State::Moved && if args.ids.is_empty() { due(e.at) } else { named }
    };
    let mut trashed = Vec::new();
    for entry in all.iter().filter(wanted) {
        trashed.extend(act::in_trash(entry, &hands(&world, &mut journal))?);
    }
    if args.expired {
        if journal.broken()?.is_some() {
            bail!("the journal was changed by somebody else: nothing goes without a question");
        }
        let models = trashed.iter().filter(|t| t.item.models > 0).count();
        let of = |t: &act::Trashed| (t.plan.clone(), t.target.path.clone());
        let with: Vec<_> = trashed.iter().filter(|t| t.item.models > 0).map(of).collect();
        // The label of a model in the trash goes with it and not before.
        let side = |t: &act::Trashed| {
            with.iter().any(|(plan, m)| *plan == t.plan && look::goes_with(&t.target.path, m))
        };
        trashed.retain(|t| t.item.models == 0 && !side(t));
        if models > 0 {
            voice.remark(&format!(
                "{models} with models are due as well: safe-rm purge asks about them"
            ));
        }
    }
    if trashed.is_empty() {
        if !args.ids.is_empty() {
            bail!("nothing of that is in the trash; `safe-rm trash` lists what is");
        }
        voice.nothing("nothing in the trash is due; `safe-rm trash` says when what will be");
        return Ok(Exit::Done);
    }
    let plan = world.plan(&trashed, Mode::Purge, Depth::Needed)?;
    let plan = if args.only_allowed { plan.only_allowed() } else { plan };
    if args.expired {
        return carry_out::unasked(&world, plan, Things::Trashed(&trashed), &mut journal, voice);
    }
    carry_out::carry_out(&world, plan, Things::Trashed(&trashed), None, &mut journal, voice)
}

/// Goes on with what was cut off half-way, if a person says so.
fn go_on(world: &World, plan: &str, journal: &mut Journal, voice: Voice) -> Result<Exit> {
    let rest = act::rest(plan, &mut hands(world, journal))?;
    match ask::assent(&tell::rest(plan, &rest), ask::DELETE, world.door(&world.at_the_door())) {
        None => {
            voice.nothing("a person must say this at a terminal; nothing was touched");
            Ok(Exit::NeedsPerson)
        }
        Some(Err(_)) => {
            voice.nothing("declined: nothing was touched");
            Ok(Exit::Declined)
        }
        Some(Ok(assent)) => {
            let now = world.clock.now();
            let execution = act::go_on(plan, assent, now, &mut hands(world, journal))?;
            voice.done(&Done { execution: &execution, undo: false });
            Ok(carry_out::exit(&execution))
        }
    }
}
