//! From what was typed to what it names: the parent resolved once, the last component never.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::facts::{Dossier, FileKind};
use crate::sys::dir;

/// One thing to delete: its folder, opened once and kept, and its name in it.
#[derive(Debug)]
pub struct Target {
    pub(super) typed: OsString,
    /// Absolute: the parent resolved, the last component never.
    pub path: PathBuf,
    /// The folder around it; one handle for all targets in it.
    pub parent: Arc<OwnedFd>,
    /// Its name there.
    pub name: OsString,
    /// `link/`: it could mean the link or the folder behind it.
    pub(super) ambiguous: Option<String>,
    /// Where it lies, if that is a trash; `path` is then where it was.
    pub trashed: Option<PathBuf>,
}

impl Target {
    /// A thing in a trash, to be judged by the place where it was; with the opened folder that it
    /// lies in.
    #[must_use]
    pub fn trashed(from: PathBuf, to: PathBuf, parent: OwnedFd) -> Self {
        let name = to.file_name().unwrap_or_default().to_owned();
        let (typed, parent) = (from.clone().into_os_string(), Arc::new(parent));
        Self { typed, path: from, parent, name, ambiguous: None, trashed: Some(to) }
    }

    /// Whether these facts are about it.
    #[must_use]
    pub fn is_of(&self, facts: &Dossier) -> bool {
        self.path == facts.path && self.trashed == facts.trashed
    }

    /// Whether its path still leads to the folder that was opened.
    pub(super) fn is_in_place(&self) -> bool {
        let place = self.trashed.as_ref().unwrap_or(&self.path);
        let folder = place.parent().unwrap_or(Path::new("/"));
        let (now, then) = (dir::stat_path(folder), dir::stat_fd(&self.parent));
        now.ok().zip(then.ok()).is_some_and(|(now, then)| now.id == then.id)
    }
}

/// Resolves all operands, drops repetitions and what lies inside of another operand.
///
/// # Errors
/// Where one does not exist or its folder cannot be opened.
pub fn resolve(paths: &[OsString]) -> Result<Vec<Target>> {
    let mut targets: Vec<Target> = Vec::new();
    let (mut seen, mut above) = (HashSet::new(), HashSet::new());
    let mut folders: HashMap<PathBuf, Arc<OwnedFd>> = HashMap::new();
    for typed in paths {
        let mut target = one(typed)?;
        if target.path.ancestors().any(|p| seen.contains(p)) {
            continue;
        }
        if above.contains(&target.path) {
            targets.retain(|t| !t.path.starts_with(&target.path));
        }
        let mut higher = target.path.ancestors().skip(1);
        if let Some(folder) = higher.clone().next() {
            let same = folders.entry(folder.to_path_buf());
            target.parent = Arc::clone(same.or_insert_with(|| Arc::clone(&target.parent)));
        }
        while let Some(folder) = higher.next()
            && above.insert(folder.to_path_buf())
        {}
        seen.insert(target.path.clone());
        targets.push(target);
    }
    Ok(targets)
}

/// As [`resolve`], with the side files of single models, which go with them.
///
/// # Errors
/// As [`resolve`].
pub fn with_sides(paths: &[OsString]) -> Result<Vec<Target>> {
    let mut targets = resolve(paths)?;
    super::sides::add(&mut targets);
    Ok(targets)
}

fn one(typed: &OsStr) -> Result<Target> {
    let raw = typed.as_bytes();
    if raw.is_empty() {
        bail!("an empty path names nothing; check the variable that should have held it");
    }
    let end = raw.iter().rposition(|b| *b != b'/').map_or(0, |i| i + 1);
    let (bare, slashes) = raw.split_at(end);
    let start = bare.iter().rposition(|b| *b == b'/').map_or(0, |i| i + 1);
    let (before, last) = bare.split_at(start);
    // `.`, `..` and `/` have no name of their own: what they are is found by resolving them whole.
    if last == b"." && !before.is_empty() {
        // `x/.` is `x/`, with the same doubt where `x` is a link.
        let mut target = one(OsStr::from_bytes(before))?;
        typed.clone_into(&mut target.typed);
        return Ok(target);
    }
    if last.is_empty() || last == b"." || last == b".." {
        return whole(typed);
    }
    let before = if before.is_empty() { OsStr::new(".") } else { OsStr::from_bytes(before) };
    let shown = typed.display();
    let parent =
        Path::new(before).canonicalize().with_context(|| format!("cannot find `{shown}`"))?;
    let name = OsStr::from_bytes(last);
    let open =
        dir::open_search(&parent).with_context(|| format!("cannot open `{}`", parent.display()))?;
    let meta = dir::stat_name(&open, name).with_context(|| format!("cannot find `{shown}`"))?;
    let path = parent.join(name);
    let mut ambiguous = None;
    if !slashes.is_empty() {
        match meta.kind {
            FileKind::Symlink => {
                let link = OsStr::from_bytes(bare).display();
                let behind = path.canonicalize();
                let behind = behind.map_or("its target".to_owned(), |p| p.display().to_string());
                ambiguous = Some(format!(
                    "`{shown}` could mean the link or the folder behind it: write `{link}` for the \
                     link or `{behind}` for the folder"
                ));
            }
            FileKind::Directory => {}
            _ => bail!("`{shown}` is not a directory; write it without the slash"),
        }
    }
    let (typed, name, parent) = (typed.to_owned(), name.to_owned(), Arc::new(open));
    Ok(Target { typed, path, parent, name, ambiguous, trashed: None })
}

fn whole(typed: &OsStr) -> Result<Target> {
    let shown = typed.display();
    let path = Path::new(typed).canonicalize().with_context(|| format!("cannot find `{shown}`"))?;
    let parent = path.parent().unwrap_or(Path::new("/"));
    let open =
        dir::open_search(parent).with_context(|| format!("cannot open `{}`", parent.display()))?;
    // The root has no name in any directory, but `.` in itself.
    let name = path.file_name().map_or_else(|| OsString::from_vec(b".".to_vec()), OsStr::to_owned);
    let (typed, parent) = (typed.to_owned(), Arc::new(open));
    Ok(Target { typed, path, parent, name, ambiguous: None, trashed: None })
}
