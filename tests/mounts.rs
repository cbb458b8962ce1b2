//! File systems and mounts, in a mount namespace of each test's own: the trash is that of the mount,
//! nothing is copied, and what a rename cannot move stays and is told.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{BIN, Sandbox, Terminal, has_tool};

/// Runs `prepare` in a mount namespace, then safe-rm with the word, then `after`; all that was
/// shown and the exit code of safe-rm. The disk is `work/disk`.
fn within(sandbox: &Sandbox, prepare: &str, args: &str, after: &str) -> (String, i32) {
    let script = format!(
        "set -e; mkdir -p disk; {prepare}; set +e; {BIN} {args}; code=$?; {after}; exit $code"
    );
    let command = sandbox.command_of("unshare", &["-m", "bash", "-c", &script]);
    let mut terminal = Terminal(common::person::spawn(&command, 30_000));
    let mut shown = String::new();
    if let Ok((before, found)) = terminal.0.any(&["anything else to stop", "touched", "safe-rm: "])
    {
        shown = before + &found;
        if found.starts_with("anything") {
            terminal.line("DELETE");
        }
    }
    let (rest, code) = terminal.end();
    (shown + &rest, code)
}

fn ready() -> bool {
    has_tool("unshare", &["-m", "true"])
}

/// A loop device with a fresh file system, mounted at `disk`.
fn disk(fs: &str) -> String {
    format!("truncate -s 400M image; mkfs.{fs} -q image; mount -o loop image disk")
}

const MODEL: &str = "mkdir -p disk/a/b; echo x > disk/a/b/f; echo y > disk/a/g";

#[test]
fn every_disk_has_a_trash_of_its_own() {
    if !ready() {
        return;
    }
    for fs in ["ext4", "xfs", "btrfs"] {
        if !has_tool(&format!("mkfs.{fs}"), &["-V"]) {
            continue;
        }
        let (sandbox, prepare) = (Sandbox::later(), format!("{}; {MODEL}", disk(fs)));
        let after = "find disk/.Trash-0 -name f; cat disk/.Trash-0/info/a.trashinfo; \
                     $BIN undo; cat disk/a/b/f disk/a/g";
        let after = after.replace("$BIN", BIN);
        let (shown, code) = within(&sandbox, &prepare, "disk/a", &after);
        assert_eq!(code, 0, "{fs}: {shown}");
        assert!(shown.contains("disk/.Trash-0/files/a/b/f"), "{fs}: {shown}");
        assert!(shown.contains("Path=a\r\n"), "relative to the top of its disk: {shown}");
        assert!(shown.ends_with("x\r\ny\r\n"), "{fs}: {shown}");
        let (shown, code) = within(
            &Sandbox::later(),
            &prepare,
            "--permanent disk/a",
            "ls -A disk disk/.Trash-0/safe-rm",
        );
        assert_eq!(code, 0, "{fs}: {shown}");
        assert!(!shown.contains("\r\na\r\n"), "{fs}: {shown}");
    }
}

/// A bind mount of the same file system has the same device number.
#[test]
fn a_bind_mount_inside_is_refused() {
    if !ready() {
        return;
    }
    let sandbox = Sandbox::later();
    let prepare = "mkdir -p precious disk/a/b; echo x > precious/f; mount --bind precious disk/a/b";
    for mode in ["", "--permanent"] {
        let (shown, code) = within(&sandbox, prepare, &format!("{mode} disk/a"), "cat precious/f");
        assert_eq!(code, 3, "{shown}");
        assert!(shown.contains("mount-inside") && shown.ends_with("x\r\n"), "{shown}");
    }
}

/// Through a bind mount, the trash is that of the mount, not the one with the same device.
#[test]
fn what_is_named_through_a_bind_mount_stays_on_that_mount() {
    if !ready() {
        return;
    }
    let sandbox = Sandbox::later();
    let prepare = "mkdir -p real/a; echo x > real/a/f; mount --bind real disk";
    let (shown, code) = within(&sandbox, prepare, "disk/a", "find real -name f");
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("real/.Trash-0/files/a/f"), "{shown}");
}

