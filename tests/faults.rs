//! The fault matrix: killed at, or failed in, every call with which a deletion changes anything,
//! every byte is where it was, or in the trash with a record, or was to be deleted and resumable.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use common::{BIN, Sandbox, Snapshot, Terminal, has_tool};

/// The calls that change something, or open what is changed.
const CALLS: &[&str] = &[
    "flock",
    "openat",
    "openat2",
    "mkdirat",
    "write",
    "fsync",
    "fdatasync",
    "renameat2",
    "unlinkat",
    "getdents64",
    "fallocate",
    "ftruncate",
];

/// A run under strace; the words are typed where a question is asked.
fn strace(sandbox: &Sandbox, options: &[&str], args: &[&str]) -> (String, i32) {
    let mut all = vec!["-f", "-qq"];
    all.extend(options);
    all.push(BIN);
    all.extend(args);
    let command = sandbox.command_of("strace", &all);
    let mut terminal = Terminal(common::person::spawn(&command, 20_000));
    let asked = terminal.0.exp_string("anything else to stop").is_ok();
    if asked {
        terminal.0.send_line("DELETE");
    }
    let shown = terminal.0.exp_eof().unwrap_or_default();
    (shown, i32::from(terminal.0.wait() != 0))
}

/// Of each call, which ones (counted from 1) the main thread makes after the word was typed.
fn points(sandbox: &Sandbox, args: &[&str]) -> BTreeMap<String, (usize, usize)> {
    let trace = sandbox.home().join("trace");
    let set = format!("trace={},ioctl", CALLS.join(","));
    strace(sandbox, &["-e", &set, "-o", trace.to_str().unwrap()], args);
    let text = std::fs::read_to_string(&trace).unwrap();
    std::fs::remove_file(trace).unwrap();
    let main = text.split_whitespace().next().unwrap().to_owned();
    let mut found: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut asked, mut acting) = (false, false);
    for line in text.lines().filter(|l| l.split_whitespace().next() == Some(&main)) {
        // `123  openat(..`
        let rest = line[main.len()..].trim_start();
        let Some((call, _)) = rest.split_once('(') else { continue };
        // What was typed ahead is thrown away before the word is read, and the lock that keeps other
        // runs waiting is the first thing after it.
        if call == "ioctl" {
            asked |= rest.contains("TCFLSH");
            continue;
        }
        acting |= asked && call == "flock" && rest.contains("LOCK_EX");
        let (before, all) = found.entry(call.to_owned()).or_default();
        *all += 1;
        if !acting {
            *before += 1;
        }
    }
    found
}

fn filled() -> Sandbox {
    let sandbox = Sandbox::later();
    for name in ["one", "two"] {
        for file in ["a", "b", "sub/c"] {
            sandbox.file(&format!("{name}/{file}"), format!("{name} {file}"));
        }
    }
    sandbox.file("bystander", "not asked about");
    sandbox
}

/// The contents of all files below a folder, however they are named there.
fn contents(root: &Path) -> Vec<Vec<u8>> {
    let files = walkdir::WalkDir::new(root).into_iter().flatten();
    let mut all: Vec<_> = files
        .filter(|e| e.file_type().is_file())
        .map(|e| std::fs::read(e.path()).unwrap())
        .filter(|text| text.starts_with(b"one ") || text.starts_with(b"two "))
        .collect();
    all.sort();
    all
}

