//! The order of system calls, as strace sees them: intent durable before the rename, and in trash
//! mode nothing of the user's is ever unlinked.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{BIN, Sandbox, Terminal, has_tool};

#[test]
fn the_intent_is_durable_before_the_rename_and_nothing_is_unlinked() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let sandbox = Sandbox::later();
    sandbox.file("old/notes.txt", "x");
    let trace = sandbox.home().join("trace");
    let calls = "trace=write,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,rmdir,truncate,ftruncate";
    let args = ["-f", "-y", "-s", "4096", "-e", calls, "-o", trace.to_str().unwrap(), BIN, "old"];
    let session = common::person::spawn(&sandbox.command_of("strace", &args), 30_000);
    let mut terminal = Terminal(session);
    terminal.prompt();
    terminal.line("DELETE");
    assert_eq!(terminal.end().1, 0);
    let text = std::fs::read_to_string(trace).unwrap();
    let at = |what: &[&str]| {
        let found = text.lines().position(|l| what.iter().all(|w| l.contains(w)));
        found.unwrap_or_else(|| panic!("{what:?} is not in\n{text}"))
    };
    let info = at(&["write(", "Trash Info"]);
    let intent = at(&["write(", "journal.jsonl", "intent"]);
    let durable = text
        .lines()
        .enumerate()
        .find(|(i, l)| *i > intent && l.contains("sync(") && l.contains("journal.jsonl"))
        .unwrap()
        .0;
    let rename = at(&["renameat2(", "RENAME_NOREPLACE"]);
    let outcome = at(&["write(", "journal.jsonl", "moved"]);
    assert!(info < intent && intent < durable && durable < rename && rename < outcome, "{text}");
    // A file without a name is cut to see whether a guard is around.
    let gone = text.lines().filter(|l| !(l.contains("ftruncate(") && l.contains("(deleted)")));
    let gone =
        gone.filter(|l| l.contains("unlink") || l.contains("rmdir") || l.contains("truncate"));
    assert_eq!(gone.collect::<Vec<_>>(), Vec::<&str>::new());
    assert_eq!(text.matches("rename").count(), text.matches("renameat2").count());
}

/// The second of three renames fails: what went before comes back, and the account is exact.
#[test]
fn a_failure_half_way_puts_everything_back() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    for fault in [
        "renameat2:error=EIO:when=2",
        "renameat2:error=ENOSPC:when=1",
        "renameat2:error=EACCES:when=3",
    ] {
        let sandbox = Sandbox::later();
        for name in ["one", "two", "three"] {
            sandbox.file(&format!("{name}/notes.txt"), name);
        }
        let before = sandbox.snapshot();
        let inject = format!("inject={fault}");
        let args = ["-f", "-e", &inject, "-o", "/dev/null", BIN, "one", "two", "three"];
        let session = common::person::spawn(&sandbox.command_of("strace", &args), 30_000);
        let mut terminal = Terminal(session);
        terminal.prompt();
        terminal.line("DELETE");
        let (shown, code) = terminal.end();
        assert_eq!(code, 1, "{fault}: {shown}");
        assert_eq!(sandbox.snapshot(), before, "{fault}: {shown}");
        assert!(shown.contains("failed: ") && shown.contains("not touched: "), "{fault}: {shown}");
        let left =
            std::fs::read_dir(sandbox.home().join(".local/share/Trash/info")).unwrap().count();
        assert_eq!(left, 0, "{fault}: an info file without its payload stayed");
    }
}

/// Killed at a rename: the intent is on record, and undo brings back what went.
#[test]
fn killed_between_two_renames_nothing_is_lost() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    for nth in 1..=2 {
        let sandbox = Sandbox::later();
        for name in ["one", "two"] {
            sandbox.file(&format!("{name}/notes.txt"), name);
        }
        let before = sandbox.snapshot();
        let inject = format!("inject=renameat2:signal=KILL:when={nth}");
        let args = ["-f", "-e", &inject, "-o", "/dev/null", BIN, "one", "two"];
        let session = common::person::spawn(&sandbox.command_of("strace", &args), 30_000);
        let mut terminal = Terminal(session);
        terminal.prompt();
        terminal.line("DELETE");
        terminal.0.exp_eof().unwrap();
        drop(terminal);
        // strace kills at the entry of the call: the first rename happens only before the second.
        assert_eq!(sandbox.snapshot() == before, nth == 1, "{nth}");
        let undo = sandbox.run(&["undo"]);
        assert_eq!(sandbox.snapshot(), before, "{nth}: {undo:?}");
        let left =
            std::fs::read_dir(sandbox.home().join(".local/share/Trash/info")).unwrap().count();
        assert_eq!(left, 0, "{nth}: an info file without its payload stayed");
        // The one that had not gone yet is no failure: it is where it was.
        assert_eq!(undo.code, 0, "{nth}: {undo:?}");
    }
}

/// What changed while the question stood is seen before anything is moved.
#[test]
fn a_changed_target_is_not_even_renamed() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let sandbox = Sandbox::later();
    sandbox.file("old/notes.txt", "x");
    let trace = sandbox.home().join("trace");
    let args =
        ["-f", "-e", "trace=renameat2,rename,renameat", "-o", trace.to_str().unwrap(), BIN, "old"];
    let session = common::person::spawn(&sandbox.command_of("strace", &args), 30_000);
    let mut terminal = Terminal(session);
    terminal.prompt();
    sandbox.file("old/more.txt", "y");
    terminal.line("DELETE");
    assert_eq!(terminal.end().1, 3);
    assert!(!std::fs::read_to_string(trace).unwrap().contains("rename"));
}

/// What changes between the second look and the rename is seen in the trash and put back, with all
/// that went before it.
#[test]
fn a_change_under_the_rename_is_put_back() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let sandbox = Sandbox::later();
    for name in ["one", "two"] {
        sandbox.file(&format!("{name}/notes.txt"), name);
    }
    let inject = "inject=renameat2:delay_enter=1500000:when=2";
    let args = ["-f", "-e", inject, "-o", "/dev/null", BIN, "one", "two"];
    let session = common::person::spawn(&sandbox.command_of("strace", &args), 30_000);
    let mut terminal = Terminal(session);
    terminal.prompt();
    terminal.line("DELETE");
    let gone = std::time::Instant::now();
    while sandbox.work().join("one").exists() {
        assert!(gone.elapsed().as_secs() < 20, "the first was never moved");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    sandbox.file("two/notes.txt", "saved just now");
    let (shown, code) = terminal.end();
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("changed: "), "{shown}");
    let work = sandbox.work();
    assert_eq!(std::fs::read(work.join("one/notes.txt")).unwrap(), b"one");
    assert_eq!(std::fs::read(work.join("two/notes.txt")).unwrap(), b"saved just now");
    assert_eq!(sandbox.run(&["undo"]).code, 1, "nothing is left to undo");
}
