//! Into the trash: info files first, then the intent, then one rename a target.

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use super::carry::{self, Move};
use super::stage::{self, Stage, Stages};
use super::{Execution, Fate, Hands, Planned, keepsake};
use crate::decide::Plan;
use crate::keep::{Event, How, Item, Kept, encode};
use crate::sys::{change, dir};
use crate::when::Clock;

/// A trash with the name that is reserved in it.
struct Place {
    stage: Arc<Stage>,
    new: OsString,
    kept: Vec<Kept>,
}

impl Place {
    fn info_name(&self) -> OsString {
        let mut name = self.new.clone();
        name.push(".trashinfo");
        name
    }

    /// Takes back what was made for a thing that does not go.
    fn withdraw(&self, hands: &Hands<'_>) {
        keepsake::let_go(&self.kept, hands);
        // What cannot be taken back is an info file without a payload, which trash tools ignore.
        let _ = change::remove_own_file(&self.stage.info, &self.info_name());
    }
}

/// Moves the targets of a plan to the trash.
///
/// # Errors
/// Where it could not begin: nothing was moved.
pub(super) fn execute(
    plan: &Plan,
    planned: &[Planned<'_>],
    hands: &mut Hands<'_>,
    execution: &mut Execution,
) -> Result<()> {
    let mut places = Vec::new();
    let begun = begin(plan, planned, &mut places, hands);
    let moves = match begun {
        Ok(moves) => moves,
        Err(error) => {
            places.iter().for_each(|place| place.withdraw(hands));
            return Err(error);
        }
    };
    let now = plan.clock.now();
    let carried = carry::all(&moves, hands.euid, None, execution, |i| {
        places[i].withdraw(hands);
        let from = encode(&moves[i].facts.path);
        let event = Event::PutBack { plan: plan.id.clone(), at: from.clone(), from };
        let _ = hands.journal.append(now, &event);
    });
    if carried.is_none() {
        return Ok(());
    }
    for one in &moves {
        let event = Event::Moved { plan: plan.id.clone(), from: encode(&one.facts.path) };
        let fate = match hands.journal.append(now, &event) {
            Ok(()) => Fate::Moved(one.to()),
            Err(error) => Fate::Failed(format!("it is in {}, but {error:#}", one.to().display())),
        };
        execution.fates.push((one.facts.path.clone(), fate));
    }
    Ok(())
}

/// Everything before the first rename: trash, info files, and the intent in the journal.
fn begin<'a>(
    plan: &Plan,
    planned: &[Planned<'a>],
    places: &mut Vec<Place>,
    hands: &mut Hands<'_>,
) -> Result<Vec<Move<'a>>> {
    let (mut moves, mut items, mut stages) = (Vec::new(), Vec::new(), Stages::default());
    for &Planned { target, facts } in planned {
        let named = || format!("cannot move `{}` to the trash", facts.path.display());
        let stage = stages.of(&facts.path, &facts.meta, hands).with_context(named)?;
        let mut place = Place { stage, new: OsString::new(), kept: Vec::new() };
        let mut reserved = reserve(&mut place, facts, target, &plan.clock, hands);
        let full = |e: &anyhow::Error| e.downcast_ref().is_some_and(change::is_full);
        if reserved.as_ref().is_err_and(full) && hands.journal.relieve() {
            reserved = reserve(&mut place, facts, target, &plan.clock, hands);
        }
        reserved.with_context(named)?;
        let first = items.iter().map(|i: &Item| i.kept.len()).sum();
        let kept = keepsake::keep(&facts.payload, &place.stage, &plan.id, first, hands);
        match kept {
            Ok(kept) => place.kept = kept,
            Err(error) => {
                places.push(place);
                return Err(error).with_context(named);
            }
        }
        let one = Move {
            facts,
            target,
            into: Arc::clone(&place.stage.files),
            folder: place.stage.path.join("files"),
            new: place.new.clone(),
        };
        let info = place.stage.path.join("info").join(place.info_name());
        let kept = place.kept.clone();
        items.push(Item { info: encode(&info), kept, ..super::item(facts, &one.to()) });
        moves.push(one);
        places.push(place);
    }
    let event = Event::Intent { plan: plan.id.clone(), how: How::Trash, items };
    hands.journal.append(plan.clock.now(), &event)?;
    Ok(moves)
}

/// Writes the info file, which reserves the name in the trash.
fn reserve(
    place: &mut Place,
    facts: &crate::facts::Dossier,
    target: &crate::look::Target,
    clock: &Clock,
    hands: &Hands<'_>,
) -> Result<()> {
    let recorded = match &place.stage.top {
        Some(top) => facts.path.strip_prefix(top).unwrap_or(&facts.path),
        None => &facts.path,
    };
    let date = clock.local(clock.now()).format("%Y-%m-%dT%H:%M:%S");
    let text = format!("[Trash Info]\nPath={}\nDeletionDate={date}\n", encode(recorded));
    for attempt in 0..10_000 {
        place.new = stage::name(&target.name, attempt);
        match change::create_new(&place.stage.info, &place.info_name()) {
            Ok(mut file) => {
                let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
                let taken = dir::stat_name(&place.stage.files, &place.new).is_ok();
                if written.is_ok() && !taken {
                    change::give(&file, hands.owner())?;
                    return Ok(change::sync_dir(&place.stage.info)?);
                }
                change::remove_own_file(&place.stage.info, &place.info_name())?;
                written?;
            }
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e.into()),
        }
    }
    bail!("every name is taken in the trash");
}
