//! Which folder a file belongs to: what a layout owns is one model, what merely lies below it is
//! another, and a part alone is never a target.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{Sandbox, safetensors};

/// A torch file.
const TORCH: &[u8] = include_bytes!("fixtures/pytorch/jit.pt");

const CONFIG: &str = r#"{"model_type": "qwen3"}"#;

fn weights(sandbox: &Sandbox, path: &str) {
    safetensors(&sandbox.work().join(path), vec![("a.weight".into(), vec![64, 64])]);
}

/// The models that a plan of `x` names, by path relative to it.
fn models(sandbox: &Sandbox) -> Vec<String> {
    let json = sandbox.run(&["plan", "--json", "x"]).json();
    let target = &json["targets"][0];
    let root = target["path"].as_str().unwrap();
    let models = target["models"].as_array().unwrap().iter();
    let path = |m: &serde_json::Value| m["path"].as_str().unwrap()[root.len()..].to_owned();
    models.map(path).map(|p| p.trim_start_matches('/').to_owned()).collect()
}

fn is_part(sandbox: &Sandbox, path: &str) -> bool {
    sandbox.run(&["plan", "--json", path]).rules().contains(&"part-of".to_owned())
}

#[test]
fn what_only_lies_below_a_layout_is_a_model_of_its_own() {
    let tops: &[(&str, &str)] = &[
        ("model_index.json", r#"{"_class_name": "P", "unet": ["diffusers", "U"]}"#),
        ("_METADATA", "{}"),
        ("_CHECKPOINT_METADATA", "{}"),
        ("saved_model.pb", "\x08\x01\x12\x00"),
        ("config.json", CONFIG),
        ("adapter_config.json", "{}"),
        ("trainer_state.json", r#"{"global_step": 5}"#),
        ("model.safetensors.index.json", r#"{"weight_map": {}}"#),
    ];
    for (top, text) in tops {
        let sandbox = Sandbox::later();
        sandbox.file(&format!("x/{top}"), text);
        weights(&sandbox, "x/runs/best/model.safetensors");
        sandbox.label("x", "Qwen3");
        let found = models(&sandbox);
        assert!(found.contains(&"runs/best".to_owned()), "{top}: {found:?}");
        let answer = sandbox.run(&["plan", "--json", "x"]);
        assert!(answer.rules().contains(&"unlabeled".to_owned()), "{top}: {:?}", answer.rules());
    }
}

#[test]
fn modules_of_a_sentence_transformer_are_its_own_and_others_are_not() {
    let sandbox = Sandbox::later();
    sandbox.file("x/modules.json", r#"[{"path": ""}, {"path": "2_Dense"}]"#);
    sandbox.file("x/config_sentence_transformers.json", "{}");
    weights(&sandbox, "x/model.safetensors");
    weights(&sandbox, "x/2_Dense/model.safetensors");
    weights(&sandbox, "x/mine/model.safetensors");
    assert_eq!(models(&sandbox), ["", "mine"]);
    assert!(is_part(&sandbox, "x/2_Dense"));
    assert!(!is_part(&sandbox, "x/mine"));
}

/// Trainer with FSDP, with DeepSpeed; accelerate; verl; Megatron; diffusers' training scripts.
#[test]
fn a_step_owns_the_folders_of_its_sharded_state() {
    let sets: &[(&str, &[&str], &[&str])] = &[
        (
            "checkpoint-4",
            &["pytorch_model_fsdp_0/__0_0.distcp", "optimizer_0/__0_0.distcp"],
            &["pytorch_model_fsdp_0/.metadata", "optimizer_0/.metadata"],
        ),
        (
            "checkpoint-4",
            &[
                "global_step4/bf16_zero_pp_rank_0_mp_rank_00_optim_states.pt",
                "global_step4/bf16_zero_pp_rank_1_mp_rank_00_optim_states.pt",
                "global_step4/mp_rank_00_model_states.pt",
            ],
            &[],
        ),
        (
            "global_step_4",
            &["actor/model_world_size_2_rank_0.pt", "actor/model_world_size_2_rank_1.pt"],
            &["actor/huggingface/config.json"],
        ),
        ("iter_0000100", &["mp_rank_00/model_optim_rng.pt", "mp_rank_01/model_optim_rng.pt"], &[]),
        ("checkpoint-4", &["unet/diffusion_pytorch_model.bin"], &["unet/config.json"]),
    ];
    for (step, torch, side) in sets {
        // The target is the run, and then the step itself.
        for at in [format!("x/{step}"), (*step).to_owned()] {
            let sandbox = Sandbox::later();
            for file in *torch {
                sandbox.file(&format!("{at}/{file}"), TORCH);
            }
            for file in *side {
                sandbox.file(&format!("{at}/{file}"), CONFIG);
            }
            let state = r#"{"global_step": 4, "best_model_checkpoint": "/old/checkpoint-4"}"#;
            sandbox.file(&format!("{at}/trainer_state.json"), state);
            let target = at.split('/').next().unwrap();
            let json = sandbox.run(&["plan", "--json", target]).json();
            let models = json["targets"][0]["models"].as_array().unwrap();
            assert_eq!(models.len(), 1, "{at}: {models:#?}");
            assert!(models[0]["path"].as_str().unwrap().ends_with(step), "{models:#?}");
            assert_eq!(models[0]["best"], true, "{step}");
            for file in *torch {
                assert!(is_part(&sandbox, &format!("{at}/{file}")), "{at}/{file}");
                let folder = file.split('/').next().unwrap();
                assert!(is_part(&sandbox, &format!("{at}/{folder}")), "{at}/{folder}");
            }
        }
    }
}

#[test]
fn parts_of_every_kind_are_refused() {
    let kinds: &[(&[&str], &[&str])] = &[
        // All files, and those that are parts.
        (&["consolidated.00.pth", "consolidated.01.pth"], &["consolidated.00.pth"]),
        (&["consolidated.00.pth", "params.json"], &["params.json"]),
        (
            &["ckpt-9.data-00000-of-00001", "ckpt-9.index", "checkpoint"],
            &["ckpt-9.index", "checkpoint"],
        ),
        (&["model.safetensors", "tokenizer.json"], &["tokenizer.json"]),
        (&["global_step9/mp_rank_00_model_states.pt", "latest"], &["latest"]),
        (
            &["iter_0000100/mp_rank_00/model_optim_rng.pt", "latest_checkpointed_iteration.txt"],
            &["latest_checkpointed_iteration.txt"],
        ),
        (&["rank0.safetensors", "rank1.safetensors"], &["rank0.safetensors"]),
        (&["__0_0.distcp", ".metadata"], &[".metadata", "__0_0.distcp"]),
    ];
    for (all, parts) in kinds {
        let sandbox = Sandbox::later();
        for file in *all {
            sandbox.file(&format!("x/{file}"), TORCH);
        }
        for part in *parts {
            assert!(is_part(&sandbox, &format!("x/{part}")), "{part} of {all:?}");
        }
        assert!(!is_part(&sandbox, "x"), "{all:?}");
    }
}

#[test]
fn components_are_those_that_the_pipeline_names() {
    let sandbox = Sandbox::later();
    let index = r#"{"_class_name": "P", "_version": "1", "prior": ["diffusers", "Prior"]}"#;
    sandbox.file("x/model_index.json", index);
    weights(&sandbox, "x/prior/model.safetensors");
    assert!(is_part(&sandbox, "x/prior"));
    assert!(is_part(&sandbox, "x/prior/model.safetensors"));
    assert_eq!(models(&sandbox), [""]);
}

/// What may stay or go without anything being broken is no part.
#[test]
fn neighbours_are_no_parts() {
    let sandbox = Sandbox::later();
    weights(&sandbox, "x/a.safetensors");
    weights(&sandbox, "x/b.safetensors");
    sandbox.file("x/notes.md", "text");
    sandbox.file("x/samples/picture.png", "\u{89}PNG");
    sandbox.file("tok/tokenizer.json", "{}");
    sandbox.file("tok/vocab.json", "{}");
    sandbox.file("program/config.json", r#"{"port": 80}"#);
    sandbox.file("program/vocab.txt", "a");
    for path in
        ["x/a.safetensors", "x/notes.md", "x/samples", "tok/tokenizer.json", "program/vocab.txt"]
    {
        assert!(!is_part(&sandbox, path), "{path}");
    }
}

#[test]
fn a_store_of_ollama_is_one_model() {
    let sandbox = Sandbox::later();
    sandbox.file("x/manifests/registry/library/qwen3/8b", "{}");
    sandbox
        .file(&format!("x/blobs/sha256-{}", "a".repeat(64)), b"GGUF\x03\0\0\0\x01\0\0\0\0\0\0\0");
    sandbox
        .file(&format!("x/blobs/sha256-{}", "b".repeat(64)), b"GGUF\x03\0\0\0\x01\0\0\0\0\0\0\0");
    assert_eq!(models(&sandbox), [""]);
    for part in ["x/manifests", "x/blobs", "x/manifests/registry/library/qwen3/8b"] {
        assert!(is_part(&sandbox, part), "{part}");
    }
}

#[test]
fn any_index_that_maps_no_weights_is_none() {
    let sandbox = Sandbox::later();
    sandbox.file("x/search.index.json", r#"{"docs": [1, 2]}"#);
    assert_eq!(models(&sandbox), Vec::<String>::new());
}

/// A date two folders above the target makes a series where others like it exist.
#[test]
fn a_date_further_up_makes_a_series_of_those_alike() {
    let sandbox = Sandbox::later();
    for date in ["2025-11-01", "2025-11-02"] {
        weights(&sandbox, &format!("out/{date}/run/merged/model.safetensors"));
        sandbox.label(&format!("out/{date}/run/merged"), "x");
    }
    weights(&sandbox, "alone/2025-11-01/run/merged/model.safetensors");
    sandbox.label("alone/2025-11-01/run/merged", "x");
    let rules = |path: &str| sandbox.run(&["plan", "--json", path]).rules();
    assert_eq!(rules("out/2025-11-01/run/merged"), ["keep-last"]);
    assert_eq!(rules("alone/2025-11-01/run/merged"), Vec::<String>::new());
}

/// A folder of one shard set may go when every file of it is named.
#[test]
fn a_set_of_which_every_file_is_named_is_whole() {
    let sandbox = Sandbox::later();
    for shard in ["q-00001-of-00002.gguf", "q-00002-of-00002.gguf", "other.gguf"] {
        sandbox.file(&format!("x/{shard}"), b"GGUF\x03\0\0\0\x01\0\0\0\0\0\0\0");
    }
    assert!(is_part(&sandbox, "x/q-00001-of-00002.gguf"));
    let both = ["plan", "--json", "x/q-00001-of-00002.gguf", "x/q-00002-of-00002.gguf"];
    assert!(!sandbox.run(&both).rules().contains(&"part-of".to_owned()));
}

#[test]
fn two_files_that_are_one_model_are_parts_of_each_other() {
    for (a, b) in [
        ("net.onnx", "net.onnx_data"),
        ("net.xml", "net.bin"),
        ("net.cfg", "net.weights"),
        ("net.prototxt", "net.caffemodel"),
    ] {
        let sandbox = Sandbox::later();
        sandbox.file(&format!("x/{a}"), "a");
        sandbox.file(&format!("x/{b}"), "b");
        for part in [a, b] {
            assert!(is_part(&sandbox, &format!("x/{part}")), "{part}");
        }
    }
}

/// Files deep in a layout have names of every kind.
#[test]
fn everything_in_a_folder_that_a_layout_made_is_a_part() {
    let sandbox = Sandbox::later();
    sandbox.fixture("orbax", "x");
    let blob = std::fs::read_dir(sandbox.work().join("x/d")).unwrap().next().unwrap().unwrap();
    assert!(is_part(&sandbox, &format!("x/d/{}", blob.file_name().to_str().unwrap())));
    assert!(is_part(&sandbox, "x/_sharding"));
    assert!(is_part(&sandbox, "x/array_metadatas/process_0"));
    sandbox.file("iter_0000100/dec.weight/.zarray", "{}");
    sandbox.file("iter_0000100/dec.weight/0.0", "data");
    assert!(is_part(&sandbox, "iter_0000100/dec.weight/0.0"));
}

/// What a person put into a repository of the hub is on no hub.
#[test]
fn own_files_in_a_hub_repository_are_nobodys_download() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    for own in ["finetune/model.bin", "blobs/my_lora.safetensors"] {
        let sandbox = Sandbox::later();
        sandbox.file(&format!("x/models--org--q/snapshots/{commit}/config.json"), CONFIG);
        weights(&sandbox, &format!("x/models--org--q/blobs/{}", "a".repeat(64)));
        let rules = || sandbox.run(&["plan", "--json", "x/models--org--q"]).rules();
        assert_eq!(rules(), Vec::<String>::new());
        if own.ends_with(".bin") {
            let path = sandbox.file(&format!("x/models--org--q/{own}"), [7; 9]);
            std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len(20 << 20).unwrap();
        } else {
            weights(&sandbox, &format!("x/models--org--q/{own}"));
        }
        assert_eq!(rules(), ["unlabeled"], "{own}");
    }
}

#[test]
fn an_adapter_below_a_model_needs_its_own_label() {
    let sandbox = Sandbox::later();
    for n in [1, 2] {
        weights(&sandbox, &format!("x/model-0000{n}-of-00002.safetensors"));
    }
    weights(&sandbox, "x/lora_adapter/adapter_model.safetensors");
    sandbox.file("x/lora_adapter/adapter_config.json", "{}");
    sandbox.label("x", "q");
    // What is least replaceable stands first.
    assert_eq!(models(&sandbox), ["lora_adapter", ""]);
}

/// A run that has a trainer's files at its top is no single checkpoint.
#[test]
fn the_steps_of_a_run_are_not_absorbed_by_it() {
    let sandbox = Sandbox::later();
    sandbox.file("x/training_args.bin", TORCH);
    for step in [1, 2, 3, 4] {
        sandbox.file(&format!("x/global_step_{step}/actor/model_world_size_1_rank_0.pt"), TORCH);
    }
    sandbox.label("x", "q");
    assert_eq!(models(&sandbox).len(), 4);
    assert!(sandbox.run(&["plan", "--json", "x"]).rules().contains(&"keep-last".to_owned()));
    assert!(!is_part(&sandbox, "x/global_step_4"));
}
