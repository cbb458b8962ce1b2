//! The real trash-cli reads what safe-rm put into the trash, and brings it back.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{Sandbox, has_tool};

#[test]
fn trash_cli_lists_and_restores_what_safe_rm_moved() {
    if !has_tool("trash-list", &["--version"]) {
        return;
    }
    let sandbox = Sandbox::later();
    sandbox.file("odd name%41/notes.txt", "x");
    let before = sandbox.snapshot();
    sandbox.delete(&["odd name%41"]);
    let listed = sandbox.command_of("trash-list", &[]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let wanted = sandbox.work().join("odd name%41").display().to_string();
    assert!(listed.contains(&wanted), "{listed}");
    let restore = sandbox.command_of("sh", &["-c", "echo 0 | trash-restore"]).output().unwrap();
    assert!(restore.status.success(), "{restore:?}");
    assert_eq!(sandbox.snapshot(), before);
    let undo = sandbox.run(&["undo"]);
    assert_eq!(undo.code, 0, "{undo:?}");
    assert!(undo.out.contains("already there"), "{undo:?}");
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn what_was_emptied_from_the_trash_is_said() {
    let sandbox = Sandbox::later();
    sandbox.file("a/x", "x");
    sandbox.file("b/x", "y");
    sandbox.delete(&["b"]);
    sandbox.delete(&["a"]);
    // By hand: the real trash-empty would empty the trashes of every mount of this machine as well.
    let trash = sandbox.home().join(".local/share/Trash");
    std::fs::remove_dir_all(trash.join("files/a")).unwrap();
    std::fs::remove_file(trash.join("info/a.trashinfo")).unwrap();
    let undo = sandbox.run(&["undo", "a"]);
    assert_eq!(undo.code, 1, "{undo:?}");
    assert!(undo.out.contains("no longer in the trash"), "{undo:?}");
    // The last one that can still come back is the one before.
    assert_eq!(sandbox.run(&["undo"]).code, 0);
    assert!(sandbox.work().join("b/x").exists());
    let undo = sandbox.run(&["undo"]);
    assert_eq!(undo.code, 1, "{undo:?}");
    assert!(undo.said().contains("nothing to undo"), "{undo:?}");
}

#[test]
fn what_trash_cli_trashed_is_left_alone() {
    if !has_tool("trash-put", &["--version"]) {
        return;
    }
    let sandbox = Sandbox::later();
    sandbox.file("a/x", "theirs");
    sandbox.file("b/x", "ours");
    assert!(sandbox.command_of("trash-put", &["a"]).status().unwrap().success());
    sandbox.file("a/x", "ours again");
    sandbox.delete(&["a", "b"]);
    assert_eq!(sandbox.run(&["undo"]).code, 0);
    assert_eq!(std::fs::read(sandbox.work().join("a/x")).unwrap(), b"ours again");
    let theirs = sandbox.home().join(".local/share/Trash/files/a/x");
    assert_eq!(std::fs::read(theirs).unwrap(), b"theirs");
}

/// The real trash-empty, with the trashes of every mount of this machine hidden from it.
#[test]
fn what_trash_cli_emptied_is_no_more_and_purge_leaves_theirs_alone() {
    if !has_tool("trash-empty", &["--version"]) || !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    let sandbox = Sandbox::later();
    sandbox.file("ours/x", "ours");
    sandbox.file("theirs/x", "theirs");
    assert!(sandbox.command_of("trash-put", &["theirs"]).status().unwrap().success());
    sandbox.delete(&["ours"]);
    let id =
        sandbox.run(&["trash", "--json"]).json()["items"][0]["id"].as_str().unwrap().to_owned();
    sandbox.delete(&["purge", &id]);
    let theirs = sandbox.home().join(".local/share/Trash/files/theirs/x");
    assert_eq!(std::fs::read(theirs).unwrap(), b"theirs");
    assert!(sandbox.home().join(".local/share/Trash/info/theirs.trashinfo").exists());
    sandbox.file("ours/x", "ours");
    sandbox.delete(&["ours"]);
    let hide = "set -e; cut -d' ' -f2 /proc/self/mounts | sort -u | while read -r top; do \
                for trash in \"$top/.Trash\" \"$top/.Trash-$(id -u)\"; do \
                if [ -d \"$trash\" ]; then mount -t tmpfs none \"$trash\"; fi; done; done; \
                trash-empty < /dev/null";
    let done = sandbox.command_of("unshare", &["-m", "sh", "-c", hide]).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    assert_eq!(sandbox.run(&["trash", "--json"]).json()["items"], serde_json::json!([]));
    assert_eq!(sandbox.run(&["undo"]).code, 1);
    assert_eq!(sandbox.run(&["purge"]).code, 0);
}
