//! What surrounds a model inside its target: labels, KEEP files, and the evidence for its age.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::gather::age;
use super::identify::Place;
use super::labels::{self, Written};
use super::names;
use super::notable::is_label;
use super::tree::{Newest, Notable, ROOT, Tree};
use crate::facts::{DirFacts, Evidence, FileKind, How, Label, Model, Stamp};
use crate::when::Clock;

/// How many directories a plan lists.
const LISTED: usize = 200;

/// Looks things up in a surveyed tree without walking its lists for every model.
struct Index<'a> {
    tree: &'a Tree,
    target: &'a Path,
    files: HashMap<(u32, &'a OsStr), usize>,
    /// The newest change time of a weight file in the folders that are models.
    arrived: HashMap<u32, Evidence>,
    /// Where files that lay beside the target lie in a trash.
    moved: &'a HashMap<PathBuf, PathBuf>,
}

/// Adds label and age to every model.
/// `moved` says where files that lay beside the target lie in a trash.
pub(super) fn enrich(
    models: &mut [(Model, Place)],
    tree: &Tree,
    target: &Path,
    clock: &Clock,
    moved: &HashMap<PathBuf, PathBuf>,
) {
    let files = tree.notable.iter().enumerate().map(|(i, f)| ((f.dir, f.name.as_os_str()), i));
    let arrived = arrived(models, tree);
    let index = Index { tree, target, files: files.collect(), arrived, moved };
    for (model, place) in models {
        match index.label(model, *place) {
            Some(Ok(label)) => model.label = Some(label),
            Some(Err(why)) => model.bad_label = Some(why),
            None => {}
        }
        model.newest = index.evidence(model, *place, clock);
    }
}

impl Index<'_> {
    fn label(&self, model: &Model, place: Place) -> Option<Result<Label, String>> {
        let tree = self.tree;
        let within = |dir: u32, prefix: &str| {
            first(labels::NAMES.iter().filter_map(|name| {
                let wanted = format!("{prefix}{name}");
                let at = self.files.get(&(dir, OsStr::new(&wanted)))?;
                Some(labels::in_tree(tree, &tree.notable[*at]))
            }))
        };
        let beside = |dir: &Path, prefix: &str| {
            first(
                labels::beside(dir, prefix)
                    .into_iter()
                    .chain(labels::moved(dir, prefix, self.moved)),
            )
        };
        match place {
            Place::File(at) => {
                let file = &tree.notable[at];
                let sidecar = format!("{}.", file.name.to_string_lossy());
                let stem = Path::new(&file.name).file_stem().unwrap_or_default();
                let stem = format!("{}.", stem.to_string_lossy());
                let prefixes = [sidecar.as_str(), stem.as_str(), ""];
                if tree.dirs.is_empty() {
                    let dir = self.target.parent()?;
                    return prefixes.iter().find_map(|prefix| beside(dir, prefix));
                }
                prefixes.iter().find_map(|prefix| within(file.dir, prefix))
            }
            Place::Dir(dir) => within(dir, "").or_else(|| {
                // A run's own checkpoint is covered by the run's label, which may lie above the
                // target.
                if model.component_of.is_some() {
                    within(tree.dirs[dir as usize].parent, "")
                } else if dir == ROOT && is_checkpoint(self.target) {
                    beside(self.target.parent()?, "")
                } else {
                    None
                }
            }),
        }
    }

    /// The newest of: files below, weights' change times, birth of the directory, dates in names.
    fn evidence(&self, model: &Model, place: Place, clock: &Clock) -> Option<Evidence> {
        let mut all: Vec<Evidence> = Vec::new();
        let arrived =
            |at, path: &Path| Evidence { at, how: How::Arrived, path: path.into(), own: None };
        let home = match place {
            Place::File(at) => {
                let file = &self.tree.notable[at];
                let (when, how) = age(&file.meta);
                let own = (how == How::Arrived).then_some(file.meta.mtime);
                all.push(Evidence { at: when, how, path: model.path.clone(), own });
                all.extend(changed(self.tree, file));
                (!self.tree.dirs.is_empty()).then_some(file.dir)
            }
            Place::Dir(dir) => {
                let newest = self.tree.dirs[dir as usize].newest.as_ref();
                all.extend(newest.map(|n| told(self.tree, n)));
                all.extend(self.arrived.get(&dir).cloned());
                Some(dir)
            }
        };
        if let Some(dir) = home
            && let Some(at) = self.tree.dirs[dir as usize].btime
        {
            all.push(arrived(at, &self.tree.dir_path(dir)));
        }
        all.extend(named(model, self.target, clock));
        // Of two equal ones the first stands: what was written here need not be said to have
        // arrived.
        all.into_iter().reduce(|best, e| if e.at > best.at.plus(1) { e } else { best })
    }
}

/// The first file that is a label; where none is, why the first is none.
fn first(mut written: impl Iterator<Item = Written>) -> Option<Result<Label, String>> {
    let one = written.next()?.label;
    if one.is_ok() {
        return Some(one);
    }
    Some(written.map(|w| w.label).find(Result::is_ok).unwrap_or(one))
}

