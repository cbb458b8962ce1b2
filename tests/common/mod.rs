//! What the tests share: a folder of their own with a home in it, the real binary, a real terminal.

#![allow(unreachable_pub, reason = "a module of a test is no crate")]
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::panic, reason = "so does a test speak")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub mod asking;
pub mod made;
pub mod mcp;
pub mod person;
pub mod rm;
pub mod said;
pub mod setup;
pub mod tree;

/// The binary under test.
pub const BIN: &str = env!("CARGO_BIN_EXE_safe-rm");

/// A folder with a home, removed at the end.
pub struct Sandbox {
    dir: tempfile::TempDir,
    pub clock: Option<String>,
}

/// What can be compared of a tree: every path with its bytes or link, mode and modification time.
pub type Snapshot = BTreeMap<PathBuf, (Vec<u8>, u32, i64, i64)>;

impl Sandbox {
    /// A fresh one, ten days from now: what is made in it is old enough.
    pub fn later() -> Self {
        let at = chrono::Utc::now() + chrono::Duration::days(10);
        Self { clock: Some(at.to_rfc3339()), ..Self::now() }
    }

    /// As [`Sandbox::later`], in a place that is not cleaned by itself: copies count there.
    pub fn lasting() -> Self {
        let scratch = ["/tmp", "/var/tmp", "/dev/shm", "/run"];
        let places = [env!("CARGO_TARGET_TMPDIR"), "/srv", "/opt"];
        let mut lasting =
            places.iter().filter(|p| !scratch.iter().any(|s| Path::new(p).starts_with(s)));
        let dir = lasting.find_map(|place| {
            tempfile::Builder::new().prefix("safe-rm-test-").tempdir_in(place).ok()
        });
        Self { clock: Self::later().clock, ..Self::of(dir.expect("a folder that stays")) }
    }

    /// A fresh one with the real clock.
    pub fn now() -> Self {
        Self::of(tempfile::Builder::new().prefix("safe-rm-test-").tempdir().unwrap())
    }

    fn of(dir: tempfile::TempDir) -> Self {
        std::fs::create_dir_all(dir.path().join("home")).unwrap();
        std::fs::create_dir_all(dir.path().join("work")).unwrap();
        Self { dir, clock: None }
    }

    pub fn work(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join("work")
    }

    pub fn home(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join("home")
    }

    /// Writes a file below the work folder.
    pub fn file(&self, path: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.work().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Makes a model like this fixture in the work folder: of the same shape, with weights of its
    /// own, as another training would.
    pub fn fixture(&self, name: &str, to: &str) -> PathBuf {
        let to = self.exact(name, to);
        for entry in walkdir::WalkDir::new(&to).into_iter().map(Result::unwrap) {
            let path = entry.path();
            if path.extension().is_some_and(|e| e == "safetensors") && entry.file_type().is_file() {
                train(path, name);
            }
        }
        to
    }

    /// Copies a fixture into the work folder, bit for bit.
    pub fn exact(&self, name: &str, to: &str) -> PathBuf {
        let to = self.work().join(to);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name), &to);
        to
    }

    /// Labels a folder.
    pub fn label(&self, dir: &str, model: &str) {
        self.file(&format!("{dir}/MODEL_INFO.txt"), format!("Model: {model}\n"));
    }

    /// The binary in the work folder, with a home and a clock of its own.
    pub fn command(&self, args: &[&str]) -> Command {
        self.command_of(BIN, args)
    }

    pub fn command_of(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.work()).env_clear();
        command.env("HOME", self.home()).env("PATH", std::env::var_os("PATH").unwrap());
        if let Some(clock) = &self.clock {
            command.env("SAFE_RM_TEST_CLOCK", clock);
        }
        command
    }

    /// Runs it without a terminal, from a process that descends from none of the test's: tests pass also
    /// where an agent runs them.
    pub fn run(&self, args: &[&str]) -> Answer {
        let code = tempfile::NamedTempFile::new().unwrap();
        let script = "\"$@\" < /dev/null; echo $? > \"$0\"";
        let mut command = self.command_of("setsid", &["--fork", "sh", "-c", script]);
        command.arg(code.path()).arg(BIN).args(args);
        // What it writes ends when the shell has written the code.
        let output = command.stdin(Stdio::null()).output().unwrap();
        let code = std::fs::read_to_string(code.path()).unwrap();
        Answer { code: code.trim().parse().unwrap(), ..Answer::of(&output) }
    }

    /// Runs it at a terminal.
    pub fn at_terminal(&self, args: &[&str]) -> Terminal {
        Terminal(person::spawn(&self.command(args), 20_000))
    }

    /// Deletes with the word and says what was shown.
    pub fn delete(&self, paths: &[&str]) -> String {
        let mut terminal = self.at_terminal(paths);
        let mut shown = terminal.prompt();
        terminal.line("DELETE");
        let (rest, code) = terminal.end();
        shown.push_str(&rest);
        assert_eq!(code, 0, "{shown}");
        shown
    }

    /// Everything below the work folder.
    pub fn snapshot(&self) -> Snapshot {
        snapshot(&self.work())
    }
}

