//! What is the newest and what is the best of a series: by steps, by dates, by the run's own word.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{Sandbox, safetensors, touch};

/// A torch file as far as its front tells.
const TORCH: &[u8] = b"PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0x/data.pkl";

/// Complete weights of one shape, with a label.
fn step(sandbox: &Sandbox, path: &str) {
    let dir = sandbox.work().join(path);
    safetensors(&dir.join("model.safetensors"), vec![("a.weight".into(), vec![64, 64])]);
    sandbox.label(path, "q");
}

fn kept(sandbox: &Sandbox, path: &str) -> bool {
    sandbox.run(&["plan", "--json", path]).rules().contains(&"keep-last".to_owned())
}

/// A training loop of one's own writes optimizer and scheduler, and no state of a Trainer.
#[test]
fn checkpoints_of_ones_own_loop_are_whole() {
    let sandbox = Sandbox::later();
    for n in [100, 200] {
        step(&sandbox, &format!("run/step_{n}"));
        for file in ["optimizer.pt", "scheduler.pt"] {
            sandbox.file(&format!("run/step_{n}/{file}"), "PK\x03\x04");
        }
        sandbox.label(&format!("run/step_{n}"), "q");
    }
    assert!(kept(&sandbox, "run/step_200"));
    assert!(kept(&sandbox, "run"));
}

/// A stale index or a byte too many takes nothing away from weights that are all there.
#[test]
fn whole_weights_are_kept_whatever_lies_beside_them() {
    let sandbox = Sandbox::later();
    step(&sandbox, "run/step_1");
    let index = r#"{"weight_map": {"a.weight": "model-00001-of-00001.safetensors"}}"#;
    sandbox.file("run/step_1/model.safetensors.index.json", index);
    assert!(kept(&sandbox, "run/step_1"));
    let weights = sandbox.work().join("run/step_1/model.safetensors");
    let mut bytes = std::fs::read(&weights).unwrap();
    bytes.push(0);
    std::fs::write(&weights, bytes).unwrap();
    sandbox.label("run/step_1", "q");
    assert!(kept(&sandbox, "run/step_1"));
}