#[test]
fn a_lower_directory_of_an_overlay_stays_and_is_told() {
    if !ready() {
        return;
    }
    let sandbox = Sandbox::later();
    let prepare = "mkdir -p t; mount -t tmpfs none t; mkdir -p t/lower/a t/upper t/work; \
                   echo x > t/lower/a/f; \
                   mount -t overlay -o lowerdir=t/lower,upperdir=t/upper,workdir=t/work none disk";
    for mode in ["", "--permanent"] {
        let args = format!("{mode} disk/a");
        let (shown, code) = within(&sandbox, prepare, &args, "cat disk/a/f; find t/upper -name f");
        assert_eq!(code, 1, "{shown}");
        assert!(shown.contains("cannot rename it"), "{shown}");
        assert!(shown.trim_end().ends_with('x'), "it stays, and nothing was copied: {shown}");
    }
}

#[test]
fn a_read_only_disk_stays_and_is_told() {
    if !ready() {
        return;
    }
    let sandbox = Sandbox::later();
    let prepare = format!("mount -t tmpfs none disk; {MODEL}; mount -o remount,ro disk");
    let (shown, code) = within(&sandbox, &prepare, "disk/a", "cat disk/a/b/f");
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("nothing was moved") && shown.ends_with("x\r\n"), "{shown}");
}

#[test]
fn a_subvolume_inside_is_refused() {
    if !ready() || !has_tool("mkfs.btrfs", &["-V"]) {
        return;
    }
    let sandbox = Sandbox::later();
    let prepare = format!(
        "{}; mkdir disk/a; btrfs subvolume create disk/a/sub > /dev/null; echo x > disk/a/sub/f",
        disk("btrfs")
    );
    let (shown, code) = within(&sandbox, &prepare, "disk/a", "cat disk/a/sub/f");
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("mount-inside") && shown.ends_with("x\r\n"), "{shown}");
}

/// On a disk that is full to the last byte a deletion still goes: a rename needs no space, and
/// what the records need was set aside.
#[test]
fn a_full_disk_can_still_be_relieved() {
    if !ready() || !has_tool("mkfs.ext4", &["-V"]) {
        return;
    }
    for mode in ["", "--permanent"] {
        let sandbox = Sandbox::later();
        // One deletion while there is space, as on any machine that was used; then none is left.
        let prepare = format!(
            "{}; export HOME=$PWD/disk/home; mkdir disk/home; {MODEL}; mkdir disk/first; \
             printf 'import os,pty,sys\\npid,fd=pty.fork()\\nif pid==0: os.execv(sys.argv[1],sys.argv[1:])\\n\
             seen=b\"\"\\nwhile True:\\n  try: d=os.read(fd,999)\\n  except OSError: break\\n  seen+=d\\n  \
             if b\"else to stop\" in seen: os.write(fd,b\"DELETE\\\\r\"); seen=b\"\"\\n' > drive.py; \
             python3 drive.py {BIN} disk/first; \
             dd if=/dev/zero of=disk/ballast bs=1M 2> /dev/null || true; \
             dd if=/dev/zero of=disk/rest bs=1k 2> /dev/null || true; \
             dd if=/dev/zero of=disk/last bs=1 2> /dev/null || true",
            disk("ext4")
        );
        let args = format!("{mode} disk/a");
        let (shown, code) = within(&sandbox, &prepare, &args, "ls disk; df disk | tail -1");
        assert_eq!(code, 0, "{mode}: {shown}");
        assert!(!shown.contains("\r\na\r\n"), "{mode}: {shown}");
    }
}

/// A subvolume that is the target itself has an inode number that all of them have, on a device of
/// its own.
#[test]
fn a_subvolume_goes_and_comes_back() {
    if !ready() || !has_tool("mkfs.btrfs", &["-V"]) {
        return;
    }
    let prepare =
        format!("{}; btrfs subvolume create disk/a > /dev/null; echo x > disk/a/f", disk("btrfs"));
    let after = format!("{BIN} undo; cat disk/a/f");
    let (shown, code) = within(&Sandbox::later(), &prepare, "disk/a", &after);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("put back") && shown.ends_with("x\r\n"), "{shown}");
    let (shown, code) =
        within(&Sandbox::later(), &prepare, "--permanent disk/a", "ls disk disk/.Trash-0/safe-rm");
    assert_eq!(code, 0, "{shown}");
    assert!(!shown.contains("\r\na\r\n"), "{shown}");
}
