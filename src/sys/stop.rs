//! Signals that ask the program to end, held back while something must be put away first.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag::{register_conditional_default, register_usize};
use signal_hook::low_level::emulate_default_handler;

/// The signal that came; one place for all, since signals are the program's.
fn came() -> &'static Arc<AtomicUsize> {
    static CAME: OnceLock<Arc<AtomicUsize>> = OnceLock::new();
    CAME.get_or_init(Arc::default)
}

/// Which signal has come while it was held back.
#[must_use]
pub fn seen() -> Option<i32> {
    i32::try_from(came().load(Ordering::SeqCst)).ok().filter(|signal| *signal != 0)
}

/// Holds them back until it is dropped; then one that has come ends the program.
#[derive(Debug)]
pub struct Held(Arc<AtomicBool>);

/// Begins to hold them back.
///
/// # Errors
/// As sigaction(2).
pub fn hold() -> io::Result<Held> {
    let over = Arc::new(AtomicBool::new(false));
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        register_conditional_default(signal, Arc::clone(&over))?;
        register_usize(signal, Arc::clone(came()), usize::try_from(signal).unwrap_or(0))?;
    }
    Ok(Held(over))
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
        if let Some(signal) = seen() {
            let _ = emulate_default_handler(signal);
        }
    }
}
