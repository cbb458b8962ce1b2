//! `safe-rm completions SHELL`: a script for the folder where a shell looks for completions.

use anyhow::Result;

use super::Exit;
use crate::cli;
use crate::shell::{self, Called};
use crate::tell;

/// Prints it. It calls the program by its name: what a file says must hold on other machines too.
pub(super) fn run(args: &cli::Completions) -> Result<Exit> {
    let called = Called { name: args.name.clone(), word: args.name.clone().into_bytes() };
    tell::verbatim(&shell::completions(args.shell, &called));
    Ok(Exit::Done)
}
