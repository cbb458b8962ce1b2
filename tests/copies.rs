//! Where else the weights are: what counts as a copy, what does not, and that the last one stays.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::path::Path;

use common::{Answer, Sandbox, copy, made, safetensors};
use serde_json::Value;

/// A model, and copies of it in the folders named.
fn copied(sandbox: &Sandbox, to: &[&str]) {
    sandbox.fixture("qwen3_full", "one");
    sandbox.label("one", "Qwen3");
    for name in to {
        copy(&sandbox.work().join("one"), &sandbox.work().join(name));
    }
}

fn model(answer: &Answer) -> Value {
    answer.json()["targets"][0]["models"][0].clone()
}

fn twins(answer: &Answer) -> Vec<(String, String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let name = |v: &Value| text(v).rsplit_once('/').unwrap().1.to_owned();
    let copies = model(answer)["copies"].as_array().unwrap().clone();
    copies.iter().map(|c| (name(&c["path"]), text(&c["sameness"]), text(&c["place"]))).collect()
}

fn owned(list: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    list.iter().map(|(a, b, c)| (a.to_string(), b.to_string(), c.to_string())).collect()
}

#[test]
fn all_copies_at_once_are_refused_and_one_left_out_is_named() {
    let sandbox = Sandbox::lasting();
    copied(&sandbox, &["two", "three"]);
    let all = sandbox.run(&["plan", "--json", "one", "two", "three"]);
    assert_eq!((all.code, all.rules()), (3, vec!["last-copy".to_owned()]), "{all:?}");
    let most = sandbox.run(&["plan", "--json", "one", "two"]);
    assert_eq!(most.code, 0, "{most:?}");
    // Which one survives was compared byte by byte, since the verdict depends on it.
    let expected = [("three", "verified", "here"), ("two", "verified", "in-plan")];
    assert_eq!(twins(&most), owned(&expected));
    let way = model(&most)["recoverable_from"][0].clone();
    assert_eq!((&way["how"], &way["verified"]), (&"copy".into(), &true.into()));
    let text = sandbox.run(&["plan", "one", "two"]).flat();
    assert!(text.contains("a verified copy is in") && text.contains("on the same disk"), "{text}");
    assert!(text.contains("copies were looked for in"), "{text}");
    // One alone takes nothing that is not elsewhere: nothing is read for it.
    let single = sandbox.run(&["plan", "--json", "one"]);
    let expected = [("three", "probably", "here"), ("two", "probably", "here")];
    assert_eq!(twins(&single), owned(&expected));
    let thorough = sandbox.run(&["plan", "--json", "--verify", "one"]);
    let expected = [("three", "verified", "here"), ("two", "verified", "here")];
    assert_eq!(twins(&thorough), owned(&expected));
}

#[test]
fn one_after_the_other_does_not_help_either() {
    let mut sandbox = Sandbox::lasting();
    copied(&sandbox, &["two"]);
    sandbox.delete(&["one"]);
    let rest = sandbox.run(&["plan", "--json", "two"]);
    assert_eq!((rest.code, rest.rules()), (3, vec!["last-copy".to_owned()]), "{rest:?}");
    assert_eq!(twins(&rest), owned(&[("one", "probably", "gone")]));
    assert!(model(&rest)["refusals"][0]["until"].is_string(), "{rest:?}");
    // Freed, it counts as well; and after thirty days it does not.
    let purge = sandbox.delete(&["purge", "--older-than", "0s"]);
    assert!(purge.contains("freed"), "{purge}");
    assert_eq!(sandbox.run(&["plan", "--json", "two"]).rules(), ["last-copy"]);
    let later = chrono::Utc::now() + chrono::Duration::days(41);
    sandbox.clock = Some(later.to_rfc3339());
    assert_eq!(sandbox.run(&["plan", "--json", "two"]).code, 0);
}

#[test]
fn what_came_back_is_no_loss() {
    let sandbox = Sandbox::lasting();
    copied(&sandbox, &["two"]);
    sandbox.delete(&["one"]);
    assert_eq!(sandbox.run(&["undo"]).code, 0);
    assert_eq!(sandbox.run(&["plan", "--json", "two"]).code, 0);
}

