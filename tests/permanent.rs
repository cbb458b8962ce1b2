//! For good: what is freed was detached and compared before, and what cannot be freed is told.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::path::PathBuf;

use common::{BIN, Sandbox, Terminal, has_tool};

fn rooms(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".local/share/Trash/safe-rm")
}

fn empty(sandbox: &Sandbox) -> bool {
    std::fs::read_dir(rooms(sandbox)).is_ok_and(|d| d.count() == 0)
}

#[test]
fn what_is_freed_is_gone_and_said_so() {
    let sandbox = Sandbox::later();
    for d in 0..20 {
        for f in 0..50 {
            sandbox.file(&format!("old/d{d}/f{f}"), "x");
        }
    }
    sandbox.file("old/link-target", "x");
    std::os::unix::fs::symlink("/etc", sandbox.work().join("old/link")).unwrap();
    sandbox.file("stays", "x");
    std::fs::hard_link(sandbox.work().join("stays"), sandbox.work().join("old/second")).unwrap();
    let shown = sandbox.delete(&["--permanent", "old"]);
    assert!(shown.contains("nothing brings it back"), "{shown}");
    assert!(shown.contains("freed: "), "{shown}");
    assert!(!sandbox.work().join("old").exists());
    assert!(empty(&sandbox), "the room is taken away");
    assert!(sandbox.work().join("stays").exists() && std::path::Path::new("/etc").exists());
    let undo = sandbox.run(&["undo", "old"]);
    assert_eq!(undo.code, 1);
    assert!(undo.said().contains("freed for good"), "{undo:?}");
    assert!(sandbox.run(&["log", "--verify"]).out.contains("is freed"));
}

#[test]
fn a_file_a_link_and_a_fifo_are_freed() {
    let sandbox = Sandbox::later();
    sandbox.file("file", "x");
    sandbox.file("target", "x");
    std::os::unix::fs::symlink("target", sandbox.work().join("link")).unwrap();
    let done = std::process::Command::new("mkfifo").arg(sandbox.work().join("fifo")).status();
    assert!(done.unwrap().success());
    sandbox.delete(&["--permanent", "file", "link", "fifo"]);
    let left: Vec<_> = sandbox.snapshot().into_keys().collect();
    assert_eq!(left, [PathBuf::from("target")]);
    assert!(empty(&sandbox));
}

/// Deeper than a path can be, with a limit on open files, and wide on every level.
#[test]
fn a_deep_tree_is_freed_under_a_limit_of_open_files() {
    let sandbox = Sandbox::later();
    let script = "import os\nos.mkdir('deep'); os.chdir('deep')\nfor i in range(12000):\n  os.mkdir('d')\n  if i % 100 == 0:\n    open('f', 'w').close(); os.mkdir('side')\n  os.chdir('d')";
    if !has_tool("python3", &["--version"]) {
        return;
    }
    assert!(sandbox.command_of("python3", &["-c", script]).status().unwrap().success());
    let line = format!("ulimit -n 256; exec {BIN} --permanent deep");
    let command = sandbox.command_of("bash", &["-c", &line]);
    let mut terminal = Terminal(common::person::spawn(&command, 60_000));
    terminal.prompt();
    terminal.line("DELETE");
    let (shown, code) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    assert!(!sandbox.work().join("deep").exists() && empty(&sandbox), "{shown}");
}

/// Flat folders are split between threads.
#[test]
fn a_flat_folder_of_many_files_is_freed() {
    let sandbox = Sandbox::later();
    std::fs::create_dir(sandbox.work().join("flat")).unwrap();
    for n in 0..20_000 {
        std::fs::write(sandbox.work().join(format!("flat/{n}")), "").unwrap();
    }
    let shown = sandbox.delete(&["--permanent", "flat"]);
    assert!(shown.contains("(20001 entries)"), "{shown}");
    assert!(!sandbox.work().join("flat").exists());
}

/// What changed before the comparison is put back, whole.
#[test]
fn a_change_before_the_comparison_puts_it_back() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let sandbox = Sandbox::later();
    sandbox.file("one/notes.txt", "one");
    sandbox.file("two/notes.txt", "two");
    let inject = "inject=renameat2:delay_enter=1500000:when=2";
    let args = ["-f", "-e", inject, "-o", "/dev/null", BIN, "--permanent", "one", "two"];
    let command = sandbox.command_of("strace", &args);
    let mut terminal = Terminal(common::person::spawn(&command, 30_000));
    terminal.prompt();
    terminal.line("DELETE");
    while sandbox.work().join("one").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    sandbox.file("two/notes.txt", "saved just now");
    let (shown, code) = terminal.end();
    assert_eq!(code, 3, "{shown}");
    assert_eq!(std::fs::read(sandbox.work().join("one/notes.txt")).unwrap(), b"one");
    assert_eq!(std::fs::read(sandbox.work().join("two/notes.txt")).unwrap(), b"saved just now");
    assert!(empty(&sandbox));
}

