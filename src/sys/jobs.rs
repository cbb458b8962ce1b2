//! Sessions, process groups, and how a child ends, stops and goes on.

use std::ffi::{CString, OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawnp};
use nix::sys::signal::{SigSet, Signal::SIGPIPE as PIPE};
use rustix::process::{
    Pid, Signal, WaitOptions, WaitStatus, getpgid, getpgrp, getpid, getppid, getsid, kill_process,
    kill_process_group, setsid, wait,
};
use rustix::termios::{tcgetpgrp, tcsetpgrp};

/// What became of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It ended with this code.
    Ended(i32),
    /// It was ended by this signal.
    Killed(i32),
    /// It was stopped by this signal.
    Stopped(i32),
}

/// A child, by its process id.
#[derive(Clone, Copy, Debug)]
pub struct Child(Pid);

/// Makes this process the parent of whatever below it loses its own.
///
/// # Errors
/// As prctl(2).
pub fn adopt_orphans() -> io::Result<()> {
    Ok(rustix::process::set_child_subreaper(Some(getpid()))?)
}

/// What a child is given for its three standard streams: a terminal, or what this process has.
#[derive(Debug)]
pub struct Streams<'a> {
    /// The terminal.
    pub terminal: Option<&'a OwnedFd>,
    /// Which of them are terminals.
    pub which: [bool; 3],
}

/// Starts a command with these streams.
///
/// # Errors
/// As execve(2).
pub fn spawn(command: &mut Command, streams: &Streams<'_>) -> io::Result<Child> {
    let stream = |at: usize| match streams.terminal {
        Some(terminal) if streams.which[at] => terminal.try_clone().map(Stdio::from),
        _ => Ok(Stdio::inherit()),
    };
    let child = command.stdin(stream(0)?).stdout(stream(1)?).stderr(stream(2)?).spawn()?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    pid.map(Child).ok_or_else(|| io::Error::other("the process has no id"))
}

/// Starts a command in a session of its own, with this process's streams, and one variable more. As
/// [`Command`] has it, no signal is blocked there, and a pipe that nobody reads ends it.
///
/// # Errors
/// As posix_spawn(3); nothing was started then.
pub fn spawn_in_session(command: &[OsString], variable: &str) -> io::Result<Child> {
    // Of spawn.h, in glibc and musl alike; the crate has no name for it.
    let session = PosixSpawnFlags::from_bits_retain(0x80);
    let mut attributes = PosixSpawnAttr::init()?;
    let signals = PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF | PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK;
    attributes.set_flags(session | signals)?;
    attributes.set_sigmask(&SigSet::empty())?;
    attributes.set_sigdefault(&SigSet::from(PIPE))?;
    let text = |bytes: Vec<u8>| CString::new(bytes).map_err(io::Error::from);
    let words = command.iter().map(|word| text(word.clone().into_vec()));
    let words = words.collect::<io::Result<Vec<CString>>>()?;
    let program = words.first().ok_or_else(|| io::Error::other("there is no command"))?;
    let others = std::env::vars_os().filter(|(name, _)| name != variable);
    let all = others.chain([(variable.into(), "1".into())]);
    let all = all.map(|(name, value)| text([name.as_bytes(), b"=", value.as_bytes()].concat()));
    let all = all.collect::<io::Result<Vec<CString>>>()?;
    let actions = PosixSpawnFileActions::init()?;
    let pid = posix_spawnp(program, &actions, &attributes, &words, &all)?;
    Pid::from_raw(pid.as_raw()).map(Child).ok_or_else(|| io::Error::other("the process has no id"))
}

/// As itself, once more, by whatever name it now has.
#[must_use]
pub fn itself() -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg0("safe-rm");
    command
}

/// A command in a process group of its own.
#[must_use]
pub fn in_own_group(program: &OsStr) -> Command {
    let mut command = Command::new(program);
    command.process_group(0);
    command
}

/// Becomes the command; comes back only where that fails.
#[must_use]
pub fn become_it(command: &mut Command) -> io::Error {
    command.exec()
}

/// Leaves the session, and takes this terminal for that of the new one.
///
/// # Errors
/// As setsid(2) and `TIOCSCTTY`.
pub fn new_session(terminal: Option<&File>) -> io::Result<()> {
    setsid()?;
    if let Some(terminal) = terminal {
        rustix::process::ioctl_tiocsctty(terminal)?;
    }
    Ok(())
}

