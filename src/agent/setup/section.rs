//! A part of a text file that is ours, between two marks: all else in the file is a person's.

use std::ops::Range;

use super::{Change, Kind, Refused};

/// The marks, each a line.
pub(super) struct Marks<'a> {
    pub begin: &'a str,
    pub end: &'a str,
}

impl Marks<'_> {
    /// Our part, with its marks.
    fn around(&self, lines: &str, newline: &str) -> String {
        format!("{}\n{lines}{}\n", self.begin, self.end).replace('\n', newline)
    }

    /// Where a part of ours stands, its last line end included.
    pub(super) fn found(&self, text: &str) -> Result<Option<Range<usize>>, Refused> {
        let (begins, ends) = (text.matches(self.begin).count(), text.matches(self.end).count());
        let place = text.find(self.begin).zip(text.find(self.end)).filter(|(b, e)| b < e);
        match (begins, ends, place) {
            (0, 0, _) => Ok(None),
            (1, 1, Some((begin, end))) => {
                let after = &text[end + self.end.len()..];
                let line_end = if after.starts_with("\r\n") {
                    2
                } else {
                    usize::from(after.starts_with('\n'))
                };
                Ok(Some(begin..end + self.end.len() + line_end))
            }
            _ => Err(Refused {
                why: format!(
                    "the marks `{}` and `{}` do not stand there once each, in this order",
                    self.begin, self.end
                ),
                by_hand: None,
            }),
        }
    }

    /// The text with these lines between the marks.
    pub(super) fn add(&self, lines: &str, old: Option<&str>) -> Result<Change, Refused> {
        let Some(old) = old else {
            return Ok(Change { kind: Kind::Adds, new: Some(self.around(lines, "\n")) });
        };
        let newline = if old.contains("\r\n") { "\r\n" } else { "\n" };
        let part = self.around(lines, newline);
        if let Some(place) = self.found(old)? {
            if old[place.clone()] == part {
                return Ok(Change::nothing(Some(old)));
            }
            let new = format!("{}{part}{}", &old[..place.start], &old[place.end..]);
            return Ok(Change { kind: Kind::Replaces, new: Some(new) });
        }
        // A blank line, or the line end that is missing: one, which goes again with the part.
        let line_end = if old.is_empty() { "" } else { newline };
        Ok(Change { kind: Kind::Adds, new: Some(format!("{old}{line_end}{part}")) })
    }

    /// The text without what stands between the marks.
    pub(super) fn remove(&self, old: &str) -> Result<Change, Refused> {
        let Some(place) = self.found(old)? else { return Ok(Change::nothing(Some(old))) };
        let before = &old[..place.start];
        let before =
            before.strip_suffix("\r\n").or_else(|| before.strip_suffix('\n')).unwrap_or(before);
        let new = format!("{before}{}", &old[place.end..]);
        Ok(Change { kind: Kind::Removes, new: (!new.is_empty()).then_some(new) })
    }
}
