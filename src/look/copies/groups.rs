//! Members that may be the same, put together without holding each against all others, and read as
//! far as a verdict needs it.

use std::collections::{HashMap, HashSet};

use super::member::{Member, hex};
use super::{Depth, content, search};
use crate::crew;
use crate::facts::{Dossier, FileId, Gone, Sameness, Whereabouts};
use crate::look::Eyes;
use crate::sys::mounts::Mount;

/// Equal as far as was sampled: what makes a group.
type Key = ([u8; 32], [u8; 32], [u8; 32]);

/// Members of one group by where they are: left on a disk, in the plan, in a trash; what can best be
/// counted on first.
#[derive(Default)]
struct Places([Vec<usize>; 3]);

/// All members, and which of them share something.
pub(super) struct Groups {
    pub members: Vec<Member>,
    alike: HashMap<Key, Vec<usize>>,
    /// The groups by place: all of each, and those of one content or of none that is known.
    places: HashMap<Key, Places>,
    contents: HashMap<(Key, Option<[u8; 32]>), Places>,
    /// By stamp, of each folder one that is planned and one that is not.
    stamps: HashMap<u64, Vec<usize>>,
    inodes: HashMap<FileId, Vec<usize>>,
}

impl Groups {
    pub(super) fn new(mut members: Vec<Member>, gone: &[&Gone]) -> Self {
        sample(&mut members, gone);
        let (mut alike, mut stamps): (HashMap<Key, Vec<usize>>, HashMap<u64, Vec<usize>>) =
            (HashMap::new(), HashMap::new());
        let mut inodes: HashMap<FileId, Vec<usize>> = HashMap::new();
        let mut seen = HashSet::new();
        for (at, member) in members.iter().enumerate() {
            if let Some(key) = key(member) {
                alike.entry(key).or_default().push(at);
            }
            if let Some(stamp) = &member.stamp
                && seen.insert((stamp.folder.clone(), member.planned))
            {
                stamps.entry(stamp.stamp).or_default().push(at);
            }
            if let Some((_, meta)) = member.files.iter().find(|(_, meta)| meta.nlink > 1) {
                inodes.entry(meta.id).or_default().push(at);
            }
        }
        let (places, contents) = (HashMap::new(), HashMap::new());
        Self { members, alike, places, contents, stamps, inodes }
    }

    /// Those whose copies are asked for, with their places in the dossiers.
    pub(super) fn subjects(&self) -> Vec<(usize, (usize, usize))> {
        let all = self.members.iter().enumerate();
        all.filter_map(|(at, m)| Some((at, m.subject?))).collect()
    }

    /// Puts the members of each group in order, once nothing more is read.
    pub(super) fn sort(&mut self, mounts: &[Mount]) {
        for (key, group) in &self.alike {
            let mut group = group.clone();
            group.sort_by_cached_key(|at| {
                let member = &self.members[*at];
                (search::volatile(member, mounts).is_some(), member.since(), *at)
            });
            for at in group {
                let member = &self.members[at];
                let place = match (member.planned, member.thrown) {
                    (true, _) => 1,
                    (false, Some(_)) => 2,
                    (false, None) => 0,
                };
                let content = (*key, member.content);
                self.places.entry(*key).or_default().0[place].push(at);
                self.contents.entry(content).or_default().0[place].push(at);
            }
        }
    }

    /// Others that are, or may be, the same: of each place and each kind the first few.
    pub(super) fn alike(&self, at: usize, few: usize) -> Vec<usize> {
        let own = &self.members[at];
        let Some(key) = key(own) else { return Vec::new() };
        // What is known to be different is left out.
        let lists: Vec<&Places> = match own.content {
            None => self.places.get(&key).into_iter().collect(),
            some => {
                let same = self.contents.get(&(key, some));
                same.into_iter().chain(self.contents.get(&(key, None))).collect()
            }
        };
        let mut found = Vec::new();
        for list in lists.iter().flat_map(|places| &places.0) {
            let others = list.iter().copied().filter(|other| *other != at);
            let apart = others.filter(|other| !self.members[*other].is_same_file(own));
            found.extend(apart.take(few));
        }
        found
    }

    /// The others that share an inode with it.
    pub(super) fn linked(&self, at: usize) -> impl Iterator<Item = usize> {
        let linked = self.members[at].files.iter().find(|(_, meta)| meta.nlink > 1);
        let all = linked.and_then(|(_, meta)| self.inodes.get(&meta.id)).into_iter().flatten();
        all.copied().filter(move |other| *other != at)
    }

    /// Others whose folder carries the same stamp.
    pub(super) fn stamped(&self, at: usize) -> impl Iterator<Item = usize> {
        let own = &self.members[at];
        let all = own.stamp.as_ref().and_then(|s| self.stamps.get(&s.stamp)).into_iter().flatten();
        all.copied().filter(move |other| {
            let theirs = self.members[*other].stamp.as_ref();
            theirs.is_some_and(|s| own.shares_stamp(&s.folder, s.stamp))
        })
    }

