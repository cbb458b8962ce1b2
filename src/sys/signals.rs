//! Signals as flags, with one pipe that wakes whoever waits.

use std::io;
use std::os::fd::IntoRawFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGTERM, SIGTRAP,
    SIGTSTP, SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU, SIGXFSZ,
};
use signal_hook::low_level::emulate_default_handler;

/// Of signal.h; the crate has no names for them.
#[cfg(target_os = "linux")]
const POWER_AND_COPROCESSOR: &[i32] = &[30, 16];
#[cfg(not(target_os = "linux"))]
const POWER_AND_COPROCESSOR: &[i32] = &[];

/// What is passed on to the command as it comes.
const PASSED: &[i32] = &[
    SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP, SIGALRM, SIGVTALRM, SIGPROF,
    SIGIO, SIGABRT, SIGTRAP, SIGXCPU, SIGXFSZ,
];

/// The signals that came since they were last asked for.
#[derive(Debug)]
pub struct Caught {
    flags: Vec<(i32, Arc<AtomicBool>)>,
    /// Has something to read after a signal.
    pub wake: UnixStream,
}

/// Begins to catch those that concern a command. What was ignored stays ignored: so would the
/// command have ignored it.
///
/// # Errors
/// As sigaction(2).
pub fn catch() -> io::Result<Caught> {
    let (wake, woken) = UnixStream::pair()?;
    wake.set_nonblocking(true)?;
    let ignored = ignored();
    // For as long as this process lives: handlers cannot be asked to let go of it.
    let woken = woken.into_raw_fd();
    let wanted = passed_on().chain([SIGCHLD, SIGCONT, SIGWINCH]);
    let mut flags = Vec::new();
    for signal in wanted.filter(|s| ignored & (1 << (s - 1)) == 0) {
        let flag = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal, Arc::clone(&flag))?;
        signal_hook::low_level::pipe::register_raw(signal, woken)?;
        flags.push((signal, flag));
    }
    Ok(Caught { flags, wake })
}

fn passed_on() -> impl Iterator<Item = i32> {
    PASSED.iter().chain(POWER_AND_COPROCESSOR).copied()
}

/// The mask of ignored signals.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

impl Caught {
    fn take(&self, signal: i32) -> bool {
        self.flags.iter().any(|(s, flag)| *s == signal && flag.swap(false, Ordering::SeqCst))
    }

    /// Whether a child changed.
    #[must_use]
    pub fn child(&self) -> bool {
        self.take(SIGCHLD)
    }

    /// Whether the size of the terminal changed.
    #[must_use]
    pub fn size(&self) -> bool {
        self.take(SIGWINCH)
    }

    /// Whether it goes on after a stop.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        self.take(SIGCONT)
    }

    /// Forgets that it was told to stop.
    pub fn forget_stop(&self) {
        let _ = self.take(SIGTSTP);
    }

    /// Those to be passed on.
    #[must_use]
    pub fn passed(&self) -> Vec<i32> {
        passed_on().filter(|s| self.take(*s)).collect()
    }
}

/// Whether the signal is one that a terminal sends when a key is typed, and which that is.
#[must_use]
pub fn is_typed(signal: i32) -> bool {
    [SIGINT, SIGQUIT].contains(&signal)
}

/// Stops what runs in front of a terminal when a key is typed.
pub const KEY: i32 = SIGTSTP;

/// Tells that the size of the terminal changed.
pub const WINDOW: i32 = SIGWINCH;

/// Whether it says that the terminal is gone.
#[must_use]
pub fn is_hangup(signal: i32) -> bool {
    signal == SIGHUP
}

/// Ends this process by the signal, without another memory image of it.
pub fn end_by(signal: i32) {
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    let _ = emulate_default_handler(signal);
}
