//! `safe-rm label`: what it drafts, whom it asks, what it refuses, and what it leaves as it was.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{OWN, Sandbox, has_tool};
use std::os::unix::fs::{MetadataExt, symlink};

/// The text of a label below the work folder.
fn text(sandbox: &Sandbox, path: &str) -> String {
    std::fs::read_to_string(sandbox.work().join(path)).unwrap()
}

/// The lines but those that differ from run to run.
fn lines(sandbox: &Sandbox, path: &str) -> Vec<String> {
    let text = text(sandbox, path);
    let own = |l: &&str| !l.starts_with("Written") && !l.starts_with("Covers");
    text.lines().filter(own).map(str::to_owned).collect()
}

#[test]
fn a_draft_says_what_the_files_say_and_every_line_is_signed() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_lora_run", "run");
    sandbox.fixture("qwen3_full", "full");
    common::touch(&sandbox.work(), OWN);
    let answer = sandbox.run(&["label", "--json", "--model", "chats", "run/checkpoint-2"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(answer.json()["schema"], "safe-rm/label/1");
    assert_eq!(answer.json()["items"][0]["outcome"], "written");
    let label = "run/checkpoint-2/MODEL_INFO.txt";
    assert_eq!(
        lines(&sandbox, label),
        [
            "Model: chats",
            "Trained: 2025-11-09, by the date of its weight files",
            "Steps: 2 of 4",
            "Base: /data/models/qwen3_full",
            "Kind: LoRA adapter, r=8, checkpoint",
        ]
    );
    let whole = text(&sandbox, label);
    assert!(whole.contains("\nWritten-By: user ") && whole.contains(", safe-rm label\n"));
    assert!(whole.lines().any(|l| l.starts_with("Written: 20") && l.ends_with(":00")), "{whole}");
    // The names that files give are taken, a shape that fits is none.
    let answer = sandbox.run(&["label", "full"]);
    assert_eq!(answer.code, 4, "{answer:?}");
    assert!(answer.out.contains("--model NAME"), "{answer:?}");
    let mut gguf = b"GGUF\x03\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0".to_vec();
    for (key, value) in [("general.architecture", "qwen3"), ("general.name", "Qwen3 Chats")] {
        gguf.extend((key.len() as u64).to_le_bytes());
        gguf.extend(key.as_bytes());
        gguf.extend(8u32.to_le_bytes());
        gguf.extend((value.len() as u64).to_le_bytes());
        gguf.extend(value.as_bytes());
    }
    gguf.resize(1 << 20, 7);
    sandbox.file("shelf/chats.gguf", gguf);
    let answer = sandbox.run(&["label", "shelf/chats.gguf"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let label = "shelf/chats.gguf.MODEL_INFO.txt";
    assert_eq!(lines(&sandbox, label)[0], "Model: Qwen3 Chats");
    // A run has no weights of its own, and its label covers its checkpoints.
    let answer = sandbox.run(&["label", "--model", "chats", "--run", "r7", "run"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(!text(&sandbox, "run/MODEL_INFO.txt").contains("Covers"));
    assert_eq!(sandbox.run(&["label", "--model", "x", "shelf/none"]).code, 1);
    assert_eq!(sandbox.run(&["label", "--model", "x", "--json", "../home"]).code, 3);
    assert_eq!(sandbox.run(&["label", "--model", "a\nb", "full"]).code, 2);
    for part in ["full/model.safetensors", "full/config.json"] {
        let answer = sandbox.run(&["label", "--model", "x", part]);
        assert!(answer.code == 3 && answer.out.contains("only a part"), "{answer:?}");
    }
}

#[test]
fn only_the_label_is_new_and_the_folder_keeps_its_times() {
    let sandbox = Sandbox::later();
    let dir = sandbox.fixture("qwen3_full", "full");
    common::touch(&sandbox.work(), OWN);
    let before = sandbox.snapshot();
    assert_eq!(sandbox.run(&["label", "-n", "--model", "Qwen3 toy", "full"]).code, 0);
    assert_eq!(sandbox.snapshot(), before);
    // A folder that was last listed before it was changed is one whose access time would move.
    let touch = |args: &[&str]| {
        let done = std::process::Command::new("touch").args(args).arg(&dir).status();
        assert!(done.unwrap().success());
    };
    touch(&["-a", "-d", "2025-11-01"]);
    let times = || {
        let m = dir.metadata().unwrap();
        (m.mtime(), m.mtime_nsec(), m.atime(), m.atime_nsec())
    };
    let own = times();
    assert_eq!(sandbox.run(&["label", "--model", "Qwen3 toy", "full"]).code, 0);
    assert_eq!(times(), own);
    let mut after = sandbox.snapshot();
    let label = after.remove(std::path::Path::new("full/MODEL_INFO.txt")).unwrap();
    assert_eq!(label.1 & 0o7777 & !0o644, 0);
    assert_eq!(after, before);
    // Said once more it is the same, and nothing is written.
    let inode = dir.join("MODEL_INFO.txt").metadata().unwrap().ino();
    let answer = sandbox.run(&["label", "--model", "Qwen3 toy", "full"]);
    assert!(answer.code == 0 && answer.out.contains("says so already"), "{answer:?}");
    assert_eq!(dir.join("MODEL_INFO.txt").metadata().unwrap().ino(), inode);
    assert_eq!(sandbox.run(&["plan", "full"]).code, 0);
}

#[test]
fn a_person_is_asked_for_the_name_and_for_a_change() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_full", "full");
    let mut terminal = sandbox.at_terminal(&["label", "full"]);
    terminal.0.exp_string("what is it?").unwrap();
    terminal.line("Qwen3 toy");
    let shown = terminal.prompt();
    assert!(shown.contains("+ Model: Qwen3 toy"), "{shown}");
    terminal.line("no");
    assert_eq!(terminal.end().1, 5);
    assert!(!sandbox.work().join("full/MODEL_INFO.txt").exists());
    let mut terminal = sandbox.at_terminal(&["label", "full"]);
    terminal.0.exp_string("what is it?").unwrap();
    terminal.line("Qwen3 toy");
    terminal.prompt();
    terminal.line("YES");
    assert_eq!(terminal.end().1, 0);
    // Who names it has said all there is to say, at a terminal as well: a trainer is not held up.
    sandbox.fixture("qwen3_lora_run", "run");
    let terminal = sandbox.at_terminal(&["label", "--model", "chats", "run"]);
    assert_eq!(terminal.end().1, 0);
    // Somebody's lines stay, the difference is shown, and a person says yes.
    sandbox.file("full/MODEL_INFO.txt", "# by hand\nModel: Qwen3 toy\nOwner: me\nNote: a");
    let answer = sandbox.run(&["label", "--note", "b", "full"]);
    assert_eq!(answer.code, 3, "{answer:?}");
    assert!(answer.out.contains("- Note: a") && answer.out.contains("+ Note: b"), "{answer:?}");
    let mut terminal = sandbox.at_terminal(&["label", "--note", "b", "full"]);
    terminal.prompt();
    terminal.line("YES");
    assert_eq!(terminal.end().1, 0);
    let text = text(&sandbox, "full/MODEL_INFO.txt");
    let kept = "# by hand\nModel: Qwen3 toy\nOwner: me\nNote: b\nKind: all weights\nCovers: ";
    assert!(text.starts_with(kept), "{text}");
}

/// What came while the question stood is not written over, and nothing is left behind.
#[test]
fn a_label_that_changed_meanwhile_stays() {
    let sandbox = Sandbox::later();
    let dir = sandbox.fixture("qwen3_full", "full");
    let theirs = "Model: Qwen3 toy\nKeep: theirs\n";
    for (before, after) in [
        (None, Some(theirs)),
        (Some("Model: Qwen3 toy\n"), Some(theirs)),
        (Some("Model: Qwen3 toy\n"), None),
    ] {
        let label = dir.join("MODEL_INFO.txt");
        let _ = std::fs::remove_file(&label);
        if let Some(before) = before {
            std::fs::write(&label, before).unwrap();
        }
        let mut terminal = sandbox.at_terminal(&["label", "--note", "n", "full"]);
        if before.is_none() {
            terminal.0.exp_string("what is it?").unwrap();
            terminal.line("Qwen3 toy");
        }
        terminal.prompt();
        let _ = std::fs::remove_file(&label);
        if let Some(after) = after {
            std::fs::write(&label, after).unwrap();
        }
        terminal.line("YES");
        let (shown, code) = terminal.end();
        assert!(code == 1 && shown.contains("look again"), "{code} {shown}");
        assert_eq!(std::fs::read_to_string(&label).ok().as_deref(), after);
        let labels = std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().file_name());
        assert!(labels.into_iter().all(|n| !n.to_str().unwrap().starts_with('.')));
    }
}

/// Text of a label reaches no terminal as it stands.
#[test]
fn what_a_label_says_is_shown_escaped() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_full", "full");
    sandbox.file("full/MODEL_INFO.txt", "Model: Qwen3\x1b[2J\u{202e}\nOwner: \x1b]0;x\x07\n");
    let answer = sandbox.run(&["label", "--note", "b", "full"]);
    assert_eq!(answer.code, 3, "{answer:?}");
    assert!(!answer.out.contains(['\x1b', '\x07', '\u{202e}']), "{answer:?}");
    let answer = sandbox.run(&["label", "--json", "--note", "b", "full"]);
    assert!(answer.out.is_ascii() && !answer.err.contains('\x1b'), "{answer:?}");
}

#[test]
fn a_pin_is_taken_back_and_a_model_retired_by_a_person_alone() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_full", "full");
    sandbox.fixture("qwen3_full", "other");
    sandbox.file("full/MODEL_INFO.txt", "Model: Qwen3 toy\nKeep: paper\n");
    for change in [["--keep", "no"], ["--retired", "old"]] {
        let answer = sandbox.run(&["label", change[0], change[1], "full"]);
        assert_eq!(answer.code, 4, "{answer:?}");
    }
    assert_eq!(text(&sandbox, "full/MODEL_INFO.txt"), "Model: Qwen3 toy\nKeep: paper\n");
    let mut terminal = sandbox.at_terminal(&["label", "--keep", "no", "full"]);
    assert!(terminal.prompt().contains("- Keep: paper"));
    terminal.line("YES");
    assert_eq!(terminal.end().1, 0);
    assert!(!text(&sandbox, "full/MODEL_INFO.txt").contains("Keep"));
    // A note that would pin by its words says so.
    let answer = sandbox.run(&["label", "--model", "toy", "--note", "please keep: it", "other"]);
    assert!(answer.code == 3 && answer.out.contains("--keep"), "{answer:?}");
}

#[test]
fn what_the_files_contradict_is_refused() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_full", "full");
    sandbox.fixture("qwen3_full", "runs/checkpoint-2");
    sandbox.fixture("qwen3_lora_run", "run");
    for (args, why) in [
        (["--model", "Qwen2.5-7B", "full"], "qwen3"),
        (["--model", "Qwen3-8B", "full"], "parameters"),
        (["--model", "gemma", "runs"], "qwen3"),
    ] {
        let answer = sandbox.run(&[&["label"], args.as_slice()].concat());
        assert!(answer.code == 3 && answer.out.contains(why), "{args:?} {answer:?}");
    }
    let answer = sandbox.run(&["label", "--model", "chats", "--steps", "900", "run/checkpoint-2"]);
    assert!(answer.code == 3 && answer.out.contains("step 900"), "{answer:?}");
    assert!(sandbox.snapshot().keys().all(|p| !p.ends_with("MODEL_INFO.txt")));
}

