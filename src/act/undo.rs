//! Undo: what a deletion moved to the trash goes back to where it was, and never over anything.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{Execution, Fate, Hands};
use crate::facts::{FileId, Stamp};
use crate::keep::{Event, Item, decode, encode};
use crate::sys::{change, dir};

/// What to put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of the last deletion.
    Last,
    /// All of this plan.
    Plan(String),
    /// What was at this path, as it was deleted last.
    Path(PathBuf),
}

/// Puts back what is wanted.
///
/// # Errors
/// Where the journal knows of no such thing in the trash.
pub fn undo(wanted: &Wanted, now: Stamp, hands: &mut Hands<'_>) -> Result<Execution> {
    let events = hands.journal.events()?;
    let (id, items) = find(&events, wanted)?;
    let mut execution = Execution { id: id.clone(), fates: Vec::new(), changed: Vec::new() };
    for item in items {
        let from = decode(&item.from);
        let fate = match restore(&item, &id) {
            Ok(fate) => {
                let at = if let Fate::Restored(at) = &fate { at.clone() } else { from.clone() };
                let event =
                    Event::PutBack { plan: id.clone(), from: item.from.clone(), at: encode(&at) };
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

/// What the journal says is in the trash, newest plan first. An intent without an outcome counts:
/// whether its rename happened is seen from the trash itself.
fn find(events: &[Event], wanted: &Wanted) -> Result<(String, Vec<Item>)> {
    let open = events.iter().enumerate().rev().filter_map(|(at, event)| {
        let Event::Intent { plan, items } = event else { return None };
        let back = |item: &Item| {
            events[at..].iter().any(|e| {
                matches!(e, Event::PutBack { plan: p, from, .. } if p == plan && *from == item.from)
            })
        };
        let left: Vec<Item> = items.iter().filter(|i| !back(i)).cloned().collect();
        (!left.is_empty()).then(|| (plan.clone(), left))
    });
    let found = match wanted {
        Wanted::Last => open.into_iter().next(),
        Wanted::Plan(id) => {
            let mut matching: Vec<_> = open.filter(|(plan, _)| plan.starts_with(id)).collect();
            if matching.len() > 1 {
                bail!(
                    "`{id}` begins several ids: {}",
                    matching.iter().map(|m| m.0.as_str()).collect::<Vec<_>>().join(", ")
                );
            }
            matching.pop()
        }
        Wanted::Path(path) => {
            let text = encode(path);
            open.into_iter().find_map(|(plan, items)| {
                let one: Vec<Item> = items.into_iter().filter(|i| i.from == text).collect();
                (!one.is_empty()).then_some((plan, one))
            })
        }
    };
    found.context(
        "nothing to undo: the journal knows of no such deletion that is still in the trash",
    )
}

/// Puts one item back. One that never went, because the run was cut off before its rename, stays
/// where it is and only loses its info file.
fn restore(item: &Item, id: &str) -> Result<Fate> {
    let (from, to, info) = (decode(&item.from), decode(&item.to), decode(&item.info));
    if !in_one_trash(&to, &info) {
        bail!(
            "the journal names `{}`, which is in no trash: its line was not written here",
            to.display()
        );
    }
    if never_went(item, &from, &to) {
        drop_info(&info);
        return Ok(Fate::Stayed);
    }
    let (files, new) = opened(&to)?;
    let kept = dir::stat_name(&files, &new)
        .with_context(|| format!("it is no longer in the trash at `{}`", to.display()))?;
    if kept.id != (FileId { dev: item.dev, ino: item.ino }) {
        bail!("what is in the trash at `{}` is something else", to.display());
    }
    let above = from.parent().context("it has no parent")?;
    let resolved = above.canonicalize();
    let resolved = resolved.with_context(|| format!("its folder `{}` is gone", above.display()))?;
    if resolved != above {
        bail!("its folder `{}` leads elsewhere by now", above.display());
    }
    let (parent, name) = opened(&from)?;
    let mut at = from.clone();
    let mut moved = change::rename_new(&files, &new, &parent, &name);
    if moved.as_ref().is_err_and(|e| e.kind() == ErrorKind::AlreadyExists) {
        let mut other = name.clone();
        other.push(format!(".restored-{id}"));
        at = above.join(&other);
        moved = change::rename_new(&files, &new, &parent, &other);
    }
    moved.with_context(|| format!("cannot put it back to `{}`", at.display()))?;
    let _ = change::sync_dir(&parent);
    drop_info(&info);
    Ok(Fate::Restored(at))
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
    let id = |path: &Path| {
        opened(path).ok().and_then(|(dir, name)| dir::stat_name(&dir, &name).ok()).map(|m| m.id)
    };
    id(to).is_none() && id(from) == Some(FileId { dev: item.dev, ino: item.ino })
}

fn drop_info(info: &Path) {
    if let Ok((infos, info)) = opened(info) {
        let _ = change::remove_own_file(&infos, &info);
    }
}

fn opened(path: &Path) -> Result<(std::os::fd::OwnedFd, OsString)> {
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
