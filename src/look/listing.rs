//! What lies directly in a folder around a target: names and marker files, nothing below.

use std::collections::HashSet;
use std::ffi::{CStr, OsStr};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Mutex;

use super::notable;
use super::tree::{Dir, Notable, ROOT, Tree};
use crate::facts::{Digest, FileKind, Meta, Totals};
use crate::sys::dir;

/// Index of the folder `child` in a listing.
pub(super) const CHILD: u32 = 1;

/// Lists the folder at `path` as a tree of one level. `child`, where it is given, stands at
/// [`CHILD`] and is listed as well; the entries `except` are left out.
///
/// # Errors
/// Where it cannot be opened or listed.
pub(super) fn listing(
    path: &Path,
    child: Option<&OsStr>,
    except: &HashSet<&OsStr>,
) -> io::Result<Tree> {
    let base = dir::open_path(path)?;
    let meta = dir::stat_fd(&base)?;
    let name = path.file_name().unwrap_or_default();
    let mut dirs = vec![entry(ROOT, name, &meta)];
    let mut notable = Vec::new();
    if let Some(child) = child {
        dirs.push(entry(ROOT, child, &dir::stat_name(&base, child)?));
    }
    let skip = |name: &CStr| {
        let name = OsStr::from_bytes(name.to_bytes());
        child == Some(name) || except.contains(name)
    };
    each(&base, |name, meta| {
        if skip(name) {
            return;
        }
        let name = OsStr::from_bytes(name.to_bytes());
        if meta.kind == FileKind::Directory {
            dirs.push(entry(ROOT, name, &meta));
        } else if notable::is_notable(name.as_bytes(), &meta) {
            notable.push(Notable { dir: ROOT, name: name.into(), meta });
        }
    })?;
    // A folder that cannot be listed shows no marks; its name may still tell whose it is.
    if let Some(Ok(open)) = child.map(|child| dir::open_dir_at(&base, child)) {
        let _ = each(&open, |name, meta| {
            let name = OsStr::from_bytes(name.to_bytes());
            if meta.kind != FileKind::Directory && notable::is_notable(name.as_bytes(), &meta) {
                notable.push(Notable { dir: CHILD, name: name.into(), meta });
            }
        });
    }
    notable.sort_by(|a, b| (a.dir, &a.name).cmp(&(b.dir, &b.name)));
    Ok(Tree {
        last: Mutex::default(),
        until: None,
        base,
        meta,
        dirs,
        notable,
        totals: Totals::default(),
        digest: Digest::default(),
        oldest: None,
        problems: Vec::new(),
        mounts: Vec::new(),
        foreign: Vec::new(),
        listings: Vec::new(),
        guarded: false,
    })
}

fn entry(parent: u32, name: &OsStr, meta: &Meta) -> Dir {
    let name = name.as_bytes().into();
    Dir { parent, name, btime: meta.btime, bytes: 0, frees: 0, files: 0, newest: None }
}

fn each(open: impl AsFd, mut take: impl FnMut(&CStr, Meta)) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(64 << 10);
    dir::for_each_name(&open, &mut buffer, |name, _| {
        // What went away meanwhile is not there.
        if let Ok(meta) = dir::stat_at(&open, name) {
            take(name, meta);
        }
    })
}
