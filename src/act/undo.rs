//! Undo: what a deletion moved to the trash goes back to where it was, and never over anything.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::gate::{self, Place};
use super::{Execution, Fate, Hands};
use crate::facts::{Meta, Stamp};
use crate::keep::{Entry, Event, How, Item, State, decode, encode, entries};
use crate::look;
use crate::sys::{change, dir};

/// What to put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of the last deletion of which something is still in the trash.
    Last,
    /// All of the plan whose id begins like this, or what was at this path, as it was deleted last.
    Named(String, PathBuf),
}

/// Puts back what is wanted.
///
/// # Errors
/// Where the journal knows of no such thing in the trash.
pub fn undo(wanted: &Wanted, now: Stamp, hands: &mut Hands<'_>) -> Result<Execution> {
    let all = entries(&hands.journal.lines()?);
    let (id, found) = find(&all, wanted, hands)?;
    let mut execution = Execution { id: id.clone(), fates: Vec::new(), changed: Vec::new() };
    for entry in found {
        let from = decode(&entry.item.from);
        let restored = alone(&entry, &all, hands).and_then(|()| restore(&entry, hands));
        let fate = match restored {
            Ok(fate) => {
                let at = if let Fate::Restored(at) = &fate { at.clone() } else { from.clone() };
                let thing = entry.item.from.clone();
                let event = Event::PutBack { plan: id.clone(), from: thing, at: encode(&at) };
                match hands.journal.append(now, &event) {
                    Ok(()) => fate,
                    Err(error) => Fate::Failed(format!("it is at {}, but {error:#}", at.display())),
                }
            }
            Err(error) => Fate::Failed(format!("{error:#}")),
        };
        execution.fates.push((from, fate));
    }
    Ok(execution)
}

/// What the journal says can come back, newest plan first. An intent without an outcome counts:
/// whether its rename happened is seen from the trash itself.
fn find(all: &[Entry], wanted: &Wanted, hands: &Hands<'_>) -> Result<(String, Vec<Entry>)> {
    let mut open: Vec<(String, Vec<Entry>)> = Vec::new();
    let can = |e: &&Entry| match e.state {
        State::Moved | State::Freeing => true,
        State::Begun => e.how != How::Purge,
        State::Freed | State::Back => false,
    };
    for entry in all.iter().rev().filter(can) {
        match open.last_mut().filter(|(plan, _)| *plan == entry.plan) {
            Some((_, entries)) => entries.insert(0, entry.clone()),
            None => open.push((entry.plan.clone(), vec![entry.clone()])),
        }
    }
    let nothing =
        "nothing to undo: the journal knows of no such deletion that is still in the trash";
    let (text, path) = match wanted {
        Wanted::Last => {
            return open.into_iter().find(|(_, e)| still_there(e, hands)).context(nothing);
        }
        Wanted::Named(text, path) => (text, encode(path)),
    };
    let ids: Vec<_> = open.iter().filter(|(plan, _)| is_id(text, plan)).collect();
    let at_path = open.iter().find_map(|(plan, entries)| {
        let mut one: Vec<Entry> = entries.iter().filter(|e| e.item.from == path).cloned().collect();
        if !one.is_empty() {
            // Its side files went with it, and come back with it.
            let model = decode(&path);
            let side = |e: &&Entry| look::goes_with(&decode(&e.item.from), &model);
            one.extend(entries.iter().filter(side).cloned());
        }
        (!one.is_empty()).then(|| (plan.clone(), one))
    });
    match (ids.as_slice(), at_path) {
        ([_, _, ..], _) => {
            let ids: Vec<_> = ids.iter().map(|m| m.0.as_str()).collect();
            bail!("`{text}` begins several ids: {}", ids.join(", "));
        }
        ([_], Some(_)) => {
            bail!(
                "`{text}` is an id and also a path that was deleted: write `./{text}` for the path"
            )
        }
        ([plan], None) => Ok((*plan).clone()),
        ([], Some(found)) => Ok(found),
        ([], None) => match all.iter().rfind(|e| is_id(text, &e.plan) || e.item.from == path) {
            Some(gone) if gone.state == State::Freed => {
                bail!("`{text}` was freed for good: nothing of it is left")
            }
            _ => bail!("{nothing}"),
        },
    }
}

/// At least four digits of an id.
#[must_use]
pub fn is_id(text: &str, plan: &str) -> bool {
    text.len() >= 4 && plan.starts_with(&text.to_ascii_lowercase())
}

/// Whether something of a plan can still come back: the last one may have been emptied since.
fn still_there(entries: &[Entry], hands: &Hands<'_>) -> bool {
    entries.iter().any(|entry| {
        let from = decode(&entry.item.from);
        gate::place(entry, hands).is_ok_and(|place| {
            place.thing(&entry.item).is_some() || never_went(&entry.item, &from, &place)
        })
    })
}

