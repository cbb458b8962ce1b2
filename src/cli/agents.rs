//! What may be typed about agents and by them: requests and their answers, `hook`.

use clap::{Args, ValueHint};

use super::values::{id, value};

/// `safe-rm requests`
#[derive(Debug, Args)]
pub struct Requests {
    /// Also those that have ended
    #[arg(long)]
    pub all: bool,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm approve ID`
#[derive(Debug, Args)]
pub struct Approve {
    /// The request (the beginning of its id will do)
    #[arg(value_hint = ValueHint::Other, value_name = "ID", value_parser = id())]
    pub id: String,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm deny ID`
#[derive(Debug, Args)]
pub struct Deny {
    /// The request (the beginning of its id will do)
    #[arg(value_hint = ValueHint::Other, value_name = "ID", value_parser = id())]
    pub id: String,
    /// What the caller is told
    #[arg(long, value_name = "TEXT", value_parser = value())]
    pub why: Option<String>,
}

/// `safe-rm cancel ID`
#[derive(Debug, Args)]
pub struct Cancel {
    /// The request (the beginning of its id will do)
    #[arg(value_hint = ValueHint::Other, value_name = "ID", value_parser = id())]
    pub id: String,
}

/// `safe-rm wait ID`
#[derive(Debug, Args)]
pub struct Wait {
    /// The request (the beginning of its id will do)
    #[arg(value_hint = ValueHint::Other, value_name = "ID", value_parser = id())]
    pub id: String,
    /// Give up after so long, as 90s or 10m; by default when the request expires
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<String>,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm hook AGENT`
#[derive(Debug, Args)]
pub struct Hook {
    /// In whose dialect
    #[arg(value_name = "AGENT",
          value_parser = ["claude-code", "codex", "gemini", "copilot", "cursor", "opencode"])]
    pub agent: String,
}
