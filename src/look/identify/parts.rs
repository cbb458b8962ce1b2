//! Names of what is only a part of a model: one file of a set, a folder of a sharded state, a side
//! file. A part never stands for itself; the name alone makes nothing a model.
//!
//! Sources: the writers of transformers, accelerate, DeepSpeed, Megatron-LM, verl, llama.cpp,
//! TensorFlow.js and Orbax.

/// Whether the file is one of a set that is useless without the rest.
#[must_use]
pub(in crate::look) fn is_shard(name: &str) -> bool {
    is_numbered(name)
        || (name.starts_with("__") && name.ends_with(".distcp"))
        || name.ends_with("model_states.pt")
        || name.ends_with("optim_states.pt")
        || ["model_optim_rng.pt", "distrib_optim.pt"].contains(&name)
}

/// What stands before the number of a shard or a rank.
const MARKS: &[&str] =
    &["mp_rank_", "pp_rank_", "world_size_", "fsdp_rank", "-rank-", "-shard", ".gguf.part"];

/// Whether a number in the name is a shard's. Every name of a long listing is asked, so that only where
/// a number begins is looked at what stands before it.
fn is_numbered(name: &str) -> bool {
    let bytes = name.as_bytes();
    let begins = |at: &usize| bytes[*at].is_ascii_digit() && !bytes[at - 1].is_ascii_digit();
    (1..bytes.len()).filter(begins).any(|at| {
        let before = &bytes[..at];
        let of =
            before.strip_suffix(b"-of-").and_then(<[u8]>::last).is_some_and(u8::is_ascii_digit);
        of || MARKS.iter().any(|mark| before.ends_with(mark.as_bytes()))
            || (before.ends_with(b"rank") && bytes.starts_with(b"rank"))
            || (before.ends_with(b"consolidated.") && bytes.starts_with(b"consolidated."))
    })
}

/// A file of a numbered set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Numbered {
    /// The name without its number: all of one set agree in it.
    pub set: String,
    /// Its number, where counting begins, and how many there are, where the name says so.
    pub number: u64,
    pub from: u64,
    pub of: Option<u64>,
    /// It is the share of a data-parallel rank, of which the checkpoint itself says how many there were.
    pub rank: bool,
}

/// The number of a file among those of its set.
#[must_use]
pub(super) fn numbered(name: &str) -> Option<Numbered> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let number = |text: &str| text[..digits(text)].parse::<u64>().ok().filter(|n| *n < 1 << 20);
    if let Some((before, after)) = name.split_once("-of-") {
        let at = before.len() - before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let from = u64::from(!before[..at].ends_with(".data-"));
        return Some(Numbered {
            set: format!("{}#-of-{after}", &before[..at]),
            number: number(&before[at..]).filter(|n| *n >= from)?,
            from,
            of: number(after),
            rank: false,
        });
    }
    let marks = ["zero_pp_rank_", "mp_rank_", "fsdp_rank", "_rank_", "consolidated.", "rank"];
    let starts = ["consolidated.", "rank", "mp_rank_"];
    let mark = marks.iter().find(|mark| {
        let at = if starts.contains(mark) {
            name.starts_with(**mark).then_some(0)
        } else {
            name.find(**mark)
        };
        at.is_some_and(|at| number(&name[at + mark.len()..]).is_some())
    })?;
    let at = name.find(mark)? + mark.len();
    let rest = &name[at..];
    let of = name.split_once("world_size_").and_then(|(_, after)| number(after));
    Some(Numbered {
        set: format!("{}#{}", &name[..at], &rest[digits(rest)..]),
        number: number(rest)?,
        from: 0,
        of,
        rank: mark.starts_with("zero") && name.ends_with("optim_states.pt"),
    })
}

/// Whether the folder holds one rank's share or one role's part of a checkpoint around it.
#[must_use]
pub(super) fn is_shard_folder(name: &str) -> bool {
    let starts = ["global_step", "pytorch_model_fsdp", "mp_rank_", "ocdbt.process_"];
    let counted = ["optimizer_", "pytorch_model_"];
    let number = |p: &&str| name.strip_prefix(*p).is_some_and(|n| n.parse::<u32>().is_ok());
    starts.iter().any(|p| name.starts_with(p)) || counted.iter().any(number)
}

/// Whether the folder is a component of the step around it (`checkpoint-900/unet`, `step_5/actor`).
#[must_use]
pub(in crate::look) fn is_component(name: &str) -> bool {
    let known = [
        "actor",
        "checkpoint",
        "context",
        "controlnet",
        "critic",
        "default",
        "dist_ckpt",
        "ema",
        "huggingface",
        "items",
        "lora_adapter",
        "model",
        "optim",
        "optimizer",
        "params",
        "ref",
        "reward",
        "reward_model",
        "rollout",
        "scheduler",
        "state",
        "tokenizer",
        "transformer",
        "transformer_ema",
        "unet",
        "unet_ema",
        "unet_lora",
        "vae",
        "weights",
        "zero",
    ];
    known.contains(&name) || name.starts_with("text_encoder") || is_shard_folder(name)
}

