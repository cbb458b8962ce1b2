//! `safe-rm init TARGET`: what makes a shell, or all that runs in it, call safe-rm for `rm`.
//!
//! Only the words of the target go to stdout, since a start-up file evaluates them.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Exit, init_agent, usage};
use crate::act;
use crate::cli;
use crate::shell::{self, Init};
use crate::sys::env;
use crate::tell::{self, Voice, harmless_path as shown};

/// What is said where no target was.
const TARGETS: &str = "error: say what is to be set up, as in `safe-rm init claude-code`:
  a shell    bash, zsh, fish
  an agent   claude-code, codex, gemini, copilot, cursor, opencode
  in words   agents-md
`safe-rm init --help` says more";

/// Prints the lines; with a directory the link comes first. Of an agent it sees to the settings.
pub(super) fn run(args: &cli::Init, voice: Voice) -> Result<Exit> {
    let Some(target) = args.target else {
        voice.usage(TARGETS, Exit::Usage as u8);
        return Ok(Exit::Usage);
    };
    let Some(shell) = target.shell() else {
        if args.shim.is_some() {
            return Ok(usage(
                "`--shim` is for a shell, and an agent has settings: `--write`",
                voice,
            ));
        }
        if args.guard && (args.project || target == cli::Target::AgentsMd) {
            let text =
                "`--guard` is for an agent that you start: the alias is yours, not a project's";
            return Ok(usage(text, voice));
        }
        return init_agent::run(args, target, voice);
    };
    if args.write || args.project || args.json || args.guard {
        let text = "`--write`, `--project`, `--guard` and `--json` are for agents; what this \
                    prints is evaluated";
        return Ok(usage(text, voice));
    }
    if args.remove && args.shim.is_none() {
        return Ok(usage(
            "`--remove` takes a link away: say in which directory, by `--shim`",
            voice,
        ));
    }
    let (program, on_path) = env::program("safe-rm").context("cannot say where safe-rm is")?;
    let init = Init { shell, program: program.as_os_str().as_bytes().to_vec(), on_path };
    let Some(dir) = &args.shim else {
        tell::verbatim(&shell::aliases(&init));
        return Ok(Exit::Done);
    };
    let shim = act::shim(Path::new(dir), &program)?;
    let link = shown(&shim.dir.join("rm"));
    match (args.remove, shim.there) {
        (true, true) => {
            voice.remark(&format!("taking away the link {link}; shells that run still look there"));
            shim.take_away()?;
        }
        (true, false) => voice.remark(&format!("there is no link {link}: nothing was done")),
        (false, there) => {
            if !there {
                voice.remark(&format!(
                    "making the link {link} to {}; `--remove` takes it away again",
                    shown(&program)
                ));
                shim.make()?;
                voice.remark(&format!(
                    "PATH must begin with {}: what this prints sees to that in a start-up file",
                    shown(&shim.dir)
                ));
            }
            tell::verbatim(&shell::first_in_path(&init, shim.dir.as_os_str().as_bytes()));
        }
    }
    Ok(Exit::Done)
}
