//! The policy, as the binary reads it.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{BIN, Sandbox, has_tool};

#[test]
fn where_a_variable_points_can_tighten_and_never_weaken() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_full", "model");
    let policy = |text: &str| sandbox.file("../home/.config/safe-rm/policy.toml", text);
    policy("[labels]\nrequired = false\n[rules]\nunlabeled = false\n");
    assert_eq!(sandbox.run(&["--json", "model"]).rules(), ["unlabeled"]);
    let work = sandbox.work();
    policy(&format!("protect = ['{}']\n", work.join("model").display()));
    sandbox.label("model", "Qwen3");
    assert_eq!(sandbox.run(&["--json", "model"]).rules(), ["protected-path"]);
    assert_eq!(sandbox.run(&["--json", "model/config.json"]).code, 3);
}

#[test]
fn a_policy_that_cannot_be_understood_stops_everything() {
    let sandbox = Sandbox::later();
    sandbox.file("notes", "x");
    for text in [
        "[keep]\nlsat = 3\n",
        "[rules]\nsame-dya = true\n",
        "[rules]\nunreadable = false\n",
        "[[[",
        "[age]\nmin = 'soon'\n",
    ] {
        sandbox.file("../home/.config/safe-rm/policy.toml", text);
        let answer = sandbox.run(&["notes"]);
        assert_eq!(answer.code, 1, "{text}: {answer:?}");
        assert!(answer.said().contains("policy.toml"), "{answer:?}");
    }
    // A FIFO in its place, which nobody writes to.
    let file = sandbox.home().join(".config/safe-rm/policy.toml");
    std::fs::remove_file(&file).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    let answer = sandbox.run(&["notes"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.said().contains("not a regular file"), "{answer:?}");
    assert!(sandbox.work().join("notes").exists());
}

#[test]
fn it_is_shown_with_its_origins() {
    let sandbox = Sandbox::later();
    sandbox.file("../home/.config/safe-rm/policy.toml", "[keep]\nlast = 7\n");
    let answer = sandbox.run(&["policy", "--json"]);
    let json = answer.json();
    let keep =
        json["items"].as_array().unwrap().iter().find(|i| i["key"] == "keep.last").unwrap().clone();
    assert_eq!(keep["value"], "7");
    assert!(keep["origin"].as_str().unwrap().ends_with("policy.toml"));
}

/// With a real `/etc/safe-rm/policy.toml`, in a mount namespace of its own.
#[test]
fn the_system_policy_weakens_and_says_so_in_the_first_line() {
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_full", "model");
    let run = |policy: &str| {
        let etc = "mount -t tmpfs none /etc && mkdir /etc/safe-rm";
        let script =
            format!("{etc} && echo '{policy}' > /etc/safe-rm/policy.toml && {BIN} plan model");
        let output = sandbox.command_of("unshare", &["-m", "sh", "-c", &script]).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = run("rules.unlabeled = false");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.starts_with("policy: rules.unlabeled is weaker than the default (by"), "{text}");
    let (code, text) = run("keep.last = 5");
    assert_eq!(code, Some(3), "{text}");
    assert!(text.starts_with("policy: /etc/safe-rm/policy.toml"), "{text}");
}
