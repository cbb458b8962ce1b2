//! A progress line on stderr, once something takes longer than a second.

use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::words::size;
use crate::look::Progress;

/// Runs `work` and shows how far it is. Only a terminal gets the line.
pub fn watch<T>(progress: &Progress, work: impl FnOnce() -> T) -> T {
    if !stderr().is_terminal() {
        return work();
    }
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let line = scope.spawn(|| show(progress, &over));
        // Dropped by a panic as well, or the line would wait for ever.
        let _end = End { over: &over, line: line.thread().clone() };
        work()
    })
}

struct End<'a> {
    over: &'a AtomicBool,
    line: std::thread::Thread,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        self.line.unpark();
    }
}

fn show(progress: &Progress, over: &AtomicBool) {
    let start = std::time::Instant::now();
    let mut bar: Option<ProgressBar> = None;
    while !over.load(Ordering::Acquire) {
        std::thread::park_timeout(Duration::from_millis(100));
        if start.elapsed() < Duration::from_secs(1) {
            continue;
        }
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{spinner} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar
        });
        let entries = progress.entries.load(Ordering::Relaxed);
        let bytes = size(progress.bytes.load(Ordering::Relaxed));
        bar.set_message(format!("looking: {entries} entries, {bytes}"));
        bar.tick();
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}
