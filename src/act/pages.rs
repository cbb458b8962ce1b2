//! Writes man pages into a directory that was named: each whole or not at all, and over nothing but
//! pages that this program has written.

use std::ffi::{OsStr, OsString};
use std::hash::BuildHasher;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::sys::{change, dir};

/// Writes them all, or none where one would stand over somebody else's file. Says where they are.
///
/// # Errors
/// Where one cannot be written; what was there is there.
pub fn pages(folder: &Path, pages: &[(String, Vec<u8>)], mark: &str) -> Result<Vec<PathBuf>> {
    let shown = folder.display();
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make `{shown}`"))?;
    let open = dir::open_path(folder).with_context(|| format!("cannot open `{shown}`"))?;
    for (name, _) in pages {
        let ours = is_free_or_ours(&open, OsStr::new(name), mark);
        if !ours.with_context(|| format!("cannot look at `{shown}/{name}`"))? {
            bail!("`{shown}/{name}` is there, and `safe-rm man` has not written it; nothing was");
        }
    }
    let mut written = Vec::new();
    for (name, text) in pages {
        write(&open, OsStr::new(name), text)
            .with_context(|| format!("cannot write `{shown}/{name}`"))?;
        written.push(folder.join(name));
    }
    change::sync_dir(&open).context("they are written, and perhaps not durable")?;
    Ok(written)
}

fn is_free_or_ours(folder: &OwnedFd, name: &OsStr, mark: &str) -> std::io::Result<bool> {
    match dir::stat_name(folder, name) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(true),
        found => found?,
    };
    let Ok(file) = dir::open_file_at(folder, name) else { return Ok(false) };
    let mut begin = Vec::new();
    file.take(mark.len() as u64).read_to_end(&mut begin)?;
    Ok(begin == mark.as_bytes())
}

fn write(folder: &OwnedFd, name: &OsStr, text: &[u8]) -> std::io::Result<()> {
    let random = std::hash::RandomState::new().hash_one(0);
    let aside = OsString::from(format!(".{random:016x}.safe-rm-man"));
    let mut file = change::create_readable(folder, &aside)?;
    let done = file
        .write_all(text)
        .and_then(|()| file.sync_all())
        .and_then(|()| change::replace(folder, name, &aside));
    if done.is_err() {
        change::remove_own_file(folder, &aside)?;
    }
    done
}
