//! Writes a label into the folder of a model: whole or not at all, over nothing but what was looked
//! at, through no link, and with the times of the folder left as they were.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::hash::BuildHasher;
use std::io::{self, ErrorKind, Write};
use std::os::fd::OwnedFd;

use anyhow::{Context, Result, anyhow, bail};

use crate::facts::Meta;
use crate::look::{LabelFile, Old};
use crate::sys::{change, dir};

/// Why it was not written, where something else came there meanwhile.
const CHANGED: &str = "it came or changed while the question stood: look again";

/// Writes the text as this label. Says whether the folder has the times that it had.
///
/// # Errors
/// Where it cannot be written; what was there before is there.
pub fn label(file: &LabelFile, text: &str, owner: Option<u32>) -> Result<bool> {
    let folder = &file.folder;
    let aside = aside();
    let written = write(folder, &aside, text, owner).and_then(|()| match &file.old {
        None => first(folder, &aside, &file.name),
        Some(old) => over(folder, &aside, &file.name, old),
    });
    let left = dir::stat_name(folder, &aside).is_ok() && written.is_err();
    let left = left.then(|| change::remove_own_file(folder, &aside));
    let kept = change::set_times(folder, &file.times).is_ok();
    let written = written.with_context(|| format!("cannot write `{}`", file.name.display()));
    if let (Err(error), Some(Err(stays))) = (&written, &left) {
        return Err(anyhow!("{error:#}; `{}` is left there: {stays}", aside.display()));
    }
    written?;
    change::sync_dir(folder).context("it is written, and perhaps not durable")?;
    Ok(kept)
}

/// A name that counts as a label's, should it ever be left behind: it makes no model younger.
fn aside() -> OsString {
    let random = std::hash::RandomState::new().hash_one(0);
    OsString::from(format!(".{random:016x}.MODEL_INFO.txt"))
}

fn write(folder: &OwnedFd, aside: &OsStr, text: &str, owner: Option<u32>) -> Result<()> {
    let mut file: File = change::create_readable(folder, aside)?;
    change::give(&file, owner)?;
    file.write_all(text.as_bytes())?;
    Ok(file.sync_all()?)
}

/// The first label: nothing is there.
fn first(folder: &OwnedFd, aside: &OsStr, name: &OsStr) -> Result<()> {
    let done = match change::rename_new(folder, aside, folder, name) {
        Err(error) if change::is_unknown(&error) => {
            // A second name is never given over another one, either.
            change::link(folder, aside, folder, name)
                .and_then(|()| change::remove_own_file(folder, aside))
        }
        done => done,
    };
    match done {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!("{CHANGED}"),
        done => Ok(done?),
    }
}

/// In the place of the label that was looked at, and of no other.
fn over(folder: &OwnedFd, aside: &OsStr, name: &OsStr, old: &Old) -> Result<()> {
    match change::exchange(folder, aside, name) {
        Ok(()) if is_that(folder, aside, old).unwrap_or(false) => {
            let gone = change::remove_own_file(folder, aside);
            gone.with_context(|| format!("the old one is left as `{}`", aside.display()))
        }
        Ok(()) => {
            change::exchange(folder, aside, name)?;
            bail!("{CHANGED}")
        }
        Err(error) if change::is_unknown(&error) => {
            if !is_that(folder, name, old)? {
                bail!("{CHANGED}")
            }
            Ok(change::replace(folder, name, aside)?)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => bail!("{CHANGED}"),
        Err(error) => Err(error.into()),
    }
}

/// Whether the file is the label that was looked at; its change time is one of the rename.
fn is_that(folder: &OwnedFd, name: &OsStr, old: &Old) -> io::Result<bool> {
    let file = dir::open_file_at(folder, name)?;
    let now = dir::stat_fd(&file)?;
    let same = |a: &Meta, b: &Meta| (a.id, a.size, a.mtime) == (b.id, b.size, b.mtime);
    Ok(same(&now, &old.meta) && io::read_to_string(file)? == old.text)
}
