//! What a disk can hold to mislead, to flood, to stall or to crash: an answer comes all the same.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::process::Command;
use std::time::Instant;

use common::{Sandbox, safetensors};

/// Text from files is cut: neither the plan nor the prompt is flooded.
#[test]
fn endless_names_in_files_are_cut() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_lora_run/checkpoint-4", "x");
    let base = format!(r#"{{"base_model_name_or_path": "{}", "r": 8}}"#, "b".repeat(3 << 20));
    sandbox.file("x/adapter_config.json", base);
    sandbox.file("x/MODEL_INFO.txt", format!("Model: Qwen3 {}\n", "m".repeat(60_000)));
    for args in [&["plan", "x"][..], &["plan", "--json", "x"]] {
        let answer = sandbox.run(args);
        assert!(answer.out.len() < 20_000, "{}", answer.out.len());
    }
}

#[test]
fn dates_that_no_calendar_has_are_dates_all_the_same() {
    let sandbox = Sandbox::later();
    let file = sandbox.fixture("pytorch/zip_state_dict.pt", "x/net.pt");
    for at in [-70_000_000_000_i64, 400_000_000_000] {
        let done = Command::new("touch").args(["-d", &format!("@{at}")]).arg(&file).status();
        assert!(done.unwrap().success());
        let answer = sandbox.run(&["plan", "x"]);
        assert_eq!(answer.code, 3, "{answer:?}");
        assert!(!answer.err.contains("panicked"), "{answer:?}");
    }
}

#[test]
fn what_is_no_regular_file_is_not_waited_for() {
    let sandbox = Sandbox::later();
    sandbox.file("x/notes", "x");
    for name in
        ["config.json", "MODEL_INFO.txt", "model.safetensors", "model.safetensors.index.json"]
    {
        let done = Command::new("mkfifo").arg(sandbox.work().join("x").join(name)).status();
        assert!(done.unwrap().success());
    }
    std::os::unix::fs::symlink("trainer_state.json", sandbox.work().join("x/trainer_state.json"))
        .unwrap();
    let start = Instant::now();
    let answer = sandbox.run(&["plan", "--json", "x"]);
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    // A label that cannot be read may say `Keep:`.
    assert!(answer.rules().contains(&"pinned".to_owned()), "{answer:?}");
}

/// Linear in the number of models: each was once looked for in all of the others.
#[test]
fn thousands_of_models_take_seconds() {
    let sandbox = Sandbox::later();
    let first = sandbox.work().join("x/net-0.safetensors");
    safetensors(&first, vec![("a".into(), vec![4, 4])]);
    for n in 1..4000 {
        let name = format!("x/net{}.safetensors", "n".repeat(n % 7) + &n.to_string());
        std::fs::copy(&first, sandbox.work().join(name)).unwrap();
    }
    for n in 0..1000 {
        let dir = sandbox.work().join(format!("run/checkpoint-{n}"));
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::copy(&first, dir.join("adapter_model.safetensors")).unwrap();
        std::fs::write(dir.join("adapter_config.json"), "{}").unwrap();
    }
    for (target, models) in [("x", 4000), ("run", 1000)] {
        let start = Instant::now();
        let json = sandbox.run(&["plan", "--json", target]).json();
        let took = start.elapsed();
        assert_eq!(json["totals"]["models"], models);
        assert!(took.as_secs() < 10, "{target}: {took:?}");
    }
}

/// A chain of folders with weights on every level costs no walk down the chain for each of them.
#[test]
fn a_deep_chain_of_models_takes_seconds() {
    let sandbox = Sandbox::later();
    let mut at = sandbox.work().join("x");
    for _ in 0..1200 {
        std::fs::create_dir(&at).unwrap();
        std::fs::write(at.join("n.pt"), "PK").unwrap();
        at = at.join("d");
    }
    let start = Instant::now();
    let json = sandbox.run(&["plan", "--json", "x"]).json();
    assert_eq!(json["totals"]["models"], 1200);
    // Wide, for machines that do other things.
    assert!(start.elapsed().as_secs() < 40, "{:?}", start.elapsed());
}

/// Headers and JSON of a hostile shape cost a small multiple of their size.
#[test]
fn hostile_headers_stay_in_bounds() {
    let sandbox = Sandbox::later();
    let header = format!("{{{}\"z\":0}}", "\"a\":[[],[]],".repeat(1_500_000));
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    sandbox.file("x/model.safetensors", file);
    let deep = "[".repeat(3 << 20);
    sandbox.file("x/config.json", &deep);
    sandbox.file("x/model.safetensors.index.json", &deep);
    sandbox.file("x/trainer_state.json", format!("[{}0]", "0,".repeat(4 << 20)));
    let script = format!("ulimit -v 700000; exec {} plan --json x", common::BIN);
    let mut command = sandbox.command_of("sh", &["-c", &script]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The headers of many files do not add up in memory.
#[test]
fn many_hostile_headers_stay_in_bounds() {
    let sandbox = Sandbox::later();
    let entry =
        format!("{{\"dtype\":\"F16\",\"shape\":[{}0],\"data_offsets\":[0,0]}}", "0,".repeat(1900));
    let entries: Vec<String> = (0..5000).map(|n| format!("\"t{n}\":{entry}")).collect();
    let header = format!("{{{}}}", entries.join(","));
    let file = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat();
    for n in 0..6 {
        sandbox.file(&format!("x/m{n}.safetensors"), &file);
    }
    let script = format!("ulimit -v 400000; exec {} plan --json x", common::BIN);
    let output = sandbox.command_of("sh", &["-c", &script]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
}
