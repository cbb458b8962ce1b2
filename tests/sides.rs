//! A model that is a single file in a shared folder takes its side files along, and they never go
//! without it.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{Sandbox, Terminal};

const SIDES: &[&str] =
    &["a.civitai.info", "a.preview.png", "a.yaml", "a.safetensors.MODEL_INFO.txt"];

/// A shelf with a labelled model, its side files, and another model.
fn shelf() -> Sandbox {
    let sandbox = Sandbox::later();
    for name in ["a", "b"] {
        let to = format!("loras/{name}.safetensors");
        sandbox.fixture("qwen3_lora_run/checkpoint-2/adapter_model.safetensors", &to);
    }
    for side in &SIDES[..3] {
        sandbox.file(&format!("loras/{side}"), "x");
    }
    sandbox.file("loras/b.preview.png", "x");
    sandbox.file("loras/readme.txt", "x");
    let answer = sandbox.run(&["label", "--model", "style", "loras/a.safetensors"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    sandbox
}

fn names(sandbox: &Sandbox) -> Vec<String> {
    let names = sandbox.snapshot().into_keys().map(|p| p.to_string_lossy().into_owned());
    names.filter(|n| n.contains('.')).map(|n| n.replace("loras/", "")).collect()
}

fn typed(mut terminal: Terminal, word: &str) -> (String, i32) {
    let mut shown = terminal.prompt();
    terminal.line(word);
    let (rest, code) = terminal.end();
    shown.push_str(&rest);
    (shown, code)
}

#[test]
fn they_go_with_it_and_come_back_with_it() {
    let mut sandbox = shelf();
    let before = sandbox.snapshot();
    let shown = sandbox.delete(&["loras/a.safetensors"]);
    assert_eq!(shown.matches("goes with a.safetensors").count(), 4, "{shown}");
    assert_eq!(names(&sandbox), ["b.preview.png", "b.safetensors", "readme.txt"]);
    let answer = sandbox.run(&["undo", "loras/a.safetensors"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(sandbox.snapshot(), before);
    // In the trash the label is still that of the model, so that it can be freed.
    sandbox.delete(&["loras/a.safetensors"]);
    sandbox.clock = Some((chrono::Utc::now() + chrono::Duration::days(20)).to_rfc3339());
    let answer = sandbox.run(&["purge", "--expired"]);
    assert!(answer.code == 0 && !answer.out.contains("freed:"), "{answer:?}");
    let (shown, code) = typed(sandbox.at_terminal(&["purge"]), "DELETE");
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("label says: \"style"), "{shown}");
}

#[test]
fn they_do_not_go_without_it() {
    let sandbox = shelf();
    let rules = |paths: &[&str]| sandbox.run(&[&["plan", "--json"], paths].concat()).rules();
    for side in SIDES {
        assert_eq!(rules(&[&format!("loras/{side}")]), ["part-of"], "{side}");
    }
    assert_eq!(rules(&["loras/readme.txt"]), [""; 0]);
    assert_eq!(rules(&["loras/a.yaml", "loras/a.safetensors"]), [""; 0]);
    // Refused, it keeps them; another one of their name keeps them as well.
    let before = sandbox.snapshot();
    let answer = sandbox.run(&["--only-allowed", "loras/b.safetensors"]);
    assert_eq!(answer.code, 3, "{answer:?}");
    assert_eq!(sandbox.snapshot(), before);
    sandbox.fixture("pytorch/zip_state_dict.pt", "loras/a.pt");
    let json = sandbox.run(&["plan", "--json", "loras/a.safetensors"]).json();
    let targets = json["targets"].as_array().unwrap();
    let paths: Vec<_> = targets.iter().map(|t| t["path"].as_str().unwrap()).collect();
    assert_eq!(paths.len(), 2, "{paths:?}");
    assert!(paths[1].ends_with("a.safetensors.MODEL_INFO.txt"));
    assert_eq!(targets[1]["goes_with"], paths[0]);
}

#[test]
fn what_is_only_called_alike_is_no_side_file() {
    let sandbox = Sandbox::later();
    // No weights, and a model whose files a layout binds.
    sandbox.file("data/train.bin", vec![b'x'; 9000]);
    sandbox.file("data/train.json", "{}");
    sandbox.fixture("qwen3_full", "full");
    sandbox.file("full/model.txt", "notes");
    let answer = sandbox.run(&["plan", "--json", "data/train.json"]);
    assert_eq!(answer.rules(), [""; 0]);
    let json = sandbox.run(&["plan", "--json", "data/train.bin"]).json();
    assert_eq!(json["targets"].as_array().unwrap().len(), 1);
    let answer = sandbox.run(&["plan", "--json", "full/model.safetensors"]);
    assert!(answer.rules().contains(&"part-of".to_owned()));
    assert_eq!(answer.json()["targets"].as_array().unwrap().len(), 1);
}
