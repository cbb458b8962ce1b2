//! A look for whoever must answer at once: whether something is at stake in a path, stopping at the
//! first find. Names come first, since a listing costs little; what they point at is opened. Then the
//! tree is walked as far as the time goes.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::operand::{self, Finder};
use super::{Depth, Scale, Seen, Stake};
use walkdir::WalkDir;

use crate::facts::{FileKind, Model};
use crate::look::inventory::{self, Limit};
use crate::look::{Eyes, notable, whole};
use crate::sys::dir;

/// Entries of one tree that are looked at.
const ENTRIES: u64 = 1_000_000;
/// Files of one model that are asked about.
const FILES: usize = 10_000;
/// So many folders and operands are looked at however long that takes.
const FLOOR: u32 = 200;
/// How long the walk of a tree may take at least, while there are not many.
const LEAST: Duration = Duration::from_millis(200);
/// How long one file may take that has a name of weights.
const FILE: Duration = Duration::from_millis(200);
/// So many long folders are read in turns; more are read one after the other.
const TURNS: usize = 64;
/// Folders that tools fill and make anew; weights that lie in them came with a package.
const MADE_ANEW: &[&str] = &[
    "node_modules",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".tox",
    ".gradle",
    ".next",
];
/// Beginnings of the names of folders in which weights are kept.
const HINTS: &[&str] = &["checkpoint-", "checkpoint_", "models--", "global_step", "step_", "ckpt"];
/// Files that make the folder around them a model's, beside weights.
const BINDS: &[&str] = &[
    "config.json",
    "model_index.json",
    "adapter_config.json",
    "MODEL_INFO.txt",
    "trainer_state.json",
];
/// What may go from a model's own folder: programs leave it behind.
const LEFT_BEHIND: &[&str] =
    &["log", "tmp", "pyc", "lock", "swp", "bak~", "DS_Store", "err", "out"];

/// What is at stake, and what it is where that was looked at.
#[derive(Debug)]
pub struct Sight {
    /// The operand.
    pub path: PathBuf,
    /// Why it is more than ordinary.
    pub stake: Stake,
    /// The model, where one was identified.
    pub model: Option<Box<Model>>,
}

/// What a look came to.
#[derive(Debug)]
pub enum Look {
    /// Something is at stake.
    Found(Sight),
    /// Nothing is.
    Nothing,
    /// There was no time to see all of it, and what was seen is ordinary.
    Cut,
}

impl Look {
    fn stake(path: &Path, stake: Stake) -> Self {
        Self::Found(Sight { path: path.to_path_buf(), stake, model: None })
    }
}

/// Whether the name is one under which weights, a label or a KEEP file are kept.
#[must_use]
pub fn is_weights_name(name: &OsStr) -> bool {
    let text = super::text(name);
    whole::is_weights(text) || notable::is_label(name.as_bytes()) || is_keep(text)
}

fn is_keep(name: &str) -> bool {
    notable::KEEP_FILES.list().contains(&name) && name != ".keep"
}

/// Looks for one answer: what they share, and how long they may take together.
pub struct Glance<'a> {
    eyes: &'a Eyes<'a>,
    scale: Scale<'a>,
    finder: Finder,
    /// The models of folders that were asked for.
    beside: HashMap<PathBuf, Option<Box<Model>>>,
    until: Instant,
    /// How often it was asked whether the time is over.
    asked: u32,
}

impl<'a> Glance<'a> {
    /// With so much time for all of them.
    #[must_use]
    pub fn new(time: Duration, eyes: &'a Eyes<'a>) -> Self {
        let scale = Scale::new(Depth::Trees, eyes);
        let until = Instant::now() + time;
        Self { eyes, scale, finder: Finder::default(), beside: HashMap::new(), until, asked: 0 }
    }

    /// Whether there is no time for more. On a machine that is slow so much is looked at all the
    /// same: a clock must not decide what is at stake in a small tree.
    fn is_over(&mut self) -> bool {
        self.asked += 1;
        self.asked > FLOOR && Instant::now() > self.until
    }

