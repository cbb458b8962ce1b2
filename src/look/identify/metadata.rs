//! `__metadata__` of a safetensors file: what trainers of image models write there.
//!
//! Sources: kohya's sd-scripts (`ss_*`), Stability's ModelSpec (`modelspec.*`), MLX (`format`). Values
//! are texts, some of them JSON within a text.

use std::collections::HashMap;

use super::weights::{Holds, WeightFile};
use super::{dates, texts};
use crate::facts::ModelKind;

/// The metadata as it stands in the header; what is no text is passed over.
pub(super) type Metadata = HashMap<String, serde_json::Value>;

/// Adds to a file what its metadata says.
pub(super) fn read(metadata: &Metadata, file: &mut WeightFile) {
    let get = |key: &str| {
        let text = metadata.get(key)?.as_str()?;
        // kohya writes `None` for what it does not know.
        texts::useful(text).filter(|t| t != "None")
    };
    let number = |key: &str| get(key)?.parse::<u64>().ok();
    let told = &mut file.told;
    told.source = "its metadata";
    told.family = get("modelspec.architecture").or_else(|| get("ss_base_model_version"));
    told.name = get("modelspec.title").or_else(|| get("ss_output_name"));
    told.base = get("ss_sd_model_name");
    told.step = number("ss_steps");
    told.max_step = number("ss_max_train_steps");
    told.epoch = get("ss_epoch");
    told.rank = number("ss_network_dim");
    told.declared = get("ss_training_finished_at")
        .and_then(|t| dates::unix(t.split('.').next()?.parse().ok()?, "ss_training_finished_at"))
        .or_else(|| dates::text(&get("modelspec.date")?, "modelspec.date"));
    if get("format").as_deref() == Some("mlx") {
        told.tool = Some("mlx".to_owned());
    } else if metadata.keys().any(|key| key.starts_with("ss_")) {
        told.tool = Some("kohya sd-scripts".to_owned());
    }
    let network = get("ss_network_module").is_some();
    if network || told.family.as_ref().is_some_and(|f| f.ends_with("/lora")) {
        file.holds = Holds::Adapter;
        told.kind = Some(ModelKind::Adapter);
    }
}
