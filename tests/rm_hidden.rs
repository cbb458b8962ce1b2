//! Ways by which rm could have taken something that matters without anybody seeing it.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use std::process::Command;

use common::{Answer, BIN, Sandbox, Terminal, has_tool, person};

fn rm(world: &Sandbox, args: &[&str]) -> Answer {
    let mut all = vec!["rm"];
    all.extend(args);
    world.run(&all)
}

fn kept(world: &Sandbox, args: &[&str], says: &str) {
    let before = world.snapshot();
    let answer = rm(world, args);
    assert!([3, 4].contains(&answer.code), "{args:?}: {answer:?}");
    assert!(answer.err.contains(says), "{args:?}: {says} in {}", answer.err);
    assert_eq!(world.snapshot(), before, "{args:?}");
}

fn sh(world: &Sandbox, script: &str) {
    let done = world.command_of("bash", &["-ec", script]).status().unwrap();
    assert!(done.success(), "{script}");
}

#[test]
fn a_label_of_its_own_pins_whatever_stands_before_it() {
    let world = Sandbox::later();
    sh(&world, "mkdir d; echo x > a; echo x > d/data.csv; echo x > notes.txt");
    for name in ["d", "notes.txt"] {
        world.file(&format!("{name}.MODEL_INFO.txt"), "Model: x\nKeep: yes\n");
    }
    kept(&world, &["-rf", "a", "d"], "pinned");
    kept(&world, &["-f", "a", "notes.txt"], "pinned");
    assert_eq!(rm(&world, &["a"]).code, 0);
    // Also of many operands the last one.
    let many: Vec<String> = (0..40).map(|n| format!("m{n}.txt")).collect();
    many.iter().for_each(|name| drop(world.file(name, "x")));
    let mut args: Vec<&str> = many.iter().map(String::as_str).collect();
    args.push("notes.txt");
    kept(&world, &args, "pinned");
}

/// A folder that one may write in and not list: nobody can tell what lies beside the operand.
#[test]
fn in_a_folder_that_cannot_be_listed_a_part_is_a_part() {
    if !has_tool("setpriv", &["--reuid=65534", "--regid=65534", "--clear-groups", "true"]) {
        return;
    }
    let world = Sandbox::later();
    for (fixture, part) in [
        ("orbax", "m/d"),
        ("orbax", "m/_METADATA"),
        ("qwen3_full", "m/config.json"),
        ("diffusers_pipe", "m/scheduler"),
        ("minilm", "m/1_Pooling"),
    ] {
        world.exact(fixture, "m");
        sh(&world, "chmod a+rx ..; chmod -R a+rX ../work; chown -R 65534 m; chmod 300 m");
        let mut command = world.command_of("setsid", &["--wait", "setpriv", "--reuid=65534"]);
        command.args(["--regid=65534", "--clear-groups", BIN, "rm", "-rf", part]);
        let output = command.stdin(std::process::Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(matches!(output.status.code(), Some(1 | 3)), "{part}: {said}");
        assert!(world.work().join(part).exists(), "{part}: {said}");
        sh(&world, "chmod 700 m; rm -r m");
    }
    // What only is called like a part goes.
    sh(&world, "mkdir -p m/d m/assets; touch m/d/a m/assets/b; chown -R 65534 m; chmod 300 m");
    let mut command = world.command_of("setpriv", &["--reuid=65534", "--regid=65534"]);
    command.args(["--clear-groups", BIN, "rm", "-r", "m/d", "m/assets"]);
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn orbax_with_zarr_of_the_third_version_goes_whole_or_not_at_all() {
    let world = Sandbox::later();
    sh(
        &world,
        "mkdir -p m/params.k/c/0; echo '{\"item_names\":{}}' > m/_CHECKPOINT_METADATA; \
         echo '{\"tree_metadata\":{}}' > m/_METADATA; echo '{\"zarr_format\":3}' > m/params.k/zarr.json; \
         head -c 300000 /dev/urandom > m/params.k/c/0/0",
    );
    for part in ["params.k", "params.k/c", "params.k/c/0", "params.k/c/0/0", "params.k/zarr.json"] {
        kept(&world, &["-rf", &format!("m/{part}")], "part");
    }
    let all = ["m/_CHECKPOINT_METADATA", "m/_METADATA", "m/params.k"];
    kept(&world, &[&["-rf"][..], &all].concat(), "part");
    kept(&world, &["-rf", "m"], "unlabeled");
}

#[test]
fn a_file_that_alone_marks_a_layout_is_a_part() {
    let world = Sandbox::later();
    world.exact("diffusers_pipe", "p");
    world.exact("minilm", "s");
    for part in ["p/model_index.json", "s/modules.json", "s/config_sentence_transformers.json"] {
        kept(&world, &["-f", part], "part");
    }
    // Many programs have files of these names.
    for name in ["web/config.json", "web/params.json", "web/meta.json", "web/model.json"] {
        world.file(name, "{}");
        assert_eq!(rm(&world, &[name]).code, 0, "{name}");
    }
}

/// While the question of rm stands, a training saves under a name that was there.
#[test]
fn what_is_written_while_a_question_stands_is_seen() {
    let world = Sandbox::later();
    let weights = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/pytorch/zip_state_dict.pt"
    ))
    .unwrap();
    for (options, name, operands) in [
        ("-rI", "d/model.bin", vec!["d"]),
        ("-ri", "d/model.bin", vec!["d"]),
        ("-i", "d/model.bin", vec!["d/model.bin"]),
        ("-I", "d/weights.pdparams", vec!["d/a", "d/b", "d/c", "d/weights.pdparams"]),
    ] {
        for other in ["d/a", "d/b", "d/c"] {
            world.file(other, "x");
        }
        let path = world.file(name, "hello");
        let mut args = vec!["rm", options];
        args.extend(&operands);
        let mut terminal = Terminal(person::spawn(&world.command(&args), 20_000));
        // Yes to everything until it is about the file; a question ends in `? `.
        let mut asked = terminal.0.exp_string("? ").unwrap();
        while options.contains('i') && !asked.contains("model.bin") {
            terminal.line("y");
            asked = terminal.0.exp_string("? ").unwrap();
        }
        std::fs::write(&path, &weights).unwrap();
        terminal.line("y");
        for _ in 0..8 {
            terminal.line("y");
        }
        let (shown, code) = terminal.end();
        assert!([1, 3, 5].contains(&code), "{options} {name}: {code} {shown}");
        assert_eq!(std::fs::read(&path).unwrap(), weights, "{options} {name}: {shown}");
    }
}

