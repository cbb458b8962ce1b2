//! The door: only a person at the controlling terminal who types exactly DELETE gets through.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{BIN, Sandbox, Terminal};

fn with_notes() -> Sandbox {
    let sandbox = Sandbox::later();
    sandbox.file("old/notes.txt", "hello");
    sandbox
}

#[test]
fn the_word_moves_and_undo_puts_back() {
    let sandbox = with_notes();
    let before = sandbox.snapshot();
    let shown = sandbox.delete(&["old"]);
    assert!(shown.contains("moved to the trash"), "{shown}");
    assert!(!sandbox.work().join("old").exists());
    assert!(sandbox.home().join(".local/share/Trash/files/old/notes.txt").exists());
    let info = sandbox.home().join(".local/share/Trash/info/old.trashinfo");
    let info = std::fs::read_to_string(info).unwrap();
    assert!(info.starts_with("[Trash Info]\nPath=/"), "{info}");
    let undo = sandbox.run(&["undo"]);
    assert_eq!(undo.code, 0, "{undo:?}");
    assert_eq!(sandbox.snapshot(), before);
    assert!(!sandbox.home().join(".local/share/Trash/info/old.trashinfo").exists());
    assert_eq!(sandbox.run(&["undo"]).code, 1, "it can be put back once only");
}

