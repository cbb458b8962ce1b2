//! Family and size from tensor names and shapes, never from a file's or folder's name.
//!
//! Hyper-parameters are those of the public model pages; a fitting shape is no proof.

use super::summary::Tensors;

/// What the tensors say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Family, where a tensor is telling.
    pub family: Option<&'static str>,
    /// Which tensors told it.
    pub source: &'static str,
    /// A model that the shapes fit.
    pub fits: Option<&'static str>,
}

/// hidden size, layers, rows of `q_proj`, rows of `v_proj`, name.
type Known = (u64, u64, u64, u64, &'static str);

const QWEN3: &[Known] = &[
    (1024, 28, 2048, 1024, "Qwen3-0.6B"),
    (2048, 28, 2048, 1024, "Qwen3-1.7B"),
    (2560, 36, 4096, 1024, "Qwen3-4B"),
    (4096, 36, 4096, 1024, "Qwen3-8B"),
    (5120, 40, 5120, 1024, "Qwen3-14B"),
    (5120, 64, 8192, 1024, "Qwen3-32B"),
];

const QWEN2: &[Known] = &[
    (896, 24, 896, 128, "Qwen2.5-0.5B"),
    (1536, 28, 1536, 256, "Qwen2.5-1.5B"),
    (2048, 36, 2048, 256, "Qwen2.5-3B"),
    (3584, 28, 3584, 512, "Qwen2.5-7B"),
    (5120, 48, 5120, 1024, "Qwen2.5-14B"),
    (5120, 64, 5120, 1024, "Qwen2.5-32B"),
    (8192, 80, 8192, 1024, "Qwen2.5-72B"),
];

const LLAMA: &[Known] = &[
    (2048, 16, 2048, 512, "Llama-3.2-1B"),
    (3072, 28, 3072, 1024, "Llama-3.2-3B"),
    (4096, 32, 4096, 1024, "Llama-3-8B"),
    (8192, 80, 8192, 1024, "Llama-3-70B"),
];

/// Reads family and size off the tensors.
#[must_use]
pub(crate) fn of(tensors: &Tensors) -> Shape {
    let has = |part: &str| tensors.has(part);
    let adapter = has("lora_A");
    let (family, source) = if has("self_attn.q_norm.weight") && has("pre_feedforward_layernorm") {
        (Some("gemma3"), "q_norm and pre_feedforward_layernorm tensors")
    } else if has("pre_feedforward_layernorm") {
        (Some("gemma2"), "pre_feedforward_layernorm tensors")
    } else if has("self_attn.q_norm.weight") && !has("q_proj.bias") {
        let moe = has("mlp.experts.");
        (Some(if moe { "qwen3_moe" } else { "qwen3" }), "q_norm and k_norm tensors")
    } else if has("self_attn.q_proj.bias") && has("self_attn.v_proj.bias") && other_biased(tensors)
    {
        (None, "")
    } else if has("self_attn.q_proj.bias") && has("self_attn.v_proj.bias") && !has("q_norm") {
        (Some("qwen2"), "q_proj.bias tensors")
    } else if has("h.0.attn.c_attn") {
        (Some("gpt2"), "c_attn tensors")
    } else if has("encoder.layer.0.attention.self.query") {
        (Some("bert"), "encoder.layer.N.attention tensors")
    } else if has("SelfAttention.q.weight") {
        (Some("t5"), "SelfAttention tensors")
    } else if has("double_blocks.") {
        (Some("flux"), "double_blocks tensors")
    } else if has("model.diffusion_model.") && has("conditioner.embedders.1.") {
        (Some("sdxl"), "diffusion_model and second text encoder tensors")
    } else if has("model.diffusion_model.") {
        (Some("stable-diffusion"), "diffusion_model tensors")
    } else if has("block_sparse_moe.experts.") {
        (Some("mixtral"), "block_sparse_moe tensors")
    } else if has("kv_a_proj_with_mqa") {
        (Some("deepseek"), "kv_a_proj_with_mqa tensors")
    } else if has("self_attn.qkv_proj.weight") && has("mlp.gate_up_proj.weight") {
        (Some("phi3"), "qkv_proj and gate_up_proj tensors")
    } else if has("mixer.A_log") {
        (Some("mamba"), "A_log tensors")
    } else if !adapter && has("self_attn.q_proj.weight") && has("mlp.gate_proj.weight") {
        (Some("llama"), "self_attn and gate_proj tensors without norms or biases")
    } else {
        (None, "")
    };
    let fits = dimensions(tensors, adapter).and_then(|found| match family {
        Some("qwen3") => find(QWEN3, found),
        Some("qwen2") => find(QWEN2, found),
        Some("llama") => find(LLAMA, found),
        None if adapter => only([QWEN3, QWEN2, LLAMA].iter().filter_map(|t| find(t, found))),
        _ => None,
    });
    let from_shape = fits.filter(|_| family.is_none()).map(|name| {
        if name.starts_with("Qwen3") {
            "qwen3"
        } else if name.starts_with("Qwen2") {
            "qwen2"
        } else {
            "llama"
        }
    });
    match from_shape {
        Some(family) => Shape { family: Some(family), source: "the shapes of its tensors", fits },
        None => Shape { family, source, fits },
    }
}

fn only<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let first = names.next()?;
    names.next().is_none().then_some(first)
}

fn find(
    table: &'static [Known],
    (hidden, layers, q, v): (u64, u64, Option<u64>, u64),
) -> Option<&'static str> {
    table
        .iter()
        .find(|k| k.0 == hidden && k.1 == layers && q.is_none_or(|q| q == k.2) && k.3 == v)
        .map(|k| k.4)
}

/// Encoders and decoders of other families have biases as well: Whisper, CLIP, OPT, Bart.
fn other_biased(tensors: &Tensors) -> bool {
    tensors.has("encoder_attn.")
        || tensors.has("text_model.encoder.layers.0.")
        || !["mlp.gate_proj.weight", "mlp.experts.", "lora_A"].iter().any(|p| tensors.has(p))
}

/// Hidden size, layers, rows of q and of v.
fn dimensions(tensors: &Tensors, adapter: bool) -> Option<(u64, u64, Option<u64>, u64)> {
    let shape = |part: &str, axis: usize| tensors.dimension(part, axis);
    let layers = tensors.layers()?;
    if adapter {
        let hidden = shape("q_proj.lora_A", 1).or_else(|| shape("v_proj.lora_A", 1))?;
        Some((hidden, layers, shape("q_proj.lora_B", 0), shape("v_proj.lora_B", 0)?))
    } else {
        let hidden = shape("q_proj.weight", 1)?;
        Some((hidden, layers, shape("q_proj.weight", 0), shape("v_proj.weight", 0)?))
    }
}

/// Whether a text can be the name or the path of a model: a run is given many other texts.
#[must_use]
pub(super) fn is_name_of_model(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./@".contains(c);
    text.len() > 3 && text.chars().all(plain) && text.chars().any(|c| c.is_ascii_alphabetic())
}
