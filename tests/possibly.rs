//! Unknown is not harmless: what may be weights is judged as such; what is none is left alone.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::Sandbox;

/// How many models a folder with this one file holds: its front, then a hole up to its size.
fn found(name: &str, front: &[u8], size: u64) -> usize {
    let sandbox = Sandbox::later();
    holed(&sandbox, name, front, size);
    count(&sandbox)
}

fn holed(sandbox: &Sandbox, name: &str, front: &[u8], size: u64) {
    let path = sandbox.file(&format!("x/{name}"), front);
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(size.max(front.len() as u64)).unwrap();
}

fn count(sandbox: &Sandbox) -> usize {
    let json = sandbox.run(&["plan", "--json", "x"]).json();
    json["targets"][0]["models"].as_array().unwrap().len()
}

const MB: u64 = 1 << 20;
const F4: &[u8] = b"\x93NUMPY\x01\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (9,), }";
const I8: &[u8] = b"\x93NUMPY\x01\0v\0{'descr': '<i8', 'fortran_order': False, 'shape': (9,), }";
const RAW: &[u8] = &[7; 64];

#[test]
fn what_may_be_weights_is_judged_as_such() {
    let kinds: &[(&str, &[u8], u64)] = &[
        ("model.bin", b"\x06\0\0\0\x0c\0WhisperSpec\0", 70 * MB),
        ("weights.npy", F4, 4 * MB),
        ("yolo.weights", RAW, 200 * MB),
        ("net-0000.params", b"\x12\x01\0\0\0\0\0\0\0\0\0\0", MB),
        ("frozen.pb", b"\x0a\x10", 90 * MB),
        ("booster.ubj", b"{L\0", 40_000),
        ("group1-shard1of3.bin", RAW, 4 * MB),
        ("clf.pickle", b"\x80\x04\x95 sklearn.svm", 9000),
        ("clf.joblib", b"\x78\x9c\x01", 9000),
        ("model.safetensors.zst", b"\x28\xb5\x2f\xfd", 800 * MB),
        ("model.safetensors.bak", b"\x02\0\0\0\0\0\0\0{}", 10),
        ("model.safetensors.old.2", b"\x02\0\0\0\0\0\0\0{}", 10),
        ("model.pth~", b"PK\x03\x04", 9000),
        ("checkpoint", b"\x82\xa6params\x81", 50_000),
        ("deadbeef", b"\x10\0\0\0\0\0\0\0{\"a\": nonsense!!", 30 * MB),
        ("vocab.gguf", b"GGUF\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 900 * MB),
        ("server", b"\x7fELF", 900 * MB),
        ("unknown.dat", RAW, 1024 * MB),
        ("adapter.safetensors.2026-11-01", b"\x02\0\0\0\0\0\0\0{}", 10),
        ("adapter.safetensors-old", b"\x02\0\0\0\0\0\0\0{}", 10),
        ("net.pt (1)", b"PK\x03\x04", 9000),
        ("net.ckpt-900", b"PK\x03\x04", 9000),
        ("model_best.pth.tar", b"\x80\x02}q\0", 2 * MB),
        ("eng.traineddata", RAW, 15 * MB),
        ("0123456789abcdef0123456789abcd", RAW, 300 * MB),
        ("mistral-7b-finetune.tar.gz", b"\x1f\x8b", 500 * MB),
        ("gemma-27b.safetensors.zip", b"PK\x03\x04", 500 * MB),
        ("qwen-backup.tar.gz", b"\x1f\x8b", 20 * MB),
        ("my-loras.zip", b"PK\x03\x04", 20 * MB),
        ("phi3.zip", b"PK\x03\x04", 20 * MB),
        ("run.json.zip", b"PK\x03\x04", 2048 * MB),
        ("night.log.zip", b"PK\x03\x04", 2048 * MB),
    ];
    for (name, front, size) in kinds {
        assert_eq!(found(name, front, *size), 1, "{name}");
    }
}

#[test]
fn what_is_none_is_left_alone() {
    let kinds: &[(&str, &[u8], u64)] = &[
        ("tokens.npy", I8, 400 * MB),
        ("train.bin", RAW, 300 * MB),
        ("corpus_text_document.bin", RAW, 300 * MB),
        ("lookups.bin", b"\x81\xa6lookup", 40 * MB),
        ("small.bin", RAW, 40_000),
        ("query-cache.bin", b"RSIC", 30 * MB),
        ("fileHashes.bin", RAW, 2 * MB),
        ("distutils-precedence.pth", b"import os; enabled = True", 0),
        ("index.pt", b"<html>", 0),
        ("cache.pkl", b"\x80\x04\x95", 3000),
        ("notes.plan", b"first we", 0),
        ("a.engine", b"text", 0),
        ("x.msgpack", b"text", 0),
        ("film.avi", b"RIFF", 2048 * MB),
        ("pack-1.pack", b"PACK", 2048 * MB),
        ("dump.sql.gz", b"\x1f\x8b", 2048 * MB),
        ("core.123", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x04\0", 2048 * MB),
        ("ggml-vocab.gguf", b"GGUF\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 5 * MB),
        ("libtorch_cuda.so", b"\x7fELF", 900 * MB),
        ("tool", b"\x7fELF", 90 * MB),
        ("data.parquet", b"PAR1", 2048 * MB),
        ("film.mkv", b"\x1aE\xdf\xa3", 2048 * MB),
        ("holiday.tar.gz", b"\x1f\x8b", 900 * MB),
        ("colorado-photos.zip", b"PK\x03\x04", 900 * MB),
        ("philosophy.tar.gz", b"\x1f\x8b", 900 * MB),
        ("table.csv.zip", b"PK\x03\x04", 900 * MB),
        ("night.log.zst", b"\x28\xb5\x2f\xfd", 2048 * MB),
        ("unknown.dat", RAW, 900 * MB),
        ("notes", b"some plain text", 9000),
        ("tokenizer.json", b"{\"model\": {}}", 30 * MB),
        ("spiece.model", b"\x0a\x0e\x0a\x05<unk>", 800_000),
    ];
    for (name, front, size) in kinds {
        assert_eq!(found(name, front, *size), 0, "{name}");
    }
}

/// Beside a model an archive or an unknown file over 10 MB may hold one as well.
#[test]
fn what_lies_beside_a_model_is_doubted() {
    for (name, front, size, models) in [
        ("backup.tar.gz", b"\x1f\x8b".as_slice(), 20 * MB, 2),
        ("side.dat", RAW, 20 * MB, 2),
        ("side.dat", RAW, 5 * MB, 1),
        ("film.mp4", RAW, 20 * MB, 1),
        ("log.out", b"plain text", 9, 1),
    ] {
        let sandbox = Sandbox::later();
        sandbox.fixture("pytorch/zip_state_dict.pt", "x/net.pt");
        holed(&sandbox, name, front, size);
        assert_eq!(count(&sandbox), models, "{name}");
    }
}

/// Arrays of an old Orbax or T5X checkpoint are folders with one file a chunk.
#[test]
fn chunked_arrays_belong_to_their_checkpoint() {
    let sandbox = Sandbox::later();
    holed(&sandbox, "checkpoint", b"\x82\xa6target\x81", 50_000);
    sandbox.file("x/params.kernel/.zarray", "{}");
    holed(&sandbox, "params.kernel/0.0", RAW, 2048 * MB);
    assert_eq!(count(&sandbox), 1);
    let part = sandbox.run(&["plan", "--json", "x/params.kernel"]);
    assert!(part.rules().contains(&"part-of".to_owned()), "{:?}", part.rules());
}
