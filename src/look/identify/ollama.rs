//! An Ollama store: which models its manifests name, and what their configurations say.
//!
//! Source: Ollama's `manifest` package and the image format. The folders are
//! `manifests/HOST/NAMESPACE/MODEL`, with a file a tag; blobs are named by hash.

use serde_json::Value;

use super::claims::claim;
use super::texts;
use crate::facts::Model;
use crate::look::read;
use crate::look::tree::Tree;

/// No more configurations than that are looked into; a store of one model has one.
const CONFIGS: usize = 8;

/// Adds names, and of a store with one model what its configuration says.
pub(super) fn read(model: &mut Model, tree: &Tree, dir: u32) {
    let home = tree.dir_path(dir);
    let mut names: Vec<String> = Vec::new();
    for index in 0..tree.dirs.len() {
        // `manifests/host/namespace/model`: four levels below the store.
        let parts = super::super::tree::chain_of(&tree.dirs, u32::try_from(index).unwrap_or(0));
        if parts.len() > 16 {
            continue;
        }
        let path = tree.dir_path(u32::try_from(index).unwrap_or(0));
        let Ok(below) = path.strip_prefix(&home) else { continue };
        let parts: Vec<_> = below.iter().map(|p| p.to_string_lossy()).collect();
        if let [manifests, _, space, name] = parts.as_slice()
            && manifests.starts_with("manifests")
            && names.len() < 64
        {
            names.push(if space == "library" {
                name.to_string()
            } else {
                format!("{space}/{name}")
            });
        }
    }
    names.sort();
    let one = names.len() == 1;
    let shown = names.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
    let more =
        if names.len() > 4 { format!(" and {} more", names.len() - 4) } else { String::new() };
    let name = (!names.is_empty()).then(|| read::short(&(shown + &more)));
    let sources = &mut model.sources;
    if name.is_some() {
        model.name = name;
        sources.insert("name", "its manifests".to_owned());
    }
    let small = |f: &&crate::look::tree::Notable| {
        f.text().starts_with("sha256")
            && f.meta.size < 64 << 10
            && tree.dir_path(f.dir).starts_with(&home)
    };
    let configs = tree.notable.iter().filter(small).take(256);
    let configs =
        configs.filter_map(|f| read::json(tree, f)).filter(|c| c.get("model_family").is_some());
    let configs: Vec<Value> = configs.take(CONFIGS).collect();
    if let ([config], true) = (configs.as_slice(), one) {
        let text = |key: &str| texts::useful(config.get(key)?.as_str()?);
        let from = "its configuration in the store";
        if model.family.is_none() {
            model.family = text("model_family");
            model.family_source = model.family.as_ref().map(|_| from.to_owned());
        }
        claim(&mut model.quantization, text("file_type"), sources, "quantization", from);
    }
}
