//! The shared vocabulary: plain data about files and models, without handles and without judgement.

use std::collections::HashSet;
use std::ffi::OsString;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::Arc;

mod actor;
mod copies;
mod model;

pub use actor::{Actor, Standing};
pub use copies::{Gone, Print, Recovery, Sameness, Searched, Twin, Whereabouts};
pub use model::{
    Completeness, Declared, FITS, Label, Member, Model, ModelKind, Payload, Pin, Stage,
};
pub use model::{Covers, is_no, label_line};

/// A point in time as the kernel stores it: seconds and nanoseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// Whole seconds; negative before 1970.
    pub secs: i64,
    /// Nanoseconds within the second.
    pub nanos: u32,
}

impl Stamp {
    /// The stamp at whole seconds since 1970.
    #[must_use]
    pub const fn at(secs: i64) -> Self {
        Self { secs, nanos: 0 }
    }

    /// This stamp moved by a number of seconds.
    #[must_use]
    pub const fn plus(self, secs: i64) -> Self {
        Self { secs: self.secs.saturating_add(secs), nanos: self.nanos }
    }
}

/// What names an inode: device and inode number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId {
    /// Device number as `makedev` packs it.
    pub dev: u64,
    /// Inode number.
    pub ino: u64,
}

/// The type of a directory entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, never followed.
    Symlink,
    /// FIFO, socket or device.
    Special,
}

/// What one `statx` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The type.
    pub kind: FileKind,
    /// Permission bits.
    pub mode: u16,
    /// Owner.
    pub uid: u32,
    /// Apparent size in bytes.
    pub size: u64,
    /// Allocated bytes (512-byte blocks times 512).
    pub allocated: u64,
    /// Number of hard links.
    pub nlink: u32,
    /// Last change of the content.
    pub mtime: Stamp,
    /// Last change of the inode.
    pub ctime: Stamp,
    /// When this inode was made; absent where the file system does not say.
    pub btime: Option<Stamp>,
    /// Device and inode.
    pub id: FileId,
    /// Mount id (unique per mount, so bind mounts differ).
    pub mount: u64,
    /// Whether this is the root of a mount.
    pub mount_root: bool,
}

/// The times of a folder that are put back after something was written in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// Last access.
    pub read: Stamp,
    /// Last change of its entries.
    pub changed: Stamp,
}

/// How a date came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By the modification time.
    Written,
    /// By the birth or change time: it came to this disk then, whatever its own date says.
    Arrived,
    /// By a date in a folder's name.
    Named,
}

/// The date that decides an age, with where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// When.
    pub at: Stamp,
    /// By which evidence.
    pub how: How,
    /// On what, relative to the target; empty for the target itself.
    pub path: PathBuf,
    /// The modification time of the same file, where `how` is `Arrived`.
    pub own: Option<Stamp>,
}

/// Sums over a tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Apparent bytes of files and links.
    pub bytes: u64,
    /// What the disk would get back.
    pub frees: u64,
    /// Entries that are no directories.
    pub files: u64,
    /// Directories, the target included.
    pub dirs: u64,
}

/// Something that the survey could not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, relative to the target.
    pub path: PathBuf,
    /// What the system said.
    pub error: String,
}

/// The identity of a whole tree: equal only if every entry is the same inode, unchanged.
///
/// The 256-bit sum over all entries of the BLAKE3 hash of (name, type, mode, owner, inode, size,
/// mtime, ctime), keyed by the directory; the order of the walk does not matter. The target's own
/// times are left out, because a rename changes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest(pub [u64; 4]);

impl Digest {
    /// The digest in hexadecimal.
    #[must_use]
    pub fn hex(&self) -> String {
        self.0.iter().map(|w| format!("{w:016x}")).collect()
    }
}

/// The names in one directory with their inodes, summed up: equal only if the same entries are
/// there. Kept apart from [`Digest`] because a listing alone, without a look at each entry, gives it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    sum: u64,
    count: u64,
}

impl Listing {
    /// Adds another part of the same directory.
    pub fn join(&mut self, part: Self) {
        self.sum = self.sum.wrapping_add(part.sum);
        self.count += part.count;
    }

    /// Adds an entry. The secret of the run makes the sum one that nobody can aim at.
    pub fn add(&mut self, secret: &RandomState, name: &[u8], ino: u64) {
        self.sum = self.sum.wrapping_add(secret.hash_one((name, ino)));
        self.count += 1;
    }
}

/// A directory of the target, for the table of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirFacts {
    /// Relative to the target.
    pub path: PathBuf,
    /// Apparent bytes below it.
    pub bytes: u64,
    /// Files below it.
    pub files: u64,
    /// Newest evidence below it.
    pub newest: Option<Stamp>,
    /// What its label says it is.
    pub label: Option<String>,
}

/// What the journal says that a judgement needs.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// When its last line was written.
    pub last: Option<Stamp>,
    /// Labels (BLAKE3 of the file) whose `Retired:` a person has confirmed.
    pub acked: HashSet<[u8; 32]>,
    /// Weights that went in the last 30 days.
    pub gone: Vec<Gone>,
    /// What open requests ask for.
    pub asked: Vec<PathBuf>,
    /// Why it may not be the whole truth.
    pub doubts: Vec<String>,
}

impl Dossier {
    /// Whether it holds no model but what a package has installed, and nobody has labelled
    /// anything in it as one.
    #[must_use]
    pub fn is_ordinary(&self) -> bool {
        !self.labelled && self.models.iter().all(|m| m.installed)
    }
}

/// Everything known about one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    /// As it was typed.
    pub typed: OsString,
    /// Absolute: the parent resolved, the last component never.
    pub path: PathBuf,
    /// Where it lies, if that is a trash; `path` is then where it was, by which it is judged.
    pub trashed: Option<PathBuf>,
    /// Identity of the parent directory.
    pub parent: FileId,
    /// The target itself.
    pub meta: Meta,
    /// Sums.
    pub totals: Totals,
    /// Identity of the whole tree.
    pub digest: Digest,
    /// Identity and times of the labels and pins beside it and above it.
    pub around: [u8; 32],
    /// Newest evidence in the tree.
    pub newest: Option<Evidence>,
    /// Oldest modification time in the tree.
    pub oldest: Option<Evidence>,
    /// Directories down to two levels, largest first, bounded.
    pub dirs: Vec<DirFacts>,
    /// What could not be seen.
    pub problems: Vec<Problem>,
    /// Mounts and subvolumes below the target.
    pub mounts: Vec<PathBuf>,
    /// Entries of another user, or directories that cannot be written (first ones; not for root).
    pub foreign: Vec<PathBuf>,
    /// Whatever says that it, or something in it, must be kept (the first few).
    pub pins: Vec<Pin>,
    /// Whether a MODEL_INFO file lies in it.
    pub labelled: bool,
    /// What it needs of a store that others may clean.
    pub payload: Vec<Payload>,
    /// Models in it.
    pub models: Vec<Model>,
    /// Where copies of them were looked for.
    pub searched: Arc<Searched>,
    /// If the target is only a part of a model: what of.
    pub part_of: Option<String>,
    /// The model of the same run that it is a side file of.
    pub side_of: Option<PathBuf>,
    /// If the target must never go: why.
    pub protected: Option<String>,
}
