//! What a shell's start-up file evaluates: `rm` is safe-rm from then on, and words are completed.

use super::quote::quoted;
use super::{Called, completions};
use crate::cli::Shell;

/// The name by which messages and documents call the program.
const NAME: &str = "safe-rm";

/// What the lines need to know.
#[derive(Clone, Debug)]
pub struct Init {
    /// The shell that evaluates them.
    pub shell: Shell,
    /// The program's file, absolute.
    pub program: Vec<u8>,
    /// Whether PATH leads to it by its name.
    pub on_path: bool,
}

impl Init {
    fn word(&self) -> Vec<u8> {
        if self.on_path { NAME.into() } else { self.program.clone() }
    }

    fn completions(&self) -> Vec<u8> {
        let called = Called { name: NAME.to_owned(), word: self.word() };
        let mut out = completions(self.shell, &called);
        out.extend(match self.shell {
            Shell::Bash => &b"complete -o nosort -F _safe_rm_as_rm rm\n"[..],
            Shell::Zsh => b"(( $+functions[compdef] )) && compdef _safe_rm_as_rm rm\n",
            // fish completes rm's own options by itself.
            Shell::Fish => b"",
        });
        out
    }

    /// The word as code: run as a command, whatever functions and aliases there are.
    fn code(&self) -> Vec<u8> {
        quoted(self.shell, &self.word())
    }
}

/// The aliases and the completions. Where PATH does not lead to the program by its name, the name is an
/// alias as well: what messages say to type is then this program, and no other of that name.
#[must_use]
pub fn aliases(init: &Init) -> Vec<u8> {
    let code = init.code();
    let mut out = Vec::new();
    match init.shell {
        Shell::Bash | Shell::Zsh => {
            let alias = |name: &str, value: &[u8]| {
                [b"alias ", name.as_bytes(), b"=", &quoted(init.shell, value), b"\n"].concat()
            };
            out.extend(alias("rm", &[&code[..], b" rm"].concat()));
            if !init.on_path {
                out.extend(alias(NAME, &code));
            }
        }
        Shell::Fish => {
            let function = |name: &str, more: &str| {
                let head = format!("function {name} --description 'safe-rm{more}'\n    command ");
                let tail = format!("{more} $argv\nend\n");
                [head.as_bytes(), &code, tail.as_bytes()].concat()
            };
            out.extend(function("rm", " rm"));
            if !init.on_path {
                out.extend(function(NAME, ""));
            }
        }
    }
    out.extend(init.completions());
    out
}

/// A command that is started in the guard from then on.
#[must_use]
pub fn guarded(init: &Init, command: &str) -> Vec<u8> {
    let code = init.code();
    let words = [&code[..], b" guard -- ", command.as_bytes()].concat();
    match init.shell {
        Shell::Bash | Shell::Zsh => {
            [b"alias ", command.as_bytes(), b"=", &quoted(init.shell, &words), b"\n"].concat()
        }
        Shell::Fish => {
            let head = format!("function {command} --description 'safe-rm guard'\n    command ");
            [head.as_bytes(), &words, b" $argv\nend\n"].concat()
        }
    }
}

/// Puts a directory first in PATH, unless it is, and the completions.
#[must_use]
pub fn first_in_path(init: &Init, dir: &[u8]) -> Vec<u8> {
    let dir = quoted(init.shell, dir);
    let line: Vec<&[u8]> = match init.shell {
        Shell::Bash | Shell::Zsh => {
            vec![b"case $PATH in ", &dir, b":*) ;; *) export PATH=", &dir, b":\"$PATH\" ;; esac\n"]
        }
        Shell::Fish => {
            let is = b"; or set -gx PATH ";
            vec![b"test \"$PATH[1]\" = ", &dir, is, &dir, b" $PATH\n"]
        }
    };
    [line.concat(), init.completions()].concat()
}