pub fn snapshot(root: &Path) -> Snapshot {
    use std::os::unix::fs::MetadataExt;
    let entries = walkdir::WalkDir::new(root).min_depth(1).into_iter().map(Result::unwrap);
    entries
        .map(|e| {
            let meta = e.path().symlink_metadata().unwrap();
            let content = if meta.is_file() {
                std::fs::read(e.path()).unwrap()
            } else if meta.is_symlink() {
                e.path().read_link().unwrap().into_os_string().into_encoded_bytes()
            } else {
                Vec::new()
            };
            // A folder's times change when its entries come and go; those of a model's do not.
            let mtime = if meta.is_dir() { 0 } else { meta.mtime() };
            let path = e.path().strip_prefix(root).unwrap().to_path_buf();
            (path, (content, meta.mode(), mtime, if meta.is_dir() { 0 } else { meta.mtime_nsec() }))
        })
        .collect()
}

/// Copies a tree with its modification times, as `cp -a` does.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(done.success());
}

/// Changes the weights in a safetensors file to others of its own, with the times as they were.
fn train(path: &Path, seed: &str) {
    let mut bytes = std::fs::read(path).unwrap();
    let Some(length) = bytes.get(..8).map(|b| u64::from_le_bytes(b.try_into().unwrap())) else {
        return;
    };
    // A pointer has no weights.
    let Some(data) = bytes.get_mut(8 + usize::try_from(length).unwrap_or(usize::MAX - 8)..) else {
        return;
    };
    for (byte, own) in data.iter_mut().zip(pattern(path, seed).iter().cycle()) {
        *byte ^= own;
    }
    let times = std::fs::metadata(path).unwrap();
    std::fs::write(path, bytes).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    let times = std::fs::FileTimes::new()
        .set_modified(times.modified().unwrap())
        .set_accessed(times.accessed().unwrap());
    file.set_times(times).unwrap();
}

fn pattern(path: &Path, seed: &str) -> [u8; 8] {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (path, seed).hash(&mut hasher);
    hasher.finish().to_le_bytes()
}

/// Writes a safetensors file of BF16 tensors: a real header, weights of its own where they are few,
/// else a hole for them.
pub fn safetensors(path: &Path, tensors: Vec<(String, Vec<u64>)>) {
    let mut end = 0;
    let mut header = serde_json::Map::new();
    for (name, shape) in tensors {
        let start = end;
        end += shape.iter().product::<u64>() * 2;
        let tensor =
            serde_json::json!({"dtype": "BF16", "shape": shape, "data_offsets": [start, end]});
        header.insert(name, tensor);
    }
    let mut header = serde_json::to_vec(&header).unwrap();
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(&header);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, &file).unwrap();
    let whole = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    whole.set_len(file.len() as u64 + end).unwrap();
    if end < 32 << 20 {
        let data = pattern(path, "").into_iter().cycle().take(usize::try_from(end).unwrap());
        file.extend(data);
        std::fs::write(path, &file).unwrap();
    }
}

