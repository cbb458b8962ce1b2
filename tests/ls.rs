//! The list: every model below, its verdict of today, filters, order, totals.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{Sandbox, copy};
use serde_json::Value;

fn some(sandbox: &Sandbox) {
    sandbox.fixture("qwen3_full", "zoo/full");
    sandbox.label("zoo/full", "Qwen3");
    copy(&sandbox.work().join("zoo/full"), &sandbox.work().join("zoo/copy"));
    sandbox.exact("qwen3_lora_run", "zoo/run");
    sandbox.exact("lfs_pointer", "zoo/pointer");
    sandbox.file("zoo/notes/text.txt", "no model");
}

fn names(answer: &common::Answer) -> Vec<String> {
    let items = answer.json()["items"].as_array().unwrap().clone();
    let name = |v: &Value| v["path"].as_str().unwrap().rsplit_once('/').unwrap().1.to_owned();
    items.iter().map(name).collect()
}

#[test]
fn every_model_is_listed_once_with_its_verdict() {
    let sandbox = Sandbox::lasting();
    some(&sandbox);
    let before = sandbox.snapshot();
    let all = sandbox.run(&["ls", "--json", "zoo", "--sort", "path"]);
    assert_eq!(names(&all), ["copy", "full", "pointer", "checkpoint-2", "checkpoint-4"]);
    let json = all.json();
    assert_eq!(json["schema"], "safe-rm/ls/1");
    let item = |name: &str| {
        let items = json["items"].as_array().unwrap().iter();
        items.clone().find(|i| i["path"].as_str().unwrap().ends_with(name)).unwrap().clone()
    };
    assert_eq!(item("/full")["verdict"], "allowed");
    assert_eq!(item("/full")["model"]["family"], "qwen3");
    assert_eq!(item("/full")["model"]["copies"][0]["sameness"], "probably");
    let held: Vec<_> = item("/checkpoint-4")["held_by"].as_array().unwrap().clone();
    assert_eq!(held, ["unlabeled", "keep-last"]);
    // Of two copies one stays.
    let frees = item("/full")["frees"].as_u64().unwrap();
    assert_eq!(json["freeable_today"].as_u64().unwrap(), frees);
    assert_eq!(sandbox.snapshot(), before, "a list touches nothing");
}

#[test]
fn filters_order_and_limit() {
    let sandbox = Sandbox::lasting();
    some(&sandbox);
    let ls = |args: &[&str]| {
        let mut all = vec!["ls", "--json", "zoo"];
        all.extend(args);
        names(&sandbox.run(&all))
    };
    assert_eq!(ls(&["-f", "kind=adapter", "--sort", "path"]), ["checkpoint-2", "checkpoint-4"]);
    assert_eq!(ls(&["-f", "kind=checkpoint", "-f", "size>53.6kB"]), ["checkpoint-4"]);
    assert_eq!(ls(&["-f", "verdict=allowed", "--sort", "path"]), ["copy", "full"]);
    assert_eq!(ls(&["-f", "label=none", "-f", "kind=pointer"]), ["pointer"]);
    assert_eq!(ls(&["-f", "age>30d"]), Vec::<String>::new());
    // What nothing brings back stands first, and the largest of that.
    assert_eq!(ls(&["--limit", "1"]), ["checkpoint-4"]);
    assert_eq!(ls(&["--sort", "size", "--limit", "2"]).len(), 2);
    for wrong in ["size=1", "colour=red", "age>soon"] {
        assert_eq!(sandbox.run(&["ls", "zoo", "-f", wrong]).code, 2, "{wrong}");
    }
    assert_eq!(sandbox.run(&["ls", "nowhere"]).code, 1);
}

#[test]
fn people_read_what_it_is_and_from_when_it_may_go() {
    let sandbox = Sandbox::now();
    some(&sandbox);
    sandbox.label("zoo/run", "Qwen3 LoRA");
    let text = sandbox.run(&["ls", "zoo"]);
    for line in text.out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let flat = text.flat();
    assert!(flat.contains("only here: 4 steps of training"), "{flat}");
    assert!(flat.contains("could go from "), "{flat}");
    assert!(flat.contains("2 adapter (") && flat.contains("could be freed today"), "{flat}");
    let empty = sandbox.run(&["ls", "zoo/notes"]);
    assert_eq!((empty.code, empty.out.contains("no model below")), (0, true));
    // Without a folder, here.
    assert!(sandbox.run(&["ls"]).flat().contains("zoo/full"));
}

#[test]
fn a_base_is_told_what_stands_on_it() {
    let sandbox = Sandbox::lasting();
    some(&sandbox);
    let base = sandbox.work().join("zoo/full");
    let config = format!(r#"{{"base_model_name_or_path":"{}"}}"#, base.display());
    sandbox.file("zoo/run/checkpoint-2/adapter_config.json", config);
    let json = sandbox.run(&["ls", "--json", "zoo", "-f", "kind=full", "--sort", "path"]).json();
    let dependants = json["items"][1]["model"]["dependants"].clone();
    assert!(dependants[0]["path"].as_str().unwrap().ends_with("checkpoint-2"), "{json:#}");
}