/// Who can add to the journal can say of a thing in the trash that it came from elsewhere. What the trash says
/// of it decides; where that is gone, there must be no other line of the same thing.
fn alone(entry: &Entry, all: &[Entry], hands: &Hands<'_>) -> Result<()> {
    let place = gate::place(entry, hands)?;
    if place.thing(&entry.item).is_none() || place.info.is_some() {
        return Ok(());
    }
    let same = |other: &&Entry| {
        !matches!(other.state, State::Back | State::Freed)
            && other.item.to == entry.item.to
            && other.item.from != entry.item.from
            && place.thing(&other.item).is_some()
    };
    let other = all.iter().find(same).map(|other| decode(&other.item.from));
    match other.or(place.other) {
        Some(other) => bail!(
            "it is not clear whether it was here or at `{}`: take it from `{}` by hand",
            other.display(),
            place.path.display()
        ),
        None => Ok(()),
    }
}

/// Puts one thing back. One that never went, because the run was cut off before its rename, stays
/// where it is and only loses its info file. What was being freed comes back as what it is: a rest.
fn restore(entry: &Entry, hands: &Hands<'_>) -> Result<Fate> {
    let Entry { plan: id, item, state, .. } = entry;
    let (from, place) = (decode(&item.from), gate::place(entry, hands)?);
    if never_went(item, &from, &place) {
        drop_info(place.info.as_deref());
        super::keepsake::let_go(&item.kept, hands);
        return Ok(Fate::Stayed);
    }
    let to = &place.path;
    if *state == State::Freeing && !change::try_lock(&place.folder)? {
        bail!("it is being freed at this moment");
    }
    if place.is_empty() {
        bail!("it is no longer in the trash at `{}`", to.display());
    }
    let kept = place.thing(item);
    let kept = kept
        .with_context(|| format!("what is in the trash at `{}` is something else", to.display()))?;
    let above = from.parent().context("it has no parent")?;
    let parent = dir::open_unlinked(above).with_context(|| {
        let (above, to) = (above.display(), to.display());
        format!(
            "its folder `{above}` is gone or leads elsewhere: make it again, or take the thing \
             from `{to}`"
        )
    })?;
    let mut name = from.file_name().context("it has no name")?.to_owned();
    allowed(hands, &parent, &kept, to)?;
    if *state == State::Freeing {
        name = beside(&name, "incomplete", id);
    }
    let mut at = above.join(&name);
    let mut moved = change::rename_new(&place.folder, &place.name, &parent, &name);
    if moved.as_ref().is_err_and(|e| e.kind() == ErrorKind::AlreadyExists) {
        let other = beside(&name, "restored", id);
        at = above.join(&other);
        moved = change::rename_new(&place.folder, &place.name, &parent, &other);
    }
    moved.with_context(|| format!("cannot put it back to `{}`", at.display()))?;
    let _ = change::sync_dir(&parent);
    drop_info(place.info.as_deref());
    super::recover::close_room(to);
    if let Err(error) = super::keepsake::give_back(&item.kept, hands) {
        return Ok(Fate::Failed(format!("it is back at `{}`, but {error:#}", at.display())));
    }
    Ok(Fate::Restored(at))
}

/// Under sudo the journal is the user's own, and so is what it says: root must not be led by it to
/// put a user's thing where only root could.
fn allowed(hands: &Hands<'_>, parent: &OwnedFd, kept: &Meta, to: &Path) -> Result<()> {
    let Some(user) = hands.owner() else { return Ok(()) };
    let folder = dir::stat_fd(parent)?.uid;
    if kept.uid == user && folder != user {
        bail!("its folder belongs to user {folder}: move it back by hand from `{}`", to.display());
    }
    Ok(())
}

/// `NAME.restored-ID`, short enough for a file name.
fn beside(name: &OsStr, word: &str, id: &str) -> OsString {
    let end = format!(".{word}-{id}");
    let mut bytes = name.as_bytes().to_vec();
    bytes.truncate(255 - end.len());
    bytes.extend(end.bytes());
    OsString::from_vec(bytes)
}

/// Whether a thing is where it was, and nothing at the place where it was to go.
pub(super) fn never_went(item: &Item, from: &Path, place: &Place) -> bool {
    let there = || {
        let (dir, name) = opened(from).ok()?;
        dir::stat_name(&dir, &name).ok().filter(|meta| gate::is_it(meta, item))
    };
    place.is_empty() && there().is_some()
}

/// Removes an info file of ours.
pub(super) fn drop_info(info: Option<&Path>) {
    if let Some(Ok((infos, name))) = info.map(opened) {
        let _ = change::remove_own_file(&infos, &name);
    }
}

/// The folder of a path, in which no component may be a link, and the name there.
pub(super) fn opened(path: &Path) -> Result<(OwnedFd, OsString)> {
    let above = path.parent().context("it has no parent")?;
    let open =
        dir::open_unlinked(above).with_context(|| format!("cannot open `{}`", above.display()))?;
    Ok((open, path.file_name().context("it has no name")?.to_owned()))
}
