//! `safe-rm init AGENT --guard`: the alias that starts the agent in the guard, and where it goes.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::init_agent::moved;
use crate::agent;
use crate::agent::hook::Agent;
use crate::agent::setup::guard::{NOTES, StartUp, command};
use crate::cli::Shell;
use crate::policy::Policy;
use crate::shell::{self, Init};
use crate::sys::env::{self, Surroundings};

/// An alias to be written.
pub(super) struct Alias {
    /// Which agent it starts.
    pub agent: Agent,
    /// The start-up file.
    pub file: PathBuf,
    /// What it is made of.
    pub lines: String,
}

/// The alias for this agent, in the language of the user's shell.
pub(super) fn alias(
    agent: Agent,
    program: &Path,
    on_path: bool,
    s: &Surroundings,
) -> Result<Alias> {
    let home =
        s.home.as_deref().context("there is no home directory with a start-up file in it")?;
    let start_up = env::shell(s).as_deref().and_then(StartUp::of).with_context(|| {
        format!(
            "your shell is none of bash, zsh and fish: let it run `safe-rm guard -- {0}` for `{0}`",
            command(agent)
        )
    })?;
    let shell = match start_up {
        StartUp::Bash => Shell::Bash,
        StartUp::Zsh => Shell::Zsh,
        StartUp::Fish => Shell::Fish,
    };
    let init = Init { shell, program: program.as_os_str().as_bytes().to_vec(), on_path };
    let lines = String::from_utf8(shell::guarded(&init, command(agent))).ok();
    let lines =
        lines.context("the way to safe-rm is no UTF-8: link it into a directory of PATH")?;
    Ok(Alias { agent, file: start_up.file(home, &|name| moved(name, s)), lines })
}

/// What a person should know beside it.
pub(super) fn notes(policy: &Policy) -> Vec<String> {
    let mut notes: Vec<String> = NOTES.iter().map(|note| (*note).to_owned()).collect();
    if policy.roots.is_empty() {
        notes.push(
            "the policy names no `roots` yet, and without one the guard starts nothing: write \
             `roots = [\"/path/of/models\"]` into ~/.config/safe-rm/policy.toml"
                .to_owned(),
        );
    }
    notes.extend(agent::guard::impossible(None).map(|problem| problem.text));
    notes
}
