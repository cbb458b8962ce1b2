//! Zip archives, by the directory at their end: names and places of members, and the content of small
//! ones that are stored as they are, which is how model formats store theirs.
//!
//! Source: PKWARE's APPNOTE, with zip64. Nothing is unpacked.

use std::fs::File;

use crate::look::read;

/// The record at the end, with the longest comment.
const TAIL: u64 = 22 + 65_535;
/// The largest directory that is read: some 50,000 members.
const DIRECTORY: u64 = 4 << 20;

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub name: String,
    stored: bool,
    pub size: u64,
    at: u64,
}

/// An archive's directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Archive {
    pub members: Vec<Member>,
    /// Every member lies within the file.
    pub whole: bool,
    /// How many bytes stand before the archive.
    shift: u64,
}

fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let part = bytes.get(at..at.checked_add(width)?)?;
    Some(part.iter().rev().fold(0, |n: u64, b| (n << 8) | u64::from(*b)))
}

/// Reads the directory; nothing where a file has none, so that its end is missing.
#[must_use]
pub(super) fn archive(file: &File, size: u64) -> Option<Archive> {
    // Writers of models write no comment; only others' need the long tail.
    let (start, record) = [22, TAIL].into_iter().find_map(|len| {
        let from = size.saturating_sub(len);
        let tail = read::at(file, from, usize::try_from(len).ok()?).ok()?;
        let at = tail.windows(4).rposition(|w| w == b"PK\x05\x06")?;
        Some((from + at as u64, tail.get(at..at + 22)?.to_vec()))
    })?;
    let (mut length, mut offset) = (number(&record, 12, 4)?, number(&record, 16, 4)?);
    let mut ends = start;
    // torch writes the wide record always, others where the narrow one is too small.
    if let Some((at, wide_length, wide_offset)) = zip64(file, start) {
        (ends, length, offset) = (at, wide_length, wide_offset);
    }
    // An archive that others follow, or that something stands before, counts from its own start.
    let from = ends.checked_sub(length)?;
    let shift = from.checked_sub(offset)?;
    let taken = usize::try_from(length.min(DIRECTORY)).ok()?;
    let directory = read::at(file, from, taken).ok()?;
    let mut out = Archive { whole: true, shift, ..Archive::default() };
    let mut at = 0;
    while let Some((member, next, packed)) = member(&directory, at) {
        let end = member.at.checked_add(packed).and_then(|end| end.checked_add(30));
        out.whole &= end.is_some_and(|end| end <= offset);
        out.members.push(member);
        at = next;
    }
    Some(out)
}

/// Where the wide record lies, with the directory's length and offset.
fn zip64(file: &File, record: u64) -> Option<(u64, u64, u64)> {
    let locator = read::at(file, record.checked_sub(20)?, 20).ok()?;
    if !locator.starts_with(b"PK\x06\x07") {
        return None;
    }
    // What stands before the archive moves it: it lies right before its locator.
    let at = record.checked_sub(20 + 56)?;
    let told = number(&locator, 8, 8)?;
    [at, told].into_iter().find_map(|at| {
        let wide = read::at(file, at, 56).ok()?;
        wide.starts_with(b"PK\x06\x06")
            .then(|| Some((at, number(&wide, 40, 8)?, number(&wide, 48, 8)?)))?
    })
}

/// The member whose entry stands at `at`, where the next one stands, and how many bytes it takes.
fn member(directory: &[u8], at: usize) -> Option<(Member, usize, u64)> {
    let entry = directory.get(at..)?;
    if !entry.starts_with(b"PK\x01\x02") {
        return None;
    }
    let short = |from| number(entry, from, 2).and_then(|n| usize::try_from(n).ok());
    let (name, extra, comment) = (short(28)?, short(30)?, short(32)?);
    let text = entry.get(46..46 + name)?;
    let extras = entry.get(46 + name..46 + name + extra)?;
    let mut wide = zip64_extra(extras);
    let mut widened = |narrow: u64| {
        if narrow == u64::from(u32::MAX) { wide.next().unwrap_or(narrow) } else { narrow }
    };
    let size = widened(number(entry, 24, 4)?);
    let packed = widened(number(entry, 20, 4)?);
    let start = widened(number(entry, 42, 4)?);
    let member = Member {
        name: String::from_utf8_lossy(&text[..text.len().min(1024)]).into_owned(),
        stored: short(10)? == 0,
        size,
        at: start,
    };
    Some((member, at + 46 + name + extra + comment, packed))
}

/// The wide numbers of an entry, in the order in which the narrow ones lack.
fn zip64_extra(mut extras: &[u8]) -> impl Iterator<Item = u64> {
    let mut found = Vec::new();
    while let (Some(id), Some(len)) = (number(extras, 0, 2), number(extras, 2, 2)) {
        let len = usize::try_from(len).unwrap_or(0);
        let Some(body) = extras.get(4..4 + len) else { break };
        if id == 1 {
            found = body.chunks_exact(8).filter_map(|c| number(c, 0, 8)).collect();
        }
        extras = &extras[4 + len..];
    }
    found.into_iter()
}

impl Archive {
    /// The content of a member from its start, no more than `limit` bytes; nothing where it is
    /// compressed.
    pub(super) fn content(&self, file: &File, member: &Member, limit: u64) -> Option<Vec<u8>> {
        let (data, _) = self.place(file, member)?;
        read::at(file, data, usize::try_from(member.size.min(limit)).ok()?).ok()
    }

    /// Where the bytes of a member begin and end in the file; nothing where it is compressed.
    pub(super) fn place(&self, file: &File, member: &Member) -> Option<(u64, u64)> {
        if !member.stored {
            return None;
        }
        let at = member.at.checked_add(self.shift)?;
        let local = read::at(file, at, 30).ok()?;
        if !local.starts_with(b"PK\x03\x04") {
            return None;
        }
        let data = at.checked_add(30)?.checked_add(number(&local, 26, 2)?)?;
        let data = data.checked_add(number(&local, 28, 2)?)?;
        Some((data, data.checked_add(member.size)?))
    }

    /// The member of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|m| m.name == name)
    }

    /// The first member whose name ends so.
    pub(super) fn ending(&self, end: &str) -> Option<&Member> {
        self.members.iter().find(|m| m.name.ends_with(end))
    }
}
