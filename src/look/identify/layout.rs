//! Which folder a file belongs to: layouts are told by marker files, and each owns the folders
//! below it that its writer makes, no others. What merely lies below a model is a model of its own.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::parts;
use crate::look::tree::{Notable, ROOT, Tree};
use crate::look::{names, notable, read};

/// Marker files by folder; small JSON files among them are looked into once.
pub(in crate::look) struct Marks<'a> {
    tree: &'a Tree,
    files: HashMap<u32, Vec<&'a Notable>>,
    /// Folders whose `config.json` is a model's: many programs have one of that name.
    configs: HashSet<u32>,
    /// Indexes of sharded sets.
    indexes: HashMap<u32, &'a Notable>,
    /// Folders whose `model_index.json` is a pipeline's.
    pipelines: HashSet<u32>,
    /// Folders whose list of components cannot be read: any may be one.
    unread: HashSet<u32>,
    /// Names of the folders that a pipeline's own list gives it.
    components: HashMap<u32, HashSet<String>>,
    /// The folders of these names, by the folder around them: what makes a store.
    rooms: HashMap<(u32, &'static str), u32>,
    /// How many `global_stepN` folders lie in a folder: one is a part, several are a run.
    steps: HashMap<u32, u32>,
}

/// Folders that make a store.
const ROOMS: &[&str] = &["blobs", "manifests", "manifests-v2", "snapshots"];

#[derive(Deserialize)]
struct Index {
    #[expect(dead_code, reason = "only its presence counts here")]
    weight_map: IgnoredAny,
}

impl<'a> Marks<'a> {
    pub(in crate::look) fn new(tree: &'a Tree) -> Self {
        let mut marks = Self {
            tree,
            files: tree.by_dir(),
            configs: HashSet::new(),
            indexes: HashMap::new(),
            pipelines: HashSet::new(),
            unread: HashSet::new(),
            components: HashMap::new(),
            rooms: HashMap::new(),
            steps: HashMap::new(),
        };
        for file in &tree.notable {
            match file.text() {
                "config.json" if is_model_config(read::json(tree, file).as_ref()) => {
                    marks.configs.insert(file.dir);
                }
                "model_index.json" | "modules.json" | "meta.json" => {
                    let list = read::json(tree, file);
                    // What cannot be read may be one.
                    let pipe = list.as_ref().is_none_or(|l| l.get("_class_name").is_some());
                    if pipe && file.text() == "model_index.json" {
                        marks.pipelines.insert(file.dir);
                    }
                    if list.is_none() && file.text() != "meta.json" {
                        marks.unread.insert(file.dir);
                    }
                    let names = components(file.text(), list.as_ref());
                    marks.components.entry(file.dir).or_default().extend(names);
                }
                name if name.ends_with(".index.json") => {
                    // What cannot be read may be one, if it is named as the writers name theirs.
                    let text = read::head(tree, file, read::JSON).unwrap_or_default();
                    let named = name.contains("model") || name.contains(".safetensors");
                    let index = serde_json::from_slice::<Index>(&text).is_ok()
                        || (named && serde_json::from_slice::<IgnoredAny>(&text).is_err());
                    if index {
                        marks.indexes.entry(file.dir).or_insert(file);
                    }
                }
                _ => {}
            }
        }
        for (at, dir) in tree.dirs.iter().enumerate().skip(1) {
            if let Some(room) = ROOMS.iter().find(|r| r.as_bytes() == dir.name.as_ref()) {
                marks.rooms.insert((dir.parent, room), u32::try_from(at).unwrap_or(u32::MAX));
            }
            if dir.name.starts_with(b"global_step") {
                *marks.steps.entry(dir.parent).or_default() += 1;
            }
        }
        marks
    }

