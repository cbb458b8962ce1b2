//! What one thread of the survey collects, and how the parts become one tree.

use std::collections::HashMap;
use std::ffi::{CStr, OsStr};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Mutex;

use super::notable;
use super::tree::{Dir, Newest, Notable, ROOT, Tree, path_of};
use crate::facts::{Digest, FileId, FileKind, How, Listing, Meta, Problem, Stamp, Totals};

/// How many foreign entries, problems or mounts are kept by name.
const NAMED: usize = 64;

/// Sums of the directory being read.
struct Current {
    dir: u32,
    key: [u8; 32],
    bytes: u64,
    frees: u64,
    files: u64,
    newest: Option<Newest>,
}

/// What of each entry is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// Everything.
    All,
    /// What a comparison needs: the digest, and how many entries there are.
    Identity,
    /// What rm needs before it removes: sums, and the files worth opening.
    Weight,
}

/// The part of one thread.
pub(super) struct Gathered {
    euid: u32,
    care: Care,
    current: Option<Current>,
    sums: Vec<Current>,
    notable: Vec<Notable>,
    totals: Totals,
    digest: Digest,
    oldest: Option<Newest>,
    links: HashMap<FileId, (u32, u32, u64)>,
    problems: Vec<(u32, Box<[u8]>, String)>,
    mounts: Vec<(u32, Box<[u8]>)>,
    foreign: Vec<(u32, Box<[u8]>)>,
    listings: Vec<(u64, Listing)>,
    guarded: bool,
}

impl Gathered {
    pub(super) fn new(euid: u32) -> Self {
        Self {
            euid,
            care: Care::All,
            current: None,
            sums: Vec::new(),
            notable: Vec::new(),
            totals: Totals::default(),
            digest: Digest::default(),
            oldest: None,
            links: HashMap::new(),
            problems: Vec::new(),
            mounts: Vec::new(),
            foreign: Vec::new(),
            listings: Vec::new(),
            guarded: false,
        }
    }

    /// The same for less than everything.
    pub(super) fn caring(self, care: Care) -> Self {
        Self { care, ..self }
    }

    /// Starts with the target directory, whose own times do not count: a rename changes them.
    pub(super) fn root(meta: &Meta, euid: u32) -> Self {
        let mut gathered = Self::new(euid);
        gathered.totals.dirs = 1;
        gathered.totals.frees = meta.allocated;
        let still = Meta { mtime: Stamp::default(), ctime: Stamp::default(), size: 0, ..*meta };
        add(&mut gathered.digest, &key(meta.id), b"", &still);
        gathered.foreign_check(ROOT, b"", meta);
        gathered
    }

    /// A target that is no directory.
    pub(super) fn single(name: &OsStr, meta: &Meta, euid: u32) -> Self {
        let mut gathered = Self::new(euid);
        gathered.totals = Totals { bytes: meta.size, frees: 0, files: 1, dirs: 0 };
        gathered.count_blocks(meta);
        let still = Meta { ctime: Stamp::default(), ..*meta };
        add(&mut gathered.digest, &key(meta.id), b"", &still);
        gathered.foreign_check(ROOT, b"", meta);
        gathered.oldest = Some(written(ROOT, name.as_bytes(), meta));
        if meta.kind == FileKind::File {
            gathered.notable.push(Notable { dir: ROOT, name: name.into(), meta: *meta });
        }
        gathered
    }

    pub(super) fn enter(&mut self, dir: u32, meta: &Meta) {
        self.current =
            Some(Current { dir, key: key(meta.id), bytes: 0, frees: 0, files: 0, newest: None });
    }

    pub(super) fn leave(&mut self) {
        if let Some(c) = self.current.take() {
            self.sums.push(c);
        }
    }