/// Sets the modification time of every file below.
pub fn touch(root: &Path, date: &str) {
    for entry in walkdir::WalkDir::new(root).into_iter().map(Result::unwrap) {
        let done =
            Command::new("touch").args(["-h", "-d", date]).arg(entry.path()).status().unwrap();
        assert!(done.success());
    }
}

/// Whether a tool is there. Where it must be (CI sets `SAFE_RM_NO_SKIP`), its absence is a failure.
pub fn has_tool(name: &str, args: &[&str]) -> bool {
    let there = Command::new(name)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success());
    if !there {
        skip(&format!("{name} is not here"));
    }
    there
}

/// Says that a test was skipped; in CI that is a failure.
pub fn skip(why: &str) {
    assert!(std::env::var_os("SAFE_RM_NO_SKIP").is_none(), "skipped in CI: {why}");
    // Not by the macro, whose output the test runner swallows where a test passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// What a run said.
#[derive(Debug)]
pub struct Answer {
    pub out: String,
    pub err: String,
    pub code: i32,
}

impl Answer {
    pub fn of(output: &Output) -> Self {
        Self {
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
            code: output.status.code().unwrap_or(-1),
        }
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The text without its line ends.
    pub fn flat(&self) -> String {
        self.out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What stderr says, without its line ends.
    pub fn said(&self) -> String {
        self.err.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The rules that refused, each once, sorted.
    pub fn rules(&self) -> Vec<String> {
        let json = self.json();
        let mut rules = Vec::new();
        for target in json["targets"].as_array().unwrap() {
            let models = target["models"].as_array().unwrap();
            for holder in std::iter::once(target).chain(models) {
                for refusal in holder["refusals"].as_array().unwrap() {
                    rules.push(refusal["rule"].as_str().unwrap().to_owned());
                }
            }
        }
        rules.sort();
        rules.dedup();
        rules
    }
}

/// A run at a terminal.
pub struct Terminal(pub person::Session);

impl Terminal {
    /// Waits for the question; what was shown before it.
    pub fn prompt(&mut self) -> String {
        self.0.exp_string("anything else to stop").unwrap()
    }

    pub fn line(&mut self, text: &str) {
        self.0.send_line(text);
    }

    /// What is shown until the end, and the exit code.
    pub fn end(mut self) -> (String, i32) {
        let shown = self.0.exp_eof().unwrap();
        let code = self.0.wait();
        (shown, code)
    }
}

/// The date of the files before they were copied.
pub const OWN: &str = "2025-11-09 12:00";

/// Takes out what differs from run to run: the folder, the plan's id, the time of the test.
pub fn steady(sandbox: &Sandbox, text: &str) -> String {
    let text = text.replace(sandbox.work().to_str().unwrap(), "/data");
    let text = text.replace(sandbox.work().parent().unwrap().to_str().unwrap(), "/srv");
    let mut out = String::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        if let Some(rest) = line.strip_prefix("plan ") {
            line = format!("plan 7f3a9c1e{}", &rest[8..]);
        }
        for (at, _) in line.clone().match_indices("20") {
            let own = line[at..].starts_with(OWN);
            if !own && is_minute(line.as_bytes().get(at..at + 16).unwrap_or_default()) {
                line.replace_range(at..at + 16, "2025-11-15 03:08");
            }
        }
        // Allocated blocks differ between file systems.
        if let Some((before, _)) = line.clone().split_once("frees 0 now, ") {
            line = format!("{before}frees 0 now, SIZE with `safe-rm purge 7f3a9c1e`");
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn is_minute(text: &[u8]) -> bool {
    let shape = b"dddd-dd-dd dd:dd";
    text.len() == shape.len()
        && text.iter().zip(shape).all(|(c, s)| if *s == b'd' { c.is_ascii_digit() } else { c == s })
}
