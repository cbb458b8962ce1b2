//! What the journal records.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::requests::End;

/// What is to become of things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// They go to the trash.
    #[default]
    Trash,
    /// They are freed at once.
    Permanent,
    /// They are freed out of the trash.
    Purge,
}

/// One file of a store that is kept alive in a trash; paths are percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Kept {
    /// Where the store has it.
    pub store: String,
    /// Where it is kept.
    pub kept: String,
    /// Bytes.
    pub size: u64,
    /// Modification time, in seconds since 1970.
    pub written: i64,
    /// The hash by which it is named.
    pub hash: String,
}

/// One thing that is moved; paths are percent-encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// Where it was.
    pub from: String,
    /// Where it is now: in the trash, or in the room where it is freed.
    pub to: String,
    /// Its trashinfo file; empty where it has none.
    pub info: String,
    /// Where it lay in the trash, if it is freed out of there, and by which plan it went there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of: Option<(String, String)>,
    /// Inode of the moved entry.
    pub ino: u64,
    /// When that inode was made, in seconds and nanoseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<(i64, u32)>,
    /// Apparent bytes.
    pub bytes: u64,
    /// What the disk gets back when it is freed.
    #[serde(default)]
    pub frees: u64,
    /// Models in it.
    #[serde(default)]
    pub models: usize,
    /// What is kept alive for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Kept>,
    /// By what its models are known again: hashes of the structure, of a sample, of a deeper one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prints: Vec<(String, String, String)>,
    /// The stamps of the folders in it, as `20251115030850`, with the folders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stamps: Vec<(u64, String)>,
}

/// What happened, or is about to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// These are about to be moved.
    Intent {
        /// The plan's id.
        plan: String,
        /// What is to become of them.
        #[serde(default)]
        how: How,
        /// What is moved.
        items: Vec<Item>,
    },
    /// All of a plan was moved aside and is what was planned: from here on it is unlinked.
    Freeing {
        /// The plan's id.
        plan: String,
    },
    /// One item of a plan is gone for good.
    Freed {
        /// The plan's id.
        plan: String,
        /// Where it was.
        from: String,
    },
    /// A person confirmed at a terminal what a file or a clock alone could not.
    Acked {
        /// `clock`, or the folder with the label; percent-encoded.
        what: String,
        /// BLAKE3 of the label as it was confirmed.
        label: Option<String>,
    },
    /// A caller without a person asks for a deletion.
    Asked {
        /// The request's id.
        request: String,
        /// BLAKE3 of its file.
        hash: String,
    },
    /// A request has ended, or is about to.
    Answered {
        /// The request's id.
        request: String,
        /// How.
        end: End,
        /// BLAKE3 of the answer's file.
        hash: String,
    },
    /// One item of a plan is in the trash.
    Moved {
        /// The plan's id.
        plan: String,
        /// Where it was.
        from: String,
    },
    /// One item of a plan is back, or never went.
    PutBack {
        /// The plan's id.
        plan: String,
        /// Where it was.
        from: String,
        /// Where it is now.
        at: String,
    },
}

impl Event {
    /// The plan that it is about.
    #[must_use]
    pub fn plan(&self) -> Option<&str> {
        match self {
            Self::Intent { plan, .. }
            | Self::Moved { plan, .. }
            | Self::Freeing { plan }
            | Self::Freed { plan, .. }
            | Self::PutBack { plan, .. } => Some(plan),
            Self::Acked { .. } | Self::Asked { .. } | Self::Answered { .. } => None,
        }
    }
}
