//! Every layout of docs/formats.md, and its whole identity.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::Sandbox;
use common::made::{self, Value as P};
use common::said::{Files, holds, said, small, text};
use serde_json::{Value, json};

#[test]
fn layouts() {
    let lora = || {
        made::safetensors(
            &json!({"format": "pt"}),
            &[("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", &[8, 16])],
        )
    };
    let zero = || made::torch("zero", &P::Map(vec![("optimizer_state_dict", P::Map(vec![]))]));
    let states = made::torch(
        "mp",
        &P::Map(vec![
            ("module", made::state()),
            ("global_steps", P::Int(900)),
            ("dp_world_size", P::Int(2)),
            ("ds_version", P::Text("0.17.0")),
        ]),
    );
    let megatron = made::torch(
        "model_optim_rng",
        &P::Map(vec![("iteration", P::Int(100)), ("model", made::state())]),
    );
    let engine = text(
        r#"{"version": "1.2.0", "pretrained_config": {"architecture": "Qwen3ForCausalLM", "dtype": "bfloat16", "quantization": {"quant_algo": "FP8"}}, "build_config": {}}"#,
    );
    let blob = "models/blobs/sha256-00ff";
    let config = r#"{"model_family": "qwen3", "model_type": "8.2B", "file_type": "Q4_K_M", "model_format": "gguf"}"#;
    let merge = "merge_method: slerp\nbase_model: Qwen/Qwen3-8B\nmodels:\n  - model: a/one\n  - model: /data/two\n";
    let kohya = json!({"ss_sd_model_name": "sdxl.safetensors", "ss_base_model_version": "sdxl_base_v1-0", "ss_output_name": "style", "ss_network_module": "networks.lora", "ss_network_dim": "16", "ss_steps": "900", "ss_epoch": "3", "ss_training_finished_at": "1763175600.5"});
    let arguments = || {
        made::torch(
            "training_args",
            &P::Object(
                "transformers.training_args",
                "TrainingArguments",
                vec![("output_dir", P::Text("/runs/seven")), ("max_steps", P::Int(1200))],
            ),
        )
    };
    let cases: Vec<(&str, Files<'_>, Value)> = vec![
        (
            "Trainer checkpoint",
            vec![
                ("checkpoint-900/adapter_model.safetensors", lora()),
                (
                    "checkpoint-900/adapter_config.json",
                    text(
                        r#"{"base_model_name_or_path": "Qwen/Qwen3-8B", "r": 8, "peft_type": "LORA"}"#,
                    ),
                ),
                (
                    "checkpoint-900/trainer_state.json",
                    text(r#"{"global_step": 900, "epoch": 1.5}"#),
                ),
                ("checkpoint-900/training_args.bin", arguments()),
            ],
            json!({"kind": "adapter", "step": 900, "max_step": 1200, "epoch": 1.5, "run": "/runs/seven", "base_model": "Qwen/Qwen3-8B", "tool": "peft"}),
        ),
        (
            "MLX adapter",
            vec![
                ("0000100_adapters.safetensors", lora()),
                (
                    "adapter_config.json",
                    text(
                        r#"{"model": "Qwen/Qwen3-8B", "fine_tune_type": "lora", "iters": 600, "lora_parameters": {"rank": 8}}"#,
                    ),
                ),
            ],
            json!({"kind": "adapter", "tool": "mlx-lm", "rank": 8, "base_model": "Qwen/Qwen3-8B", "max_step": 600}),
        ),
        (
            "Transformers model",
            vec![
                ("model.safetensors", small(&json!({"format": "mlx"}))),
                (
                    "config.json",
                    text(
                        r#"{"model_type": "qwen3", "quantization": {"group_size": 64, "bits": 4}}"#,
                    ),
                ),
            ],
            json!({"kind": "quantized", "quantization": "mlx, 4 bits", "tool": "mlx"}),
        ),
        (
            "Transformers model",
            vec![
                ("model.safetensors", small(&json!({}))),
                (
                    "config.json",
                    text(
                        r#"{"model_type": "qwen2", "quantization_config": {"quant_method": "gptq", "bits": 4}, "_name_or_path": "Qwen/Qwen2.5-7B"}"#,
                    ),
                ),
            ],
            json!({"kind": "quantized", "quantization": "gptq, 4 bits", "base_model": "Qwen/Qwen2.5-7B"}),
        ),
        (
            "safetensors",
            vec![("style.safetensors", small(&kohya))],
            json!({"kind": "adapter", "family": "sdxl_base_v1-0", "base_model": "sdxl.safetensors", "name": "style", "rank": 16, "step": 900, "epoch": 3.0, "declared": {"at": "2025-11-15T03:00:00Z", "source": "ss_training_finished_at"}, "tool": "kohya sd-scripts"}),
        ),
        (
            "safetensors",
            vec![(
                "a.safetensors",
                small(
                    &json!({"modelspec.title": "Art", "modelspec.architecture": "stable-diffusion-xl-v1-base/lora", "modelspec.date": "2025-11-09"}),
                ),
            )],
            json!({"kind": "adapter", "name": "Art", "declared": {"at": "2025-11-09", "source": "modelspec.date"}}),
        ),
        (
            "DeepSpeed checkpoint",
            vec![
                ("global_step900/mp_rank_00_model_states.pt", states.clone()),
                ("global_step900/zero_pp_rank_0_mp_rank_00_optim_states.pt", zero()),
                ("global_step900/zero_pp_rank_1_mp_rank_00_optim_states.pt", zero()),
                ("latest", text("global_step900")),
            ],
            json!({"step": 900, "tool": "deepspeed 0.17.0", "family": "qwen3"}),
        ),
        (
            "DeepSpeed checkpoint",
            vec![
                ("global_step900/mp_rank_00_model_states.pt", states),
                ("global_step900/zero_pp_rank_0_mp_rank_00_optim_states.pt", zero()),
            ],
            json!({"damage": "1 of 2 parts are missing"}),
        ),
        (
            "FSDP checkpoint",
            vec![
                ("step_5/actor/model_world_size_4_rank_0.pt", made::torch("m", &made::state())),
                ("step_5/actor/model_world_size_4_rank_2.pt", made::torch("m", &made::state())),
            ],
            json!({"damage": "2 of 4 parts are missing"}),
        ),
        (
            "Megatron checkpoint",
            vec![
                ("iter_0000100/mp_rank_00/model_optim_rng.pt", megatron),
                ("latest_checkpointed_iteration.txt", text("100")),
            ],
            json!({"step": 100, "family": "qwen3"}),
        ),
        (
            "mergekit merge",
            vec![
                ("model.safetensors", small(&json!({}))),
                ("config.json", text(r#"{"model_type": "qwen3", "transformers_version": "5.0"}"#)),
                ("mergekit_config.yml", text(merge)),
            ],
            json!({"kind": "merged", "base_model": "Qwen/Qwen3-8B", "tool": "mergekit (slerp)", "parts": ["/data/two", "a/one"]}),
        ),
        (
            "model card",
            vec![
                ("model.safetensors", small(&json!({}))),
                (
                    "README.md",
                    text("---\nbase_model: Qwen/Qwen3-8B\nbase_model_relation: merge\n---\n"),
                ),
            ],
            json!({"kind": "merged", "base_model": "Qwen/Qwen3-8B"}),
        ),
        (
            "sentence-transformers",
            vec![
                ("model.safetensors", small(&json!({}))),
                ("modules.json", text(r#"[{"path": ""}]"#)),
                (
                    "config_sentence_transformers.json",
                    text(r#"{"__version__": {"sentence_transformers": "6.2.0"}}"#),
                ),
            ],
            json!({"tool": "sentence-transformers 6.2.0"}),
        ),
        (
            "spaCy",
            vec![
                (
                    "meta.json",
                    text(
                        r#"{"lang": "en", "name": "core", "spacy_version": ">=3.8", "pipeline": ["ner"]}"#,
                    ),
                ),
                ("config.cfg", text("[nlp]")),
                ("ner/model", [b"\x84\xa5nodes\x90".as_slice(), &[0; 9000]].concat()),
            ],
            json!({"format": "spaCy", "name": "en_core", "tool": "spacy >=3.8"}),
        ),
        (
            "TensorRT-LLM",
            vec![("rank0.engine", vec![1; 900]), ("config.json", engine)],
            json!({"kind": "engine", "name": "Qwen3ForCausalLM", "quantization": "FP8", "tool": "tensorrt-llm 1.2.0"}),
        ),
        (
            "MLflow model",
            vec![
                (
                    "MLmodel",
                    text(
                        "run_id: abc\nmlflow_version: 3.17.2\nutc_time_created: '2025-11-15 03:08:48.5'\n",
                    ),
                ),
                ("model.safetensors", small(&json!({}))),
            ],
            json!({"run": "abc", "tool": "mlflow 3.17.2", "declared": {"at": "2025-11-15T03:08:48Z", "source": "MLmodel"}}),
        ),
        (
            "TensorFlow.js",
            vec![
                (
                    "model.json",
                    text(r#"{"weightsManifest": [], "convertedBy": "TensorFlow.js Converter v3"}"#),
                ),
                ("group1-shard1of1.bin", vec![7; 9000]),
            ],
            json!({"tool": "TensorFlow.js Converter v3"}),
        ),
        (
            "Ollama store",
            vec![
                (blob, made::gguf(&[("general.architecture", "qwen3")], 15)),
                ("models/blobs/sha256-aa", text(config)),
                ("models/manifests/registry.ollama.ai/library/qwen3/8b", text("{}")),
            ],
            json!({"format": "Ollama store", "name": "qwen3", "family": "qwen3", "quantization": "Q4_K_M"}),
        ),
    ];
    for (format, files, expected) in &cases {
        holds(format, files, expected);
    }
}

#[test]
fn a_link_into_an_annex_is_a_pointer() {
    let sandbox = Sandbox::later();
    sandbox.file("x/notes.txt", "hello");
    let key = "../.git/annex/objects/aa/bb/SHA256E-s4096--00ff.safetensors/SHA256E-s4096--00ff.safetensors";
    std::os::unix::fs::symlink(key, sandbox.work().join("x/model.safetensors")).unwrap();
    let found = said(&sandbox);
    assert_eq!(found[0].1["kind"], "pointer", "{found:#?}");
    assert_eq!(
        (&found[0].1["format"], &found[0].1["points_to"]),
        (&json!("git-annex link"), &json!(4096))
    );
}

#[test]
fn what_takes_more_than_files() {
    let sandbox = Sandbox::later();
    sandbox.file("x/notes.txt", "hello");
    let link = sandbox.work().join("x/model.safetensors");
    std::os::unix::fs::symlink("../.dvc/cache/files/md5/aa/00ff", link).unwrap();
    assert_eq!(said(&sandbox)[0].1["format"], "DVC link");
    // "W&B run": known layout, weights inside.
    let sandbox = Sandbox::later();
    let run = "x/wandb/run-20251115_030848-ab12cd";
    sandbox.file(&format!("{run}/files/model.safetensors"), small(&json!({})));
    assert_eq!(said(&sandbox)[0].1["run"], "run-20251115_030848-ab12cd");
    // A graph and the file of its weights are one model.
    let sandbox = Sandbox::later();
    sandbox.file("x/net.onnx", made::onnx(Some("weights.bin")));
    assert_eq!(said(&sandbox)[0].1["damage"], "its weights lie in weights.bin, which is not here");
    sandbox.file("x/weights.bin", vec![7; 11 << 20]);
    let found = said(&sandbox);
    assert_eq!((found.len(), found[0].1.get("damage")), (1, None), "{found:#?}");
    let sandbox = Sandbox::later();
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let repository = "x/models--Qwen--Qwen3-8B";
    sandbox.file(
        &format!("{repository}/snapshots/{commit}/config.json"),
        r#"{"model_type": "qwen3"}"#,
    );
    let blob = format!("{repository}/blobs/{}", "a".repeat(64));
    sandbox.fixture("qwen3_full/model.safetensors", &blob);
    let found = said(&sandbox);
    assert_eq!(found[0].1["format"], "hub cache, safetensors", "{found:#?}");
    assert_eq!(found[0].1["name"], "Qwen/Qwen3-8B");
}
