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

/// The run of a person who approved that something goes for good is killed on the way: whoever waits is told
/// what became of it, and the rest can be gone on with.
#[test]
fn a_run_that_is_cut_off_while_it_frees() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    // The entries of the model and the folder itself; the next that is unlinked is the empty room.
    let entries = 5;
    for (call, state, said) in [
        ("renameat2:signal=KILL:when=1".to_owned(), "failed", "0 of 1 are freed"),
        ("unlinkat:signal=KILL:when=2".to_owned(), "failed", "goes on"),
        (
            format!("unlinkat:signal=KILL:when={}", entries + 1),
            "carried-out",
            "all of it was freed",
        ),
    ] {
        let world = Sandbox::later();
        world.fixture("qwen3_full", "runs/old");
        world.label("runs/old", "an old model");
        let below = walkdir::WalkDir::new(world.work().join("runs/old")).into_iter().count();
        assert_eq!(below, entries);
        let asked = agent(&world, &["--json", "--permanent", "runs/old"]).json();
        let id = asked["request"]["id"].as_str().unwrap();
        let mut command = world.command_of("strace", &["-f", "-qq", "-o", "/dev/null", "-e"]);
        command.args([&format!("inject={call}"), BIN, "approve", id]);
        let (shown, _) = approve_by(&command);
        assert!(shown.contains("code"), "{shown}");
        let answer = agent(&world, &["wait", "--json", id, "--timeout", "20s"]);
        let document = answer.json();
        assert_eq!(document["state"].as_str(), Some(state), "{call}: {answer:?}");
        assert_eq!(answer.code, i32::from(state == "failed"), "{call}: {answer:?}");
        let why = document["answer"]["message"].as_str().unwrap();
        assert!(why.contains("cut off") && why.contains(said), "{call}: {why}");
        let there = world.work().join("runs/old/config.json").exists();
        assert_eq!(there, said.starts_with("0 of"), "{call}");
        if said == "goes on" {
            let plan = why.split("purge ").nth(1).unwrap().split('`').next().unwrap();
            let undone = world.run(&["undo", plan]);
            assert_eq!(undone.code, 0, "{undone:?}");
        }
        // What is said is said once.
        let again = agent(&world, &["wait", "--json", id, "--timeout", "0s"]);
        assert_eq!(again.json()["answer"], document["answer"], "{again:?}");
    }
}

/// A run that is at it is not taken for one that was cut off.
#[test]
fn a_run_that_takes_its_time() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let world = Sandbox::later();
    world.fixture("qwen3_full", "runs/old");
    world.label("runs/old", "an old model");
    let asked = agent(&world, &["--json", "--permanent", "runs/old"]).json();
    let id = asked["request"]["id"].as_str().unwrap();
    let mut command = world.command_of("strace", &["-f", "-qq", "-o", "/dev/null", "-e"]);
    command.args(["inject=unlinkat:delay_enter=400000", BIN, "approve", id]);
    std::thread::scope(|scope| {
        let run = scope.spawn(|| approve_by(&command));
        let mut states: Vec<String> = Vec::new();
        while !run.is_finished() {
            let answer = agent(&world, &["wait", "--json", id, "--timeout", "0s"]);
            let state = answer.json()["state"].as_str().unwrap().to_owned();
            if states.last() != Some(&state) {
                states.push(state);
            }
        }
        let (shown, code) = run.join().unwrap();
        assert_eq!(code, 0, "{shown}");
        states.retain(|state| state != "carried-out");
        assert_eq!(states, ["open", "taken"], "{shown}");
    });
    let answer = agent(&world, &["wait", "--json", id]);
    assert_eq!((answer.code, answer.json()["state"].as_str()), (0, Some("carried-out")));
    assert_eq!(answer.json()["answer"]["message"], "carried out", "{answer:?}");
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
    assert!(answer.said().contains("another run is at work"), "{answer:?}");
    assert_eq!(world.snapshot(), before);
    let _ = world.command_of("pkill", &["-P", &holder.id().to_string()]).status();
    let _ = holder.kill();
    let _ = holder.wait();
}
