//! What a shell knows while it runs: where it is, its variables, its functions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::ast::Node;
use super::path::{clean, in_container, lexical};
use super::word::Word;

/// Nothing is followed deeper: scripts that call scripts, functions that call themselves.
pub(in crate::agent) const DEEPEST: u32 = 24;
/// So many directories a shell may be in at once, as far as can be told.
const PLACES: usize = 64;

/// A function: what it may be, and whether there may be none of that name.
#[derive(Clone, Debug)]
pub(in crate::agent) struct Function {
    /// Its bodies; several where branches define it differently.
    pub bodies: Vec<Rc<Node>>,
    /// Whether it is defined, whatever branch was taken.
    pub certain: bool,
    /// Whether shells below have it.
    pub exported: bool,
}

/// What is known of a file that was written on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::agent) enum Written {
    /// This text.
    Text(String),
    /// What is in it on the disk, and this text.
    More(String),
    /// Nothing.
    Unknown,
    /// What is in that other file.
    Copy(PathBuf),
}

/// The state of a shell.
#[derive(Clone, Debug, Default)]
pub(in crate::agent) struct State {
    /// Where it may be.
    pub cwds: Vec<PathBuf>,
    /// Whether it may be somewhere else.
    pub lost: bool,
    /// Where it is as well if the last `cd` failed.
    pub fallback: Vec<PathBuf>,
    /// Where it was before.
    pub old: Vec<PathBuf>,
    /// The values that each variable may have.
    pub vars: BTreeMap<String, Vec<Word>>,
    /// Variables whose value is the name of another.
    pub refs: BTreeSet<String>,
    /// Variables that keep their value.
    pub fixed: BTreeSet<String>,
    /// Variables of the function that runs.
    pub locals: BTreeSet<String>,
    /// Its functions.
    pub functions: BTreeMap<String, Function>,
    /// Its aliases.
    pub aliases: BTreeMap<String, String>,
    /// What it runs when it ends.
    pub traps: Vec<String>,
    /// What was bound or linked to something else on the way.
    pub links: Vec<(PathBuf, PathBuf)>,
    /// In a container: its folders with what they are here; of all others nothing is known.
    pub lent: Option<Vec<(PathBuf, PathBuf)>>,
    /// Files that were written on the way.
    pub written: BTreeMap<PathBuf, Written>,
    /// Folders that were made on the way.
    pub made: BTreeSet<PathBuf>,
    /// What its arguments may be, all of them together.
    pub args: Vec<Vec<Word>>,
    /// The functions that run, with their words and places.
    pub calls: Vec<(String, Vec<Word>, Vec<PathBuf>)>,
    /// How deep scripts and functions are nested.
    pub depth: u32,
    /// How many loops it is in.
    pub loops: u32,
    /// `set -e`: what fails ends it.
    pub strict: bool,
    /// How many conditions it is in, where nothing that fails ends it.
    pub tested: u32,
    /// Nothing of what follows runs.
    pub ended: bool,
    /// As it was where a loop or a function was left.
    pub left: Option<Box<State>>,
}

impl State {
    /// Of a shell that starts in this directory.
    pub(in crate::agent) fn at(cwd: &Path) -> Self {
        Self { cwds: vec![cwd.to_path_buf()], ..Self::default() }
    }

    /// Gives a variable its values, or more of them.
    pub(in crate::agent) fn assign(&mut self, name: &str, values: Vec<Word>, added: bool) {
        if added || self.fixed.contains(name) {
            union(self.vars.entry(name.to_owned()).or_default(), values);
        } else {
            self.vars.insert(name.to_owned(), values);
        }
    }

    /// It may also be as this one is: of two branches either may have run.
    pub(in crate::agent) fn join(&mut self, mut other: Self) {
        if let Some(left) = other.left.take() {
            self.leave(*left);
        }
        if other.ended {
            return;
        }
        if self.ended {
            other.left = self.left.take();
            *self = other;
            return;
        }
        union(&mut self.cwds, other.cwds);
        self.cwds.truncate(PLACES);
        union(&mut self.fallback, other.fallback);
        union(&mut self.old, other.old);
        self.lost |= other.lost;
        self.strict &= other.strict;
        for (name, values) in other.vars {
            union(self.vars.entry(name).or_default(), values);
        }
        let names: BTreeSet<String> = other.functions.keys().cloned().collect();
        for (name, own) in &mut self.functions {
            own.certain &= names.contains(name);
        }
        for (name, theirs) in other.functions {
            match self.functions.get_mut(&name) {
                Some(own) => {
                    let new = theirs.bodies.into_iter();
                    let new = new.filter(|b| !own.bodies.iter().any(|o| Rc::ptr_eq(o, b)));
                    let new: Vec<_> = new.collect();
                    own.bodies.extend(new);
                    own.certain &= theirs.certain;
                    own.exported |= theirs.exported;
                }
                None => {
                    self.functions.insert(name, Function { certain: false, ..theirs });
                }
            }
        }
        for (path, theirs) in other.written {
            let joined = match (self.written.remove(&path), theirs) {
                (None, theirs) => theirs,
                (Some(own), theirs) if own == theirs => own,
                // Either may be run: together they are both.
                (Some(Written::Text(a)), Written::Text(b)) => Written::Text(format!("{a}{b}")),
                _ => Written::Unknown,
            };
            self.written.insert(path, joined);
        }
        union(&mut self.links, other.links);
        union(&mut self.args, other.args);
        union(&mut self.traps, other.traps);
        self.made.extend(other.made);
        self.refs.extend(other.refs);
        self.fixed.extend(other.fixed);
        self.locals.extend(other.locals);
        self.aliases.extend(other.aliases);
    }

