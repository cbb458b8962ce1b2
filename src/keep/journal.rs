//! The journal: one JSON line an event, each with the BLAKE3 hash of the line before, durable
//! before the act that it records.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, Serialize};

use super::event::Event;
use super::reserve::Reserve;
use crate::facts::{FileKind, Stamp};
use crate::sys::{change, dir};

/// Its name in the state directory.
const NAME: &str = "journal.jsonl";

/// How much is read first to find the last line.
const TAIL: u64 = 1 << 16;

/// How long another run is waited for: a rename and what is recorded of it take seconds at most.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(20);

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    /// Seconds since 1970. No event may have a field of this name or of the next: they share a line.
    time: i64,
    prev: String,
    #[serde(flatten)]
    event: Event,
}

/// The opened journal.
#[derive(Debug)]
pub struct Journal {
    file: File,
    held: bool,
    reserve: Option<Reserve>,
}

impl Journal {
    /// Opens it, creating the state directory for the owner alone.
    ///
    /// # Errors
    /// Where it cannot be written: then nothing may be deleted.
    pub fn open(state: &Path, owner: Option<u32>) -> Result<Self> {
        let context = || format!("cannot write the journal in `{}`", state.display());
        let dir = own_dir(state, owner).with_context(context)?;
        let name = OsStr::new(NAME);
        // Only what was just made is given away: a link could have led to somebody else's file.
        match change::create_new(&dir, name) {
            Ok(made) => {
                change::give(&made, owner).with_context(context)?;
                change::sync_dir(&dir).with_context(context)?;
            }
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e).with_context(context),
        }
        let file = change::open_append(&dir, name).with_context(context)?;
        let found = dir::stat_fd(&file).with_context(context)?;
        let foreign = owner.is_some_and(|uid| uid != found.uid);
        if found.kind != FileKind::File || found.nlink != 1 || foreign {
            return Err(anyhow!("it is a link, or belongs to another user")).with_context(context);
        }
        let reserve = Some(Reserve::of(&dir, owner));
        Ok(Self { file, held: false, reserve })
    }

    /// The journal as it is, to be read alone; none where there is none.
    ///
    /// # Errors
    /// Where it is there and cannot be read.
    pub fn existing(state: &Path) -> Result<Option<Self>> {
        let opened = dir::open_path(state).and_then(|dir| dir::open_file_at(dir, OsStr::new(NAME)));
        match opened {
            Ok(file) => Ok(Some(Self { file, held: false, reserve: None })),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => {
                let shown = state.display();
                Err(e).with_context(|| format!("cannot read the journal in `{shown}`"))
            }
        }
    }

    /// When the last line was written that can be read.
    pub(super) fn last_time(&mut self) -> Result<Option<Stamp>> {
        let (last, _) = self.last_line()?;
        if last.is_empty() {
            return Ok(None);
        }
        match serde_json::from_slice::<Line>(&last) {
            Ok(line) => Ok(Some(Stamp::at(line.time))),
            // Cut off: the one before it tells.
            Err(_) => Ok(self.lines()?.last().map(|(at, _)| *at)),
        }
    }

    /// Waits for the lock, and not for ever: whoever can read the journal can hold it.
    fn wait(&self) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        while !change::try_lock(&self.file).context("cannot lock the journal")? {
            if Instant::now() > end {
                bail!(
                    "another run is at work, or something else holds the journal: nothing was \
                     touched; try again when it has ended"
                );
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Keeps all other runs of this program from acting until this one ends: what two of them see
    /// of each other's targets stays true while one acts.
    ///
    /// # Errors
    /// As flock(2).
    pub fn hold(&mut self) -> Result<()> {
        self.wait()?;
        self.held = true;
        Ok(())
    }

    /// As [`Journal::hold`], but gives up at once where another run is at work.
    ///
    /// # Errors
    /// As flock(2).
    pub fn try_hold(&mut self) -> Result<bool> {
        self.held = change::try_lock(&self.file).context("cannot lock the journal")?;
        Ok(self.held)
    }

    /// Lets other runs act.
    ///
    /// # Errors
    /// As flock(2).
    pub fn release(&mut self) -> Result<()> {
        self.held = false;
        change::unlock(&self.file).context("cannot unlock the journal")
    }

    /// Appends an event and makes it durable.
    ///
    /// # Errors
    /// As write(2) and fsync(2).
    pub fn append(&mut self, at: Stamp, event: &Event) -> Result<()> {
        if self.held {
            return self.append_relieved(at, event);
        }
        self.wait()?;
        let written = self.append_relieved(at, event);
        let unlocked = change::unlock(&self.file).context("cannot unlock the journal");
        written.and(unlocked)
    }

    /// Gives the space that was set aside back to a full disk; whether there was any.
    pub fn relieve(&mut self) -> bool {
        self.reserve.as_mut().is_some_and(Reserve::release)
    }

    fn append_relieved(&mut self, at: Stamp, event: &Event) -> Result<()> {
        let full = |e: &anyhow::Error| e.downcast_ref().is_some_and(change::is_full);
        match self.append_locked(at, event) {
            // What was written of the line stays, closed, and the chain goes on after it.
            Err(error) if full(&error) && self.relieve() => self.append_locked(at, event),
            done => done,
        }
    }

    fn append_locked(&mut self, at: Stamp, event: &Event) -> Result<()> {
        let (last, whole) = self.last_line()?;
        let prev = blake3::hash(&last).to_hex().to_string();
        let line = Line { time: at.secs, prev, event: event.clone() };
        let mut text = serde_json::to_vec(&line).context("cannot write the journal")?;
        text.push(b'\n');
        // A line that was cut off by a crash stays, closed, so that it can be seen.
        if !whole {
            text.insert(0, b'\n');
        }
        self.file.write_all(&text).context("cannot write the journal")?;
        self.file.sync_data().context("cannot make the journal durable")
    }

    /// The last line without its end, and whether it had one.
    fn last_line(&mut self) -> Result<(Vec<u8>, bool)> {
        let size = self.file.seek(SeekFrom::End(0))?;
        let mut window = TAIL;
        loop {
            let start = size.saturating_sub(window);
            self.file.seek(SeekFrom::Start(start))?;
            let mut tail = Vec::new();
            (&self.file).take(window).read_to_end(&mut tail)?;
            let whole = tail.last().is_none_or(|b| *b == b'\n');
            tail.pop_if(|b| *b == b'\n');
            let begin = tail.iter().rposition(|b| *b == b'\n').map(|i| i + 1);
            if begin.is_some() || start == 0 {
                return Ok((tail.split_off(begin.unwrap_or(0)), whole));
            }
            window = window.saturating_mul(2);
        }
    }

    /// The first line that does not carry the hash of the one before it, counted from 1: somebody
    /// else wrote in the journal, or took something out.
    ///
    /// # Errors
    /// As read(2).
    pub fn broken(&mut self) -> Result<Option<usize>> {
        self.file.seek(SeekFrom::Start(0)).context("cannot read the journal")?;
        let mut before = Vec::new();
        let mut reader = BufReader::new(&self.file);
        let mut at = 0;
        while let Some(line) = next_line(&mut reader)? {
            at += 1;
            let read = serde_json::from_slice::<Line>(&line).ok();
            // What a crash cut off says nothing, but the next line carries its hash.
            if read.is_some_and(|l| l.prev != blake3::hash(&before).to_hex().to_string()) {
                return Ok(Some(at));
            }
            before = line;
        }
        Ok(None)
    }

    /// All events that can be read, each with its time, oldest first; what was cut off is passed
    /// over.
    ///
    /// # Errors
    /// As read(2).
    pub fn lines(&mut self) -> Result<Vec<(Stamp, Event)>> {
        self.file.seek(SeekFrom::Start(0)).context("cannot read the journal")?;
        let mut events = Vec::new();
        let mut reader = BufReader::new(&self.file);
        while let Some(line) = next_line(&mut reader)? {
            if let Ok(line) = serde_json::from_slice::<Line>(&line) {
                events.push((Stamp::at(line.time), line.event));
            }
        }
        Ok(events)
    }
}

/// No line of this program is longer.
const LINE: u64 = 64 << 20;

/// The next line without its end.
fn next_line(reader: &mut BufReader<&File>) -> Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = reader.take(LINE).read_until(b'\n', &mut line).context("cannot read the journal")?;
    if read as u64 == LINE {
        return Err(anyhow!(
            "a line of the journal is over 64 MiB, and was not written by safe-rm: move `journal.jsonl` away, \
             and a new one is begun; what is in the trash stays there"
        ));
    }
    line.pop_if(|b| *b == b'\n');
    Ok((read > 0).then_some(line))
}