/// Whether the run has recorded that it begins to unlink.
fn freeing(sandbox: &Sandbox) -> bool {
    let journal = sandbox.home().join(".local/state/safe-rm/journal.jsonl");
    std::fs::read_to_string(journal).unwrap_or_default().contains(r#""event":"freeing""#)
}

/// What stands at a target's old path is whole, or nothing is.
fn whole_or_gone(sandbox: &Sandbox, before: &Snapshot, what: &str) {
    let now = sandbox.snapshot();
    assert!(now.contains_key(Path::new("bystander")), "{what}: a bystander is gone");
    for name in ["one", "two"] {
        let of = |all: &Snapshot| {
            all.iter()
                .filter(|(p, _)| p.starts_with(name))
                .map(|(p, e)| (p.clone(), e.clone()))
                .collect()
        };
        let (then, now): (Snapshot, Snapshot) = (of(before), of(&now));
        assert!(now.is_empty() || now == then, "{what}: {name} is half there");
    }
}

/// One fault: what is where afterwards, and what the next command makes of it.
fn check(args: &[&str], prepare: &dyn Fn(&Sandbox), call: &str, nth: usize, fault: &str) {
    let what = format!("{args:?} {call} {nth} {fault}");
    let sandbox = filled();
    let before = sandbox.snapshot();
    let all = contents(&sandbox.work());
    prepare(&sandbox);
    let inject = format!("inject={call}:{fault}:when={nth}");
    let (shown, code) = strace(&sandbox, &["-e", &inject, "-o", "/dev/null"], args);
    let top = sandbox.home().parent().unwrap().to_path_buf();
    let permanent = args.contains(&"--permanent") || args.contains(&"purge");
    whole_or_gone(&sandbox, &before, &what);
    let begun = freeing(&sandbox);
    if !(permanent && begun) {
        assert_eq!(contents(&top), all, "{what}: a file is gone: {shown}");
    }
    if fault.starts_with("error") && code != 0 && !begun {
        assert!(
            // Which thread reads which folder differs from run to run: a fault can come before the
            // question as well, and is then a refusal.
            shown.contains("REFUSED")
                || shown.contains("safe-rm: ")
                || shown.contains("failed")
                || shown.contains("changed")
                // The terminal itself could not be opened: nobody was asked.
                || shown.contains("nothing was touched"),
            "{what}: {shown}"
        );
    }
    // The next run sees to what is left, or undo does; both leave every byte that is there.
    let left = contents(&top);
    if permanent {
        sandbox.run(&["bystander"]);
        whole_or_gone(&sandbox, &before, &what);
        assert_eq!(contents(&top), left, "{what}: the next run lost something");
        if !begun && args.contains(&"--permanent") {
            assert_eq!(sandbox.snapshot(), before, "{what}: not put back");
        }
    } else {
        sandbox.run(&["undo"]);
        assert_eq!(sandbox.snapshot(), before, "{what}: not put back");
    }
    assert!(sandbox.run(&["log", "--verify"]).code == 0, "{what}: the journal broke");
}

fn matrix(args: &'static [&'static str], prepare: &dyn Fn(&Sandbox)) {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let trial = filled();
    prepare(&trial);
    let points = points(&trial, args);
    let mut tried = 0;
    for (call, (before, all)) in &points {
        for nth in before + 1..=*all {
            for fault in ["signal=KILL", "error=ENOSPC", "error=EIO"] {
                check(args, prepare, call, nth, fault);
                tried += 1;
            }
        }
    }
    let _ = writeln!(std::io::stderr(), "{args:?}: {tried} faults tried");
    assert!(tried > 60, "{points:?}");
}

#[test]
fn to_the_trash() {
    matrix(&["one", "two"], &|_| {});
}

#[test]
fn for_good() {
    matrix(&["--permanent", "one", "two"], &|_| {});
}

#[test]
fn out_of_the_trash() {
    matrix(&["purge", "--older-than", "0s"], &|sandbox| {
        sandbox.delete(&["one", "two"]);
    });
}

/// Undo is a rename back: killed anywhere, a second one does the rest.
#[test]
fn back_again() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    for call in ["renameat2", "unlinkat", "write", "fdatasync", "fsync", "flock"] {
        for nth in 1..=6 {
            for fault in ["signal=KILL", "error=EIO"] {
                let sandbox = filled();
                let before = sandbox.snapshot();
                let all = contents(&sandbox.work());
                sandbox.delete(&["one", "two"]);
                let inject = format!("inject={call}:{fault}:when={nth}");
                let args = ["-f", "-qq", "-e", &inject, "-o", "/dev/null", BIN, "undo"];
                sandbox.command_of("strace", &args).output().unwrap();
                let what = format!("undo {call} {nth} {fault}");
                whole_or_gone(&sandbox, &before, &what);
                assert_eq!(contents(sandbox.home().parent().unwrap()), all, "{what}");
                sandbox.run(&["undo"]);
                sandbox.run(&["undo"]);
                assert_eq!(sandbox.snapshot(), before, "{what}");
            }
        }
    }
}
