//! Argv in, exit code out: one file a command, each one straight function.

mod ack;
mod approve;
mod carry_out;
mod completions;
mod delete;
mod doctor;
mod explain;
mod guard;
mod hook;
mod ids;
mod init;
mod init_agent;
mod init_guard;
mod label;
mod log;
mod ls;
mod man;
mod mcp;
mod mistyped;
mod plan;
mod policy;
mod purge;
mod request;
mod requests;
mod rm;
mod schema;
mod trash;
mod undo;
mod world;

use std::ffi::OsString;

use anyhow::Result;
use clap::Parser;

use crate::cli::{self, Cli, Command};
use crate::tell::Voice;
use world::Caller;

/// Exit codes, the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done as planned, or a plan with nothing refused.
    Done = 0,
    /// An operation failed, fully or in part.
    Failed = 1,
    /// The words were wrong.
    Usage = 2,
    /// Refused by a rule; nothing was touched.
    Refused = 3,
    /// A person's confirmation is needed and could not be had here.
    NeedsPerson = 4,
    /// A person declined; nothing was touched.
    Declined = 5,
}

/// How the program ends: with a code of the table, or with that of a command which it has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// One of the table.
    Own(Exit),
    /// The command's.
    Of(u8),
}

impl From<Exit> for End {
    fn from(exit: Exit) -> Self {
        Self::Own(exit)
    }
}

impl End {
    /// The number that whoever called the program sees.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Own(exit) => exit as u8,
            Self::Of(code) => code,
        }
    }
}

/// Runs the program. A defect in it is a failure like any other: its code is in the table.
#[must_use]
pub fn run(argv: &[OsString]) -> End {
    std::panic::catch_unwind(|| dispatch(argv)).unwrap_or_else(|_| {
        Voice::Text.remark(
            "this is a defect of safe-rm: please report it; `safe-rm undo` puts back what was moved",
        );
        Exit::Failed.into()
    })
}

fn dispatch(argv: &[OsString]) -> End {
    if let Some(end) = guard::inner(argv) {
        return end;
    }
    // rm's own grammar, whether the program is called by that name or told to be rm.
    match argv {
        [name, args @ ..] if cli::rm::is_called_rm(name) => return rm::run(name, args).into(),
        [_, word, args @ ..] if word == "rm" => return rm::run(word, args).into(),
        _ => {}
    }
    if let Some(kind) = ids::asked(argv) {
        return ids::run(kind).into();
    }
    if let Some(text) = mistyped::ambiguous(argv) {
        return usage(&text, Voice::Text).into();
    }
    let cli = match Cli::try_parse_from(argv) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            let mut words = argv.iter().take_while(|a| *a != "--");
            let json = words.any(|a| a == "--json");
            let voice = if json { Voice::Json } else { Voice::Text };
            voice.usage(&error.render().to_string(), Exit::Usage as u8);
            return Exit::Usage.into();
        }
        Err(help) => {
            let _ = help.print();
            return Exit::Done.into();
        }
    };
    let json = match &cli.command {
        None => cli.delete.json,
        Some(Command::Plan(args)) => args.json,
        Some(Command::Undo(args)) => args.json,
        Some(Command::Policy(args)) => args.json,
        Some(Command::Purge(args)) => args.json,
        Some(Command::Ls(args)) => args.json,
        Some(Command::Trash(args)) => args.json,
        Some(Command::Label(args)) => args.json,
        Some(Command::Log(args)) => args.json,
        Some(Command::Requests(args)) => args.json,
        Some(Command::Approve(args)) => args.json,
        Some(Command::Wait(args)) => args.json,
        Some(Command::Explain(args)) => args.json,
        Some(Command::Ack(_) | Command::Rm(_) | Command::Deny(_) | Command::Cancel(_)) => false,
        Some(Command::Init(args)) => args.json,
        Some(Command::Doctor(args)) => args.json,
        Some(Command::Schema(args)) => args.json,
        Some(Command::Guard(args)) => args.json,
        Some(Command::Completions(_) | Command::Man(_)) => false,
        Some(Command::Hook(_) | Command::Mcp) => false,
    };
    let voice = if json { Voice::Json } else { Voice::Text };
    if cli.command.is_none()
        && let Some(text) = mistyped::mistyped(&cli.delete.paths)
    {
        return usage(&text, voice).into();
    }
    if let Some(Command::Guard(args)) = &cli.command {
        return guard::run(args, voice);
    }
    carry(cli, &Caller::Process, voice).map_or_else(|error| failed(&error, voice), End::Own)
}

/// Something failed, and is told.
fn failed(error: &anyhow::Error, voice: Voice) -> End {
    voice.failure(error, Exit::Failed as u8);
    Exit::Failed.into()
}

/// Does what was typed, for this caller.
fn carry(cli: Cli, caller: &Caller, voice: Voice) -> Result<Exit> {
    match cli.command {
        None => delete::run(&cli.delete, caller, voice),
        Some(Command::Plan(args)) => plan::run(&args, caller, voice),
        Some(Command::Undo(args)) => undo::run(args.what.as_deref(), caller, voice),
        Some(Command::Policy(_)) => policy::run(caller, voice),
        Some(Command::Purge(args)) => purge::run(&args, voice),
        Some(Command::Ls(args)) => ls::run(&args, caller, voice),
        Some(Command::Trash(_)) => trash::run(voice),
        Some(Command::Label(args)) => label::run(args, caller, voice),
        Some(Command::Log(args)) => log::run(args.verify, voice),
        // Taken by its own grammar above; what comes here began with an option of ours.
        Some(Command::Rm(args)) => Ok(rm::run("rm".as_ref(), &args.words)),
        Some(Command::Requests(args)) => requests::list(args.all, caller, voice),
        Some(Command::Approve(args)) => approve::run(&args.id, voice),
        Some(Command::Deny(args)) => requests::deny(&args, voice),
        Some(Command::Cancel(args)) => requests::cancel(&args.id, voice),
        Some(Command::Wait(args)) => requests::wait(&args, caller, voice),
        Some(Command::Explain(args)) => explain::run(args.rule.as_deref(), voice),
        Some(Command::Ack(args)) => ack::run(&args.what, voice),
        Some(Command::Init(args)) => init::run(&args, voice),
        Some(Command::Doctor(_)) => doctor::run(voice),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man(args)) => man::run(&args, voice),
        Some(Command::Hook(args)) => Ok(hook::run(&args.agent)),
        // Its end is the command's, and nobody starts one for a client.
        Some(Command::Guard(_)) => Ok(usage("the guard is started from a shell", voice)),
        Some(Command::Mcp) => mcp::run(),
        Some(Command::Schema(args)) => Ok(schema::run(args.name.as_deref(), voice)),
    }
}

/// The words were understood, and make no sense.
fn usage(text: &str, voice: Voice) -> Exit {
    voice.failure(&anyhow::anyhow!("{text}"), Exit::Usage as u8);
    Exit::Usage
}
