//! Characters that are written by their number: in `$'..'`, and by `echo -e` and `printf`.

use std::iter::Peekable;
use std::str::Chars;

/// The text with its escapes replaced; nothing where the bytes that they make are no text.
pub(in crate::agent) fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            put(&mut out, c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push(b'\n'),
            Some('t') => out.push(b'\t'),
            Some('a' | 'b' | 'v' | 'f' | 'r') => out.push(b' '),
            Some('e' | 'E') => out.push(0x1b),
            // A control character.
            Some('c') => {
                chars.next();
                out.push(b' ');
            }
            Some('x') => out.push(u8::try_from(number(&mut chars, 16, 2)).ok()?),
            Some('u') => out.extend(character(number(&mut chars, 16, 4))?),
            Some('U') => out.extend(character(number(&mut chars, 16, 8))?),
            Some('0') => out.push(u8::try_from(number(&mut chars, 8, 3) & 0xff).ok()?),
            Some(d @ '1'..='7') => {
                let first = d.to_digit(8).unwrap_or(0);
                let mut code = first;
                for _ in 0..2 {
                    let Some(d) = chars.peek().and_then(|c| c.to_digit(8)) else { break };
                    code = code * 8 + d;
                    chars.next();
                }
                out.push(u8::try_from(code & 0xff).ok()?);
            }
            Some(other) => {
                if !['\\', '\'', '"', '?', '/', ' ', '\n'].contains(&other) {
                    out.push(b'\\');
                }
                put(&mut out, other);
            }
            None => out.push(b'\\'),
        }
    }
    String::from_utf8(out).ok()
}

fn number(chars: &mut Peekable<Chars<'_>>, radix: u32, most: usize) -> u32 {
    let mut code = 0u32;
    for _ in 0..most {
        let Some(d) = chars.peek().and_then(|c| c.to_digit(radix)) else { break };
        code = code.wrapping_mul(radix).wrapping_add(d);
        chars.next();
    }
    code
}

fn character(code: u32) -> Option<Vec<u8>> {
    let mut made = Vec::new();
    put(&mut made, char::from_u32(code)?);
    Some(made)
}

fn put(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn escapes_make_characters_or_nothing() {
        let cases = [
            ("\\x72\\x6d -rf", "rm -rf"),
            ("\\162\\155", "rm"),
            ("\\0162\\0155", "rm"),
            ("a\\nb\\\\n", "a\nb\\n"),
            ("\\u00e9", "\u{e9}"),
            ("\\xc3\\xa9", "\u{e9}"),
            ("a\\d", "a\\d"),
        ];
        for (text, expected) in cases {
            assert_eq!(decoded(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(decoded("bad\\xff"), None);
    }
}
