//! What disagrees is said, what is cut short is damaged, and what only looks like a model is none.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::Sandbox;
use common::made::{self, Value as P};
use common::said::{Files, fixture, said, text};
use serde_json::json;

/// What is said where two sources disagree, before all else.
#[test]
fn what_disagrees_is_said() {
    let qwen3 = || {
        made::safetensors(
            &json!({}),
            &[
                ("model.embed_tokens.weight", &[64, 32]),
                ("model.layers.0.self_attn.q_norm.weight", &[8]),
            ],
        )
    };
    let cases: Vec<(Files<'_>, &str)> = vec![
        (
            vec![("qwen25/model.safetensors", qwen3())],
            "the name qwen25 says qwen2, the files say qwen3",
        ),
        (
            vec![
                ("m/model.safetensors", qwen3()),
                ("m/config.json", text(r#"{"model_type": "qwen2"}"#)),
            ],
            "config.json says qwen2, the tensors say qwen3",
        ),
        (
            vec![
                ("m/model.safetensors", qwen3()),
                ("m/config.json", text(r#"{"model_type": "qwen3", "hidden_size": 4096}"#)),
            ],
            "config.json says 4096 hidden units, the tensors 32",
        ),
        (
            vec![
                ("m/model.safetensors", qwen3()),
                (
                    "m/config.json",
                    text(r#"{"model_type": "qwen3", "_name_or_path": "meta-llama/Llama-3-8B"}"#),
                ),
            ],
            "its base by config.json is meta-llama/Llama-3-8B (llama), its tensors are of qwen3",
        ),
        (
            vec![
                ("checkpoint-7/model.safetensors", qwen3()),
                ("checkpoint-7/trainer_state.json", text(r#"{"global_step": 9}"#)),
            ],
            "its name says [7], trainer_state.json step 9",
        ),
        (
            vec![(
                "epoch=1-step=7.ckpt",
                made::torch(
                    "archive",
                    &P::Map(vec![("global_step", P::Int(9)), ("state_dict", made::state())]),
                ),
            )],
            "its name says [1, 7], its pickle step 9",
        ),
        (
            vec![(
                "m/model.gguf",
                made::gguf(&[("general.architecture", "qwen3"), ("general.name", "Llama 3 8B")], 1),
            )],
            "its GGUF header names it Llama 3 8B (llama), its tensors are qwen3",
        ),
    ];
    for (files, expected) in cases {
        let sandbox = Sandbox::later();
        for (path, bytes) in &files {
            sandbox.file(&format!("x/{path}"), bytes);
        }
        let found = said(&sandbox);
        assert_eq!(found[0].1["conflicts"][0], expected, "{found:#?}");
    }
}

/// Near misses: what looks like a model and is none.
#[test]
fn near_misses() {
    let arguments = made::torch(
        "training_args",
        &P::Object(
            "transformers.training_args",
            "TrainingArguments",
            vec![("output_dir", P::Text("/runs/seven"))],
        ),
    );
    let vocabulary = [b"GGUF\x03\0\0\0".as_slice(), &[0; 16]].concat();
    let cases: Vec<Files<'_>> = vec![
        vec![
            ("tokenizer.json", text("{}")),
            ("tokenizer_config.json", text("{}")),
            ("vocab.json", text("{}")),
            ("merges.txt", text("")),
        ],
        vec![("train.bin", vec![7; 11 << 20])],
        vec![("training_args.bin", arguments)],
        vec![("ggml-vocab-qwen2.gguf", vocabulary)],
        vec![
            ("corpus_text_document.bin", vec![7; 11 << 20]),
            ("corpus_text_document.idx", vec![1; 900]),
        ],
        vec![
            ("shuffled.bin", vec![7; 11 << 20]),
            ("shuffled.idx", [b"MMIDIDX\0\0".as_slice(), &[0; 900]].concat()),
        ],
        vec![("lookups.bin", [b"\x81\xa6lookup".as_slice(), &vec![0; 11 << 20]].concat())],
        vec![("README.md", text("---\nbase_model: Qwen/Qwen3-8B\n---\n"))],
        vec![("results.json", vec![b' '; 9000])],
        vec![("corpus.zip", made::zip(&[("corpus/data/a.csv", b"1,2"), ("corpus/version", b"3")]))],
    ];
    for files in cases {
        let sandbox = Sandbox::later();
        for (path, bytes) in &files {
            sandbox.file(&format!("x/{path}"), bytes);
        }
        assert_eq!(said(&sandbox), [], "{:?}", files[0].0);
    }
    let sandbox = Sandbox::later();
    let film = sandbox.file("x/film.mp4", b"\0\0\0\x20ftypisom");
    std::fs::OpenOptions::new().write(true).open(film).unwrap().set_len(2 << 30).unwrap();
    assert_eq!(said(&sandbox), []);
}

/// Half of anything is damaged, or not sure to be whole; it is never nothing.
#[test]
fn what_is_cut_short_is_damaged() {
    let pieces = [
        ("m.pt", fixture("pytorch/custom_ckpt.pt")),
        ("m.pth", fixture("pytorch/legacy_state_dict.pth")),
        ("m.keras", fixture("keras3.keras")),
        ("m.safetensors", fixture("qwen3_full/model.safetensors")),
        ("m.onnx", made::onnx(None)),
        ("m.msgpack", made::flax()),
        ("m.gguf", made::gguf(&[("general.architecture", "qwen3")], 1)),
        (
            "m.nemo",
            made::tar(&[("model_config.yaml", b"target: x\n"), ("model_weights.ckpt", &[0; 9000])]),
        ),
    ];
    for (name, whole) in pieces {
        let sandbox = Sandbox::later();
        sandbox.file(&format!("x/{name}"), &whole[..whole.len() * 2 / 3]);
        let found = said(&sandbox);
        assert_eq!(found.len(), 1, "{name}");
        assert!(found[0].1.get("damage").is_some(), "{name}: {found:#?}");
    }
}
