//! What the journal says is data: before anything is moved or removed by it, a thing must lie where
//! this program puts things, in a trash that this program uses, and be the one that went there.

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Hands;
use super::stage::{self, ROOM};
use super::undo::opened;
use crate::facts::Meta;
use crate::keep::{Entry, How, Item, decode};
use crate::sys::dir;

/// Where a thing of the journal is to be found.
#[derive(Debug)]
pub(super) struct Place {
    /// The folder that it lies in: `files` of a trash, or a room.
    pub folder: OwnedFd,
    /// Its name there.
    pub name: std::ffi::OsString,
    /// Its path there.
    pub path: PathBuf,
    /// Its trashinfo file, where it has one that speaks of it.
    pub info: Option<PathBuf>,
    /// What its trashinfo file speaks of instead.
    pub other: Option<PathBuf>,
}

impl Place {
    /// What is there, if it is the thing that went there.
    pub(super) fn thing(&self, item: &Item) -> Option<Meta> {
        dir::stat_name(&self.folder, &self.name).ok().filter(|meta| is_it(meta, item))
    }

    /// Whether nothing at all is there.
    pub(super) fn is_empty(&self) -> bool {
        dir::stat_name(&self.folder, &self.name)
            .is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound)
    }
}

/// Whether an inode is the one of the record: its number, and when it was made, since numbers come
/// again and all subvolumes of btrfs have the same. Device numbers change when a machine starts.
pub(super) fn is_it(meta: &Meta, item: &Item) -> bool {
    let born = meta.btime.map(|at| (at.secs, at.nanos));
    meta.id.ino == item.ino && (item.born.is_none() || born.is_none() || born == item.born)
}

/// The place of an entry, if it is one that this program made.
///
/// # Errors
/// In words why it is none.
pub(super) fn place(entry: &Entry, hands: &Hands<'_>) -> Result<Place> {
    let item = &entry.item;
    let (to, info) = (decode(&item.to), decode(&item.info));
    let foreign =
        || format!("the journal names `{}`, which is none of safe-rm's places", to.display());
    let names: Vec<&OsStr> = to.ancestors().take(3).filter_map(Path::file_name).collect();
    let in_room = names.get(2).is_some_and(|n| *n == ROOM)
        && names.get(1).is_some_and(|n| *n == entry.plan.as_str())
        && names.first().is_some_and(|n| n.to_string_lossy().parse::<u32>().is_ok());
    let (trash, info) = match (entry.how, in_room) {
        (How::Trash, _) if pair(&to, &info) => (to.ancestors().nth(2), Some(info)),
        (How::Permanent, true) if item.info.is_empty() => (to.ancestors().nth(3), None),
        (How::Purge, true) => {
            let out_of = item.out_of.as_ref().map(|(_, at)| decode(at));
            let own = out_of.as_ref().is_some_and(|at| pair(at, &info));
            let trash = to.ancestors().nth(3);
            let same = out_of.as_ref().and_then(|at| at.ancestors().nth(2)) == trash;
            if !own || !same {
                bail!(foreign());
            }
            (trash, Some(info))
        }
        _ => bail!(foreign()),
    };
    let trash = trash.with_context(foreign)?;
    stage::is_used(trash, hands).with_context(foreign)?;
    let from = decode(&item.from);
    let said = info.as_deref().and_then(said);
    let ours = said.as_ref().is_some_and(|said| is_about(said, trash, &from));
    let (folder, name) = opened(&to)?;
    let (info, other) = if ours { (info, None) } else { (None, said) };
    Ok(Place { folder, name, path: to, info, other })
}

/// Whether payload and info file are the two halves of one trash.
fn pair(to: &Path, info: &Path) -> bool {
    let half = |path: &Path, name: &str| -> Option<PathBuf> {
        let half = path.parent()?;
        (half.file_name()? == name).then(|| half.parent().map(Path::to_path_buf))?
    };
    let (Some(trash), Some(other)) = (half(to, "files"), half(info, "info")) else { return false };
    let mut wanted = to.file_name().unwrap_or_default().to_owned();
    wanted.push(".trashinfo");
    trash == other && info.file_name() == Some(wanted.as_os_str())
}

/// The path in a trashinfo file.
fn said(info: &Path) -> Option<PathBuf> {
    let (folder, name) = opened(info).ok()?;
    let file = dir::open_file_at(&folder, &name).ok()?;
    let text = std::io::read_to_string(std::io::Read::take(file, 1 << 16)).ok()?;
    text.lines().find_map(|line| line.strip_prefix("Path=")).map(decode)
}

/// Whether that is the thing that was at `from`: another tool's of the same name is not ours to remove.
fn is_about(said: &Path, trash: &Path, from: &Path) -> bool {
    said == from || trash.ancestors().any(|top| top.join(said) == from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_halves_of_one_trash_are_a_pair() {
        let ours = |to: &str, info: &str| pair(Path::new(to), Path::new(info));
        assert!(ours("/t/files/a", "/t/info/a.trashinfo"));
        assert!(!ours("/w/secret/a", "/t/info/a.trashinfo"));
        assert!(!ours("/t/files/a", "/w/victim"));
        assert!(!ours("/t/files/a", "/t/info/b.trashinfo"));
        assert!(!ours("/t/files/a", "/u/info/a.trashinfo"));
    }
}
