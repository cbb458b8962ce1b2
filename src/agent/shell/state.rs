//! What a shell knows while it runs: where it is, its variables, its functions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::ast::Node;
use super::word::Word;

/// Nothing is followed deeper: scripts that call scripts, functions that call themselves.
pub(in crate::agent) const DEEPEST: u32 = 24;
/// Where the folders of a container lie that are none of here.
const NOWHERE: &str = "/nowhere/in/a/container";
/// So many directories a shell may be in at once, as far as can be told.
const PLACES: usize = 8;

/// The state of a shell.
#[derive(Clone, Debug, Default)]
pub(in crate::agent) struct State {
    /// Where it may be; several where a `cd` may have failed, none where it is not known.
    pub cwds: Vec<PathBuf>,
    /// Where it is if the last `cd` failed.
    pub fallback: Option<PathBuf>,
    /// Where it was before.
    pub old: Option<PathBuf>,
    /// The values that each variable may have.
    pub vars: BTreeMap<String, Vec<Word>>,
    /// Its functions.
    pub functions: BTreeMap<String, Rc<Node>>,
    /// What was bound or linked to something else on the way.
    pub links: Vec<(PathBuf, PathBuf)>,
    /// In a container: its folders with what they are here; of all others nothing is known.
    pub lent: Option<Vec<(PathBuf, PathBuf)>>,
    /// Files that were written on the way, with what is in them.
    pub written: BTreeMap<PathBuf, String>,
    /// Folders that were made on the way.
    pub made: BTreeSet<PathBuf>,
    /// Its arguments.
    pub args: Vec<Word>,
    /// How many branches deep it is: what is assigned here is one of several values.
    pub branches: u32,
    /// How deep scripts and functions are nested.
    pub depth: u32,
    /// `set -e`: what fails ends it.
    pub strict: bool,
}

impl State {
    /// Of a shell that starts in this directory.
    pub(in crate::agent) fn at(cwd: &Path) -> Self {
        Self { cwds: vec![cwd.to_path_buf()], ..Self::default() }
    }

    /// Gives a variable its values, or one more where another branch may have given it others.
    pub(in crate::agent) fn assign(&mut self, name: &str, values: Vec<Word>, added: bool) {
        if added || self.branches > 0 {
            let all = self.vars.entry(name.to_owned()).or_default();
            all.extend(values);
            all.dedup();
        } else {
            self.vars.insert(name.to_owned(), values);
        }
    }

    /// A file is written, as far as what is written is known.
    pub(in crate::agent) fn write(&mut self, target: &Word, text: Option<&str>, append: bool) {
        let Some(written) = target.literal() else { return };
        for path in self.paths(&written) {
            let before = if append { self.written.get(&path).cloned() } else { None };
            match text {
                Some(text) => {
                    self.written.insert(path, format!("{}{text}\n", before.unwrap_or_default()));
                }
                None => {
                    self.written.remove(&path);
                }
            }
        }
    }

    /// Goes to a directory.
    pub(in crate::agent) fn go(&mut self, to: &str, exists: impl Fn(&Path) -> bool) {
        let all: Vec<PathBuf> = if Path::new(to).is_absolute() {
            vec![self.resolve(Path::new("/"), to)]
        } else {
            self.cwds.iter().map(|cwd| self.resolve(cwd, to)).collect()
        };
        let certain = self.strict || all.iter().all(|d| self.made.contains(d) || exists(d));
        self.old = self.cwds.first().cloned();
        self.fallback = if certain { None } else { self.old.clone() };
        self.cwds = all;
    }

    /// A `cd` that may have failed leaves the shell where it was.
    pub(in crate::agent) fn settle(&mut self) {
        if let Some(before) = self.fallback.take()
            && !self.cwds.contains(&before)
            && self.cwds.len() < PLACES
        {
            self.cwds.push(before);
        }
    }

    /// The absolute path of what is written, by what was linked on the way.
    pub(in crate::agent) fn resolve(&self, cwd: &Path, written: &str) -> PathBuf {
        let mut path = clean(&cwd.join(written));
        if let Some(lent) = &self.lent {
            return in_container(lent, cwd, written, &path);
        }
        for _ in 0..4 {
            let link = self
                .links
                .iter()
                .rev()
                .find_map(|(link, to)| path.strip_prefix(link).ok().map(|rest| to.join(rest)));
            match link {
                Some(to) if to != path => path = clean(&to),
                _ => break,
            }
        }
        path
    }

    /// The absolute paths that something written may mean.
    pub(in crate::agent) fn paths(&self, written: &str) -> Vec<PathBuf> {
        if Path::new(written).is_absolute() {
            return vec![self.resolve(Path::new("/"), written)];
        }
        self.cwds.iter().map(|cwd| self.resolve(cwd, written)).collect()
    }
}

/// What a path of a container is here. A directory that the shell went to is one of here already.
fn in_container(lent: &[(PathBuf, PathBuf)], cwd: &Path, written: &str, path: &Path) -> PathBuf {
    if !Path::new(written).is_absolute() && cwd != Path::new("/") {
        return path.to_path_buf();
    }
    let around = lent.iter().filter(|(there, _)| path.starts_with(there));
    let (there, here) = match around.max_by_key(|(there, _)| there.as_os_str().len()) {
        Some((there, here)) => (there.as_path(), here.as_path()),
        None => (Path::new("/"), Path::new(NOWHERE)),
    };
    clean(&here.join(path.strip_prefix(there).unwrap_or(path)))
}

/// Without `.`, and without `..` where what stands before it is no link.
fn clean(path: &Path) -> PathBuf {
    let mut made = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                let linked = made.symlink_metadata().is_ok_and(|m| m.is_symlink());
                if linked {
                    made = made.canonicalize().unwrap_or(made);
                }
                made.pop();
            }
            other => made.push(other),
        }
    }
    made
}
