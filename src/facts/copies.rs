//! Where else the weights of a model are, and what it would take to have them again.

use std::path::PathBuf;

use super::{Meta, Model, ModelKind, Stamp};

/// How much is known of two sets of weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sameness {
    /// Two names of the same inode: no second copy.
    SameFile,
    /// Every byte of every tensor was compared.
    Verified,
    /// Tensors of the same names and shapes, and equal where they were sampled.
    Probably,
    /// Not known to be the same; it carries the same stamp.
    Unknown,
}

/// Where such weights are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// On a disk, and in no plan.
    Here,
    /// In this plan as well.
    Planned,
    /// An open request asks for it.
    Asked,
    /// Trashed or freed at this time.
    Gone(Stamp),
}

/// Another place that has, or had, the same weights, or weights of the same stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// Absolute.
    pub path: PathBuf,
    /// How alike they are.
    pub how: Sameness,
    /// Where it is.
    pub place: Whereabouts,
    /// Its folder carries the same consolidation stamp, `20251115_030850`.
    pub same_stamp: bool,
    /// On the same device.
    pub same_disk: bool,
    /// Why it may go by itself: on a file system in memory, in a folder that is cleaned.
    pub volatile: Option<String>,
    /// When its newest file was written or came here.
    pub since: Stamp,
    /// Its weight files, for a look whether they are still there.
    pub files: Vec<(PathBuf, Meta)>,
}

impl Twin {
    /// When it went, if it did.
    #[must_use]
    pub fn went(&self) -> Option<Stamp> {
        if let Whereabouts::Gone(at) = self.place { Some(at) } else { None }
    }
}

/// Hashes by which weights are known again once they are gone, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Print {
    /// Of the tensors' names, types and shapes.
    pub structure: String,
    /// Of the same and of bytes sampled from some tensors; empty where they could not be read.
    pub sample: String,
    /// The same of all tensors.
    pub deep: String,
}

/// Weights that were trashed or freed, as the journal has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Where the thing was that held them.
    pub path: PathBuf,
    /// Where it lies now, or lay.
    pub lies: PathBuf,
    /// When it went.
    pub at: Stamp,
    /// One for each model in it.
    pub prints: Vec<Print>,
    /// The stamps of the folders in it, with the folders.
    pub stamps: Vec<(u64, PathBuf)>,
}

/// Where copies were looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// The folders, with all that lies below them on the same mount.
    pub roots: Vec<PathBuf>,
    /// There was more than could be looked at in the time.
    pub cut: bool,
}

/// One way to have a model again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// A package has installed it.
    Package,
    /// A hub has it, under this repository and revision.
    Download(String),
    /// The same weights lie there.
    Copy {
        /// Where.
        path: PathBuf,
        /// Every byte was compared.
        verified: bool,
        /// One disk's failure takes both.
        same_disk: bool,
    },
    /// It can be built again from what lies there.
    Rebuild(PathBuf),
}

impl Model {
    /// The ways to have it again, surest first; none means that it is only here.
    #[must_use]
    pub fn recoverable(&self) -> Vec<Recovery> {
        let mut ways = Vec::new();
        if self.installed {
            ways.push(Recovery::Package);
        }
        ways.extend(self.hub.clone().map(Recovery::Download));
        let lasting = self.copies.iter().filter(|twin| {
            twin.place == Whereabouts::Here
                && twin.volatile.is_none()
                && matches!(twin.how, Sameness::Verified | Sameness::Probably)
        });
        let mut copies: Vec<Recovery> = lasting
            .map(|twin| Recovery::Copy {
                path: twin.path.clone(),
                verified: twin.how == Sameness::Verified,
                same_disk: twin.same_disk,
            })
            .collect();
        copies.sort_by_key(|c| matches!(c, Recovery::Copy { verified: false, .. }));
        ways.extend(copies);
        if matches!(self.kind, ModelKind::Quantized | ModelKind::Engine) {
            ways.extend(self.base_here.clone().map(Recovery::Rebuild));
        }
        ways
    }

    /// How hard it would be to have again: the lower, the less can be done.
    #[must_use]
    pub fn replaceable(&self) -> u8 {
        let ways = self.recoverable();
        match ways.first() {
            _ if self.kind == ModelKind::Pointer => 6,
            None if self.kind == ModelKind::Adapter => 0,
            None => 1,
            Some(Recovery::Copy { verified: false, .. }) => 2,
            Some(Recovery::Rebuild(_)) => 3,
            Some(Recovery::Copy { verified: true, .. }) => 4,
            Some(Recovery::Download(_) | Recovery::Package) => 5,
        }
    }
}
