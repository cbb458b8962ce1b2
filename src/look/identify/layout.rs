//! Which directory a weight file belongs to: layouts are told by marker files.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::look::tree::{Notable, ROOT, Tree};
use crate::look::{names, notable, read};

/// Marker files in a directory, as far as names go; `config.json` is looked into.
pub(super) struct Marks<'a> {
    pub files: HashMap<u32, Vec<&'a Notable>>,
    /// Directories whose `config.json` is a model's: many programs have one of that name.
    configs: HashSet<u32>,
}

impl<'a> Marks<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        let configs = tree.notable.iter().filter(|f| f.name == "config.json");
        let configs = configs.filter(|f| is_model_config(read::json(tree, f).as_ref()));
        Self { files: tree.by_dir(), configs: configs.map(|f| f.dir).collect() }
    }

    /// The file of this name in a directory.
    pub(super) fn get(&self, dir: u32, name: &str) -> Option<&'a Notable> {
        self.files.get(&dir)?.iter().copied().find(|f| f.name == name)
    }

    fn holds_suffix(&self, dir: u32, suffix: &str) -> bool {
        let files = self.files.get(&dir).map(Vec::as_slice).unwrap_or_default();
        files.iter().any(|f| notable::suffix(f.text()) == Some(suffix))
    }

    fn any(&self, dir: u32, names: &[&str]) -> bool {
        names.iter().any(|n| self.get(dir, n).is_some())
    }

    /// One model whatever lies below: a pipeline, a store, a sharded checkpoint.
    fn absorbs(&self, tree: &Tree, dir: u32) -> bool {
        hub_repository(tree, dir).is_some()
            || (self.any(dir, &[".metadata"]) && self.holds_suffix(dir, "distcp"))
            || self.any(dir, &["model_index.json", "saved_model.pb"])
            || (self.any(dir, &["modules.json"])
                && self.any(dir, &["config_sentence_transformers.json"]))
            || self.any(dir, &["_CHECKPOINT_METADATA", "_METADATA"])
    }

    /// A layout that is a model even where no file in it is known as weights.
    pub(super) fn is_layout(&self, tree: &Tree, dir: u32) -> bool {
        self.absorbs(tree, dir) || self.get(dir, "adapter_config.json").is_some()
    }

    /// Holds a label or a KEEP file.
    fn is_marked(&self, dir: u32) -> bool {
        let files = self.files.get(&dir).map(Vec::as_slice).unwrap_or_default();
        files.iter().any(|f| {
            notable::is_label(f.text().as_bytes()) || notable::KEEP_FILES.contains(&f.text())
        })
    }

    /// Binds what lies in folders below it as well: the files of a model's own root.
    fn binds_below(&self, dir: u32) -> bool {
        self.configs.contains(&dir)
            || self.any(dir, &["adapter_config.json", "trainer_state.json"])
            || self.index(dir).is_some()
    }

    /// Binds the weight files beside it.
    pub(super) fn binds(&self, dir: u32) -> bool {
        let names = [
            "adapter_config.json",
            "trainer_state.json",
            ".metadata",
            "latest",
            "latest_checkpointed_iteration.txt",
            "config.cfg",
        ];
        self.configs.contains(&dir) || self.any(dir, &names) || self.index(dir).is_some()
    }

    /// The index of a sharded set.
    pub(super) fn index(&self, dir: u32) -> Option<&'a Notable> {
        self.files.get(&dir)?.iter().copied().find(|f| f.text().ends_with(".index.json"))
    }

    /// The directory of the model that a weight file in `dir` belongs to.
    pub(super) fn owner(&self, tree: &Tree, dir: u32) -> u32 {
        let mut above = vec![dir];
        let mut at = dir;
        while at != ROOT {
            at = tree.dirs[at as usize].parent;
            above.push(at);
        }
        // What somebody labelled or pinned stands for itself, whatever lies above it.
        let own = above.iter().position(|d| self.is_marked(*d)).unwrap_or(above.len());
        let below = above.get(..=own).unwrap_or(&above);
        if let Some(outermost) = below.iter().rev().find(|d| self.absorbs(tree, **d)) {
            return *outermost;
        }
        for at in below {
            // A tag file beside unrelated folders (`latest`) binds nothing but its own directory.
            if self.binds_below(*at) || (*at == dir && self.binds(*at)) {
                return *at;
            }
            // DeepSpeed's `global_step900/` in a Trainer's checkpoint is a part of it.
            let parent = tree.dirs[*at as usize].parent;
            if *at != ROOT && self.get(parent, "trainer_state.json").is_some() {
                continue;
            }
            // `checkpoint-900/` stands for itself, whatever the run around it holds.
            let name = String::from_utf8_lossy(&tree.dirs[*at as usize].name);
            if *at != ROOT && names::parse(&name).is_some() {
                return *at;
            }
        }
        dir
    }
}

/// What cannot be read as JSON may be a model's.
fn is_model_config(config: Option<&Value>) -> bool {
    let keys = [
        "architectures",
        "model_type",
        "_class_name",
        "quantization",
        "pretrained_config",
        "architecture",
    ];
    config.is_none_or(|c| keys.iter().any(|k| c.get(k).is_some()))
}

/// Repository id and commit of a hub-cache directory `models--ORG--NAME`.
pub(super) fn hub_repository(tree: &Tree, dir: u32) -> Option<String> {
    let name = std::str::from_utf8(&tree.dirs.get(dir as usize)?.name).ok()?;
    let id = name.strip_prefix("models--")?.replace("--", "/");
    let inside = |wanted: &[u8], parent: u32| {
        tree.dirs
            .iter()
            .enumerate()
            .skip(1)
            .filter(move |(_, d)| d.parent == parent)
            .find(|(_, d)| d.name.as_ref() == wanted)
            .and_then(|(i, _)| u32::try_from(i).ok())
    };
    let snapshots = inside(b"snapshots", dir)?;
    inside(b"blobs", dir)?;
    let commit = tree.dirs.iter().skip(1).find(|d| {
        d.parent == snapshots && d.name.len() == 40 && d.name.iter().all(u8::is_ascii_hexdigit)
    })?;
    let commit = String::from_utf8_lossy(&commit.name);
    Some(format!("{id}@{}", &commit[..12]))
}