    /// What is at stake in an absolute path. Directories are looked into where `recursive` says so.
    pub fn sight(&mut self, path: &Path, recursive: bool) -> Look {
        let operand = self.finder.find(path.as_os_str());
        let entry = match operand.names {
            operand::Names::Entry(entry) => entry,
            operand::Names::Root => {
                let why = "it is the root of the file system".to_owned();
                return Look::stake(path, Stake::Protected(why));
            }
            operand::Names::Behind { directory } => return self.sight(&directory, recursive),
            operand::Names::Nothing { .. } | operand::Names::Dot { .. } => return Look::Nothing,
        };
        let directory = entry.meta.kind == FileKind::Directory;
        if directory && !recursive {
            return Look::Nothing;
        }
        let at = entry.path();
        let name = super::text(&entry.name);
        // A name says much where there is no time for more.
        let over = self.is_over();
        if over && !whole::is_weights(name) && !is_keep(name) {
            return Look::Cut;
        }
        if !directory {
            // Weights are told by themselves; what lies around them takes longer to look at.
            let mut found = Vec::new();
            self.scale.contents(&entry, &at, &mut Seen::default(), &mut found);
            if let Some(stake) = found.into_iter().next() {
                let model = is_model(&stake).then(|| model(&at, self.eyes)).flatten();
                return Look::Found(Sight { path: at, stake, model });
            }
        }
        let mut around = self.scale.around(&entry, &at);
        // What must never go stands first; the weights say more than the shard's part in them.
        around.sort_by_key(|stake| !matches!(stake, Stake::Protected(_)));
        let protected = matches!(around.first(), Some(Stake::Protected(_)));
        let looks = directory && !protected && !MADE_ANEW.contains(&name);
        let inside = if looks { self.within(&at, &|_| true) } else { Look::Nothing };
        match (inside, around.into_iter().next()) {
            (Look::Nothing | Look::Cut, Some(stake)) => Look::stake(&at, stake),
            (inside, _) => inside,
        }
    }

    /// Whether an entry lies in the folder of a model, by that folder's own files.
    #[must_use]
    pub fn beside(&mut self, path: &Path) -> Option<Sight> {
        let folder = path.parent()?;
        let name = super::text(path.file_name()?);
        let left = notable::suffix(name).is_some_and(|s| LEFT_BEHIND.contains(&s))
            || MADE_ANEW.contains(&name)
            || name.starts_with('.');
        if left {
            return None;
        }
        if !self.beside.contains_key(folder) {
            let found = bound(folder, self.eyes);
            self.beside.insert(folder.to_path_buf(), found);
        }
        let model = self.beside.get(folder)?.clone()?;
        let stake = Stake::Part(format!("the folder of the model {}", folder.display()));
        Some(Sight { path: path.to_path_buf(), stake, model: Some(model) })
    }

    /// Whether something in a folder is at stake, of the folders and files that count.
    pub fn within(&mut self, folder: &Path, counts: &dyn Fn(&Path) -> bool) -> Look {
        let mut hint = false;
        let mut queue = VecDeque::from([(folder.to_path_buf(), None)]);
        while let Some((at, rest)) = queue.pop_front() {
            if self.is_over() {
                return unsure(folder, hint);
            }
            let mut found = None;
            let listed = names(&at, rest, queue.len() < TURNS, &mut |name| {
                let path = at.join(name);
                if counts(&path) {
                    found = named(&path, self.eyes);
                }
                found.is_some()
            });
            if let Some(found) = found {
                return Look::Found(found);
            }
            let Some(listed) = listed else { continue };
            // The weights say more than a label.
            for path in listed.words.iter().map(|name| at.join(name)) {
                if counts(&path)
                    && let Some(found) = named(&path, self.eyes)
                {
                    return Look::Found(found);
                }
            }
            for name in listed.folders {
                let text = super::text(&name);
                let path = at.join(&name);
                if MADE_ANEW.contains(&text)
                    || [".git", "site-packages"].contains(&text)
                    || !counts(&path)
                {
                    continue;
                }
                hint |= HINTS.iter().any(|start| text.starts_with(start));
                queue.push_back((path, None));
            }
            // Its turn comes again.
            queue.extend(listed.rest.map(|rest| (at, Some(rest))));
        }
        let least = if self.asked < FLOOR / 10 { LEAST } else { Duration::ZERO };
        let rest = self.until.saturating_duration_since(Instant::now()).max(least);
        let limit = Limit::new(ENTRIES, rest, HashSet::new());
        let mut found = inventory::below(folder, &limit, self.eyes).into_iter();
        match found.find(|found| !found.model.installed && any(&found.path, counts)) {
            Some(found) => Look::Found(Sight {
                path: found.path.clone(),
                stake: Stake::Model(found.path),
                model: Some(Box::new(found.model)),
            }),
            None if limit.is_cut() => unsure(folder, hint),
            None => Look::Nothing,
        }
    }
}

