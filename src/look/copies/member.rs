//! One set of weights that takes part in a comparison.

use std::path::{Path, PathBuf};

use super::{join, sample};
use crate::facts::{Completeness, Dossier, Meta, Model, Print, Stamp};
use crate::look::inventory::Found;
use crate::look::names;

/// The weights with what is known of them so far.
pub(super) struct Member {
    pub path: PathBuf,
    /// Target and model of the dossiers, where it is one of theirs.
    pub subject: Option<(usize, usize)>,
    /// It is to go by this plan.
    pub planned: bool,
    /// It lies in a trash since then.
    pub thrown: Option<Stamp>,
    pub files: Vec<(PathBuf, Meta)>,
    pub structure: Option<[u8; 32]>,
    pub stamp: Option<Stamped>,
    /// The same, as far as is known, went before.
    pub went: bool,
    /// Nothing of it is missing, and its files are all that it is.
    pub sound: bool,
    pub sample: Option<[u8; 32]>,
    pub deep: Option<[u8; 32]>,
    pub content: Option<[u8; 32]>,
}

/// A folder whose name carries a day and a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamped {
    pub folder: PathBuf,
    pub stamp: u64,
}

/// Layouts of many small files, of which not all are known by name: never compared byte by byte.
const SCATTERED: &[&str] = &["Orbax checkpoint"];

fn new(root: &Path, lies: &Path, model: &Model) -> Member {
    let scattered = SCATTERED.contains(&model.format.as_str());
    let damaged = matches!(model.complete, Completeness::Damaged(_));
    Member {
        path: join(root, &model.path),
        subject: None,
        planned: false,
        thrown: None,
        went: false,
        files: model.files.iter().map(|(path, meta)| (join(lies, path), *meta)).collect(),
        structure: model.structure,
        stamp: stamped(root, &model.path),
        sound: !scattered && !damaged && !model.files.is_empty(),
        sample: None,
        deep: None,
        content: None,
    }
}

/// Every model of the targets. What a package has installed, and what holds no weights, has no copies.
pub(super) fn planned(dossiers: &[Dossier]) -> Vec<Member> {
    let mut members = Vec::new();
    for (target, dossier) in dossiers.iter().enumerate() {
        for (at, model) in dossier.models.iter().enumerate() {
            let pointer = model.kind == crate::facts::ModelKind::Pointer;
            if !model.installed && !pointer {
                let lies = dossier.trashed.as_ref().unwrap_or(&dossier.path);
                let subject = Some((target, at));
                members.push(Member { subject, planned: true, ..new(&dossier.path, lies, model) });
            }
        }
    }
    members
}

/// A model outside of the plan.
pub(super) fn elsewhere(found: &Found) -> Member {
    new(&found.root, &found.root, &found.model)
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

impl Member {
    /// Reads a few blocks; without files the structure is all there is.
    pub(super) fn sample(&mut self) {
        if self.sample.is_none() {
            self.sample =
                if self.files.is_empty() { self.structure } else { sample::few(&self.files).ok() };
        }
    }

    /// Reads blocks of every tensor.
    pub(super) fn deepen(&mut self) {
        if self.deep.is_none() {
            self.deep = if self.files.is_empty() {
                self.structure
            } else {
                sample::every(&self.files).ok()
            };
        }
    }

    /// By what it is known again when it is gone. What cannot be read is known by its structure.
    pub(super) fn print(&mut self) -> Option<Print> {
        self.sample();
        self.deepen();
        let structure = hex(self.structure.as_ref()?);
        let or_none = |hash: &Option<[u8; 32]>| hash.as_ref().map(hex).unwrap_or_default();
        Some(Print { structure, sample: or_none(&self.sample), deep: or_none(&self.deep) })
    }

    /// Whether these gone weights were, as far as can be told, the same; `deep` samples count where
    /// both are there.
    pub(super) fn was(&self, print: &Print) -> bool {
        let same = |own: &Option<[u8; 32]>, theirs: &str| {
            theirs.is_empty() || own.as_ref().is_none_or(|own| hex(own) == theirs)
        };
        self.structure.as_ref().is_some_and(|s| hex(s) == print.structure)
            && same(&self.sample, &print.sample)
            && same(&self.deep, &print.deep)
    }

    /// Names of the same inodes, all of them: no second copy.
    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        let has = |list: &[(PathBuf, Meta)], id| list.iter().any(|(_, meta)| meta.id == id);
        !self.files.is_empty()
            && self.files.iter().all(|(_, meta)| has(&other.files, meta.id))
            && other.files.iter().all(|(_, meta)| has(&self.files, meta.id))
    }

    /// When its newest file was written or came here.
    pub(super) fn since(&self) -> Stamp {
        let metas = self.files.iter().map(|(_, meta)| meta);
        metas.map(|m| m.mtime.max(m.btime.unwrap_or(m.ctime))).max().unwrap_or_default()
    }

    /// Whether its folder carries the stamp of another folder's.
    pub(super) fn shares_stamp(&self, folder: &Path, stamp: u64) -> bool {
        self.stamp.as_ref().is_some_and(|own| {
            let apart = !own.folder.starts_with(folder) && !folder.starts_with(&own.folder);
            own.stamp == stamp && apart
        })
    }
}

/// Half of a hash is enough to know it again.
pub(super) fn hex(hash: &[u8; 32]) -> String {
    blake3::Hash::from(*hash).to_hex()[..32].to_owned()
}
