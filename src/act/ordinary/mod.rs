//! Ordinary files, removed as rm removes them: at their own place, without plan or journal, an error
//! never stopping what comes after it.
//!
//! What rm would do without a word goes on all threads at once (`sweep`, as for good out of a room);
//! what that leaves, and whatever rm asks or tells about, goes entry by entry (`walk`). Both remove
//! only what was weighed before: a file that came later and could hold weights stays.

mod walk;

use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::sweep;
use crate::facts::{FileKind, Meta};
use crate::look::ordinary::{Entry, Names, Operand, Seen, find};
use crate::sys::{dir, errors};

/// When rm asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Never.
    Never,
    /// Before what is write-protected.
    Protected,
    /// Before everything.
    Always,
}

/// How rm was told to remove.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// When it asks.
    pub asks: Asks,
    /// Directories with what is in them.
    pub recursive: bool,
    /// Empty directories.
    pub empty_dirs: bool,
    /// What is not there is no error.
    pub missing_ok: bool,
    /// Each removal is told.
    pub verbose: bool,
    /// What lies on another device is told in other words.
    pub one_file_system: bool,
    /// No operand on another device than the directory around it.
    pub preserve_all: bool,
    /// `/` was to be removed all the same.
    pub root_meant: bool,
    /// The effective user, who is never asked as root.
    pub euid: u32,
}

/// What kind of thing a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The type.
    pub kind: FileKind,
    /// What a FIFO, socket or device is called.
    pub special: &'static str,
    /// A regular file without content.
    pub empty: bool,
}

/// What else there is to say of a name that is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed<'a> {
    /// `.` or `..`.
    Dot,
    /// `/`, under this or another name, and whether the failsafe was to be off.
    Root(bool),
    /// It lies on another device, and that was to be left alone.
    OtherDevice,
    /// As before, for an operand under `--preserve-root=all`.
    Preserved,
    /// As before, where the directory around it cannot be looked at from it.
    Unreachable,
    /// `link/`, with the directory behind the link.
    Behind(&'a Path),
    /// It came, or changed, after it was looked at, and may hold weights.
    Later,
}

/// Who is asked and told.
pub trait Dialogue {
    /// Whether a directory may be entered.
    fn may_descend(&mut self, name: &[u8], protected: bool) -> bool;
    /// Whether an entry may go.
    fn may_go(&mut self, name: &[u8], kind: Kind, protected: bool) -> bool;
    /// An entry is gone.
    fn removed(&mut self, name: &[u8], directory: bool);
    /// An entry cannot go.
    fn cannot(&mut self, name: &[u8], error: &io::Error);
    /// A name is passed over.
    fn passed(&mut self, name: &[u8], why: Passed<'_>);
}

/// How it went with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Went {
    /// It is gone, or was none.
    Gone,
    /// A person wants it kept.
    Declined,
    /// It stays for another reason, which was told.
    Stays,
}

/// Removes the operands, in their order, and says whether nothing went wrong.
pub fn remove(
    operands: &[(Operand, Option<Seen>)],
    manner: &Manner,
    dialogue: &mut dyn Dialogue,
) -> bool {
    let nothing = Seen::default();
    operands.iter().fold(true, |fine, (operand, seen)| {
        let seen = seen.as_ref().unwrap_or(&nothing);
        one(operand, seen, manner, dialogue) != Went::Stays && fine
    })
}

fn one(operand: &Operand, seen: &Seen, manner: &Manner, dialogue: &mut dyn Dialogue) -> Went {
    let shown = operand.shown.as_bytes();
    let mut cannot = |error: &io::Error| {
        dialogue.cannot(shown, error);
        Went::Stays
    };
    // Only an empty directory goes without `-r`, and only with `-d`.
    let stays = |empty: bool| match (manner.recursive, manner.empty_dirs) {
        (true, _) => None,
        (false, false) => Some(errors::is_a_directory()),
        (false, true) => (!empty).then(errors::not_empty),
    };
    let empty = |path: &std::ffi::OsStr| {
        dir::open_path(path.as_ref()).and_then(dir::is_empty).unwrap_or(false)
    };
    // An earlier operand may have taken this one along: what has no name of its own is looked for at
    // its turn.
    let again = match &operand.names {
        Names::Entry(_) => None,
        _ => Some(find(&operand.shown)),
    };
    let why = match again.as_ref().unwrap_or(&operand.names) {
        Names::Nothing { error, .. } if manner.missing_ok && errors::is_missing(error) => {
            return Went::Gone;
        }
        Names::Nothing { looked: Some(error), .. } if manner.asks != Asks::Never => {
            return cannot(error);
        }
        Names::Nothing { error, .. } => return cannot(error),
        Names::Dot { empty } => match stays(*empty) {
            Some(error) => return cannot(&error),
            None => Passed::Dot,
        },
        Names::Root => match stays(false) {
            Some(error) => return cannot(&error),
            None => Passed::Root(manner.root_meant),
        },
        Names::Behind { directory } => match stays(empty(&operand.shown)) {
            Some(error) => return cannot(&error),
            None if !manner.recursive => return cannot(&errors::not_a_directory()),
            None => Passed::Behind(directory),
        },
        // It came after the others were looked at.
        Names::Entry(_) if again.is_some() => Passed::Later,
        Names::Entry(entry) => return self::entry(shown, entry, seen, manner, dialogue),
    };
    dialogue.passed(shown, why);
    Went::Stays
}

