//! The alias in an interactive shell, and the program as `rm` before all others in PATH: what people
//! and build tools do goes on as before, and a model gets the plan.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use common::{BIN, Sandbox, has_tool, snapshot};

/// An interactive bash in a terminal of tmux.
struct Tmux {
    socket: PathBuf,
    /// How many lines it was given: each ends in a number of its own, so that none is taken for
    /// another that is still on the screen.
    lines: std::cell::Cell<u32>,
}

impl Tmux {
    fn new(world: &Sandbox) -> Self {
        let socket = world.home().join("tmux");
        let tmux = Self { socket, lines: std::cell::Cell::new(0) };
        let mut command = tmux.command(&["-f", "/dev/null", "new-session", "-d", "-x", "120"]);
        command.args(["-y", "60", "bash --norc --noprofile -i"]);
        command.current_dir(world.work()).env_clear().env("HOME", world.home());
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("TERM", "xterm");
        command.env("LC_ALL", "C.UTF-8").env("SAFE_RM_TEST_CLOCK", world.clock.as_ref().unwrap());
        assert!(command.status().unwrap().success());
        tmux.line("PS1='ready> '; clear");
        tmux.until("ready> ");
        tmux
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("tmux");
        command.arg("-S").arg(&self.socket).args(args);
        command
    }

    /// Types a line.
    fn line(&self, text: &str) {
        assert!(self.command(&["send-keys", "-l", text]).status().unwrap().success());
        assert!(self.command(&["send-keys", "Enter"]).status().unwrap().success());
    }

    /// Waits until the screen shows this.
    fn until(&self, text: &str) -> String {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let screen = self.command(&["capture-pane", "-p", "-J"]).output().unwrap().stdout;
            let screen = String::from_utf8(screen).unwrap();
            if screen.contains(text) {
                return screen;
            }
            assert!(Instant::now() < end, "no `{text}` in\n{screen}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Runs a line on a clear screen, and gives the screen when it has ended with this code.
    fn run(&self, line: &str, code: i32) -> String {
        self.begin(line);
        self.ends(code)
    }

    /// Begins a line on a clear screen.
    fn begin(&self, line: &str) {
        self.lines.set(self.lines.get() + 1);
        let n = self.lines.get();
        self.line(&format!("clear; {line}; echo \"{n}:code\"=$?"));
    }

    /// Waits until the line that was begun has ended with this code.
    fn ends(&self, code: i32) -> String {
        self.until(&format!("{}:code={code}", self.lines.get()))
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.command(&["kill-server"]).status();
    }
}

#[test]
fn an_interactive_shell_keeps_its_ways() {
    if !has_tool("tmux", &["-V"]) || !has_tool("sudo", &["-n", "true"]) {
        return;
    }
    let world = Sandbox::later();
    let tmux = Tmux::new(&world);
    tmux.line(&format!("alias rm='{BIN} rm' sudo='sudo '"));
    let there = |name: &str| world.work().join(name).symlink_metadata().is_ok();
    for name in ["a1", "a2", "b", "-n", "c d"] {
        world.file(name, "x");
    }
    tmux.run("rm a*", 0);
    assert!(!there("a1") && !there("a2") && there("b"));
    let screen = tmux.run("rm -n", 1);
    assert!(screen.contains("Try 'rm ./-n' to remove the file '-n'."), "{screen}");
    tmux.begin("rm -i b 'c d'");
    tmux.until("rm: remove regular file 'b'? ");
    tmux.line("n");
    tmux.until("rm: remove regular file 'c d'? ");
    tmux.line("y");
    tmux.ends(0);
    assert!(there("b") && !there("c d"));
    // An alias that ends in a blank lets the next word be one.
    tmux.run("sudo rm -v b", 0);
    assert!(!there("b"));
    for file in ["node_modules/a/index.js", "node_modules/a/LICENSE", "node_modules/.bin/tool"] {
        world.file(file, "y".repeat(9000));
    }
    tmux.run("rm -rf node_modules", 0);
    assert!(!there("node_modules"));
    world.fixture("qwen3_full", "runs/exp1/final");
    world.label("runs/exp1/final", "the model of experiment 1");
    let before = snapshot(&world.work());
    for (said, code) in [("y", 5), ("DELETE", 0)] {
        tmux.begin("rm -rf runs/exp1");
        tmux.until("type DELETE to go on");
        tmux.line(said);
        tmux.ends(code);
        assert_eq!(there("runs/exp1"), code == 5);
    }
    tmux.run(&format!("{BIN} undo"), 0);
    assert_eq!(snapshot(&world.work()), before);
}

/// Runs a script with the program as `rm` before all others, and with the system's; both leave the
/// same tree, say the same and end the same.
fn same(script: &str) {
    let outcome = |shim: bool| {
        let world = Sandbox::later();
        let shims = world.home().join("shims");
        std::fs::create_dir_all(&shims).unwrap();
        if shim {
            std::os::unix::fs::symlink(BIN, shims.join("rm")).unwrap();
        }
        let mut command = world.command_of("bash", &["-c", script]);
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", shims.display())).env("LC_ALL", "C.UTF-8");
        for (key, value) in [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_AUTHOR_NAME", "a")] {
            command.env(key, value);
        }
        command.env("GIT_AUTHOR_EMAIL", "a@b").env("GIT_COMMITTER_NAME", "a");
        command.env("GIT_COMMITTER_EMAIL", "a@b").env("NPM_CONFIG_UPDATE_NOTIFIER", "false");
        for date in ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"] {
            command.env(date, "2026-01-01T00:00:00Z");
        }
        let output = command.output().unwrap();
        let place = world.work().display().to_string();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&place, "WORK");
        let tree = world.snapshot().into_iter();
        // Git's index holds the times and inodes of files.
        let tree = tree.filter(|(path, _)| !path.ends_with(".git/index"));
        let tree: Vec<_> = tree.map(|(path, (bytes, mode, ..))| (path, bytes, mode)).collect();
        (output.status.code(), text(&output.stdout), text(&output.stderr), tree)
    };
    assert_eq!(outcome(true), outcome(false), "{script}");
}

