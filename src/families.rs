//! Families of models as people write them, against what the tensors say.

/// Words that name a family, with the families of tensors that fit it. Some makers' models have
/// the tensors of another family: Mistral's are Llama's, DeepSeek's distillations are anybody's.
const CLAIMS: &[(&str, &[&str])] = &[
    ("qwen3", &["qwen3"]),
    ("qwen25", &["qwen2"]),
    ("qwen2", &["qwen2"]),
    ("qwq", &["qwen2"]),
    ("llama", &["llama"]),
    ("vicuna", &["llama"]),
    ("mixtral", &["mixtral", "llama"]),
    ("mistral", &["mistral", "llama"]),
    ("ministral", &["mistral", "llama"]),
    ("gemma3", &["gemma3"]),
    ("gemma2", &["gemma2"]),
    ("gemma", &["gemma", "llama"]),
    ("deepseek", &["deepseek", "llama", "qwen2", "qwen3"]),
    ("falcon", &["falcon", "llama"]),
    ("gpt2", &["gpt2"]),
    ("flux", &["flux"]),
];

/// Short ones are words of their own: `robert` and `part5` name nothing.
const WORDS: &[(&str, &[&str])] = &[
    ("t5", &["t5"]),
    ("mt5", &["t5", "mt5"]),
    ("byt5", &["t5"]),
    ("bert", &["bert"]),
    ("roberta", &["bert", "roberta"]),
    ("phi", &["phi", "llama"]),
    ("yi", &["llama"]),
];

/// The families that a written name claims, each with those of tensors that fit: `Qwen2.5-7B`
/// claims `qwen2`.
fn claims(text: &str) -> Vec<(&'static str, &'static [&'static str])> {
    let lower = text.to_ascii_lowercase();
    let plain: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut found: Vec<_> = Vec::new();
    for (word, families) in CLAIMS {
        // `gemma` within `gemma3` claims no second one.
        let part = found.iter().any(|(longer, _): &(&str, _)| longer.contains(word));
        if plain.contains(word) && !part {
            found.push((*word, *families));
        }
    }
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let short = words.filter_map(|word| {
        // `phi3` is `phi`, `t5` is itself.
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        WORDS.iter().find(|(w, _)| *w == word || *w == bare).copied()
    });
    found.extend(short);
    found
}

/// The claim of a text that the family found contradicts; nothing where one of them fits, or where
/// the text claims none.
#[must_use]
pub fn contradicted(text: &str, found: &str) -> Option<&'static str> {
    let claims = claims(text);
    let fits = |family: &&str| found.starts_with(*family) || family.starts_with(found);
    if claims.iter().any(|(_, families)| families.iter().any(fits)) {
        return None;
    }
    claims.first().map(|(word, families)| families.first().copied().unwrap_or(word))
}

/// The number of parameters that a written name claims: `Qwen3-8B` is 8,000,000,000.
#[must_use]
pub fn claimed_size(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    lower.split(['-', '_', ' ', '/', ',', '(', ')', ':']).find_map(|word| {
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
    fn a_claim_is_a_word_and_one_that_fits_is_enough() {
        for (text, found, wrong) in [
            ("Qwen2.5-7B", "qwen3", true),
            ("Qwen3-8B", "qwen3", false),
            ("Qwen3-30B-A3B", "qwen3_moe", false),
            ("Mistral-Small", "qwen3", true),
            ("Mistral-7B", "llama", false),
            ("Gemma", "qwen3", true),
            ("gemma-3-4b", "gemma3", false),
            ("Phi-3-mini", "qwen2", true),
            ("DeepSeek-R1-Distill-Qwen-7B", "qwen2", false),
            ("DeepSeek-V3", "gemma3", true),
            ("a merge of mistral and qwen3", "qwen3", false),
            ("flan-t5-xl", "llama", true),
            ("robert's best", "qwen3", false),
            ("checkpoint5", "llama", false),
        ] {
            assert_eq!(contradicted(text, found).is_some(), wrong, "{text} {found}");
        }
        assert_eq!(claimed_size("qwen3:8b"), Some(8_000_000_000));
    }
}