#[test]
fn a_hard_link_is_no_second_copy() {
    let sandbox = Sandbox::lasting();
    copied(&sandbox, &["two"]);
    let weights = |dir: &str| sandbox.work().join(dir).join("model.safetensors");
    std::fs::remove_file(weights("two")).unwrap();
    std::fs::hard_link(weights("one"), weights("two")).unwrap();
    let answer = sandbox.run(&["plan", "--json", "one"]);
    assert_eq!(twins(&answer), owned(&[("two", "same-file", "here")]));
    assert_eq!(model(&answer)["recoverable_from"], Value::Array(Vec::new()));
    // With a true copy in the plan, the link saves nothing.
    copy(&sandbox.work().join("one"), &sandbox.work().join("three"));
    assert_eq!(sandbox.run(&["plan", "--json", "one", "two", "three"]).rules(), ["last-copy"]);
}

#[test]
fn a_link_is_no_copy_and_a_young_one_does_not_count() {
    let sandbox = Sandbox::lasting();
    copied(&sandbox, &["two"]);
    std::os::unix::fs::symlink("one", sandbox.work().join("link")).unwrap();
    let linked = sandbox.work().join("linked");
    std::fs::create_dir(&linked).unwrap();
    for name in ["config.json", "model.safetensors"] {
        std::os::unix::fs::symlink(format!("../one/{name}"), linked.join(name)).unwrap();
    }
    assert_eq!(sandbox.run(&["plan", "--json", "one", "two"]).rules(), ["last-copy"]);
    let mut young = sandbox;
    copy(&young.work().join("one"), &young.work().join("three"));
    young.clock = Some((chrono::Utc::now() + chrono::Duration::hours(23)).to_rfc3339());
    let rules = young.run(&["plan", "--json", "one", "two"]).rules();
    assert!(rules.contains(&"last-copy".to_owned()), "{rules:?}");
}

#[test]
fn what_is_kept_in_memory_or_cleaned_by_itself_does_not_count() {
    let sandbox = Sandbox::lasting();
    copied(&sandbox, &["two"]);
    let scratch = tempfile::Builder::new().prefix("safe-rm-test-").tempdir_in("/tmp").unwrap();
    copy(&sandbox.work().join("one"), &scratch.path().join("three"));
    let roots =
        format!("roots = ['{}', '{}']\n", scratch.path().display(), sandbox.work().display());
    sandbox.file("../home/.config/safe-rm/policy.toml", roots);
    let answer = sandbox.run(&["plan", "--json", "one", "two"]);
    assert_eq!(answer.rules(), ["last-copy"]);
    let copies = model(&answer)["copies"].clone();
    assert!(copies.to_string().contains("is cleaned by itself"), "{copies:#}");
}

/// Equal headers and sizes say nothing; equal weights in other files do.
#[test]
fn steps_are_told_apart_and_other_shards_are_found_equal() {
    let sandbox = Sandbox::lasting();
    sandbox.exact("qwen3_lora_run", "run");
    sandbox.label("run", "Qwen3");
    let run = sandbox.run(&["plan", "--json", "--verify", "run"]);
    for one in run.json()["targets"][0]["models"].as_array().unwrap() {
        assert_eq!(one["copies"], Value::Array(Vec::new()), "{one:#}");
    }
    // The same tensors in one file, in another order, with metadata.
    let dir = sandbox.exact("qwen3_sharded", "a");
    let parts: Vec<_> =
        (1..4).map(|n| dir.join(format!("model-0000{n}-of-00003.safetensors"))).collect();
    sandbox.label("a", "Qwen3");
    joined(&parts, &sandbox.work().join("b/model.safetensors"));
    sandbox.file("b/config.json", std::fs::read(sandbox.work().join("a/config.json")).unwrap());
    let answer = sandbox.run(&["plan", "--json", "--verify", "a"]);
    assert_eq!(twins(&answer), owned(&[("b", "verified", "here")]), "{answer:?}");
}

/// A base and a training of its last layer alone agree nearly everywhere: only every byte tells.
#[test]
fn a_training_of_the_last_layer_is_another_model() {
    let sandbox = Sandbox::lasting();
    let tensors = |n: u64| (0..n).map(|i| (format!("layers.{i}.w"), vec![64, 1024])).collect();
    safetensors(&sandbox.work().join("base/model.safetensors"), tensors(100));
    sandbox.label("base", "x");
    let base = sandbox.work().join("base");
    copy(&base, &sandbox.work().join("tuned"));
    let file = sandbox.work().join("tuned/model.safetensors");
    let mut bytes = std::fs::read(&file).unwrap();
    let end = bytes.len();
    bytes[end - 40_000] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let both = sandbox.run(&["plan", "--json", "--verify", "base", "tuned"]);
    assert_eq!(twins(&both), owned(&[]), "{both:?}");
    assert!(!both.rules().contains(&"last-copy".to_owned()), "{both:?}");
}

