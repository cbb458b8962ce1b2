//! `safe-rm man`: safe-rm(1), or the pages of all commands into a folder.

use std::path::Path;

use anyhow::{Context, Result};

use super::Exit;
use crate::act;
use crate::cli;
use crate::shell;
use crate::tell::{self, Voice};

/// Prints one or writes all.
pub(super) fn run(args: &cli::Man, voice: Voice) -> Result<Exit> {
    let pages = shell::pages();
    if let Some(dir) = &args.out {
        let written = act::pages(Path::new(dir), &pages, shell::MARK)?;
        let shown = tell::harmless_path(Path::new(dir));
        voice.remark(&format!("{} pages are in {shown}", written.len()));
    } else {
        let (_, first) = pages.first().context("there are no pages")?;
        tell::verbatim(first);
    }
    Ok(Exit::Done)
}
