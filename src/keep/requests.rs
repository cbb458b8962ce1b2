//! What callers without a person ask for: one file a request, one for its answer, each made once and
//! never changed, so that nothing about a request can be rewritten and none is used twice.
//!
//! The journal has the hash of every request that was filed and of how it ended: a file that somebody
//! edited, or put there, is no request.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::decode;
use super::event::Event;
use super::journal::{Journal, own_dir};
use crate::facts::{FileKind, Stamp};
use crate::sys::{change, dir, random};

/// How long a request stays open, and a denied one closed, in seconds.
const OPEN: i64 = 86_400;
/// How many may be open.
const MOST: usize = 3;
/// No request is larger.
const LARGEST: u64 = 8 << 20;
/// Where they lie in the state directory.
const FOLDER: &str = "requests";

/// What open requests ask for, but for the one that is being answered.
#[must_use]
pub fn asked(states: &[PathBuf], now: Stamp, but: Option<&str>) -> Vec<PathBuf> {
    let open = |state: &PathBuf| -> Option<Vec<PathBuf>> {
        let requests = Requests::existing(state)?;
        let lines = Journal::existing(state).ok()??.lines().ok()?;
        let open = requests.all(&lines).into_iter().filter(|filed| filed.is_open(now));
        let others = open.filter(|filed| Some(filed.request.id.as_str()) != but);
        Some(others.flat_map(|f| f.request.targets).map(|target| decode(&target.path)).collect())
    };
    states.iter().filter_map(open).flatten().collect()
}

/// One thing that is asked for; paths are percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Its absolute path.
    pub path: String,
    /// Everything in it, and itself: as it was when the request was filed.
    pub digest: String,
    /// Apparent bytes.
    pub bytes: u64,
    /// Files in it.
    pub files: u64,
    /// Models in it, and what each was said to be.
    pub models: Vec<(String, String)>,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Sixteen hexadecimal digits that name it.
    pub id: String,
    /// When it was filed, in seconds since 1970.
    pub filed: i64,
    /// The plan that was shown.
    pub plan: String,
    /// Free at once rather than to the trash.
    pub permanent: bool,
    /// What is asked for.
    pub targets: Vec<Asked>,
    /// The agent, where one was known.
    pub agent: Option<String>,
    /// What gave it away.
    pub evidence: Vec<String>,
    /// The command line of the process that called.
    pub caller: String,
    /// Where it was called.
    pub cwd: String,
    /// What the caller said it is for: a claim.
    pub reason: Option<String>,
}

impl Request {
    /// When it is too late.
    #[must_use]
    pub fn expires(&self) -> Stamp {
        Stamp::at(self.filed).plus(OPEN)
    }

    /// Whether it asks for the same things, however they are by now.
    #[must_use]
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        self.targets.iter().any(|t| other.targets.iter().any(|o| o.path == t.path))
    }

    /// Whether it asks for the same things in the same state.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.permanent == other.permanent && self.targets == other.targets
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// A person typed the word: from here on it is used.
    Taken,
    /// It was carried out.
    Done,
    /// It was begun, and something failed.
    Failed,
    /// A rule refused it at approval.
    Refused,
    /// A person said no.
    Denied,
    /// Whoever filed it took it back.
    Cancelled,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// How it ended.
    pub end: End,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Why, in words.
    pub why: Option<String>,
}

/// A request with how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The request.
    pub request: Request,
    /// Its answer, if there is one.
    pub answer: Option<Answer>,
}

impl Filed {
    /// Whether it still waits for a person.
    #[must_use]
    pub fn is_open(&self, now: Stamp) -> bool {
        self.answer.is_none() && now < self.request.expires()
    }
}

/// What came of filing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filing {
    /// It is filed, or was already: this is the one that is open.
    Open(Request),
    /// A person denied the same one not long ago.
    Denied(Answer),
    /// Too many are open.
    TooMany(Vec<String>),
}

/// The folder of the requests.
#[derive(Debug)]
pub struct Requests {
    folder: OwnedFd,
    owner: Option<u32>,
}

