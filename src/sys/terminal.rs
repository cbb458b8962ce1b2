//! The controlling terminal.

use std::fs::{File, OpenOptions};
use std::io;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::termios::{OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;

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

/// Whether this process is one that the terminal is for now, and not one in the background.
#[must_use]
pub fn is_in_front(terminal: &File) -> bool {
    rustix::termios::tcgetpgrp(terminal).is_ok_and(|front| front == rustix::process::getpgrp())
}

/// Whether the standard input is a terminal.
#[must_use]
pub fn is_stdin() -> bool {
    rustix::termios::isatty(rustix::stdio::stdin())
}

/// Reads one line from the standard input and nothing behind it, so that another program can read
/// on from there; an empty one at the end.
///
/// # Errors
/// As read(2).
pub fn line_of_stdin() -> io::Result<Vec<u8>> {
    let (mut line, mut byte) = (Vec::new(), [0]);
    loop {
        match rustix::io::read(rustix::stdio::stdin(), &mut byte) {
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
            Ok(1..) if byte[0] != b'\n' => line.push(byte[0]),
            Ok(_) => return Ok(line),
        }
    }
}

/// Ends the program as it would have ended had it not ignored SIGPIPE.
pub fn end_as_by_broken_pipe() {
    let _ = emulate_default_handler(signal_hook::consts::SIGPIPE);
}

/// Throws away what was typed before now.
///
/// # Errors
/// As tcflush(3).
pub fn discard_input(terminal: &File) -> io::Result<()> {
    Ok(tcflush(terminal, QueueSelector::IFlush)?)
}

/// While it lives, a signal that ends the program first gives the terminal back as it was: a line
/// editor would leave it without echo.
#[derive(Debug)]
pub struct Kept {
    over: Arc<AtomicBool>,
    signals: Handle,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        self.signals.close();
    }
}

/// Remembers how the terminal is.
///
/// # Errors
/// Where it cannot be asked, or the signals cannot be waited for.
pub fn keep(terminal: &File) -> io::Result<Kept> {
    let (terminal, was) = (terminal.try_clone()?, tcgetattr(terminal)?);
    let over = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGHUP] {
        // Once the question is over they end the program as they always do.
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&over))?;
    }
    let mut signals = Signals::new([SIGTERM, SIGHUP])?;
    let handle = signals.handle();
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let _ = tcsetattr(&terminal, OptionalActions::Now, &was);
            let _ = emulate_default_handler(signal);
        }
    });
    Ok(Kept { over, signals: handle })
}