/// The places that the passwd entry's home has are safe-rm's, whatever variables say; so is a link
/// that leads there.
#[test]
fn variables_and_links_do_not_lay_open_what_is_its_own() {
    let world = Sandbox::later();
    world.file("../dot/safe-rm/policy.toml", "protect = []\n");
    sh(&world, "mkdir -p ../home/.config; ln -s ../../dot/safe-rm ../home/.config/safe-rm");
    let link = world.home().join(".config/safe-rm");
    for path in [link.clone(), link.join("policy.toml"), link.parent().unwrap().to_path_buf()] {
        let answer = rm(&world, &["-rf", path.to_str().unwrap()]);
        assert_eq!(answer.code, 3, "{}: {answer:?}", path.display());
        assert!(link.symlink_metadata().is_ok());
    }
}

#[test]
fn weights_that_cannot_be_read_are_known_by_any_of_their_names() {
    if !has_tool("setpriv", &["--reuid=65534", "--regid=65534", "--clear-groups", "true"]) {
        return;
    }
    let world = Sandbox::later();
    for name in ["a.onnx", "b.keras", "c.npz", "M.SAFETENSORS", "m.safetensors.bak", "m.bin.gz"] {
        world.file(&format!("d/{name}"), vec![7; 3 << 20]);
    }
    sh(&world, "chmod a+rx ..; chmod -R a+rX ../work; chmod 000 d/*; chown -R 65534 d");
    for name in ["a.onnx", "b.keras", "c.npz", "M.SAFETENSORS", "m.safetensors.bak", "m.bin.gz"] {
        let mut command = Command::new("setsid");
        command.args(["--wait", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);
        command.args([BIN, "rm", "-f", &format!("d/{name}")]).current_dir(world.work());
        command
            .env_clear()
            .env("HOME", world.home())
            .env("PATH", std::env::var_os("PATH").unwrap());
        let output = command.stdin(std::process::Stdio::null()).output().unwrap();
        assert!(world.work().join("d").join(name).exists(), "{name}: {output:?}");
    }
}

/// An empty directory that `-d` takes is looked at as well.
#[test]
fn an_empty_directory_can_be_pinned() {
    let world = Sandbox::later();
    sh(&world, "mkdir -p k/empty; touch k/KEEP; mkdir free");
    kept(&world, &["-d", "k/empty"], "pinned");
    assert_eq!(rm(&world, &["-d", "free"]).code, 0);
}

/// `HOME` carried along from another user: his policy, which cannot be read, is not this user's.
#[test]
fn a_home_of_another_user_stops_nothing() {
    if !has_tool("setpriv", &["--reuid=65534", "--regid=65534", "--clear-groups", "true"]) {
        return;
    }
    let world = Sandbox::later();
    world.file("d/a", "x");
    world.file("../other/.config/safe-rm/policy.toml", "keep.last = 9\n");
    sh(&world, "chmod a+rx ..; chmod -R a+rwX ../work; chmod 700 ../other; chown -R 65534 d");
    let mut command = world.command_of("setpriv", &["--reuid=65534", "--regid=65534"]);
    command.args(["--clear-groups", BIN, "rm", "-r", "d"]);
    command.env("HOME", world.home().parent().unwrap().join("other"));
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(!world.work().join("d").exists());
}
