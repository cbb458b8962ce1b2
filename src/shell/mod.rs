//! What shells and man are told, all of it made from the clap definition. Pure text: nothing here reads
//! or writes a file.
//!
//! The scripts are made here and not by `clap_complete`, which was tried: its script for Bash offers no
//! path where a command may stand, that for Zsh wants all paths before the command, and none of them
//! can ask for ids. Paths are completed by the shells themselves, which know how to quote them.

mod bash;
mod fish;
mod grammar;
mod init;
mod man;
mod quote;
mod zsh;

pub use init::{Init, aliases, first_in_path, guarded};
pub use man::{MARK, pages};

use crate::cli::{Shell, documented};
use grammar::Grammar;
use quote::quoted;

/// The program, as a script calls it.
#[derive(Clone, Debug)]
pub struct Called {
    /// The word that is completed.
    pub name: String,
    /// By what it is run; a path where the word would lead elsewhere.
    pub word: Vec<u8>,
}

/// The script that completes the words of the program.
#[must_use]
pub fn completions(shell: Shell, called: &Called) -> Vec<u8> {
    let grammar = Grammar::of(&documented());
    let text = match shell {
        Shell::Bash => bash::script(&grammar),
        Shell::Zsh => zsh::script(&grammar),
        Shell::Fish => fish::script(&grammar),
    };
    let text = text.replace("@NAME@", &called.name);
    // A path need not be UTF-8: it is put in last, as it is.
    let mut out = Vec::new();
    for (at, part) in text.split("@PROGRAM@").enumerate() {
        if at > 0 {
            out.extend(quoted(shell, &called.word));
        }
        out.extend(part.as_bytes());
    }
    out
}
