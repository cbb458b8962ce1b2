//! What may be typed.

mod agents;
mod documented;
pub mod guard;
mod help;
pub mod rm;
mod setup;
mod values;

pub use agents::{Approve, Cancel, Deny, Hook, Requests, Wait};
pub use documented::documented;
pub use setup::{Completions, Doctor, Init, Man, Shell, Target};

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand, ValueHint};
use values::{path, value};

/// The version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Moves AI-model folders to the trash, and only what a person has seen and confirmed.
#[derive(Debug, Parser)]
#[command(
    name = "safe-rm",
    version,
    about = "run instead of rm on AI-model folders",
    help_template = "{before-help}\n",
    before_help = help::SHORT,
    before_long_help = help::LONG,
    max_term_width = 80,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
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
    #[command(
        after_help = "example: safe-rm rm -r build/    (`safe-rm rm --help` lists rm's options)"
    )]
    Rm(RmWords),
    /// Show the plan and nothing else
    #[command(after_help = "example: safe-rm plan old_run/ run7/checkpoint-200")]
    Plan(Plan),
    /// Put back what the last deletion, or this one, moved to the trash
    #[command(after_help = help::UNDO)]
    Undo(Undo),
    /// Show the policy in force and where each value comes from
    Policy(Policy),
    /// Free for good what lies in the trash: what is named, or what is due
    #[command(after_help = help::PURGE)]
    Purge(Purge),
    /// List every model below, what it is, and whether it could go today
    #[command(after_help = "example: safe-rm ls ~/models -f 'size>10GB' -f verdict=allowed")]
    Ls(Ls),
    /// List what lies in the trash, by when it is due
    Trash(Trash),
    /// Write a MODEL_INFO.txt beside a model, pre-filled with what its files say
    #[command(
        after_help = "example: safe-rm label --model Qwen3-8B --run nov-a out/checkpoint-900"
    )]
    Label(Label),
    /// Show what safe-rm has done
    Log(Log),
    /// List what callers without a person have asked for
    Requests(Requests),
    /// Look again at what was asked for, and delete it if you say so
    #[command(after_help = "example: safe-rm approve 9f2c")]
    Approve(Approve),
    /// Say no to a request
    #[command(after_help = "example: safe-rm deny 9f2c --why 'the other run is the old one'")]
    Deny(Deny),
    /// Take a request back
    #[command(after_help = "example: safe-rm cancel 9f2c")]
    Cancel(Cancel),
    /// Wait for a person's answer to a request
    #[command(after_help = "example: safe-rm wait 9f2c --timeout 10m")]
    Wait(Wait),
    /// Say what a rule is for and what lifts it
    #[command(after_help = "example: safe-rm explain keep-last")]
    Explain(Explain),
    /// Say as a person that the clock is right, or that a label's `Retired:` is meant
    #[command(after_help = "example: safe-rm ack runs/old")]
    Ack(Ack),
    /// Make `rm` of a shell safe-rm, or have a coding agent ask it before each call
    #[command(after_help = help::INIT)]
    Init(Init),
    /// Check the set-up, and fire a harmless call through each agent's hook
    #[command(after_help = help::DOCTOR)]
    Doctor(Doctor),
    /// Print the completions of a shell, for its own folder of them
    #[command(after_help = help::COMPLETIONS)]
    Completions(Completions),
    /// Print safe-rm(1), or write the man pages of all commands
    #[command(after_help = "example: safe-rm man --out ~/.local/share/man/man1")]
    Man(Man),
    /// Judge one call of a coding agent's tool, given on stdin, before it runs
    #[command(after_help = "example: safe-rm hook claude-code < call.json")]
    Hook(Hook),
    /// Serve coding agents over stdin and stdout, in the Model Context Protocol
    #[command(after_help = "example: claude mcp add safe-rm -- safe-rm mcp")]
    Mcp,
    /// Print the JSON schema of what --json answers with
    #[command(after_help = "example: safe-rm schema plan")]
    Schema(Schema),
    /// Start a command in which nothing that is protected can be deleted, by any program
    #[command(after_help = help::GUARD)]
    Guard(guard::Guard),
}

/// `safe-rm PATH...`
#[derive(Debug, Args)]
pub struct Delete {
    /// What to delete
    #[arg(required = true, value_hint = ValueHint::AnyPath, value_name = "PATH", value_parser = path())]
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
    #[arg(required = true, value_hint = ValueHint::DirPath, value_name = "PATH", value_parser = path())]
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
    #[arg(value_hint = ValueHint::Other, value_name = "ID or PATH", value_parser = path())]
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
    #[arg(value_hint = ValueHint::Other, value_name = "ID")]
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
    #[arg(value_hint = ValueHint::DirPath, value_name = "ROOT", value_parser = path())]
    pub roots: Vec<OsString>,
    /// Only these: "size>1GB", "age>30d", kind=checkpoint, family=qwen3, verdict=allowed,
    /// label=none
    #[arg(short, long, value_name = "FILTER")]
    pub filter: Vec<String>,
    /// What stands first: irreplaceable, size, age or path
    #[arg(long, value_enum, hide_possible_values = true, default_value_t = Sort::Irreplaceable)]
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
    #[arg(required = true, value_hint = ValueHint::DirPath, value_name = "PATH", value_parser = path())]
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

/// `safe-rm explain RULE`
#[derive(Debug, Args)]
pub struct Explain {
    /// A rule's id, as refusals name it; without one, all of them
    #[arg(value_hint = ValueHint::Other, value_name = "RULE")]
    pub rule: Option<String>,
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm ack`
#[derive(Debug, Args)]
pub struct Ack {
    /// `clock`, or the folder whose label says `Retired:`
    #[arg(value_hint = ValueHint::DirPath, value_name = "clock|DIR", value_parser = path())]
    pub what: OsString,
}

/// `safe-rm schema [NAME]`
#[derive(Debug, Args)]
pub struct Schema {
    /// Whose schema; without one, the names of all documents
    #[arg(value_hint = ValueHint::Other, value_name = "NAME")]
    pub name: Option<String>,
    /// Answer with one JSON document on stdout: the schemas of all
    #[arg(long)]
    pub json: bool,
}