#[test]
fn no_link_is_followed_and_nothing_else_is_written_over() {
    let sandbox = Sandbox::later();
    let dir = sandbox.fixture("qwen3_full", "full");
    let victim = sandbox.file("victim", "mine\n");
    symlink(&victim, dir.join("MODEL_INFO.txt")).unwrap();
    symlink(&dir, sandbox.work().join("link")).unwrap();
    let before = sandbox.snapshot();
    for path in ["full", "link", "link/"] {
        let answer = sandbox.run(&["label", "--model", "x", path]);
        assert!([1, 3].contains(&answer.code), "{path} {answer:?}");
    }
    std::fs::remove_file(dir.join("MODEL_INFO.txt")).unwrap();
    for (name, bytes) in [
        ("MODEL_INFO.txt", b"\xff\xfeM\0".to_vec()),
        ("MODEL_INFO.txt", vec![b'x'; 70_000]),
        ("MODEL_INFO.json", b"{\"Model\": \"Qwen3\"}".to_vec()),
    ] {
        sandbox.file(&format!("full/{name}"), &bytes);
        let answer = sandbox.run(&["label", "--model", "x", "full"]);
        assert_eq!(answer.code, 3, "{answer:?}");
        assert_eq!(std::fs::read(dir.join(name)).unwrap(), bytes);
        std::fs::remove_file(dir.join(name)).unwrap();
    }
    let mut after = sandbox.snapshot();
    after.insert(
        "full/MODEL_INFO.txt".into(),
        before["full/MODEL_INFO.txt".as_ref() as &std::path::Path].clone(),
    );
    assert_eq!(after, before);
}