impl Requests {
    /// Opens the folder, made for the owner alone where it is missing.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn open(state: &Path, owner: Option<u32>) -> Result<Self> {
        let folder = own_dir(&state.join(FOLDER), owner).context("cannot open the requests")?;
        Ok(Self { folder, owner })
    }

    /// The folder as it is; none where nothing was ever asked for.
    #[must_use]
    pub fn existing(state: &Path) -> Option<Self> {
        let folder = dir::open_path(&state.join(FOLDER)).ok()?;
        Some(Self { folder, owner: None })
    }

    /// Files a request, unless the same one is open or was denied, or too many are open. Callers at
    /// the same time wait for each other by the journal's lock, which the caller holds.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn file(&self, mut request: Request, journal: &mut Journal) -> Result<Filing> {
        let now = Stamp::at(request.filed);
        let lines = journal.lines()?;
        let all = self.all(&lines);
        let mut same = all.iter().filter(|f| f.request.is_same(&request));
        if let Some(open) = same.find(|f| f.is_open(now)) {
            return Ok(Filing::Open(open.request.clone()));
        }
        // A no is a no to these things, touched or not, to the trash or for good.
        let about = all.iter().filter(|f| f.request.is_about_the_same(&request));
        let mut denied = about.filter_map(|f| f.answer.clone().filter(|a| a.end == End::Denied));
        if let Some(answer) = denied.find(|a| now < Stamp::at(a.at).plus(OPEN)) {
            return Ok(Filing::Denied(answer));
        }
        let open = all.iter().filter(|f| f.is_open(now));
        let open: Vec<String> = open.map(|f| f.request.id.clone()).collect();
        if open.len() >= MOST {
            return Ok(Filing::TooMany(open));
        }
        loop {
            request.id = format!("{:016x}", random::number().context("no random numbers")?);
            let text = serde_json::to_vec(&request).context("cannot write the request")?;
            // First the journal: a request of which it knows nothing is none.
            if self.taken(&request.id) {
                continue;
            }
            let hash = blake3::hash(&text).to_hex().to_string();
            journal.append(now, &Event::Asked { request: request.id.clone(), hash })?;
            self.put(&format!("{}.request", request.id), &text)?;
            return Ok(Filing::Open(request));
        }
    }

    fn taken(&self, id: &str) -> bool {
        dir::stat_name(&self.folder, OsStr::new(&format!("{id}.request"))).is_ok()
    }

    /// Records how a request ended, once.
    ///
    /// # Errors
    /// Where it has an answer already, or cannot be written.
    pub fn answer(&self, id: &str, answer: &Answer, journal: &mut Journal) -> Result<()> {
        let text = serde_json::to_vec(answer).context("cannot write the answer")?;
        let name = format!("{id}.{}", if answer.end == End::Taken { "taken" } else { "answer" });
        if answer.end != End::Taken && dir::stat_name(&self.folder, OsStr::new(&name)).is_ok() {
            bail!("request {id} has its answer already");
        }
        let hash = blake3::hash(&text).to_hex().to_string();
        let event = Event::Answered { request: id.to_owned(), end: answer.end, hash };
        journal.append(Stamp::at(answer.at), &event)?;
        self.put(&name, &text)
    }

    /// Every request that the journal knows, as it knows it, oldest first.
    #[must_use]
    pub fn all(&self, lines: &[(Stamp, Event)]) -> Vec<Filed> {
        let asked = lines.iter().filter_map(|(_, event)| match event {
            Event::Asked { request, hash } => Some((request, hash)),
            _ => None,
        });
        asked.filter_map(|(id, hash)| self.filed(id, hash, lines)).collect()
    }

    fn filed(&self, id: &str, hash: &str, lines: &[(Stamp, Event)]) -> Option<Filed> {
        let text = self.get(&format!("{id}.request"), hash)?;
        let request: Request = serde_json::from_slice(&text).ok()?;
        if request.id != id {
            return None;
        }
        let mut ends = lines.iter().rev().filter_map(|(at, event)| match event {
            Event::Answered { request, end, hash } if request == id => Some((at, *end, hash)),
            _ => None,
        });
        // The journal says how it ended, whatever became of the file; the file says why.
        let answer = ends.next().map(|(at, end, hash)| {
            let name = format!("{id}.{}", if end == End::Taken { "taken" } else { "answer" });
            let told = self.get(&name, hash).and_then(|text| serde_json::from_slice(&text).ok());
            told.unwrap_or(Answer { end, at: at.secs, why: None })
        });
        Some(Filed { request, answer })
    }

    /// A file of ours, if it is what the journal says: no link, nobody else's, not larger than any
    /// that this program writes, and unchanged.
    fn get(&self, name: &str, hash: &str) -> Option<Vec<u8>> {
        let file = dir::open_file_at(&self.folder, OsStr::new(name)).ok()?;
        let meta = dir::stat_fd(&file).ok()?;
        if meta.kind != FileKind::File || meta.nlink != 1 || meta.size > LARGEST {
            return None;
        }
        let mut text = Vec::new();
        file.take(LARGEST).read_to_end(&mut text).ok()?;
        (blake3::hash(&text).to_hex().as_str() == hash).then_some(text)
    }

    fn put(&self, name: &str, text: &[u8]) -> Result<()> {
        let name = OsString::from(name);
        let context = || format!("cannot write `{}`", name.display());
        let mut file = change::create_new(&self.folder, &name).with_context(context)?;
        std::io::Write::write_all(&mut file, text).with_context(context)?;
        change::give(&file, self.owner).with_context(context)?;
        file.sync_all().with_context(context)?;
        change::sync_dir(&self.folder).with_context(context)
    }
}
