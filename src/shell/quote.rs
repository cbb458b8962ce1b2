//! A word as a shell reads it back, byte for byte.

use crate::cli::Shell;

/// Quotes a word, where it needs that.
pub(super) fn quoted(shell: Shell, word: &[u8]) -> Vec<u8> {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/._+-".contains(b);
    if !word.is_empty() && word.iter().all(plain) {
        return word.to_vec();
    }
    let mut out = vec![b'\''];
    for byte in word {
        match (byte, shell) {
            (b'\'', Shell::Bash | Shell::Zsh) => out.extend(b"'\\''"),
            (b'\'' | b'\\', Shell::Fish) => out.extend([b'\\', *byte]),
            _ => out.push(*byte),
        }
    }
    out.push(b'\'');
    out
}

/// Quotes text that is part of a script.
pub(super) fn text(shell: Shell, text: &str) -> String {
    String::from_utf8_lossy(&quoted(shell, text.as_bytes())).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_come_back() {
        let text = |shell, word| text(shell, word);
        assert_eq!(text(Shell::Bash, "/usr/bin/a"), "/usr/bin/a");
        assert_eq!(text(Shell::Bash, "it's"), r"'it'\''s'");
        assert_eq!(text(Shell::Zsh, "$(a)`b`"), "'$(a)`b`'");
        assert_eq!(text(Shell::Fish, r"a\'b"), r"'a\\\'b'");
        assert_eq!(text(Shell::Bash, ""), "''");
    }
}
