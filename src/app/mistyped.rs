//! A command's word that was taken for a path, and a path that would be taken for a command.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::CommandFactory;

use crate::cli::Cli;

/// The words that are commands.
fn commands() -> Vec<String> {
    let cli = Cli::command();
    let named = cli.get_subcommands().map(|c| c.get_name().to_owned());
    named.chain(["help".to_owned()]).collect()
}

fn is_there(word: &OsStr) -> bool {
    Path::new(word).symlink_metadata().is_ok()
}

/// A command's word that stands alone and is also a path here.
pub(super) fn ambiguous(argv: &[OsString]) -> Option<String> {
    let [_, word] = argv else { return None };
    let word = word.to_str()?;
    let text = format!(
        "`{word}` is a command and also a path here; write `safe-rm ./{word}` for the path, or add \
         an argument for the command"
    );
    (commands().iter().any(|c| c == word) && is_there(word.as_ref())).then_some(text)
}

/// A first path that is not there and is nearly the word of a command.
pub(super) fn mistyped(paths: &[OsString]) -> Option<String> {
    let word = paths.first()?.to_str()?;
    if word.contains('/') || is_there(word.as_ref()) {
        return None;
    }
    // One letter off is another word where there are but a few.
    let far = if word.chars().count() > 3 { 2 } else { 1 };
    let near = commands().into_iter().map(|c| (strsim::osa_distance(word, &c), c));
    let (_, command) = near.filter(|(off, _)| *off <= far).min()?;
    Some(format!(
        "cannot find `{word}`; did you mean the command `{command}`? `safe-rm --help` lists the \
         commands"
    ))
}