    /// Takes in one entry of the directory being read.
    pub(super) fn entry(&mut self, name: &CStr, meta: &Meta) {
        let Some(current) = &mut self.current else { return };
        let bytes = name.to_bytes();
        let dir = current.dir;
        if self.care == Care::Weight {
            self.weigh(dir, bytes, meta);
            return;
        }
        add(&mut self.digest, &current.key, bytes, meta);
        if self.care == Care::Identity {
            let dir = u64::from(meta.kind == FileKind::Directory);
            self.totals.dirs += dir;
            self.totals.files += 1 - dir;
            return;
        }
        if meta.kind == FileKind::Directory {
            self.totals.dirs += 1;
            self.totals.frees += meta.allocated;
        } else {
            current.bytes = current.bytes.saturating_add(meta.size);
            current.files += 1;
            if meta.nlink == 1 {
                current.frees = current.frees.saturating_add(meta.allocated);
            }
            self.totals.files += 1;
            self.totals.bytes = self.totals.bytes.saturating_add(meta.size);
            if !notable::is_label(bytes) {
                let (at, how) = age(meta);
                if current.newest.as_ref().is_none_or(|n| at > n.at) {
                    current.newest =
                        Some(Newest { at, how, own: meta.mtime, file: (dir, bytes.into()) });
                }
            }
            if self.oldest.as_ref().is_none_or(|n| meta.mtime < n.at) {
                self.oldest = Some(written(dir, bytes, meta));
            }
            if notable::is_notable(bytes, meta) {
                let name = OsStr::from_bytes(bytes).into();
                self.notable.push(Notable { dir, name, meta: *meta });
            }
            self.count_blocks(meta);
        }
        self.foreign_check(dir, bytes, meta);
    }

    /// Takes in what is at stake with an entry, and whether rm would ask about it.
    fn weigh(&mut self, dir: u32, name: &[u8], meta: &Meta) {
        if meta.kind == FileKind::Directory {
            self.totals.dirs += 1;
        } else {
            self.totals.files += 1;
            self.totals.bytes = self.totals.bytes.saturating_add(meta.size);
            if notable::is_notable(name, meta) {
                let name = OsStr::from_bytes(name).into();
                self.notable.push(Notable { dir, name, meta: *meta });
            }
        }
        let writable = meta.uid == self.euid && meta.mode & 0o200 != 0;
        self.guarded |= self.euid != 0 && !writable && meta.kind != FileKind::Symlink;
    }

    fn count_blocks(&mut self, meta: &Meta) {
        if meta.nlink > 1 {
            let link = self.links.entry(meta.id).or_insert((0, meta.nlink, meta.allocated));
            link.0 += 1;
        } else {
            self.totals.frees = self.totals.frees.saturating_add(meta.allocated);
        }
    }

    fn foreign_check(&mut self, dir: u32, name: &[u8], meta: &Meta) {
        if self.euid == 0 || self.foreign.len() >= NAMED {
            return;
        }
        let locked = meta.kind == FileKind::Directory && meta.mode & 0o300 != 0o300;
        if meta.uid != self.euid || locked {
            self.foreign.push((dir, name.into()));
        }
    }

    pub(super) fn problem(&mut self, dir: u32, name: &[u8], error: &io::Error) {
        if self.problems.len() < NAMED {
            self.problems.push((dir, name.into(), error.to_string()));
        }
    }

    pub(super) fn mount(&mut self, dir: u32, name: &[u8]) {
        if self.mounts.len() < NAMED {
            self.mounts.push((dir, name.into()));
        }
    }

    /// Takes in what a directory's listing summed up to, by the directory's inode.
    pub(super) fn listed(&mut self, ino: u64, sum: Listing) {
        self.listings.push((ino, sum));
    }

    /// Adds another thread's part.
    pub(super) fn merge(&mut self, other: Self) {
        self.sums.extend(other.sums);
        self.notable.extend(other.notable);
        self.totals.bytes = self.totals.bytes.saturating_add(other.totals.bytes);
        self.totals.frees = self.totals.frees.saturating_add(other.totals.frees);
        self.totals.files += other.totals.files;
        self.totals.dirs += other.totals.dirs;
        for (sum, more) in self.digest.0.iter_mut().zip(other.digest.0) {
            *sum = sum.wrapping_add(more);
        }
        if let Some(oldest) = other.oldest
            && self.oldest.as_ref().is_none_or(|n| oldest.at < n.at)
        {
            self.oldest = Some(oldest);
        }
        for (id, (seen, nlink, allocated)) in other.links {
            self.links.entry(id).or_insert((0, nlink, allocated)).0 += seen;
        }
        self.problems.extend(other.problems);
        self.mounts.extend(other.mounts);
        self.foreign.extend(other.foreign);
        self.listings.extend(other.listings);
        self.guarded |= other.guarded;
    }

