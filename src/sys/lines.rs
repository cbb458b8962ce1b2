//! Lines of a stream, each no longer than a limit: what is longer is passed over, not held.

use std::io::{BufRead, ErrorKind, Result};

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// All of it, without its end.
    Whole(Vec<u8>),
    /// It was longer than the limit, and is passed over.
    TooLong,
}

/// Reads the next line; nothing at the end. What stands behind the last line end is a line as well.
///
/// # Errors
/// As read(2).
pub fn line(from: &mut impl BufRead, limit: usize) -> Result<Option<Line>> {
    let (mut line, mut too_long, mut any) = (Vec::new(), false, false);
    loop {
        let part = match from.fill_buf() {
            Ok(part) => part,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = part.iter().position(|b| *b == b'\n');
        let taken = end.map_or(part.len(), |end| end + 1);
        any |= taken > 0;
        let text = &part[..end.unwrap_or(part.len())];
        if line.len() + text.len() > limit {
            (too_long, line) = (true, Vec::new());
        } else if !too_long {
            line.extend_from_slice(text);
        }
        let over = end.is_some() || part.is_empty();
        from.consume(taken);
        if over {
            let whole = if too_long { Line::TooLong } else { Line::Whole(line) };
            return Ok(any.then_some(whole));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_passed_over() {
        let text = format!("ab\n{}\n\ncd", "x".repeat(100_000));
        let mut from = std::io::BufReader::with_capacity(7, text.as_bytes());
        let mut next = || line(&mut from, 50).unwrap();
        assert_eq!(next(), Some(Line::Whole(b"ab".to_vec())));
        assert_eq!(next(), Some(Line::TooLong));
        assert_eq!(next(), Some(Line::Whole(Vec::new())));
        assert_eq!(next(), Some(Line::Whole(b"cd".to_vec())));
        assert_eq!(next(), None);
    }
}