#[test]
fn a_label_that_was_copied_to_other_weights_is_found_out() {
    let sandbox = Sandbox::later();
    sandbox.fixture("qwen3_lora_run", "run");
    let mismatch = |path: &str| {
        let answer = sandbox.run(&["plan", "--json", path]);
        answer.rules().contains(&"label-mismatch".to_owned())
    };
    assert_eq!(sandbox.run(&["label", "--model", "chats", "run/checkpoint-2"]).code, 0);
    assert!(!mismatch("run/checkpoint-2"));
    // Equal headers, names and sizes; other weights. The label is newer than they are.
    let label = text(&sandbox, "run/checkpoint-2/MODEL_INFO.txt").replace("Steps: 2", "Steps: 4");
    sandbox.file("run/checkpoint-4/MODEL_INFO.txt", label);
    assert!(mismatch("run/checkpoint-4"));
    // A moved folder is the same model, an archive beside it is no weights; another byte is.
    std::fs::write(sandbox.work().join("run/checkpoint-2/logs.zip"), vec![b'P'; 11 << 20]).unwrap();
    std::fs::rename(sandbox.work().join("run/checkpoint-2"), sandbox.work().join("two")).unwrap();
    assert!(!mismatch("two"));
    let weights = sandbox.work().join("two/adapter_model.safetensors");
    let mut bytes = std::fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let label = sandbox.work().join("two/MODEL_INFO.txt");
    std::fs::write(&weights, bytes).unwrap();
    std::fs::write(&label, std::fs::read(&label).unwrap()).unwrap();
    assert!(mismatch("two"));
    let json = sandbox.run(&["plan", "--json", "two"]).json();
    assert_eq!(json["targets"][0]["models"][0]["label"]["fits"], false);
}