    /// Keeps a state in which a loop or a function was left.
    fn leave(&mut self, state: Self) {
        match &mut self.left {
            Some(left) => left.join(state),
            None => self.left = Some(Box::new(state)),
        }
    }

    /// Whether what fails ends it, here.
    pub(super) fn is_strict(&self) -> bool {
        self.strict && self.tested == 0
    }

    /// `break`, `continue`, `return`: what follows does not run, and all is as it is now.
    pub(super) fn quit(&mut self) {
        let mut now = self.clone();
        now.left = None;
        self.leave(now);
        self.ended = true;
    }

    /// At the end of what was left: as it is there, or where it was left.
    pub(super) fn arrive(&mut self) {
        if let Some(left) = self.left.take() {
            self.join(*left);
        }
    }

    /// As it is where the last command failed.
    pub(super) fn failed(&self) -> Self {
        let mut state = self.clone();
        let back = std::mem::take(&mut state.fallback);
        if !back.is_empty() {
            state.cwds = back;
        }
        state
    }

    /// A file is written, as far as what is written is known.
    pub(in crate::agent) fn write(&mut self, target: &Word, text: Option<&str>, append: bool) {
        let Some(written) = target.literal() else { return };
        for path in self.paths(&written) {
            let before = self.written.remove(&path).filter(|_| append);
            let now = match (before, text) {
                (_, None) | (Some(Written::Unknown | Written::Copy(_)), _) => Written::Unknown,
                (Some(Written::Text(before)), Some(t)) => Written::Text(format!("{before}{t}\n")),
                (Some(Written::More(before)), Some(t)) => Written::More(format!("{before}{t}\n")),
                (None, Some(t)) if append && path.is_file() => Written::More(format!("{t}\n")),
                (None, Some(t)) => Written::Text(format!("{t}\n")),
            };
            self.written.insert(path, now);
        }
    }

    /// Goes to a directory.
    pub(in crate::agent) fn go(&mut self, to: &str, exists: impl Fn(&Path) -> bool) {
        let absolute = Path::new(to).is_absolute();
        let root = [PathBuf::from("/")];
        let from = if absolute { &root[..] } else { &self.cwds[..] };
        let (mut all, mut back) = (Vec::new(), Vec::new());
        for cwd in from {
            let mut places = vec![self.resolve(cwd, to)];
            // A shell goes up by the name that it came down by.
            if to.contains("..") && self.lent.is_none() {
                places.push(lexical(&cwd.join(to)));
            }
            if !places.iter().all(|p| self.made.contains(p) || exists(p)) {
                let stays = if absolute { &self.cwds[..] } else { std::slice::from_ref(cwd) };
                union(&mut back, stays.to_vec());
            }
            union(&mut all, places);
        }
        all.truncate(PLACES);
        self.lost &= !absolute;
        self.move_to(all, back);
    }

    /// Is in one of these directories, or still in these.
    pub(super) fn move_to(&mut self, places: Vec<PathBuf>, back: Vec<PathBuf>) {
        self.old = std::mem::replace(&mut self.cwds, places);
        self.fallback = back;
    }

    /// A `cd` that may have failed leaves the shell where it was.
    pub(in crate::agent) fn settle(&mut self) {
        let back = std::mem::take(&mut self.fallback);
        union(&mut self.cwds, back);
        self.cwds.truncate(PLACES);
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
        let root = [PathBuf::from("/")];
        let from = if Path::new(written).is_absolute() { &root[..] } else { &self.cwds[..] };
        let mut all = Vec::new();
        for cwd in from {
            let path = self.resolve(cwd, written);
            // A mount over a folder that is there may fail.
            let plain = clean(&cwd.join(written));
            if plain != path && self.lent.is_none() && self.is_covered(&plain) {
                all.push(plain);
            }
            all.push(path);
        }
        all
    }

    /// Whether something was put over a folder that is there.
    fn is_covered(&self, path: &Path) -> bool {
        let over = self.links.iter().filter(|(link, _)| path.starts_with(link));
        over.map(|(link, _)| link).any(|l| l.symlink_metadata().is_ok_and(|m| m.is_dir()))
    }
}

/// Adds what is not in it yet.
fn union<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}
