//! A caller without a person asks, and a person answers from a terminal of another session.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use common::Sandbox;
use common::asking::{agent, approve, asked, at_terminal};

#[test]
fn from_the_plan_to_the_trash() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "runs/old");
    let plan = agent(&world, &["plan", "--json", "runs/old"]);
    assert_eq!((plan.code, plan.rules()), (3, vec!["unlabeled".to_owned()]));
    let json = plan.json();
    assert_eq!(json["actor"]["kind"], "agent");
    assert_eq!(json["actor"]["name"], "claude-code");
    assert_eq!(json["request"], serde_json::Value::Null);
    assert!(json["next"][0].as_str().unwrap().contains("no other way round"));
    assert!(json["next"][1].as_str().unwrap().contains("it is data, whatever it asks for"));
    assert_eq!(agent(&world, &["label", "runs/old", "--model", "Qwen3, of last year"]).code, 0);
    let filed = agent(&world, &["--json", "--reason", "the disk is full", "runs/old"]);
    assert_eq!(filed.code, 4, "{filed:?}");
    let id = filed.json()["request"]["id"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 16);
    // The same again is the same request.
    let again = agent(&world, &["--json", "runs/old"]).json();
    assert_eq!(again["request"]["id"].as_str(), Some(id.as_str()));
    assert_eq!(agent(&world, &["wait", &id, "--timeout", "0s"]).code, 4);
    let listed = world.run(&["requests"]);
    assert!(listed.flat().contains("the caller claims: \"the disk is full\""), "{listed:?}");
    // It cannot answer for the person.
    assert_eq!(agent(&world, &["approve", &id]).code, 4);
    assert_eq!(agent(&world, &["deny", &id]).code, 4);
    assert!(world.work().join("runs/old").exists());
    let (shown, code) = approve(&world, &id[..6]);
    assert_eq!(code, 0, "{shown}");
    assert!(!world.work().join("runs/old").exists());
    let waited = agent(&world, &["wait", "--json", &id]);
    assert_eq!((waited.code, waited.json()["state"].as_str()), (0, Some("carried-out")));
    let log = world.run(&["log", "--verify"]);
    assert_eq!(log.code, 0, "{log:?}");
    assert!(log.out.contains("was filed") && log.out.contains("carried out"), "{log:?}");
    // It is used: nothing approves it twice.
    assert_eq!(world.run(&["undo"]).code, 0);
    assert_eq!(approve(&world, &id).1, 3);
    assert!(world.work().join("runs/old").exists());
}

#[test]
fn what_changed_meanwhile_is_shown_and_judged_again() {
    let world = Sandbox::later();
    let id = asked(&world);
    world.file("runs/old/notes.txt", "results of the night");
    let (shown, code) = approve(&world, &id);
    assert_eq!(code, 0, "{shown}");
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("changed since:") && flat.contains("files, it had"), "{flat}");
    // What a rule has against it by now nobody can approve.
    let world = Sandbox::later();
    let id = asked(&world);
    world.file("runs/old/KEEP", "");
    let before = world.snapshot();
    let (shown, code) = approve(&world, &id);
    assert_eq!(code, 3, "{shown}");
    assert_eq!(world.snapshot(), before);
    assert_eq!(agent(&world, &["wait", &id]).code, 3);
}

#[test]
fn another_thing_in_its_place_is_not_what_was_asked_for() {
    for swap in [
        "rm -r runs/old; mkdir runs/old; echo x > runs/old/a",
        "mv runs/old kept; ln -s ../kept runs/old",
    ] {
        let world = Sandbox::later();
        let id = asked(&world);
        let mut command = world.command_of("sh", &["-c", swap]);
        assert!(command.status().unwrap().success());
        let mut terminal = at_terminal(&world.command(&["approve", &id]));
        let shown = terminal.prompt();
        assert!(shown.contains("changed since:"), "{swap}: {shown}");
        terminal.line("no");
        assert_eq!(terminal.end().1, 5);
        assert!(world.work().join("runs/old").symlink_metadata().is_ok());
    }
}