/// The terminal that one of the standard streams is.
///
/// # Errors
/// Where none is one.
pub fn terminal_of_streams() -> io::Result<File> {
    let which = super::pty::streams();
    let at = which.iter().position(|is| *is);
    let at = at.ok_or_else(|| io::Error::other("no standard stream is a terminal"))?;
    let std = [rustix::stdio::stdin(), rustix::stdio::stdout(), rustix::stdio::stderr()];
    Ok(File::from(std[at].try_clone_to_owned()?))
}

/// Lets go of those standard streams that are no terminals: whoever reads or writes the other end
/// sees only what the command does with it.
pub fn let_go(which: [bool; 3]) {
    let Ok(null) = OpenOptions::new().read(true).write(true).open("/dev/null") else { return };
    if !which[0] {
        let _ = rustix::stdio::dup2_stdin(&null);
    }
    if !which[1] {
        let _ = rustix::stdio::dup2_stdout(&null);
    }
    if !which[2] {
        let _ = rustix::stdio::dup2_stderr(&null);
    }
}

/// Whether the terminal is for this process group now; one that is not its own is taken for that.
#[must_use]
pub fn is_in_front(terminal: impl AsFd) -> bool {
    tcgetpgrp(terminal).map_or(true, |front| front == getpgrp())
}

/// Whether the terminal is gone.
#[must_use]
pub fn is_gone(terminal: impl AsFd) -> bool {
    rustix::termios::tcgetattr(terminal).is_err()
}

/// Whether nobody would wake this process group if it were stopped (POSIX: it is orphaned).
fn is_orphaned() -> bool {
    let parent = getppid();
    let sits_with = |pid| getsid(pid).is_ok_and(|sid| getsid(None) == Ok(sid));
    let minds = parent.is_some() && sits_with(parent) && getpgid(parent) != Ok(getpgrp());
    !minds
}

fn named(signal: i32) -> Option<Signal> {
    Signal::from_named_raw(signal)
}

/// Stops this process as its child was stopped, and the whole process group with it where a key did
/// that. Comes back when it goes on.
pub fn stop_as(signal: i32, alone: bool) {
    if is_orphaned() && !alone {
        return;
    }
    if !alone && named(signal) != Some(Signal::STOP) {
        let _ = rustix::process::kill_current_process_group(Signal::TSTP);
    }
    let _ = kill_process(getpid(), Signal::STOP);
}

impl Child {
    /// Sends it a signal.
    pub fn signal(self, signal: i32) {
        if let Some(signal) = named(signal) {
            let _ = kill_process(self.0, signal);
        }
    }

    /// Sends its process group a signal.
    pub fn signal_group(self, signal: i32) {
        if let Some(signal) = named(signal) {
            let _ = kill_process_group(self.0, signal);
        }
    }

    /// Lets it go on after a stop.
    pub fn go_on(self) {
        let _ = kill_process_group(self.0, Signal::CONT)
            .or_else(|_| kill_process(self.0, Signal::CONT));
    }

    /// Gives it the terminal, or, where it has that already, says so.
    pub fn takes(self, terminal: &File) -> bool {
        let had = tcgetpgrp(terminal) == Ok(self.0);
        had || {
            let _ = tcsetpgrp(terminal, self.0);
            false
        }
    }

    /// What became of it since the last time. Orphans that were adopted are laid to rest.
    #[must_use]
    pub fn turn(self) -> Option<Turn> {
        loop {
            let (pid, status) = wait(WaitOptions::NOHANG | WaitOptions::UNTRACED).ok()??;
            if let Some(turn) = turn(status).filter(|_| pid == self.0) {
                return Some(turn);
            }
        }
    }
}

/// Whether a stopped job only wanted the terminal.
#[must_use]
pub fn wanted_terminal(signal: i32) -> bool {
    [Some(Signal::TTIN), Some(Signal::TTOU)].contains(&named(signal))
}

fn turn(status: WaitStatus) -> Option<Turn> {
    let ended = status.exit_status().map(Turn::Ended);
    let killed = || status.terminating_signal().map(Turn::Killed);
    ended.or_else(killed).or_else(|| status.stopping_signal().map(Turn::Stopped))
}
