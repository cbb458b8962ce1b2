//! The other members of a series: models beside each other whose names differ in a date or a step.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use super::names::{self, Named};
use super::{Eyes, identify, survey};
use crate::facts::{Completeness, FileId, Member, Model, Stamp};
use crate::sys::dir;

/// How far above a target the folder may lie that carries the date.
const ABOVE: usize = 3;

/// What is remembered of a sibling.
#[derive(Clone, Debug)]
struct Sibling {
    structure: Option<[u8; 32]>,
    complete: bool,
    step: Option<u64>,
    weights: Option<FileId>,
    written: Option<Stamp>,
    says_best: Option<String>,
}

/// What makes two models members of one series.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Group {
    parent: PathBuf,
    stem: String,
    numbers: usize,
    inner: PathBuf,
}

/// Looks for series and remembers what it saw.
#[derive(Debug)]
pub(super) struct Series<'a> {
    eyes: &'a Eyes<'a>,
    seen: HashMap<PathBuf, Option<Sibling>>,
    listed: HashMap<PathBuf, Arc<Vec<(PathBuf, Named)>>>,
    groups: HashMap<Group, Arc<Vec<Member>>>,
    bests: HashMap<PathBuf, Option<String>>,
}

impl<'a> Series<'a> {
    pub(super) fn new(eyes: &'a Eyes<'a>) -> Self {
        let (seen, listed) = (HashMap::new(), HashMap::new());
        Self { eyes, seen, listed, groups: HashMap::new(), bests: HashMap::new() }
    }

    /// Gives each of a target's models the members of its series, itself included.
    pub(super) fn add(&mut self, target: &Path, models: &mut [Model]) {
        let full = |model: &Model| {
            let whole = model.path.as_os_str().is_empty();
            if whole { target.to_path_buf() } else { target.join(&model.path) }
        };
        for model in models.iter() {
            self.seen.insert(full(model), Some(of_model(model)));
        }
        for model in models {
            let place = full(model);
            model.series = self.of(&place, model);
            if let (Some(run), Some(name)) = (place.parent(), place.file_name())
                && !model.series.is_empty()
            {
                let best = self.bests.entry(run.to_path_buf());
                let best = best.or_insert_with_key(|run| identify::best_of_run(run));
                model.best_of_run = best.as_deref().is_some_and(|best| name == best);
            }
        }
    }

    /// The weights may lie below the folder that carries the date: `snapshots/DATE/merged`. The
    /// nearest such folder counts.
    fn of(&mut self, path: &Path, model: &Model) -> Arc<Vec<Member>> {
        let inside = model.path.components().count();
        let near = path.ancestors().take(inside + 1 + ABOVE).enumerate();
        let bare = model.format == ORBAX;
        let named = |p: &Path| named(p).or_else(|| if bare { number(p) } else { None });
        let found = near.filter_map(|(up, p)| Some((up, p, named(p)?))).next();
        let Some((up, base, own)) = found else { return Arc::default() };
        let Some(parent) = base.parent() else { return Arc::default() };
        let group = Group {
            parent: parent.to_path_buf(),
            stem: own.stem,
            numbers: own.key.len(),
            inner: path.strip_prefix(base).unwrap_or(Path::new("")).to_path_buf(),
        };
        let members = match self.groups.get(&group) {
            Some(members) => Arc::clone(members),
            None => {
                let members = Arc::new(self.members(&group, base, path));
                self.groups.insert(group, Arc::clone(&members));
                members
            }
        };
        // A dated folder further up makes a series only where others like it exist.
        let alike = |m: &&Member| m.structure.is_some() && m.structure == model.structure;
        let far = up > inside + 1;
        if far && members.iter().filter(alike).count() < 2 { Arc::default() } else { members }
    }

    fn members(&mut self, group: &Group, base: &Path, path: &Path) -> Vec<Member> {
        let (mut members, mut stateless) = (Vec::new(), Vec::new());
        let today = self.eyes.clock.local(self.eyes.clock.now()).naive_local();
        let tomorrow = today + chrono::Duration::days(1);
        let listed = self.listed.entry(group.parent.clone());
        let listed = Arc::clone(listed.or_insert_with_key(|p| Arc::new(list(p))));
        // What lies in a trash is a member of the series that it was taken out of.
        let gone = listed.iter().all(|(entry, _)| entry != base);
        let own = gone
            .then(|| Some((base.to_path_buf(), named(path.ancestors().find(|p| *p == base)?)?)));
        for (entry, named) in listed.iter().chain(own.flatten().as_ref()) {
            if named.stem != group.stem || named.key.len() != group.numbers {
                continue;
            }
            let inner = group.inner.as_os_str().is_empty();
            let place = if inner { entry.clone() } else { entry.join(&group.inner) };
            let seen = self.seen.entry(place.clone());
            let sibling = seen.or_insert_with_key(|p| sibling(p, self.eyes)).clone();
            let Some(sibling) = sibling else { continue };
            let step = sibling.step.filter(|_| named.date.is_none());
            stateless.push(step.is_none() && named.date.is_none());
            // The last number of a name is the one that grows: a date after that of a base.
            let key = || named.key.iter().rev().copied().collect();
            members.push(Member {
                path: place,
                key: step.map_or_else(key, |s| vec![s]),
                // What is dated after today is newer than nothing.
                complete: sibling.complete && named.date.is_none_or(|date| date < tomorrow),
                structure: sibling.structure,
                weights: sibling.weights,
                written: sibling.written,
                says_best: sibling.says_best,
            });
        }
        // A Trainer writes its state last: beside those that have one, one without is unfinished.
        if stateless.contains(&false) {
            for (member, stateless) in members.iter_mut().zip(stateless) {
                member.complete &= !stateless;
            }
        }
        members.sort_by(|a, b| b.key.cmp(&a.key).then_with(|| a.path.cmp(&b.path)));
        members
    }
}

/// Orbax names its steps by the number alone.
const ORBAX: &str = "Orbax checkpoint";

fn number(path: &Path) -> Option<Named> {
    let name = path.file_name()?.to_str()?;
    let step =
        name.parse().ok().filter(|_| name.len() < 9 && name.bytes().all(|b| b.is_ascii_digit()));
    Some(Named { stem: String::new(), key: vec![step?], date: None })
}

fn named(path: &Path) -> Option<Named> {
    names::parse(&path.file_name()?.to_string_lossy())
}

/// The entries of a folder whose names carry a date or a step; a link is no other model.
fn list(parent: &Path) -> Vec<(PathBuf, Named)> {
    let entries = WalkDir::new(parent).min_depth(1).max_depth(1).into_iter().flatten();
    let own = entries.filter(|e| !e.path_is_symlink());
    let named = |p: &Path| named(p).or_else(|| number(p));
    own.filter_map(|e| Some((e.path().to_path_buf(), named(e.path())?))).collect()
}

fn of_model(model: &Model) -> Sibling {
    Sibling {
        structure: model.structure,
        complete: !matches!(model.complete, Completeness::Damaged(_)),
        step: model.step,
        weights: model.weights,
        written: model.weights_written,
        says_best: model.says_best.clone(),
    }
}

fn sibling(path: &Path, eyes: &Eyes<'_>) -> Option<Sibling> {
    let parent = dir::open_search(path.parent()?).ok()?;
    let tree =
        survey::survey(parent, path.file_name()?, eyes.surroundings.euid, eyes.progress).ok()?;
    let models = identify::identify(&tree, path);
    models.iter().find(|(m, _)| m.path.as_os_str().is_empty()).map(|(m, _)| of_model(m))
}