/// A model of 16 GB with 399 tensors, and one of 20,000 tensors: the samples are bounded.
#[test]
fn samples_are_few_however_large_the_model_is() {
    if !has_tool("strace", &["-V"]) {
        return;
    }
    let sandbox = Sandbox::later();
    for (name, tensors, shape, most) in
        [("few", 399, vec![20_000, 1000], 8 << 20), ("many", 20_000, vec![8, 512], 32 << 20)]
    {
        let tensors = (0..tensors).map(|i| (format!("model.{i}.weight"), shape.clone()));
        let path = sandbox.work().join(name).join("model.safetensors");
        common::safetensors(&path, tensors.collect());
        let answer = sandbox.run(&["label", "--model", "x", name]);
        assert_eq!(answer.code, 0, "{answer:?}");
        let trace = sandbox.work().join("trace");
        let trace = trace.to_str().unwrap();
        let traced = ["-f", "-e", "trace=read,pread64", "-o", trace, common::BIN, "plan", name];
        let output = sandbox.command_of("strace", &traced).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let text = std::fs::read_to_string(trace).unwrap();
        let sizes = text.lines().filter_map(|l| l.rsplit_once("= ")?.1.trim().parse::<u64>().ok());
        let read: u64 = sizes.sum();
        assert!(read < most && read > 4 << 20, "{name}: {read} bytes read");
    }
}

