//! Side files that say what a model is and where it came from: cards, merges, trackers, exports.
//!
//! Sources: mergekit, MLflow, spaCy, sentence-transformers, diffusers, Orbax, TensorFlow.js, the model
//! cards of the hub. A card is copied along with weights: it is believed last, and for lineage only.

use serde_json::Value;

use super::claims::claim;
use super::layout::Marks;
use super::{dates, texts};
use crate::facts::{Model, ModelKind, Stage};
use crate::look::read;
use crate::look::tree::{ROOT, Tree};

/// As much as is read of a text file.
const TEXT: u64 = 64 << 10;

/// The side files of one folder.
pub(super) struct Side<'a> {
    pub tree: &'a Tree,
    pub marks: &'a Marks<'a>,
    pub dir: u32,
}

impl Side<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.text_in(self.dir, name)
    }

    fn text_in(&self, dir: u32, name: &str) -> Option<String> {
        let bytes = read::head(self.tree, self.marks.get(dir, name)?, TEXT).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A small JSON file.
    pub(super) fn json(&self, name: &str) -> Option<Value> {
        read::json(self.tree, self.marks.get(self.dir, name)?)
    }

    fn parent(&self) -> Option<u32> {
        (self.dir != ROOT).then(|| self.tree.dirs.get(self.dir as usize).map(|d| d.parent))?
    }
}

fn string(value: &Value, key: &str) -> Option<String> {
    texts::useful(value.get(key)?.as_str()?)
}

/// What is more certain than the weights' own metadata: the files that a tool wrote with them.
pub(super) fn tools(model: &mut Model, side: &Side<'_>) {
    if let Some(index) = side.json("model_index.json") {
        const FILE: &str = "model_index.json";
        let sources = &mut model.sources;
        claim(&mut model.name, string(&index, "_class_name"), sources, "name", FILE);
        let tool = string(&index, "_diffusers_version").map(|v| format!("diffusers {v}"));
        claim(&mut model.tool, tool, sources, "tool", FILE);
        claim(&mut model.base, string(&index, "_name_or_path"), sources, "base", FILE);
        model.kind = ModelKind::Full;
    }
    if let Some(text) = side.text("mergekit_config.yml") {
        merge(model, &text);
    }
    if let Some(text) = side.text("MLmodel") {
        const FILE: &str = "MLmodel";
        let tool = texts::yaml(&text, "mlflow_version").map(|v| format!("mlflow {v}"));
        claim(&mut model.tool, tool, &mut model.sources, "tool", FILE);
        claim(&mut model.run, texts::yaml(&text, "run_id"), &mut model.sources, "run", FILE);
        // MLflow writes UTC without saying so.
        let made = texts::yaml(&text, "utc_time_created").map(|t| t.replace(' ', "T") + "Z");
        model.declared = model.declared.take().or_else(|| dates::text(&made?, "MLmodel"));
    }
    if let Some(meta) = side.json("meta.json").filter(|m| m.get("spacy_version").is_some()) {
        const FILE: &str = "meta.json";
        let name = [string(&meta, "lang"), string(&meta, "name")];
        let name: Vec<String> = name.into_iter().flatten().collect();
        let name = (!name.is_empty()).then(|| name.join("_"));
        claim(&mut model.name, name, &mut model.sources, "name", FILE);
        let tool = string(&meta, "spacy_version").map(|v| format!("spacy {v}"));
        claim(&mut model.tool, tool, &mut model.sources, "tool", FILE);
    }
    if let Some(config) = side.json("config_sentence_transformers.json") {
        let version = config.get("__version__");
        let tool = version.and_then(|v| string(v, "sentence_transformers"));
        let tool = tool.map(|v| format!("sentence-transformers {v}"));
        // Above the version of transformers beneath it.
        if tool.is_some() {
            model.tool = tool;
            model.sources.insert("tool", "config_sentence_transformers.json".to_owned());
        }
    }
    if let Some(web) = side.json("model.json").filter(|w| w.get("weightsManifest").is_some()) {
        let tool = string(&web, "convertedBy").or_else(|| string(&web, "generatedBy"));
        claim(&mut model.tool, tool, &mut model.sources, "tool", "model.json");
    }
    if let Some(state) = side.json("_CHECKPOINT_METADATA") {
        let done = state.get("commit_timestamp_nsecs");
        let declared = done.and_then(|v| dates::nanos(v, "_CHECKPOINT_METADATA"));
        model.declared = model.declared.take().or(declared);
        claim(
            &mut model.tool,
            Some("orbax".into()),
            &mut model.sources,
            "tool",
            "_CHECKPOINT_METADATA",
        );
    }
}

