//! The README's picture is a real plan. `SAFE_RM_WRITE_DOCS=1` draws it anew.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{OWN, Sandbox, steady};

#[test]
fn the_picture_is_a_real_plan() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_full", "model_qwen25");
    sandbox.fixture("qwen3_lora_run", "run7");
    common::touch(&sandbox.work(), OWN);
    sandbox.label("run7", "Qwen3 LoRA");
    let answer = sandbox.run(&["plan", "model_qwen25", "run7/checkpoint-2"]);
    assert_eq!(answer.code, 3);
    let picture =
        format!("$ safe-rm model_qwen25 run7/checkpoint-2\n{}", steady(&sandbox, &answer.out));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once("```text\n").unwrap();
    let (shown, after) = rest.split_once("```\n").unwrap();
    if std::env::var_os("SAFE_RM_WRITE_DOCS").is_some() {
        std::fs::write(path, format!("{before}```text\n{picture}```\n{after}")).unwrap();
    } else {
        assert_eq!(shown, picture);
    }
    assert!(answer.out.lines().all(|l| l.chars().count() <= 80), "{}", answer.out);
}

#[test]
fn ci_runs_the_test_command_of_the_readme() {
    let root = env!("CARGO_MANIFEST_DIR");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).unwrap();
    let ci = std::fs::read_to_string(format!("{root}/.ci/run")).unwrap();
    assert!(readme.contains("\ncargo test\n"));
    assert!(ci.lines().any(|l| l.starts_with("cargo test")));
}
