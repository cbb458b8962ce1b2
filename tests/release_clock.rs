//! A release build ignores `SAFE_RM_TEST_CLOCK`: nobody can make time pass with a variable.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::Sandbox;
use std::process::Command;

#[test]
fn a_release_build_takes_the_real_clock() {
    let manifest = env!("CARGO_MANIFEST_DIR");
    // Thin settings, for speed alone: what is looked at are debug assertions, which are off.
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--bin", "safe-rm", "--quiet", "--message-format=json"])
        .args([
            "--config",
            "profile.release.lto=\"off\"",
            "--config",
            "profile.release.codegen-units=16",
        ])
        .args(["--config", "profile.release.opt-level=0"])
        .args(["--target-dir", concat!(env!("CARGO_TARGET_TMPDIR"), "/release")])
        .current_dir(manifest)
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let binary = concat!(env!("CARGO_TARGET_TMPDIR"), "/release/release/safe-rm");
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_full", "model");
    sandbox.label("model", "Qwen3");
    let judged = |program: &str| {
        let output = sandbox.command_of(program, &["plan", "--json", "model"]).output().unwrap();
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        json["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(judged(common::BIN), "allowed", "the debug build takes the test's clock");
    assert_eq!(judged(binary), "refused", "the release build knows that it was made just now");
}