fn entry(
    shown: &[u8],
    entry: &Entry,
    seen: &Seen,
    manner: &Manner,
    dialogue: &mut dyn Dialogue,
) -> Went {
    let folder = match entry.folder.open() {
        Ok(folder) => folder,
        Err(error) => {
            dialogue.cannot(shown, &error);
            return Went::Stays;
        }
    };
    let meta = &entry.meta;
    let is_dir = meta.kind == FileKind::Directory;
    // An earlier operand may have taken it along.
    if is_dir && let Err(error) = dir::stat_name(&folder, &entry.name) {
        if manner.missing_ok && errors::is_missing(&error) {
            return Went::Gone;
        }
        dialogue.cannot(shown, &error);
        return Went::Stays;
    }
    if is_dir && !manner.recursive {
        let open = dir::open_dir_at(&folder, &entry.name);
        let empty = manner.empty_dirs && open.and_then(dir::is_empty).unwrap_or(false);
        if !empty {
            let error =
                if manner.empty_dirs { errors::not_empty() } else { errors::is_a_directory() };
            dialogue.cannot(shown, &error);
            return Went::Stays;
        }
    }
    if is_dir && manner.preserve_all {
        let above = dir::stat_name(&folder, Path::new(&entry.name).join("..").as_os_str());
        let why = match above {
            Ok(above) if above.id.dev == meta.id.dev => None,
            Ok(_) => Some(Passed::Preserved),
            Err(_) => Some(Passed::Unreachable),
        };
        if let Some(why) = why {
            dialogue.passed(shown, why);
            return Went::Stays;
        }
    }
    if is_dir && meta.mount_root {
        // It could be emptied and could not be removed.
        dialogue.cannot(shown, &errors::busy());
        return Went::Stays;
    }
    if is_dir && manner.recursive && is_silent(seen, manner) {
        let swept = sweep::sweep(&folder, &entry.name, &seen.listings, &seen.secret);
        if swept.problems.is_empty() {
            return Went::Gone;
        }
        // What is left goes entry by entry, and is told in rm's own words.
        if dir::stat_name(&folder, &entry.name).is_err_and(|e| errors::is_missing(&e)) {
            return Went::Gone;
        }
    }
    walk::remove(&folder, &entry.name, shown, (seen, meta), manner, dialogue)
}

/// What is to be done with an operand that would go as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// It may go.
    Goes,
    /// A person wants it kept.
    Declined,
    /// It is none that can: [`remove`] tells why.
    AsEver,
}

/// Whether an operand may go as a whole, asked once, where rm would ask about each of its entries.
pub fn whole(operand: &Operand, manner: &Manner, dialogue: &mut dyn Dialogue) -> Whole {
    let Names::Entry(entry) = &operand.names else { return Whole::AsEver };
    let directory = entry.meta.kind == FileKind::Directory;
    if directory && (!manner.recursive || manner.preserve_all || entry.meta.mount_root) {
        return Whole::AsEver;
    }
    let Ok(folder) = entry.folder.open() else { return Whole::AsEver };
    let root = manner.euid == 0 || entry.meta.kind == FileKind::Symlink;
    let protected = !root && !dir::is_writable(&folder, &entry.name).unwrap_or(false);
    let asks = match manner.asks {
        Asks::Never => false,
        Asks::Protected => protected,
        Asks::Always => true,
    };
    let kind = kind(&folder, &entry.name, &entry.meta);
    if !asks || dialogue.may_go(operand.shown.as_bytes(), kind, protected) {
        Whole::Goes
    } else {
        Whole::Declined
    }
}

/// Whether there is nothing to ask, nothing to tell but errors, and nothing to look at again.
fn is_silent(seen: &Seen, manner: &Manner) -> bool {
    let asks = match manner.asks {
        Asks::Never => false,
        Asks::Protected => seen.guarded,
        Asks::Always => true,
    };
    !asks && !manner.verbose && !seen.begun
}

/// What a question says of an entry.
fn kind(folder: impl AsFd, name: &std::ffi::OsStr, meta: &Meta) -> Kind {
    let special = if meta.kind == FileKind::Special { dir::special(folder, name) } else { "" };
    Kind { kind: meta.kind, special, empty: meta.size == 0 }
}
