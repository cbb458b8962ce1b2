//! What may be typed.

pub mod rm;

use std::ffi::OsString;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

/// The version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A path that names something; an empty one comes of a variable that is not set.
fn path() -> impl TypedValueParser<Value = OsString> {
    OsStringValueParser::new().try_map(|path| {
        let why = "an empty path names nothing; check the variable that should have held it";
        if path.is_empty() { Err(why) } else { Ok(path) }
    })
}

/// One line of a label.
fn value() -> impl TypedValueParser<Value = String> {
    clap::builder::StringValueParser::new().try_map(|text| {
        let text = text.trim().to_owned();
        if text.is_empty() {
            Err("a line of a label says something")
        } else if text.contains(char::is_control) {
            Err("a line of a label is one line of plain text")
        } else if text.chars().count() > 200 {
            Err("no more than 200 characters of a line are read")
        } else {
            Ok(text)
        }
    })
}

/// Moves AI-model folders to the trash, and only what a person has seen and confirmed.
#[derive(Debug, Parser)]
#[command(
    name = "safe-rm",
    version,
    about = "run instead of rm on AI-model folders",
    before_help = "  safe-rm old_run/            look inside, show the plan, ask for DELETE\n  \
                   safe-rm plan old_run/       the plan and nothing else\n  \
                   safe-rm undo                put the last deletion back",
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// The command, if one is named.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Without a command: what to delete.
    #[command(flatten)]
    pub delete: Delete,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Be rm: ordinary files go as with rm, models get the plan and the word
    Rm(RmWords),
    /// Show the plan and nothing else
    Plan(Plan),
    /// Put back what the last deletion, or this one, moved to the trash
    Undo(Undo),
    /// Show the policy in force and where each value comes from
    Policy(Policy),
    /// Free for good what lies in the trash: what is named, or what is due
    Purge(Purge),
    /// List every model below, what it is, and whether it could go today
    Ls(Ls),
    /// List what lies in the trash, by when it is due
    Trash(Trash),
    /// Write a MODEL_INFO.txt beside a model, pre-filled with what its files say
    Label(Label),
    /// Show what safe-rm has done
    Log(Log),
    /// List what callers without a person have asked for
    Requests(Requests),
    /// Look again at what was asked for, and delete it if you say so
    Approve(Approve),
    /// Say no to a request
    Deny(Deny),
    /// Take a request back
    Cancel(Cancel),
    /// Wait for a person's answer to a request
    Wait(Wait),
    /// Say what a rule is for and what lifts it
    Explain(Explain),
    /// Say as a person that the clock is right, or that a label's `Retired:` is meant
    Ack(Ack),
}

/// `safe-rm PATH...`
#[derive(Debug, Args)]
pub struct Delete {
    /// What to delete
    #[arg(required = true, value_name = "PATH", value_parser = path())]
    pub paths: Vec<OsString>,
    /// Show the plan and nothing else
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Leave out what is refused and ask for the rest
    #[arg(long)]
    pub only_allowed: bool,
    /// Free the space at once: nothing brings it back
    #[arg(long)]
    pub permanent: bool,
    /// Compare possible copies byte by byte, wherever there are some
    #[arg(long)]
    pub verify: bool,
    /// What it is for: told to the person who is asked, as a claim
    #[arg(long, value_name = "TEXT", value_parser = value())]
    pub reason: Option<String>,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
    /// Accepted as rm's, and not needed: nothing skips the word
    #[arg(short = 'r', visible_short_alias = 'R', short_alias = 'f', action = clap::ArgAction::Count)]
    pub recursive: u8,
    /// Accepted as rm's, and not needed
    #[arg(short = 'v', short_aliases = ['d', 'i'], action = clap::ArgAction::Count, hide = true)]
    pub verbose: u8,
}

impl Delete {
    /// Of these paths, with no option.
    #[must_use]
    pub fn of(paths: Vec<OsString>) -> Self {
        Self {
            paths,
            dry_run: false,
            only_allowed: false,
            permanent: false,
            verify: false,
            reason: None,
            json: false,
            recursive: 0,
            verbose: 0,
        }
    }
}

/// `safe-rm rm`: its words are read by [`rm`].
#[derive(Debug, Args)]
pub struct RmWords {
    /// rm's options, and what to remove
    #[arg(value_name = "OPTION or FILE", trailing_var_arg = true, allow_hyphen_values = true)]
    pub words: Vec<OsString>,
}

