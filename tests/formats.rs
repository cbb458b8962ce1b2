//! Every fixture and every container of docs/formats.md, and its whole identity.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::Sandbox;
use common::made::{self, Value as P};
use common::said::{Files, holds, said, text};
use serde_json::{Value, json};

#[test]
fn every_fixture() {
    let cases = [
        (
            "qwen3_full",
            "safetensors",
            json!({"kind": "full", "family": "qwen3", "parameters": 26_816, "dtype": "F32", "tool": "transformers 5.23.0", "complete": true}),
        ),
        (
            "qwen3_sharded",
            "Transformers model",
            json!({"kind": "full", "family": "qwen3", "dtype": "BF16", "parameters": 26_816, "complete": true}),
        ),
        (
            "qwen3_lora_run/checkpoint-4",
            "PEFT adapter",
            json!({"kind": "adapter", "stage": "checkpoint", "step": 4, "max_step": 4, "epoch": 0.5, "rank": 8, "base_model": "/data/models/qwen3_full", "tool": "peft 0.21.2", "complete": true}),
        ),
        ("qwen3_lora_run/checkpoint-2", "Trainer checkpoint", json!({"step": 2, "epoch": 0.25})),
        (
            "pytorch/zip_state_dict.pt",
            "PyTorch",
            json!({"format": "PyTorch", "family": "qwen3", "parameters": 26_816, "dtype": "F32", "complete": true, "saved_as": "zip_state_dict"}),
        ),
        (
            "pytorch/custom_ckpt.pt",
            "PyTorch",
            json!({"family": "qwen3", "parameters": 26_816, "step": 900, "epoch": 3.0, "saved_as": "custom_ckpt"}),
        ),
        (
            "pytorch/legacy_state_dict.pth",
            "PyTorch (legacy)",
            json!({"format": "PyTorch (legacy)", "family": "qwen3", "parameters": 26_816}),
        ),
        ("pytorch/jit.pt", "TorchScript", json!({"format": "TorchScript", "complete": true})),
        ("lpips/alex.pth", "PyTorch (legacy)", json!({"parameters": 1152, "dtype": "F32"})),
        (
            "dcp",
            "torch distributed",
            json!({"format": "torch distributed", "family": "qwen3", "dtype": "F32"}),
        ),
        (
            "diffusers_pipe",
            "diffusers pipeline",
            json!({"format": "diffusers pipeline", "name": "DDPMPipeline", "tool": "diffusers 0.42.1"}),
        ),
        (
            "keras3.keras",
            "Keras",
            json!({"format": "Keras", "tool": "keras 3.15.1", "name": "sequential", "declared": {"at": "2026-11-24T06:51:42", "source": "date_saved"}, "complete": true}),
        ),
        (
            "orbax",
            "Orbax checkpoint",
            json!({"format": "Orbax checkpoint", "stage": "checkpoint", "declared": {"at": "2026-11-24T06:53:19Z", "source": "_CHECKPOINT_METADATA"}}),
        ),
        (
            "lfs_pointer",
            "git-lfs pointer",
            json!({"kind": "pointer", "format": "git-lfs pointer", "points_to": 109_768}),
        ),
    ];
    for (name, format, expected) in cases {
        let sandbox = Sandbox::later();
        let to = if name.contains('.') { "x/net.pt" } else { "x" };
        sandbox.fixture(name, if name.ends_with("keras") { "x/net.keras" } else { to });
        let found = said(&sandbox);
        assert_eq!(found.len(), 1, "{name}: {found:#?}");
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(
                found[0].1.get(key).unwrap_or(&Value::Null),
                value,
                "{name}: {:#}",
                found[0].1
            );
        }
        assert!(safe_rm::look::FORMATS.iter().any(|f| f.id == format), "{format}");
    }
}