    /// The file of this name in a directory.
    pub(super) fn get(&self, dir: u32, name: &str) -> Option<&'a Notable> {
        let files = self.files(dir);
        // Survey and listing have sorted them.
        let found = files.binary_search_by(|f| f.name.as_os_str().cmp(name.as_ref())).ok();
        found.map(|at| files[at])
    }

    /// Everything worth opening in a directory.
    pub(in crate::look) fn files(&self, dir: u32) -> &[&'a Notable] {
        self.files.get(&dir).map(Vec::as_slice).unwrap_or_default()
    }

    fn any(&self, dir: u32, names: &[&str]) -> bool {
        names.iter().any(|name| self.get(dir, name).is_some())
    }

    fn name(&self, dir: u32) -> &'a str {
        let name = self.tree.dirs.get(dir as usize).map(|d| d.name.as_ref()).unwrap_or_default();
        std::str::from_utf8(name).unwrap_or("")
    }

    /// The index of a sharded set.
    pub(super) fn index(&self, dir: u32) -> Option<&'a Notable> {
        self.indexes.get(&dir).copied()
    }

    pub(super) fn is_pipeline(&self, dir: u32) -> bool {
        self.pipelines.contains(&dir)
    }

    pub(super) fn is_sentence_transformer(&self, dir: u32) -> bool {
        self.any(dir, &["modules.json"]) && self.any(dir, &["config_sentence_transformers.json"])
    }

    pub(super) fn is_spacy(&self, dir: u32) -> bool {
        self.any(dir, &["meta.json"]) && self.any(dir, &["config.cfg"])
    }

    pub(super) fn is_orbax(&self, dir: u32) -> bool {
        self.any(dir, &["_CHECKPOINT_METADATA", "_METADATA", "manifest.ocdbt"])
    }

    fn is_saved_model(&self, dir: u32) -> bool {
        self.any(dir, &["saved_model.pb", "saved_model.pbtxt"])
    }

    fn is_distributed(&self, dir: u32) -> bool {
        self.any(dir, &[".metadata"])
            && self.files(dir).iter().any(|f| notable::suffix(f.text()) == Some("distcp"))
    }

    /// A hub-cache repository or an Ollama store: its halves name each other by hash.
    pub(in crate::look) fn is_store(&self, dir: u32) -> bool {
        let has = |room| self.rooms.get(&(dir, room));
        let hub = self.name(dir).starts_with("models--") && has("snapshots").is_some();
        let manifests = has("manifests").or_else(|| has("manifests-v2")).is_some();
        has("blobs").is_some_and(|blobs| {
            let blob = |f: &&Notable| f.text().starts_with("sha256");
            hub || (manifests && self.files(*blobs).iter().any(blob))
        })
    }

    /// Whether a store made this folder in it; what else lies there somebody has put there.
    fn is_of_store(&self, child: u32) -> bool {
        let known = [".locks", ".no_exist", "blobs", "refs", "snapshots", "trees"];
        let name = self.name(child);
        known.contains(&name) || name.starts_with("manifests")
    }

    /// A save of a running training: its name counts the steps, or a trainer's state lies in it.
    pub(in crate::look) fn is_step(&self, dir: u32) -> bool {
        let name = self.name(dir);
        names::parse(name).is_some_and(|n| n.date.is_none()) || name.ends_with(".ckpt")
    }

    fn holds_state(&self, dir: u32) -> bool {
        let known = [
            "trainer_state.json",
            "optimizer.pt",
            "optimizer.bin",
            "scheduler.pt",
            "scheduler.bin",
            "training_args.bin",
        ];
        self.any(dir, &known)
    }

    /// A layout that is a model even where no file in it is known as weights.
    pub(super) fn is_layout(&self, dir: u32) -> bool {
        self.is_store(dir)
            || self.is_pipeline(dir)
            || self.is_sentence_transformer(dir)
            || self.is_orbax(dir)
            || self.is_saved_model(dir)
            || self.is_distributed(dir)
            || self.index(dir).is_some()
            || self.any(dir, &["adapter_config.json"])
    }

    /// Binds the weight files beside each other to one model.
    pub(in crate::look) fn binds(&self, dir: u32) -> bool {
        self.is_layout(dir)
            || self.configs.contains(&dir)
            || self.is_spacy(dir)
            || self.is_step(dir)
            || self.any(dir, &["trainer_state.json", ".metadata", "params.json", "model.json"])
            || self.files(dir).iter().any(|f| parts::is_shard(f.text()))
    }

    /// Holds a label or a KEEP file.
    fn is_marked(&self, dir: u32) -> bool {
        self.files(dir).iter().any(|f| {
            notable::is_label(f.text().as_bytes()) || notable::KEEP_FILES.list().contains(&f.text())
        })
    }

    /// Whether the folder `child` is one that the layout of `parent` makes.
    pub(in crate::look) fn owns(&self, parent: u32, child: u32) -> bool {
        let name = self.name(child);
        let within = self.name(parent);
        let zarr = self.any(child, &[".zarray", "zarr.json"]);
        let listed = self.is_pipeline(parent)
            || self.is_sentence_transformer(parent)
            || self.is_spacy(parent);
        // An adapter stands for itself, unless it is what a step was saved for.
        let adapter = self.any(child, &["adapter_config.json"]);
        let one = self.steps.get(&parent).is_none_or(|n| *n < 2);
        (listed
            && (self.unread.contains(&parent)
                || self.components.get(&parent).is_some_and(|c| c.contains(name))))
            || (self.is_saved_model(parent)
                && ["variables", "assets", "assets.extra"].contains(&name))
            || (self.is_orbax(parent)
                && (zarr || self.is_orbax(child) || ["d", "array_metadatas"].contains(&name)))
            || (zarr && (self.any(parent, &["checkpoint", "metadata.json"]) || self.is_step(parent)))
            || (self.is_step(parent) && parts::is_component(name))
            || (self.holds_state(parent) && one && parts::is_shard_folder(name))
            || (self.files(parent).iter().any(|f| parts::is_shard(f.text()))
                && !adapter
                && ["huggingface", "dist_ckpt", "lora_adapter"].contains(&name))
            || name.starts_with("mp_rank_")
            || name.starts_with("ocdbt.process_")
            || ((self.configs.contains(&parent) || self.index(parent).is_some())
                && parts::is_export(name))
            // CoreML: `X.mlpackage/Data/com.apple.CoreML/weights`.
            || (within.ends_with(".mlpackage") && name == "Data")
            || name == "com.apple.CoreML"
            || (["com.apple.CoreML"].contains(&within) || within.ends_with(".mlmodelc"))
                && name == "weights"
    }

    /// The directory of the model that a weight file in `dir` belongs to.
    pub(super) fn owner(&self, dir: u32) -> u32 {
        let mut store = None;
        let (mut at, mut below) = (dir, None);
        loop {
            if self.is_store(at) && below.is_none_or(|child| self.is_of_store(child)) {
                store = Some(at);
            }
            below = Some(at);
            // What somebody labelled or pinned stands for itself, whatever lies above it.
            if at == ROOT || self.is_marked(at) {
                break;
            }
            at = self.tree.dirs[at as usize].parent;
        }
        if let Some(store) = store {
            return store;
        }
        let mut at = dir;
        while at != ROOT && !self.is_marked(at) {
            let parent = self.tree.dirs[at as usize].parent;
            if !self.owns(parent, at) {
                break;
            }
            at = parent;
        }
        at
    }
}