/// What came into a folder after the comparison is not unlinked; it is told where it is, and undo
/// brings back what is left.
#[test]
fn what_came_after_the_comparison_stays_and_is_told() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let sandbox = Sandbox::later();
    for n in 0..50 {
        sandbox.file(&format!("old/d/f{n}"), "x");
    }
    // The intent is fsynced once, then the directories, then what begins the removal.
    let inject = "inject=unlinkat:delay_enter=1500000:when=1";
    let args = ["-f", "-e", inject, "-o", "/dev/null", BIN, "--permanent", "old"];
    let command = sandbox.command_of("strace", &args);
    let mut terminal = Terminal(common::person::spawn(&command, 60_000));
    terminal.prompt();
    terminal.line("DELETE");
    while sandbox.work().join("old").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    std::thread::sleep(std::time::Duration::from_millis(700));
    let room = std::fs::read_dir(rooms(&sandbox)).unwrap().next().unwrap().unwrap().path();
    std::fs::write(room.join("0/d/late"), "three days of training").unwrap();
    let (shown, code) = terminal.end();
    assert_eq!(code, 1, "{shown}");
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("the rest is in"), "{shown}");
    let undo = sandbox.run(&["undo", "old"]);
    assert_eq!(undo.code, 0, "{undo:?}");
    let back = std::fs::read_dir(sandbox.work()).unwrap().next().unwrap().unwrap().path();
    assert!(back.to_string_lossy().contains("old.incomplete-"), "{back:?}");
    assert_eq!(std::fs::read(back.join("d/late")).unwrap(), b"three days of training");
    assert!(empty(&sandbox));
}

#[test]
fn purge_judges_again_and_asks_again() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_full", "model");
    sandbox.label("model", "Qwen3");
    sandbox.file("notes/x", "x");
    sandbox.delete(&["model", "notes"]);
    let listed = sandbox.run(&["trash"]);
    assert!(listed.out.contains("work/model") && listed.out.contains("1 model"), "{listed:?}");
    assert_eq!(sandbox.run(&["purge"]).code, 0, "nothing is due");
    let id =
        sandbox.run(&["trash", "--json"]).json()["items"][0]["id"].as_str().unwrap().to_owned();
    // No terminal, no purge.
    let answer = sandbox.run(&["purge", &id]);
    assert_eq!(answer.code, 4, "{answer:?}");
    // A label that is gone by now is missed.
    let label = sandbox.home().join(".local/share/Trash/files/model/MODEL_INFO.txt");
    let text = std::fs::read(&label).unwrap();
    std::fs::remove_file(&label).unwrap();
    let answer = sandbox.run(&["purge", "--json", &id]);
    assert_eq!((answer.code, answer.rules()), (3, vec!["unlabeled".to_owned()]), "{answer:?}");
    std::fs::write(&label, text).unwrap();
    let shown = sandbox.delete(&["purge", &id]);
    assert!(shown.contains("nothing brings it back"), "{shown}");
    assert!(empty(&sandbox));
    let trash = sandbox.home().join(".local/share/Trash");
    for half in ["files", "info"] {
        assert_eq!(std::fs::read_dir(trash.join(half)).unwrap().count(), 0, "{half}");
    }
    assert_eq!(sandbox.run(&["undo"]).code, 1);
    assert_eq!(sandbox.run(&["trash", "--json"]).json()["items"], serde_json::json!([]));
}

