//! The controlling terminal.

use std::fs::{File, OpenOptions};
use std::io;

use rustix::termios::{QueueSelector, tcflush};

/// Opens `/dev/tty`, or says that there is none.
///
/// # Errors
/// Where the process has no controlling terminal.
pub fn open() -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open("/dev/tty")
}

/// Makes the terminal the standard input, so that whatever was piped in cannot be read as an answer.
///
/// # Errors
/// As dup2(2).
pub fn becomes_stdin(terminal: &File) -> io::Result<()> {
    Ok(rustix::stdio::dup2_stdin(terminal)?)
}

/// Throws away what was typed before now.
///
/// # Errors
/// As tcflush(3).
pub fn discard_input(terminal: &File) -> io::Result<()> {
    Ok(tcflush(terminal, QueueSelector::IFlush)?)
}