/// `safe-rm plan PATH...`
#[derive(Debug, Args)]
pub struct Plan {
    /// What would be deleted
    #[arg(required = true, value_name = "PATH", value_parser = path())]
    pub paths: Vec<OsString>,
    /// Compare possible copies byte by byte, wherever there are some
    #[arg(long)]
    pub verify: bool,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm undo [ID or PATH]`
#[derive(Debug, Args)]
pub struct Undo {
    /// A plan's id (its beginning will do) or the path that was deleted
    #[arg(value_name = "ID or PATH", value_parser = path())]
    pub what: Option<OsString>,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm policy`
#[derive(Debug, Args)]
pub struct Policy {
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm purge [ID..]`
#[derive(Debug, Args)]
pub struct Purge {
    /// Ids of deletions (their beginnings will do); without one, all that is due
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// What was deleted longer ago than this, as 7d or 36h; by default `trash.keep` of the policy
    #[arg(long, value_name = "AGE", conflicts_with = "ids")]
    pub older_than: Option<String>,
    /// Ordinary files that are due, without a question; models never
    #[arg(long, conflicts_with = "ids")]
    pub expired: bool,
    /// Leave out what is refused and ask for the rest
    #[arg(long)]
    pub only_allowed: bool,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm ls [ROOT..]`
#[derive(Debug, Args)]
pub struct Ls {
    /// Where to look; by default the policy's roots, else here
    #[arg(value_name = "ROOT", value_parser = path())]
    pub roots: Vec<OsString>,
    /// Only these: "size>1GB", "age>30d", kind=checkpoint, family=qwen3, verdict=allowed,
    /// label=none
    #[arg(short, long, value_name = "FILTER")]
    pub filter: Vec<String>,
    /// What stands first
    #[arg(long, value_enum, default_value_t = Sort::Irreplaceable)]
    pub sort: Sort,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Compare possible copies byte by byte
    #[arg(long)]
    pub verify: bool,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sort {
    /// What nothing would bring back
    Irreplaceable,
    /// The largest
    Size,
    /// The oldest
    Age,
    /// By path
    Path,
}

/// `safe-rm trash`
#[derive(Debug, Args)]
pub struct Trash {
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm label PATH...`
#[derive(Debug, Args)]
pub struct Label {
    /// A model's folder, the folder of a run, or a single weight file
    #[arg(required = true, value_name = "PATH", value_parser = path())]
    pub paths: Vec<OsString>,
    /// What it is, as `Qwen3-8B, our support chats`
    #[arg(long, value_name = "NAME", value_parser = value())]
    pub model: Option<String>,
    /// When it was trained
    #[arg(long, value_name = "WHEN", value_parser = value())]
    pub trained: Option<String>,
    /// How many steps it was trained for
    #[arg(long, value_name = "N")]
    pub steps: Option<u64>,
    /// The model that it was made of
    #[arg(long, value_name = "NAME", value_parser = value())]
    pub base: Option<String>,
    /// The run that made it
    #[arg(long, value_name = "NAME", value_parser = value())]
    pub run: Option<String>,
    /// Anything else worth knowing
    #[arg(long, value_name = "TEXT", value_parser = value())]
    pub note: Option<String>,
    /// Pin it: safe-rm then refuses to delete it; `no` takes that back
    #[arg(long, value_name = "WHY", value_parser = value())]
    pub keep: Option<String>,
    /// Say that it may go although it is one of the last; `no` takes that back
    #[arg(long, value_name = "WHY", value_parser = value())]
    pub retired: Option<String>,
    /// Label every model below that has no label
    #[arg(long)]
    pub recursive: bool,
    /// Show the labels and write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm log`
#[derive(Debug, Args)]
pub struct Log {
    /// Check that no line was changed or taken out
    #[arg(long)]
    pub verify: bool,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

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
    #[arg(value_name = "ID")]
    pub id: String,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm deny ID`
#[derive(Debug, Args)]
pub struct Deny {
    /// The request (the beginning of its id will do)
    #[arg(value_name = "ID")]
    pub id: String,
    /// What the caller is told
    #[arg(long, value_name = "TEXT", value_parser = value())]
    pub why: Option<String>,
}

/// `safe-rm cancel ID`
#[derive(Debug, Args)]
pub struct Cancel {
    /// The request (the beginning of its id will do)
    #[arg(value_name = "ID")]
    pub id: String,
}

/// `safe-rm wait ID`
#[derive(Debug, Args)]
pub struct Wait {
    /// The request (the beginning of its id will do)
    #[arg(value_name = "ID")]
    pub id: String,
    /// Give up after so long, as 90s or 10m; by default when the request expires
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<String>,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm explain RULE`
#[derive(Debug, Args)]
pub struct Explain {
    /// A rule's id, as refusals name it; without one, all of them
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm ack`
#[derive(Debug, Args)]
pub struct Ack {
    /// `clock`, or the folder whose label says `Retired:`
    #[arg(value_name = "clock|DIR", value_parser = path())]
    pub what: OsString,
}
