//! What lies beside a target: the other members of a series, the model that it is a part of.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::{Eyes, identify, names, notable, survey};
use crate::facts::{Completeness, FileKind, Member, Meta, Model};
use crate::sys::dir;

/// What is remembered of a sibling.
#[derive(Clone, Debug)]
struct Sibling {
    structure: Option<[u8; 32]>,
    complete: bool,
    step: Option<u64>,
}

/// Looks for series and remembers what it saw.
#[derive(Debug)]
pub(super) struct Series<'a> {
    eyes: &'a Eyes<'a>,
    seen: HashMap<PathBuf, Option<Sibling>>,
}

impl<'a> Series<'a> {
    pub(super) fn new(eyes: &'a Eyes<'a>) -> Self {
        Self { eyes, seen: HashMap::new() }
    }

    /// All members of the series of this model, itself included; none if its name makes no series.
    pub(super) fn of(&mut self, path: &Path, model: &Model) -> Vec<Member> {
        let text = |p: &Path| p.file_name().map(|n| n.to_string_lossy().into_owned());
        // The weights may lie below the folder that carries the date: `snapshots/DATE/merged`. The
        // nearest such folder counts, up to the one around the target.
        let levels = model.path.components().count() + 2;
        let named = |p: &Path| text(p).and_then(|n| names::parse(&n));
        let base = path.ancestors().take(levels).find_map(|p| Some((p, named(p)?)));
        let Some((base, own)) = base else { return Vec::new() };
        let Some(parent) = base.parent() else { return Vec::new() };
        let inner = path.strip_prefix(base).unwrap_or(Path::new(""));
        let mut members = Vec::new();
        for entry in WalkDir::new(parent).min_depth(1).max_depth(1).into_iter().flatten() {
            let Some(named) = text(entry.path()).and_then(|n| names::parse(&n)) else { continue };
            let alike = named.stem == own.stem && named.key.len() == own.key.len();
            if !alike || entry.path_is_symlink() {
                continue;
            }
            let own_place = entry.path() == base;
            let place = if own_place {
                path.to_path_buf()
            } else if inner.as_os_str().is_empty() {
                entry.path().to_path_buf()
            } else {
                entry.path().join(inner)
            };
            let sibling = if own_place {
                Some(of_model(model))
            } else {
                let seen = self.seen.entry(place.clone());
                seen.or_insert_with_key(|p| sibling(p, self.eyes)).clone()
            };
            let Some(sibling) = sibling else { continue };
            members.push(Member {
                path: place,
                key: sibling.step.filter(|_| named.date.is_none()).map_or(named.key, |s| vec![s]),
                complete: sibling.complete,
                same_structure: sibling.structure.is_some() && sibling.structure == model.structure,
            });
        }
        members.sort_by(|a, b| b.key.cmp(&a.key).then_with(|| a.path.cmp(&b.path)));
        members
    }
}

fn of_model(model: &Model) -> Sibling {
    Sibling {
        structure: model.structure,
        complete: !matches!(model.complete, Completeness::Damaged(_)),
        step: model.step,
    }
}

fn sibling(path: &Path, eyes: &Eyes<'_>) -> Option<Sibling> {
    let parent = dir::open_search(path.parent()?).ok()?;
    let tree =
        survey::survey(parent, path.file_name()?, eyes.surroundings.euid, eyes.progress).ok()?;
    let models = identify::identify(&tree, path);
    models.iter().find(|m| m.path.as_os_str().is_empty()).map(of_model)
}

/// The model of which this target is only a part, said in words.
pub(super) fn part_of(path: &Path, meta: &Meta) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let parent = path.parent()?;
    if let Some(store) = path.ancestors().skip(1).find(|p| is_hub_repository(p)) {
        return Some(format!("`{}`, a repository of the hub cache", store.display()));
    }
    if let Some(store) = path.ancestors().skip(1).find(|p| is_ollama_store(p)) {
        return Some(format!("store `{}` (Ollama)", store.display()));
    }
    let open = dir::open_path(parent).ok()?;
    let beside = |file: &str| dir::stat_name(&open, OsStr::new(file)).is_ok();
    let whole = format!("`{}`", parent.display());
    match meta.kind {
        FileKind::Directory => {
            let parts = [
                "unet",
                "vae",
                "transformer",
                "text_encoder",
                "text_encoder_2",
                "tokenizer",
                "scheduler",
                "safety_checker",
                "1_Pooling",
                "2_Dense",
                "variables",
                "ocdbt.process_0",
            ];
            let step = name.starts_with("global_step") || name.starts_with("iter_");
            let bound = beside("model_index.json")
                || beside("modules.json")
                || beside("saved_model.pb")
                || beside("_CHECKPOINT_METADATA");
            let tagged = step && (beside("latest") || beside("latest_checkpointed_iteration.txt"));
            let tagged = tagged && beside("trainer_state.json");
            ((bound && parts.contains(&name)) || tagged).then_some(whole)
        }
        FileKind::File | FileKind::Symlink => {
            let marked = [
                "config.json",
                "adapter_config.json",
                "trainer_state.json",
                ".metadata",
                "model_index.json",
                "modules.json",
            ];
            let weights = |n: &str| {
                notable::suffix(n).is_some_and(|s| {
                    matches!(
                        s,
                        "safetensors" | "bin" | "pt" | "pth" | "distcp" | "gguf" | "h5" | "msgpack"
                    )
                })
            };
            let side = marked.contains(&name)
                || name.ends_with(".index.json")
                || notable::is_label(name.as_bytes())
                || name.contains("-of-0");
            let all = || WalkDir::new(parent).min_depth(1).max_depth(1).into_iter().flatten();
            let others =
                || all().any(|e| e.path() != path && e.file_name().to_str().is_some_and(weights));
            let bound = marked.iter().any(|m| *m != name && beside(m));
            // What is large, unknown and beside a model may be its weights.
            let unknown = meta.size > 10 << 20 && !notable::is_media(name);
            ((weights(name) && bound)
                || (unknown && (bound || others()))
                || (side && others())
                || (side && bound))
                .then_some(whole)
        }
        FileKind::Special => None,
    }
}

fn is_hub_repository(path: &Path) -> bool {
    let named = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("models--"));
    named && path.join("blobs").is_dir() && path.join("snapshots").is_dir()
}

/// Its manifests name blobs by hash: neither half is a model without the other.
fn is_ollama_store(path: &Path) -> bool {
    let blob = |e: &walkdir::DirEntry| e.file_name().to_string_lossy().starts_with("sha256");
    path.join("manifests").is_dir()
        && WalkDir::new(path.join("blobs")).max_depth(1).into_iter().flatten().any(|e| blob(&e))
}
