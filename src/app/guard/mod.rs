//! `safe-rm guard -- COMMAND`: starts it where the kernel lets it delete nothing that is protected.
//!
//! This process stays outside: the terminal, the signals and the end of the command pass through it.
//! A thread of it goes into the guard and starts the command in a session of its own; where there is a
//! terminal it starts the program once more, which makes that session and keeps it for the command.

mod inner;
mod outer;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, anyhow, bail};

use super::world::{self, World};
use super::{End, Exit, failed};
use crate::agent::guard::{self, Picture, Wanted};
use crate::cli;
use crate::keep;
use crate::sys::jobs::{self, Child, Streams, Turn};
use crate::sys::pty::{self, Pty};
use crate::sys::signals;
use crate::sys::{env, errors};
use crate::tell::{self, Voice};

pub(super) use inner::inner;

/// Set for the command, as a courtesy.
const MARK: &str = "SAFE_RM_GUARDED";
/// Plays an older kernel; looked at by builds with debug assertions only.
const OLDER: &str = "SAFE_RM_TEST_LANDLOCK";
/// What a shell says of a command that is not there, and of one that cannot be run.
const NOT_FOUND: u8 = 127;
const NOT_RUN: u8 = 126;

/// Starts the command, or shows what the guard would be.
pub(super) fn run(args: &cli::guard::Guard, voice: Voice) -> End {
    guarded(args, voice).unwrap_or_else(|error| failed(&error, voice))
}

fn guarded(args: &cli::guard::Guard, voice: Voice) -> Result<End> {
    if !cfg!(target_os = "linux") {
        bail!("the guard is not available here: it is made of Linux' Landlock");
    }
    let world = world::plain()?;
    let cwd = world.surroundings.cwd.as_deref();
    let at_most = env::lookup(OLDER).filter(|_| cfg!(debug_assertions));
    let wanted = Wanted {
        protect: absolute(&args.protect, cwd)?,
        read_only: absolute(&args.read_only, cwd)?,
        allow: absolute(&args.allow_delete, cwd)?,
        at_most: at_most.and_then(|version| version.parse().ok()),
    };
    let picture = guard::picture(&wanted, &world.surroundings, &world.policy);
    let exit = match picture.problems.as_slice() {
        [] => Exit::Done,
        problems if problems.iter().any(|p| p.usage) => Exit::Usage,
        _ => Exit::Refused,
    };
    if args.check {
        voice.guard(&picture);
        return Ok(End::Own(exit));
    }
    if exit != Exit::Done {
        voice.no_guard(&picture.problems);
        return Ok(End::Own(exit));
    }
    let made = own_folders(&world)?;
    // What was not there is protected by what it is, not by what it would be.
    let picture =
        if made { guard::picture(&wanted, &world.surroundings, &world.policy) } else { picture };
    if let Some(text) = tell::helpers(&picture.helpers) {
        voice.remark(&text);
    }
    start(&picture, &args.command)
}

/// Makes the folders of the state and of the home trash: what is first made in the guard can be made as a link
/// to where deleting is granted. Where this user cannot make one, neither can the command. Says whether
/// any was made.
fn own_folders(world: &World) -> Result<bool> {
    let s = &world.surroundings;
    let mut made = false;
    let halves =
        s.home_trash.iter().flat_map(|trash| ["files", "info"].map(|half| trash.join(half)));
    let all = s.state.iter().cloned().chain(halves);
    for folder in all.filter(|folder| !folder.is_dir()) {
        match keep::make_own(&folder, (s.user != s.euid).then_some(s.user)) {
            Ok(()) => made = true,
            Err(error) if error.downcast_ref::<io::Error>().is_some_and(errors::is_refused) => {}
            Err(error) => {
                let text = format!("cannot make `{}`, which must be protected", folder.display());
                return Err(error.context(text));
            }
        }
    }
    Ok(made)
}

fn absolute(paths: &[OsString], cwd: Option<&Path>) -> Result<Vec<PathBuf>> {
    let one = |path: &OsString| match cwd {
        _ if Path::new(path).is_absolute() => Ok(PathBuf::from(path)),
        Some(cwd) => Ok(cwd.join(path)),
        None => {
            Err(anyhow!("there is no working directory here: write `{}` in full", path.display()))
        }
    };
    paths.iter().map(one).collect()
}

fn start(picture: &Picture, command: &[OsString]) -> Result<End> {
    let which = pty::streams();
    let caught = signals::catch().context("cannot catch signals")?;
    jobs::adopt_orphans().context("cannot adopt what the command leaves")?;
    let terminal = which.iter().position(|is| *is);
    let made = terminal.map(|at| {
        let outer = pty::again(at)?;
        let pty = pty::like(&outer)?;
        io::Result::Ok((outer, pty))
    });
    let made = made.transpose().context("cannot make a terminal for the command")?;
    let pty = made.as_ref().map(|(_, pty)| pty);
    let child = thread::scope(|scope| scope.spawn(|| inside(picture, command, pty, which)).join())
        .map_err(|_| anyhow!("the guard could not be made"))??;
    jobs::let_go(which);
    let turn = match made {
        Some((outer, Pty { master, slave })) => {
            drop(slave);
            outer::with_terminal(child, &caught, outer, master, which)
        }
        None => outer::without(child, &caught),
    };
    Ok(match turn.context("cannot wait for the command")? {
        Turn::Killed(signal) | Turn::Stopped(signal) => {
            signals::end_by(signal);
            End::Of(u8::try_from(128 + signal).unwrap_or(u8::MAX))
        }
        Turn::Ended(code) => End::Of(u8::try_from(code).unwrap_or(u8::MAX)),
    })
}

/// What the thread does that goes into the guard.
fn inside(
    picture: &Picture,
    command: &[OsString],
    pty: Option<&Pty>,
    which: [bool; 3],
) -> Result<Child> {
    let left = picture.enforce().context("the guard could not be made, and nothing was started")?;
    for (folder, why) in left {
        let folder = tell::harmless_path(&folder);
        Voice::Aside.remark(&format!("nothing in {folder} can be deleted in the guard: {why}"));
    }
    // Where there is no terminal to keep, one start of a program is spared. What is not started like that,
    // as a script without a first line, is left to the step inside: it says why, or knows a shell for it.
    if pty.is_none()
        && let Ok(child) = jobs::spawn_in_session(command, MARK)
    {
        return Ok(child);
    }
    let mut again = jobs::itself();
    let how = if pty.is_some() { inner::KEPT } else { inner::ALONE };
    again.args(["guard", inner::WORD, how, "--"]).args(command).env(MARK, "1");
    let streams = Streams { terminal: pty.map(|pty| &pty.slave), which };
    jobs::spawn(&mut again, &streams).context("cannot start the program once more")
}
