//! Ways round `last-copy` that were found, each closed: forgotten deletions, hidden copies, survivors
//! that are none.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::path::Path;

use common::{Answer, BIN, Sandbox, copy, safetensors};

const LAST: &str = "last-copy";

fn refuses(answer: &Answer) -> bool {
    answer.rules().contains(&LAST.to_owned())
}

fn plan(sandbox: &Sandbox, targets: &[&str]) -> Answer {
    let mut args = vec!["plan", "--json"];
    args.extend(targets);
    sandbox.run(&args)
}

fn dup(sandbox: &Sandbox, from: &str, to: &str) {
    let to = sandbox.work().join(to);
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    copy(&sandbox.work().join(from), &to);
}

/// A model of `tensors` tensors of 8 KiB, of which those from `own` on are its own.
fn tuned(sandbox: &Sandbox, name: &str, own: usize) {
    let tensors = (0..200).map(|n| (format!("layers.{n}.w"), vec![4, 1024])).collect();
    let file = sandbox.work().join(name).join("model.safetensors");
    safetensors(&file, tensors);
    let mut bytes = std::fs::read(&file).unwrap();
    let data = bytes.len() - 200 * 8192;
    for (at, byte) in bytes[data..].iter_mut().enumerate() {
        *byte =
            if at / 8192 >= own { name.len() as u8 ^ name.as_bytes()[name.len() - 1] } else { 7 };
    }
    std::fs::write(&file, bytes).unwrap();
    sandbox.label(name, "x");
}

/// A name in the trash that was used before is another thing.
#[test]
fn a_name_used_again_in_the_trash_forgets_nothing() {
    let sandbox = Sandbox::lasting();
    sandbox.fixture("qwen3_full", "x/one");
    sandbox.fixture("qwen3_full", "y/one");
    sandbox.label("x/one", "Qwen3");
    sandbox.label("y/one", "Qwen3");
    dup(&sandbox, "y/one", "z");
    sandbox.delete(&["x/one"]);
    sandbox.delete(&["purge", "--older-than", "0s"]);
    sandbox.delete(&["y/one"]);
    assert!(refuses(&plan(&sandbox, &["z"])));
}

/// Trainings of the last layer alone look alike in a small sample: the true copies are still found.
#[test]
fn a_copy_among_many_that_are_nearly_the_same_is_found() {
    let sandbox = Sandbox::lasting();
    for n in 0..7 {
        tuned(&sandbox, &format!("ft{n}"), 199);
    }
    dup(&sandbox, "ft6", "ft7");
    let all = ["ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7"];
    let json = plan(&sandbox, &all).json();
    let refused: Vec<String> = json["targets"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|t| t["verdict"] == "refused")
        .map(|t| t["path"].as_str().unwrap().rsplit_once('/').unwrap().1.to_owned())
        .collect();
    assert_eq!(refused, ["ft6", "ft7"], "{json:#}");
    assert!(refuses(&sandbox.run(&["plan", "--json", "--verify", "ft6", "ft7"])));
    assert!(!refuses(&sandbox.run(&["plan", "--json", "--verify", "ft1", "ft2"])));
}

/// More files than may be open at once are read one after the other.
#[test]
fn a_model_of_many_files_is_compared_all_the_same() {
    let sandbox = Sandbox::lasting();
    for n in 1..=200 {
        let file = format!("one/model-{n:05}-of-00200.safetensors");
        safetensors(&sandbox.work().join(file), vec![(format!("t{n}"), vec![64])]);
    }
    sandbox.label("one", "x");
    dup(&sandbox, "one", "two");
    let script = format!("ulimit -n 64; exec {BIN} plan --json one two");
    let out = sandbox.command_of("setsid", &["--wait", "sh", "-c", &script]).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!(json.to_string().contains(LAST), "{json:#}");
}

/// What differs in a file of no known format, or is not whole, is no copy.
#[test]
fn a_survivor_is_whole_and_the_same_in_all_its_files() {
    let sandbox = Sandbox::lasting();
    sandbox.fixture("qwen3_full", "a");
    sandbox.label("a", "Qwen3");
    sandbox.file("a/value_head.bin", [0, 0xb1].repeat(6 << 20));
    dup(&sandbox, "a", "b");
    dup(&sandbox, "a", "c");
    assert!(!refuses(&plan(&sandbox, &["a", "b"])));
    sandbox.file("c/value_head.bin", [0, 0xb2].repeat(6 << 20));
    assert!(refuses(&plan(&sandbox, &["a", "b"])));

    sandbox.exact("dcp", "d");
    sandbox.label("d", "x");
    dup(&sandbox, "d", "e");
    dup(&sandbox, "d", "f");
    assert!(!refuses(&plan(&sandbox, &["d", "e"])));
    std::fs::remove_file(sandbox.work().join("f/.metadata")).unwrap();
    assert!(refuses(&plan(&sandbox, &["d", "e"])));
}

