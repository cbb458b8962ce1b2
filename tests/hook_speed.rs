//! How long the hook takes. The bounds here are wide, for builds without optimisation on machines that
//! do other things; docs/PERFORMANCE.md has what was measured.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::Sandbox;

/// The answer, and the shortest of a few times.
fn timed(sandbox: &Sandbox, command: &str) -> (bool, Duration) {
    let call = serde_json::json!({"tool_name": "Bash", "tool_input": {"command": command}, "cwd": sandbox.work()});
    let once = || {
        let start = Instant::now();
        let mut hook = sandbox.command(&["hook", "claude-code"]);
        let mut child = hook.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(call.to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (!output.stdout.is_empty(), start.elapsed())
    };
    (0..5).map(|_| once()).min_by_key(|(_, time)| *time).unwrap()
}

#[test]
fn an_answer_is_there_at_once_however_much_lies_there() {
    let sandbox = Sandbox::now();
    sandbox.fixture("qwen3_full", "models/flat");
    sandbox.fixture("qwen3_full", "models/deep/checkpoint-99");
    for n in 0..50_000 {
        std::fs::write(sandbox.work().join(format!("models/flat/part{n}")), "").unwrap();
    }
    for folder in 0..500 {
        let folder = sandbox.work().join(format!("models/deep/d{folder}"));
        std::fs::create_dir(&folder).unwrap();
        for n in 0..100 {
            std::fs::write(folder.join(format!("e{n}.txt")), "").unwrap();
        }
    }
    let debug = if cfg!(debug_assertions) { 20 } else { 1 };
    for (command, denied, most) in [
        ("ls", false, 10),
        ("git commit -m 'rm -rf models'", false, 10),
        ("rm -rf node_modules", false, 10),
        ("rm -rf models/flat", true, 50),
        ("rm -rf models/deep", true, 50),
        ("rm -rf models", true, 50),
        ("rm -rf \"$UNSET_VARIABLE\"", true, 50),
        ("find . -name '*.safetensors' -delete", true, 150),
        ("rm -f models/flat/part1*", true, 150),
        ("rm -rf models/deep/d1", false, 50),
    ] {
        let (answer, time) = timed(&sandbox, command);
        let _ = writeln!(std::io::stderr(), "{time:?} {command}");
        // Denied or not, it is in time.
        assert_eq!(answer, denied, "{command}");
        assert!(time < Duration::from_millis(most * 4 * debug), "{command}: {time:?}");
    }
}