/// What the plan relied on must still be there when the word is typed.
#[test]
fn a_copy_that_goes_while_the_question_stands_stops_it() {
    let sandbox = Sandbox::lasting();
    copied(&sandbox, &["two", "three"]);
    let mut terminal = sandbox.at_terminal(&["one", "two"]);
    terminal.prompt();
    let file = sandbox.work().join("three/model.safetensors");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[50_000] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    terminal.line("DELETE");
    let (text, code) = terminal.end();
    assert_eq!(code, 3, "{text}");
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("last-copy refuses it by now"), "{text}");
    assert!(sandbox.work().join("one").exists() && sandbox.work().join("two").exists());
}

/// Two questions at once, each of one copy: the second word finds the other gone.
#[test]
fn two_runs_at_once_do_not_take_both() {
    let sandbox = Sandbox::lasting();
    copied(&sandbox, &["two"]);
    let mut first = sandbox.at_terminal(&["one"]);
    first.prompt();
    let mut second = sandbox.at_terminal(&["two"]);
    second.prompt();
    first.line("DELETE");
    assert_eq!(first.end().1, 0);
    second.line("DELETE");
    let (text, code) = second.end();
    assert_eq!(code, 3, "{text}");
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("last-copy refuses it by now"), "{text}");
    assert!(sandbox.work().join("two").exists());
}

#[test]
fn an_adapter_is_told_of_its_base_and_the_base_of_its_adapter() {
    let sandbox = Sandbox::lasting();
    copied(&sandbox, &[]);
    sandbox.exact("qwen3_lora_run/checkpoint-2", "lora");
    let base = sandbox.work().join("one");
    let config =
        format!(r#"{{"peft_type":"LORA","base_model_name_or_path":"{}"}}"#, base.display());
    sandbox.file("lora/adapter_config.json", config);
    let answer = sandbox.run(&["plan", "--json", "one"]);
    let dependants = model(&answer)["dependants"].clone();
    assert!(dependants[0]["path"].as_str().unwrap().ends_with("/lora"), "{dependants}");
    let text = sandbox.run(&["plan", "one"]).flat();
    assert!(text.contains("names it as its base"), "{text}");
    let both = sandbox.run(&["plan", "--json", "lora", "one"]);
    assert_eq!(model(&both)["base_in_plan"], true);
}

/// Writes the tensors of several files into one, the other way round.
fn joined(parts: &[std::path::PathBuf], to: &Path) {
    let mut all = Vec::new();
    for part in parts {
        let bytes = std::fs::read(part).unwrap();
        let length = usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap();
        let header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        for (name, tensor) in header.as_object().unwrap() {
            if name == "__metadata__" {
                continue;
            }
            let at = |i: usize| 8 + length + tensor["data_offsets"][i].as_u64().unwrap() as usize;
            all.push((name.clone(), tensor.clone(), bytes[at(0)..at(1)].to_vec()));
        }
    }
    all.reverse();
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    header.insert("__metadata__".into(), serde_json::json!({"format": "pt", "note": "joined"}));
    for (name, mut tensor, bytes) in all {
        tensor["data_offsets"] = serde_json::json!([data.len(), data.len() + bytes.len()]);
        data.extend(bytes);
        header.insert(name, tensor);
    }
    let header = serde_json::to_vec(&header).unwrap();
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header);
    file.extend(data);
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::write(to, file).unwrap();
}

/// torch writes the name of the file into it: another name makes other bytes of the same weights.
#[test]
fn a_zip_saved_under_another_name_is_found_equal() {
    let sandbox = Sandbox::lasting();
    sandbox.file("a/first.pt", made::torch("first", &made::state()));
    sandbox.file("b/a_longer_name.pt", made::torch("a_longer_name", &made::state()));
    sandbox.label("a", "x");
    sandbox.label("b", "x");
    let answer = sandbox.run(&["plan", "--json", "--verify", "a"]);
    assert_eq!(twins(&answer), owned(&[("b", "verified", "here")]), "{answer:?}");
    assert_eq!(sandbox.run(&["plan", "--json", "a", "b"]).rules(), ["last-copy"]);
}