#[test]
fn an_unfinished_save_is_no_newer_one() {
    let sandbox = Sandbox::later();
    for n in [1, 2, 3, 4] {
        sandbox.file(&format!("run/step-{n}/__0_0.distcp"), TORCH);
        step(&sandbox, &format!("trainer/checkpoint-{n}"));
    }
    sandbox.file("run/step-1/.metadata", [0x80, 4, 0x95]);
    sandbox.label("run/step-1", "q");
    assert!(kept(&sandbox, "run/step-1"), "the others have no .metadata");
    sandbox.file("trainer/checkpoint-1/trainer_state.json", r#"{"global_step": 1}"#);
    assert!(kept(&sandbox, "trainer/checkpoint-1"), "the others have no state");
}

#[test]
fn the_run_knows_its_best() {
    let sandbox = Sandbox::later();
    for n in [1, 2, 3, 4, 5] {
        step(&sandbox, &format!("run/checkpoint-{n}"));
        let state = format!(
            r#"{{"global_step": {n}, "best_model_checkpoint": "/o/checkpoint-{}"}}"#,
            n.min(2)
        );
        sandbox.file(&format!("run/checkpoint-{n}/trainer_state.json"), state);
    }
    assert!(kept(&sandbox, "run/checkpoint-2"), "the newest says so");
    assert!(!kept(&sandbox, "run/checkpoint-1"), "it was the best of its own time only");
    sandbox.file("run/trainer_state.json", r#"{"best_model_checkpoint": "/o/checkpoint-1"}"#);
    assert!(kept(&sandbox, "run/checkpoint-1"), "the run's own state says so");
    std::fs::rename(sandbox.work().join("run/checkpoint-2"), sandbox.work().join("kept")).unwrap();
    assert!(kept(&sandbox, "kept"), "renamed, it has the step of the best");
    step(&sandbox, "best_model");
    assert!(kept(&sandbox, "best_model"));
}

#[test]
fn numbers_in_the_names_of_all_writers_make_a_series() {
    let sandbox = Sandbox::later();
    for n in ["000010", "000020"] {
        let path = sandbox.work().join(format!("lora/my_lora-{n}.safetensors"));
        safetensors(&path, vec![("a".into(), vec![4, 4])]);
    }
    for n in [100, 200] {
        sandbox.fixture("orbax", &format!("orbax/{n}"));
        let path = sandbox.work().join(format!("mlx/0000{n}_adapters.safetensors"));
        safetensors(&path, vec![("a".into(), vec![4, 4])]);
    }
    for path in ["lora/my_lora-000020.safetensors", "orbax/200", "mlx/0000200_adapters.safetensors"]
    {
        assert!(kept(&sandbox, path), "{path}");
    }
    for n in [300, 400, 500] {
        sandbox.fixture("orbax", &format!("orbax/{n}"));
    }
    assert!(!kept(&sandbox, "orbax/200"));
}

/// Files without a readable header are alike where their sizes nearly are.
#[test]
fn single_files_without_a_header_make_a_series() {
    let sandbox = Sandbox::later();
    for n in [1, 2, 3, 4] {
        let data = vec![0; 100_000 + n];
        let torch =
            common::made::zip(&[("archive/data.pkl", b"\x80\x02}."), ("archive/data/0", &data)]);
        sandbox.file(&format!("x/epoch=1-step={n}.ckpt"), torch);
    }
    assert!(kept(&sandbox, "x/epoch=1-step=2.ckpt"));
    assert!(!kept(&sandbox, "x/epoch=1-step=1.ckpt"));
}

/// Steps begin anew with a new run in an old folder: what was written last is kept as well.
#[test]
fn the_last_by_date_are_kept_as_well() {
    let sandbox = Sandbox::later();
    for n in [900, 1000, 1100, 1200] {
        step(&sandbox, &format!("run/checkpoint-{n}"));
    }
    touch(&sandbox.work().join("run"), "2025-08-01 12:00");
    step(&sandbox, "run/checkpoint-100");
    touch(&sandbox.work().join("run/checkpoint-100"), "2025-11-09 12:00");
    assert!(kept(&sandbox, "run/checkpoint-100"));
    assert!(!kept(&sandbox, "run/checkpoint-900"), "three are newer by step, four by date");
}

#[test]
fn a_future_date_is_newer_than_nothing() {
    let sandbox = Sandbox::later();
    step(&sandbox, "run/2025-11-01");
    for year in [2097, 2098, 2099] {
        step(&sandbox, &format!("run/{year}-01-01"));
    }
    assert!(kept(&sandbox, "run/2025-11-01"));
}

/// Of two dates in a name the later one counts, for the age and for the order.
#[test]
fn the_later_date_of_a_name_counts() {
    let sandbox = Sandbox::later();
    let today = (chrono::Utc::now() + chrono::Duration::days(10)).format("%Y%m%d").to_string();
    step(&sandbox, &format!("a/q_20240101_sft_{today}"));
    let rules = sandbox.run(&["plan", "--json", &format!("a/q_20240101_sft_{today}")]).rules();
    assert!(rules.contains(&"same-day".to_owned()), "{rules:?}");
    step(&sandbox, "b/q_20240101_sft_20251109");
    for old in ["q_20250101_sft_20251101", "q_20250201_sft_20251102", "q_20250301_sft_20251103"] {
        step(&sandbox, &format!("b/{old}"));
    }
    assert!(kept(&sandbox, "b/q_20240101_sft_20251109"));
}

/// The label of a run counts its steps; its older checkpoints have fewer.
#[test]
fn the_steps_of_a_runs_label_are_not_those_of_its_checkpoints() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_lora_run", "run");
    sandbox.file("run/MODEL_INFO.txt", "Model: Qwen3\nSteps: 4\n");
    let rules = sandbox.run(&["plan", "--json", "run/checkpoint-2"]).rules();
    assert!(!rules.contains(&"label-mismatch".to_owned()), "{rules:?}");
    sandbox.file("run/checkpoint-2/MODEL_INFO.txt", "Model: Qwen3\nSteps: 4 of 10\n");
    let rules = sandbox.run(&["plan", "--json", "run/checkpoint-2"]).rules();
    assert!(rules.contains(&"label-mismatch".to_owned()), "{rules:?}");
}
