//! Somebody's word to keep something holds whoever wrote it, wherever it stands.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::Sandbox;

/// Plans `path` in a folder with a labelled model `runs/a` and the given file; the rules.
fn rules(file: &str, text: &str, path: &str) -> Vec<String> {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_full", "runs/a");
    sandbox.label("runs/a", "Qwen3");
    sandbox.fixture("pytorch/zip_state_dict.pt", "runs/one/net.pt");
    sandbox.label("runs/one", "net");
    sandbox.fixture("qwen3_lora_run", "runs/lora");
    for step in [6, 8, 10] {
        sandbox.fixture("qwen3_lora_run/checkpoint-4", &format!("runs/lora/checkpoint-{step}"));
    }
    sandbox.label("runs/lora/checkpoint-2", "Qwen3 adapter");
    sandbox.file(file, text);
    let mut rules = sandbox.run(&["plan", "--json", path]).rules();
    rules.retain(|r| r == "pinned");
    rules
}

#[test]
fn a_pin_is_seen_wherever_it_stands() {
    let pins: &[(&str, &str, &str)] = &[
        // In an outer folder, over models with labels of their own.
        ("runs/MODEL_INFO.txt", "Keep: paper", "runs/a"),
        ("runs/MODEL_INFO.txt", "Model: x\nKeep: paper", "runs/lora/checkpoint-2"),
        ("MODEL_INFO.txt", "Keep: paper", "runs/a"),
        ("runs/MODEL_INFO.txt", "Keep: paper", "runs"),
        // In a second file beside the label.
        ("runs/a/MODEL_INFO.json", r#"{"Model": "Qwen3", "Keep": "paper"}"#, "runs/a"),
        ("runs/a/MODEL_INFO.json", r#"{"Keep": ["me", "you"]}"#, "runs/a"),
        ("runs/a/MODEL_INFO.yaml", "keep:\n  - me\n", "runs/a"),
        ("runs/a/MODEL_INFO.json", "{ \"keep\": ", "runs/a"),
        // Without a value.
        ("runs/a/MODEL_INFO.txt", "Model: Qwen3\nKeep:\n", "runs/a"),
        // The run's label, over a checkpoint with its own.
        ("runs/lora/MODEL_INFO.txt", "Model: Qwen3\nKeep: x", "runs/lora/checkpoint-2"),
        // The folder's label beside a sidecar, and the sidecar beside the folder's.
        ("runs/one/net.MODEL_INFO.txt", "Model: net\nKeep: x", "runs/one/net.pt"),
        ("runs/one/net.pt.MODEL_INFO.txt", "Model: net\nKeep: x", "runs/one"),
        ("runs/a.MODEL_INFO.txt", "Keep: x", "runs/a"),
        // Files.
        ("runs/KEEP", "", "runs/a"),
        ("DO_NOT_DELETE", "", "runs/lora/checkpoint-2"),
        ("runs/one/.keep", "", "runs/one/net.pt"),
        ("runs/a/.keep", "", "runs"),
    ];
    for (file, text, path) in pins {
        assert_eq!(rules(file, text, path), ["pinned"], "{file} {text:?} for {path}");
    }
}

#[test]
fn what_is_no_pin_pins_nothing() {
    let others: &[(&str, &str, &str)] = &[
        ("runs/.keep", "", "runs/a"),
        ("runs/a/MODEL_INFO.txt", "Model: Qwen3\nKeep: no", "runs/a"),
        ("runs/b.MODEL_INFO.txt", "Keep: x", "runs/a"),
        ("runs/one/MODEL_INFO.txt", "Keep: x", "runs/a"),
        ("runs/a/empty/.keep", "", "runs/a"),
    ];
    for (file, text, path) in others {
        assert_eq!(rules(file, text, path), Vec::<String>::new(), "{file} {text:?} for {path}");
    }
}
