//! Undo: what a deletion moved to the trash goes back to where it was, and never over anything.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::stage::ROOM;
use super::{Execution, Fate, Hands};
use crate::facts::{FileId, Meta, Stamp};
use crate::keep::{Entry, Event, How, Item, State, decode, encode, entries};
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
    let (id, found) = find(&all, wanted)?;
    let mut execution = Execution { id: id.clone(), fates: Vec::new(), changed: Vec::new() };
    for entry in found {
        let from = decode(&entry.item.from);
        let fate = match restore(&entry, hands) {
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
fn find(all: &[Entry], wanted: &Wanted) -> Result<(String, Vec<Entry>)> {
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
        Wanted::Last => return open.into_iter().find(still_there).context(nothing),
        Wanted::Named(text, path) => (text, encode(path)),
    };
    let ids: Vec<_> = open.iter().filter(|(plan, _)| is_id(text, plan)).collect();
    let at_path = open.iter().find_map(|(plan, entries)| {
        let one: Vec<Entry> = entries.iter().filter(|e| e.item.from == path).cloned().collect();
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
fn still_there((_, entries): &(String, Vec<Entry>)) -> bool {
    entries.iter().any(|Entry { item, .. }| {
        let (from, to) = (decode(&item.from), decode(&item.to));
        inode(&to) == Some(item.ino) || never_went(item, &from, &to)
    })
}

/// Puts one thing back. One that never went, because the run was cut off before its rename, stays
/// where it is and only loses its info file. What was being freed comes back as what it is: a rest.
fn restore(entry: &Entry, hands: &Hands<'_>) -> Result<Fate> {
    let Entry { plan: id, item, state, .. } = entry;
    let (from, to, info) = (decode(&item.from), decode(&item.to), decode(&item.info));
    if !is_ours(id, &to, &info) {
        bail!(
            "the journal names `{}`, which is in no trash: its line was not written here",
            to.display()
        );
    }
    if never_went(item, &from, &to) {
        drop_info(&info);
        super::keepsake::let_go(&item.kept);
        return Ok(Fate::Stayed);
    }
    let (files, new) = opened(&to)?;
    if *state == State::Freeing && !change::try_lock(&files)? {
        bail!("it is being freed at this moment");
    }
    let kept = dir::stat_name(&files, &new)
        .with_context(|| format!("it is no longer in the trash at `{}`", to.display()))?;
    // Device numbers change when the machine starts anew; within one trash the inode is enough.
    if kept.id != (FileId { dev: dir::stat_fd(&files)?.id.dev, ino: item.ino }) {
        bail!("what is in the trash at `{}` is something else", to.display());
    }
    let above = from.parent().context("it has no parent")?;
    let resolved = above.canonicalize();
    let resolved = resolved.with_context(|| {
        let (above, to) = (above.display(), to.display());
        format!("its folder `{above}` is gone: make it again, or take the thing from `{to}`")
    })?;
    if resolved != above {
        bail!("its folder `{}` leads elsewhere by now", above.display());
    }
    let (parent, mut name) = opened(&from)?;
    allowed(hands, &files, &parent, &kept, &to)?;
    if *state == State::Freeing {
        name = beside(&name, "incomplete", id);
    }
    let mut at = above.join(&name);
    let mut moved = change::rename_new(&files, &new, &parent, &name);
    if moved.as_ref().is_err_and(|e| e.kind() == ErrorKind::AlreadyExists) {
        let other = beside(&name, "restored", id);
        at = above.join(&other);
        moved = change::rename_new(&files, &new, &parent, &other);
    }
    moved.with_context(|| format!("cannot put it back to `{}`", at.display()))?;
    let _ = change::sync_dir(&parent);
    drop_info(&info);
    super::recover::close_room(&to);
    if let Err(error) = super::keepsake::give_back(&item.kept) {
        return Ok(Fate::Failed(format!("it is back at `{}`, but {error:#}", at.display())));
    }
    Ok(Fate::Restored(at))
}

/// Under sudo the journal is the user's own, and so is what it says: root must not be led by it to
/// take a thing out of a trash of somebody else, or to put a user's thing where only root could.
fn allowed(
    hands: &Hands<'_>,
    files: &OwnedFd,
    parent: &OwnedFd,
    kept: &Meta,
    to: &Path,
) -> Result<()> {
    let Some(user) = hands.owner() else { return Ok(()) };
    let (trash, folder) = (dir::stat_fd(files)?.uid, dir::stat_fd(parent)?.uid);
    if trash != user {
        bail!("`{}` is in the trash of user {trash}, not of the one who called sudo", to.display());
    }
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

/// Whether a thing lies where this program puts it: in a trash with its info file, or in the room
/// of its plan.
pub(super) fn is_ours(plan: &str, to: &Path, info: &Path) -> bool {
    let mut above = to.ancestors().skip(1).map(|p| p.file_name().unwrap_or_default());
    let in_room =
        above.next().is_some_and(|n| n == plan) && above.next().is_some_and(|n| n == ROOM);
    in_room || in_one_trash(to, info)
}

/// Whether payload and info file lie where this program puts them: in the two halves of one trash.
fn in_one_trash(to: &Path, info: &Path) -> bool {
    let half = |path: &Path, name: &str| -> Option<PathBuf> {
        let half = path.parent()?;
        (half.file_name()? == name).then(|| half.parent().map(Path::to_path_buf))?
    };
    let (Some(trash), Some(other)) = (half(to, "files"), half(info, "info")) else { return false };
    let mut wanted = to.file_name().unwrap_or_default().to_owned();
    wanted.push(".trashinfo");
    trash == other && info.file_name() == Some(wanted.as_os_str())
}

fn never_went(item: &Item, from: &Path, to: &Path) -> bool {
    inode(to).is_none() && inode(from) == Some(item.ino)
}

pub(super) fn inode(path: &Path) -> Option<u64> {
    let (dir, name) = opened(path).ok()?;
    dir::stat_name(&dir, &name).ok().map(|m| m.id.ino)
}

pub(super) fn drop_info(info: &Path) {
    if let Ok((infos, info)) = opened(info)
        && !info.is_empty()
    {
        let _ = change::remove_own_file(&infos, &info);
    }
}

pub(super) fn opened(path: &Path) -> Result<(OwnedFd, OsString)> {
    let above = path.parent().context("it has no parent")?;
    let open =
        dir::open_path(above).with_context(|| format!("cannot open `{}`", above.display()))?;
    Ok((open, path.file_name().unwrap_or(OsStr::new("")).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_halves_of_one_trash_are_touched() {
        let ours = |to: &str, info: &str| in_one_trash(Path::new(to), Path::new(info));
        assert!(ours("/t/files/a", "/t/info/a.trashinfo"));
        assert!(!ours("/w/secret/a", "/t/info/a.trashinfo"));
        assert!(!ours("/t/files/a", "/w/victim"));
        assert!(!ours("/t/files/a", "/t/info/b.trashinfo"));
        assert!(!ours("/t/files/a", "/u/info/a.trashinfo"));
    }
}
