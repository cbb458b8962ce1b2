//! What an agent's settings need so that it asks the hook, as pure functions of the text that is there:
//! one file an agent, and the change as text. Nothing here reads or writes a file.
//!
//! Settings belong to a person. What is inserted is inserted as text, so that other hooks, unknown keys,
//! their order, comments and blanks stay as they are, and the way back is the same cut backwards.

mod agents_md;
mod canary;
mod claude_code;
mod codex;
mod command;
mod copilot;
mod cursor;
mod edit;
mod fired;
mod gemini;
pub mod guard;
mod hooks;
mod jsonc;
mod opencode;
mod places;
mod section;

use std::path::Path;

pub use canary::{Deletes, call, denies};
pub use command::{line, program_in};
pub use fired::{Fired, fired, off};
pub use opencode::program as opencode_program;
pub use places::{Places, Scope, file};

use super::hook::Agent;

/// What is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An agent that has hooks.
    Hook(Agent),
    /// The text that agents read: no hook.
    AgentsMd,
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is as it should be.
    Nothing,
    /// Something is put in, and nothing taken out.
    Adds,
    /// What an earlier run has put in becomes another.
    Replaces,
    /// What was put in is taken out.
    Removes,
}

/// A change of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it does.
    pub kind: Kind,
    /// The text as it is to be; none where the file goes, or never was.
    pub new: Option<String>,
}

/// Why a file is not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The reason.
    pub why: String,
    /// What a person would put in by hand.
    pub by_hand: Option<String>,
}

impl Change {
    fn nothing(old: Option<&str>) -> Self {
        Self { kind: Kind::Nothing, new: old.map(str::to_owned) }
    }
}

/// The text with the hook in it.
///
/// # Errors
/// Where it cannot be put in without losing something.
pub fn add(target: Target, program: &Path, old: Option<&str>) -> Result<Change, Refused> {
    match target {
        Target::AgentsMd => agents_md::add(old),
        Target::Hook(Agent::OpenCode) => opencode::add(program, old),
        Target::Hook(agent) => hooks::add(agent, program, old),
    }
}

/// The text without it.
///
/// # Errors
/// Where it cannot be taken out without losing something else.
pub fn remove(target: Target, program: &Path, old: Option<&str>) -> Result<Change, Refused> {
    let Some(text) = old else { return Ok(Change::nothing(None)) };
    match target {
        Target::AgentsMd => agents_md::remove(text),
        Target::Hook(Agent::OpenCode) => Ok(opencode::remove(text)),
        Target::Hook(agent) => hooks::remove(agent, program, text),
    }
}

/// What a person should know of this agent's hooks.
#[must_use]
pub fn notes(target: Target, scope: Scope) -> Vec<&'static str> {
    let mut notes = match target {
        Target::AgentsMd => return agents_md::NOTES.to_vec(),
        Target::Hook(Agent::ClaudeCode) => claude_code::NOTES.to_vec(),
        Target::Hook(Agent::Codex) => codex::NOTES.to_vec(),
        Target::Hook(Agent::Gemini) => gemini::NOTES.to_vec(),
        Target::Hook(Agent::Copilot) => copilot::NOTES.to_vec(),
        Target::Hook(Agent::Cursor) => cursor::NOTES.to_vec(),
        Target::Hook(Agent::OpenCode) => opencode::NOTES.to_vec(),
    };
    if scope == Scope::Project {
        notes.push(
            "the file names the program by its path on this machine: think before you commit it",
        );
    }
    notes
}

/// A hook of one agent: under which event, and its entry as JSON, `@COMMAND@` for the command line.
struct Entry {
    event: &'static str,
    text: &'static str,
}
