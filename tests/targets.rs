//! What can be named, and what must never go.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use common::{BIN, Sandbox, Terminal, has_tool, skip};

#[test]
fn a_file_a_fifo_and_a_socket_go_and_come_back() {
    let sandbox = Sandbox::later();
    sandbox.file("file.txt", "x");
    let fifo = sandbox.work().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let socket = std::os::unix::net::UnixListener::bind(sandbox.work().join("socket")).unwrap();
    sandbox.delete(&["file.txt", "fifo", "socket"]);
    assert_eq!(std::fs::read_dir(sandbox.work()).unwrap().count(), 0);
    assert_eq!(sandbox.run(&["undo"]).code, 0);
    assert_eq!(std::fs::read_dir(sandbox.work()).unwrap().count(), 3);
    drop(socket);
}

#[test]
fn a_link_goes_and_its_target_stays() {
    let sandbox = Sandbox::later();
    sandbox.file("precious/x", "x");
    symlink("precious", sandbox.work().join("link")).unwrap();
    let shown = sandbox.delete(&["link"]);
    assert!(shown.contains("what it points to stays"), "{shown}");
    assert!(sandbox.work().join("precious/x").exists());
    assert!(sandbox.work().join("link").symlink_metadata().is_err());
}

#[test]
fn a_link_with_a_slash_is_refused_with_both_spellings() {
    let sandbox = Sandbox::later();
    sandbox.file("precious/x", "x");
    symlink("precious", sandbox.work().join("link")).unwrap();
    let answer = sandbox.run(&["link/"]);
    assert_eq!(answer.code, 3, "{answer:?}");
    let flat = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("write `link` for the link or"), "{flat}");
    assert!(flat.contains("precious` for the folder"), "{flat}");
    assert!(sandbox.work().join("precious/x").exists());
}

