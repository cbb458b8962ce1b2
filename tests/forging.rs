//! Attempts to forge a person's word, each from below a process that calls itself an agent, or with a
//! terminal of its own making: nothing goes. What cannot be stopped is in docs/threats.md.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use std::process::Stdio;

use common::{BIN, Sandbox, Terminal, has_tool, person};

/// A model that a person may delete.
fn world() -> Sandbox {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "old");
    world.label("old", "an old model");
    world
}

/// Runs a script of bash below an agent, in a session of its own, and expects that all stays. Gives
/// what it said.
fn below_an_agent(world: &Sandbox, script: &str) -> String {
    let before = world.snapshot();
    let mut command = world.command_of("setsid", &["--wait", "bash", "-c"]);
    // A shell that had only one thing to do would become that.
    let script = format!("{script}\nexit $?");
    command.arg("exec -a claude timeout 30 bash -c \"$0\"").arg(&script).env("S", BIN);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(world.snapshot(), before, "{script}: {said}");
    said
}

const PYTHON: &str = r#"
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b""
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    seen += data
    if b"anything else to stop" in seen:
        os.write(fd, b"DELETE\n")
        seen = b""
print(seen.decode(errors="replace"))
"#;

#[test]
fn what_is_piped_or_typed_ahead_is_no_word() {
    let world = world();
    for script in [
        "echo DELETE | $S old",
        "yes DELETE | $S old",
        "$S old <<< DELETE",
        "yes | $S rm -ri old",
        "yes DELETE | $S --permanent old",
        "printf 'DELETE\\nDELETE\\n' | setsid -w $S old",
    ] {
        let said = below_an_agent(&world, script);
        assert!(said.contains("request"), "{script}: {said}");
    }
}

#[test]
fn a_terminal_of_its_own_is_no_person() {
    let world = world();
    let python = world.home().join("drive.py");
    std::fs::write(&python, PYTHON).unwrap();
    let python = python.display();
    for script in [
        "(sleep 2; echo DELETE; sleep 1) | script -qec \"$S old\" /dev/null".to_owned(),
        format!("python3 {python} $S old"),
        format!(
            "env -i HOME=$HOME PATH=$PATH SAFE_RM_TEST_CLOCK=$SAFE_RM_TEST_CLOCK python3 {python} $S old"
        ),
        format!("setsid -w python3 {python} $S old"),
        format!(
            "env -i setsid -w $(command -v python3) {python} env HOME=$HOME SAFE_RM_TEST_CLOCK=$SAFE_RM_TEST_CLOCK $S old"
        ),
        format!("bash -c 'exec -a harmless python3 {python} $S old'"),
        format!("python3 {python} $S rm -rf old"),
    ] {
        let said = below_an_agent(&world, &script);
        assert!(said.contains("a person approves"), "{script}: {said}");
    }
    if has_tool("expect", &["-v"]) {
        let script =
            "expect -c 'spawn $env(S) old; expect \"to stop\" { send \"DELETE\\r\" }; expect eof'";
        below_an_agent(&world, script);
    }
}

#[test]
fn nobody_approves_his_own_request() {
    let world = world();
    let python = world.home().join("drive.py");
    std::fs::write(&python, PYTHON).unwrap();
    let python = python.display();
    let take = "id=$($S requests --json | grep -m1 '\"id\"' | cut -d'\"' -f4)";
    for script in [
        format!("$S old >/dev/null; {take}; yes DELETE | $S approve $id"),
        format!("{take}; python3 {python} $S approve $id"),
        format!("{take}; env -i HOME=$HOME python3 {python} $S approve $id"),
        format!("{take}; $S deny $id; $S ack clock"),
    ] {
        below_an_agent(&world, &script);
    }
    let open = world.run(&["requests", "--json"]).json();
    assert_eq!(open["items"][0]["state"], "open", "{open}");
}

/// A variable alone, as in the terminals of editors: the word, and the code that was just shown.
#[test]
fn a_marked_terminal_is_asked_for_the_code() {
    let world = world();
    for (code, exit) in [("DELETE", 5), ("", 0)] {
        let mut command = world.command(&["old"]);
        command.env("CURSOR_AGENT", "1");
        let mut terminal = Terminal(person::spawn(&command, 20_000));
        terminal.prompt();
        terminal.line("DELETE");
        terminal.0.exp_string("type the code ").unwrap();
        let shown = terminal.0.exp_string("\r\n").unwrap();
        terminal.0.exp_string("code").unwrap();
        terminal.line(if code.is_empty() { shown.trim() } else { code });
        assert_eq!(terminal.end().1, exit);
    }
}

