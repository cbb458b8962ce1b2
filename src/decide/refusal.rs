//! Why something may not be deleted, as a value.

use std::path::PathBuf;

use crate::facts::Stamp;

/// Why something may not be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule's id.
    pub rule: &'static str,
    /// What is refused, absolute.
    pub path: PathBuf,
    /// Why, in one line.
    pub message: String,
    /// What lifts it.
    pub lift: String,
    /// When time lifts it.
    pub until: Option<Stamp>,
}
