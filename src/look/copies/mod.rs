//! Where else the weights of the targets' models are: in the plan, in the trash, on a disk.
//!
//! Models are compared by the shape of all tensors, then by a sample, and only where a verdict
//! depends on it, or on request, by every byte. Which of it counts is for the rules to say.

mod content;
mod extents;
mod lineage;
mod sample;
mod search;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::inventory::Found;
use super::{Eyes, names};
use crate::facts::{Dossier, FileId, Gone, Meta, Model, Print, Sameness, Stamp, Twin, Whereabouts};
use crate::sys::mounts::{self, Mount};

/// How thoroughly weights are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// By every byte where a verdict depends on it.
    Needed,
    /// By every byte wherever they may be the same.
    Full,
}

/// One set of weights that takes part in the comparison.
struct Member {
    path: PathBuf,
    /// Target and model of the dossiers, where it is one of theirs.
    subject: Option<(usize, usize)>,
    /// It is to go by this plan.
    planned: bool,
    files: Vec<(PathBuf, Meta)>,
    structure: Option<[u8; 32]>,
    stamp: Option<Stamped>,
    sample: Option<[u8; 32]>,
    content: Option<[u8; 32]>,
}

/// A folder whose name carries a day and a time.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamped {
    folder: PathBuf,
    stamp: u64,
}

/// Finds the copies of every model in the plan and writes them into the dossiers.
pub(super) fn find(dossiers: &mut [Dossier], gone: &[Gone], depth: Depth, eyes: &Eyes<'_>) {
    let mut members = planned(dossiers);
    if members.is_empty() {
        return;
    }
    let (found, searched) = search::search(dossiers, eyes);
    let searched = Arc::new(searched);
    for dossier in dossiers.iter_mut() {
        dossier.searched = Arc::clone(&searched);
    }
    lineage::trace(dossiers, &found);
    members.extend(found.into_iter().map(elsewhere));
    compare(dossiers, members, gone, depth, eyes);
}

/// The same among the models of a list, each the target of a dossier of its own and none of them
/// to go.
pub(super) fn among(dossiers: &mut [Dossier], gone: &[Gone], depth: Depth, eyes: &Eyes<'_>) {
    let mut members = planned(dossiers);
    members.retain(|m| {
        let own =
            |(d, model): (usize, usize)| dossiers[d].models[model].path.as_os_str().is_empty();
        m.subject.is_some_and(own)
    });
    for member in &mut members {
        member.planned = false;
    }
    lineage::trace_among(dossiers);
    compare(dossiers, members, gone, depth, eyes);
}

fn compare(
    dossiers: &mut [Dossier],
    mut members: Vec<Member>,
    gone: &[Gone],
    depth: Depth,
    eyes: &Eyes<'_>,
) {
    let mounts = mounts::read().unwrap_or_default();
    sample_all(&mut members, gone);
    recall(&mut members, dossiers);
    let lies: Vec<&Path> = dossiers.iter().filter_map(|d| d.trashed.as_deref()).collect();
    let gone: Vec<&Gone> = gone.iter().filter(|g| !lies.contains(&g.lies.as_path())).collect();
    let index = Index::new(&members);
    let mut twins = Vec::new();
    for at in 0..members.len() {
        let Some(place) = members[at].subject else { continue };
        let going = gone_twins(&members[at], &gone);
        let others = index.of(at, &members);
        let alike = |o: &usize| is_alike(&members[at], &members[*o]);
        let (planned, here): (Vec<usize>, Vec<usize>) =
            others.iter().copied().filter(alike).partition(|o| members[*o].planned);
        if depth == Depth::Full {
            for other in here.into_iter().chain(planned) {
                hash(&mut members, at, eyes);
                hash(&mut members, other, eyes);
            }
        } else if !going.is_empty() || !planned.is_empty() {
            // Two of the plan need no reading: with no survivor they are refused as they are.
            let lasting = |o: &usize| search::volatile(&members[*o], &mounts).is_none();
            for other in here.into_iter().filter(lasting).collect::<Vec<_>>() {
                hash(&mut members, at, eyes);
                hash(&mut members, other, eyes);
                if members[at].content.is_some() && members[at].content == members[other].content {
                    break;
                }
            }
        }
        let own = &members[at];
        let mut list = going;
        list.extend(others.iter().filter_map(|o| twin(own, &members[*o], &mounts)));
        list.sort_by(|a, b| a.path.cmp(&b.path));
        twins.push((place, list));
    }
    for ((target, model), list) in twins {
        dossiers[target].models[model].copies = list;
    }
}

