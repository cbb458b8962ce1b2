//! Where a model, or something large, is at stake, rm's options decide nothing: the plan, every rule
//! and the word do, for everything named.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use common::{Answer, Sandbox};

/// The binary as rm, without a terminal.
fn rm(world: &Sandbox, args: &[&str]) -> Answer {
    let mut all = vec!["rm"];
    all.extend(args);
    world.run(&all)
}

/// Writes the user's policy.
fn policy(world: &Sandbox, text: &str) {
    let dir = world.home().join(".config/safe-rm");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("policy.toml"), text).unwrap();
}

/// Runs rm and expects that the rules answered, and that nothing at all is gone.
fn kept(world: &Sandbox, args: &[&str], code: i32, says: &str) {
    let before = world.snapshot();
    let answer = rm(world, args);
    assert_eq!(answer.code, code, "{args:?}: {}{}", answer.out, answer.err);
    assert!(answer.err.contains(says), "{args:?}: {says} in {}", answer.err);
    assert_eq!(answer.out, "", "the standard output is rm's");
    assert_eq!(world.snapshot(), before, "{args:?}");
}

#[test]
fn a_model_gets_the_plan_whatever_the_options_are() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "runs/exp1/checkpoint-6");
    world.file("runs/exp1/notes.txt", "x");
    world.file("ordinary/a.txt", "x");
    for options in ["-r", "-rf", "-rfv", "-rI", "-ri", "-Rd"] {
        kept(&world, &[options, "runs/exp1"], 3, "unlabeled");
    }
    // All or nothing: what is ordinary stays as well.
    kept(&world, &["-rf", "ordinary", "runs"], 3, "unlabeled");
    kept(&world, &["-f", "runs/exp1/checkpoint-6/model.safetensors"], 3, "part-of");
    // What rm itself would not touch needs no plan.
    kept(&world, &["runs/exp1"], 1, "rm: cannot remove 'runs/exp1': Is a directory");
}

#[test]
fn without_a_person_it_waits_for_one() {
    let world = Sandbox::later();
    world.fixture("qwen3_lora_run/checkpoint-4", "old");
    world.label("old", "an old adapter");
    kept(&world, &["-rf", "old"], 4, "a person approves");
}

#[test]
fn a_person_types_the_word() {
    let world = Sandbox::later();
    world.fixture("qwen3_lora_run/checkpoint-4", "old");
    world.label("old", "an old adapter");
    let mut terminal = world.at_terminal(&["rm", "-rf", "old"]);
    terminal.prompt();
    terminal.line("y");
    assert_eq!(terminal.end().1, 5);
    assert!(world.work().join("old").exists());
    let mut terminal = world.at_terminal(&["rm", "-rf", "old", "not-there"]);
    terminal.prompt();
    terminal.line("DELETE");
    assert_eq!(terminal.end().1, 0);
    assert!(!world.work().join("old").exists());
    assert_eq!(world.run(&["undo"]).code, 0);
    assert!(world.work().join("old/MODEL_INFO.txt").exists());
}

#[test]
fn parts_labels_and_pins_are_at_stake() {
    let world = Sandbox::later();
    world.fixture("qwen3_lora_run/checkpoint-4", "m");
    world.label("m", "an adapter");
    kept(&world, &["m/adapter_config.json"], 3, "part-of");
    kept(&world, &["-f", "m/MODEL_INFO.txt"], 3, "part-of");
    let tensors = vec![("a".to_owned(), vec![8, 8])];
    common::safetensors(&world.work().join("style.safetensors"), tensors);
    world.file("style.txt", "its trigger words");
    kept(&world, &["style.txt"], 3, "part-of");
    world.file("pinned/KEEP", "");
    world.file("pinned/data/a.csv", "x");
    kept(&world, &["-rf", "pinned"], 3, "pinned");
    kept(&world, &["-rf", "pinned/data"], 3, "pinned");
    kept(&world, &["pinned/data/a.csv"], 3, "pinned");
    // A person may take the pin away; nobody else.
    kept(&world, &["pinned/KEEP"], 4, "a person approves");
}

