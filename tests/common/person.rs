//! A person at a terminal, played from a process that descends from no other of the test: tests pass
//! also where an agent runs them.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Map, json};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/person.py");

/// A program at a terminal.
pub struct Session {
    place: tempfile::TempDir,
    link: UnixStream,
    shown: Vec<u8>,
    over: bool,
    patience: Duration,
}

/// How long a person waits for what must come.
#[derive(Debug)]
pub struct TooLong(pub String);

/// Starts a command at a terminal; its environment is what was set for it and no more.
pub fn spawn(command: &Command, patience_ms: u64) -> Session {
    let place = tempfile::Builder::new().prefix("safe-rm-person-").tempdir().unwrap();
    let socket = place.path().join("s");
    let listener = UnixListener::bind(&socket).unwrap();
    let started = Command::new("setsid")
        .args(["--fork", "python3", SCRIPT])
        .arg(&socket)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .status()
        .unwrap();
    assert!(started.success());
    let (mut link, _) = listener.accept().unwrap();
    // Names need not be text: each byte goes as the character of its number.
    let text = |s: &std::ffi::OsStr| -> String {
        s.as_encoded_bytes().iter().map(|byte| char::from(*byte)).collect()
    };
    let mut argv = vec![text(command.get_program())];
    argv.extend(command.get_args().map(text));
    let set = command.get_envs().filter_map(|(key, value)| Some((text(key), text(value?).into())));
    let env: Map<String, serde_json::Value> = set.collect();
    let cwd = command.get_current_dir().map_or(PathBuf::from("/"), PathBuf::from);
    let job = json!({"program": argv[0], "argv": argv, "env": env, "cwd": text(cwd.as_os_str())});
    writeln!(link, "{job}").unwrap();
    Session {
        place,
        link,
        shown: Vec::new(),
        over: false,
        patience: Duration::from_millis(patience_ms),
    }
}

impl Session {
    /// Waits until one of these is shown; what was shown before it, and which one it is.
    pub fn any(&mut self, wanted: &[&str]) -> Result<(String, String), TooLong> {
        let end = Instant::now() + self.patience;
        loop {
            let text = String::from_utf8_lossy(&self.shown).into_owned();
            let found = wanted.iter().filter_map(|w| Some((text.find(w)?, *w))).min();
            if let Some((at, word)) = found {
                self.shown = text.as_bytes()[at + word.len()..].to_vec();
                return Ok((text[..at].to_owned(), word.to_owned()));
            }
            if self.over || !self.more(end) {
                return Err(TooLong(format!("no {wanted:?} in {text}")));
            }
        }
    }

    /// Waits until this is shown; what was shown before it.
    pub fn exp_string(&mut self, wanted: &str) -> Result<String, TooLong> {
        self.any(&[wanted]).map(|(before, _)| before)
    }

    /// Waits until the program ends; what was shown until then.
    pub fn exp_eof(&mut self) -> Result<String, TooLong> {
        let end = Instant::now() + self.patience;
        while !self.over {
            if !self.more(end) && !self.over {
                let text = String::from_utf8_lossy(&self.shown).into_owned();
                return Err(TooLong(format!("it goes on: {text}")));
            }
        }
        Ok(String::from_utf8_lossy(&std::mem::take(&mut self.shown)).into_owned())
    }

    /// Reads what comes, until the time is over.
    fn more(&mut self, end: Instant) -> bool {
        let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.link.set_read_timeout(Some(left)).unwrap();
        let mut buffer = [0; 65536];
        match self.link.read(&mut buffer) {
            Ok(0) => self.over = true,
            Ok(n) => self.shown.extend(&buffer[..n]),
            Err(_) => {}
        }
        Instant::now() < end
    }

    pub fn send(&mut self, text: &str) {
        let _ = self.link.write_all(text.as_bytes());
    }

    pub fn send_line(&mut self, text: &str) {
        self.send(&format!("{text}\n"));
    }

    /// Ctrl with this letter.
    pub fn send_control(&mut self, letter: char) {
        let byte = u8::try_from(letter).unwrap() & 0x1f;
        let _ = self.link.write_all(&[byte]);
    }

    /// How the program ended: its exit code, or a signal as a negative number.
    pub fn wait(&mut self) -> i32 {
        let _ = self.exp_eof();
        let place = self.place.path().join("s.end");
        let end = Instant::now() + self.patience;
        loop {
            if let Ok(text) = std::fs::read_to_string(&place)
                && let Ok(code) = text.parse()
            {
                return code;
            }
            assert!(Instant::now() < end, "it did not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