/// A change time says when a weight file was copied over, renamed or linked; where other links
/// and a birth time exist it tells about those, not about the weights.
fn changed(tree: &Tree, file: &Notable) -> Option<Evidence> {
    let meta = &file.meta;
    let counts = meta.nlink == 1 || meta.btime.is_none();
    let weights = counts
        && meta.kind == FileKind::File
        && !is_label(file.name.as_bytes())
        && meta.size > 4096;
    let (at, how) = (meta.ctime, How::Arrived);
    weights.then(|| Evidence { at, how, path: tree.path(file), own: Some(meta.mtime) })
}

fn arrived(models: &[(Model, Place)], tree: &Tree) -> HashMap<u32, Evidence> {
    let homes: HashSet<u32> = models
        .iter()
        .filter_map(|(_, place)| if let Place::Dir(dir) = place { Some(*dir) } else { None })
        .collect();
    let mut newest: HashMap<u32, Evidence> = HashMap::new();
    if homes.is_empty() {
        return newest;
    }
    for file in &tree.notable {
        let mut above = super::tree::chain_of(&tree.dirs, file.dir);
        above.push(ROOT);
        let own = above.into_iter().filter(|dir| homes.contains(dir));
        let Some(evidence) = changed(tree, file) else { continue };
        for dir in own {
            let best = newest.entry(dir).or_insert_with(|| evidence.clone());
            if evidence.at > best.at {
                *best = evidence.clone();
            }
        }
    }
    newest
}

fn is_checkpoint(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    names::parse(&name).is_some_and(|n| n.date.is_none())
}

/// Dates in the names of the model's folder and of the folders above it up to the target.
fn named(model: &Model, target: &Path, clock: &Clock) -> Vec<Evidence> {
    let mut found = Vec::new();
    let mut at = Some(model.path.as_path());
    while let Some(path) = at {
        let full =
            if path.as_os_str().is_empty() { target.to_path_buf() } else { target.join(path) };
        let name = full.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(date) = names::parse(&name).and_then(|n| n.date) {
            let time = i64::from(chrono::Timelike::num_seconds_from_midnight(&date));
            let when = clock.midnight(date.date()).plus(time);
            found.push(Evidence { at: when, how: How::Named, path: path.to_path_buf(), own: None });
        }
        at = path.parent();
    }
    found
}

fn told(tree: &Tree, newest: &Newest) -> Evidence {
    let path = if tree.dirs.is_empty() {
        PathBuf::new()
    } else {
        tree.dir_path(newest.file.0).join(OsStr::from_bytes(&newest.file.1))
    };
    let own = (newest.how == How::Arrived).then_some(newest.own);
    Evidence { at: newest.at, how: newest.how, path, own }
}

/// Newest evidence of the whole target.
pub(super) fn newest(tree: &Tree) -> Option<Evidence> {
    match tree.dirs.first() {
        Some(root) => root.newest.as_ref().map(|n| told(tree, n)),
        None => {
            let (at, how) = age(&tree.meta);
            let own = (how == How::Arrived).then_some(tree.meta.mtime);
            Some(Evidence { at, how, path: PathBuf::new(), own })
        }
    }
}

/// Oldest modification time of the whole target.
pub(super) fn oldest(tree: &Tree) -> Option<Evidence> {
    tree.oldest.as_ref().map(|n| told(tree, n))
}

/// The directories down to two levels, largest first.
pub(super) fn dirs(tree: &Tree) -> Vec<DirFacts> {
    let level = |i: usize| super::tree::chain_of(&tree.dirs, u32::try_from(i).unwrap_or(0)).len();
    let mut largest: Vec<usize> = (0..tree.dirs.len())
        .filter(|&i| {
            let parent = tree.dirs[i].parent as usize;
            i == 0 || parent == 0 || tree.dirs[parent].parent == ROOT
        })
        .collect();
    largest.sort_by_cached_key(|&i| {
        let path = tree.dir_path(u32::try_from(i).unwrap_or(0));
        (std::cmp::Reverse(tree.dirs[i].bytes), path)
    });
    largest.truncate(LISTED);
    let labels: Vec<_> = tree.notable.iter().filter(|f| is_label(f.name.as_bytes())).collect();
    largest
        .into_iter()
        .filter(|&i| level(i) <= 2)
        .map(|i| {
            let dir = &tree.dirs[i];
            let label =
                labels.iter().find(|f| f.dir as usize == i && f.text().starts_with("MODEL_INFO"));
            DirFacts {
                path: tree.dir_path(u32::try_from(i).unwrap_or(0)),
                bytes: dir.bytes,
                files: dir.files,
                newest: dir.newest.as_ref().map(|n| -> Stamp { n.at }),
                label: label.and_then(|f| labels::in_tree(tree, f).label.ok()).map(|l| l.model),
            }
        })
        .collect()
}