/// What was compared byte by byte for the plan, and has not changed since, need not be read again.
fn recall(members: &mut [Member], dossiers: &[Dossier]) {
    for at in 0..members.len() {
        let Some((target, model)) = members[at].subject else { continue };
        for twin in &dossiers[target].models[model].copies {
            let same = |m: &Member| !m.planned && m.path == twin.path && m.files == twin.files;
            let verified = twin.how == Sameness::Verified && twin.place == Whereabouts::Here;
            if verified && let Some(other) = members.iter().position(same) {
                // Only whether two are equal is ever asked.
                let content = members[at].content.or(members[other].content);
                let content = content.or(members[at].sample);
                members[at].content = content;
                members[other].content = content;
            }
        }
    }
}

/// How many others of one kind are told of a model: what has thousands of copies needs no more.
const TOLD: usize = 3;

/// Those that share something, the ones outside of the plan apart.
#[derive(Default)]
struct Bucket {
    here: Vec<usize>,
    planned: Vec<usize>,
}

/// Which members may be the same, without holding each against all others.
struct Index {
    samples: HashMap<[u8; 32], Bucket>,
    stamps: HashMap<u64, Bucket>,
    inodes: HashMap<FileId, Bucket>,
}

impl Index {
    fn new(members: &[Member]) -> Self {
        let (mut samples, mut stamps, mut inodes) =
            (HashMap::new(), HashMap::new(), HashMap::new());
        for (at, member) in members.iter().enumerate() {
            // One more than are told, for the one that asks may be among them.
            let add = |bucket: &mut Bucket| {
                let list = if member.planned { &mut bucket.planned } else { &mut bucket.here };
                if list.len() <= TOLD {
                    list.push(at);
                }
            };
            if let Some(sample) = member.sample {
                add(samples.entry(sample).or_default());
            }
            if let Some(stamped) = &member.stamp {
                add(stamps.entry(stamped.stamp).or_default());
            }
            for (_, meta) in member.files.iter().filter(|(_, meta)| meta.nlink > 1) {
                add(inodes.entry(meta.id).or_default());
            }
        }
        Self { samples, stamps, inodes }
    }

    /// The others that share something with a member, those of each kind bounded.
    fn of(&self, at: usize, members: &[Member]) -> BTreeSet<usize> {
        let own = &members[at];
        let sample = own.sample.as_ref().and_then(|s| self.samples.get(s));
        let stamp = own.stamp.as_ref().and_then(|s| self.stamps.get(&s.stamp));
        let links = own.files.iter().filter(|(_, meta)| meta.nlink > 1);
        let links = links.filter_map(|(_, meta)| self.inodes.get(&meta.id));
        let buckets = sample.into_iter().chain(stamp).chain(links);
        let all = buckets.flat_map(|bucket| bucket.here.iter().chain(&bucket.planned));
        all.copied().filter(|o| *o != at).collect()
    }
}

/// The hashes by which each model of a target is known again.
pub(super) fn prints(dossier: &Dossier) -> Vec<Print> {
    let all = dossier.models.iter().filter_map(|model| {
        let sample = sample::sample(&places(dossier, model)).ok()?;
        Some(print(model.structure.as_ref()?, &sample))
    });
    all.collect()
}

/// Half of each hash is enough to know it again.
fn print(structure: &[u8; 32], sample: &[u8; 32]) -> Print {
    let hex = |bytes: &[u8; 32]| blake3::Hash::from(*bytes).to_hex()[..32].to_owned();
    Print { structure: hex(structure), sample: hex(sample) }
}

/// The stamps of the folders that a target's models lie in.
pub(super) fn stamps(dossier: &Dossier) -> Vec<u64> {
    let models = dossier.models.iter();
    let mut stamps: Vec<u64> =
        models.filter_map(|m| Some(stamped(&dossier.path, &m.path)?.stamp)).collect();
    stamps.sort_unstable();
    stamps.dedup();
    stamps
}

fn places(dossier: &Dossier, model: &Model) -> Vec<(PathBuf, Meta)> {
    let root = dossier.trashed.as_ref().unwrap_or(&dossier.path);
    model.files.iter().map(|(path, meta)| (join(root, path), *meta)).collect()
}

fn join(root: &Path, path: &Path) -> PathBuf {
    if path.as_os_str().is_empty() { root.to_path_buf() } else { root.join(path) }
}

fn planned(dossiers: &[Dossier]) -> Vec<Member> {
    let mut members = Vec::new();
    for (target, dossier) in dossiers.iter().enumerate() {
        for (model, facts) in dossier.models.iter().enumerate() {
            if facts.installed || facts.files.is_empty() {
                continue;
            }
            members.push(Member {
                path: join(&dossier.path, &facts.path),
                subject: Some((target, model)),
                planned: true,
                files: places(dossier, facts),
                structure: facts.structure,
                stamp: stamped(&dossier.path, &facts.path),
                sample: None,
                content: None,
            });
        }
    }
    members
}

