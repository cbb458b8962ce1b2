//! The shared vocabulary: plain data about files and models, without handles and without judgement.

use std::collections::HashSet;
use std::ffi::OsString;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::Arc;

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

/// What a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModelKind {
    /// All weights.
    Full,
    /// An adapter on a base model.
    Adapter,
    /// Weights stored in few bits.
    Quantized,
    /// Only pointers: the weights are not here.
    Pointer,
    /// A part of a model.
    Partial,
    /// Weights of a known format or layout, of a kind that could not be told, or possibly weights.
    Unknown,
}

/// Where in its life a model stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A checkpoint of a training run.
    Checkpoint,
    /// A finished product.
    Final,
    /// Downloaded from a hub.
    Download,
    /// Not told by the files.
    Unknown,
}

/// Whether all of a model is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Everything that its headers and indexes name is there.
    Complete,
    /// Something is missing or cut short; the text says what.
    Damaged(String),
    /// The format does not tell, or only a later version of this program reads it.
    Unknown,
}

/// What a MODEL_INFO file says; text from the disk, never trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// Which file, relative to the target (or absolute beside it).
    pub path: PathBuf,
    /// `Model:`; a label without it is no label.
    pub model: String,
    /// `Trained:`.
    pub trained: Option<String>,
    /// `Steps:`.
    pub steps: Option<u64>,
    /// `Base:`.
    pub base: Option<String>,
    /// `Run:`.
    pub run: Option<String>,
    /// `Note:`.
    pub note: Option<String>,
    /// `Keep:`.
    pub keep: Option<String>,
    /// `Retired:`.
    pub retired: Option<String>,
    /// Modification time of the label file.
    pub written: Stamp,
    /// BLAKE3 of the file.
    pub digest: [u8; 32],
}

/// Weights of a target that lie in a store outside of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Absolute.
    pub at: PathBuf,
    /// What statx said.
    pub meta: Meta,
    /// The name by which the target links to it: its hash.
    pub hash: String,
}

/// Somebody's word that something must be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The file that says so: relative to the target where it lies in it, else absolute.
    pub path: PathBuf,
    /// What a label says after `Keep:`; nothing where the file's name alone says it.
    pub keep: Option<String>,
}

/// What the journal says that a judgement needs.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// When its last line was written.
    pub last: Option<Stamp>,
    /// Labels (BLAKE3 of the file) whose `Retired:` a person has confirmed.
    pub acked: HashSet<[u8; 32]>,
}

/// One model found in (or as) a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Relative to the target; empty for the target itself.
    pub path: PathBuf,
    /// A single weight file rather than a directory.
    pub single_file: bool,
    /// What it is.
    pub kind: ModelKind,
    /// Where in its life it stands.
    pub stage: Stage,
    /// Container: `safetensors`, `gguf`, `torch zip`, ..
    pub format: String,
    /// Family in lower case, by tensors before configuration: `qwen3`, `qwen2`, `llama`.
    pub family: Option<String>,
    /// How the family is known.
    pub family_source: Option<String>,
    /// A name that the files give, or the shape that fits.
    pub name: Option<String>,
    /// The base model on record.
    pub base: Option<String>,
    /// Rank of a LoRA adapter.
    pub rank: Option<u64>,
    /// Training step on record.
    pub step: Option<u64>,
    /// Steps that the run was to have.
    pub max_step: Option<u64>,
    /// The run's own word that this is its best checkpoint.
    pub best: bool,
    /// The name of the best checkpoint, as this one's state has it.
    pub says_best: Option<String>,
    /// The state in the run's own folder says that this is the best one.
    pub best_of_run: bool,
    /// Stored elements of all tensors.
    pub parameters: Option<u64>,
    /// Dtype of most elements.
    pub dtype: Option<String>,
    /// Apparent bytes of the model's directory or file.
    pub bytes: u64,
    /// Newest modification time of its weight files.
    pub weights_written: Option<Stamp>,
    /// The inode of its first weight file.
    pub weights: Option<FileId>,
    /// BLAKE3 of the sorted tensor names, dtypes and shapes, where every header could be read.
    pub structure: Option<[u8; 32]>,
    /// Whether all of it is there.
    pub complete: Completeness,
    /// What disagrees, in words: the name says one thing, the tensors another.
    pub conflicts: Vec<String>,
    /// The evidence that decides its age.
    pub newest: Option<Evidence>,
    /// Its label.
    pub label: Option<Label>,
    /// Why a MODEL_INFO file that lies there is no label.
    pub bad_label: Option<String>,
    /// Covered by the label of the model or run around it.
    pub component_of: Option<PathBuf>,
    /// Repository and commit of a hub cache, which label themselves.
    pub hub: Option<String>,
    /// A package has installed all of its weights, byte for byte: they can be installed again, and
    /// are ordinary files.
    pub installed: bool,
    /// It and the models beside it whose names differ in a date or a step; one list for all of them.
    pub series: Arc<Vec<Member>>,
}

/// One member of a series, this model included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Absolute path.
    pub path: PathBuf,
    /// What orders the series: steps and dates as numbers, the last of its name first.
    pub key: Vec<u64>,
    /// When its weights were written.
    pub written: Option<Stamp>,
    /// The name of the best one, as its state has it.
    pub says_best: Option<String>,
    /// Complete, so that it counts.
    pub complete: bool,
    /// As [`Model::structure`]; members of another one, or of an unknown one, do not count.
    pub structure: Option<[u8; 32]>,
    /// Its first weight file: another name of the same inode is no other member.
    pub weights: Option<FileId>,
}

impl Dossier {
    /// Whether it holds no model but what a package has installed.
    #[must_use]
    pub fn is_ordinary(&self) -> bool {
        self.models.iter().all(|m| m.installed)
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
    /// What it needs of a store that others may clean.
    pub payload: Vec<Payload>,
    /// Models in it.
    pub models: Vec<Model>,
    /// If the target is only a part of a model: what of.
    pub part_of: Option<String>,
    /// If the target must never go: why.
    pub protected: Option<String>,
}
