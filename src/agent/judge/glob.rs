//! Patterns of file names, matched against the disk as far as there is time.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::agent::shell::Part;
use crate::agent::shell::bare;
use crate::look::ordinary::is_weights_name;
use crate::sys::dir;

/// So many matches are kept, beside all that are named like weights.
const MATCHES: usize = 2_000;

/// Paths that were matched; what is named like weights stands first and is never left out.
#[derive(Debug, Default)]
pub(super) struct Matches {
    weights: Vec<PathBuf>,
    others: Vec<PathBuf>,
    /// Whether some were left out.
    pub(super) cut: bool,
}

impl Matches {
    /// One more, of this name.
    pub(super) fn add(&mut self, name: &OsStr, path: impl FnOnce() -> PathBuf) {
        if is_weights_name(name) {
            self.weights.push(path());
        } else if self.takes(name) {
            self.others.push(path());
        }
    }

    /// Whether one of this name would be kept.
    pub(super) fn takes(&mut self, name: &OsStr) -> bool {
        let takes = self.others.len() < MATCHES || is_weights_name(name);
        self.cut |= !takes;
        takes
    }

    /// All of them.
    pub(super) fn into_paths(mut self) -> Vec<PathBuf> {
        self.weights.append(&mut self.others);
        self.weights
    }
}

/// What an absolute pattern matches.
pub(super) fn matches(pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("/")];
    for part in pattern.components().skip(1) {
        let text = part.as_os_str().to_string_lossy();
        if !matches!(bare(&text), Part::Glob(_)) {
            found.iter_mut().for_each(|path| path.push(part));
            continue;
        }
        let mut next = Matches::default();
        for folder in &found {
            if text == "**" {
                next.others.push(folder.clone());
            }
            each(folder, &mut |name, _| {
                if is_match(&text, &name.to_string_lossy()) {
                    next.add(name, || folder.join(name));
                }
            });
        }
        found = next.into_paths();
    }
    found
}

/// The names in a folder.
pub(super) fn listing(folder: &Path) -> Vec<OsString> {
    let mut names = Vec::new();
    each(folder, &mut |name, _| names.push(name.to_owned()));
    names
}

/// Whether a folder has no name in it; false where that cannot be told.
pub(super) fn is_empty(folder: &Path) -> bool {
    let mut empty = true;
    dir::open_path(folder).is_ok_and(|open| {
        let mut buffer = Vec::with_capacity(4 << 10);
        let listed = dir::each_name_while(open, &mut buffer, |_, _| {
            empty = false;
            false
        });
        listed.is_ok() && empty
    })
}

/// Goes over the names in a folder, with whether each is one itself, where the listing says so.
pub(super) fn each(folder: &Path, each: &mut dyn FnMut(&OsStr, Option<bool>)) {
    let Ok(open) = dir::open_path(folder) else { return };
    let mut buffer = Vec::with_capacity(256 << 10);
    let _ = dir::for_each_name(open, &mut buffer, |name, entry| {
        each(OsStr::from_bytes(name.to_bytes()), entry.is_dir);
    });
}

/// Whether a name matches a pattern. Extended patterns match everything: what is not understood is
/// taken to mean the most.
pub(super) fn is_match(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') && !pattern.starts_with("**") {
        return false;
    }
    is_like(pattern, name)
}

/// As [`is_match`], where a leading dot is a character like others.
pub(super) fn is_like(pattern: &str, name: &str) -> bool {
    if pattern.contains('(')
        && ["!(", "@(", "+(", "?(", "*("].iter().any(|open| pattern.contains(open))
    {
        return true;
    }
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(c) = name[n..].chars().next() {
        let step = match pattern[p..].chars().next() {
            Some('*') => {
                star = Some((p, n));
                p += 1;
                continue;
            }
            Some('?') => Some(p + 1),
            Some('[') => class(pattern, p, c),
            Some(own) if own == c => Some(p + c.len_utf8()),
            _ => None,
        };
        match (step, star) {
            (Some(next), _) => {
                p = next;
                n += c.len_utf8();
            }
            (None, Some((at, from))) => {
                // The star takes one more.
                let from = from + name[from..].chars().next().map_or(1, char::len_utf8);
                star = Some((at, from));
                p = at + 1;
                n = from;
            }
            (None, None) => return false,
        }
    }
    pattern[p..].bytes().all(|b| b == b'*')
}

/// `[..]`: the place after it where the character is in it.
fn class(pattern: &str, at: usize, c: char) -> Option<usize> {
    let mut inner = pattern[at + 1..].char_indices().peekable();
    let negated = inner.next_if(|(_, c)| matches!(c, '!' | '^')).is_some();
    let (mut found, mut first) = (false, true);
    while let Some((offset, low)) = inner.next() {
        if low == ']' && !first {
            return (found != negated).then_some(at + 1 + offset + 1);
        }
        first = false;
        // `[:alpha:]` is taken to mean everything.
        if low == '[' && pattern[at + 1 + offset + 1..].starts_with(':') {
            let after = &pattern[at + 1 + offset..];
            if let Some(end) = after.find(":]") {
                let skip = after[..end + 2].chars().count() - 1;
                found = !negated;
                inner.nth(skip - 1);
                continue;
            }
        }
        let rest = &pattern[at + 1 + offset + low.len_utf8()..];
        let high = rest.strip_prefix('-').and_then(|rest| rest.chars().next());
        match high.filter(|high| *high != ']') {
            Some(high) => {
                found |= (low..=high).contains(&c);
                inner.nth(1);
            }
            None => found |= low == c,
        }
    }
    (c == '[').then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn patterns_match_as_a_shell_has_it() {
        let fits = [
            ("*", "a"),
            ("*.py?", "a.pyc"),
            ("[a-c]x", "bx"),
            ("[!a]*", "bcd"),
            ("a*b*c", "axxbyyc"),
            ("?x*", "\u{e9}x\u{e9}"),
            ("[[]a", "[a"),
        ];
        assert!(fits.iter().all(|(p, n)| is_like(p, n)));
        let not = [("*.py", "a.pyc"), ("[a-c]x", "dx"), ("a?", "a"), ("", "a"), ("[", "a")];
        assert!(not.iter().all(|(p, n)| !is_like(p, n)));
    }
}