/// The agent holds the terminal, and the program is no child of its: a server started it.
#[test]
fn the_one_who_holds_the_terminal_counts() {
    if !has_tool("tmux", &["-V"]) {
        return;
    }
    let world = world();
    let before = world.snapshot();
    // The server calls itself as the agent does: what it shows, the agent reads.
    let socket = world.home().join("t");
    let script = format!(
        "exec -a claude tmux -S {} -f /dev/null new-session -d -x 100 -y 50 'env -u CLAUDECODE {BIN} \
         old > said 2>&1; echo $? > code'",
        socket.display()
    );
    let mut command = world.command_of("setsid", &["--wait", "bash", "-c", &script]);
    command.env("TERM", "xterm").stdin(Stdio::null()).output().unwrap();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let code = loop {
        match std::fs::read_to_string(world.work().join("code")) {
            Ok(code) if code.ends_with('\n') => break code,
            _ => assert!(std::time::Instant::now() < end, "it waits for somebody"),
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    assert_eq!(code.trim(), "4");
    for name in ["said", "code"] {
        std::fs::remove_file(world.work().join(name)).unwrap();
    }
    assert_eq!(world.snapshot(), before);
}

#[test]
fn what_runs_in_the_background_asks_nobody() {
    let world = world();
    let before = world.snapshot();
    let script = format!("set -m; {BIN} old > /dev/null 2>&1 & wait $!; echo code=$?");
    let mut terminal =
        Terminal(person::spawn(&world.command_of("bash", &["--norc", "-c", &script]), 20_000));
    terminal.0.exp_string("code=4").unwrap();
    assert_eq!(world.snapshot(), before);
}

/// Variables that point elsewhere move neither the clock, nor the rules, nor who answers.
#[test]
fn variables_move_nothing() {
    let mut world = Sandbox::now();
    world.clock = None;
    world.fixture("qwen3_full", "new");
    world.label("new", "made today");
    for script in [
        "TZ=Pacific/Kiritimati $S plan new",
        "TZ=UTC-23 $S plan new",
        "HOME=/nonexistent $S plan new",
        "XDG_CONFIG_HOME=$PWD/../home/x $S plan new",
        "touch -d 2020-01-01 ../home/x; FAKETIME='+40d' $S plan new",
        "FAKETIME='+40d' LD_PRELOAD=$(find /usr/lib -name libfaketime.so.1 | head -1) $S plan new",
    ] {
        let said = below_an_agent(&world, script);
        assert!(said.contains("same-day") || said.contains("too-young"), "{script}: {said}");
    }
    if has_tool("faketime", &["--version"]) {
        let said = below_an_agent(&world, "faketime -f +40d $S plan new");
        assert!(said.contains("too-young"), "{said}");
    }
}

/// Letters of two alphabets look alike: the plan shows which these are.
#[test]
fn a_twin_in_another_alphabet_shows() {
    let world = world();
    world.fixture("qwen3_full", "\u{43e}ld");
    world.label("\u{43e}ld", "another");
    let said = below_an_agent(&world, "$S \u{43e}ld");
    assert!(said.contains("\\u{43e}ld"), "{said}");
}

/// What injects into a terminal does not see it: it can type the word, and not the code.
#[test]
fn injected_input_does_not_approve() {
    let world = world();
    let filed = world.run(&["--json", "old"]);
    let id = filed.json()["request"]["id"].as_str().unwrap().to_owned();
    let before = world.snapshot();
    let inject = r#"
import fcntl, termios, time
tty = open("/dev/tty", "rb", buffering=0)
time.sleep(1.2)
for line in (b"DELETE\n", b"0000\n"):
    for byte in line:
        try:
            fcntl.ioctl(tty, termios.TIOCSTI, bytes([byte]))
        except OSError:
            pass
    time.sleep(0.5)
"#;
    let place = world.home().join("inject.py");
    std::fs::write(&place, inject).unwrap();
    let script = format!("python3 {} & exec {BIN} approve {id}", place.display());
    let mut terminal = Terminal(person::spawn(&world.command_of("bash", &["-c", &script]), 20_000));
    terminal.prompt();
    let injected = terminal.0.exp_string("type the code ").is_ok();
    let (shown, code) = if injected {
        terminal.end()
    } else {
        // This kernel lets nobody inject.
        terminal.line("no");
        terminal.end()
    };
    assert_eq!(code, 5, "{shown}");
    assert_eq!(world.snapshot(), before);
}
