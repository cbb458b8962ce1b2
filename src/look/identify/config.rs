//! `config.json` and `adapter_config.json`: what a model was built as, by whichever tool wrote it.
//!
//! Sources: transformers 4 and 5, peft, mlx-lm, diffusers, TensorRT-LLM.

use serde_json::Value;

use super::claims::claim;
use super::{summary::Tensors, texts};
use crate::facts::{Completeness, Model, ModelKind};
use crate::families;

fn text(value: &Value, key: &str) -> Option<String> {
    texts::useful(value.get(key)?.as_str()?)
}

/// What `config.json` says, before the tensors have their say.
pub(super) fn read(model: &mut Model, config: &Value) {
    const FILE: &str = "config.json";
    // An engine keeps the configuration of its model within its own.
    let inner = config.get("pretrained_config");
    if let (Some(inner), true) = (inner, config.get("build_config").is_some()) {
        model.kind = ModelKind::Engine;
        let tool = text(config, "version").map(|v| format!("tensorrt-llm {v}"));
        claim(&mut model.tool, tool, &mut model.sources, "tool", FILE);
        claim(&mut model.name, text(inner, "architecture"), &mut model.sources, "name", FILE);
        claim(&mut model.dtype, text(inner, "dtype"), &mut model.sources, "dtype", FILE);
        quantization(model, inner);
        return;
    }
    let nested = ["text_config", "thinker_config", "llm_config", "language_config"];
    let family = text(config, "model_type")
        .or_else(|| nested.iter().find_map(|key| text(config.get(key)?, "model_type")));
    model.family_source = family.as_ref().map(|_| FILE.to_owned());
    model.family = family;
    claim(&mut model.base, text(config, "_name_or_path"), &mut model.sources, "base", FILE);
    let tool = [("transformers_version", "transformers"), ("_diffusers_version", "diffusers")]
        .iter()
        .find_map(|(key, tool)| Some(format!("{tool} {}", text(config, key)?)));
    claim(&mut model.tool, tool, &mut model.sources, "tool", FILE);
    // A checkpoint of TensorRT-LLM names its architecture flatly.
    let flat = text(config, "architecture").filter(|_| config.get("mapping").is_some());
    if flat.is_some() {
        claim(&mut model.name, flat, &mut model.sources, "name", FILE);
        claim(&mut model.tool, Some("tensorrt-llm".into()), &mut model.sources, "tool", FILE);
    }
    quantization(model, config);
}

/// `gptq, 4 bits`: by transformers, by MLX, by TensorRT-LLM.
fn quantization(model: &mut Model, config: &Value) {
    let found = ["quantization_config", "quantization"];
    let Some(given) = found.iter().find_map(|key| config.get(key).filter(|v| v.is_object())) else {
        return;
    };
    let method = text(given, "quant_method").or_else(|| text(given, "quant_algo")).or_else(|| {
        let mlx = given.get("group_size").is_some() && given.get("bits").is_some();
        mlx.then(|| "mlx".to_owned())
    });
    let of = |key: &str, bits: u64| (given.get(key)?.as_bool()?).then_some(bits);
    let bits = given.get("bits").and_then(Value::as_u64);
    let bits = bits.or_else(|| of("load_in_4bit", 4)).or_else(|| of("load_in_8bit", 8));
    let said = match (method, bits) {
        (Some(method), Some(bits)) => format!("{method}, {bits} bits"),
        (Some(method), None) => method,
        (None, Some(bits)) => format!("{bits} bits"),
        // A checkpoint of TensorRT-LLM has the key with nothing in it.
        (None, None) if given.get("quant_algo").is_some() => return,
        (None, None) => "quantized".to_owned(),
    };
    if model.kind != ModelKind::Engine {
        model.kind = ModelKind::Quantized;
    }
    claim(&mut model.quantization, Some(said), &mut model.sources, "quantization", "config.json");
}

/// What `adapter_config.json` says: peft's keys, or those of MLX.
pub(super) fn adapter(model: &mut Model, config: &Value) {
    const FILE: &str = "adapter_config.json";
    model.kind = ModelKind::Adapter;
    // Above all others: an adapter is loaded onto what stands here.
    let base = text(config, "base_model_name_or_path").or_else(|| text(config, "model"));
    if base.is_some() {
        model.base = base;
        model.sources.insert("base", FILE.to_owned());
    }
    let rank = config.get("r").or_else(|| config.get("lora_parameters")?.get("rank"));
    if let Some(rank) = rank.and_then(Value::as_u64) {
        model.rank = Some(rank);
        model.sources.insert("rank", FILE.to_owned());
    }
    let peft = text(config, "peft_version").map(|v| format!("peft {v}"));
    let peft = peft.or_else(|| text(config, "peft_type").map(|_| "peft".to_owned()));
    let mlx = || config.get("fine_tune_type").map(|_| "mlx-lm".to_owned());
    claim(&mut model.tool, peft.or_else(mlx), &mut model.sources, "tool", FILE);
    let iterations = config.get("iters").and_then(Value::as_u64);
    claim(&mut model.max_step, iterations, &mut model.sources, "max_step", FILE);
}

/// Where the tensors have another size than the configuration beside them, it is another model's.
pub(super) fn contradicts(model: &mut Model, config: &Value, tensors: &Tensors) {
    if model.kind == ModelKind::Adapter || matches!(model.complete, Completeness::Damaged(_)) {
        return;
    }
    let number = |key: &str| config.get(key).and_then(Value::as_u64);
    // Towers of several kinds count their layers apart.
    let plain =
        ["text_config", "vision_config", "audio_config"].iter().all(|k| config.get(k).is_none());
    let mut differ = |what: &str, said: Option<u64>, found: Option<u64>, by: u64| {
        if let (Some(said), Some(found)) = (said, found)
            && plain
            && said.abs_diff(found) > by
        {
            model.conflicts.push(format!("config.json says {said} {what}, the tensors {found}"));
        }
    };
    let width = tensors.dimension("embed_tokens.weight", 1);
    differ("hidden units", number("hidden_size"), width, 0);
    // Some families keep one more layer, for drafts.
    differ("layers", number("num_hidden_layers"), tensors.layers(), 1);
}

/// Where the base that is named cannot have these tensors.
pub(super) fn base_contradicts(model: &mut Model) {
    let Some(base) = model.base.clone() else { return };
    let source = model.sources.get("base").cloned().unwrap_or_else(|| "its files".to_owned());
    if let Some(family) = model.family.as_deref()
        && let Some(claimed) = families::contradicted(&base, family)
    {
        model.conflicts.push(format!(
            "its base by {source} is {base} ({claimed}), its tensors are of {family}"
        ));
        return;
    }
    let fits = model
        .name
        .as_deref()
        .filter(|_| model.sources.get("name").is_some_and(|s| s == crate::facts::FITS));
    if let (Some(said), Some(fits)) = (families::claimed_size(&base), fits)
        && let Some(found) = families::claimed_size(fits)
        && (said > found + found / 2 || found > said + said / 2)
    {
        model.conflicts.push(format!("its base by {source} is {base}, its tensors fit {fits}"));
    }
}
