//! What the tensors of a model say, summed up as their headers are read.
//!
//! A header of 20 MB can list half a million tensors, and a target can have many such files: none of
//! their lists is kept. What identity needs (family, sizes, sums, a structure) is taken from each
//! tensor as it passes by, and can be added up over the files of a sharded model.

use std::collections::BTreeMap;

/// Parts of names that tell a family or a kind; a bit each.
const TELLING: &[&str] = &[
    "lora_A",
    "lora_",
    "self_attn.q_norm.weight",
    "pre_feedforward_layernorm",
    "self_attn.q_proj.bias",
    "self_attn.v_proj.bias",
    "q_proj.bias",
    "q_norm",
    "mlp.experts.",
    "h.0.attn.c_attn",
    "encoder.layer.0.attention.self.query",
    "SelfAttention.q.weight",
    "double_blocks.",
    "model.diffusion_model.",
    "conditioner.embedders.1.",
    "self_attn.q_proj.weight",
    "mlp.gate_proj.weight",
    "block_sparse_moe.experts.",
    "kv_a_proj_with_mqa",
    "self_attn.qkv_proj.weight",
    "mlp.gate_up_proj.weight",
    "self_attention.query_key_value",
    "mixer.A_log",
    "encoder_attn.",
    "encoder.conv1.weight",
    "text_model.encoder.layers.0.",
    "qweight",
];

/// Parts of names whose shapes give a model's dimensions.
const MEASURED: &[&str] = &[
    "q_proj.lora_A",
    "q_proj.lora_B",
    "v_proj.lora_A",
    "v_proj.lora_B",
    "q_proj.weight",
    "v_proj.weight",
    "embed_tokens.weight",
];

/// More kinds of numbers than any format has.
const DTYPES: usize = 64;

/// Tensors of one file or of several, summed up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tensors {
    /// How many there are.
    pub count: u64,
    /// Stored elements of all of them.
    pub elements: u64,
    by_dtype: BTreeMap<String, u64>,
    telling: u32,
    /// The greatest layer number, and of a LoRA's halves the smallest dimension.
    layer: Option<u64>,
    measured: BTreeMap<usize, (String, Vec<u64>)>,
    sum: [u64; 4],
    names: [u64; 4],
}

fn add(to: &mut [u64; 4], hash: &[u8; 32]) {
    for (word, part) in to.iter_mut().zip(hash.chunks_exact(8)) {
        *word = word.wrapping_add(u64::from_le_bytes(part.try_into().unwrap_or_default()));
    }
}

impl Tensors {
    /// Takes in one tensor. A dtype that nobody knows is data, no error.
    pub(super) fn add(&mut self, name: &str, dtype: &str, shape: &[u64]) {
        let elements = shape.iter().fold(1, |product: u64, d| product.saturating_mul(*d));
        self.count += 1;
        self.elements = self.elements.saturating_add(elements);
        if self.by_dtype.len() < DTYPES || self.by_dtype.contains_key(dtype) {
            let dtype: String = dtype.chars().take(32).collect();
            let sum = self.by_dtype.entry(dtype).or_default();
            *sum = sum.saturating_add(elements);
        }
        for (bit, part) in TELLING.iter().enumerate() {
            if name.contains(part) {
                self.telling |= 1 << bit;
            }
        }
        for (at, part) in MEASURED.iter().enumerate() {
            if name.contains(part) {
                self.measure(at, name, shape);
            }
        }
        self.layer = self.layer.max(layer(name));
        add(
            &mut self.sum,
            blake3::hash(format!("{name:?} {dtype} {shape:?}").as_bytes()).as_bytes(),
        );
        add(&mut self.names, blake3::hash(name.as_bytes()).as_bytes());
    }

    /// Keeps the shape of the first by name, whatever the order in which they come.
    fn measure(&mut self, at: usize, name: &str, shape: &[u64]) {
        let first = self.measured.get(&at).is_none_or(|(best, _)| name < best.as_str());
        if first && name.len() <= 512 {
            let shape = shape.iter().take(8).copied().collect();
            self.measured.insert(at, (name.to_owned(), shape));
        }
    }

    /// Takes in those of another file of the same model.
    pub(super) fn join(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.elements = self.elements.saturating_add(other.elements);
        for (dtype, elements) in &other.by_dtype {
            if self.by_dtype.len() < DTYPES || self.by_dtype.contains_key(dtype) {
                let sum = self.by_dtype.entry(dtype.clone()).or_default();
                *sum = sum.saturating_add(*elements);
            }
        }
        self.telling |= other.telling;
        self.layer = self.layer.max(other.layer);
        for (at, (name, shape)) in &other.measured {
            self.measure(*at, name, shape);
        }
        for i in 0..4 {
            self.sum[i] = self.sum[i].wrapping_add(other.sum[i]);
            self.names[i] = self.names[i].wrapping_add(other.names[i]);
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether a name with this part, which must be one of the table's, is among them.
    pub(super) fn has(&self, part: &str) -> bool {
        let bit = TELLING.iter().position(|p| *p == part);
        debug_assert!(bit.is_some(), "{part} is in no table");
        bit.is_some_and(|bit| self.telling & (1 << bit) != 0)
    }

    /// A dimension of the first tensor whose name has this part.
    pub(super) fn dimension(&self, part: &str, axis: usize) -> Option<u64> {
        let at = MEASURED.iter().position(|p| *p == part)?;
        self.measured.get(&at)?.1.get(axis).copied()
    }

    /// How many layers there are, as their numbers go.
    pub(super) fn layers(&self) -> Option<u64> {
        self.layer?.checked_add(1)
    }

    /// The dtype of most elements.
    pub(super) fn dtype(&self) -> Option<&str> {
        self.by_dtype.iter().max_by_key(|d| d.1).map(|d| d.0.as_str())
    }

    /// Stands for names, dtypes and shapes, in whatever order and files they came.
    pub(super) fn sum(&self) -> [u64; 4] {
        self.sum
    }

    /// Stands for the names alone: two files with the same ones are one model twice.
    pub(super) fn names(&self) -> [u64; 4] {
        self.names
    }
}

fn layer(name: &str) -> Option<u64> {
    let rest = name.split("layers.").nth(1)?;
    rest.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_files_make_no_difference() {
        let all =
            [("b.q_proj.weight", [4, 2]), ("a.q_proj.weight", [8, 2]), ("layers.3.x", [1, 1])];
        let mut whole = Tensors::default();
        for (name, shape) in all {
            whole.add(name, "F32", &shape);
        }
        let mut parts = Tensors::default();
        for (name, shape) in all.iter().rev() {
            let mut one = Tensors::default();
            one.add(name, "F32", shape);
            parts.join(&one);
        }
        assert_eq!(whole, parts);
        assert_eq!(whole.dimension("q_proj.weight", 0), Some(8));
        assert_eq!((whole.layers(), whole.elements), (Some(4), 25));
        let mut other = Tensors::default();
        other.add("a.q_proj.weight", "F16", &[8, 2]);
        assert_ne!(other.sum(), whole.sum());
    }
}
