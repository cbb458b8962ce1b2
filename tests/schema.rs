//! What `--json` answers with is what `safe-rm schema` says: every command, on real models.

#![allow(clippy::panic, reason = "so does a test speak")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;

use common::{Answer, Sandbox, Terminal, person};
use serde_json::{Value, json};

/// The validators, by the name of the document.
fn validators(world: &Sandbox) -> BTreeMap<String, jsonschema::Validator> {
    let all = world.run(&["schema", "--json"]).json();
    let items = all["items"].as_array().unwrap();
    let each = items.iter().map(|item| {
        let (name, schema) = (item["name"].as_str().unwrap(), &item["json_schema"]);
        jsonschema::meta::validate(schema).unwrap();
        assert_eq!(world.run(&["schema", name]).json(), *schema);
        (name.to_owned(), jsonschema::validator_for(schema).unwrap())
    });
    each.collect()
}

/// Documents as they were given, each checked against the schema that it names.
struct Seen {
    validators: BTreeMap<String, jsonschema::Validator>,
    documents: Vec<(String, Value)>,
}

impl Seen {
    fn take(&mut self, kind: &str, document: Value) -> Value {
        assert_eq!(document["schema"], format!("safe-rm/{kind}/1"), "{document:#}");
        let errors: Vec<_> = self.validators[kind].iter_errors(&document).collect();
        assert!(errors.is_empty(), "{kind}: {errors:?}\n{document:#}");
        self.documents.push((kind.to_owned(), document.clone()));
        document
    }
}

/// Runs it at a terminal, with the word and the code where they are asked for.
fn approve(world: &Sandbox, id: &str) -> Value {
    let mut terminal = Terminal(person::spawn(&world.command(&["approve", "--json", id]), 20_000));
    terminal.prompt();
    terminal.line("DELETE");
    terminal.0.exp_string("type the code ").unwrap();
    let code = terminal.0.exp_string("\r\n").unwrap();
    terminal.0.exp_string("code").unwrap();
    terminal.line(code.trim());
    let (shown, _) = terminal.end();
    let from = shown.find("{\r\n").unwrap_or_else(|| panic!("{shown}"));
    let to = shown.rfind('}').unwrap();
    serde_json::from_str(&shown[from..=to]).unwrap_or_else(|e| panic!("{e}: {shown}"))
}

/// What a guard would be in which something of every kind is to be told.
fn guard_with_all(world: &Sandbox) -> Value {
    let socket = world.home().join("agent");
    let _listens = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let words =
        ["guard", "--read-only", "all", "--allow-delete", "all/qwen3_full", "--check", "--json"];
    let output = world.command(&words).env("SSH_AUTH_SOCK", &socket).output().unwrap();
    let document = Answer::of(&output).json();
    for part in ["protected", "allowed", "held", "breaks", "outside"] {
        assert_ne!(document[part], json!([]), "{part}");
    }
    document
}

/// A world with models of many kinds, and what every command says of it.
fn drive(world: &Sandbox) -> Seen {
    let mut seen = Seen { validators: validators(world), documents: Vec::new() };
    for fixture in std::fs::read_dir("tests/fixtures").unwrap().map(Result::unwrap) {
        let name = fixture.file_name().into_string().unwrap();
        if fixture.path().is_dir() {
            world.exact(&name, &format!("all/{name}"));
        }
    }
    common::copy(&world.work().join("all/qwen3_full"), &world.work().join("twin"));
    let strange = std::ffi::OsStr::from_bytes(b"all/caf\xe9");
    std::fs::create_dir(world.work().join(strange)).unwrap();
    seen.take("plan", world.run(&["plan", "--json", "all", "twin"]).json());
    seen.take("plan", world.run(&["--json", "-n", "--only-allowed", "all", "twin"]).json());
    seen.take("ls", world.run(&["ls", "--json"]).json());
    seen.take("ls", world.run(&["ls", "--json", "--limit", "1", "all"]).json());
    seen.take("policy", world.run(&["policy", "--json"]).json());
    seen.take("rules", world.run(&["explain", "--json"]).json());
    seen.take("schemas", world.run(&["schema", "--json"]).json());
    seen.take("init", world.run(&["init", "codex", "--json"]).json());
    seen.take("init", world.run(&["init", "codex", "--json", "--write"]).json());
    seen.take("doctor", world.run(&["doctor", "--json"]).json());
    std::fs::write(world.home().join(".gitconfig"), "").unwrap();
    seen.take("guard", guard_with_all(world));
    let wrong = world.run(&["guard", "--protect", "nothing", "--check", "--json"]).json();
    seen.take("guard", wrong);
    for wrong in
        [&["plan", "--json", "nothing"][..], &["--json", "--nothing"], &["ls", "--json", "-f", "x"]]
    {
        seen.take("error", world.run(wrong).json());
    }
    // One is asked for, and one goes the whole way.
    world.fixture("qwen3_full", "runs/old");
    seen.take("label", world.run(&["label", "--json", "-n", "runs/old", "all"]).json());
    seen.take("label", world.run(&["label", "--json", "--model", "Qwen3", "runs/old"]).json());
    let filed = world.run(&["--json", "--reason", "the disk is full", "runs/old"]);
    let filed = seen.take("plan", filed.json());
    let id = filed["request"]["id"].as_str().unwrap().to_owned();
    seen.take("requests", world.run(&["requests", "--json"]).json());
    seen.take("request", world.run(&["wait", "--json", "--timeout", "0s", &id]).json());
    let done = seen.take("result", approve(world, &id));
    assert_eq!(done["items"][0]["fate"], "trashed");
    seen.take("request", world.run(&["wait", "--json", &id]).json());
    seen.take("requests", world.run(&["requests", "--json", "--all"]).json());
    seen.take("trash", world.run(&["trash", "--json"]).json());
    seen.take("log", world.run(&["log", "--json"]).json());
    seen.take("result", world.run(&["undo", "--json"]).json());
    seen.take("result", world.run(&["purge", "--json"]).json());
    seen.take("log", world.run(&["log", "--json"]).json());
    seen
}

