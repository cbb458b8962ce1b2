//! Lists of words that every entry of a survey is held against: most are told apart by their first
//! letter or their length.

/// A list that ignores the case of ASCII letters.
pub(super) struct Words {
    list: &'static [&'static str],
    firsts: [u64; 4],
    lengths: u64,
}

impl Words {
    /// Words of at most 63 bytes.
    pub(super) const fn new(list: &'static [&'static str]) -> Self {
        let (mut firsts, mut lengths, mut at) = ([0; 4], 0, 0);
        while at < list.len() {
            let word = list[at].as_bytes();
            assert!(!word.is_empty() && word.len() < 64, "a word of a list is empty or too long");
            let first = word[0].to_ascii_lowercase();
            firsts[first as usize / 64] |= 1 << (first % 64);
            lengths |= 1 << word.len();
            at += 1;
        }
        Self { list, firsts, lengths }
    }

    /// Whether the word is in the list.
    pub(super) fn has(&self, word: &str) -> bool {
        let Some(first) = word.as_bytes().first().map(u8::to_ascii_lowercase) else { return false };
        word.len() < 64
            && self.lengths & 1 << word.len() != 0
            && self.firsts[usize::from(first) / 64] & 1 << (first % 64) != 0
            && self.list.iter().any(|w| w.eq_ignore_ascii_case(word))
    }

    /// The words themselves.
    pub(super) const fn list(&self) -> &'static [&'static str] {
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_words_are_in_a_list() {
        const LIST: Words = Words::new(&["pt", "onnx_data", ".keep", "MODEL"]);
        for word in ["pt", "PT", "onnx_data", ".keep", "model"] {
            assert!(LIST.has(word), "{word}");
        }
        for word in ["", "p", "ptx", "tp", "keep", "é"] {
            assert!(!LIST.has(word), "{word}");
        }
    }
}
