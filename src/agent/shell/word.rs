//! A word after its expansion: what of it is known, and what is not.

use std::path::PathBuf;

/// A word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::agent) struct Word {
    /// Its parts, one after the other.
    pub parts: Vec<Part>,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::agent) enum Part {
    /// These very characters.
    Text(String),
    /// A pattern that file names are matched with.
    Glob(String),
    /// Not known: the value of a variable, the output of a command. Where that is known to be paths
    /// in some folder, these are named.
    Unknown(Vec<PathBuf>),
    /// Not known either: the value of this variable, to which nothing was assigned.
    Unset(String),
}

impl Word {
    /// A word of these characters.
    pub(in crate::agent) fn text(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Text(text.into())] }
    }

    /// One of which nothing is known but where it may point to.
    pub(in crate::agent) fn unknown(within: Vec<PathBuf>) -> Self {
        Self { parts: vec![Part::Unknown(within)] }
    }

    /// All of it, where all is known and none of it is a pattern.
    pub(in crate::agent) fn literal(&self) -> Option<String> {
        let texts = self.parts.iter().map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Glob(_) | Part::Unknown(_) | Part::Unset(_) => None,
        });
        texts.collect()
    }

    /// All of it, patterns as they are written.
    pub(in crate::agent) fn pattern(&self) -> Option<String> {
        let texts = self.parts.iter().map(|part| match part {
            Part::Text(text) | Part::Glob(text) => Some(text.as_str()),
            Part::Unknown(_) | Part::Unset(_) => None,
        });
        texts.collect()
    }

    /// What is known of its beginning.
    pub(in crate::agent) fn prefix(&self) -> String {
        let known = self.parts.iter().map_while(|part| match part {
            Part::Text(text) | Part::Glob(text) => Some(text.as_str()),
            Part::Unknown(_) | Part::Unset(_) => None,
        });
        known.collect()
    }

    /// As it is shown.
    pub(in crate::agent) fn shown(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) | Part::Glob(text) => text.clone(),
            Part::Unknown(_) | Part::Unset(_) => "<not known>".to_owned(),
        };
        self.parts.iter().map(part).collect()
    }

    /// Whether something in it is not known.
    pub(in crate::agent) fn is_unknown(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Unknown(_) | Part::Unset(_)))
    }

    /// Whether some of it is a pattern.
    pub(in crate::agent) fn is_glob(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Glob(_)))
    }

    /// Where the unknown is known to point to.
    pub(in crate::agent) fn within(&self) -> Vec<PathBuf> {
        let parts = self.parts.iter().filter_map(|part| match part {
            Part::Unknown(within) => Some(within.clone()),
            _ => None,
        });
        parts.flatten().collect()
    }

    /// With something after it.
    pub(in crate::agent) fn push(&mut self, part: Part) {
        match (self.parts.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(text))
            | (Some(Part::Glob(before)), Part::Glob(text)) => before.push_str(&text),
            (_, part) => self.parts.push(part),
        }
    }

    /// Its part after a known beginning.
    pub(in crate::agent) fn strip(&self, prefix: &str) -> Option<Self> {
        let mut parts = self.parts.clone();
        let (Part::Text(first) | Part::Glob(first)) = parts.first_mut()? else { return None };
        *first = first.strip_prefix(prefix)?.to_owned();
        Some(Self { parts })
    }

    /// Cut at the white space of what is known, as a shell cuts an unquoted value.
    pub(in crate::agent) fn split(self) -> Vec<Self> {
        self.split_at(&char::is_whitespace)
    }

    /// Cut at such characters of what is known.
    pub(super) fn split_at(self, ends: &dyn Fn(char) -> bool) -> Vec<Self> {
        let mut words = vec![Self::default()];
        for part in self.parts {
            let Part::Text(text) = part else {
                words.last_mut().expect("one was put in").push(part);
                continue;
            };
            for (i, piece) in text.split(ends).enumerate() {
                if i > 0 {
                    words.push(Self::default());
                }
                if !piece.is_empty() {
                    words.last_mut().expect("one was put in").push(bare(piece));
                }
            }
        }
        words.retain(|word| !word.parts.is_empty());
        words
    }
}

/// Unquoted characters: a pattern where they are one.
pub(in crate::agent) fn bare(text: &str) -> Part {
    let pattern = text.contains(['*', '?'])
        || (text.contains('[') && text.contains(']'))
        || ["!(", "@(", "+("].iter().any(|open| text.contains(open));
    if pattern { Part::Glob(text.to_owned()) } else { Part::Text(text.to_owned()) }
}
