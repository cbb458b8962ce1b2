//! Which base a model was made from, whether that is here, and who else stands on it.

use std::path::{Path, PathBuf};

use super::join;
use crate::facts::Dossier;
use crate::look::inventory::Found;

/// Fills in the bases of the targets' models that are here, and the adapters that stand on them.
pub(super) fn trace(dossiers: &mut [Dossier], found: &[Found]) {
    let targets: Vec<PathBuf> = dossiers.iter().map(|d| d.path.clone()).collect();
    let bases: Vec<(PathBuf, PathBuf)> = found
        .iter()
        .filter_map(|f| Some((f.path.clone(), local(f.model.base.as_deref()?)?)))
        .collect();
    for dossier in dossiers {
        let root = dossier.path.clone();
        for model in &mut dossier.models {
            let own = join(&root, &model.path);
            if let Some(base) = &model.base {
                let hub = |f: &&Found| f.model.hub.is_some() && f.model.name.as_ref() == Some(base);
                model.base_here = local(base)
                    .filter(|p| p.symlink_metadata().is_ok())
                    .or_else(|| found.iter().find(hub).map(|f| f.path.clone()));
            }
            let planned = |base: &PathBuf| targets.iter().any(|t| base.starts_with(t));
            model.base_planned = model.base_here.as_ref().is_some_and(planned);
            // An adapter names the folder that its base was loaded from.
            let stands = bases.iter().filter(|(_, base)| *base == own);
            model.dependants = stands.map(|(path, _)| path.clone()).collect();
        }
    }
}

/// A base that is named by a place rather than by a hub's name for it.
fn local(base: &str) -> Option<PathBuf> {
    let path = Path::new(base);
    path.is_absolute().then(|| path.canonicalize().unwrap_or_else(|_| path.to_path_buf()))
}