/// Makes one of our own directories where it is not there, for the owner alone, with what is missing above it.
///
/// # Errors
/// As mkdirat(2), and under sudo where a folder above belongs to another user.
pub fn make_own(path: &Path, owner: Option<u32>) -> Result<()> {
    own_dir(path, owner).map(drop)
}

/// Opens one of our own directories, made for the owner alone with what is missing above it. Under
/// sudo nothing is made or opened in a directory that is not that user's: links in a user's home
/// must not lead root elsewhere.
pub(super) fn own_dir(path: &Path, owner: Option<u32>) -> Result<OwnedFd> {
    if let Ok(open) = dir::open_path(path) {
        let uid = dir::stat_fd(&open)?.uid;
        if owner.is_some_and(|owner| owner != uid) {
            return Err(anyhow!("`{}` belongs to user {uid}", path.display()));
        }
        return Ok(open);
    }
    let (parent, name) = path.parent().zip(path.file_name()).context("it has no parent")?;
    let above = own_dir(parent, owner)?;
    let first = match change::make_private_dir(&above, name) {
        // Another run was first.
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => false,
        made => made.map(|()| true)?,
    };
    let made = dir::open_dir_at(&above, name)?;
    if first {
        change::give(&made, owner)?;
    }
    change::sync_dir(&above)?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::super::event::{How, Item};
    use super::*;

    fn events() -> Vec<Event> {
        let (plan, from) = ("7f3a9c1e".to_owned(), "/a%20b".to_owned());
        let item = Item {
            from: from.clone(),
            to: "/t/files/a".into(),
            info: "/t/info/a".into(),
            ino: 2,
            bytes: 3,
            ..Item::default()
        };
        vec![
            Event::Intent { plan: plan.clone(), how: How::Trash, items: vec![item] },
            Event::Moved { plan: plan.clone(), from: from.clone() },
            Event::PutBack { plan, from, at: "/a%20b".into() },
        ]
    }

    fn written(dir: &Path) -> Journal {
        let mut journal = Journal::open(&dir.join("state"), None).unwrap();
        for event in events() {
            journal.append(Stamp::at(1), &event).unwrap();
        }
        journal
    }

    #[test]
    fn every_event_comes_back_and_the_chain_holds() {
        let dir = tempfile::tempdir().unwrap();
        let read: Vec<_> = written(dir.path()).lines().unwrap().into_iter().map(|l| l.1).collect();
        assert_eq!(read, events());
        let text = std::fs::read(dir.path().join("state").join(NAME)).unwrap();
        let mut prev = blake3::hash(b"");
        for line in text.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
            let read: Line = serde_json::from_slice(line).unwrap();
            assert_eq!(read.prev, prev.to_hex().to_string());
            prev = blake3::hash(line);
        }
    }

    #[test]
    fn a_line_that_was_changed_or_taken_out_shows() {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = written(dir.path());
        assert_eq!(journal.broken().unwrap(), None);
        let path = dir.path().join("state").join(NAME);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("/t/files/a", "/t/files/b", 1)).unwrap();
        assert_eq!(journal.broken().unwrap(), Some(2));
        let lines: Vec<_> = text.lines().collect();
        std::fs::write(&path, [lines[0], lines[2], ""].join("\n")).unwrap();
        assert_eq!(journal.broken().unwrap(), Some(2));
    }

    #[test]
    fn the_chain_holds_after_a_line_of_any_length() {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = written(dir.path());
        for length in [10, (1 << 16) - 300, 1 << 16, 1 << 21] {
            let from = "a".repeat(length);
            journal.append(Stamp::at(3), &Event::Moved { plan: "p".into(), from }).unwrap();
            journal.append(Stamp::at(4), &events()[1]).unwrap();
        }
        assert_eq!(journal.broken().unwrap(), None);
    }

    #[test]
    fn cut_at_any_byte_it_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        drop(written(dir.path()));
        let path = dir.path().join("state").join(NAME);
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let mut journal = Journal::open(&dir.path().join("state"), None).unwrap();
            journal.append(Stamp::at(2), &events()[1]).unwrap();
            assert_eq!(journal.broken().unwrap(), None, "{cut}");
            let read = journal.lines().unwrap();
            let kept = whole[..cut].iter().filter(|b| **b == b'\n').count();
            // A line that lost only its end is whole all the same.
            assert!(read.len() == kept + 1 || read.len() == kept + 2, "{cut}");
            assert_eq!(read.last().map(|l| &l.1), Some(&events()[1]));
        }
    }
}
