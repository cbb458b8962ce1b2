//! For good: detached by a rename into a private room on the same mount, compared there with the
//! plan, and only then unlinked. The old path never shows a half-deleted model.

use std::borrow::Borrow;
use std::hash::RandomState;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use super::carry::{self, Move};
use super::stage::{self, Room, Stages};
use super::sweep::{self, Swept};
use super::{Execution, Fate, Hands, Planned, gate};
use crate::decide::Plan;
use crate::facts::{Dossier, Stamp};
use crate::keep::{Entry, Event, How, Item, State, decode, entries};
use crate::look::{self, Target};
use crate::sys::change;

/// A thing in the trash that is to be freed.
#[derive(Debug)]
pub struct Trashed {
    /// The thing, in the trash; its path is the one that it had.
    pub target: Target,
    /// What the journal says of it.
    pub item: Item,
    /// The plan by which it went there.
    pub plan: String,
    /// Its trashinfo file, where that speaks of it.
    info: Option<PathBuf>,
}

/// A thing of the journal, if it still lies in the trash and its info file says that it is the one:
/// a line could name what another tool has trashed.
///
/// # Errors
/// Where the journal names a place that is none of this program's.
pub fn in_trash(entry: &Entry, hands: &Hands<'_>) -> Result<Option<Trashed>> {
    let place = gate::place(entry, hands)?;
    if place.thing(&entry.item).is_none() || place.info.is_none() {
        return Ok(None);
    }
    let target = Target::trashed(decode(&entry.item.from), place.path, place.folder);
    let (item, plan) = (entry.item.clone(), entry.plan.clone());
    Ok(Some(Trashed { target, item, plan, info: place.info }))
}

impl Borrow<Target> for Trashed {
    fn borrow(&self) -> &Target {
        &self.target
    }
}

