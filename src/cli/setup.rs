//! What may be typed to set a shell up: `init`, `completions`, `man`.

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
}

impl Target {
    /// The shell that reads what is printed.
    #[must_use]
    pub fn shell(self) -> Shell {
        match self {
            Self::Bash => Shell::Bash,
            Self::Zsh => Shell::Zsh,
            Self::Fish => Shell::Fish,
        }
    }
}

/// `safe-rm init TARGET`
#[derive(Debug, Args)]
pub struct Init {
    /// The shell that is to evaluate what is printed
    #[arg(value_enum, hide_possible_values = true, value_name = "bash|zsh|fish")]
    pub target: Target,
    /// Instead of the alias: a link DIR/rm to safe-rm, and DIR first in PATH; scripts see it too
    #[arg(long, value_name = "DIR", value_parser = path(), value_hint = ValueHint::DirPath)]
    pub shim: Option<OsString>,
    /// Take that link away again
    #[arg(long, requires = "shim")]
    pub remove: bool,
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
