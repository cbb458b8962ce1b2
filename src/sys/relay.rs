//! Bytes between two terminals, in both directions at once, and a wake-up by signals.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// No more than this waits for a reader.
const WAITING: usize = 1 << 16;
/// How long nothing is looked at where the terminal is for another job.
const BEHIND: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// Waits for a signal.
///
/// # Errors
/// As poll(2).
pub fn wait(wake: &UnixStream) -> io::Result<()> {
    ready(&mut [PollFd::new(wake, PollFlags::IN)], None)?;
    emptied(wake);
    Ok(())
}

fn ready(fds: &mut [PollFd<'_>], most: Option<&Timespec>) -> io::Result<()> {
    match poll(fds, most) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn emptied(mut wake: &UnixStream) {
    let mut bytes = [0; 256];
    while wake.read(&mut bytes).is_ok_and(|n| n > 0) {}
}

/// One direction.
#[derive(Debug, Default)]
struct Way {
    waiting: Vec<u8>,
    /// Nothing more comes.
    dry: bool,
    /// Nobody reads.
    lost: bool,
}

impl Way {
    fn wants_more(&self) -> bool {
        !self.dry && self.waiting.len() < WAITING
    }

    fn take(&mut self, from: impl AsFd) {
        let mut bytes = [0; 16384];
        match rustix::io::read(from, &mut bytes) {
            Ok(0) => self.dry = true,
            Ok(n) if !self.lost => self.waiting.extend_from_slice(&bytes[..n]),
            Ok(_) | Err(Errno::INTR | Errno::AGAIN) => {}
            // A terminal whose other end is closed.
            Err(_) => self.dry = true,
        }
    }

    fn give(&mut self, to: impl AsFd) {
        match rustix::io::write(to, &self.waiting) {
            Ok(n) => drop(self.waiting.drain(..n)),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => {
                self.lost = true;
                self.waiting.clear();
            }
        }
    }
}

/// Between the terminal outside and the one of the command.
#[derive(Debug)]
pub struct Relay {
    outer: File,
    master: OwnedFd,
    typed: Way,
    shown: Way,
}

impl Relay {
    /// Both must not block.
    #[must_use]
    pub fn new(outer: File, master: OwnedFd) -> Self {
        Self { outer, master, typed: Way::default(), shown: Way::default() }
    }

    /// The terminal outside.
    #[must_use]
    pub fn outer(&self) -> &File {
        &self.outer
    }

    /// The command's terminal.
    #[must_use]
    pub fn master(&self) -> BorrowedFd<'_> {
        self.master.as_fd()
    }

    /// Types a key.
    pub fn key(&mut self, code: u8) {
        self.typed.waiting.push(code);
    }

    /// Waits until something can be moved or a signal came, and moves what can be. What is typed is
    /// read only where it is for the command; where it is not, this does not wait for long.
    ///
    /// # Errors
    /// As poll(2).
    pub fn turn(&mut self, wake: &UnixStream, in_front: bool) -> io::Result<()> {
        let reads = in_front && self.typed.wants_more();
        let flags = |reads: bool, writes: bool| {
            let read = if reads { PollFlags::IN } else { PollFlags::empty() };
            read | if writes { PollFlags::OUT } else { PollFlags::empty() }
        };
        let outer = flags(reads, !self.shown.waiting.is_empty());
        let inner = flags(self.shown.wants_more(), !self.typed.waiting.is_empty());
        let (told_outer, told_inner) = {
            let mut fds = vec![PollFd::new(wake, PollFlags::IN)];
            // One that is asked nothing would still tell, without end, that it is closed.
            if !outer.is_empty() {
                fds.push(PollFd::new(&self.outer, outer));
            }
            if !inner.is_empty() {
                fds.push(PollFd::new(&self.master, inner));
            }
            ready(&mut fds, if in_front { None } else { Some(&BEHIND) })?;
            let mut told = fds[1..].iter().map(PollFd::revents);
            let mut next = |asked: PollFlags| {
                if asked.is_empty() { PollFlags::empty() } else { told.next().unwrap_or(asked) }
            };
            (next(outer), next(inner))
        };
        emptied(wake);
        let gone = PollFlags::HUP | PollFlags::ERR;
        if reads && told_outer.intersects(PollFlags::IN | gone) {
            self.typed.take(&self.outer);
        }
        if self.shown.wants_more() && told_inner.intersects(PollFlags::IN | gone) {
            self.shown.take(&self.master);
        }
        if !self.typed.waiting.is_empty() && told_inner.intersects(PollFlags::OUT | gone) {
            self.typed.give(&self.master);
        }
        if !self.shown.waiting.is_empty() {
            self.shown.give(&self.outer);
        }
        Ok(())
    }

    /// Shows what the command has left to be shown.
    pub fn finish(&mut self) {
        loop {
            let before = self.shown.waiting.len();
            if self.shown.wants_more() {
                self.shown.take(&self.master);
            }
            let more = self.shown.waiting.len() > before;
            if self.shown.waiting.is_empty() {
                if !more {
                    return;
                }
                continue;
            }
            if ready(&mut [PollFd::new(&self.outer, PollFlags::OUT)], None).is_err() {
                return;
            }
            self.shown.give(&self.outer);
        }
    }
}