/// Ordinary files past their date go without a question; a model never.
#[test]
fn only_ordinary_files_expire() {
    let mut sandbox = Sandbox::later();
    sandbox.fixture("qwen3_full", "model");
    sandbox.label("model", "Qwen3");
    sandbox.file("notes/x", "x");
    sandbox.delete(&["model"]);
    sandbox.delete(&["notes"]);
    assert_eq!(sandbox.run(&["purge", "--expired"]).code, 0);
    assert_eq!(sandbox.run(&["trash", "--json"]).json()["items"].as_array().unwrap().len(), 2);
    let later = chrono::Utc::now() + chrono::Duration::days(18);
    sandbox.clock = Some(later.to_rfc3339());
    let answer = sandbox.run(&["purge", "--expired"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let left = sandbox.run(&["trash", "--json"]).json();
    let left = left["items"].as_array().unwrap();
    assert_eq!(left.len(), 1);
    assert!(left[0]["path"].as_str().unwrap().ends_with("model"));
    assert_eq!(sandbox.run(&["purge"]).code, 4, "a model needs a person");
}

/// The date is the one of the journal: a hand in the info file moves nothing.
#[test]
fn the_date_is_the_journals() {
    let sandbox = Sandbox::later();
    sandbox.file("notes/x", "x");
    sandbox.delete(&["notes"]);
    let info = sandbox.home().join(".local/share/Trash/info/notes.trashinfo");
    let text = std::fs::read_to_string(&info).unwrap();
    let (head, _) = text.split_once("DeletionDate").unwrap();
    std::fs::write(&info, format!("{head}DeletionDate=2001-01-01T00:00:00\n")).unwrap();
    assert_eq!(sandbox.run(&["purge", "--expired"]).code, 0);
    assert_eq!(sandbox.run(&["trash", "--json"]).json()["items"].as_array().unwrap().len(), 1);
}

#[test]
fn the_policy_can_free_at_once_and_says_so() {
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    let sandbox = Sandbox::later();
    sandbox.file("notes/x", "x");
    let etc = "mount -t tmpfs none /etc && mkdir /etc/safe-rm";
    let script = format!(
        "{etc} && echo 'mode = \"permanent\"' > /etc/safe-rm/policy.toml && {BIN} plan notes"
    );
    let output = sandbox.command_of("unshare", &["-m", "sh", "-c", &script]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("policy: mode is weaker than the default"), "{text}");
    assert!(text.contains("freed at once, for good"), "{text}");
    // A user's file in its XDG place may not weaken.
    sandbox.file("../home/.config/safe-rm/policy.toml", "mode = \"permanent\"\n");
    assert!(sandbox.run(&["plan", "notes"]).out.contains("to the trash"));
}

#[test]
fn a_clock_set_back_refuses_until_a_person_confirms_it() {
    let mut sandbox = Sandbox::later();
    sandbox.file("a/x", "x");
    sandbox.file("b/x", "x");
    sandbox.delete(&["a"]);
    let back = chrono::Utc::now() + chrono::Duration::days(9);
    sandbox.clock = Some(back.to_rfc3339());
    assert_eq!(sandbox.run(&["--json", "b"]).rules(), ["clock"]);
    assert_eq!(sandbox.run(&["ack", "clock"]).code, 4);
    let mut terminal = sandbox.at_terminal(&["ack", "clock"]);
    terminal.prompt();
    terminal.line("YES");
    assert_eq!(terminal.end().1, 0);
    sandbox.delete(&["b"]);
}

#[test]
fn a_retired_series_may_go_once_a_person_has_said_so() {
    let sandbox = Sandbox::later();
    for step in [1, 2] {
        sandbox.fixture("qwen3_full", &format!("run/step-{step}"));
    }
    sandbox.file("run/MODEL_INFO.txt", "Model: Qwen3\nRetired: superseded by run 8\n");
    assert_eq!(sandbox.run(&["--json", "run/step-2"]).rules(), ["keep-last"]);
    let mut terminal = sandbox.at_terminal(&["ack", "run"]);
    let shown = terminal.prompt();
    assert!(shown.contains("superseded by run 8"), "{shown}");
    terminal.line("YES");
    assert_eq!(terminal.end().1, 0);
    assert_eq!(sandbox.run(&["plan", "--json", "run"]).rules(), Vec::<String>::new());
    // Another text is another label.
    sandbox.file("run/MODEL_INFO.txt", "Model: Qwen3\nRetired: and more\n");
    assert_eq!(sandbox.run(&["plan", "--json", "run"]).rules(), ["keep-last"]);
}

/// A run under strace with something held up, watched until its target is out of its place.
fn held_up(sandbox: &Sandbox, inject: &str) -> Terminal {
    let args = ["-f", "-e", inject, "-o", "/dev/null", BIN, "--permanent", "old"];
    let command = sandbox.command_of("strace", &args);
    let mut terminal = Terminal(common::person::spawn(&command, 60_000));
    terminal.prompt();
    terminal.line("DELETE");
    while sandbox.work().join("old").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    terminal
}

/// Between the comparison and the listing something comes: of that folder not one name is unlinked.
#[test]
fn a_folder_that_is_not_as_it_was_compared_is_left_whole() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let sandbox = Sandbox::later();
    for n in 0..20 {
        sandbox.file(&format!("old/d/f{n}"), "x");
    }
    // The first makes the intent durable, the second that the unlinking begins.
    let terminal = held_up(&sandbox, "inject=fdatasync:delay_enter=2000000:when=2");
    std::thread::sleep(std::time::Duration::from_millis(700));
    let room = std::fs::read_dir(rooms(&sandbox)).unwrap().next().unwrap().unwrap().path();
    std::fs::write(room.join("0/d/late"), "three days of training").unwrap();
    let (shown, code) = terminal.end();
    assert_eq!(code, 1, "{shown}");
    assert_eq!(std::fs::read_dir(room.join("0/d")).unwrap().count(), 21, "{shown}");
}

/// Once the word is typed, Ctrl-C stops the program as it stops any other.
#[test]
fn ctrl_c_stops_the_unlinking() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let sandbox = Sandbox::later();
    for n in 0..20 {
        sandbox.file(&format!("old/f{n}"), "x");
    }
    let mut terminal = held_up(&sandbox, "inject=unlinkat:delay_enter=400000");
    std::thread::sleep(std::time::Duration::from_millis(900));
    terminal.0.send_control('c');
    let _ = terminal.0.exp_eof();
    let room = std::fs::read_dir(rooms(&sandbox)).unwrap().next().unwrap().unwrap().path();
    let left = std::fs::read_dir(room.join("0")).unwrap().count();
    assert!((1..20).contains(&left), "{left} left");
}
