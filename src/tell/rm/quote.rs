//! Names as GNU quotes them for a shell: `'a b'`, `"it's"`, `'a'$'\n''b'`. What is pasted back into a
//! shell names the same file.
//!
//! The form is that of coreutils' `shell-escape-always`. Unlike there, marks that reorder or hide
//! text are escaped as well.

use std::fmt::Write;

use crate::tell::safe::is_invisible;

/// The characters that stand for themselves between double quotes as well as between single ones;
/// `~` and `#` only at the beginning.
fn is_plain(c: char, at: usize) -> bool {
    match c {
        '#' | '~' => at == 0,
        ' ' | '\'' | '%' | '+' | ',' | '-' | '.' | '/' | ':' | ']' | '_' => true,
        c => c.is_ascii_alphanumeric() || !c.is_ascii(),
    }
}

/// One piece of a name.
enum Piece {
    /// To be shown as it is.
    Shown(char),
    /// To be shown byte by byte.
    Escaped(Vec<u8>),
}

/// A name as a shell reads it, in quotes only where it needs them.
#[must_use]
pub(super) fn quoted_if_needed(name: &[u8], utf8: bool) -> String {
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || "%+,-./:@]^_{}".contains(c) || (utf8 && !c.is_ascii())
    };
    let pieces = pieces(name, utf8);
    let shown = |piece: &Piece| if let Piece::Shown(c) = piece { Some(*c) } else { None };
    match pieces.iter().map(shown).collect::<Option<String>>() {
        Some(text) if !text.is_empty() && text.chars().all(plain) => text,
        _ => quoted(name, utf8),
    }
}

/// A word inside of quotes of another kind: what does not show is escaped, and nothing else.
#[must_use]
pub(super) fn escaped(word: &[u8], utf8: bool) -> String {
    let mut out = String::new();
    for piece in pieces(word, utf8) {
        match piece {
            Piece::Shown(c) => out.push(c),
            Piece::Escaped(bytes) => bytes.into_iter().for_each(|byte| escape(&mut out, byte)),
        }
    }
    out
}

/// A name in quotes; where the terminal does not read UTF-8, everything beyond ASCII is escaped.
#[must_use]
pub(super) fn quoted(name: &[u8], utf8: bool) -> String {
    // Most names are plain, and `-v` tells a great many.
    if name.iter().all(|b| b.is_ascii_graphic() && *b != b'\'')
        && let Ok(text) = std::str::from_utf8(name)
    {
        return format!("'{text}'");
    }
    let pieces = pieces(name, utf8);
    let shown = |piece: &Piece| if let Piece::Shown(c) = piece { Some(*c) } else { None };
    let text: Option<String> = pieces.iter().map(shown).collect();
    if let Some(text) = text
        && text.contains('\'')
        && text.chars().enumerate().all(|(at, c)| is_plain(c, at))
    {
        return format!("\"{text}\"");
    }
    let mut out = "'".to_owned();
    // GNU goes over a name with a quote in it twice, and the second time begins in the state in
    // which the first one ended: a needless `''` where the end is escaped. Where the beginning is,
    // its `$` gets lost, and another name comes of it: that is not done here.
    let quote = pieces.iter().any(|piece| matches!(piece, Piece::Shown('\'')));
    let ends = matches!(pieces.as_slice(), [Piece::Shown(_), .., Piece::Escaped(_)]);
    let mut escaping = quote && ends;
    for piece in pieces {
        match piece {
            Piece::Shown('\'') => {
                // It ends an escape as it ends anything else.
                out.push_str("'\\''");
                escaping = false;
            }
            Piece::Shown(c) => {
                if escaping {
                    out.push_str("''");
                }
                escaping = false;
                out.push(c);
            }
            Piece::Escaped(bytes) => {
                if !escaping {
                    out.push_str("'$'");
                }
                escaping = true;
                bytes.into_iter().for_each(|byte| escape(&mut out, byte));
            }
        }
    }
    out.push('\'');
    out
}

fn escape(out: &mut String, byte: u8) {
    let letter = match byte {
        0x07 => 'a',
        0x08 => 'b',
        b'\t' => 't',
        b'\n' => 'n',
        0x0b => 'v',
        0x0c => 'f',
        b'\r' => 'r',
        other => {
            let _ = write!(out, "\\{other:03o}");
            return;
        }
    };
    out.push('\\');
    out.push(letter);
}

/// Whether a character is none that is assigned, or none at all.
fn is_nothing(c: char) -> bool {
    if c.is_ascii() || c.is_whitespace() || ('\u{e000}'..='\u{f8ff}').contains(&c) {
        return false;
    }
    // The library escapes what has no picture; in front stands something that marks could go with.
    format!("a{c}").escape_debug().count() > 2
}

fn pieces(name: &[u8], utf8: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            let hidden =
                c.is_control() || is_invisible(c) || is_nothing(c) || !(utf8 || c.is_ascii());
            pieces.push(if hidden {
                Piece::Escaped(c.to_string().into_bytes())
            } else {
                Piece::Shown(c)
            });
        }
        if !chunk.invalid().is_empty() {
            pieces.push(Piece::Escaped(chunk.invalid().to_vec()));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn names_are_quoted_for_a_shell() {
        for (name, wanted) in [
            ("a b", "'a b'"),
            ("it's", "\"it's\""),
            ("it's $5", "'it'\\''s $5'"),
            ("a\nb", "'a'$'\\n''b'"),
            ("\u{1b}[31m", "''$'\\033''[31m'"),
            ("\n'", "''$'\\n'\\'''"),
            ("a'\n", "'''a'\\'''$'\\n'"),
            ("é", "'é'"),
            ("\u{202e}", "''$'\\342\\200\\256'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(name.as_bytes(), true), wanted, "{name:?}");
        }
        assert_eq!(quoted("é".as_bytes(), false), "''$'\\303\\251'");
        assert_eq!(quoted(b"a\xffb", true), "'a'$'\\377''b'");
    }
}