fn is_model(stake: &Stake) -> bool {
    matches!(stake, Stake::Model(_))
}

/// The model of which a folder is, by what binds one and by its weights.
fn bound(folder: &Path, eyes: &Eyes<'_>) -> Option<Box<Model>> {
    let open = dir::open_search(folder).ok()?;
    if !BINDS.iter().any(|mark| dir::stat_name(&open, OsStr::new(mark)).is_ok()) {
        return None;
    }
    let mut found = None;
    names(folder, None, false, &mut |name| {
        found = model(&folder.join(name), eyes);
        found.is_some()
    })?;
    found
}

/// The model that a path is, or the first below it.
fn model(path: &Path, eyes: &Eyes<'_>) -> Option<Box<Model>> {
    let limit = Limit::new(ENTRIES, FILE, HashSet::new());
    let found = inventory::below(path, &limit, eyes).into_iter();
    found.map(|found| found.model).find(|model| !model.installed).map(Box::new)
}

/// What a listing says.
#[derive(Default)]
struct Names {
    folders: Vec<OsString>,
    /// Labels and KEEP files.
    words: Vec<OsString>,
    /// Where there is more to be listed.
    rest: Option<OwnedFd>,
}

/// Names under which most weights lie: a look at each costs less than a long listing.
const USUAL: &[&str] =
    &["model.safetensors", "adapter_model.safetensors", "pytorch_model.bin", "best.pt"];

/// Lists a folder, or goes on with it, until a name like that of weights is what `wanted` looks for;
/// `in_turns` no further than the kernel gives at once.
fn names(
    folder: &Path,
    rest: Option<OwnedFd>,
    in_turns: bool,
    wanted: &mut dyn FnMut(&OsStr) -> bool,
) -> Option<Names> {
    let begun = rest.is_some();
    let open = rest.map_or_else(|| dir::open_path(folder), Ok).ok()?;
    let mut found = Names::default();
    let usual = |name: &&&str| dir::stat_name(&open, OsStr::new(name)).is_ok();
    if !begun && USUAL.iter().filter(usual).any(|name| wanted(OsStr::new(name))) {
        return Some(found);
    }
    let mut buffer = Vec::with_capacity(64 << 10);
    let mut each = |name: &std::ffi::CStr, entry: dir::Listed| {
        let name = OsStr::from_bytes(name.to_bytes());
        let text = super::text(name);
        if entry.is_dir == Some(true) {
            found.folders.push(name.to_owned());
        } else if whole::is_weights(text) {
            return !wanted(name);
        } else if notable::is_label(name.as_bytes()) || is_keep(text) {
            found.words.push(name.to_owned());
        }
        true
    };
    let mut more = true;
    while more {
        more = dir::some_names(&open, &mut buffer, &mut each).ok()?;
        if in_turns {
            break;
        }
    }
    found.rest = more.then_some(open);
    Some(found)
}

/// Whether a file is one that counts, or one in a folder is.
fn any(path: &Path, counts: &dyn Fn(&Path) -> bool) -> bool {
    let files = WalkDir::new(path).into_iter().flatten().filter(|e| !e.file_type().is_dir());
    files.take(FILES).any(|file| counts(file.path()))
}

/// There was no time to see all of it: it may be a model where what was seen is made by those who
/// keep models.
fn unsure(folder: &Path, hint: bool) -> Look {
    if hint { Look::stake(folder, Stake::Model(folder.to_path_buf())) } else { Look::Cut }
}

/// A file whose name says something, looked at.
fn named(path: &Path, eyes: &Eyes<'_>) -> Option<Sight> {
    let name = path.file_name()?;
    if notable::is_label(name.as_bytes()) {
        let stake = Stake::Label(path.to_path_buf());
        return Some(Sight { path: path.into(), stake, model: None });
    }
    if is_keep(super::text(name)) {
        let stake = Stake::Pinned(path.to_path_buf());
        return Some(Sight { path: path.into(), stake, model: None });
    }
    let model = model(path, eyes)?;
    Some(Sight { path: path.into(), stake: Stake::Model(path.to_path_buf()), model: Some(model) })
}
