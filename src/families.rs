//! Families of models as people write them, against what the tensors say.

/// The family that a written name claims: `Qwen2.5-7B` is `qwen2`, `Qwen3-8B` is `qwen3`.
///
/// Only families that the tensors can tell are named, since only those can be contradicted.
#[must_use]
pub fn claimed_family(text: &str) -> Option<&'static str> {
    let plain: String =
        text.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let table = [
        ("qwen3", "qwen3"),
        ("qwen25", "qwen2"),
        ("qwen2", "qwen2"),
        ("qwq", "qwen2"),
        ("llama", "llama"),
        ("gemma3", "gemma3"),
        ("gemma2", "gemma2"),
        ("gpt2", "gpt2"),
        ("flux", "flux"),
    ];
    let found = table.iter().find(|(word, _)| plain.contains(word)).map(|(_, family)| *family);
    // Short ones stand in other words as well: `robert`, `part5`.
    let lower = text.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    found.or_else(|| {
        words.find_map(|word| match word {
            "t5" | "mt5" | "byt5" => Some("t5"),
            "bert" | "roberta" | "mbert" => Some("bert"),
            _ => None,
        })
    })
}

/// Whether two family names can be of the same model.
#[must_use]
pub fn compatible(claimed: &str, found: &str) -> bool {
    // DeepSeek's distillations and merges carry two names; MoE is a variant, not another family.
    found.starts_with(claimed) || claimed.starts_with(found)
}

/// The number of parameters that a written name claims: `Qwen3-8B` is 8,000,000,000.
#[must_use]
pub fn claimed_size(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    lower.split(['-', '_', ' ', '/', ',', '(', ')']).find_map(|word| {
        let (number, unit) = word.split_at_checked(word.len().checked_sub(1)?)?;
        let scale = match unit {
            "b" => 1e9,
            "m" => 1e6,
            _ => return None,
        };
        let number: f64 = number.parse().ok().filter(|n: &f64| (0.01..100_000.0).contains(n))?;
        #[expect(clippy::cast_sign_loss, reason = "the range was checked")]
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
        Some((number * scale) as u64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_a_word_and_no_part_of_one() {
        for (text, family) in [
            ("Qwen2.5-7B", Some("qwen2")),
            ("Qwen3-8B", Some("qwen3")),
            ("flan-t5-xl", Some("t5")),
            ("bert-base-uncased", Some("bert")),
            ("robert's best", None),
            ("part5", None),
            ("sqrt5", None),
        ] {
            assert_eq!(claimed_family(text), family, "{text}");
        }
    }
}