/// `merge_method`, `base_model`, and the `model:` of every source.
fn merge(model: &mut Model, text: &str) {
    const FILE: &str = "mergekit_config.yml";
    model.kind = ModelKind::Merged;
    model.stage = Stage::Final;
    let method = texts::yaml(text, "merge_method");
    let tool = Some(method.map_or_else(|| "mergekit".into(), |m| format!("mergekit ({m})")));
    // Above transformers, which mergekit saves with.
    model.tool = tool;
    model.sources.insert("tool", FILE.to_owned());
    claim(&mut model.base, texts::yaml(text, "base_model"), &mut model.sources, "base", FILE);
    let mut parts = texts::yaml_all(text, "model");
    parts.sort();
    parts.dedup();
    parts.truncate(8);
    if !parts.is_empty() {
        model.sources.insert("parts", FILE.to_owned());
    }
    model.parts = parts;
}

/// What is believed last: names that writers give to folders, parameters of a run, a card.
pub(super) fn lineage(model: &mut Model, side: &Side<'_>, name: &str) {
    let counted = ["iter_", "global_step"].iter().find_map(|p| name.strip_prefix(p));
    let step = counted.and_then(|n| n.trim_start_matches('_').parse().ok());
    claim(&mut model.step, step, &mut model.sources, "step", "the name that its writer gave it");
    // TensorFlow: `model_checkpoint_path: "ckpt-900"`.
    let latest = side.text("checkpoint").filter(|t| t.starts_with("model_checkpoint_path"));
    let latest = latest.and_then(|t| texts::yaml(&t, "model_checkpoint_path"));
    let step = latest.and_then(|path| path.rsplit_once('-')?.1.parse().ok());
    claim(&mut model.step, step, &mut model.sources, "step", "checkpoint");
    // Lightning keeps them in the folder around `checkpoints`.
    let around = [Some(side.dir), side.parent()].into_iter().flatten();
    let params = around.into_iter().find_map(|dir| side.text_in(dir, "hparams.yaml"));
    if let Some(params) = params {
        let keys =
            ["base_model", "model_name_or_path", "pretrained_model_name_or_path", "model_name"];
        let base = keys.iter().find_map(|key| texts::yaml(&params, key));
        claim(&mut model.base, base, &mut model.sources, "base", "hparams.yaml");
    }
    let Some(card) = side.text("README.md") else { return };
    const FILE: &str = "README.md";
    if let Some(front) = texts::front_matter(&card) {
        let bases = texts::yaml_list(front, "base_model");
        let tags = texts::yaml_list(front, "tags");
        let relation = texts::yaml(front, "base_model_relation");
        let merged = relation.as_deref() == Some("merge") || tags.iter().any(|t| t == "mergekit");
        if merged && model.kind == ModelKind::Full {
            model.kind = ModelKind::Merged;
            model.sources.insert("kind", FILE.to_owned());
        }
        if model.kind == ModelKind::Merged && model.parts.is_empty() && bases.len() > 1 {
            model.parts = bases.iter().take(8).cloned().collect();
            model.sources.insert("parts", FILE.to_owned());
        }
        claim(&mut model.base, bases.first().cloned(), &mut model.sources, "base", FILE);
    }
    // "### Framework versions", a list: the first is what the card is of.
    let versions = card.split_once("Framework versions").map(|(_, rest)| rest);
    let first = versions.and_then(|v| v.lines().find_map(|l| texts::useful(l.strip_prefix("- ")?)));
    claim(&mut model.tool, first.map(|t| t.replace(": ", " ")), &mut model.sources, "tool", FILE);
}
