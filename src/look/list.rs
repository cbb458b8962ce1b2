//! Every model below a folder as if it alone were to go, from one walk: a list of hundreds must not
//! walk each of them again. What it leaves to a plan is what only a deletion needs: the digest, and
//! whether a label fits the bytes of the weights.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};

use super::identify::{self, Place};
use super::inventory::Limit;
use super::survey::{self, Purpose};
use super::tree::{ROOT, Tree};
use super::{Eyes, Wholes, enrich, pins, protected, series};
use crate::facts::{Digest, Dossier, FileId, Meta, Model, Pin, Totals};
use crate::sys::dir;

/// Looks at every model below a folder: a run, and its checkpoints.
///
/// # Errors
/// Where the folder cannot be found.
pub(super) fn list(root: &Path, eyes: &Eyes<'_>) -> Result<Vec<Dossier>> {
    let cannot = || format!("cannot find `{}`", root.display());
    let root = root.canonicalize().with_context(cannot)?;
    let (parent, name) = match (root.parent(), root.file_name()) {
        (Some(parent), Some(name)) => (parent, name.to_owned()),
        _ => (root.as_path(), ".".into()),
    };
    let open = dir::open_search(parent).with_context(cannot)?;
    let limit = Limit::none();
    let euid = eyes.surroundings.euid;
    let tree = survey::walk(open, &name, euid, eyes.progress, Purpose::Search(&limit));
    let tree = tree.with_context(cannot)?;
    let mut placed = identify::identify(&tree, &root);
    enrich::enrich(&mut placed, &tree, &root, eyes.clock, &HashMap::new());
    let around = Around::new(&tree, &placed, &root, eyes);
    let (mut models, places): (Vec<Model>, Vec<Place>) = placed.into_iter().unzip();
    series::Series::new(eyes).add(&root, &mut models);
    let each = models.iter().zip(&places);
    Ok(each.filter_map(|(model, place)| around.dossier(model, *place, &models)).collect())
}

/// What lies around the models of one walk.
struct Around<'a> {
    tree: &'a Tree,
    root: &'a Path,
    pins: Vec<Pin>,
    above: Vec<Pin>,
    part_of: Option<String>,
    eyes: &'a Eyes<'a>,
}

impl<'a> Around<'a> {
    fn new(tree: &'a Tree, models: &[(Model, Place)], root: &'a Path, eyes: &'a Eyes<'a>) -> Self {
        let lone = tree.dirs.is_empty() && !models.is_empty();
        let (pins, above) = (pins::every(tree, models), pins::around(root, lone));
        let part_of = Wholes::new(&[]).part_of(root, &tree.meta);
        Self { tree, root, pins, above, part_of, eyes }
    }

    fn dossier(&self, model: &Model, place: Place, all: &[Model]) -> Option<Dossier> {
        let (path, tree) = (join(self.root, &model.path), self.tree);
        let meta = self.meta(model, place)?;
        let dir = match place {
            Place::Dir(dir) => Some(&tree.dirs[dir as usize]),
            Place::File(_) => None,
        };
        let totals = match dir {
            Some(dir) => Totals { bytes: dir.bytes, frees: dir.frees, files: dir.files, dirs: 1 },
            None => Totals { bytes: meta.size, frees: meta.allocated, files: 1, dirs: 0 },
        };
        let below = |p: &&PathBuf| p.starts_with(&model.path);
        let rest = |p: &PathBuf| p.strip_prefix(&model.path).unwrap_or(p).to_path_buf();
        let models: Vec<Model> = all
            .iter()
            .filter(|m| below(&&m.path))
            .map(|m| rebased(m, &model.path, self.root))
            .collect();
        let own = models.iter().flat_map(|m| &m.files).map(|(_, meta)| meta);
        let euid = self.eyes.surroundings.euid;
        let foreign = euid != 0 && own.chain([&meta]).any(|m| m.uid != euid);
        let listed = |paths: &[PathBuf]| paths.iter().filter(below).map(rest).collect::<Vec<_>>();
        let mut foreign_paths = listed(&tree.foreign);
        if foreign && foreign_paths.is_empty() {
            foreign_paths.push(PathBuf::new());
        }
        Some(Dossier {
            typed: path.clone().into_os_string(),
            protected: protected::why(&path, &meta, self.eyes),
            trashed: None,
            parent: FileId::default(),
            meta,
            totals,
            digest: Digest::default(),
            around: [0; 32],
            newest: models.iter().filter_map(|m| m.newest.clone()).max_by_key(|e| e.at),
            oldest: None,
            dirs: Vec::new(),
            problems: tree
                .problems
                .iter()
                .filter(|p| p.path.starts_with(&model.path))
                .cloned()
                .collect(),
            mounts: listed(&tree.mounts),
            foreign: foreign_paths,
            pins: self.pins(&model.path),
            labelled: false,
            payload: Vec::new(),
            models,
            searched: Arc::default(),
            side_of: None,
            part_of: self.part_of.clone(),
            path,
        })
    }

    fn meta(&self, model: &Model, place: Place) -> Option<Meta> {
        match place {
            Place::File(at) => Some(self.tree.notable[at].meta),
            Place::Dir(ROOT) => Some(self.tree.meta),
            Place::Dir(_) => {
                let path = join(self.root, &model.path);
                let open = dir::open_search(path.parent()?).ok()?;
                dir::stat_name(open, path.file_name()?).ok()
            }
        }
    }

    /// The pins in a model, in the folders above it, and those of its own name beside it.
    fn pins(&self, model: &Path) -> Vec<Pin> {
        let holds = |pin: &&Pin| {
            let Some(folder) = pin.path.parent() else { return false };
            let file = pin.path.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
            let whole = pin.keep.is_none() || file.starts_with("MODEL_INFO.");
            let name = |part: Option<&std::ffi::OsStr>| {
                part.is_some_and(|p| file.starts_with(&format!("{}.", p.to_string_lossy())))
            };
            let beside = model.parent() == Some(folder)
                && (name(model.file_name()) || name(model.file_stem()));
            pin.path.starts_with(model) || (whole && model.starts_with(folder)) || beside
        };
        self.above.iter().chain(self.pins.iter().filter(holds)).cloned().collect()
    }
}

fn join(root: &Path, path: &Path) -> PathBuf {
    if path.as_os_str().is_empty() { root.to_path_buf() } else { root.join(path) }
}

/// A model with its paths as seen from the one that is looked at.
fn rebased(model: &Model, base: &Path, root: &Path) -> Model {
    let rest = |p: &Path| p.strip_prefix(base).map(Path::to_path_buf);
    let mut model = model.clone();
    model.path = rest(&model.path).unwrap_or_default();
    model.files = model
        .files
        .into_iter()
        .map(|(p, meta)| (rest(&p).unwrap_or_else(|_| root.join(&p)), meta))
        .collect();
    if let Some(label) = &mut model.label {
        label.path = rest(&label.path).unwrap_or_else(|_| root.join(&label.path));
    }
    if let Some(newest) = &mut model.newest {
        newest.path = rest(&newest.path).unwrap_or_else(|_| root.join(&newest.path));
    }
    model
}
