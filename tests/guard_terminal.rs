//! A command in the guard runs as if it ran alone: its terminal, its streams, its signals, its end.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::panic, reason = "so does a test speak")]

mod common;

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{BIN, Sandbox, Terminal, person};

fn world() -> Sandbox {
    let world = Sandbox::now();
    world.file("models/a.bin", "weights");
    world
}

/// `safe-rm guard` with this script of the shell.
fn guarded(world: &Sandbox, script: &str) -> Command {
    world.command(&["guard", "--protect", "models", "--", "sh", "-c", script])
}

/// A shell at a terminal, in which `$G SCRIPT` runs in the guard.
fn shell(world: &Sandbox) -> Terminal {
    let mut command = world.command_of("bash", &["--norc", "--noprofile", "-i"]);
    command.env("G", format!("{BIN} guard --protect models -- ")).env("PS1", "> ");
    command.env("TERM", "dumb");
    let mut terminal = Terminal(person::spawn(&command, 20_000));
    terminal.0.exp_string("> ").unwrap();
    terminal
}

impl Shell for Terminal {
    fn says(&mut self, line: &str, wanted: &str) -> String {
        self.line(line);
        self.0.exp_string(wanted).unwrap_or_else(|e| panic!("{line}: {e:?}"))
    }
}

trait Shell {
    /// Types a line and waits for this; what was shown before it.
    fn says(&mut self, line: &str, wanted: &str) -> String;
}

#[test]
fn its_end_passes_through() {
    let world = world();
    for (script, code, signal) in [
        ("exit 0", Some(0), None),
        ("exit 3", Some(3), None),
        ("exit 255", Some(255), None),
        ("kill -TERM $$", None, Some(15)),
        ("kill -KILL $$", None, Some(9)),
        ("kill -INT $$", None, Some(2)),
        ("kill -SEGV $$", None, Some(11)),
    ] {
        let status = guarded(&world, script).stderr(Stdio::null()).status().unwrap();
        assert_eq!((status.code(), status.signal()), (code, signal), "{script}");
    }
    for (command, code) in [("no-such-command", 127), ("/etc/passwd", 126)] {
        let answer = world.run(&["guard", "--protect", "models", "--", command]);
        assert_eq!(answer.code, code, "{answer:?}");
        assert!(answer.err.contains(command), "{answer:?}");
    }
}

/// Any signal that ends it alone ends it here, and leaves nothing running.
#[test]
fn a_signal_to_the_guard_ends_the_command() {
    let world = world();
    for signal in ["HUP", "TERM", "USR1", "ALRM", "VTALRM", "PROF", "XCPU", "ABRT", "TRAP"] {
        let script = "sleep 47.1 & echo ready; wait";
        let mut command = guarded(&world, script);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        child.stdout.take().unwrap().read_exact(&mut [0; 6]).unwrap();
        let kill = |pid: u32| Command::new("kill").args(["-s", signal, &pid.to_string()]).status();
        kill(child.id()).unwrap();
        let status = child.wait().unwrap();
        assert_ne!(status.signal(), None, "{signal}: {status:?}");
        std::thread::sleep(Duration::from_millis(50));
        let left = Command::new("pgrep").args(["-f", "^sleep 47.1"]).output().unwrap().stdout;
        assert_eq!(String::from_utf8_lossy(&left), "", "{signal}");
    }
}

/// Also without a terminal, where it is started in another way.
#[test]
fn without_a_terminal_it_has_a_session_of_its_own() {
    let world = world();
    let mut command = guarded(
        &world,
        "ps -o sid= -p $$; echo $$ $SAFE_RM_GUARDED $A; grep SigBlk /proc/self/status",
    );
    let output = command.env("SAFE_RM_GUARDED", "no").env("A", "a  b").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let words: Vec<&str> = said.split_whitespace().collect();
    assert_eq!(words[0], words[1], "{said}");
    assert_eq!(words[2..], ["1", "a", "b", "SigBlk:", "0000000000000000"], "{said}");
    // Who writes to nobody is ended by it, as alone.
    let mut command = guarded(&world, "yes; echo $? > code");
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    child.stdout.take().unwrap().read_exact(&mut [0; 9]).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(std::fs::read_to_string(world.work().join("code")).unwrap(), "141\n");
    // A script that names no shell is run by one, as execvp(3) has it.
    let script = world.file("script", "echo by a shell: $1\n");
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let answer = world.run(&["guard", "--protect", "models", "--", "./script", "x y"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, "by a shell: x y\n"), "{answer:?}");
}