#[test]
fn a_graph_with_other_values_is_another_model() {
    let sandbox = Sandbox::lasting();
    sandbox.file("a/saved_model.pb", [0x08, 1, 0x12, 2, 0, 0].repeat(400));
    for n in 0..2 {
        sandbox.file(&format!("a/variables/variables.data-0000{n}-of-00002"), vec![n + 1; 200_000]);
    }
    sandbox.file("a/variables/variables.index", "index");
    sandbox.label("a", "x");
    dup(&sandbox, "a", "b");
    dup(&sandbox, "a", "c");
    assert!(!refuses(&plan(&sandbox, &["a", "b"])));
    sandbox.file("c/variables/variables.data-00001-of-00002", vec![9; 200_000]);
    assert!(refuses(&plan(&sandbox, &["a", "b"])));
}

/// Files too small to be known by name: what cannot be compared has no survivor.
#[test]
fn small_arrays_of_orbax_are_no_reason_to_let_both_go() {
    let sandbox = Sandbox::lasting();
    sandbox.exact("orbax", "one");
    sandbox.label("one", "x");
    dup(&sandbox, "one", "two");
    assert!(refuses(&plan(&sandbox, &["one", "two"])));
}

/// Whoever threw it away: what lies in a trash is gone, and whatever the journal says.
#[test]
fn what_lies_in_a_trash_does_not_survive_and_is_not_forgotten() {
    let sandbox = Sandbox::lasting();
    sandbox.fixture("qwen3_full", "one");
    sandbox.label("one", "Qwen3");
    dup(&sandbox, "one", "two");
    dup(&sandbox, "one", "bob/.local/share/Trash/files/three");
    assert!(refuses(&plan(&sandbox, &["one", "two"])));
    sandbox.delete(&["one"]);
    assert!(refuses(&plan(&sandbox, &["two"])));
    let journal = sandbox.home().join(".local/state/safe-rm/journal.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    // Cut, or without what it remembers, or somewhere else.
    std::fs::write(&journal, text.replace("prints", "prnits")).unwrap();
    let forged = sandbox.run(&["plan", "two"]);
    assert_eq!(forged.code, 3, "{forged:?}");
    assert!(forged.out.starts_with("! line 2 of the journal"), "{forged:?}");
    std::fs::write(&journal, "").unwrap();
    assert!(refuses(&plan(&sandbox, &["two"])));
    let elsewhere = sandbox.work().join("state");
    let mut command = sandbox.command_of("setsid", &["--wait", BIN, "plan", "--json", "two"]);
    let moved = command.env("XDG_STATE_HOME", elsewhere).output().unwrap();
    assert_eq!(moved.status.code(), Some(3));
}

/// The checkpoints of a run that carries a stamp are no copies of each other.
#[test]
fn the_steps_of_one_stamped_run_may_go_one_by_one() {
    let sandbox = Sandbox::lasting();
    for step in 1..7 {
        sandbox.fixture("qwen3_full", &format!("runs/20251015_030850/checkpoint-{step}00"));
    }
    sandbox.label("runs/20251015_030850", "Qwen3");
    let dir = |step: u8| format!("runs/20251015_030850/checkpoint-{step}00");
    sandbox.delete(&[&dir(1)]);
    let next = plan(&sandbox, &[&dir(2)]);
    assert_eq!(next.code, 0, "{next:?}");
}

#[test]
fn one_shared_shard_makes_no_hard_link_of_a_copy() {
    let sandbox = Sandbox::lasting();
    sandbox.exact("qwen3_sharded", "one");
    sandbox.label("one", "Qwen3");
    dup(&sandbox, "one", "two");
    let shard = |dir: &str| sandbox.work().join(dir).join("model-00001-of-00003.safetensors");
    std::fs::remove_file(shard("two")).unwrap();
    std::fs::hard_link(shard("one"), shard("two")).unwrap();
    assert!(refuses(&plan(&sandbox, &["one", "two"])));
}

/// What nobody can read is not said to be elsewhere.
#[test]
fn weights_that_cannot_be_read_stay() {
    if !common::has_tool("setpriv", &["--version"]) {
        return;
    }
    if !is_root() {
        common::skip("only root can play another user");
        return;
    }
    let sandbox = Sandbox::lasting();
    sandbox.fixture("qwen3_full", "one");
    sandbox.label("one", "Qwen3");
    let file = sandbox.work().join("one/model.safetensors");
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
    for path in [sandbox.work().parent().unwrap(), &sandbox.work().join("one")] {
        own(path);
    }
    let args = ["--reuid=65534", "--regid=65534", "--clear-groups", BIN, "plan", "--json", "one"];
    let out = sandbox.command_of("setpriv", &args).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!(json.to_string().contains("cannot be read"), "{json:#}");
    assert_eq!(out.status.code(), Some(3));
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0)
}

fn own(path: &Path) {
    for entry in walkdir::WalkDir::new(path).into_iter().map(Result::unwrap) {
        std::os::unix::fs::lchown(entry.path(), Some(65534), Some(65534)).unwrap();
    }
}

/// What stays for another reason is a copy that is left.
#[test]
fn a_pinned_copy_lets_the_other_go() {
    let sandbox = Sandbox::lasting();
    sandbox.fixture("qwen3_full", "one");
    sandbox.label("one", "Qwen3");
    dup(&sandbox, "one", "two");
    sandbox.file("two/KEEP", "");
    assert_eq!(plan(&sandbox, &["one", "two"]).rules(), [LAST, "pinned"]);
    sandbox.delete(&["--only-allowed", "one", "two"]);
    assert!(!sandbox.work().join("one").exists() && sandbox.work().join("two").exists());
}
