//! Which base a model was made from, whether that is here, and who else stands on it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::join;
use crate::facts::{Dossier, Model};
use crate::look::inventory::Found;

/// A model as far as lineage goes.
struct Other {
    path: PathBuf,
    base: Option<PathBuf>,
    /// The hub's name for it.
    name: Option<String>,
}

impl Other {
    fn new(path: &Path, model: &Model) -> Self {
        let name = model.name.clone().filter(|_| model.hub.is_some());
        Self { path: path.to_path_buf(), base: model.base.as_deref().and_then(local), name }
    }
}

/// Fills in the bases of the targets' models that are here, and the adapters that stand on them.
pub(super) fn trace(dossiers: &mut [Dossier], found: &[Found]) {
    let targets: Vec<PathBuf> = dossiers.iter().map(|d| d.path.clone()).collect();
    let others: Vec<Other> = found.iter().map(|f| Other::new(&f.path, &f.model)).collect();
    fill(dossiers, &others, &targets);
}

/// The same among the models of a list.
pub(super) fn trace_among(dossiers: &mut [Dossier]) {
    let own = |d: &Dossier| {
        let model = d.models.iter().find(|m| m.path.as_os_str().is_empty())?;
        Some(Other::new(&d.path, model))
    };
    let others: Vec<Other> = dossiers.iter().filter_map(own).collect();
    fill(dossiers, &others, &[]);
}

fn fill(dossiers: &mut [Dossier], others: &[Other], targets: &[PathBuf]) {
    let mut standing: HashMap<&Path, Vec<&Path>> = HashMap::new();
    for other in others {
        if let Some(base) = &other.base {
            standing.entry(base).or_default().push(&other.path);
        }
    }
    for dossier in dossiers {
        let root = dossier.path.clone();
        for model in &mut dossier.models {
            if let Some(base) = &model.base {
                let hub = |o: &&Other| o.name.as_ref() == Some(base);
                model.base_here = local(base)
                    .filter(|p| p.symlink_metadata().is_ok())
                    .or_else(|| others.iter().find(hub).map(|o| o.path.clone()));
            }
            let planned = |base: &PathBuf| targets.iter().any(|t| base.starts_with(t));
            model.base_planned = model.base_here.as_ref().is_some_and(planned);
            // An adapter names the folder that its base was loaded from.
            let own = standing.get(join(&root, &model.path).as_path());
            model.dependants = own.into_iter().flatten().map(|p| p.to_path_buf()).collect();
        }
    }
}

/// A base that is named by a place rather than by a hub's name for it.
fn local(base: &str) -> Option<PathBuf> {
    let path = Path::new(base);
    path.is_absolute().then(|| path.canonicalize().unwrap_or_else(|_| path.to_path_buf()))
}