#[test]
fn scripts_end_as_they_did() {
    for script in [
        "set -e; touch a; rm a; rm -f a; echo on; rm a; echo never",
        "set -euo pipefail; t=$(mktemp -d -p .); cd $t; trap 'rm -rf \"$OLDPWD/$t\"' EXIT; touch x",
        "mkdir -p d/e; echo y | rm -ri d; echo $?; ls",
        "mkdir d; for i in $(seq 500); do touch d/$i; done; rm d/[1-3]*; ls d | xargs rm -v | wc -l",
        "printf 'a\\0b c\\0' > list; touch a 'b c'; xargs -0 rm -v < list; echo $?",
        "mkdir -p x/y; find x -name y -exec rm -r {} +; find . | sort",
        "rm; echo $?; rm -f; echo $?; rm -rf ''; echo $?; rm -- -x; echo $?",
        "touch f; printf 'n\\nthe rest\\n' > in; (rm -i f; cat) < in; ls",
        "mkdir d; touch d/{a,b,c}; rm -rv d | head -1 >/dev/null; ls",
        "command -v rm >/dev/null && touch z && \\rm z && env rm -f z && exec rm -f z",
    ] {
        same(script);
    }
}

#[test]
fn builds_clean_up_as_they_did() {
    if !has_tool("make", &["--version"]) || !has_tool("git", &["--version"]) {
        return;
    }
    let makefile = "all: a.o\\n\\nclean:\\n\\trm -f *.o core\\n\\trm -r build\\n\\t-rm nothing\\n\\trm nothing\\n";
    same(&format!(
        "printf '{makefile}' > Makefile; mkdir build; touch a.o b.o; make clean; make -i clean"
    ));
    same(
        "git init -q -b main .; echo a > a; git add a; git commit -qm a; rm a; git status --short; \
         git checkout -q a; git rm -q a; git commit -qm b; git revert --no-edit HEAD >/dev/null; \
         git filter-branch -f --tree-filter 'rm -f a' HEAD >/dev/null 2>&1; git log --oneline; \
         git gc -q; rm -rf .git; echo $?; ls -a",
    );
    if has_tool("npm", &["--version"]) {
        let package = r#"{"name":"x","version":"1.0.0","scripts":{"clean":"rm -rf dist && rm -f *.log","fails":"rm nothing"}}"#;
        same(&format!(
            "echo '{package}' > package.json; mkdir -p dist/a; touch dist/a/b c.log; npm run -s \
             clean; echo $?; npm run -s fails; echo $?; npm pack -s; rm *.tgz; rm -rf .npm ../home/.npm"
        ));
    }
}
