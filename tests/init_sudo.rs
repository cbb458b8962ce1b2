//! Under sudo the settings of the one who called it change, stay theirs, and lead root nowhere; and root
//! runs no hook that a user has written.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;

use common::{Answer, BIN, Sandbox, has_tool, skip};

const USER: u32 = 4321;

/// A home that belongs to the user; none where sudo cannot be played.
fn sandbox() -> Option<Sandbox> {
    if !has_tool("unshare", &["-m", "true"]) {
        return None;
    }
    if Path::new("/proc/self").metadata().unwrap().uid() != 0 {
        skip("only root can play sudo");
        return None;
    }
    let sandbox = Sandbox::now();
    for path in [sandbox.home(), sandbox.work()] {
        chown(path, Some(USER), Some(USER)).unwrap();
    }
    Some(sandbox)
}

/// `sudo safe-rm ARGS`, as far as the program can tell.
fn sudo(sandbox: &Sandbox, args: &str) -> Answer {
    let home = sandbox.home();
    let script = format!(
        "mount -t tmpfs none /etc && echo 'x:x:{USER}:{USER}::{}:/bin/sh' > /etc/passwd && exec {BIN} {args}",
        home.display()
    );
    let mut command = sandbox.command_of("unshare", &["-m", "sh", "-c", &script]);
    command
        .env("SUDO_UID", USER.to_string())
        .env("HOME", "/root")
        .env("CLAUDE_CONFIG_DIR", "/root/x");
    Answer::of(&command.output().unwrap())
}

#[test]
fn the_file_is_that_users_and_stays_so() {
    let Some(sandbox) = sandbox() else { return };
    let made = sudo(&sandbox, "init claude-code --write");
    assert_eq!(made.code, 0, "{made:?}");
    let path = sandbox.home().join(".claude/settings.json");
    for path in [path.clone(), sandbox.home().join(".claude")] {
        assert_eq!(path.metadata().unwrap().uid(), USER, "{}", path.display());
    }
    std::fs::write(&path, "{\"a\": 1}").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    chown(&path, Some(USER), Some(77)).unwrap();
    assert_eq!(sudo(&sandbox, "init claude-code --write").code, 0);
    let now = path.metadata().unwrap();
    assert_eq!((now.uid(), now.gid(), now.mode() & 0o7777), (USER, 77, 0o600));
    assert!(!Path::new("/root/x").exists());
}

#[test]
fn a_link_in_a_home_leads_root_nowhere() {
    let Some(sandbox) = sandbox() else { return };
    // A folder of root's, and a file of root's.
    let other = sandbox.home().parent().unwrap().join("root");
    std::fs::create_dir_all(&other).unwrap();
    std::fs::write(other.join("hooks.json"), "{}").unwrap();
    symlink(&other, sandbox.home().join(".claude")).unwrap();
    symlink(&other, sandbox.home().join(".codex")).unwrap();
    for agent in ["claude-code", "codex"] {
        let answer = sudo(&sandbox, &format!("init {agent} --write"));
        assert!(answer.code == 1 && answer.said().contains("belongs to user 0"), "{answer:?}");
    }
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 1);
    assert_eq!(std::fs::read_to_string(other.join("hooks.json")).unwrap(), "{}");
}

#[test]
fn root_fires_no_hook_of_a_user() {
    let Some(sandbox) = sandbox() else { return };
    assert_eq!(sudo(&sandbox, "init claude-code --write").code, 0);
    let path = sandbox.home().join(".claude/settings.json");
    let program = sandbox.file("safe-rm", "#!/bin/sh\ntouch \"$0.ran\"\n");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let real = Path::new(BIN).canonicalize().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace(real.to_str().unwrap(), program.to_str().unwrap())).unwrap();
    let answer = sudo(&sandbox, "doctor");
    let flat = answer.flat();
    assert!(flat.contains("not fired") && flat.contains("without sudo"), "{answer:?}");
    assert!(!program.with_extension("ran").exists());
    assert_eq!(std::fs::read_dir(sandbox.work()).unwrap().count(), 1);
}
