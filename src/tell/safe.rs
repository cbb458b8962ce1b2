//! Text from the disk, made harmless before a terminal sees it.

use std::path::Path;

/// Escapes control characters, bidirectional marks and other invisible ones.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            c if c.is_control() || is_invisible(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

/// JSON in ASCII alone: inside of its strings, the only place for anything else, an escape says
/// the same, and no terminal reads it as a command.
#[must_use]
pub(super) fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// Marks that reorder or hide text: bidi controls, zero-width characters, tags, separators.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// A path for people: what is no UTF-8 is shown as bytes, and a name that is not ASCII is shown
/// escaped as well, since letters of two alphabets can look alike.
#[must_use]
pub(super) fn path(path: &Path) -> String {
    let mut shown = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        shown.push_str(&harmless(chunk.valid()));
        for byte in chunk.invalid() {
            shown.push_str(&format!("\\x{byte:02x}"));
        }
    }
    if shown.is_ascii() {
        return shown;
    }
    let escaped: String = shown
        .chars()
        .map(|c| if c.is_ascii() { c.to_string() } else { c.escape_default().to_string() })
        .collect();
    format!("{shown} ({escaped})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_bidi_marks_do_not_reach_a_terminal() {
        assert_eq!(harmless("a\x1b[31m\nb\u{202e}"), "a\\u{1b}[31m\\nb\\u{202e}");
        assert_eq!(harmless("\u{9b}1m"), "\\u{9b}1m");
    }

    #[test]
    fn json_says_the_same_in_ascii() {
        let value = serde_json::json!({"a\u{9b}\u{7f}": "\u{202e}\u{1f600}é\n"});
        let shown = ascii(&value.to_string());
        assert!(shown.is_ascii() && !shown.contains('\u{7f}'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }

    #[test]
    fn a_twin_in_cyrillic_shows() {
        assert_eq!(path(Path::new("r\u{443}n")), "r\u{443}n (r\\u{443}n)");
    }
}
