//! The tree in which commands of agents are judged and run: models, runs, and ordinary work beside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Sandbox;

/// Makes it in the work folder, with a home that has settings and a policy.
pub fn plant(sandbox: &Sandbox) {
    let model = sandbox.fixture("qwen3_full", "models/qwen");
    sandbox.label("models/qwen", "Qwen3");
    sandbox.fixture("qwen3_lora_run", "runs/lora");
    sandbox.fixture("qwen3_full", "fresh");
    let weights = sandbox.work().join("fresh/model.safetensors");
    sandbox.file("single/best.safetensors", std::fs::read(&weights).unwrap());
    sandbox.file("other/model.safetensors", b"not weights, but in their place");
    sandbox.file("repo/ckpt/model.safetensors", std::fs::read(&weights).unwrap());
    std::fs::remove_dir_all(sandbox.work().join("fresh")).unwrap();
    std::os::unix::fs::symlink("models", sandbox.work().join("link")).unwrap();
    for (path, text) in FILES {
        let path = sandbox.file(path, text);
        if path.extension().is_some_and(|e| e == "sh") {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(path, mode).unwrap();
        }
    }
    for (path, text) in HOME {
        let path = sandbox.home().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::create_dir_all(sandbox.work().join("notes/empty")).unwrap();
    let mut script = SCRIPT.to_owned();
    script.push_str("rm -rf stage\n");
    assert!(model.is_dir());
    let done = sandbox.command_of("bash", &["-ec", &script]).stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

const FILES: &[(&str, &str)] = &[
    ("notes/a.txt", "a\n"),
    ("notes/b.txt", "b\n"),
    ("build/x.o", "x"),
    ("src/main.pyc", "y"),
    ("src/main.py", "print(1)\n"),
    ("src/__pycache__/m.pyc", "y"),
    ("old.pyc", "y"),
    ("node_modules/x/index.js", "z"),
    ("log.txt", "a line\n"),
    ("a.txt", "a\n"),
    ("list.txt", "models/qwen\n"),
    ("safe.txt", "notes/a.txt\nlog.txt\n"),
    ("cleanup.sh", "#!/bin/sh\n# Tidies up.\nrm -rf models/qwen\n"),
    ("args.sh", "#!/bin/bash\nset -u\nrm -rf \"$1\"\n"),
    ("harmless.sh", "#!/bin/sh\nrm -rf build\necho 'rm -rf models'\n"),
    ("cleanup.py", "import shutil\nfor name in ['qwen']:\n    shutil.rmtree('models/' + name)\n"),
    ("train.py", "import os\nprint('step 1')\nos.makedirs('runs/new', exist_ok=True)\n"),
    (
        "rotate.py",
        "import os, shutil\n\ndef rotate(paths):\n    for path in paths:\n        shutil.rmtree(path)\n\nrotate([])\n",
    ),
    ("clean.js", "const fs = require('fs')\nfs.rmSync('models/qwen', { recursive: true })\n"),
    ("Makefile", "clean:\n\trm -rf build\n"),
    ("repo/README.txt", "a repository\n"),
    ("clean-repo/README.txt", "a repository\n"),
    ("clean-repo/build/x.o", "x"),
    ("ignoring-repo/.gitignore", "ckpt/\n*.o\n"),
    ("nested-repo/a/.gitignore", "ckpt\n"),
    ("again-repo/.gitignore", "*\n!keep/\n!keep/**\n"),
    ("ignoring-repo/x.o", "x"),
];

const HOME: &[(&str, &str)] = &[
    (".config/safe-rm/policy.toml", "[keep]\nlast = 3\n"),
    (".local/state/safe-rm/journal.jsonl", ""),
    (".local/share/Trash/files/x", "x"),
    (
        ".claude/settings.json",
        r#"{"hooks":{"PreToolUse":[{"hooks":[{"type":"command","command":"safe-rm hook claude-code"}]}]}}"#,
    ),
];

const SCRIPT: &str = r#"
export GIT_CONFIG_GLOBAL=$HOME/.gitconfig
git config --global user.email a@example.org
git config --global user.name a
git config --global init.defaultBranch main
mkdir -p ignoring-repo/ckpt repo/tracked nested-repo/a/ckpt again-repo/keep
cp single/best.safetensors nested-repo/a/ckpt/model.safetensors
cp single/best.safetensors again-repo/keep/model.safetensors
cp single/best.safetensors repo/tracked/model.safetensors
cp single/best.safetensors ignoring-repo/ckpt/model.safetensors
mv repo/ckpt ckpt
for r in repo clean-repo ignoring-repo nested-repo; do (cd $r; git init -q; git add .; git commit -qm first); done
(cd again-repo; git init -q; git add -f .gitignore; git commit -qm first)
mv ckpt repo/ckpt
printf 'another training' >> repo/tracked/model.safetensors
echo change >> clean-repo/README.txt
mkdir -p stage/models/qwen stage/notes
echo 'in its place' > stage/models/qwen/model.safetensors
echo a > stage/notes/t.txt
tar -C stage --format=ustar -cf over.tar models
tar -C stage --format=ustar -cf safe.tar notes
tar -C stage/models/qwen --format=ustar -cf inner.tar model.safetensors
tar -C stage/models/qwen -czf inner.tgz model.safetensors
"#;

/// Every file of a model, with its bytes.
pub fn models(work: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let places = [
        "models/qwen",
        "runs/lora",
        "single",
        "repo/ckpt",
        "repo/tracked",
        "ignoring-repo/ckpt",
        "nested-repo/a/ckpt",
        "again-repo/keep",
    ];
    let all = places.iter().flat_map(|p| walkdir::WalkDir::new(work.join(p)).into_iter().flatten());
    let own = |name: &str| {
        [".safetensors", "MODEL_INFO.txt", "config.json", ".bin"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    all.filter(|e| e.file_type().is_file() && own(&e.file_name().to_string_lossy()))
        .map(|e| {
            let path = e.path().strip_prefix(work).unwrap().to_path_buf();
            (path, std::fs::read(e.path()).unwrap())
        })
        .collect()
}

/// Runs a command in the work folder, for ten seconds at most, without a terminal.
pub fn run(sandbox: &Sandbox, command: &str) {
    let args = ["--wait", "timeout", "-k", "1", "10", "bash", "-c", command];
    let mut all = sandbox.command_of("setsid", &args);
    all.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    all.env("GIT_CONFIG_GLOBAL", sandbox.home().join(".gitconfig"));
    let _ = all.status().unwrap();
}

/// A copy of a planted tree, with its home.
pub fn copy_of(planted: &Sandbox) -> Sandbox {
    let copy = Sandbox::now();
    for (from, to) in [(planted.work(), copy.work()), (planted.home(), copy.home())] {
        let from = from.join(".");
        let done = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
        assert!(done.success());
    }
    copy
}