#[test]
fn containers() {
    let hdf5 = |rest: &[u8]| [b"\x89HDF\r\n\x1a\n", rest, &[0; 3000]].concat();
    let attributes = b"keras_version\0\0\x10\0\x002.0.5\0\0model_config\0{\"class_name\": \"Sequential\", \"config\": {\"name\": \"emotion\"}}";
    let big = |front: &[u8], size: usize| [front, &vec![7; size]].concat();
    let coreml = [
        made::number(1, 8),
        made::field(
            2,
            &made::field(
                100,
                &made::field(
                    100,
                    &[
                        made::field(1, b"com.github.apple.coremltools.version"),
                        made::field(2, b"8.1"),
                    ]
                    .concat(),
                ),
            ),
        ),
        made::field(500, &[0; 100]),
    ];
    let saved =
        [made::number(1, 1), made::field(2, &made::field(1, &made::field(5, b"2.12.0")))].concat();
    let module = P::Object(
        "mine",
        "Net",
        vec![(
            "_modules",
            P::Map(vec![(
                "fc",
                P::Object(
                    "torch.nn",
                    "Linear",
                    vec![(
                        "_parameters",
                        P::Map(vec![("weight", P::Tensor("FloatStorage", &[2, 3]))]),
                    )],
                ),
            )]),
        )],
    );
    let cases: Vec<(&str, Files<'_>, Value)> = vec![
        (
            "gguf",
            vec![(
                "q.gguf",
                made::gguf(
                    &[
                        ("general.architecture", "qwen3"),
                        ("general.name", "Qwen3 8B"),
                        ("general.base_model.0.repo_url", "https://huggingface.co/Qwen/Qwen3-8B"),
                    ],
                    15,
                ),
            )],
            json!({"kind": "quantized", "family": "qwen3", "name": "Qwen3 8B", "dtype": "Q4_K_M", "base_model": "Qwen/Qwen3-8B", "parameters": 32, "complete": true}),
        ),
        (
            "gguf",
            vec![(
                "l.gguf",
                made::gguf(&[("general.architecture", "qwen3"), ("general.type", "adapter")], 1),
            )],
            json!({"kind": "adapter", "dtype": "F16"}),
        ),
        ("ggml", vec![("ggml-base.bin", big(b"lmgg", 9000))], json!({"format": "ggml"})),
        (
            "PyTorch",
            vec![("module.pt", made::torch("module", &module))],
            json!({"name": "Net", "parameters": 6, "complete": true}),
        ),
        (
            "pickle",
            vec![("w.pt", made::pickle(&made::state()))],
            json!({"format": "pickle", "family": "qwen3", "dtype": "BF16"}),
        ),
        (
            "Lightning checkpoint",
            vec![(
                "epoch=1-step=8.ckpt",
                made::torch(
                    "archive",
                    &P::Map(vec![
                        ("epoch", P::Int(1)),
                        ("global_step", P::Int(8)),
                        ("pytorch-lightning_version", P::Text("2.6.6")),
                        ("state_dict", made::state()),
                        (
                            "hyper_parameters",
                            P::Map(vec![("base_model", P::Text("Qwen/Qwen3-8B"))]),
                        ),
                    ]),
                ),
            )],
            json!({"step": 8, "epoch": 1.0, "tool": "lightning 2.6.6", "base_model": "Qwen/Qwen3-8B", "family": "qwen3", "saved_as": null, "conflicts": null}),
        ),
        (
            "torch.export",
            vec![(
                "net.pt2",
                made::zip(&[("net/archive_format", b"pt2"), ("net/models/model.json", b"{}")]),
            )],
            json!({"format": "torch.export"}),
        ),
        (
            "ONNX",
            vec![("net.onnx", made::onnx(None))],
            json!({"format": "ONNX", "tool": "pytorch 2.11.0", "parameters": 32, "dtype": "F32", "complete": true}),
        ),
        ("ONNX data", vec![("net.onnx_data", big(b"", 9000))], json!({"format": "ONNX data"})),
        (
            "CoreML",
            vec![("net.mlmodel", coreml.concat())],
            json!({"format": "CoreML", "tool": "coremltools 8.1"}),
        ),
        (
            "CoreML weights",
            vec![("weight.bin", big(b"\x15\0\0\0\x02\0\0\0", 900))],
            json!({"format": "CoreML weights"}),
        ),
        (
            "TensorFlow",
            vec![
                ("saved_model.pb", saved),
                ("variables/variables.data-00000-of-00001", big(b"", 9000)),
                ("variables/variables.index", big(b"", 100)),
            ],
            json!({"format": "TensorFlow", "tool": "tensorflow 2.12.0"}),
        ),
        ("TFLite", vec![("net.tflite", big(b"\x1c\0\0\0TFL3", 900))], json!({"format": "TFLite"})),
        ("HDF5", vec![("data.h5", hdf5(b""))], json!({"format": "HDF5"})),
        (
            "Keras",
            vec![("net.h5", hdf5(attributes))],
            json!({"format": "Keras", "tool": "keras 2.0.5", "name": "emotion"}),
        ),
        (
            "Flax",
            vec![("flax_model.msgpack", made::flax())],
            json!({"format": "Flax", "parameters": 32, "dtype": "F32", "complete": true}),
        ),
        (
            "msgpack",
            vec![("checkpoint", big(b"\x82\xa6params\x81", 9000))],
            json!({"format": "msgpack"}),
        ),
        (
            "NeMo",
            vec![(
                "asr.nemo",
                made::tar(&[
                    (
                        "./model_config.yaml",
                        b"target: nemo.models.EncDecCTCModel\nnemo_version: 2.4.0\n",
                    ),
                    ("./model_weights.ckpt", &[0; 600]),
                ]),
            )],
            json!({"format": "NeMo", "name": "EncDecCTCModel", "tool": "nemo 2.4.0"}),
        ),
        (
            "ExecuTorch",
            vec![("net.pte", big(b"\x1c\0\0\0ET12", 900))],
            json!({"format": "ExecuTorch"}),
        ),
        ("TensorRT engine", vec![("net.engine", big(b"ftrt\0", 900))], json!({"kind": "engine"})),
        (
            "CTranslate2",
            vec![("model.bin", big(b"\x06\0\0\0\x0c\0WhisperSpec\0", 900))],
            json!({"format": "CTranslate2"}),
        ),
        ("Paddle", vec![("net.pdparams", big(b"\0\x01", 900))], json!({"format": "Paddle"})),
        ("Caffe", vec![("net.caffemodel", big(b"\x0a\x01\0", 900))], json!({"format": "Caffe"})),
        (
            "MXNet",
            vec![("net-0000.params", big(b"\x12\x01\0\0\0\0\0\0", 900))],
            json!({"format": "MXNet"}),
        ),
        ("TorchServe", vec![("net.mar", big(b"\0\x01", 900))], json!({"format": "TorchServe"})),
        (
            "llamafile",
            vec![("q.llamafile", big(b"MZqFpD='\n\0", 900))],
            json!({"format": "llamafile"}),
        ),
        ("CatBoost", vec![("net.cbm", big(b"CBM1", 900))], json!({"format": "CatBoost"})),
        (
            "fastText",
            vec![("lid.bin", big(b"\xba\x16\x4f\x2f", 900))],
            json!({"format": "fastText"}),
        ),
        (
            "FAISS index",
            vec![("vectors.faiss.bin", big(b"IxF2", 900))],
            json!({"format": "FAISS index"}),
        ),
        (
            "LightGBM",
            vec![("lgb_model.txt", big(b"tree\nversion=v4\nnum_class=1\n", 9000))],
            json!({"kind": null, "format": "LightGBM"}),
        ),
        (
            "XGBoost",
            vec![("xgb_model.json", big(b"{\"learner\": {\"attributes\":{}", 9000))],
            json!({"format": "XGBoost"}),
        ),
        (
            "NumPy array",
            vec![(
                "w.npy",
                big(b"\x93NUMPY\x01\0v\0{'descr': '<f4', 'fortran_order': False}", 2 << 20),
            )],
            json!({"format": "NumPy array"}),
        ),
        ("npz", vec![("w.npz", made::zip(&[("a.npy", &[0; 64])]))], json!({"format": "npz"})),
        (
            "compressed weights",
            vec![("m.safetensors.zst", big(b"\x28\xb5\x2f\xfd", 9000))],
            json!({"format": "compressed weights"}),
        ),
        (
            "archive",
            vec![("qwen-lora.tar.gz", big(b"\x1f\x8b", 11 << 20))],
            json!({"format": "archive"}),
        ),
        (
            "git-annex pointer",
            vec![("m.safetensors", text("/annex/objects/SHA256E-s4096--00ff.safetensors\n"))],
            json!({"kind": "pointer", "points_to": 4096}),
        ),
        (
            "DVC pointer",
            vec![(
                "m.safetensors.dvc",
                text("outs:\n- md5: 00ff\n  size: 4096\n  hash: md5\n  path: m.safetensors\n"),
            )],
            json!({"kind": "pointer", "points_to": 4096}),
        ),
    ];
    for (format, files, expected) in &cases {
        holds(format, files, expected);
    }
}
