//! Work that goes on in the guard: making, appending, training, git, cargo, npm, temporary files,
//! editors; and safe-rm itself, which files a request that a person approves outside.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use std::path::Path;
use std::process::Stdio;

use common::{BIN, Sandbox, Terminal, has_tool, person};

/// Each line is run by bash in the guard, and must succeed. `models` is protected, `models/staging` free,
/// `project` beside it.
const WORK: &[(&str, &str)] = &[
    ("bash", "echo x > models/new && echo y >> models/new && mkdir -p models/run9/sub"),
    ("cp", "cp -a project/. models/copy && cat models/copy/a > /dev/null"),
    ("ln", "ln -s ../a models/run9/link && ln models/new models/hard"),
    ("bash", "echo log >> models/a.bin.log && echo log >> models/a.bin.log"),
    ("mktemp", "t=$(mktemp) && echo x > $t && mv $t $t.2 && rm $t.2"),
    ("mktemp", "t=$(mktemp -d) && touch $t/x && rm -r $t"),
    ("sed", "sed -i s/x/y/ project/a && rm project/a && echo x > project/a"),
    (
        "mv",
        "mkdir project/d && mv project/a project/d/ && mv project/d project/e && mv project/e/a project/a",
    ),
    // mv would copy by itself, and hide that the folders of a granted place are cut off from each other.
    (
        "python3",
        "python3 -c '
import os, shutil
os.makedirs(\"project/from\"), os.makedirs(\"project/to\"), open(\"project/from/x\", \"w\").close()
os.rename(\"project/from/x\", \"project/to/x\")
os.link(\"project/to/x\", \"project/from/y\")
os.rename(\"project/to\", \"project/from/to\")
os.makedirs(\"models/staging/a\"), os.makedirs(\"models/staging/b\")
os.rename(\"models/staging/a\", \"models/staging/b/a\"), shutil.rmtree(\"models/staging/b\")
'",
    ),
    ("bash", "echo x > project/b && : > project/b && truncate -s 9 project/b"),
    (
        "git",
        "cd project && git init -q g && cd g && git config user.name a && git config user.email a@b && \
             echo 1 > f && git add f && git commit -qm one && echo 2 > f && git commit -qam two && \
             git checkout -q HEAD~1 && git checkout -q - && git gc -q && git stash list && \
             git branch x && git branch -D x && git clean -fdx",
    ),
    (
        "python3",
        "python3 -c '
import json, os, shutil
for step in range(1, 6):
    new = f\"models/run/checkpoint-{step}\"
    os.makedirs(new)
    with open(f\"{new}/model.bin\", \"wb\") as f:
        f.write(os.urandom(1 << 16)); f.flush(); os.fsync(f.fileno())
    with open(f\"{new}/trainer_state.json\", \"w\") as f:
        json.dump({\"step\": step}, f)
    with open(\"models/run/log.txt\", \"a\") as f:
        f.write(f\"step {step}\\n\")
    # What is rotated is in the staging folder.
    tmp = f\"models/staging/tmp-{step}\"
    shutil.copytree(new, tmp)
    os.rename(tmp, f\"models/staging/checkpoint-{step}\")
    if step > 2:
        shutil.rmtree(f\"models/staging/checkpoint-{step - 2}\")
assert sorted(os.listdir(\"models/staging\")) == [\"checkpoint-4\", \"checkpoint-5\"]
assert len(os.listdir(\"models/run\")) == 6
'",
    ),
    (
        "python3",
        "python3 -c '
import os, tempfile
fd, path = tempfile.mkstemp(dir=\"project\")
os.write(fd, b\"x\"); os.ftruncate(fd, 0); os.close(fd)
os.replace(path, \"project/saved\")
with tempfile.TemporaryDirectory() as d: open(d + \"/x\", \"w\")
'",
    ),
    ("vim", "vim -Nu NONE -es -c 'normal ihello' -c wq project/a && grep -q hello project/a"),
    (
        "npm",
        "export npm_config_update_notifier=false; cd project && npm init -y > /dev/null && npm pkg set name=other && npm pack > /dev/null",
    ),
    ("perl", "perl -pi -e s/x/y/ project/b"),
    (
        "tar",
        "tar -C project -cf project/t.tar a && rm project/a && tar -C project -xf project/t.tar",
    ),
    ("bash", "sleep 60 & kill $!; wait $! || [ $? = 143 ]"),
];

const PREPARE: &str = r#"
set -e
mount -t tmpfs none /mnt
cd /mnt
mkdir -p home/.cache home/.npm models/staging project bin
cp "$BIN" bin/safe-rm
echo weights > models/a.bin
echo x > project/a
chmod 755 /mnt
[ -z "$USER" ] || chown -R 65534:65534 /mnt
export HOME=/mnt/home
"#;

/// Runs a script on a disk of its own at /mnt, as root or as an ordinary user.
fn on_a_disk(inner: &str, user: bool) -> (String, i32) {
    let sandbox = Sandbox::now();
    let drop = if user { "setpriv --reuid 65534 --regid 65534 --clear-groups" } else { "" };
    let script = format!("{PREPARE}\nexec {drop} bash -c \"$INNER\"");
    let mut command = sandbox.command_of("unshare", &["-m", "bash", "-c", &script]);
    command.env("BIN", BIN).env("USER", if user { "1" } else { "" }).env("INNER", inner);
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&said).into_owned(), output.status.code().unwrap_or(-1))
}

fn ready() -> bool {
    has_tool("unshare", &["-m", "true"]) && has_tool("setpriv", &["--version"])
}

#[test]
fn work_goes_on() {
    if !ready() {
        return;
    }
    let mut all = String::from("exec 2>&1; failed=0\n");
    for (at, (tool, script)) in WORK.iter().enumerate() {
        if !has_tool("which", &[tool]) {
            continue;
        }
        let quoted = script.replace('\'', "'\\''");
        all.push_str(&format!("bash -ec '{quoted}' || {{ echo \"failed: {at}\"; failed=1; }}\n"));
    }
    all.push_str("exit $failed\n");
    let quoted = all.replace('\'', "'\\''");
    let inner = format!(
        "bin/safe-rm guard --protect models --allow-delete models/staging -- bash -c '{quoted}'"
    );
    for user in [false, true] {
        let (said, code) = on_a_disk(&inner, user);
        assert_eq!(code, 0, "user: {user}: {said}");
    }
}

/// Where the file that saves lies directly in a folder on the way to a root, the usual way to save fails,
/// and saving in place goes on. `--check` names the folder, and agents' own files in it.
#[test]
fn what_breaks_is_what_check_says() {
    if !ready() {
        return;
    }
    let script = r#"
echo '{}' > home/.claude.json
mkdir -p home/.claude && echo '{}' > home/.claude/settings.json
bin/safe-rm guard --protect models --check --json > told
bin/safe-rm guard --protect models -- bash -c '
cd home
echo 1 > .claude.json.tmp && ! mv -f .claude.json.tmp .claude.json && echo 2 > .claude.json
echo 3 > .claude/tmp && mv .claude/tmp .claude/settings.json && echo fine
! rm -f .claude.json && ! sed -i s/2/3/ .claude.json && ! rmdir .claude
cat .claude.json .claude/settings.json'
cat told"#;
    let (said, code) = on_a_disk(script, true);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("fine\n") && said.contains("\n2\n3\n"), "{said}");
    assert!(
        said.contains("/mnt/home/.claude.json\"") && !said.contains(".claude/settings.json\","),
        "{said}"
    );
}

/// A cargo project beside the root is built and cleaned.
#[test]
fn cargo_works_in_a_folder_that_is_granted() {
    let sandbox = Sandbox::now();
    sandbox.file("models/a.bin", "weights");
    sandbox.file("project/src/main.rs", "fn main() { println!(\"built\"); }");
    sandbox.file(
        "project/Cargo.toml",
        "[package]\nname = \"p\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
    );
    let tools = Path::new(env!("CARGO")).parent().unwrap();
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let script = "cd project && mkdir tmp && export TMPDIR=$PWD/tmp CARGO_HOME=$PWD/tmp/home && \
                  cargo run -q --offline && cargo build -q --offline --release && cargo clean -q && \
                  test ! -e target";
    let mut command = sandbox.command(&["guard", "--protect", "models", "--", "sh", "-c", script]);
    let output = command.env("PATH", path).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(output.stdout, b"built\n");
}

/// A model that a person may delete, outside of /tmp's own: its copies count.
fn with_model() -> Sandbox {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "models/old");
    world.label("models/old", "an old model");
    world.file("free/notes.txt", "x");
    world
}

fn guarded(world: &Sandbox, script: &str) -> (String, i32) {
    let mut command =
        world.command_of("setsid", &["--wait", BIN, "guard", "--protect", "models", "--"]);
    let output = command.args(["sh", "-c", script]).env("S", BIN).stdin(Stdio::null()).output();
    let output = output.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&said).into_owned(), output.status.code().unwrap_or(-1))
}

const PLAYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guard/plays_outside.py");

#[test]
fn inside_a_request_is_filed_and_outside_a_person_approves() {
    let world = with_model();
    let before = world.snapshot();
    let (said, code) = guarded(&world, "$S --json models/old");
    assert_eq!(code, 4, "{said}");
    let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("outside of this guard"), "{said}");
    let open = world.run(&["requests", "--json"]).json();
    let id = open["items"][0]["id"].as_str().unwrap().to_owned();
    // Whatever terminal it makes itself, and however it hides where it comes from.
    for script in [
        format!("script -qec \"$S approve {id}\" /dev/null < /dev/null"),
        "script -qec \"$S models/old\" /dev/null < /dev/null".to_owned(),
        format!(
            "env -i HOME=$HOME setsid -w script -qec \"{BIN} approve {id}\" /dev/null < /dev/null"
        ),
        // By what hides from safe-rm that the kernel refuses.
        format!("python3 {PLAYS} script -qec \"$S approve {id}\" /dev/null < /dev/null"),
        format!("$S deny {id}; $S ack clock; $S rm -rf models/old; $S undo; $S purge; true"),
    ] {
        let (said, _) = guarded(&world, &script);
        assert!(!said.contains("anything else to stop"), "{said}");
        assert_eq!(world.snapshot(), before, "{said}");
    }
    let open = world.run(&["requests", "--json"]).json();
    assert_eq!(open["items"][0]["state"], "open", "{open}");
    let (shown, code) = common::asking::approve(&world, &id);
    assert_eq!(code, 0, "{shown}");
    assert!(!world.work().join("models/old").exists());
    assert_eq!(world.run(&["log", "--verify"]).code, 0);
}

/// Folders in which nothing can be tried hide nothing.
#[test]
fn who_may_not_try_is_inside() {
    if !ready() {
        return;
    }
    let hidden = "chmod 555 home home/.local/state/safe-rm; ls -ld home > /dev/null; \
                  script -qec \"bin/safe-rm approve 12345678\" /dev/null < /dev/null";
    let inner = format!("bin/safe-rm guard --protect models -- bash -c '{hidden}'");
    let (said, _) = on_a_disk(&inner, true);
    let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("a person approves outside of it"), "{said}");
    // The same without a guard is no such thing.
    let (said, _) = on_a_disk(&format!("mkdir -p home/.local/state/safe-rm; {hidden}"), true);
    assert!(!said.contains("outside of it"), "{said}");
}

/// What is this user's is protected although its mode says that it cannot be written, and where variables
/// have moved it to.
#[test]
fn own_files_wherever_they_are() {
    if !ready() {
        return;
    }
    let script = "
mkdir -p home/zsh home/xdg/fish home/data/systemd/user home/tools/ro
echo rc > home/.bashrc; echo rc > home/zsh/.zshrc; echo rc > home/xdg/fish/config.fish
echo unit > home/data/systemd/user/a.service
cp bin/safe-rm home/tools/ro/safe-rm
chmod 555 home/tools/ro; chmod 444 home/.bashrc; chmod 555 home
export ZDOTDIR=/mnt/home/zsh XDG_CONFIG_HOME=/mnt/home/xdg XDG_DATA_HOME=/mnt/home/data
home/tools/ro/safe-rm guard --protect models -- bash -c '
chmod 755 home home/tools/ro; chmod 644 home/.bashrc
rm -rf home/tools/ro home/zsh/.zshrc home/xdg/fish home/data/systemd; : > home/.bashrc; : > home/zsh/.zshrc'
cat home/.bashrc home/zsh/.zshrc home/xdg/fish/config.fish home/data/systemd/user/a.service
cmp bin/safe-rm home/tools/ro/safe-rm && echo same";
    let (said, code) = on_a_disk(script, true);
    assert!(code == 0 && said.starts_with("rc\nrc\nrc\nunit\nsame\n"), "{said}");
}

/// State and trash that are not there yet cannot be made as links to where deleting is granted.
#[test]
fn own_folders_are_there_before() {
    if !ready() {
        return;
    }
    let script = "
mkdir home/granted
bin/safe-rm guard --protect models -- bash -c '
ln -s granted home/.local; mkdir -p home/granted/state; ln -s granted home/.local/state/safe-rm
rm -rf home/.local'
ls -d home/.local/state/safe-rm home/.local/share/Trash; test ! -L home/.local && echo none";
    let (said, code) = on_a_disk(script, true);
    let wanted = "home/.local/share/Trash\nhome/.local/state/safe-rm\nnone\n";
    assert!(code == 0 && said.starts_with(wanted), "{said}");
}

#[test]
fn ordinary_files_go_where_deleting_is_granted() {
    let world = with_model();
    world.file("models/notes.txt", "x");
    let (said, code) = guarded(&world, "$S rm -v free/notes.txt");
    assert_eq!(code, 0, "{said}");
    assert!(!world.work().join("free/notes.txt").exists());
    let (said, code) = guarded(&world, "$S rm models/notes.txt");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("in a guard the kernel refuses what is protected"), "{said}");
}

/// A person at a terminal inside is nobody either: what is typed there an agent could have typed.
#[test]
fn at_a_terminal_inside_nobody_is_asked() {
    let world = with_model();
    let mut command = world.command(&["guard", "--protect", "models", "--", BIN, "models/old"]);
    command.env("TERM", "dumb");
    let mut terminal = Terminal(person::spawn(&command, 20_000));
    terminal.line("DELETE");
    let (shown, code) = terminal.end();
    assert_eq!(code, 4, "{shown}");
    assert!(world.work().join("models/old").exists());
}

/// Its own files outlast whoever runs inside: state, policy, trash, itself, and the shells' start.
#[test]
fn what_is_its_own_stays() {
    let world = with_model();
    let home = world.home();
    world.run(&["models/old"]);
    for file in
        [".bashrc", ".ssh/id", ".config/safe-rm/policy.toml", ".config/systemd/user/a.service"]
    {
        let path = home.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "x").unwrap();
    }
    std::fs::create_dir_all(home.join(".claude")).unwrap();
    let settings = r#"{"command": "safe-rm hook claude-code"}"#;
    std::fs::write(home.join(".claude/settings.json"), settings).unwrap();
    let trash = home.join(".local/share/Trash/files/old");
    std::fs::create_dir_all(&trash).unwrap();
    std::fs::write(trash.join("a.bin"), "weights").unwrap();
    let before = common::snapshot(&home);
    let script = "cd ~; rm -rf .* .[a-z]*; mv .local x; mv .ssh x; : > .bashrc; \
                  : > .config/safe-rm/policy.toml; : > .local/state/safe-rm/journal.jsonl; \
                  mv .claude/settings.json .claude/x; rm -f \"$S\"; : > \"$S\"; \
                  for f in .ssh/id .claude/settings.json .bashrc; do sed -i s/x/y/ $f; done";
    let (said, _) = guarded(&world, script);
    let after = common::snapshot(&home);
    for (path, content) in &before {
        assert_eq!(after.get(path), Some(content), "{}: {said}", path.display());
    }
    assert!(Path::new(BIN).metadata().unwrap().len() > 0);
}