/// Whether the folder holds the same model in another form, as repositories keep it.
#[must_use]
pub(in crate::look) fn is_export(name: &str) -> bool {
    let known = ["onnx", "openvino", "original", "coreml", "tflite", "flax", "speech_tokenizer"];
    known.contains(&name)
}

/// Whether the file tells about weights, or binds them, and is nothing without them.
#[must_use]
pub(in crate::look) fn is_side(name: &str) -> bool {
    let known = [
        ".metadata",
        ".zarray",
        "zarr.json",
        "_CHECKPOINT_METADATA",
        "_METADATA",
        "_sharding",
        "adapter_config.json",
        "checkpoint",
        "commit_success.txt",
        "config.cfg",
        "config.json",
        "config_sentence_transformers.json",
        "generation_config.json",
        "latest",
        "latest_checkpointed_iteration.txt",
        "latest_universal",
        "manifest.ocdbt",
        "merges.txt",
        "meta.json",
        "metadata.json",
        "model.json",
        "model_index.json",
        "modules.json",
        "params.json",
        "preprocessor_config.json",
        "processor_config.json",
        "saved_model.pb",
        "special_tokens_map.json",
        "spiece.model",
        "tokenizer.json",
        "tokenizer.model",
        "tokenizer_config.json",
        "trainer_state.json",
        "vocab.json",
        "vocab.txt",
    ];
    let endings =
        [".index.json", "-weights_manifest.json", ".index", ".meta", ".metadata", ".gguf.etag"];
    let seeds = name.starts_with("rng_state") || name.starts_with("random_states_");
    known.contains(&name) || endings.iter().any(|e| name.ends_with(e)) || seeds
}

/// Endings of two files that are one model: a graph and its weights.
const PAIRS: &[(&str, &str)] = &[
    (".onnx", ".onnx_data"),
    (".onnx", ".onnx.data"),
    (".xml", ".bin"),
    (".pdmodel", ".pdparams"),
    (".pdmodel", ".pdiparams"),
    (".param", ".bin"),
    (".prototxt", ".caffemodel"),
    ("-symbol.json", "-0000.params"),
    (".cfg", ".weights"),
];

/// The names that make a pair with this one.
#[must_use]
pub(in crate::look) fn partners(name: &str) -> Vec<String> {
    let both = PAIRS.iter().flat_map(|(a, b)| [(a, b), (b, a)]);
    both.filter_map(|(own, other)| Some(format!("{}{other}", name.strip_suffix(own)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_sets_are_read() {
        for (name, number, of) in [
            ("model-00002-of-00003.safetensors", 2, Some(3)),
            ("ckpt-9.data-00000-of-00001", 0, Some(1)),
            ("bf16_zero_pp_rank_3_mp_rank_00_optim_states.pt", 3, None),
            ("model_world_size_4_rank_1.pt", 1, Some(4)),
            ("pytorch_model_fsdp_rank3.bin", 3, None),
            ("consolidated.01.pth", 1, None),
            ("rank0.engine", 0, None),
            ("mp_rank_00_model_states.pt", 0, None),
        ] {
            let found = numbered(name).map(|n| (n.number, n.of));
            assert_eq!(found, Some((number, of)), "{name}");
        }
        for none in ["model.safetensors", "model-00000-of-00003.safetensors", "a-of-b", "rank.bin"]
        {
            assert_eq!(numbered(none), None, "{none}");
        }
    }

    #[test]
    fn shards_are_told_from_ranks_of_adapters() {
        for shard in [
            "model-00001-of-00003.safetensors",
            "ckpt-9.data-00000-of-00001",
            "bf16_zero_pp_rank_0_mp_rank_00_optim_states.pt",
            "model_world_size_2_rank_0.pt",
            "consolidated.00.pth",
            "__0_0.distcp",
            "rank0.safetensors",
            "model-rank-0-part-0.safetensors",
            "group1-shard1of3.bin",
            "pytorch_model_fsdp_rank3.bin",
            "layer_01-model_00-model_states.pt",
        ] {
            assert!(is_shard(shard), "{shard}");
        }
        for whole in [
            "style_rank16.safetensors",
            "lora_rank_32.safetensors",
            "consolidated.safetensors",
            "best-of-show.pt",
            "model.safetensors",
        ] {
            assert!(!is_shard(whole), "{whole}");
        }
    }
}