#[test]
fn homes_and_system_folders_stay() {
    let world = Sandbox::later();
    let home = world.home();
    kept(&world, &["-rf", home.to_str().unwrap()], 3, "protected-path");
    kept(&world, &["-rf", home.parent().unwrap().to_str().unwrap()], 3, "protected-path");
    kept(&world, &["-rf", "/usr"], 3, "protected-path");
    kept(&world, &["-rf", "/usr/lib"], 3, "protected-path");
    kept(&world, &["-rf", "--no-preserve-root", "/"], 1, "never removes it");
}

#[test]
fn the_working_directory_goes_as_with_rm() {
    let world = Sandbox::later();
    world.file("tmp/a", "x");
    let inner = world.work().join("tmp");
    let mut command = world.command(&["rm", "-rf", inner.to_str().unwrap()]);
    assert!(command.current_dir(&inner).status().unwrap().success());
    assert!(!inner.exists());
}

#[test]
fn what_is_large_is_asked_about() {
    let world = Sandbox::later();
    let file = world.file("disk.img", "");
    let file = std::fs::File::options().write(true).open(file).unwrap();
    file.set_len(11 << 30).unwrap();
    // A disk image says what it is; without that it might be weights.
    std::os::unix::fs::FileExt::write_all_at(&file, b"QFI\xfb\0\0\0\x03", 0).unwrap();
    let answer = rm(&world, &["disk.img"]);
    assert_eq!(answer.code, 4, "{}", answer.err);
    assert!(answer.err.contains("more than `ordinary.bytes`"), "{}", answer.err);
    std::fs::remove_file(world.work().join("disk.img")).unwrap();
    let small = world.file("small.txt", "more than a byte");
    assert_eq!(rm(&world, &["small.txt"]).code, 0);
    std::fs::write(&small, "more than a byte").unwrap();
    policy(&world, "ordinary.bytes = 1\n");
    kept(&world, &["small.txt"], 4, "more than `ordinary.bytes`");
}

#[test]
fn the_policy_can_send_ordinary_files_to_the_trash() {
    let world = Sandbox::later();
    policy(&world, "ordinary.mode = \"trash\"\n");
    world.file("a.txt", "a");
    world.file("d/b.txt", "b");
    let before = world.snapshot();
    let answer = rm(&world, &["-rv", "a.txt", "d", "nope"]);
    assert_eq!(answer.code, 1, "{}", answer.err);
    assert_eq!(answer.err, "rm: cannot remove 'nope': No such file or directory\n");
    assert!(answer.out.contains("moved to the trash"), "{}", answer.out);
    assert!(world.snapshot().is_empty());
    assert_eq!(world.run(&["undo"]).code, 0);
    assert_eq!(world.snapshot(), before);
}

#[test]
fn ordinary_files_leave_no_trace() {
    let world = Sandbox::later();
    world.file("a.txt", "a");
    world.file("d/e/f.o", "f");
    let answer = rm(&world, &["-r", "a.txt", "d"]);
    assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (0, "", ""));
    assert!(world.snapshot().is_empty());
    assert_eq!(std::fs::read_dir(world.home()).unwrap().count(), 0, "no state, no journal");
}

#[test]
fn it_is_rm_by_its_name() {
    use std::os::unix::process::CommandExt;
    let world = Sandbox::later();
    world.fixture("qwen3_lora_run/checkpoint-4", "m");
    for name in ["rm", "/opt/shims/rm", "./rm"] {
        let mut command = world.command(&["-d", "m", "nope"]);
        let output = command.arg0(name).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let wanted = format!(
            "{name}: cannot remove 'm': Directory not empty\n{name}: cannot remove 'nope': No such \
             file or directory\n"
        );
        assert_eq!((output.status.code(), said), (Some(1), wanted));
    }
}

/// Of many operands in one folder each is still seen for what it is.
#[test]
fn a_side_file_among_many_operands_is_seen() {
    let world = Sandbox::later();
    let tensors = vec![("a".to_owned(), vec![8, 8])];
    common::safetensors(&world.work().join("d/style.safetensors"), tensors);
    let names: Vec<String> = (0..40).map(|n| format!("d/n{n}.txt")).collect();
    for name in names.iter().map(String::as_str).chain(["d/style.txt"]) {
        world.file(name, "x");
    }
    let mut args: Vec<&str> = names.iter().map(String::as_str).collect();
    args.push("d/style.txt");
    kept(&world, &args, 3, "part-of");
    assert_eq!(rm(&world, &args[..40]).code, 0);
}