    /// Gives every directory its own sums.
    pub(super) fn hand_out(&mut self, dirs: &mut [Dir]) {
        for Current { dir: index, bytes, frees, files, newest, .. } in self.sums.drain(..) {
            // A large directory is taken in by parts.
            let dir = &mut dirs[index as usize];
            dir.bytes = dir.bytes.saturating_add(bytes);
            dir.frees = dir.frees.saturating_add(frees);
            dir.files += files;
            if newest.as_ref().map(|n| n.at) > dir.newest.as_ref().map(|n| n.at) {
                dir.newest = newest;
            }
        }
    }

    pub(super) fn into_tree(self, base: OwnedFd, meta: Meta, dirs: Vec<Dir>) -> Tree {
        let mut totals = self.totals;
        let all_links = self.links.values().filter(|(seen, nlink, _)| seen >= nlink);
        totals.frees = totals.frees.saturating_add(all_links.map(|l| l.2).sum());
        let path = |dir: u32, name: &[u8]| -> PathBuf {
            if dirs.is_empty() {
                return PathBuf::new();
            }
            let path = path_of(&dirs, dir);
            if name.is_empty() { path } else { path.join(OsStr::from_bytes(name)) }
        };
        let paths = |list: &[(u32, Box<[u8]>)]| list.iter().map(|(d, n)| path(*d, n)).collect();
        let mut notable = self.notable;
        notable.sort_by(|a, b| (a.dir, &a.name).cmp(&(b.dir, &b.name)));
        Tree {
            last: Mutex::default(),
            until: None,
            base,
            meta,
            notable,
            totals,
            digest: self.digest,
            oldest: self.oldest,
            problems: self
                .problems
                .iter()
                .map(|(d, n, e)| Problem { path: path(*d, n), error: e.clone() })
                .collect(),
            mounts: paths(&self.mounts),
            foreign: paths(&self.foreign),
            listings: self.listings,
            guarded: self.guarded,
            dirs,
        }
    }
}

fn written(dir: u32, name: &[u8], meta: &Meta) -> Newest {
    Newest { at: meta.mtime, how: How::Written, own: meta.mtime, file: (dir, name.into()) }
}

/// The date of a file: when it was written, or when it came to this disk if that is later.
pub(super) fn age(meta: &Meta) -> (Stamp, How) {
    match meta.btime {
        // Within a second of each other it was simply written here.
        Some(birth) if birth > meta.mtime.plus(1) => (birth, How::Arrived),
        _ => (meta.mtime, How::Written),
    }
}

/// The key under which the entries of one directory are hashed: an entry that is moved to another
/// one counts as another. It is no secret.
fn key(dir: FileId) -> [u8; 32] {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&dir.dev.to_le_bytes());
    key[8..16].copy_from_slice(&dir.ino.to_le_bytes());
    key
}

/// Adds one entry to the digest of a tree. Its device and mount are those of the target, or it is
/// told as a mount; with a short name all of it fits into one block of the hash.
fn add(digest: &mut Digest, key: &[u8; 32], name: &[u8], meta: &Meta) {
    let mut fixed = [0u8; 48];
    let words = [
        meta.id.ino,
        meta.size,
        (meta.kind as u64) << 48 | u64::from(meta.mode) << 32 | u64::from(meta.uid),
        meta.mtime.secs.cast_unsigned(),
        meta.ctime.secs.cast_unsigned(),
        u64::from(meta.mtime.nanos) << 32 | u64::from(meta.ctime.nanos),
    ];
    for (place, word) in fixed.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(&fixed).update(name);
    let hash = hasher.finalize();
    for (sum, part) in digest.0.iter_mut().zip(hash.as_bytes().chunks_exact(8)) {
        let word = part.try_into().map_or(0, u64::from_le_bytes);
        *sum = sum.wrapping_add(word);
    }
}
