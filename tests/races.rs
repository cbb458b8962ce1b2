//! Races: while a deletion runs, targets, the folders around them and the folders in them are swapped
//! with links to something precious, as fast as the kernel can. Nothing outside is ever touched, and
//! nothing that was not planned is unlinked.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::{BIN, Sandbox, Terminal, has_tool, snapshot};
use rustix::fs::{CWD, RenameFlags, renameat_with};

/// How long each kind of swap goes on.
const EACH: Duration = Duration::from_secs(5);

/// Swaps two paths until it is stopped; how often.
struct Swapper {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Swapper {
    fn new(a: PathBuf, b: PathBuf, count: Arc<AtomicU64>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !seen.load(Ordering::Relaxed) {
                if renameat_with(CWD, &a, CWD, &b, RenameFlags::EXCHANGE).is_ok() {
                    count.fetch_add(1, Ordering::Relaxed);
                }
                // Leave moments in which a plan can come true.
                std::thread::sleep(Duration::from_micros(300));
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Swapper {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
    }
}

/// One kind of swap, with one kind of deletion, again and again.
fn race(mode: &str, target: &str, swap: (&str, &str)) {
    let (runs, swaps) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut went = 0;
    let end = Instant::now() + EACH;
    while Instant::now() < end {
        let sandbox = Sandbox::later();
        for n in 0..40 {
            sandbox.file(&format!("p/t/in/f{n}"), "planned");
            sandbox.file(&format!("precious/t/in/f{n}"), "precious");
            sandbox.file(&format!("precious/in/f{n}"), "precious");
        }
        let work = sandbox.work();
        let precious = work.join("precious");
        // The link stands beside what it is swapped with, and leads to the precious twin of it.
        let twin = match swap.1 {
            "p-link" => precious.clone(),
            "p/t-link" => precious.join("t"),
            _ => precious.join("in"),
        };
        symlink(twin, work.join(swap.1)).unwrap();
        let before = snapshot(&precious);
        let mut args = vec![target];
        if !mode.is_empty() {
            args.insert(0, mode);
        }
        let mut terminal = Terminal(common::person::spawn(&sandbox.command(&args), 20_000));
        // A link above the target that stands there from the beginning is followed, and its plan
        // names what is behind it: that swap begins with the word.
        let early = swap.0 != "p" && runs.load(Ordering::Relaxed).is_multiple_of(2);
        let swapper = || Swapper::new(work.join(swap.0), work.join(swap.1), Arc::clone(&swaps));
        let mut racing = early.then(swapper);
        let asked = terminal.0.exp_string("anything else to stop").is_ok();
        if asked {
            racing = racing.or_else(|| Some(swapper()));
            terminal.0.send_line("DELETE");
        }
        let shown = terminal.0.exp_eof().unwrap_or_default();
        let status = terminal.0.wait();
        drop(racing);
        assert!(
            snapshot(&precious) == before,
            "{mode} {target}, the precious was touched: {shown}"
        );
        let top = sandbox.home().parent().unwrap().to_path_buf();
        let left = walkdir::WalkDir::new(top).into_iter().flatten();
        let left = left.filter(|e| e.file_type().is_file());
        let left = left.filter(|e| std::fs::read(e.path()).unwrap() == b"planned").count();
        let done = status == 0;
        went += u64::from(done);
        let freed = done && mode == "--permanent";
        // A link is a target as well: it may have gone in the place of the folder that it stood for.
        assert!(left == 40 || (freed && left == 0), "{mode} {target}: {left} of 40: {shown}");
        runs.fetch_add(1, Ordering::Relaxed);
    }
    let (runs, swaps) = (runs.load(Ordering::Relaxed), swaps.load(Ordering::Relaxed));
    let _ = writeln!(
        std::io::stderr(),
        "{mode} {target} against {}: {runs} runs, {went} went, {swaps} swaps",
        swap.1
    );
    assert!(runs > 3 && swaps > 100, "{runs} runs, {swaps} swaps");
}

#[test]
fn to_the_trash() {
    for swap in [("p/t", "p/t-link"), ("p", "p-link"), ("p/t/in", "p/t/in-link")] {
        race("", "p/t", swap);
    }
}

#[test]
fn for_good() {
    for swap in [("p/t", "p/t-link"), ("p", "p-link"), ("p/t/in", "p/t/in-link")] {
        race("--permanent", "p/t", swap);
    }
}

/// After the word, whatever is removed is removed by name in an open folder, never by a path.
#[test]
fn every_removal_is_relative_to_an_open_folder() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let sandbox = Sandbox::later();
    for n in 0..30 {
        sandbox.file(&format!("old/a/b{n}/f"), "x");
    }
    let trace = sandbox.home().join("trace");
    let set = "trace=/unlink.*,/rmdir,/rename.*,/openat2?,/open";
    let args = ["-f", "-e", set, "-o", trace.to_str().unwrap(), BIN, "--permanent", "old"];
    let command = sandbox.command_of("strace", &args);
    let mut terminal = Terminal(common::person::spawn(&command, 30_000));
    terminal.prompt();
    terminal.line("DELETE");
    assert_eq!(terminal.end().1, 0);
    let text = std::fs::read_to_string(trace).unwrap();
    let removals: Vec<_> = text
        .lines()
        .filter(|l| ["unlink", "rmdir", "rename"].iter().any(|c| l.contains(c)))
        .filter(|l| !l.contains("resumed") && !l.contains("exited"))
        .collect();
    assert!(removals.len() >= 63, "{removals:#?}");
    for line in &removals {
        // `unlinkat(7, "f", 0)`: a number first, then a name without a slash.
        let args = line.split_once('(').unwrap().1;
        assert!(args.starts_with(|c: char| c.is_ascii_digit()), "{line}");
        let names = args.split('"').skip(1).step_by(2);
        assert!(names.into_iter().all(|name| !name.contains('/')), "{line}");
    }
    let opened = text.lines().filter(|l| l.contains("openat2(")).count();
    assert!(opened >= 31, "every folder that is emptied is opened beneath the one around it");
    assert!(text.lines().filter(|l| l.contains("openat2(")).all(|l| l.contains("RESOLVE_BENEATH")));
}