#[test]
fn a_missing_or_empty_path_stops_everything() {
    let sandbox = Sandbox::later();
    sandbox.file("there", "x");
    let before = sandbox.snapshot();
    for bad in ["missing", "there/", "there/.", "no/such/parent"] {
        let answer = sandbox.run(&["there", bad]);
        assert_eq!(answer.code, 1, "{bad:?}: {answer:?}");
        assert!(answer.err.starts_with("safe-rm: "), "{answer:?}");
    }
    assert_eq!(sandbox.run(&[]).code, 2);
    let empty = sandbox.run(&["there", ""]);
    assert_eq!(empty.code, 2);
    assert!(empty.said().contains("an empty path names nothing"), "{empty:?}");
    assert_eq!(sandbox.run(&["--no-such-option", "there"]).code, 2);
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn an_error_in_json_is_one_document() {
    let sandbox = Sandbox::later();
    let answer = sandbox.run(&["--json", "missing"]);
    assert_eq!(answer.code, 1);
    assert_eq!(answer.json()["schema"], "safe-rm/error/1");
    let answer = sandbox.run(&["--json", "--no-such-\u{9b}31m\u{202e}option"]);
    assert_eq!(answer.code, 2);
    assert_eq!(answer.json()["schema"], "safe-rm/error/1");
    assert!(answer.out.is_ascii() && answer.err.is_ascii(), "{answer:?}");
}

#[test]
fn a_link_with_a_dot_behind_it_is_as_doubtful_as_with_a_slash() {
    let sandbox = Sandbox::later();
    sandbox.file("precious/x", "x");
    symlink("precious", sandbox.work().join("link")).unwrap();
    assert_eq!(sandbox.run(&["plan", "link/."]).code, 3);
    assert_eq!(sandbox.run(&["plan", "link//./"]).code, 3);
    assert_eq!(sandbox.run(&["plan", "precious/."]).code, 0);
}

#[test]
fn the_same_twice_and_one_inside_the_other_are_one() {
    let sandbox = Sandbox::later();
    sandbox.file("a/b/c", "x");
    for args in [["a", "a/"], ["a", "./a"], ["a/b", "a"], ["a", "a/b/c"]] {
        let answer = sandbox.run(&["plan", "--json", args[0], args[1]]);
        assert_eq!(answer.code, 0, "{answer:?}");
        assert_eq!(answer.json()["targets"].as_array().unwrap().len(), 1, "{args:?}");
    }
    sandbox.delete(&["a/b", "a"]);
    assert_eq!(sandbox.run(&["undo"]).code, 0);
    assert!(sandbox.work().join("a/b/c").exists());
}

#[test]
fn what_must_stay_is_refused() {
    let sandbox = Sandbox::later();
    sandbox.file("a", "x");
    let home = sandbox.home();
    let home = home.to_str().unwrap();
    for path in
        [".", "..", "./", "../work", "/", "//", "/usr", "/usr/bin/env", "/home", "/etc", home]
    {
        let answer = sandbox.run(&["--json", path]);
        assert_eq!(answer.code, 3, "{path}: {answer:?}");
        assert!(answer.rules().contains(&"protected-path".to_owned()), "{path}");
    }
    assert!(sandbox.work().join("a").exists());
}

#[test]
fn the_trash_and_the_state_are_protected() {
    let sandbox = Sandbox::later();
    sandbox.file("a", "x");
    sandbox.delete(&["a"]);
    for path in
        ["../home/.local/share/Trash/files/a", "../home/.local/state/safe-rm", "../home/.local"]
    {
        let answer = sandbox.run(&["--json", path]);
        assert_eq!(answer.code, 3, "{path}: {answer:?}");
        assert_eq!(answer.rules(), ["protected-path"], "{path}");
    }
}

#[test]
fn odd_names_are_shown_harmless_and_come_back() {
    let sandbox = Sandbox::later();
    let names: [&[u8]; 4] = [b"esc\x1b[31m", b"new\nline", b"\xff\xfe", "bidi\u{202e}".as_bytes()];
    for name in names {
        let dir = sandbox.work().join(OsStr::from_bytes(name));
        std::fs::create_dir(&dir).unwrap();
        std::fs::write(dir.join("x"), "x").unwrap();
    }
    let before = sandbox.snapshot();
    let mut command = sandbox.command(&[]);
    command.args(names.map(OsStr::from_bytes));
    let session = common::person::spawn(&command, 20_000);
    let mut terminal = Terminal(session);
    let shown = terminal.prompt();
    let plan = shown.split("to the trash:").next().unwrap();
    assert!(plan.contains("\\u{1b}[31m") && plan.contains("new\\nline"), "{plan}");
    assert!(!plan.contains('\u{202e}') && !plan.contains("\u{1b}[31m\n"), "{plan}");
    assert!(plan.contains("\\xff\\xfe"), "{plan}");
    terminal.line("DELETE");
    assert_eq!(terminal.end().1, 0);
    assert_eq!(std::fs::read_dir(sandbox.work()).unwrap().count(), 0);
    let info = std::fs::read_dir(sandbox.home().join(".local/share/Trash/info")).unwrap();
    for entry in info {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert_eq!(text.lines().count(), 3, "{text}");
    }
    assert_eq!(sandbox.run(&["undo"]).code, 0);
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn a_name_that_is_no_text_has_its_bytes_in_json() {
    let sandbox = Sandbox::later();
    std::fs::write(sandbox.work().join(OsStr::from_bytes(b"\xff")), "x").unwrap();
    let output =
        sandbox.command(&["plan", "--json"]).arg(OsStr::from_bytes(b"\xff")).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(json["targets"][0]["path_b64"].is_string());
}

#[test]
fn a_mount_inside_is_refused() {
    let sandbox = Sandbox::later();
    sandbox.file("a/inner/x", "x");
    sandbox.file("precious/y", "y");
    let mount = "mount --bind precious a/inner";
    let script = format!("{mount} && {BIN} --json a; code=$?; umount a/inner; exit $code");
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    let output = sandbox.command_of("unshare", &["-m", "sh", "-c", &script]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("mount-inside"), "{text}");
    assert!(sandbox.work().join("precious/y").exists());
}

#[test]
fn a_mount_point_is_refused() {
    let sandbox = Sandbox::later();
    sandbox.file("a/x", "x");
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    let script = format!("mount -t tmpfs none a && {BIN} --json a");
    let output = sandbox.command_of("unshare", &["-m", "sh", "-c", &script]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("protected-path"));
}

/// On another mount the trash is made there, and nothing is copied.
#[test]
fn another_mount_has_its_own_trash() {
    let sandbox = Sandbox::later();
    sandbox.file("disk/.placeholder", "");
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    let script = format!(
        "mount -t tmpfs none disk && mkdir -p disk/old && echo x > disk/old/x && {BIN} disk/old && \
         ls -d disk/.Trash-*/files/old && cat disk/.Trash-*/info/old.trashinfo && \
         {BIN} undo && cat disk/old/x && echo code $?"
    );
    let command = sandbox.command_of("unshare", &["-m", "sh", "-c", &script]);
    let session = common::person::spawn(&command, 20_000);
    let mut terminal = Terminal(session);
    terminal.prompt();
    terminal.line("DELETE");
    let (shown, _) = terminal.end();
    assert!(shown.contains("Path=old\r"), "{shown}");
    assert!(shown.contains("code 0"), "{shown}");
}

#[test]
fn as_an_ordinary_user_what_is_not_yours_is_refused() {
    if !has_tool("setpriv", &["--reuid=65534", "--clear-groups", "true"]) {
        return;
    }
    let sandbox = Sandbox::later();
    let all = sandbox.work();
    for dir in [all.parent().unwrap(), &all, &sandbox.home()] {
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o777)).unwrap();
    }
    let reach = |p: &std::path::Path| {
        sandbox.command_of("setpriv", &["--reuid=65534", "test", "-x"]).arg(p).status()
    };
    if !reach(std::path::Path::new(BIN)).unwrap().success() {
        return skip("an ordinary user cannot reach the binary");
    }
    sandbox.file("others/x", "x");
    let as_nobody = |args: &[&str]| {
        let mut all = vec!["--reuid=65534", "--clear-groups", "setsid", "--wait", BIN, "--json"];
        all.extend(args);
        let output = sandbox.command_of("setpriv", &all).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = as_nobody(&["others"]);
    assert!(code == Some(3) && text.contains("not-yours"), "{code:?} {text}");
    // Its own folder with a part that it may not write, or not even list.
    for (mode, rule) in [(0o555, "not-yours"), (0o000, "unreadable")] {
        let dir = sandbox.work().join(format!("own{mode:o}"));
        let script =
            format!("mkdir -p {0}/in && touch {0}/in/x && chmod {mode:o} {0}/in", dir.display());
        let made = sandbox
            .command_of("setpriv", &["--reuid=65534", "--clear-groups", "sh", "-c", &script]);
        let mut made = made;
        assert!(made.status().unwrap().success());
        let (code, text) = as_nobody(&[dir.to_str().unwrap()]);
        assert!(code == Some(3) && text.contains(rule), "{rule}: {code:?} {text}");
    }
}

#[test]
fn a_command_that_is_also_a_path_is_an_error() {
    let sandbox = Sandbox::later();
    sandbox.file("undo/x", "x");
    let answer = sandbox.run(&["undo"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.said().contains("./undo"), "{answer:?}");
}

#[test]
fn only_allowed_leaves_the_rest() {
    let sandbox = Sandbox::later();
    sandbox.file("notes/x", "x");
    sandbox.fixture("qwen3_full", "model");
    let shown = sandbox.delete(&["--only-allowed", "notes", "model"]);
    assert!(shown.contains("left out, refused"), "{shown}");
    assert!(!sandbox.work().join("notes").exists());
    assert!(sandbox.work().join("model/model.safetensors").exists());
}

#[test]
fn a_tree_deeper_than_a_path_can_be_goes_and_comes_back() {
    let sandbox = Sandbox::later();
    let deep = "import os\nos.chdir('deep')\nfor i in range(3000):\n os.mkdir('d'*8); os.chdir('d'*8)\nopen('x','w').write('x')\n";
    std::fs::create_dir(sandbox.work().join("deep")).unwrap();
    if !has_tool("python3", &["--version"]) {
        return;
    }
    assert!(sandbox.command_of("python3", &["-c", deep]).status().unwrap().success());
    let plan = sandbox.run(&["plan", "--json", "deep"]);
    assert_eq!(plan.code, 0, "{plan:?}");
    assert_eq!(plan.json()["totals"]["dirs"], 3001);
    sandbox.delete(&["deep"]);
    assert_eq!(sandbox.run(&["undo"]).code, 0);
    assert_eq!(sandbox.run(&["plan", "--json", "deep"]).json()["totals"]["files"], 1);
    assert!(
        Command::new("rm").arg("-rf").arg(sandbox.work().join("deep")).status().unwrap().success()
    );
}

/// As many targets as a shell's star can name, under a small limit of open files.
#[test]
fn many_targets_need_few_open_files() {
    let sandbox = Sandbox::later();
    let names: Vec<String> = (0..600).map(|n| format!("f{n}")).collect();
    for name in &names {
        sandbox.file(name, "x");
    }
    for mode in ["", "--permanent"] {
        let line = format!("ulimit -n 64; exec {BIN} {mode} f*");
        let command = sandbox.command_of("sh", &["-c", &line]);
        let session = common::person::spawn(&command, 60_000);
        let mut terminal = Terminal(session);
        terminal.prompt();
        terminal.line("DELETE");
        let (shown, code) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        assert!(!sandbox.work().join("f7").exists());
        if mode.is_empty() {
            assert_eq!(sandbox.run(&["undo"]).code, 0);
        }
    }
}