    /// What was compared byte by byte for the plan, and has not changed since, is not read again.
    pub(super) fn recall(&mut self, dossiers: &[Dossier]) {
        for (at, (target, model)) in self.subjects() {
            let alike = key(&self.members[at]).and_then(|key| self.alike.get(&key));
            let alike = alike.cloned().unwrap_or_default();
            for twin in &dossiers[target].models[model].copies {
                if twin.how != Sameness::Verified || twin.place != Whereabouts::Here {
                    continue;
                }
                let same = |o: &&usize| {
                    let other = &self.members[**o];
                    !other.planned && other.path == twin.path && other.files == twin.files
                };
                if let Some(other) = alike.iter().find(same).copied() {
                    // Only whether two are equal is ever asked.
                    let content = self.members[at].content.or(self.members[other].content);
                    let content = content.or(self.members[at].deep);
                    self.members[at].content = content;
                    self.members[other].content = content;
                }
            }
        }
    }

    /// Hashes what has to be: everything that may be the same, or, where some of it goes or went,
    /// that and what may be left, until each of it has a copy that is.
    pub(super) fn read(&mut self, depth: Depth, mounts: &[Mount], eyes: &Eyes<'_>) {
        let mut groups: Vec<Vec<usize>> = self.alike.values().cloned().collect();
        groups.sort();
        for group in groups {
            let asked = group.iter().any(|m| self.members[*m].subject.is_some());
            if !asked || group.len() < 2 && !self.members[group[0]].sound {
                continue;
            }
            let (going, here): (Vec<usize>, Vec<usize>) = group.iter().copied().partition(|m| {
                let member = &self.members[*m];
                member.planned || member.thrown.is_some()
            });
            if depth == Depth::Full {
                group.iter().filter(|_| group.len() > 1).for_each(|m| self.hash(*m, eyes));
                continue;
            }
            // One that goes alone, of which nothing went before, takes nothing that is not elsewhere.
            let lone = going.len() < 2 && !going.iter().any(|m| self.members[*m].went);
            let lasting = |m: &usize| {
                let member = &self.members[*m];
                member.sound && search::volatile(member, mounts).is_none()
            };
            let here: Vec<usize> = here.into_iter().filter(lasting).collect();
            if lone || here.is_empty() {
                continue;
            }
            let planned: Vec<usize> =
                going.into_iter().filter(|m| self.members[*m].planned).collect();
            planned.iter().for_each(|m| self.hash(*m, eyes));
            for one in here {
                let known = |m: &usize| self.members[*m].content;
                let left = planned.iter().any(|m| {
                    !group.iter().any(|o| {
                        !self.members[*o].planned && known(o).is_some() && known(o) == known(m)
                    })
                });
                if left {
                    self.hash(one, eyes);
                }
            }
        }
    }

    fn hash(&mut self, at: usize, eyes: &Eyes<'_>) {
        let member = &mut self.members[at];
        if member.content.is_none() && member.sound {
            member.content = content::content(&member.files, eyes.progress).ok();
        }
    }
}

fn key(member: &Member) -> Option<Key> {
    Some((member.structure?, member.sample?, member.deep?))
}

/// Samples every member whose shape another one has, or had; those that a few blocks do not tell
/// apart, thoroughly.
fn sample(members: &mut [Member], gone: &[&Gone]) {
    let prints: HashSet<&str> =
        gone.iter().flat_map(|g| &g.prints).map(|p| p.structure.as_str()).collect();
    let mut counts: HashMap<[u8; 32], (usize, bool)> = HashMap::new();
    for member in members.iter() {
        if let Some(structure) = member.structure {
            let count = counts.entry(structure).or_default();
            *count = (count.0 + 1, count.1 || member.subject.is_some());
        }
    }
    let wanted = |member: &Member| {
        member.structure.is_some_and(|structure| {
            let (count, asked) = counts.get(&structure).copied().unwrap_or_default();
            asked && (count > 1 || prints.contains(hex(&structure).as_str()))
        })
    };
    let several: Vec<&mut Member> = members.iter_mut().filter(|m| wanted(m)).collect();
    crew::run(several, || (), |member, _, ()| member.sample());
    let mut close: HashMap<([u8; 32], [u8; 32]), usize> = HashMap::new();
    for member in members.iter() {
        if let Some(key) = member.structure.zip(member.sample) {
            *close.entry(key).or_default() += 1;
        }
    }
    let was = |member: &Member| gone.iter().any(|g| g.prints.iter().any(|p| member.was(p)));
    let near = |member: &Member| {
        let key = member.structure.zip(member.sample);
        key.is_some_and(|key| close.get(&key).is_some_and(|n| *n > 1)) || was(member)
    };
    let several: Vec<&mut Member> =
        members.iter_mut().filter(|m| m.sample.is_some() && near(m)).collect();
    crew::run(several, || (), |member, _, ()| member.deepen());
    for member in members.iter_mut().filter(|m| m.sample.is_some()) {
        member.went = was(member);
    }
}
