//! Weights that lie outside of a target, in a store that several repositories of the hub cache share:
//! in the repository itself their blobs are links. The cache's own cleaning removes from the store
//! what no repository in its place links to, so that a repository in the trash loses them.
//!
//! Source: huggingface_hub 1.33 and newer, `blobs/.huggingface-shared-blobs`.

use std::path::Path;

use super::notable::is_hash;
use super::tree::Tree;
use super::whole::SHARED;
use crate::facts::{FileKind, Payload};
use crate::sys::dir;

/// The files of a shared store to which the blobs of a target lead.
pub(super) fn payload(tree: &Tree, target: &Path) -> Vec<Payload> {
    let links =
        tree.notable.iter().filter(|f| f.meta.kind == FileKind::Symlink && is_hash(f.text()));
    let found = links.filter_map(|link| {
        let at = target.join(tree.path(link)).canonicalize().ok()?;
        let shared = at.ancestors().any(|p| p.join(SHARED).symlink_metadata().is_ok());
        if !shared || at.starts_with(target) {
            return None;
        }
        let open = dir::open_path(at.parent()?).ok()?;
        let meta = dir::stat_name(&open, at.file_name()?).ok()?;
        let file = meta.kind == FileKind::File;
        file.then(|| Payload { at: at.clone(), meta, hash: link.text().to_owned() })
    });
    found.collect()
}
