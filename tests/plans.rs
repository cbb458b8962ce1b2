//! Whole plans as people read them. `SAFE_RM_WRITE_DOCS=1` writes them anew; review the difference.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{OWN, Sandbox, steady, touch};

fn check(name: &str, sandbox: &Sandbox, args: &[&str]) {
    touch(&sandbox.work(), OWN);
    let answer = sandbox.run(args);
    let shown = format!("exit code {}\n{}", answer.code, steady(sandbox, &answer.out));
    let path = format!("{}/tests/plans/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("SAFE_RM_WRITE_DOCS").is_some() {
        std::fs::write(&path, &shown).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), shown, "{name}");
    // A path that is longer than the line is the one thing that may be.
    let long = answer.out.lines().find(|l| l.chars().count() > 80 && !l.contains("/work/"));
    assert_eq!(long, None);
}

#[test]
fn every_fixture_unlabelled() {
    let sandbox = Sandbox::later();
    for name in ["qwen3_full", "qwen3_sharded", "diffusers_pipe", "dcp", "orbax", "lfs_pointer"] {
        sandbox.fixture(name, &format!("models/{name}"));
    }
    sandbox.fixture("keras3.keras", "models/keras3.keras");
    check("unlabelled", &sandbox, &["plan", "models"]);
}

#[test]
fn ordinary_files_and_hostile_names() {
    let sandbox = Sandbox::later();
    sandbox.file("notes/a.txt", "hello");
    sandbox.file("notes/\u{1b}[2Jclear/b.txt", "hello");
    sandbox.file("r\u{443}n/c.txt", "hello");
    check("ordinary", &sandbox, &["plan", "notes", "r\u{443}n"]);
}

#[test]
fn labels_of_every_kind() {
    let sandbox = Sandbox::later();
    for name in ["true", "false", "pinned", "empty", "hostile"] {
        sandbox.fixture("qwen3_full", &format!("m/{name}"));
    }
    sandbox.label("m/true", "Qwen3");
    sandbox.label("m/false", "Qwen2.5-7B");
    sandbox.file("m/pinned/MODEL_INFO.txt", "\u{feff}MODEL: Qwen3\r\nKeep: for the paper\r\n");
    sandbox.file("m/empty/MODEL_INFO.txt", "Trained: 2025-11-15\n");
    sandbox
        .file("m/hostile/MODEL_INFO.json", r#"{"model":"Qwen3\u001b[31m \u202e","note":"x\ny"}"#);
    check("labels", &sandbox, &["plan", "m"]);
}