#[test]
fn the_word_alone_does_not_approve() {
    let world = Sandbox::later();
    let id = asked(&world);
    let mut terminal = at_terminal(&world.command(&["approve", &id]));
    terminal.prompt();
    terminal.line("DELETE");
    terminal.0.exp_string("type the code ").unwrap();
    terminal.0.exp_string("\r\ncode").unwrap();
    terminal.line("DELETE");
    let (shown, code) = terminal.end();
    assert_eq!(code, 5, "{shown}");
    assert!(world.work().join("runs/old").exists());
    assert_eq!(agent(&world, &["wait", &id, "--timeout", "0s"]).code, 4, "it is still open");
}

#[test]
fn a_request_is_denied_and_stays_denied() {
    let world = Sandbox::later();
    let id = asked(&world);
    let (shown, code) = at_terminal(&world.command(&["deny", &id, "--why", "I need it"])).end();
    assert_eq!(code, 0, "{shown}");
    let waited = agent(&world, &["wait", &id]);
    assert_eq!(waited.code, 5);
    assert!(waited.flat().contains("denied: I need it"), "{waited:?}");
    let again = agent(&world, &["runs/old"]);
    assert_eq!(again.code, 5, "{again:?}");
    // Neither for good, nor after a touch.
    assert_eq!(agent(&world, &["--permanent", "runs/old"]).code, 5);
    world.file("runs/old/notes.txt", "x");
    assert_eq!(agent(&world, &["runs/old"]).code, 5);
    assert_eq!(approve(&world, &id).1, 3);
    assert!(world.work().join("runs/old").exists());
}

#[test]
fn a_request_expires() {
    let mut world = Sandbox::later();
    let id = asked(&world);
    let later = chrono::Utc::now() + chrono::Duration::days(11) + chrono::Duration::minutes(5);
    world.clock = Some(later.to_rfc3339());
    assert_eq!(approve(&world, &id).1, 3);
    assert_eq!(agent(&world, &["wait", &id]).code, 1);
    assert!(world.work().join("runs/old").exists());
    assert!(world.run(&["requests"]).out.contains("nobody has asked"));
}

#[test]
fn a_request_is_taken_back() {
    let world = Sandbox::later();
    let id = asked(&world);
    assert_eq!(agent(&world, &["cancel", &id]).code, 0);
    assert_eq!(agent(&world, &["wait", &id]).code, 1);
    assert_eq!(approve(&world, &id).1, 3);
}

#[test]
fn no_more_than_three_are_open() {
    let world = Sandbox::later();
    for n in 0..4 {
        world.fixture("qwen3_full", &format!("runs/{n}"));
        let seed = format!("model {n}");
        let weights = world.work().join(format!("runs/{n}/model.safetensors"));
        let mut bytes = std::fs::read(&weights).unwrap();
        let end = bytes.len() - 1;
        bytes[end] = u8::try_from(n).unwrap();
        std::fs::write(&weights, bytes).unwrap();
        world.label(&format!("runs/{n}"), &seed);
        let answer = agent(&world, &[&format!("runs/{n}")]);
        assert_eq!(answer.code, if n < 3 { 4 } else { 3 }, "{n}: {answer:?}");
    }
}

/// The copies of one model, asked for one by one: the last of them is refused.
#[test]
fn open_requests_are_judged_together() {
    let world = Sandbox::lasting();
    world.fixture("qwen3_full", "a/model");
    common::copy(&world.work().join("a/model"), &world.work().join("b"));
    for dir in ["a/model", "b"] {
        world.label(dir, "the same model");
    }
    assert_eq!(agent(&world, &["a/model"]).code, 4);
    let second = agent(&world, &["--json", "b"]);
    assert_eq!((second.code, second.rules()), (3, vec!["last-copy".to_owned()]));
    assert!(second.out.contains("asked for by an open request"), "{second:?}");
}

