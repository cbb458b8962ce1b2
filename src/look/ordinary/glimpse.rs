//! A look for whoever must answer at once: whether something is at stake in a path, stopping at the
//! first find. Names come first, since a listing costs little; what they point at is opened. Then the
//! tree is walked as far as the time goes.

use std::collections::{HashSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::operand::{self, Finder};
use super::{Depth, Scale, Seen, Stake};
use crate::facts::{FileKind, Model};
use crate::look::inventory::{self, Limit};
use crate::look::{Eyes, notable, whole};
use crate::sys::dir;

/// A folder with more entries is not walked where no name in it says anything.
const FLAT: usize = 20_000;
/// Entries of one tree that are looked at.
const ENTRIES: u64 = 60_000;
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

/// What a folder holds.
#[derive(Debug)]
pub enum Within {
    /// Something at stake.
    Found(Sight),
    /// Nothing, as far as it was seen; `cut` where there is more than there was time for.
    Nothing {
        /// Whether something was left out.
        cut: bool,
    },
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

/// What is at stake in an absolute path, if anything. Directories are looked into where `recursive`
/// says so.
pub fn sight(path: &Path, recursive: bool, time: Duration, eyes: &Eyes<'_>) -> Option<Sight> {
    let depth = if recursive { Depth::Trees } else { Depth::Files };
    let mut scale = Scale::new(depth, eyes);
    let operand = Finder::default().find(path.as_os_str());
    let entry = match operand.names {
        operand::Names::Entry(entry) => entry,
        operand::Names::Root => {
            let stake = Stake::Protected("it is the root of the file system".to_owned());
            return Some(Sight { path: path.into(), stake, model: None });
        }
        operand::Names::Behind { directory } => return sight(&directory, recursive, time, eyes),
        operand::Names::Nothing { .. } | operand::Names::Dot { .. } => return None,
    };
    let directory = entry.meta.kind == FileKind::Directory;
    if directory && !recursive {
        return None;
    }
    let at = entry.path();
    if !directory {
        // Weights are told by themselves; what lies around them takes longer to look at.
        let mut found = Vec::new();
        scale.contents(&entry, &at, &mut Seen::default(), &mut found);
        if let Some(stake) = found.into_iter().next() {
            let model = is_model(&stake).then(|| model(&at, eyes)).flatten();
            return Some(Sight { path: at, stake, model });
        }
    }
    let mut around = scale.around(&entry, &at);
    // What must never go stands first; the weights say more than the shard's part in them.
    around.sort_by_key(|stake| !matches!(stake, Stake::Protected(_)));
    let protected = matches!(around.first(), Some(Stake::Protected(_)));
    let looks = directory && !protected && !MADE_ANEW.contains(&super::text(&entry.name));
    if looks && let Within::Found(sight) = within(&at, time, eyes, &|_| true) {
        return Some(sight);
    }
    around.into_iter().next().map(|stake| Sight { path: at, stake, model: None })
}

fn is_model(stake: &Stake) -> bool {
    matches!(stake, Stake::Model(_))
}

/// Whether an entry lies in the folder of a model, by that folder's own files.
#[must_use]
pub fn beside(path: &Path, eyes: &Eyes<'_>) -> Option<Sight> {
    let folder = path.parent()?;
    let name = super::text(path.file_name()?);
    let left = notable::suffix(name).is_some_and(|s| LEFT_BEHIND.contains(&s))
        || MADE_ANEW.contains(&name)
        || name.starts_with('.');
    let open = dir::open_search(folder).ok()?;
    let binds = BINDS.iter().any(|mark| dir::stat_name(&open, OsStr::new(mark)).is_ok());
    if left || !binds {
        return None;
    }
    let mut found = None;
    names(folder, &mut |name| {
        found = model(&folder.join(name), eyes);
        found.is_some()
    })?;
    let model = found?;
    let stake = Stake::Part(format!("the folder of the model {}", folder.display()));
    Some(Sight { path: path.to_path_buf(), stake, model: Some(model) })
}

/// The model that a path is, or the first below it.
fn model(path: &Path, eyes: &Eyes<'_>) -> Option<Box<Model>> {
    let limit = Limit::new(ENTRIES, Duration::from_millis(20), HashSet::new());
    let found = inventory::below(path, &limit, eyes).into_iter();
    found.map(|found| found.model).find(|model| !model.installed).map(Box::new)
}

/// What a listing says.
#[derive(Default)]
struct Names {
    folders: Vec<OsString>,
    /// Labels and KEEP files.
    words: Vec<OsString>,
    all: usize,
}

/// Names under which most weights lie: a look at each costs less than a long listing.
const USUAL: &[&str] =
    &["model.safetensors", "adapter_model.safetensors", "pytorch_model.bin", "best.pt"];

/// Lists a folder until a name like that of weights is what `wanted` looks for.
fn names(folder: &Path, wanted: &mut dyn FnMut(&OsStr) -> bool) -> Option<Names> {
    let open = dir::open_path(folder).ok()?;
    let mut found = Names::default();
    let usual = |name: &&&str| dir::stat_name(&open, OsStr::new(name)).is_ok();
    if USUAL.iter().filter(usual).any(|name| wanted(OsStr::new(name))) {
        return Some(found);
    }
    let mut buffer = Vec::with_capacity(64 << 10);
    let each = |name: &std::ffi::CStr, entry: dir::Listed| {
        found.all += 1;
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
    dir::each_name_while(&open, &mut buffer, each).ok()?;
    Some(found)
}

/// Whether something in a folder is at stake, of the folders and files that count.
pub fn within(
    folder: &Path,
    time: Duration,
    eyes: &Eyes<'_>,
    counts: &dyn Fn(&Path) -> bool,
) -> Within {
    let until = Instant::now() + time;
    let mut hint = false;
    let (mut queue, mut flat, mut seen) = (VecDeque::from([folder.to_path_buf()]), false, 0);
    while let Some(at) = queue.pop_front() {
        if Instant::now() > until || seen > ENTRIES as usize {
            return unsure(folder, hint);
        }
        let mut found = None;
        let listed = names(&at, &mut |name| {
            let path = at.join(name);
            if counts(&path) {
                found = named(&path, eyes);
            }
            found.is_some()
        });
        if let Some(found) = found {
            return Within::Found(found);
        }
        let Some(listed) = listed else { continue };
        seen += listed.all;
        flat |= listed.all > FLAT;
        // The weights say more than a label.
        for path in listed.words.iter().map(|name| at.join(name)) {
            if counts(&path)
                && let Some(found) = named(&path, eyes)
            {
                return Within::Found(found);
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
            queue.push_back(path);
        }
    }
    if flat {
        return unsure(folder, hint);
    }
    let rest = until.saturating_duration_since(Instant::now());
    let limit = Limit::new(ENTRIES, rest, HashSet::new());
    let mut found = inventory::below(folder, &limit, eyes).into_iter();
    match found.find(|found| !found.model.installed && counts(&found.path)) {
        Some(found) => Within::Found(Sight {
            path: found.path.clone(),
            stake: Stake::Model(found.path),
            model: Some(Box::new(found.model)),
        }),
        None if limit.is_cut() => unsure(folder, hint),
        None => Within::Nothing { cut: false },
    }
}

/// There was no time to see all of it: it may be a model where what was seen is made by those who
/// keep models.
fn unsure(folder: &Path, hint: bool) -> Within {
    if !hint {
        return Within::Nothing { cut: true };
    }
    let stake = Stake::Model(folder.to_path_buf());
    Within::Found(Sight { path: folder.to_path_buf(), stake, model: None })
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