#[test]
fn pipes_stay_pipes() {
    let world = world();
    let bytes: Vec<u8> =
        (0..3_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let mut command = guarded(&world, "tee copy; echo aside >&2; test -p /dev/stdin");
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut stdin, sent) = (child.stdin.take().unwrap(), bytes.clone());
    let writer = std::thread::spawn(move || stdin.write_all(&sent));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout == bytes && output.stderr.ends_with(b"aside\n"));
    assert!(std::fs::read(world.work().join("copy")).unwrap() == bytes);
}

/// Whoever reads sees the end when the command closes, not when the guard ends.
#[test]
fn the_end_of_a_stream_is_seen_at_once() {
    let world = world();
    let mut command = guarded(&world, "echo x; exec >&-; sleep 20");
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(text == "x\n" && begun.elapsed() < Duration::from_secs(10));
    // And a signal to the guard is one to the command.
    let kill = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(kill.success());
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}

#[test]
fn a_reader_that_goes_away_ends_it() {
    let world = world();
    let script = format!("{BIN} guard --protect models -- yes | head -n1; echo ${{PIPESTATUS[0]}}");
    let output = world.command_of("bash", &["-c", &script]).output().unwrap();
    assert_eq!(output.stdout, b"y\n141\n", "{output:?}");
}

#[test]
fn words_and_environment_pass_as_they_are() {
    use std::os::unix::ffi::OsStrExt;
    let world = world();
    let odd = std::ffi::OsStr::from_bytes(b"a b\xff\n'");
    let mut command = guarded(&world, "printf '%s|%s|%s|%s' \"$ODD\" \"$1\" \"$2\" \"$PWD\"");
    let output = command.args(["sh", "--check"]).arg(odd).env("ODD", odd).output().unwrap();
    let mut wanted = [odd.as_bytes(), b"|--check|", odd.as_bytes(), b"|"].concat();
    wanted.extend(world.work().as_os_str().as_bytes());
    assert_eq!(output.stdout, wanted, "{output:?}");
    let marked = guarded(&world, "echo $SAFE_RM_GUARDED").output().unwrap();
    assert_eq!(marked.stdout, b"1\n");
}

#[test]
fn it_has_a_terminal_and_a_session_of_its_own() {
    let world = world();
    let mut shell = shell(&world);
    shell.line("tty; ps -o sid= -p $$; $G sh -c 'tty; ps -o sid= -p $$; echo end'd; echo $?:");
    let shown = shell.0.exp_string("0:").unwrap();
    let words: Vec<&str> = shown.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    // Between the two it may be told of helpers that this machine has.
    let shown = words.iter().enumerate().filter(|(_, word)| word.starts_with("/dev/pts"));
    let shown: Vec<_> = shown.map(|(at, word)| (*word, words[at + 1])).collect();
    let [(tty, session), (own, own_session)] = shown[..] else { panic!("{words:?}") };
    assert!(tty != own && session != own_session, "{words:?}");
    assert_eq!(words.last(), Some(&"endd"));
}

#[test]
fn keys_are_signals_and_the_terminal_is_given_back() {
    let world = world();
    let mut shell = shell(&world);
    let plain = |shell: &mut Terminal| {
        let shown =
            shell.says("stty -a | tr ' ' '\\n' | grep -c '^icanon;*$\\|^opost;*$'; echo =", "=");
        assert!(shown.contains('2'), "{shown}");
        shell.0.exp_string("> ").unwrap();
    };
    plain(&mut shell);
    for (key, code) in [('c', "130"), ('\\', "131")] {
        shell.says("$G sh -c 'echo ready; exec sleep 60'", "ready");
        shell.0.send_control(key);
        shell.0.exp_string("> ").unwrap();
        shell.says("echo code=$?.", &format!("code={code}."));
        plain(&mut shell);
    }
    // By a signal to the guard itself.
    shell.says("$G sh -c 'echo ready; kill $PPID; exec sleep 60'; echo code=$?.", "ready");
    shell.says("", "code=");
    plain(&mut shell);
}

#[test]
fn it_is_stopped_and_goes_on() {
    let world = world();
    let mut shell = shell(&world);
    shell.says("$G sh -c 'echo ready; read x; echo got $x; exit 9'", "ready");
    shell.0.send_control('z');
    shell.0.exp_string("Stopped").unwrap();
    shell.says("jobs; echo here", "here");
    let modes = shell.says("stty -a; echo ~~", "~~");
    assert!(modes.contains(" icanon"), "{modes}");
    shell.line("fg");
    std::thread::sleep(Duration::from_millis(300));
    shell.says("word", "got word");
    shell.0.exp_string("> ").unwrap();
    shell.says("echo code=$?.", "code=9.");
    // A pipeline stops as a whole.
    shell.says("$G sh -c 'echo ready >&2; exec sleep 60' | cat", "ready");
    shell.0.send_control('z');
    shell.0.exp_string("Stopped").unwrap();
    shell.says("kill %1; fg", "Terminated");
    shell.0.exp_string("> ").unwrap();
    // What began in the background is given the terminal when it comes to the front.
    shell.says("$G cat & sleep 1; echo h'ere'", "here");
    shell.line("fg");
    std::thread::sleep(Duration::from_millis(600));
    // This terminal echoes nothing: it comes from the command.
    shell.says("a word", "a word");
    shell.0.send_control('d');
    shell.0.exp_string("> ").unwrap();
    // A shell inside has jobs of its own.
    shell.says("$G bash --norc --noprofile -i", "> ");
    shell.says("sh -c 'echo ready; exec sleep 60'", "ready");
    shell.0.send_control('z');
    shell.0.exp_string("Stopped").unwrap();
    shell.says("kill %1; fg; exit 4", "exit");
    shell.0.exp_string("> ").unwrap();
    shell.says("echo code=$?.", "code=4.");
}