#[test]
fn a_plan_says_that_a_label_is_young() {
    let mut sandbox = Sandbox::now();
    sandbox.fixture("qwen3_full", "full");
    assert_eq!(sandbox.run(&["label", "--model", "Qwen3 toy", "full"]).code, 0);
    // By its file's times: that of the content says what somebody likes.
    let label = sandbox.work().join("full/MODEL_INFO.txt");
    std::process::Command::new("touch").args(["-d", "2025-01-01"]).arg(label).status().unwrap();
    let answer = sandbox.run(&["plan", "full"]);
    assert!(answer.out.contains("younger than a day"), "{answer:?}");
    let json = sandbox.run(&["plan", "--json", "full"]).json();
    let warning = json["targets"][0]["warnings"][0].as_str().unwrap().to_owned();
    assert!(warning.contains("younger than a day"), "{warning}");
    sandbox.clock.clone_from(&Sandbox::later().clock);
    assert!(!sandbox.run(&["plan", "full"]).out.contains("younger"));
}

#[test]
fn every_unlabelled_model_below_is_labelled() {
    let sandbox = Sandbox::later();
    for dir in ["m/a", "m/deep/er/b", "m/labelled"] {
        sandbox.fixture("qwen3_full", dir);
    }
    sandbox.label("m/labelled", "mine");
    sandbox.fixture("qwen3_lora_run", "m/run");
    let answer = sandbox.run(&["label", "--model", "Qwen3 toy", "m"]);
    assert!(answer.code == 3 && answer.out.contains("--recursive"), "{answer:?}");
    let answer = sandbox.run(&["label", "--recursive", "--model", "Qwen3 toy", "--json", "m"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(answer.json()["items"].as_array().unwrap().len(), 4);
    assert_eq!(text(&sandbox, "m/labelled/MODEL_INFO.txt"), "Model: mine\n");
    for dir in ["m/a", "m/deep/er/b", "m/run/checkpoint-2", "m/run/checkpoint-4"] {
        assert!(text(&sandbox, &format!("{dir}/MODEL_INFO.txt")).starts_with("Model: Qwen3 toy\n"));
    }
    assert_eq!(sandbox.run(&["label", "--recursive", "--model", "x", "m"]).code, 0);
}

#[test]
fn a_full_disk_or_one_that_cannot_be_written_is_left_as_it_was() {
    let sandbox = Sandbox::later();
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    sandbox.file("disk/.placeholder", "");
    sandbox.fixture("qwen3_full", "full");
    for break_it in ["head -c 4M /dev/zero > disk/fill", "mount -o remount,ro disk"] {
        let bin = common::BIN;
        let script = format!(
            "mount -t tmpfs -o size=1m none disk && cp -r full disk/full && {{ {break_it}; }} \
             2>/dev/null; ls -A disk/full > before; {bin} label --model x disk/full; echo code $?; \
             ls -A disk/full | cmp - before && echo same"
        );
        let output = sandbox.command_of("unshare", &["-m", "sh", "-c", &script]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("cannot write"), "{said}");
        assert!(said.contains("code 1") && said.contains("same"), "{said}");
    }
}