/// The folders that a pipeline's own list names.
fn components(file: &str, list: Option<&Value>) -> HashSet<String> {
    let Some(list) = list else { return HashSet::new() };
    let text = |v: &Value| v.as_str().map(str::to_owned);
    match file {
        // `"unet": ["diffusers", "UNet2DModel"]`
        "model_index.json" => {
            let map = list.as_object().into_iter().flatten();
            map.filter(|(_, v)| v.is_array()).map(|(k, _)| k.clone()).collect()
        }
        // `[{"path": "1_Pooling", ..}, ..]`
        "modules.json" => {
            let modules = list.as_array().into_iter().flatten();
            modules.filter_map(|m| text(m.get("path")?)).filter(|p| !p.is_empty()).collect()
        }
        // spaCy: `"pipeline": ["tok2vec", ..]`
        _ => {
            let pipes = list.get("pipeline").and_then(Value::as_array).into_iter().flatten();
            let fixed = ["vocab", "tokenizer"].map(str::to_owned);
            let names: HashSet<String> = pipes.filter_map(text).collect();
            if names.is_empty() { names } else { names.into_iter().chain(fixed).collect() }
        }
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
        let found = tree.dirs.iter().skip(1).position(|d| d.parent == parent && *d.name == *wanted);
        found.and_then(|i| u32::try_from(i + 1).ok())
    };
    let snapshots = inside(b"snapshots", dir)?;
    inside(b"blobs", dir)?;
    let commit = tree.dirs.iter().skip(1).find(|d| {
        d.parent == snapshots && d.name.len() == 40 && d.name.iter().all(u8::is_ascii_hexdigit)
    })?;
    let commit = String::from_utf8_lossy(&commit.name);
    Some(format!("{id}@{}", &commit[..12]))
}
