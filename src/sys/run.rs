//! Runs another program for a moment: with an input, a time, and an end of all that it has started.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::stop;

/// How much of what it says is read.
const LONGEST: u64 = 1 << 20;
/// How often it is looked whether it has ended.
const STEP: Duration = Duration::from_millis(5);

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// What it wrote to standard output.
    pub out: Vec<u8>,
    /// Its exit code, where it ended by itself.
    pub code: Option<i32>,
    /// Whether its time ran out.
    pub late: bool,
}

/// Runs a program with these words in a folder.
///
/// # Errors
/// Where it cannot be started.
pub fn program(
    program: &Path,
    words: &[&str],
    at: &Path,
    input: &[u8],
    limit: Duration,
) -> io::Result<Ran> {
    let mut command = Command::new(program);
    command.args(words).current_dir(at);
    run(command, input, limit)
}

fn run(mut command: Command, input: &[u8], limit: Duration) -> io::Result<Ran> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    let start = Instant::now();
    let mut child = command.spawn()?;
    let (sender, receiver) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = out.take(LONGEST).read_to_end(&mut bytes);
            let _ = sender.send(bytes);
        });
    }
    if let Some(mut to) = child.stdin.take() {
        let input = input.to_vec();
        // It may read nothing of it.
        std::thread::spawn(move || drop(to.write_all(&input)));
    }
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let ended = group.is_some_and(|own| has_ended(own, start + limit));
    // Before it is waited for: until then no other process has its number.
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let late = !ended && stop::seen().is_none();
    let status = if ended { Some(child.wait()?) } else { None };
    if !ended {
        wait(&mut child, Instant::now() + Duration::from_secs(1))?;
    }
    // What it has left behind may still hold the other end.
    let rest =
        Duration::from_millis(200).max((start + limit).saturating_duration_since(Instant::now()));
    let out = receiver.recv_timeout(rest).unwrap_or_default();
    Ok(Ran { out, code: status.and_then(|status| status.code()), late })
}

/// Whether it ends before then, and before a signal asks this program to end; it is left to be waited for.
fn has_ended(pid: Pid, until: Instant) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    loop {
        match waitid(WaitId::Pid(pid), options) {
            Ok(None) => {}
            Ok(Some(_)) => return true,
            Err(_) => return false,
        }
        if Instant::now() >= until || stop::seen().is_some() {
            return false;
        }
        std::thread::sleep(STEP);
    }
}

fn wait(child: &mut Child, until: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        let ended = child.try_wait()?;
        if ended.is_some() || Instant::now() >= until {
            return Ok(ended);
        }
        std::thread::sleep(STEP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_when_its_time_is_over() {
        let second = Duration::from_secs(1);
        let line = |line: &str, input: &[u8], limit| {
            program(Path::new("/bin/sh"), &["-c", line], Path::new("/"), input, limit)
        };
        let ran = line("cat; exit 3", b"abc", second * 10).unwrap();
        assert_eq!(ran, Ran { out: b"abc".to_vec(), code: Some(3), late: false });
        let start = Instant::now();
        let ran = line("echo a; sleep 60 & sleep 60", b"", second).unwrap();
        assert!(ran.late && ran.code.is_none());
        assert!(start.elapsed() < second * 5);
    }
}