#[test]
fn the_size_of_the_window_is_passed_on() {
    let world = world();
    let mut shell = shell(&world);
    shell.says("stty rows 33 cols 77; $G stty size", "33 77");
    shell.0.exp_string("> ").unwrap();
    let later = "T=$(tty); (for n in 11 12 13 14; do sleep 1; stty rows $n cols 99 < $T; done) &";
    shell.says(later, "> ");
    let script = "$G sh -c 'trap \"stty size; exit\" WINCH; while :; do sleep 0.1; done'";
    shell.says(script, " 99");
}

#[test]
fn what_is_redirected_in_part_works() {
    let world = world();
    let mut shell = shell(&world);
    // The terminal types, a pipe reads.
    shell.line("$G cat | tr a-z A-Z");
    std::thread::sleep(Duration::from_millis(500));
    shell.says("hello", "HELLO");
    shell.0.send_control('d');
    shell.0.exp_string("> ").unwrap();
    // A pipe types, the terminal reads, and asks at the terminal.
    shell.says("echo piped | $G sh -c 'cat; read x < /dev/tty; echo got $x'", "piped");
    shell.says("typed", "got typed");
    shell.0.exp_string("> ").unwrap();
    shell.says("$G sh -c 'echo out; echo err >&2' > file; cat file", "err");
    shell.0.exp_string("out").unwrap();
    // Ctrl-C is for all of the line.
    shell.says("$G sh -c 'echo ready >&2; exec sleep 60' | sleep 61", "ready");
    shell.0.send_control('c');
    shell.0.exp_string("> ").unwrap();
    shell.says("echo over", "over");
}

#[test]
fn much_passes_through_the_terminal_in_both_directions() {
    let world = world();
    let mut shell = shell(&world);
    shell.line(
        "$G sh -c 'stty -echo -onlcr; seq 1 60000 | tee sent; echo the end'; sha256sum < sent",
    );
    let shown = shell.0.exp_string("the end").unwrap();
    assert!(shown.contains("59999\n60000\n"), "{}", shown.len());
    let sent = std::fs::read_to_string(world.work().join("sent")).unwrap();
    assert!(shown.ends_with(&sent));
    // What is typed before the command has ended is the command's.
    shell.0.exp_string("> ").unwrap();
    shell.says("$G sh -c 'stty -echo; echo ready; head -n 3000 | sha256sum; head -n 3000 < sent | sha256sum'", "ready");
    for line in sent.lines().take(3000) {
        shell.line(line);
    }
    let shown = shell.0.exp_string("> ").unwrap();
    let sums: Vec<&str> = shown.lines().filter(|l| l.contains("  -")).collect();
    assert!(sums.len() == 2 && sums[0] == sums[1], "{shown}");
}

/// What loses its parents is the guard's, and an agent stays above it.
#[test]
fn orphans_are_adopted() {
    let world = world();
    let script =
        "(setsid sh -c 'sleep 0.3; ps -o ppid= -p $$ > parent' &) ; sleep 1; ps -o ppid= -p $$";
    let mut child = guarded(&world, script).stdout(Stdio::piped()).spawn().unwrap();
    let guard = child.id().to_string();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(std::fs::read_to_string(world.work().join("parent")).unwrap().trim(), guard);
}

/// A terminal that goes away takes the command with it, as it would have alone.
#[test]
fn a_hangup_ends_it() {
    let world = world();
    let mut shell = shell(&world);
    shell.says("$G sh -c 'echo $$ > pid; echo ready; exec sleep 60'", "ready");
    let pid = std::fs::read_to_string(world.work().join("pid")).unwrap();
    let there = || std::path::Path::new(&format!("/proc/{}", pid.trim())).exists();
    assert!(there());
    drop(shell);
    let end = Instant::now() + Duration::from_secs(10);
    while there() {
        assert!(Instant::now() < end, "it goes on without a terminal");
        std::thread::sleep(Duration::from_millis(50));
    }
}
