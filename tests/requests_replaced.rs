//! Between a request and its approval: another thing in its place, another request of its id, a run that
//! is cut off after the word. What was not asked for stays.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use common::asking::{agent, approve, approve_by, asked, at_terminal};
use common::{BIN, Sandbox, Terminal, has_tool, person};

/// Two names changed places in one step: no moment without a model.
#[test]
fn exchanged_for_another_model() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "runs/precious");
    world.label("runs/precious", "the only one");
    let id = asked(&world);
    // RENAME_EXCHANGE.
    let swap = "import ctypes, sys; sys.exit(ctypes.CDLL(None).renameat2(-100, b'runs/old', -100, \
                b'runs/precious', 2))";
    assert!(world.command_of("python3", &["-c", swap]).status().unwrap().success());
    let before = world.snapshot();
    let mut terminal = at_terminal(&world.command(&["approve", &id]));
    let shown = terminal.prompt();
    assert!(shown.contains("changed since:"), "{shown}");
    terminal.line("no");
    assert_eq!(terminal.end().1, 5);
    // While the question stands: what was shown is not there any more when the word comes.
    let mut terminal = at_terminal(&world.command(&["approve", &id]));
    terminal.prompt();
    assert!(world.command_of("python3", &["-c", swap]).status().unwrap().success());
    terminal.line("DELETE");
    terminal.0.exp_string("type the code ").unwrap();
    let code = terminal.0.exp_string("\r\n").unwrap();
    terminal.0.exp_string("code").unwrap();
    terminal.line(code.trim());
    let (shown, exit) = terminal.end();
    assert_eq!(exit, 3, "{shown}");
    assert_eq!(world.snapshot().len(), before.len());
    assert!(world.work().join("runs/old/config.json").exists());
    assert!(world.work().join("runs/precious/config.json").exists());
    let state = agent(&world, &["wait", "--json", &id]);
    assert_eq!((state.code, state.json()["state"].as_str()), (3, Some("refused")), "{state:?}");
}

/// Something else is mounted over it by the time a person looks.
#[test]
fn mounted_over() {
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    for mount in [
        "mount --bind runs/precious runs/old",
        "mount -t tmpfs none runs/old; cp -r runs/precious/. runs/old",
        "mount -t tmpfs none runs; cp -r ../copy/. runs",
    ] {
        let world = Sandbox::later();
        world.fixture("qwen3_full", "runs/precious");
        world.label("runs/precious", "the only one");
        let id = asked(&world);
        std::fs::create_dir(world.home().join("../copy")).unwrap();
        let copied = world.command_of("cp", &["-a", "runs/.", "../copy"]).status().unwrap();
        assert!(copied.success());
        let before = world.snapshot();
        let script = format!("{mount}; cd \"$PWD\"; exec \"$0\" approve {id}");
        let mut command = world.command_of("unshare", &["-m", "sh", "-c", &script]);
        command.arg(BIN);
        let mut terminal = at_terminal(&command);
        let found = terminal.0.any(&["anything else to stop", "hint: "]);
        let (shown, exit) = match found {
            Ok((shown, found)) if found.starts_with("anything") => {
                assert!(shown.contains("changed since:"), "{mount}: {shown}");
                terminal.line("no");
                terminal.end()
            }
            Ok((shown, _)) => (shown, terminal.end().1),
            Err(_) => terminal.end(),
        };
        assert!([3, 5].contains(&exit), "{mount}: {exit}: {shown}");
        assert_eq!(world.snapshot(), before, "{mount}");
    }
}

/// Whoever can write the journal can write a line in it; a second request of an id, or one that begins
/// like another, is not guessed at.
#[test]
fn an_id_that_two_have() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "runs/precious");
    world.label("runs/precious", "the only one");
    let id = asked(&world);
    let state = world.home().join(".local/state/safe-rm");
    let place = state.join(format!("requests/{id}.request"));
    let first = std::fs::read_to_string(&place).unwrap();
    let second = first.replace("runs/old", "runs/precious");
    let journal = std::fs::read_to_string(state.join("journal.jsonl")).unwrap();
    let line = journal.lines().find(|line| line.contains(&id)).unwrap();
    let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
    let forged = line.replace(&hash(&first), &hash(&second));
    assert_ne!(forged, line);
    std::fs::write(state.join("journal.jsonl"), format!("{journal}{forged}\n")).unwrap();
    std::fs::write(&place, second).unwrap();
    let before = world.snapshot();
    let (shown, exit) = approve(&world, &id);
    assert_eq!(exit, 1, "{shown}");
    assert_eq!(world.snapshot(), before);
}

/// An orphan of the agent that has kept the person's terminal.
#[test]
fn an_orphan_at_the_persons_terminal() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "old");
    world.label("old", "an old model");
    let before = world.snapshot();
    let script = format!(
        "bash -c 'exec -a claude bash -c \"(({BIN} old; echo code=\\$?) &) ; sleep 3; exit 0\"'; sleep 2"
    );
    let command = world.command_of("bash", &["--norc", "-c", &script]);
    let mut terminal = Terminal(person::spawn(&command, 20_000));
    terminal.0.exp_string("code=4").unwrap();
    assert_eq!(world.snapshot(), before);
}

/// The run of a person who approved is killed before anything moved: whoever waits is told.
#[test]
fn a_run_that_is_cut_off_after_the_word() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let world = Sandbox::later();
    let id = asked(&world);
    let mut command = world.command_of("strace", &["-f", "-qq", "-o", "/dev/null", "-e"]);
    command.args(["inject=renameat2:signal=KILL:when=1", BIN, "approve", &id]);
    let (shown, _) = approve_by(&command);
    assert!(shown.contains("code"), "{shown}");
    assert!(world.work().join("runs/old/config.json").exists());
    let state = agent(&world, &["wait", "--json", &id, "--timeout", "20s"]);
    assert_eq!((state.code, state.json()["state"].as_str()), (1, Some("failed")), "{state:?}");
    assert!(state.json()["answer"]["message"].as_str().unwrap().contains("cut off"), "{state:?}");
    // The same may be asked for again.
    assert_eq!(agent(&world, &["runs/old"]).code, 4);
}

/// Whoever can read the journal can hold its lock: a run waits, and not for ever.
#[test]
fn a_journal_that_somebody_holds() {
    if !has_tool("flock", &["--version"]) {
        return;
    }
    let world = Sandbox::later();
    let id = asked(&world);
    let journal = world.home().join(".local/state/safe-rm/journal.jsonl");
    let mut holder = world.command_of("flock", &["-x"]);
    let mut holder = holder.arg(journal).args(["sleep", "120"]).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let before = world.snapshot();
    let answer = agent(&world, &["cancel", &id]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.err.contains("another run is at work"), "{answer:?}");
    assert_eq!(world.snapshot(), before);
    let _ = world.command_of("pkill", &["-P", &holder.id().to_string()]).status();
    let _ = holder.kill();
    let _ = holder.wait();
}