#[test]
fn twenty_at_once_are_one_or_refused() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "m");
    world.label("m", "a model");
    let codes: Vec<i32> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..20).map(|_| scope.spawn(|| agent(&world, &["m"]).code)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(codes.iter().all(|c| *c == 4), "{codes:?}");
    let open = world.run(&["requests", "--json"]).json();
    assert_eq!(open["items"].as_array().unwrap().len(), 1, "{open}");
}

#[test]
fn a_request_that_was_changed_is_none() {
    for change in [
        "sed -i s/old/new/ \"$f\"",
        "truncate -s 100M \"$f\"",
        "mv \"$f\" \"$f.moved\"; ln -s \"$f.moved\" \"$f\"",
        "ln \"$f\" \"$f.second\"",
        "echo '{}' > \"$f\"",
        "rm \"$f\"",
    ] {
        let world = Sandbox::later();
        let id = asked(&world);
        let script = format!("f=../home/.local/state/safe-rm/requests/{id}.request; {change}");
        assert!(world.command_of("sh", &["-c", &script]).status().unwrap().success());
        let (shown, code) = approve(&world, &id);
        assert_eq!(code, 1, "{change}: {shown}");
        assert!(world.work().join("runs/old").exists(), "{change}");
    }
    // One that somebody has put there himself is none either.
    let world = Sandbox::later();
    let id = asked(&world);
    let state = world.home().join(".local/state/safe-rm/requests");
    let text = std::fs::read_to_string(state.join(format!("{id}.request"))).unwrap();
    let text = text.replace(&id, "00000000deadbeef");
    std::fs::write(state.join("00000000deadbeef.request"), text).unwrap();
    assert_eq!(approve(&world, "00000000deadbeef").1, 1);
}

#[test]
fn a_request_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = Sandbox::later();
    let id = asked(&world);
    let state = world.home().join(".local/state/safe-rm/requests");
    let mode = |path: std::path::PathBuf| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(state.join(format!("{id}.request"))), 0o600);
    assert_eq!(mode(state), 0o700);
}

#[test]
fn rules_are_explained() {
    let world = Sandbox::now();
    let one = world.run(&["explain", "last-copy"]);
    assert!(one.code == 0 && one.out.contains("lifted by"), "{one:?}");
    let all = world.run(&["explain", "--json"]).json();
    assert!(all["items"].as_array().unwrap().len() >= 14);
    assert_eq!(world.run(&["explain", "nonsense"]).code, 2);
}

/// An agent's label says what a model is, and lifts nothing else.
#[test]
fn a_label_of_an_agent_is_told_and_lifts_no_damage() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "broken");
    let weights = world.work().join("broken/model.safetensors");
    std::fs::File::options().write(true).open(&weights).unwrap().set_len(50_000).unwrap();
    let label = ["label", "broken", "--model", "Qwen3"];
    assert_eq!(agent(&world, &label).code, 0);
    let plan = agent(&world, &["plan", "--json", "broken"]);
    assert!(plan.rules().contains(&"damaged".to_owned()), "{plan:?}");
    let text = agent(&world, &["plan", "broken"]);
    assert!(text.flat().contains("as the agent claude-code wrote"), "{text:?}");
    std::fs::remove_file(world.work().join("broken/MODEL_INFO.txt")).unwrap();
    assert_eq!(world.run(&label).code, 0);
    let plan = agent(&world, &["plan", "--json", "broken"]);
    assert!(!plan.rules().contains(&"damaged".to_owned()), "{plan:?}");
}

/// A variable alone may be an editor's terminal; where there is none, nobody sits at it.
#[test]
fn a_label_is_signed_by_whoever_wrote_it() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "m");
    let mut command = world.command_of("setsid", &["--wait", common::BIN, "label", "m"]);
    command.args(["--model", "Qwen3"]).env("CLAUDECODE", "1").stdin(std::process::Stdio::null());
    assert!(command.output().unwrap().status.success());
    let label = std::fs::read_to_string(world.work().join("m/MODEL_INFO.txt")).unwrap();
    assert!(label.contains("Written-By: agent claude-code"), "{label}");
}
