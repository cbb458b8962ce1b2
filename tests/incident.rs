//! 15 November 2025, rebuilt: three copies of the same training, mistaken for old artefacts.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{Answer, Sandbox, safetensors, snapshot, touch};

const THREE: [&str; 3] = [
    "snapshots/2025-11-15",
    "consolidated_models/20251115_030850",
    "consolidated_backups/20251115_030850",
];

fn rebuild(clock: Option<String>) -> Sandbox {
    let mut sandbox = Sandbox::now();
    sandbox.clock = clock;
    sandbox.fixture("qwen3_full", THREE[0]);
    sandbox.fixture("qwen3_full", THREE[1]);
    lora(&sandbox, THREE[2]);
    sandbox.fixture("qwen3_sharded", "base_model");
    sandbox.fixture("qwen3_full", "model_qwen25");
    for dir in THREE {
        // The snapshot was a copy that kept the old times.
        touch(&sandbox.work().join(dir), "2025-11-09 12:00");
    }
    sandbox
}

/// An adapter with the shapes of one on Qwen3-8B, whose base is named by a bare path.
fn lora(sandbox: &Sandbox, dir: &str) {
    let mut tensors = Vec::new();
    for layer in 0..36 {
        for (part, rows) in [("q_proj", 4096), ("v_proj", 1024)] {
            let name = format!("base_model.model.model.layers.{layer}.self_attn.{part}");
            tensors.push((format!("{name}.lora_A.weight"), vec![16, 4096]));
            tensors.push((format!("{name}.lora_B.weight"), vec![rows, 16]));
        }
    }
    safetensors(&sandbox.work().join(dir).join("adapter_model.safetensors"), tensors);
    let config =
        r#"{"peft_type":"LORA","r":16,"base_model_name_or_path":"/data/snapshots/2025-11-15"}"#;
    sandbox.file(&format!("{dir}/adapter_config.json"), config);
    sandbox.file(&format!("{dir}/trainer_state.json"), r#"{"global_step":900,"max_steps":1200}"#);
}

fn on_the_day() -> Option<String> {
    Some("2025-11-15T14:00:00+01:00".to_owned())
}

fn in_ten_days() -> Option<String> {
    Sandbox::later().clock
}

fn plan(sandbox: &Sandbox, targets: &[&str]) -> Answer {
    let mut args = vec!["--json"];
    args.extend(targets);
    sandbox.run(&args)
}

/// The rules that refused one target and the models in it.
fn rules_of(answer: &Answer, name: &str) -> Vec<String> {
    let json = answer.json();
    let targets = json["targets"].as_array().unwrap();
    let target = targets.iter().find(|t| t["path"].as_str().unwrap().ends_with(name)).unwrap();
    let models = target["models"].as_array().unwrap();
    let refusals = models.iter().flat_map(|m| m["refusals"].as_array().unwrap());
    refusals.map(|r| r["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn on_the_day_nothing_of_it_goes() {
    let sandbox = rebuild(on_the_day());
    let before = sandbox.snapshot();
    let answer = plan(&sandbox, &THREE);
    assert_eq!(answer.code, 3, "{answer:?}");
    for name in THREE {
        let rules = rules_of(&answer, name);
        for rule in ["same-day", "unlabeled"] {
            assert!(rules.contains(&rule.to_owned()), "{name}: {rules:?}");
        }
        // The backup is a step of a run by its state, the others are the newest of their series.
        assert!(rules.contains(&"keep-last".to_owned()), "{name}: {rules:?}");
    }
    assert_eq!(sandbox.snapshot(), before, "not one byte changed");
    let text = sandbox.run(&THREE);
    assert_eq!(text.code, 3);
    let flat = text.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("Qwen3 family model"), "{flat}");
    assert!(flat.contains("LoRA adapter that fits Qwen3-8B, no proof"), "{flat}");
    assert!(flat.contains("r=16") && flat.contains("step 900 of 1200"), "{flat}");
    assert!(!flat.contains("Qwen2"), "{flat}");
    let json = answer.json();
    for target in json["targets"].as_array().unwrap() {
        assert_eq!(target["models"][0]["family"], "qwen3", "{target:#}");
    }
    assert_eq!(sandbox.snapshot(), before);
}

/// The same with the real clock: mtimes of last year, and yet of today.
#[test]
fn a_copy_that_kept_old_times_is_of_the_day_it_was_made() {
    let sandbox = Sandbox::now();
    sandbox.fixture("qwen3_full", "copy");
    touch(&sandbox.work().join("copy"), "2025-11-09 12:00");
    sandbox.label("copy", "Qwen3");
    let answer = plan(&sandbox, &["copy"]);
    assert_eq!(answer.code, 3);
    assert_eq!(rules_of(&answer, "copy"), ["same-day", "too-young"]);
    let text = sandbox.run(&["copy"]).out;
    assert!(text.contains("its own date is 2025-11-09"), "{text}");
    assert!(text.contains("arrived"), "{text}");
}

#[test]
fn the_name_that_lies_is_said_first() {
    let sandbox = rebuild(in_ten_days());
    let text = sandbox.run(&["plan", "model_qwen25"]).out;
    assert!(text.contains("! the name model_qwen25 says qwen2, the files say qwen3"), "{text}");
}

#[test]
fn ten_days_later_unlabelled_is_still_refused() {
    let sandbox = rebuild(in_ten_days());
    let before = sandbox.snapshot();
    let answer = plan(&sandbox, &THREE);
    assert_eq!(answer.code, 3);
    assert_eq!(answer.rules(), ["keep-last", "last-copy", "unlabeled"]);
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn a_false_label_is_refused() {
    let sandbox = rebuild(in_ten_days());
    for dir in THREE {
        sandbox.label(dir, "Qwen2.5-7B");
    }
    let answer = plan(&sandbox, &THREE[..2]);
    assert_eq!(answer.code, 3);
    assert!(answer.rules().contains(&"label-mismatch".to_owned()), "{:?}", answer.rules());
}

#[test]
fn labelled_truly_and_with_three_newer_ones_it_goes_and_comes_back() {
    let sandbox = rebuild(in_ten_days());
    for day in 16..19 {
        sandbox.fixture("qwen3_full", &format!("snapshots/2025-11-{day}"));
        sandbox.fixture("qwen3_full", &format!("consolidated_models/202511{day}_030850"));
        let backup = format!("consolidated_backups/202511{day}_030850");
        lora(&sandbox, &backup);
    }
    for dir in THREE {
        sandbox.label(dir, "Qwen3");
    }
    let before = sandbox.snapshot();
    let folder = snapshot(&sandbox.work().join(THREE[0]));
    // The last two of one consolidation do not go together.
    assert_eq!(plan(&sandbox, &THREE).rules(), ["last-copy"]);
    let two = &THREE[..2];
    let shown = sandbox.delete(two);
    for dir in two {
        assert!(!sandbox.work().join(dir).exists(), "{shown}");
    }
    // Nor one after the other.
    assert_eq!(plan(&sandbox, &THREE[2..]).rules(), ["last-copy"]);
    let undo = sandbox.run(&["undo"]);
    assert_eq!(undo.code, 0, "{undo:?}");
    assert_eq!(sandbox.snapshot(), before, "bit for bit, times and all");
    assert_eq!(snapshot(&sandbox.work().join(THREE[0])), folder);
}

#[test]
fn two_newer_ones_are_not_enough() {
    let sandbox = rebuild(in_ten_days());
    for day in 16..18 {
        sandbox.fixture("qwen3_full", &format!("snapshots/2025-11-{day}"));
    }
    sandbox.label(THREE[0], "Qwen3");
    let answer = plan(&sandbox, &THREE[..1]);
    assert_eq!((answer.code, answer.rules()), (3, vec!["keep-last".to_owned()]));
}

#[test]
fn a_truncated_newer_one_does_not_protect() {
    let sandbox = rebuild(in_ten_days());
    for day in 16..19 {
        let dir = sandbox.fixture("qwen3_full", &format!("snapshots/2025-11-{day}"));
        if day == 18 {
            let file = std::fs::OpenOptions::new().write(true).open(dir.join("model.safetensors"));
            file.unwrap().set_len(50_000).unwrap();
        }
    }
    sandbox.label(THREE[0], "Qwen3");
    assert_eq!(plan(&sandbox, &THREE[..1]).rules(), ["keep-last"]);
}

/// The weights lie below the dated folder: the series is that of the dates all the same.
#[test]
fn a_series_of_folders_around_the_models_is_one() {
    let sandbox = Sandbox::later();
    for day in 1..5 {
        let dir = format!("snap/2025-10-0{day}/merged");
        sandbox.fixture("qwen3_full", &dir);
        sandbox.label(&dir, "Qwen3");
    }
    for newest in ["snap/2025-10-04", "snap/2025-10-04/merged", "snap"] {
        assert_eq!(plan(&sandbox, &[newest]).rules(), ["keep-last"], "{newest}");
    }
    let oldest = plan(&sandbox, &["snap/2025-10-01"]);
    assert_eq!((oldest.code, oldest.rules()), (4, Vec::new()), "three newer ones are there");
}
