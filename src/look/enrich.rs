//! What surrounds a model inside its target: labels, KEEP files, and the evidence for its age.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::gather::age;
use super::notable::{KEEP_FILES, is_label};
use super::tree::{Newest, ROOT, Tree};
use super::{labels, names};
use crate::facts::{DirFacts, Evidence, FileKind, How, Label, Model, Stamp};
use crate::when::Clock;

/// How many directories a plan lists.
const LISTED: usize = 200;

/// Adds label, KEEP file and age to every model.
pub(super) fn enrich(models: &mut [Model], tree: &Tree, target: &Path, clock: &Clock) {
    let inner: Vec<PathBuf> = tree.notable.iter().map(|f| tree.path(f)).collect();
    for model in models {
        match label(model, tree, &inner, target) {
            Some(Ok(label)) => model.label = Some(label),
            Some(Err(why)) => model.bad_label = Some(why),
            None => {}
        }
        model.keep_file = keep_file(model, tree, &inner, target);
        model.newest = evidence(model, tree, &inner, target, clock);
    }
}

fn label(
    model: &Model,
    tree: &Tree,
    inner: &[PathBuf],
    target: &Path,
) -> Option<Result<Label, String>> {
    let within = |dir: &Path, prefix: &str| {
        labels::NAMES.iter().find_map(|name| {
            let wanted = dir.join(format!("{prefix}{name}"));
            let at = inner.iter().position(|p| *p == wanted)?;
            Some(labels::in_tree(tree, &tree.notable[at]))
        })
    };
    let is_dir = tree.meta.kind == FileKind::Directory;
    if model.single_file {
        let full = target.join(&model.path);
        let full = if is_dir { full } else { target.to_path_buf() };
        let sidecar = format!("{}.", full.file_name()?.to_string_lossy());
        let stem = format!("{}.", full.file_stem()?.to_string_lossy());
        if is_dir {
            let dir = model.path.parent()?;
            return within(dir, &sidecar)
                .or_else(|| within(dir, &stem))
                .or_else(|| within(dir, ""));
        }
        let dir = full.parent()?;
        let found = labels::beside(dir, &sidecar).or_else(|| labels::beside(dir, &stem));
        return found.or_else(|| labels::beside(dir, ""));
    }
    if let Some(own) = within(&model.path, "") {
        return Some(own);
    }
    // A run's own checkpoint is covered by the run's label, which may lie above the target.
    match &model.component_of {
        Some(run) => within(run, ""),
        None if model.path.as_os_str().is_empty() && is_checkpoint(target) => {
            labels::beside(target.parent()?, "")
        }
        None => None,
    }
}

fn is_checkpoint(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    names::parse(&name).is_some_and(|n| n.date.is_none())
}

fn keep_file(model: &Model, tree: &Tree, inner: &[PathBuf], target: &Path) -> Option<PathBuf> {
    let within = inner.iter().zip(&tree.notable).find(|(path, file)| {
        KEEP_FILES.contains(&file.text())
            && path.parent().is_some_and(|d| model.path.starts_with(d))
    });
    within.map(|(path, _)| path.clone()).or_else(|| {
        let file = tree.meta.kind != FileKind::Directory;
        let dir = if file { target.parent()? } else { return None };
        KEEP_FILES.iter().map(|k| dir.join(k)).find(|p| p.symlink_metadata().is_ok())
    })
}

/// KEEP files anywhere in the target. `.keep` counts in a model's directory alone: elsewhere it
/// only makes git store an empty folder.
pub(super) fn keep_files(tree: &Tree) -> Vec<PathBuf> {
    let kept = tree.notable.iter().filter(|f| KEEP_FILES.contains(&f.text()) && f.name != ".keep");
    kept.map(|f| tree.path(f)).take(LISTED).collect()
}

/// The newest of: files below, weights' change times, birth of the directory, dates in names.
fn evidence(
    model: &Model,
    tree: &Tree,
    inner: &[PathBuf],
    target: &Path,
    clock: &Clock,
) -> Option<Evidence> {
    let mut all: Vec<Evidence> = Vec::new();
    if model.single_file || tree.dirs.is_empty() {
        let at = inner.iter().position(|p| *p == model.path)?;
        let (when, how) = age(&tree.notable[at].meta);
        all.push(Evidence { at: when, how, path: model.path.clone(), own: None });
    } else if let Some(dir) = find_dir(tree, &model.path) {
        all.extend(dir.newest.as_ref().map(|n| told(tree, n)));
        if let Some(at) = dir.btime {
            all.push(Evidence { at, how: How::Arrived, path: model.path.clone(), own: None });
        }
    }
    // A change time says when a weight file was copied over, renamed or linked; where other links
    // and a birth time exist it tells about those, not about the weights.
    for (path, file) in inner.iter().zip(&tree.notable) {
        let own = path.starts_with(&model.path) && (!model.single_file || *path == model.path);
        let meta = &file.meta;
        let counts = meta.nlink == 1 || meta.btime.is_none();
        if own
            && counts
            && meta.kind == FileKind::File
            && !is_label(file.name.as_bytes())
            && meta.size > 4096
        {
            let (at, how) = (meta.ctime, How::Arrived);
            all.push(Evidence { at, how, path: path.clone(), own: Some(meta.mtime) });
        }
    }
    all.extend(named(model, target, clock));
    // Of two equal ones the first stands: what was written here need not be said to have arrived.
    all.into_iter().reduce(|best, e| if e.at > best.at.plus(1) { e } else { best })
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

fn find_dir<'a>(tree: &'a Tree, path: &Path) -> Option<&'a super::tree::Dir> {
    let mut at = ROOT;
    for part in path.components() {
        let name = part.as_os_str().as_bytes();
        let next = (1..tree.dirs.len())
            .find(|&i| tree.dirs[i].parent == at && tree.dirs[i].name.as_ref() == name)?;
        at = u32::try_from(next).ok()?;
    }
    tree.dirs.get(at as usize)
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
                label: label.and_then(|f| labels::in_tree(tree, f).ok()).map(|l| l.model),
            }
        })
        .collect()
}
