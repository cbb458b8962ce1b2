//! The programs that are judged, each by a line of a table: how its operands are found, and what is done
//! to them.

mod archives;
mod clouds;
pub(super) mod consent;
mod copies;
mod data;
mod deputies;
mod editors;
mod files;
mod find;
mod git;
mod hosts;
mod interpreters;
mod launchers;
mod others;
mod output;
mod patch;
mod powershell;
mod ptys;
mod scripts;
mod starters;
mod stores;
mod table;
mod wrappers;
mod writers;
mod xargs;

use self::data::Operands;
use super::args::rest;
use super::{Effect, Judge, Near, Why, args, code, glob};
use crate::agent::shell::{Call, Output, State};

pub(in crate::agent::judge) use self::git::Repository;
pub(in crate::agent) use self::patch::files as patch_files;
pub(in crate::agent) use self::powershell::as_shell as powershell;

/// How a program is judged.
enum How {
    /// Its operands, or some of them, are what it harms.
    Operands(Operands),
    /// It runs the words after its own options: which options have a value, and how many operands
    /// come before the command.
    Wrapper(&'static [&'static str], usize),
    /// It has a function of its own.
    Own(fn(&mut Judge<'_>, &mut State, &Call<'_>) -> Output),
}

/// A line of the table.
pub struct Program {
    /// Its names.
    pub names: &'static [&'static str],
    /// What is judged, in words, for docs/hooks.md.
    pub judged: &'static str,
    /// Whether a text with its name that no shell reads is a danger.
    removes: bool,
    how: How,
}

const fn operands(
    names: &'static [&'static str],
    judged: &'static str,
    operands: Operands,
) -> Program {
    Program { names, judged, removes: true, how: How::Operands(operands) }
}

const fn wrapper(
    names: &'static [&'static str],
    valued: &'static [&'static str],
    skip: usize,
) -> Program {
    let judged = "the command that it runs";
    Program { names, judged, removes: false, how: How::Wrapper(valued, skip) }
}

const fn own(
    names: &'static [&'static str],
    judged: &'static str,
    removes: bool,
    how: fn(&mut Judge<'_>, &mut State, &Call<'_>) -> Output,
) -> Program {
    Program { names, judged, removes, how: How::Own(how) }
}

const REMOVE: Effect = Effect::Remove { recursive: false };
const WHOLE: Effect = Effect::Remove { recursive: true };

/// All of them, in the order in which they are looked for.
pub fn all() -> impl Iterator<Item = &'static Program> {
    table::PROGRAMS.iter().chain(starters::STARTERS).chain(others::MORE)
}

/// Words before a command that the shell itself runs.
const SHELL: &[&str] = &["command", "builtin", "time", "noglob", "nocorrect", "repeat", "exec"];

/// Whether a text with this word in it that no shell reads is a danger.
pub(super) fn removes(word: &str) -> bool {
    all().any(|program| program.removes && program.names.contains(&word))
}

/// Whether this is the name of a program of the table.
pub(super) fn is_known(name: &str) -> bool {
    find(name).is_some()
}

fn find(base: &str) -> Option<&'static Program> {
    let version = |c: char| c.is_ascii_digit() || c == '.';
    let short = base.trim_end_matches(version);
    let short = if base.starts_with("mkfs") { "mkfs" } else { short };
    let named = |name: &str| all().find(|p| p.names.contains(&name));
    named(base).or_else(|| named(short))
}

/// Judges one command.
pub(super) fn judge(
    judge: &mut Judge<'_>,
    state: &mut State,
    name: &str,
    call: &Call<'_>,
) -> Output {
    // The way to a program does not change what it is.
    let base = name.rsplit('/').next().unwrap_or(name);
    let base = base.trim_start_matches('\\');
    consent::look(judge, state, base, call);
    let Some(program) = find(base) else {
        return scripts::direct(judge, state, name, call);
    };
    match &program.how {
        How::Operands(how) => {
            data::judge(judge, state, how, &call.words[1..]);
            Output::unknown(Vec::new())
        }
        How::Wrapper(valued, skip) => {
            let words = rest(&call.words[1..], valued, *skip);
            if SHELL.contains(&base) {
                judge.prefixed(state, words, call)
            } else {
                judge.inner(state, words, call)
            }
        }
        How::Own(function) => function(judge, state, call),
    }
}

/// The words after a program's name, told apart.
pub(super) fn split(call: &Call<'_>, valued: &[&str]) -> args::Args {
    args::split(&call.words[1..], valued)
}
