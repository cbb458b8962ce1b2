//! One weight file: what its content says. The table of containers is in `containers`.

use std::fs::File;

use super::summary::Tensors;
use crate::facts::{Completeness, Declared, ModelKind};

/// What kind of content a container holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Weights.
    Weights,
    /// Weights of an adapter.
    Adapter,
    /// A pointer to weights that are elsewhere.
    Pointer,
    /// Something that no known format explains, but that may be weights.
    Possibly,
    /// Known, and no weights: a video, a data set, a vocabulary.
    Other,
}

/// What a file says of itself in its own metadata; short texts, never trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Where in the file it says so: `its GGUF header`.
    pub source: &'static str,
    /// Family on record.
    pub family: Option<String>,
    /// Name on record.
    pub name: Option<String>,
    /// Base on record.
    pub base: Option<String>,
    /// Training step.
    pub step: Option<u64>,
    /// Steps that the run was to have.
    pub max_step: Option<u64>,
    /// Epoch, as written.
    pub epoch: Option<String>,
    /// What wrote it, with its version.
    pub tool: Option<String>,
    /// When it says that it was made.
    pub declared: Option<Declared>,
    /// Quantization on record.
    pub quantization: Option<String>,
    /// A kind that only the metadata gives away.
    pub kind: Option<ModelKind>,
    /// Rank of a LoRA adapter.
    pub rank: Option<u64>,
    /// The name that it was saved under.
    pub saved_as: Option<String>,
    /// Where or under which name the run was started.
    pub run: Option<String>,
    /// How many ranks the run had that wrote it.
    pub ranks: Option<u64>,
    /// Elements of all tensors, where only their number is known.
    pub elements: Option<u64>,
    /// Of a pointer: how many bytes what it stands for has.
    pub points_to: Option<u64>,
    /// Files beside it that hold its weights.
    pub beside: Vec<String>,
}

/// One recognised file.
#[derive(Clone, Debug)]
pub(crate) struct WeightFile {
    /// Name of the container.
    pub format: String,
    /// What it holds.
    pub holds: Holds,
    /// Its tensors, where the header lists them.
    pub tensors: Tensors,
    /// What it says of itself.
    pub told: Told,
    /// Whether all of it is there.
    pub complete: Completeness,
    /// A package's RECORD lists it, byte for byte.
    pub installed: bool,
}

impl WeightFile {
    /// A file of this format about which nothing more is known.
    #[must_use]
    pub(crate) fn new(format: &str, holds: Holds) -> Self {
        Self {
            format: format.to_owned(),
            holds,
            tensors: Tensors::default(),
            told: Told::default(),
            complete: Completeness::Unknown,
            installed: false,
        }
    }

    /// The same, but damaged.
    #[must_use]
    pub(crate) fn damaged(format: &str, why: impl Into<String>) -> Self {
        Self { complete: Completeness::Damaged(why.into()), ..Self::new(format, Holds::Weights) }
    }
}

/// What a recogniser may look at: bounded, and already opened.
#[derive(Debug)]
pub(crate) struct Sample<'a> {
    /// The file's name, for what content alone cannot tell.
    pub name: &'a str,
    /// Size in bytes.
    pub size: u64,
    /// The first 4 KiB.
    pub head: &'a [u8],
    /// For further bounded reads.
    pub file: &'a File,
    /// Whether a header of several MB may be walked through for sums that a plan can do without.
    pub deep: bool,
}