#[test]
fn without_a_terminal_it_asks_for_a_person() {
    let sandbox = with_notes();
    let before = sandbox.snapshot();
    let answer = sandbox.run(&["-rf", "old"]);
    assert_eq!(answer.code, 4, "{answer:?}");
    assert!(answer.flat().contains("a person approves it at a terminal"), "{answer:?}");
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn a_pipe_is_no_person() {
    let sandbox = with_notes();
    let before = sandbox.snapshot();
    for feed in ["echo DELETE", "yes DELETE"] {
        let script = format!("{feed} | {BIN} old");
        let status =
            sandbox.command_of("setsid", &["--wait", "sh", "-c", &script]).output().unwrap();
        assert_eq!(status.status.code(), Some(4), "{feed}");
    }
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn a_pipe_is_not_read_even_at_a_terminal() {
    let sandbox = with_notes();
    let script = format!("yes DELETE | {BIN} old");
    let command = sandbox.command_of("sh", &["-c", &script]);
    let session = common::person::spawn(&command, 20_000);
    let mut terminal = Terminal(session);
    terminal.prompt();
    // The pipe has been full of the word all along; the terminal says something else.
    terminal.line("no");
    let (shown, code) = terminal.end();
    assert_eq!(code, 5, "{shown}");
    assert!(sandbox.work().join("old/notes.txt").exists());
}

#[test]
fn everything_but_the_exact_word_declines() {
    let sandbox = with_notes();
    let before = sandbox.snapshot();
    for word in
        ["delete", "Delete", "DELETE ", " DELETE", "DELETE\u{200b}", "yes", "y", "", "DELETEDELETE"]
    {
        let mut terminal = sandbox.at_terminal(&["old"]);
        terminal.prompt();
        terminal.line(word);
        let (shown, code) = terminal.end();
        assert_eq!(code, 5, "{word:?}: {shown}");
    }
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn what_was_typed_ahead_is_thrown_away() {
    let sandbox = with_notes();
    // The word is there before the program is: the shell waits for the file, then starts it.
    let script = format!("while ! [ -e go ]; do sleep 0.05; done; {BIN} old");
    let command = sandbox.command_of("sh", &["-c", &script]);
    let session = common::person::spawn(&command, 20_000);
    let mut terminal = Terminal(session);
    terminal.line("DELETE");
    std::thread::sleep(std::time::Duration::from_millis(200));
    sandbox.file("go", "");
    terminal.prompt();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(sandbox.work().join("old/notes.txt").exists(), "the word was typed ahead");
    terminal.line("no");
    assert_eq!(terminal.end().1, 5);
}

#[test]
fn ctrl_c_declines() {
    let sandbox = with_notes();
    let mut terminal = sandbox.at_terminal(&["old"]);
    terminal.prompt();
    std::thread::sleep(std::time::Duration::from_millis(200));
    terminal.0.send_control('c');
    let (shown, code) = terminal.end();
    assert_eq!(code, 5, "{shown}");
    assert!(sandbox.work().join("old/notes.txt").exists());
}

#[test]
fn a_terminal_that_closes_deletes_nothing() {
    let sandbox = with_notes();
    let mut terminal = sandbox.at_terminal(&["old"]);
    terminal.prompt();
    drop(terminal);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(sandbox.work().join("old/notes.txt").exists());
}

#[test]
fn a_change_while_the_question_stands_is_refused() {
    let sandbox = with_notes();
    let mut terminal = sandbox.at_terminal(&["old"]);
    terminal.prompt();
    sandbox.file("old/notes.txt", "other");
    let before = sandbox.snapshot();
    terminal.line("DELETE");
    let (shown, code) = terminal.end();
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("changed"), "{shown}");
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn a_swapped_target_is_refused() {
    let sandbox = with_notes();
    sandbox.file("precious/model.txt", "three days");
    let mut terminal = sandbox.at_terminal(&["old"]);
    terminal.prompt();
    let work = sandbox.work();
    std::fs::rename(work.join("old"), work.join("aside")).unwrap();
    std::fs::rename(work.join("precious"), work.join("old")).unwrap();
    let before = sandbox.snapshot();
    terminal.line("DELETE");
    assert_eq!(terminal.end().1, 3);
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn undo_never_overwrites() {
    let sandbox = with_notes();
    sandbox.delete(&["old"]);
    sandbox.file("old/new.txt", "made since");
    let undo = sandbox.run(&["undo", "old"]);
    assert_eq!(undo.code, 0, "{undo:?}");
    assert_eq!(std::fs::read(sandbox.work().join("old/new.txt")).unwrap(), b"made since");
    let restored = std::fs::read_dir(sandbox.work()).unwrap().map(|e| e.unwrap().file_name());
    let restored: Vec<_> =
        restored.filter(|n| n.to_string_lossy().contains(".restored-")).collect();
    assert_eq!(restored.len(), 1, "{restored:?}");
}

#[test]
fn a_journal_that_cannot_be_written_stops_it_before_it_asks() {
    let sandbox = with_notes();
    sandbox.file("../home/.local/state", "a file where a folder must be");
    let answer = sandbox.run(&["old"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.said().contains("journal"), "{answer:?}");
    assert!(sandbox.work().join("old/notes.txt").exists());
}

/// What lies around a target is looked at again, too: a pin set, a newer one gone.
#[test]
fn what_changes_around_a_target_while_the_question_stands_counts() {
    let models = |sandbox: &Sandbox| {
        for step in [1, 2, 3, 4] {
            sandbox.fixture("qwen3_full", &format!("run/step-{step}"));
            sandbox.label(&format!("run/step-{step}"), "Qwen3");
        }
    };
    let sandbox = Sandbox::later();
    models(&sandbox);
    let mut terminal = sandbox.at_terminal(&["run/step-1"]);
    terminal.prompt();
    sandbox.file("run/KEEP", "");
    terminal.line("DELETE");
    let (shown, code) = terminal.end();
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("a label or a KEEP file"), "{shown}");
    std::fs::remove_file(sandbox.work().join("run/KEEP")).unwrap();
    let mut terminal = sandbox.at_terminal(&["run/step-1"]);
    terminal.prompt();
    std::fs::rename(sandbox.work().join("run/step-4"), sandbox.work().join("elsewhere")).unwrap();
    terminal.line("DELETE");
    let (shown, code) = terminal.end();
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("keep-last refuses it by now"), "{shown}");
    assert!(sandbox.work().join("run/step-1/model.safetensors").exists());
}

/// A folder of digits looks like the beginning of an id, and is a path where it was deleted as one.
#[test]
fn undo_takes_a_path_that_looks_like_an_id() {
    let sandbox = Sandbox::later();
    sandbox.file("20261010/notes.txt", "x");
    sandbox.delete(&["20261010"]);
    assert_eq!(sandbox.run(&["undo", "20261010"]).code, 0);
    assert!(sandbox.work().join("20261010/notes.txt").exists());
}

/// A name as long as a name can be comes back beside what took its place.
#[test]
fn undo_beside_a_name_of_full_length() {
    let sandbox = Sandbox::later();
    let name = "n".repeat(255);
    sandbox.file(&format!("{name}/x"), "old");
    sandbox.delete(&[&name]);
    sandbox.file(&format!("{name}/x"), "new");
    let undo = sandbox.run(&["undo"]);
    assert_eq!(undo.code, 0, "{undo:?}");
    let names = std::fs::read_dir(sandbox.work()).unwrap().map(|e| e.unwrap().file_name());
    assert_eq!(names.filter(|n| n.to_string_lossy().contains(".restored-")).count(), 1);
}

/// Where its folder is gone as well, undo says so, and where the thing lies.
#[test]
fn undo_by_path_into_a_folder_that_is_gone() {
    let sandbox = Sandbox::later();
    sandbox.file("runs/old/x", "x");
    sandbox.delete(&["runs/old"]);
    std::fs::remove_dir(sandbox.work().join("runs")).unwrap();
    let undo = sandbox.run(&["undo", "runs/old"]);
    assert_eq!(undo.code, 1, "{undo:?}");
    let flat = undo.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("make it again, or take the thing from"), "{flat}");
    std::fs::create_dir(sandbox.work().join("runs")).unwrap();
    assert_eq!(sandbox.run(&["undo", "runs/old"]).code, 0);
}

/// A second terminal on the standard input is no person either: the controlling one alone is read.
#[test]
fn another_terminal_on_the_standard_input_is_not_read() {
    let sandbox = with_notes();
    let mut sleeper = sandbox.command_of("sh", &[]);
    sleeper.args(["-c", "tty; exec sleep 60"]);
    let mut other = common::person::spawn(&sleeper, 20_000);
    let tty = other.exp_string("\r\n").unwrap();
    let script = format!("exec {BIN} old < {}", tty.trim());
    let command = sandbox.command_of("sh", &["-c", &script]);
    let mut terminal = Terminal(common::person::spawn(&command, 20_000));
    terminal.prompt();
    other.send_line("DELETE");
    std::thread::sleep(std::time::Duration::from_millis(700));
    terminal.line("no");
    let (shown, code) = terminal.end();
    assert_eq!(code, 5, "{shown}");
    assert!(sandbox.work().join("old/notes.txt").exists());
}