/// Keys that stand there only where there is something to say.
const OPTIONAL: &[&str] =
    &["path_b64", "at_b64", "label_b64", "message", "out_of", "born", "kept", "prints", "stamps"];

/// Every object of a document with one key less.
fn lessened(document: &Value) -> Vec<(String, Value)> {
    fn walk(at: &str, value: &Value, places: &mut Vec<(String, String)>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    places.push((at.to_owned(), key.clone()));
                    if key != "sources" && key != "json_schema" {
                        walk(&format!("{at}/{key}"), value, places);
                    }
                }
            }
            Value::Array(items) => {
                // Those behind are alike; what is rare is in the smaller lists.
                for (n, item) in items.iter().enumerate().take(12) {
                    walk(&format!("{at}/{n}"), item, places);
                }
            }
            _ => {}
        }
    }
    let mut places = Vec::new();
    walk("", document, &mut places);
    let less = places.into_iter().map(|(at, key)| {
        let mut less = document.clone();
        less.pointer_mut(&at).unwrap().as_object_mut().unwrap().remove(&key);
        (format!("{at}/{key}"), less)
    });
    less.collect()
}

#[test]
fn every_document_is_as_its_schema_says() {
    let world = Sandbox::later();
    let seen = drive(&world);
    for name in seen.validators.keys() {
        assert!(seen.documents.iter().any(|(kind, _)| kind == name), "no {name} was seen");
    }
    let mut missed = Vec::new();
    for (kind, document) in &seen.documents {
        let validator = &seen.validators[kind];
        for (place, less) in lessened(document) {
            let key = place.rsplit('/').next().unwrap();
            // Where a thing is now, and the file of its label, are said where there is one.
            let optional = OPTIONAL.contains(&key)
                || (kind == "result" && key == "at")
                || (kind == "label" && key == "label");
            if !optional && validator.is_valid(&less) {
                missed.push(format!("{kind}{place}"));
            }
        }
        assert!(!validator.is_valid(&json!({"schema": document["schema"]})), "{kind}");
        let mut other = document.clone();
        other["schema"] = "safe-rm/other/1".into();
        assert!(!validator.is_valid(&other), "{kind}");
    }
    assert!(missed.is_empty(), "not missed: {missed:#?}");
}

#[test]
fn values_that_no_document_has_are_rejected() {
    let world = Sandbox::now();
    world.file("notes/a.txt", "x");
    let plan = world.run(&["plan", "--json", "notes"]).json();
    let validator = &validators(&world)["plan"];
    assert!(validator.is_valid(&plan));
    for (place, value) in [
        ("/verdict", json!("maybe")),
        ("/mode", json!("burn")),
        ("/actor/kind", json!("person")),
        ("/totals/bytes", json!("many")),
        ("/targets/0/files", json!(-1)),
        ("/next", json!("one")),
    ] {
        let mut other = plan.clone();
        *other.pointer_mut(place).unwrap() = value;
        assert!(!validator.is_valid(&other), "{place}");
    }
}

#[test]
fn names_are_listed_and_wrong_ones_told() {
    let world = Sandbox::now();
    let listed = world.run(&["schema"]);
    assert_eq!(listed.code, 0);
    for name in validators(&world).keys() {
        assert!(listed.out.lines().any(|l| l.starts_with(&format!("{name} "))), "{listed:?}");
    }
    let wrong = world.run(&["schema", "plans"]);
    assert!(wrong.code == 2 && wrong.said().contains("there are plan, result"), "{wrong:?}");
}
