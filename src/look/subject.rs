//! What `safe-rm label` can label: the models of a target, each with the place of its label, what
//! lies there now, and the fingerprint of its weights.

use std::cell::OnceCell;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::covers::{self, Files};
use super::identify::{self, Place};
use super::tree::{ROOT, Tree, chain_of, open_chain};
use super::{Eyes, Target, Wholes, enrich, labels, read, survey};
use crate::facts::{FileKind, Label, Meta, Model, Times};
use crate::sys::dir;

/// A surveyed target with the models in it.
#[derive(Debug)]
pub struct Subjects {
    tree: Tree,
    target: PathBuf,
    models: Vec<(Model, Place)>,
    files: OnceCell<Files>,
    /// The times of the target's own folder before it was listed.
    before: Option<Times>,
}

/// One thing that a label can speak of.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    of: &'a Subjects,
    place: Place,
    /// A model, or the checkpoints of a run.
    speaks_of: &'a [(Model, Place)],
}

/// The file in which a label is, or is to be.
#[derive(Debug)]
pub struct LabelFile {
    /// The folder, opened without following a link below the target.
    pub folder: OwnedFd,
    /// Its name there.
    pub name: OsString,
    /// What lies there now.
    pub old: Option<Old>,
    /// The times that the folder had.
    pub times: Times,
}

/// A label file as it was looked at.
#[derive(Clone, Debug)]
pub struct Old {
    /// What statx said.
    pub meta: Meta,
    /// What it says.
    pub text: String,
}

/// Surveys a target for its models.
///
/// # Errors
/// Where it cannot be looked at, is a link, or is only a part of a model.
pub fn subjects(target: &Target, eyes: &Eyes<'_>) -> Result<Subjects> {
    let shown = target.path.display();
    let cannot = || format!("cannot look at `{shown}`");
    if let Some(why) = &target.ambiguous {
        bail!("{why}");
    }
    let meta = dir::stat_name(&target.parent, &target.name).with_context(cannot)?;
    if meta.kind == FileKind::Symlink {
        bail!("`{shown}` is a link: name what it points to");
    }
    let folder = dir::open_dir_at(&target.parent, &target.name);
    let before = folder.ok().and_then(|open| dir::times(open).ok());
    let euid = eyes.surroundings.euid;
    let tree = survey::survey(&target.parent, &target.name, euid, eyes.progress);
    let tree = tree.with_context(cannot)?;
    let mut models = identify::identify(&tree, &target.path);
    let moved = std::collections::HashMap::new();
    enrich::enrich(&mut models, &tree, &target.path, eyes.clock, &moved);
    // A label in a part would make it stand for itself.
    let with = [target.path.clone()];
    if let Some(whole) = Wholes::new(&with).part_of(&target.path, &tree.meta) {
        bail!("`{shown}` is only a part of {whole}: label that");
    }
    Ok(Subjects { tree, target: target.path.clone(), models, files: OnceCell::new(), before })
}

/// What a label file of this content says: the label if it is one, and what pins, label or not.
pub fn read_label(text: &str) -> (Result<Label, String>, Option<String>) {
    let written = labels::of_text(text);
    (written.label, written.keep)
}

impl Subjects {
    /// What naming the target alone means: the model that it is, or the run whose checkpoints it
    /// holds.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn itself(&self) -> Result<Subject<'_>> {
        let (shown, models) = (self.target.display(), self.models.as_slice());
        let whole = |place: &Place| *place == Place::Dir(ROOT) || self.tree.dirs.is_empty();
        if let Some(at) = models.iter().position(|(_, place)| whole(place)) {
            return Ok(self.subject(at));
        }
        let run = |m: &Model| m.component_of.as_deref() == Some(Path::new(""));
        match models.len() {
            0 => bail!("no model is known in `{shown}`: there is nothing to label"),
            _ if models.iter().all(|(model, _)| run(model)) => {
                Ok(Subject { of: self, place: Place::Dir(ROOT), speaks_of: models })
            }
            1 => {
                bail!("the model is `{}`: name that", self.target.join(&models[0].0.path).display())
            }
            n => bail!("`{shown}` holds {n} models: name one, or say --recursive for each of them"),
        }
    }

    /// Every model that nothing says what it is.
    pub fn unlabelled(&self) -> impl Iterator<Item = Subject<'_>> {
        let bare = |m: &Model| m.label.is_none() && m.hub.is_none() && !m.installed;
        (0..self.models.len())
            .filter(move |at| bare(&self.models[*at].0))
            .map(|at| self.subject(at))
    }

    /// How many models there are, labelled or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.models.len()
    }

    fn subject(&self, at: usize) -> Subject<'_> {
        Subject { of: self, place: self.models[at].1, speaks_of: &self.models[at..=at] }
    }
}

