//! Runs another program for a moment: with an input, a time, and an end of all that it has started.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

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

/// Runs a line of sh(1) in a folder.
///
/// # Errors
/// Where no shell can be started.
pub fn line(line: &str, at: &Path, input: &[u8], limit: Duration) -> io::Result<Ran> {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(line).current_dir(at);
    run(command, input, limit)
}

/// Runs a program with these words, without input.
///
/// # Errors
/// Where it cannot be started.
pub fn program(name: &str, words: &[&str], limit: Duration) -> io::Result<Ran> {
    let mut command = Command::new(name);
    command.args(words);
    run(command, &[], limit)
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
    let ended = wait(&mut child, start + limit)?;
    let late = ended.is_none();
    if late {
        if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        wait(&mut child, Instant::now() + Duration::from_secs(1))?;
    }
    // What it has left behind may still hold the other end.
    let rest =
        Duration::from_millis(200).max((start + limit).saturating_duration_since(Instant::now()));
    let out = receiver.recv_timeout(rest).unwrap_or_default();
    Ok(Ran { out, code: ended.and_then(|status| status.code()), late })
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
        let ran = line("cat; exit 3", Path::new("/"), b"abc", second * 10).unwrap();
        assert_eq!(ran, Ran { out: b"abc".to_vec(), code: Some(3), late: false });
        let start = Instant::now();
        let ran = line("echo a; sleep 60 & sleep 60", Path::new("/"), b"", second).unwrap();
        assert!(ran.late && ran.code.is_none());
        assert!(start.elapsed() < second * 5);
    }
}
