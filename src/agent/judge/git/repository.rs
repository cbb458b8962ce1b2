//! A repository as far as its files say: what is in the index, and what is ignored.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// How much of an index is read.
const INDEX: u64 = 256 << 20;
/// How much of a file with patterns is read.
const PATTERNS: u64 = 1 << 20;

/// Size and modification time of a file when git last saw that it was unchanged.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Known {
    size: u32,
    secs: u32,
    nanos: u32,
}

/// A repository.
pub(super) struct Repository {
    pub(super) top: PathBuf,
    /// What is tracked; none where the index cannot be read to its end.
    index: Option<BTreeMap<Vec<u8>, Known>>,
    /// What `.git/info/exclude` says.
    exclude: Rc<Gitignore>,
    /// The patterns of each folder.
    patterns: RefCell<HashMap<PathBuf, Rc<Gitignore>>>,
}

impl Repository {
    /// The one around a folder.
    pub(super) fn around(folder: &Path) -> Option<Self> {
        let folder = folder.canonicalize().ok()?;
        let top = folder.ancestors().find(|p| p.join(".git").symlink_metadata().is_ok())?;
        let own = own(top);
        let index = match read(&own.join("index"), INDEX) {
            Some(bytes) => entries(&bytes),
            // Nothing was ever added.
            None => Some(BTreeMap::new()),
        };
        let common = read(&own.join("commondir"), PATTERNS)
            .map(|text| own.join(String::from_utf8_lossy(&text).trim()));
        let exclude = common.unwrap_or(own).join("info/exclude");
        let exclude = Rc::new(patterns(top, &exclude));
        Some(Self { top: top.to_path_buf(), index, exclude, patterns: RefCell::default() })
    }

    fn name<'a>(&self, path: &'a Path) -> Option<&'a [u8]> {
        Some(path.strip_prefix(&self.top).ok()?.as_os_str().as_encoded_bytes())
    }

    /// Whether a file is tracked; not known where the index is not.
    pub(super) fn tracks(&self, path: &Path) -> Option<bool> {
        let index = self.index.as_ref()?;
        Some(self.name(path).is_some_and(|name| index.contains_key(name)))
    }

    /// Whether something below a folder is tracked, or that is not known.
    pub(super) fn may_track_below(&self, folder: &Path) -> bool {
        let (Some(index), Some(name)) = (&self.index, self.name(folder)) else { return true };
        let start = if name.is_empty() { Vec::new() } else { [name, b"/"].concat() };
        index.range(start.clone()..).next().is_some_and(|(found, _)| found.starts_with(&start))
    }

    /// Whether a file is tracked and not as git knows it: then what it holds is nowhere else.
    pub(super) fn may_be_changed(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;
        let Some(index) = &self.index else { return true };
        let Some(known) = self.name(path).and_then(|name| index.get(name)) else { return false };
        let Ok(meta) = path.symlink_metadata() else { return false };
        // The index keeps the lowest 32 bits of each.
        let low = |number: i64| u32::try_from(number & 0xffff_ffff).unwrap_or_default();
        let size = u32::try_from(meta.size() & 0xffff_ffff).unwrap_or_default();
        let is = Known { size, secs: low(meta.mtime()), nanos: low(meta.mtime_nsec()) };
        // Some programs write no nanoseconds.
        let known =
            Known { nanos: if known.nanos == 0 { is.nanos } else { known.nanos }, ..*known };
        is != known
    }

    /// Whether git leaves a path alone as ignored: by the patterns of every folder above it, the
    /// deepest first. What lies in an ignored folder is ignored.
    pub(super) fn ignores(&self, path: &Path, is_dir: bool) -> bool {
        let Ok(inner) = path.strip_prefix(&self.top) else { return false };
        let mut lists = vec![Rc::clone(&self.exclude)];
        let mut at = self.top.clone();
        let last = inner.components().count().saturating_sub(1);
        for (level, part) in inner.components().enumerate() {
            lists.push(self.patterns_of(&at));
            at.push(part);
            let directory = level < last || is_dir;
            let said = lists.iter().rev().find_map(|list| match list.matched(&at, directory) {
                Match::None => None,
                Match::Ignore(_) => Some(true),
                Match::Whitelist(_) => Some(false),
            });
            if said == Some(true) {
                return true;
            }
        }
        false
    }

    fn patterns_of(&self, folder: &Path) -> Rc<Gitignore> {
        if let Some(known) = self.patterns.borrow().get(folder) {
            return Rc::clone(known);
        }
        let list = Rc::new(patterns(folder, &folder.join(".gitignore")));
        self.patterns.borrow_mut().insert(folder.to_path_buf(), Rc::clone(&list));
        list
    }
}

/// Where git keeps its own files: a worktree has a file that says so.
fn own(top: &Path) -> PathBuf {
    let git = top.join(".git");
    let text = if git.is_file() { read(&git, PATTERNS) } else { None };
    let text = text.map(|text| String::from_utf8_lossy(&text).into_owned());
    let elsewhere = text.as_deref().and_then(|text| text.strip_prefix("gitdir:"));
    elsewhere.map_or(git, |to| top.join(to.trim()))
}

fn read(path: &Path, most: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The patterns in a file; a line that is none is left out, as git does.
fn patterns(root: &Path, file: &Path) -> Gitignore {
    let text = read(file, PATTERNS).unwrap_or_default();
    of_lines(root, String::from_utf8_lossy(&text).lines())
}

/// These patterns, for paths below a folder.
pub(super) fn of_lines<'a>(root: &Path, lines: impl Iterator<Item = &'a str>) -> Gitignore {
    let mut builder = GitignoreBuilder::new(root);
    for line in lines {
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The entries of an index (gitformat-index(5), versions 2 to 4); none where it has another form, or
/// is shared with a second file.
fn entries(bytes: &[u8]) -> Option<BTreeMap<Vec<u8>, Known>> {
    let number = |at: usize| {
        let bytes = bytes.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    };
    let version = number(4)?;
    if !bytes.starts_with(b"DIRC") || !(2..=4).contains(&version) {
        return None;
    }
    let (mut at, mut found, mut last) = (12, BTreeMap::new(), Vec::new());
    for _ in 0..number(8)? {
        let known =
            Known { size: number(at + 36)?, secs: number(at + 8)?, nanos: number(at + 12)? };
        let flags = u16::from_be_bytes(bytes.get(at + 60..at + 62)?.try_into().ok()?);
        // An entry that is extended has two bytes more.
        let mut start = at + if flags & 0x4000 == 0 { 62 } else { 64 };
        if version == 4 {
            let (drop, read) = variable(bytes.get(start..)?)?;
            start += read;
            last.truncate(last.len().checked_sub(drop)?);
        } else {
            last.clear();
        }
        let length = bytes.get(start..)?.iter().position(|b| *b == 0)?;
        last.extend_from_slice(&bytes[start..start + length]);
        found.insert(last.clone(), known);
        let end = start + length;
        // Before version 4 entries end at a multiple of eight, with one NUL at least.
        at = if version == 4 { end + 1 } else { at + (end - at + 8) / 8 * 8 };
    }
    // Behind them stand extensions; `link` means that there is a second index.
    while let Some(name) = bytes.get(at..at + 4).filter(|_| at + 28 <= bytes.len()) {
        if name == b"link" {
            return None;
        }
        at += 8 + number(at + 4)? as usize;
    }
    Some(found)
}

/// A number of version 4: seven bits a byte, each but the last with one added.
fn variable(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        value = value.checked_shl(7)? | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
        value += 1;
    }
    None
}
