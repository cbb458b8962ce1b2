//! `safe-rm init --shim DIR`: the link by which a directory's `rm` is safe-rm.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::os::unix::fs::symlink;
use std::path::Path;

use common::{BIN, Sandbox, has_tool};

const DIR: &str = "it's a $(touch pwned) \"bin\"";

#[test]
fn the_link_is_made_once_and_taken_away_again() {
    let sandbox = Sandbox::now();
    let link = sandbox.work().join("a/b/rm");
    let made = sandbox.run(&["init", "bash", "--shim", "a/b"]);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(
        made.said().contains("making the link") && made.said().contains("PATH must begin"),
        "{made:?}"
    );
    assert_eq!(link.read_link().unwrap(), Path::new(BIN).canonicalize().unwrap());
    let again = sandbox.run(&["init", "bash", "--shim", "a/b"]);
    assert_eq!((again.code, again.err.as_str()), (0, ""));
    assert_eq!(again.out, made.out);
    let removed = sandbox.run(&["init", "bash", "--shim", "a/b", "--remove"]);
    assert_eq!((removed.code, removed.out.as_str()), (0, ""), "{removed:?}");
    assert!(link.symlink_metadata().is_err());
    assert_eq!(sandbox.run(&["init", "bash", "--shim", "a/b", "--remove"]).code, 0);
}

#[test]
fn what_is_there_already_stays() {
    let sandbox = Sandbox::now();
    sandbox.file("file/rm", "mine");
    std::fs::create_dir_all(sandbox.work().join("dir/rm")).unwrap();
    std::fs::create_dir_all(sandbox.work().join("link")).unwrap();
    symlink("/bin/rm", sandbox.work().join("link/rm")).unwrap();
    symlink("/usr/bin", sandbox.work().join("hidden")).unwrap();
    let before = sandbox.snapshot();
    for dir in [
        "file",
        "dir",
        "link",
        "hidden",
        "hidden/new",
        "a:b",
        "/bin",
        "/usr/sbin/",
        "/usr/lib/x",
        "/",
    ] {
        for more in [&[][..], &["--remove"]] {
            let answer = sandbox.run(&[&["init", "zsh", "--shim", dir], more].concat());
            assert!(answer.code == 1 && answer.out.is_empty(), "{dir}: {answer:?}");
        }
    }
    assert_eq!(sandbox.snapshot(), before);
    assert_eq!(sandbox.run(&["init", "bash", "--remove"]).code, 2);
}

#[test]
fn shells_and_their_scripts_find_it_first() {
    let sandbox = Sandbox::now();
    for (shell, args) in [
        ("bash", &["--norc", "--noprofile", "-c"][..]),
        ("zsh", &["-f", "-c"]),
        ("fish", &["--no-config", "-c"]),
    ] {
        if !has_tool(shell, &["-c", "exit 0"]) {
            continue;
        }
        let lines = sandbox.run(&["init", shell, "--shim", DIR]);
        std::fs::write(sandbox.work().join("lines"), lines.out).unwrap();
        let source = if shell == "fish" { "source" } else { "." };
        // Twice, as in a shell inside of a shell.
        let script =
            format!("{source} ./lines; {source} ./lines; sh -c 'rm --version; echo $PATH'");
        let output = sandbox.command_of(shell, args).arg(script).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.starts_with("rm (safe-rm) "), "{shell}: {said}");
        assert_eq!(said.matches("bin\":").count(), 1, "{said}");
        assert!(output.stderr.is_empty(), "{:?}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(!sandbox.work().join("pwned").exists());
}
