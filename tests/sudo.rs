//! Under sudo, state and trash are those of the one who called it, and nothing in that user's home
//! leads root elsewhere. As root with `SUDO_UID` and a passwd file of the test's own.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use common::{BIN, Sandbox, Terminal, has_tool, skip};

const USER: u32 = 4321;

/// Root, a mount namespace, and the tools for it.
fn ready() -> bool {
    if !has_tool("unshare", &["-m", "true"]) || !has_tool("setsid", &["true"]) {
        return false;
    }
    let root = Path::new("/proc/self").metadata().unwrap().uid() == 0;
    if !root {
        skip("only root can play sudo");
    }
    root
}

/// A sandbox whose home and work belong to the user.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::later();
    let top = sandbox.home().parent().unwrap().to_path_buf();
    for path in [top, sandbox.home(), sandbox.work()] {
        std::os::unix::fs::chown(path, Some(USER), None).unwrap();
    }
    sandbox
}

/// `sudo safe-rm ARGS`, as far as the program can tell.
fn command(sandbox: &Sandbox, args: &str) -> std::process::Command {
    let home = sandbox.home();
    let script = format!(
        "mount -t tmpfs none /etc && echo 'x:x:{USER}:{USER}::{}:/bin/sh' > /etc/passwd && \
         exec {BIN} {args}",
        home.display()
    );
    let mut command = sandbox.command_of("unshare", &["-m", "sh", "-c", &script]);
    command.env("SUDO_UID", USER.to_string()).env("HOME", "/root");
    command
}

fn delete(sandbox: &Sandbox, args: &str) -> (String, i32) {
    let session = common::person::spawn(&command(sandbox, args), 20_000);
    let mut terminal = Terminal(session);
    if terminal.0.any(&["anything else to stop", "safe-rm: "]).unwrap().1.starts_with("any") {
        terminal.line("DELETE");
    }
    terminal.end()
}

#[test]
fn state_and_trash_are_those_of_the_user() {
    if !ready() {
        return;
    }
    let sandbox = sandbox();
    let file = sandbox.file("old/notes.txt", "x");
    std::os::unix::fs::chown(file.parent().unwrap(), Some(USER), None).unwrap();
    assert_eq!(delete(&sandbox, "old").1, 0);
    for path in [
        ".local/state/safe-rm",
        ".local/state/safe-rm/journal.jsonl",
        ".local/share/Trash/files",
        ".local/share/Trash/info/old.trashinfo",
    ] {
        assert_eq!(sandbox.home().join(path).metadata().unwrap().uid(), USER, "{path}");
    }
    let undo = command(&sandbox, "undo").output().unwrap();
    assert_eq!(undo.status.code(), Some(0), "{undo:?}");
    assert!(file.exists());
}

#[test]
fn a_link_in_the_home_leads_root_nowhere() {
    if !ready() {
        return;
    }
    let sandbox = sandbox();
    sandbox.file("old/notes.txt", "x");
    let roots = sandbox.home().parent().unwrap().join("roots");
    std::fs::create_dir(&roots).unwrap();
    std::fs::create_dir(sandbox.home().join(".local")).unwrap();
    std::os::unix::fs::chown(sandbox.home().join(".local"), Some(USER), None).unwrap();
    std::os::unix::fs::symlink(&roots, sandbox.home().join(".local/state")).unwrap();
    let (shown, code) = delete(&sandbox, "old");
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("belongs to user 0"), "{shown}");
    assert_eq!(std::fs::read_dir(&roots).unwrap().count(), 0);
    // The trash is then another one, where the user owns the folder.
    std::fs::remove_file(sandbox.home().join(".local/state")).unwrap();
    std::os::unix::fs::symlink(&roots, sandbox.home().join(".local/share")).unwrap();
    let (shown, code) = delete(&sandbox, "old");
    assert_eq!(code, 0, "{shown}");
    assert_eq!(std::fs::read_dir(&roots).unwrap().count(), 0);
    // Nothing of the test stays in the trash of the machine's disk.
    let undo = command(&sandbox, "undo").output().unwrap();
    assert_eq!(undo.status.code(), Some(0), "{undo:?}");
    assert!(sandbox.work().join("old/notes.txt").exists());
    for folder in sandbox.work().ancestors() {
        let trash = folder.join(format!(".Trash-{USER}"));
        for part in ["files", "info", "safe-rm", ""] {
            // Only what is empty goes.
            let _ = std::fs::remove_dir(trash.join(part));
        }
    }
}

/// The journal is the user's to write: what it says must not make root move what only root could.
#[test]
fn a_forged_line_moves_nothing_of_others() {
    if !ready() {
        return;
    }
    let sandbox = sandbox();
    let top = sandbox.home().parent().unwrap().to_path_buf();
    let forged = |from: &Path, trash: &Path| {
        let state = sandbox.home().join(".local/state/safe-rm");
        std::fs::create_dir_all(&state).unwrap();
        let to = trash.join("files/x");
        let ino = to.symlink_metadata().unwrap().ino();
        let (from, to) = (from.display(), to.display());
        let info = trash.join("info/x.trashinfo");
        let line = format!(
            r#"{{"time":1,"prev":"0","event":"intent","plan":"abcdef01","items":[{{"from":"{from}","to":"{to}","info":"{}","dev":1,"ino":{ino},"bytes":1}}]}}"#,
            info.display()
        );
        let journal = sandbox.file("../home/.local/state/safe-rm/journal.jsonl", line + "\n");
        for path in [".local", ".local/state", ".local/state/safe-rm"] {
            std::os::unix::fs::chown(sandbox.home().join(path), Some(USER), None).unwrap();
        }
        std::os::unix::fs::chown(journal, Some(USER), None).unwrap();
        command(&sandbox, "undo").output().unwrap()
    };
    // A thing of root's, out of a folder that only looks like a trash.
    let secret = sandbox.file("../roots/files/x", "secret");
    let stolen = sandbox.work().join("stolen");
    let answer = forged(&stolen, &top.join("roots"));
    assert_eq!(answer.status.code(), Some(1), "{answer:?}");
    assert!(secret.exists() && !stolen.exists());
    // A thing of the user's, into a folder of root's.
    let mine = sandbox.file("../home/trash/files/x", "* * * * * root sh");
    for path in [mine.clone(), mine.parent().unwrap().to_path_buf()] {
        std::os::unix::fs::chown(path, Some(USER), None).unwrap();
    }
    let planted = top.join("roots/cron");
    let answer = forged(&planted, &sandbox.home().join("trash"));
    assert_eq!(answer.status.code(), Some(1), "{answer:?}");
    assert!(mine.exists() && !planted.exists());
    let shown = String::from_utf8_lossy(&answer.stderr).into_owned();
    assert!(shown.contains("line 1 of the journal"), "{shown}");
}
