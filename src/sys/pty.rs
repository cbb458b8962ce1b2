//! A terminal of a command's own, between it and the one that the person sits at.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr,
    tcsetwinsize,
};

/// Both ends of it.
#[derive(Debug)]
pub struct Pty {
    /// What is read here was shown, what is written was typed.
    pub master: OwnedFd,
    /// The command's end.
    pub slave: OwnedFd,
}

/// Which of the three standard streams are terminals.
#[must_use]
pub fn streams() -> [bool; 3] {
    use rustix::stdio::{stderr, stdin, stdout};
    [stdin(), stdout(), stderr()].map(rustix::termios::isatty)
}

/// Opens the terminal that one of the streams is once more, so that how it is read and written
/// concerns nobody else.
///
/// # Errors
/// Where it cannot be opened.
pub fn again(stream: usize) -> io::Result<File> {
    let open = |path: &str| {
        let flags = (OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC).bits();
        let flags = i32::try_from(flags).unwrap_or_default();
        OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)
    };
    // After `su` the terminal is another user's; by this name everybody opens his own.
    open(&format!("/proc/self/fd/{stream}")).or_else(|_| open("/dev/tty"))
}

/// Makes one with the settings and the size of another.
///
/// # Errors
/// As openpt(3).
pub fn like(outer: impl AsFd) -> io::Result<Pty> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let master = openpt(flags)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let slave = ioctl_tiocgptpeer(&master, flags)?;
    settle(&outer, &slave)?;
    let _ = resize(&outer, &master);
    let status = rustix::fs::fcntl_getfl(&master)?;
    rustix::fs::fcntl_setfl(&master, status | OFlags::NONBLOCK)?;
    Ok(Pty { master, slave })
}

/// Gives one terminal the settings of the other.
///
/// # Errors
/// As tcsetattr(3).
pub fn settle(from: impl AsFd, to: impl AsFd) -> io::Result<()> {
    Ok(tcsetattr(to, OptionalActions::Now, &tcgetattr(from)?)?)
}

/// Gives one terminal the size of the other.
///
/// # Errors
/// As tcsetwinsize(3).
pub fn resize(from: impl AsFd, to: impl AsFd) -> io::Result<()> {
    Ok(tcsetwinsize(to, tcgetwinsize(from)?)?)
}

/// What the key of this signal sends.
#[must_use]
pub fn key(terminal: BorrowedFd<'_>, signal: i32) -> Option<u8> {
    let index = match signal {
        signal_hook::consts::SIGINT => SpecialCodeIndex::VINTR,
        signal_hook::consts::SIGQUIT => SpecialCodeIndex::VQUIT,
        _ => return None,
    };
    Some(tcgetattr(terminal).ok()?.special_codes[index]).filter(|code| *code != 0)
}

/// While it lives the terminal hands on each key as it is typed, and shows what comes as it is.
#[derive(Debug)]
pub struct Raw {
    terminal: File,
    was: Termios,
}

/// Makes it so. Where another program shares the terminal (`guard .. | less`), lines are still ended
/// as that program needs it, and Ctrl-C is for both.
///
/// # Errors
/// As tcsetattr(3).
pub fn raw(terminal: &File, shared: bool) -> io::Result<Raw> {
    let was = tcgetattr(terminal)?;
    let mut raw = was.clone();
    raw.make_raw();
    if shared {
        raw.output_modes = was.output_modes;
        raw.local_modes |= was.local_modes & LocalModes::ISIG;
        raw.special_codes[SpecialCodeIndex::VSUSP] = 0;
    }
    tcsetattr(terminal, OptionalActions::Drain, &raw)?;
    Ok(Raw { terminal: terminal.try_clone()?, was })
}

impl Drop for Raw {
    fn drop(&mut self) {
        // From the background this would stop the program; then the terminal is somebody else's.
        let own = rustix::termios::tcgetpgrp(&self.terminal);
        if own.is_err() || own.is_ok_and(|front| front == rustix::process::getpgrp()) {
            let _ = tcsetattr(&self.terminal, OptionalActions::Drain, &self.was);
        }
    }
}
