//! One weight file: what its content says. The table of containers is in `containers`.

use std::collections::BTreeMap;
use std::fs::File;

use crate::facts::Completeness;

/// A tensor as a header lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tensor {
    /// As the file spells it; an unknown one is data, no error.
    pub dtype: String,
    /// Dimensions.
    pub shape: Vec<u64>,
}

impl Tensor {
    /// Number of elements.
    #[must_use]
    pub(crate) fn elements(&self) -> u64 {
        self.shape.iter().fold(1, |product: u64, d| product.saturating_mul(*d))
    }
}

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

/// One recognised file.
#[derive(Clone, Debug)]
pub(crate) struct WeightFile {
    /// Name of the container.
    pub format: String,
    /// What it holds.
    pub holds: Holds,
    /// Tensors by name, where the header lists them.
    pub tensors: BTreeMap<String, Tensor>,
    /// Family on record (GGUF).
    pub family: Option<String>,
    /// Name on record.
    pub name: Option<String>,
    /// Quantization on record.
    pub quantization: Option<String>,
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
            tensors: BTreeMap::new(),
            family: None,
            name: None,
            quantization: None,
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
}
