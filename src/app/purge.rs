//! `safe-rm purge`: frees what lies in the trash, judged again and asked about again; ordinary
//! files past their date without a question, models never.

use anyhow::{Context, Result, bail};

use super::carry_out::{self, hands};
use super::world::World;
use super::{Exit, world};
use crate::act::{self, Things, Trashed};
use crate::ask;
use crate::cli;
use crate::decide::Mode;
use crate::facts::Stamp;
use crate::keep::{Entry, State, decode, entries};
use crate::look::Target;
use crate::policy;
use crate::tell::{Done, Voice};

/// Frees what is named, or what is due.
pub(super) fn run(args: &cli::Purge, voice: Voice) -> Result<Exit> {
    let world = world::read()?;
    let mut journal = carry_out::journal(&world)?;
    carry_out::recover(&world, &mut journal, voice)?;
    let all = entries(&journal.lines()?);
    for id in &args.ids {
        let halfway = |e: &&Entry| e.state == State::Freeing && act::is_id(id, &e.plan);
        let found: Vec<&Entry> = all.iter().filter(halfway).collect();
        if let Some(first) = found.first() {
            let plan = first.plan.clone();
            let items: Vec<_> = found.iter().map(|e| e.item.clone()).collect();
            return go_on(&world, &plan, &items, &mut journal, voice);
        }
    }
    let older = match &args.older_than {
        Some(text) => policy::duration(text)?,
        None => world.policy.trash_keep,
    };
    let due = |at: Stamp| at.plus(older) <= world.clock.now();
    let wanted = |e: &&Entry| {
        let named = args.ids.iter().any(|id| act::is_id(id, &e.plan));
        e.state == State::Moved && if args.ids.is_empty() { due(e.at) } else { named }
    };
    let mut trashed = Vec::new();
    for entry in all.iter().filter(wanted) {
        trashed.extend(in_trash(entry)?);
    }
    if args.expired {
        let models = trashed.iter().filter(|t| t.item.models > 0).count();
        trashed.retain(|t| t.item.models == 0);
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
    let plan = world.plan(&trashed, Mode::Purge)?;
    let plan = if args.only_allowed { plan.only_allowed() } else { plan };
    if args.expired {
        return carry_out::unasked(&world, plan, Things::Trashed(&trashed), &mut journal, voice);
    }
    carry_out::carry_out(&world, plan, Things::Trashed(&trashed), &mut journal, voice)
}

/// The thing in the trash, if it is still the one that went there.
pub(super) fn in_trash(entry: &Entry) -> Result<Option<Trashed>> {
    let (from, to) = (decode(&entry.item.from), decode(&entry.item.to));
    let is_it = {
        use std::os::unix::fs::MetadataExt;
        to.symlink_metadata().is_ok_and(|m| m.ino() == entry.item.ino)
    };
    if !is_it {
        return Ok(None);
    }
    let target = Target::trashed(from, to).context("cannot open the trash")?;
    Ok(Some(Trashed { target, item: entry.item.clone(), plan: entry.plan.clone() }))
}

/// Goes on with what was cut off half-way, if a person says so.
fn go_on(
    world: &World,
    plan: &str,
    items: &[crate::keep::Item],
    journal: &mut crate::keep::Journal,
    voice: Voice,
) -> Result<Exit> {
    let above = format!("the rest of plan {plan}, of which a part is gone already");
    match ask::assent(&above, ask::DELETE) {
        None => {
            voice.remark("a person must say this at a terminal; nothing was touched");
            Ok(Exit::NeedsPerson)
        }
        Some(Err(_)) => Ok(Exit::Declined),
        Some(Ok(assent)) => {
            let now = world.clock.now();
            let execution = act::go_on(plan, items, assent, now, &mut hands(world, journal))?;
            voice.done(&Done { execution: &execution, undo: false });
            Ok(carry_out::exit(&execution))
        }
    }
}