impl<'a> Subject<'a> {
    /// The model itself; nothing for a run.
    #[must_use]
    pub fn model(&self) -> Option<&'a Model> {
        self.speaks_of.iter().find(|(_, place)| *place == self.place).map(|(model, _)| model)
    }

    /// The model, or every checkpoint of the run.
    pub fn models(&self) -> impl Iterator<Item = &'a Model> {
        self.speaks_of.iter().map(|(model, _)| model)
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        match self.model() {
            Some(model) if !model.path.as_os_str().is_empty() => self.of.target.join(&model.path),
            _ => self.of.target.clone(),
        }
    }

    /// The fingerprint of its weights; nothing for a run, whose checkpoints come and go.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn covers(&self) -> Result<Option<String>> {
        if self.model().is_none() {
            return Ok(None);
        }
        let tree = &self.of.tree;
        let files = self.of.files.get_or_init(|| Files::of(tree));
        let found = covers::fingerprint(tree, files, self.place);
        let cannot = || format!("cannot read the weights of `{}`", self.path().display());
        found.map(Some).with_context(cannot)
    }

    /// Finds the file of its label.
    ///
    /// # Errors
    /// Where what lies there is nothing that a line can be added to; the words say what.
    pub fn label_file(&self) -> Result<LabelFile> {
        let tree = &self.of.tree;
        let (at, prefixes) = match self.place {
            Place::Dir(at) => (at, vec![String::new()]),
            Place::File(file) => {
                let file = &tree.notable[file];
                let name = file.name.to_str().context("its name is not UTF-8: rename it first")?;
                let stem = Path::new(name).file_stem().and_then(OsStr::to_str).unwrap_or(name);
                (file.dir, vec![format!("{name}."), format!("{stem}.")])
            }
        };
        let folder = self.open(at).context("its folder cannot be opened")?;
        let there = |name: &str| dir::stat_name(&folder, OsStr::new(name)).is_ok();
        let of = |prefix: &String, name: &&str| format!("{prefix}{name}");
        let named = |name: &&str| prefixes.iter().map(|p| of(p, name)).find(|n| there(n));
        let (text, others) = labels::NAMES.split_first().context("no label has a name")?;
        let name = match named(text) {
            Some(name) => name,
            None => match others.iter().find_map(named) {
                Some(other) => bail!(
                    "its label is `{other}`: safe-rm writes {text} alone; change that one by hand"
                ),
                None => of(&prefixes[0], text),
            },
        };
        let name = OsString::from(name);
        let old = if dir::stat_name(&folder, &name).is_ok() {
            Some(old(&folder, &name).with_context(|| format!("`{}`", name.display()))?)
        } else {
            None
        };
        let now = dir::times(&folder).context("its folder cannot be looked at")?;
        let whole = !tree.dirs.is_empty() && at == ROOT;
        let times = self.of.before.filter(|_| whole).unwrap_or(now);
        Ok(LabelFile { folder, name, old, times })
    }

    fn open(&self, at: u32) -> io::Result<OwnedFd> {
        let tree = &self.of.tree;
        let chain = if tree.dirs.is_empty() { Vec::new() } else { chain_of(&tree.dirs, at) };
        let names = chain.iter().map(|i| tree.dirs[*i as usize].name.as_ref());
        let named = open_chain(&tree.base, names)?;
        // The handle of the survey may be one that only names the folder.
        dir::open_dir_at(&named, OsStr::from_bytes(b"."))
    }
}

/// Reads a label file that is to be changed: all of it is kept, so all of it must be text.
fn old(folder: &OwnedFd, name: &OsStr) -> Result<Old> {
    let file = dir::open_file_at(folder, name).context("cannot be read")?;
    let meta = dir::stat_fd(&file)?;
    let limit = usize::try_from(labels::LIMIT).unwrap_or(usize::MAX);
    if meta.size > labels::LIMIT {
        bail!("is over 64 KiB: no label is read that far");
    }
    let bytes = read::at(&file, 0, limit)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Old { meta, text }),
        Err(_) => bail!("is not UTF-8: save it as that first"),
    }
}