/// Frees the targets of a plan. `trashed` are, in the same order, the things in the trash that they
/// are; none where they are freed from their own places.
///
/// # Errors
/// Where it could not begin: nothing was moved.
pub(super) fn execute(
    plan: &Plan,
    planned: &[Planned<'_>],
    trashed: &[&Trashed],
    hands: &mut Hands<'_>,
    execution: &mut Execution,
) -> Result<()> {
    let mut rooms = Vec::new();
    let begun = begin(plan, planned, trashed, &mut rooms, hands);
    let (moves, items) = match begun {
        Ok(begun) => begun,
        Err(error) => {
            rooms.into_iter().for_each(Room::close);
            return Err(error);
        }
    };
    let now = plan.clock.now();
    let secret = RandomState::new();
    let back = |i: usize| {
        let from = items[i].from.clone();
        let at = items[i].out_of.as_ref().map_or(&from, |(_, at)| at).clone();
        Event::PutBack { plan: plan.id.clone(), at, from }
    };
    let carried = carry::all(&moves, hands.euid, Some(&secret), execution, |i| {
        let _ = hands.journal.append(now, &back(i));
    });
    let Some(listings) = carried else {
        rooms.into_iter().for_each(Room::close);
        return Ok(());
    };
    // Durable before the first byte goes: from here on what is left can only be gone on with, or
    // put back as what it is.
    if let Err(error) = hands.journal.append(now, &Event::Freeing { plan: plan.id.clone() }) {
        for (i, one) in moves.iter().enumerate() {
            let fate = match one.put_back() {
                Ok(()) => Fate::Failed(format!("{error:#}; it is where it was")),
                Err(worse) => Fate::Failed(format!("{error:#}; {worse:#}")),
            };
            let _ = hands.journal.append(now, &back(i));
            execution.fates.push((one.facts.path.clone(), fate));
        }
        return Ok(());
    }
    // The next run may begin; should this fail, it waits.
    let _ = hands.journal.release();
    for (at, one) in moves.iter().enumerate() {
        let swept = sweep::sweep(&one.into, &one.new, &listings[at], &secret);
        let info = trashed.get(at).and_then(|t| t.info.as_deref());
        let fate = settle(&plan.id, &items[at], swept, &one.to(), info, hands, now);
        execution.fates.push((one.facts.path.clone(), fate));
    }
    // Held again before the rooms are given up: one or the other says that this run is not at its end.
    let _ = hands.journal.hold();
    rooms.into_iter().for_each(Room::close);
    Ok(())
}

/// Everything before the first rename: the rooms, and the intent in the journal.
fn begin<'a>(
    plan: &Plan,
    planned: &[Planned<'a>],
    trashed: &[&Trashed],
    rooms: &mut Vec<Room>,
    hands: &mut Hands<'_>,
) -> Result<(Vec<Move<'a>>, Vec<Item>)> {
    let (mut moves, mut items, mut stages) = (Vec::new(), Vec::new(), Stages::default());
    for (at, &Planned { target, facts }) in planned.iter().enumerate() {
        let old = trashed.get(at);
        let named = || format!("cannot free `{}`", facts.path.display());
        let mut room = enter(plan, facts, old.copied(), (rooms, &mut stages), hands);
        let full = |e: &anyhow::Error| e.downcast_ref().is_some_and(change::is_full);
        if room.as_ref().is_err_and(full) && hands.journal.relieve() {
            room = enter(plan, facts, old.copied(), (rooms, &mut stages), hands);
        }
        let room = room.with_context(named)?;
        let room = &rooms[room];
        let one = Move {
            facts,
            target,
            into: Arc::clone(&room.open),
            folder: room.path.clone(),
            new: at.to_string().into(),
        };
        let item = super::item(facts, &one.to());
        items.push(match old {
            Some(old) => Item {
                info: old.item.info.clone(),
                kept: old.item.kept.clone(),
                out_of: Some((old.plan.clone(), old.item.to.clone())),
                ..item
            },
            None => item,
        });
        moves.push(one);
    }
    let how = if trashed.is_empty() { How::Permanent } else { How::Purge };
    let event = Event::Intent { plan: plan.id.clone(), how, items: items.clone() };
    hands.journal.append(plan.clock.now(), &event)?;
    Ok((moves, items))
}

/// The index of the room on a target's mount: one a trash.
fn enter(
    plan: &Plan,
    facts: &Dossier,
    old: Option<&Trashed>,
    (rooms, stages): (&mut Vec<Room>, &mut Stages),
    hands: &Hands<'_>,
) -> Result<usize> {
    let (path, open) = match old {
        Some(old) => {
            let to = decode(&old.item.to);
            let trash = to.ancestors().nth(2).context("it is in no trash")?.to_path_buf();
            let open = stage::existing(&trash, hands)?;
            (trash, Ok(open))
        }
        None => {
            let stage = stages.of(&facts.path, &facts.meta, hands)?;
            (stage.path.clone(), Err(stage))
        }
    };
    let own = path.join(stage::ROOM).join(&plan.id);
    if let Some(at) = rooms.iter().position(|room| room.path == own) {
        return Ok(at);
    }
    rooms.push(match open {
        Ok(open) => stage::room(&path, &open, &plan.id, hands)?,
        Err(stage) => stage.room(&plan.id, hands)?,
    });
    Ok(rooms.len() - 1)
}

/// Records what came of one sweep, and says it.
fn settle(
    plan: &str,
    item: &Item,
    swept: Swept,
    at: &Path,
    info: Option<&Path>,
    hands: &mut Hands<'_>,
    now: Stamp,
) -> Fate {
    let Swept { removed, problems } = swept;
    if !problems.is_empty() {
        let left = format!(
            "{removed} entries are gone, and the rest is in `{}`: {}; `safe-rm purge {plan}` goes \
             on, `safe-rm undo {plan}` puts back what is left",
            at.display(),
            problems.join("; ")
        );
        return Fate::Failed(left);
    }
    let from = item.from.clone();
    let mut freed = vec![Event::Freed { plan: plan.to_owned(), from: from.clone() }];
    if let Some((old, _)) = &item.out_of {
        super::undo::drop_info(info);
        super::keepsake::let_go(&item.kept, hands);
        freed.push(Event::Freed { plan: old.clone(), from });
    }
    for event in freed {
        if let Err(error) = hands.journal.append(now, &event) {
            return Fate::Failed(format!("it is gone, but {error:#}"));
        }
    }
    Fate::Freed(removed)
}

/// What is left of a plan whose removal was begun: where it was, where it is, how many entries.
///
/// # Errors
/// Where the journal cannot be read, or names a place that is none of this program's.
pub fn rest(plan: &str, hands: &mut Hands<'_>) -> Result<Vec<(PathBuf, PathBuf, u64)>> {
    let mut found = Vec::new();
    for entry in halfway(plan, hands)? {
        let place = gate::place(&entry, hands)?;
        let seen = look::glance(&place.folder, &place.name, hands.euid, None);
        let left = seen.map_or(0, |glance| glance.entries);
        found.push((decode(&entry.item.from), place.path, left));
    }
    Ok(found)
}

fn halfway(plan: &str, hands: &mut Hands<'_>) -> Result<Vec<Entry>> {
    let mut all = entries(&hands.journal.lines()?);
    all.retain(|e| e.plan == plan && e.state == State::Freeing);
    Ok(all)
}

/// Goes on with a removal that was begun and cut off. A person has typed the word for it then, and
/// has been shown now what is left and where.
///
/// # Errors
/// Where another run is at work on it, or nothing is left to go on with.
pub fn go_on(
    plan: &str,
    _assent: crate::ask::Assent,
    now: Stamp,
    hands: &mut Hands<'_>,
) -> Result<Execution> {
    let mut execution = Execution { id: plan.to_owned(), fates: Vec::new(), changed: Vec::new() };
    // Read again: the world went on while the question stood.
    hands.journal.hold()?;
    let all = halfway(plan, hands)?;
    if all.is_empty() {
        bail!("nothing of it is left to go on with");
    }
    for entry in all {
        let (item, place) = (&entry.item, gate::place(&entry, hands)?);
        if !change::try_lock(&place.folder)? {
            bail!("another run is at work on it");
        }
        let secret = RandomState::new();
        let swept = if place.is_empty() {
            // Everything went, and only the record of it was missing.
            Swept::default()
        } else if place.thing(item).is_none() {
            let problem = "it is not the thing that went there".to_owned();
            Swept { removed: 0, problems: vec![problem] }
        } else {
            match look::glance(&place.folder, &place.name, hands.euid, Some(&secret)) {
                Ok(now) => sweep::sweep(&place.folder, &place.name, &now.listings, &secret),
                Err(error) => Swept { removed: 0, problems: vec![error.to_string()] },
            }
        };
        let fate = settle(plan, item, swept, &place.path, place.info.as_deref(), hands, now);
        execution.fates.push((decode(&item.from), fate));
        super::recover::close_room(&place.path);
    }
    Ok(execution)
}