fn elsewhere(found: Found) -> Member {
    let Found { path, root, model } = found;
    let stamp = stamped(&root, &model.path);
    let files = model.files.iter().map(|(p, meta)| (join(&root, p), *meta)).collect();
    let structure = model.structure;
    let (subject, planned, sample, content) = (None, false, None, None);
    Member { path, subject, planned, files, structure, stamp, sample, content }
}

/// The nearest folder of a model whose name carries a day and a time.
fn stamped(root: &Path, model: &Path) -> Option<Stamped> {
    let full = join(root, model);
    let most = model.components().count() + 2;
    full.ancestors().take(most).find_map(|folder| {
        let named = names::parse(&folder.file_name()?.to_string_lossy())?;
        let date = named.date.filter(|d| d.time() != chrono::NaiveTime::MIN)?;
        let stamp = date.format("%Y%m%d%H%M%S").to_string().parse().ok()?;
        Some(Stamped { folder: folder.to_path_buf(), stamp })
    })
}

/// Samples every member whose shape another one has, or had.
fn sample_all(members: &mut [Member], gone: &[Gone]) {
    let mut counts: HashMap<[u8; 32], usize> = HashMap::new();
    for structure in members.iter().filter_map(|m| m.structure) {
        *counts.entry(structure).or_default() += 1;
    }
    let planned: HashSet<[u8; 32]> =
        members.iter().filter(|m| m.subject.is_some()).filter_map(|m| m.structure).collect();
    let was = |structure: &[u8; 32]| {
        let own = print(structure, structure).structure;
        gone.iter().flat_map(|g| &g.prints).any(|p| p.structure == own)
    };
    for member in members {
        let Some(structure) = &member.structure else { continue };
        let several = counts.get(structure).is_some_and(|n| *n > 1);
        if planned.contains(structure) && (several || was(structure)) {
            member.sample = sample::sample(&member.files).ok();
        }
    }
}

fn hash(members: &mut [Member], at: usize, eyes: &Eyes<'_>) {
    let member = &mut members[at];
    if member.content.is_none() {
        member.content = content::content(&member.files, eyes.progress).ok();
    }
}

/// Equal as far as was looked; one of the two may be different still.
fn is_alike(a: &Member, b: &Member) -> bool {
    a.sample.is_some()
        && a.sample == b.sample
        && !is_same_file(a, b)
        && (a.content.is_none() || b.content.is_none() || a.content == b.content)
}

/// Shares an inode: no second copy.
fn is_same_file(a: &Member, b: &Member) -> bool {
    a.files.iter().any(|(_, x)| b.files.iter().any(|(_, y)| x.id == y.id))
}

fn twin(own: &Member, other: &Member, mounts: &[Mount]) -> Option<Twin> {
    let same_stamp = own.stamp.as_ref().zip(other.stamp.as_ref()).is_some_and(|(a, b)| {
        let apart = !a.folder.starts_with(&b.folder) && !b.folder.starts_with(&a.folder);
        a.stamp == b.stamp && apart
    });
    let how = if is_same_file(own, other) {
        Sameness::SameFile
    } else if !is_alike(own, other) {
        Sameness::Unknown
    } else if own.content.is_some() && own.content == other.content {
        Sameness::Verified
    } else {
        Sameness::Probably
    };
    if how == Sameness::Unknown && !same_stamp {
        return None;
    }
    let metas = || other.files.iter().map(|(_, meta)| meta);
    let (mine, theirs) = (own.files.first()?.1, other.files.first()?.1);
    let since = metas().map(|m| m.mtime.max(m.btime.unwrap_or(m.ctime))).max();
    Some(Twin {
        path: other.path.clone(),
        how,
        place: if other.planned { Whereabouts::Planned } else { Whereabouts::Here },
        same_stamp,
        same_disk: mine.id.dev == theirs.id.dev,
        volatile: search::volatile(other, mounts),
        since: since.unwrap_or_default(),
        files: other.files.clone(),
    })
}

/// What went before and was, or may have been, the same.
fn gone_twins(own: &Member, gone: &[&Gone]) -> Vec<Twin> {
    let own_print =
        own.structure.zip(own.sample).map(|(structure, sample)| print(&structure, &sample));
    let stamp = own.stamp.as_ref().map(|s| s.stamp);
    let twins = gone.iter().filter_map(|g| {
        let alike = own_print.as_ref().is_some_and(|own| g.prints.contains(own));
        let same_stamp = stamp.is_some_and(|s| g.stamps.contains(&s));
        (alike || same_stamp).then(|| Twin {
            path: g.path.clone(),
            how: if alike { Sameness::Probably } else { Sameness::Unknown },
            place: Whereabouts::Gone(g.at),
            same_stamp,
            same_disk: false,
            volatile: None,
            since: Stamp::default(),
            files: Vec::new(),
        })
    });
    twins.collect()
}
