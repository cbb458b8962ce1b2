//! What may be typed to start a command in the guard.

use std::ffi::OsString;

use clap::{Args, ValueHint};

use super::values::path;

/// `safe-rm guard -- COMMAND`
#[derive(Debug, Args)]
pub struct Guard {
    /// A folder in which nothing can be deleted; those of the policy come to it
    #[arg(long, value_name = "ROOT", value_parser = path(), value_hint = ValueHint::DirPath)]
    pub protect: Vec<OsString>,
    /// A folder in which nothing can be deleted, written or made
    #[arg(long, value_name = "ROOT", value_parser = path(), value_hint = ValueHint::DirPath)]
    pub read_only: Vec<OsString>,
    /// A folder in such a root in which everything stays allowed
    #[arg(long, value_name = "DIR", value_parser = path(), value_hint = ValueHint::DirPath)]
    pub allow_delete: Vec<OsString>,
    /// Show what would be protected here, what breaks, and what stands against it
    #[arg(long, conflicts_with = "command")]
    pub check: bool,
    /// With --check: answer with one JSON document on stdout
    #[arg(long, requires = "check", conflicts_with = "command")]
    pub json: bool,
    /// What to start in the guard
    #[arg(required_unless_present = "check", last = true, value_name = "COMMAND",
          value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
}
