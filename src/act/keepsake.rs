//! Keeps alive what a trashed repository needs and others may clean away: a second name, or a copy
//! that shares its blocks, of each file in a shared store; put back by undo where it is gone.

use std::ffi::OsStr;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::Hands;
use super::stage::{self, ROOM, Stage};
use super::undo::opened;
use crate::facts::Payload;
use crate::keep::{Kept, decode, encode};
use crate::look;
use crate::sys::{change, dir};

/// The ending of the folder of a plan's keepsakes, beside the rooms in a trash.
const ENDING: &str = ".kept";

/// Gives every file of the store a second name in the trash.
///
/// # Errors
/// Where one cannot be kept: then the repository is not trashed either.
pub(super) fn keep(
    payload: &[Payload],
    stage: &Stage,
    id: &str,
    first: usize,
    hands: &Hands<'_>,
) -> Result<Vec<Kept>> {
    if payload.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    let done = keep_each(payload, stage, id, first, hands, &mut all);
    if done.is_err() {
        let_go(&all, hands);
    }
    done.map(|()| all)
}

fn keep_each(
    payload: &[Payload],
    stage: &Stage,
    id: &str,
    first: usize,
    hands: &Hands<'_>,
    all: &mut Vec<Kept>,
) -> Result<()> {
    let (folder, open) = stage.own(&format!("{id}{ENDING}"), hands)?;
    for (n, one) in payload.iter().enumerate() {
        let name = (first + n).to_string();
        let named = || format!("cannot keep its weights `{}`", one.at.display());
        let (store, file) = opened(&one.at).with_context(named)?;
        second(&store, &file, one, &open, OsStr::new(&name)).with_context(named)?;
        all.push(Kept {
            store: encode(&one.at),
            kept: encode(&folder.join(&name)),
            size: one.meta.size,
            written: one.meta.mtime.secs,
            hash: one.hash.clone(),
        });
    }
    Ok(change::sync_dir(&open)?)
}

/// A copy that shares the blocks, where the file system can; else another name of the same inode.
fn second(
    store: &OwnedFd,
    file: &OsStr,
    one: &Payload,
    folder: &OwnedFd,
    name: &OsStr,
) -> Result<()> {
    let source = dir::open_file_at(store, file)?;
    if dir::stat_fd(&source)?.id != one.meta.id {
        bail!("it is another file by now");
    }
    let made = change::create_new(folder, name)?;
    if change::share_blocks(&source, &made, &one.meta).is_ok() {
        return Ok(());
    }
    change::remove_own_file(folder, name)?;
    change::link(store, file, folder, name)
        .context("it is on another disk than the trash, and nothing is ever copied")
}

/// Puts back into the store what is gone from there, and lets go of the rest.
///
/// # Errors
/// Where what was kept is not what it was, or cannot be put back; then it stays where it is kept.
pub(super) fn give_back(all: &[Kept], hands: &Hands<'_>) -> Result<()> {
    for one in all {
        is_ours(one, hands)?;
        let (store, kept) = (decode(&one.store), decode(&one.kept));
        let (folder, name) = opened(&kept)?;
        let named = || format!("its weights are kept in `{}`", kept.display());
        if dir::stat_path(&store).is_ok() {
            change::remove_own_file(&folder, &name).with_context(named)?;
            continue;
        }
        check(&folder, &name, one).with_context(named)?;
        let place = store.parent().context("it has no parent")?;
        let (above, prefix) = opened(place).with_context(named)?;
        // The store's own folder of the hash may have gone with it.
        match change::make_private_dir(&above, &prefix) {
            Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(e).with_context(named);
            }
            _ => {}
        }
        let (target, file) = opened(&store).with_context(named)?;
        change::rename_new(&folder, &name, &target, &file).with_context(named)?;
        change::sync_dir(&target)?;
    }
    let_go(all, hands);
    Ok(())
}

/// Whether it is kept where this program keeps things, and goes back into a shared store.
fn is_ours(one: &Kept, hands: &Hands<'_>) -> Result<()> {
    let (store, kept) = (decode(&one.store), decode(&one.kept));
    is_place(&kept, hands)?;
    if hands.owner().is_some() {
        bail!("under sudo nothing is put into a store: run `safe-rm undo` as yourself");
    }
    let shared = look::is_in_shared_store(&store);
    if shared { Ok(()) } else { bail!("`{}` is in no shared store", store.display()) }
}

/// Whether a path lies where this program keeps things, in a trash of this user.
fn is_place(kept: &Path, hands: &Hands<'_>) -> Result<()> {
    let folder = kept.parent().filter(|f| f.extension().is_some_and(|e| e == "kept"));
    let rooms = folder.and_then(Path::parent).filter(|r| r.file_name().is_some_and(|n| n == ROOM));
    let trash = rooms.and_then(Path::parent).context("it is kept in none of safe-rm's places")?;
    stage::is_used(trash, hands)
}

/// Removes what was kept, where it is needed no more.
pub(super) fn let_go(all: &[Kept], hands: &Hands<'_>) {
    let ours = |one: &&Kept| is_place(&decode(&one.kept), hands).is_ok();
    for one in all.iter().filter(ours) {
        if let Ok((folder, name)) = opened(&decode(&one.kept)) {
            let _ = change::remove_own_file(&folder, &name);
        }
    }
    if let Some(folder) =
        all.iter().find(ours).map(|one| decode(&one.kept)).as_deref().and_then(Path::parent)
        && let Ok((rooms, name)) = opened(folder)
    {
        let _ = change::remove_dir(&rooms, &name);
    }
}

/// Size and date, and the content where the store names it by its SHA-256.
fn check(folder: &OwnedFd, name: &OsStr, one: &Kept) -> Result<()> {
    let mut file = dir::open_file_at(folder, name)?;
    let meta = dir::stat_fd(&file)?;
    if (meta.size, meta.mtime.secs) != (one.size, one.written) {
        bail!("they were changed since");
    }
    if one.hash.len() != 64 {
        return Ok(());
    }
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            n => hasher.update(&buffer[..n]),
        }
    }
    let found: String = hasher.finalize().iter().map(|b| format!("{b:02x}")).collect();
    if found == one.hash { Ok(()) } else { bail!("their content is not what its name says") }
}
