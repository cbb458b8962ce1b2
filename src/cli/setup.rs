//! What may be typed to set a shell or an agent up, and to look at that: `init`, `doctor`, `completions`,
//! `man`.

use std::ffi::OsString;

use clap::{Args, ValueEnum, ValueHint};

use super::values::path;

/// A shell whose language is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// GNU Bash
    Bash,
    /// The Z shell
    Zsh,
    /// The friendly interactive shell
    Fish,
}

/// What `safe-rm init` sets up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// Lines for ~/.bashrc
    Bash,
    /// Lines for ~/.zshrc
    Zsh,
    /// Lines for ~/.config/fish/config.fish
    Fish,
    /// The hook of Claude Code
    ClaudeCode,
    /// The hook of Codex CLI
    Codex,
    /// The hook of Gemini CLI
    Gemini,
    /// The hook of Copilot CLI
    Copilot,
    /// The hook of Cursor
    Cursor,
    /// The plugin of OpenCode
    #[value(name = "opencode")]
    OpenCode,
    /// A section of AGENTS.md
    AgentsMd,
}

impl Target {
    /// The shell that reads what is printed, where it is one.
    #[must_use]
    pub fn shell(self) -> Option<Shell> {
        Some(match self {
            Self::Bash => Shell::Bash,
            Self::Zsh => Shell::Zsh,
            Self::Fish => Shell::Fish,
            _ => return None,
        })
    }
}

/// `safe-rm init TARGET`
#[derive(Debug, Args)]
pub struct Init {
    /// A shell: bash, zsh or fish, which evaluates what is printed; or an agent: claude-code, codex,
    /// gemini, copilot, cursor, opencode, whose settings get the hook; or agents-md
    #[arg(value_enum, hide_possible_values = true, value_name = "SHELL|AGENT")]
    pub target: Option<Target>,
    /// Of a shell, instead of the alias: a link DIR/rm to safe-rm, and DIR first in PATH; scripts
    /// see it too
    #[arg(long, value_name = "DIR", value_parser = path(), value_hint = ValueHint::DirPath)]
    pub shim: Option<OsString>,
    /// Of an agent: change the file; without it the change is only shown
    #[arg(long)]
    pub write: bool,
    /// Of an agent: the file of this repository, not the user's own
    #[arg(long)]
    pub project: bool,
    /// Of an agent: not the hook, but an alias in the shell's start-up file that starts it in the guard
    #[arg(long)]
    pub guard: bool,
    /// Take the link away again; of an agent what was written for it, with `--write`
    #[arg(long)]
    pub remove: bool,
    /// Of an agent: answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm doctor`
#[derive(Debug, Args)]
pub struct Doctor {
    /// Answer with one JSON document on stdout
    #[arg(long)]
    pub json: bool,
}

/// `safe-rm completions SHELL`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum, hide_possible_values = true, value_name = "bash|zsh|fish")]
    pub shell: Shell,
    /// What the program is called there, if not safe-rm
    #[arg(long, value_name = "NAME", default_value = "safe-rm", value_parser = command_name)]
    pub name: String,
}

/// `safe-rm man`
#[derive(Debug, Args)]
pub struct Man {
    /// Write the page of every command there, instead of printing safe-rm(1)
    #[arg(long, value_name = "DIR", value_parser = path(), value_hint = ValueHint::DirPath)]
    pub out: Option<OsString>,
}

/// A name that is the same word in every shell.
fn command_name(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("the name of a command is made of letters, digits and `._+-`".to_owned())
    }
}
