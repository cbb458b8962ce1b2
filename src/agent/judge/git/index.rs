//! The index of a repository: which files it tracks, and what these were like when it last looked.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

/// The files that are tracked, sorted by their names.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// All names, one behind the other.
    names: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    start: u32,
    end: u32,
    seconds: u32,
    nanoseconds: u32,
    size: u32,
}

/// Numbers of the fixed part of an entry, before its hash.
const FIXED: usize = 40;

impl Index {
    /// As it is written, in the versions 2 to 4; as far as it can be read. `hash` is the length of
    /// the names of objects.
    pub(super) fn read(bytes: &[u8], hash: usize) -> Self {
        let mut index = Self::default();
        let _ = index.fill(bytes, hash);
        index
    }

    fn fill(&mut self, bytes: &[u8], hash: usize) -> Option<()> {
        let version = number(bytes, 4)?;
        if bytes.get(..4)? != b"DIRC" || !(2..=4).contains(&version) {
            return None;
        }
        let mut at = 12;
        let mut last: Vec<u8> = Vec::new();
        for _ in 0..number(bytes, 8)? {
            let start = at;
            at += FIXED + hash;
            let flags = u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?);
            at += if version > 2 && flags & 0x4000 != 0 { 4 } else { 2 };
            if version == 4 {
                let (cut, length) = offset(bytes.get(at..)?)?;
                at += length;
                last.truncate(last.len().checked_sub(cut)?);
            } else {
                last.clear();
            }
            let rest = bytes.get(at..)?;
            let known = usize::from(flags & 0xfff);
            let end = if version < 4 && known < 0xfff {
                known
            } else {
                rest.iter().position(|b| *b == 0)?
            };
            last.extend(rest.get(..end)?);
            at += end;
            // Filled up with zeros, of which there is one at least.
            at = if version == 4 { at + 1 } else { start + (at - start + 8) / 8 * 8 };
            let from = u32::try_from(self.names.len()).ok()?;
            self.names.extend(&last);
            self.entries.push(Entry {
                start: from,
                end: u32::try_from(self.names.len()).ok()?,
                seconds: number(bytes, start + 8)?,
                nanoseconds: number(bytes, start + 12)?,
                size: number(bytes, start + 36)?,
            });
        }
        Some(())
    }

    fn name(&self, entry: &Entry) -> &[u8] {
        self.names.get(entry.start as usize..entry.end as usize).unwrap_or_default()
    }

    fn first(&self, name: &[u8]) -> usize {
        self.entries.partition_point(|entry| self.name(entry) < name)
    }

    /// Whether this very file is tracked.
    pub(super) fn has(&self, name: &[u8]) -> bool {
        self.entries.get(self.first(name)).is_some_and(|entry| self.name(entry) == name)
    }

    /// Whether something in this folder is tracked.
    pub(super) fn has_below(&self, folder: &str) -> bool {
        self.below(folder).next().is_some()
    }

    /// What is tracked as this name, or in a folder of it; everything for an empty one.
    pub(super) fn below(&self, name: &str) -> impl Iterator<Item = Tracked<'_>> {
        let folder = if name.is_empty() { Vec::new() } else { format!("{name}/").into_bytes() };
        let own = self.entries.get(self.first(name.as_bytes()));
        let own = own.filter(|e| !name.is_empty() && self.name(e) == name.as_bytes());
        let rest = self.entries.get(self.first(&folder)..).unwrap_or_default().iter();
        let inside = rest.take_while(move |entry| self.name(entry).starts_with(&folder));
        own.into_iter().chain(inside).map(|entry| Tracked { name: self.name(entry), entry })
    }
}

/// A tracked file.
pub(super) struct Tracked<'a> {
    pub(super) name: &'a [u8],
    entry: &'a Entry,
}

impl Tracked<'_> {
    /// Whether a file is still what the repository has.
    #[expect(clippy::cast_possible_truncation, reason = "the index keeps the lower bits")]
    #[expect(clippy::cast_sign_loss, reason = "the index keeps the bits")]
    pub(super) fn is_like(&self, meta: &Metadata) -> bool {
        let nanoseconds = self.entry.nanoseconds;
        meta.size() as u32 == self.entry.size
            && meta.mtime() as u32 == self.entry.seconds
            && (nanoseconds == 0 || meta.mtime_nsec() as u32 == nanoseconds)
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// A number of variable length, as packs have it, and how long it is.
fn offset(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (at, byte) in bytes.iter().take(8).enumerate() {
        value = (value << 7) | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
        value += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(out: &mut Vec<u8>, name: &[u8], prefix: Option<u8>) {
        let start = out.len();
        out.extend([0; FIXED + 20]);
        out.extend(u16::try_from(name.len()).unwrap_or(0xfff).to_be_bytes());
        out.extend(prefix);
        out.extend(name);
        out.push(0);
        while prefix.is_none() && !(out.len() - start).is_multiple_of(8) {
            out.push(0);
        }
    }

    fn head(version: u8, count: u8) -> Vec<u8> {
        [b"DIRC".as_slice(), &[0, 0, 0, version, 0, 0, 0, count]].concat()
    }

    #[test]
    fn names_are_read_in_each_version() {
        let mut two = head(2, 3);
        for name in ["a", "b/c.txt", "b/longer-name"] {
            entry(&mut two, name.as_bytes(), None);
        }
        let mut four = head(4, 3);
        entry(&mut four, b"a", Some(0));
        entry(&mut four, b"b/c.txt", Some(1));
        entry(&mut four, b"longer-name", Some(5));
        for bytes in [two, four] {
            let index = Index::read(&bytes, 20);
            assert!(index.has(b"a") && index.has(b"b/c.txt") && index.has(b"b/longer-name"));
            assert!(!index.has(b"b") && !index.has(b"c.txt") && !index.has(b"b/c"));
            assert!(index.has_below("b") && !index.has_below("c"));
            assert_eq!(index.below("").count(), 3);
            assert_eq!(index.below("b").count(), 2);
        }
    }

    #[test]
    fn what_is_cut_or_no_index_is_read_as_far_as_it_goes() {
        let mut bytes = head(2, 2);
        entry(&mut bytes, b"a", None);
        assert!(Index::read(&bytes, 20).has(b"a"));
        assert_eq!(Index::read(b"DIRC\0\0\0\x09", 20).below("").count(), 0);
        assert_eq!(Index::read(b"", 20).below("").count(), 0);
    }
}
