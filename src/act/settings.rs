//! Changes an agent's settings: the new file beside the old one, whole and durable, then in its place.
//! What is not this user's, or has changed since it was read, stays as it is.

use std::ffi::{OsStr, OsString};
use std::hash::BuildHasher;
use std::io::{ErrorKind, Write};
use std::os::fd::OwnedFd;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::look::Settings;
use crate::sys::{change, dir};

/// Whose files are changed.
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    /// The user whose settings they are.
    pub user: u32,
    /// Whether that is another one than who runs this, as under sudo.
    pub lent: bool,
}

/// Looks whether the file may be changed at all.
///
/// # Errors
/// Where it belongs to somebody else, or the change would part it from its other names.
pub fn may_change(settings: &Settings, owner: Owner) -> Result<()> {
    let shown = settings.real.display();
    if let Some(meta) = &settings.meta {
        if meta.uid != owner.user {
            bail!("`{shown}` belongs to user {}, not to user {}", meta.uid, owner.user);
        }
        if meta.nlink > 1 {
            bail!("`{shown}` has {} names (hard links), and a change would part them", meta.nlink);
        }
    }
    if settings.attributes {
        bail!("`{shown}` has extended attributes or an ACL, and a change would lose them");
    }
    let above = settings.real.ancestors().skip(1).find_map(|p| dir::stat_path(p).ok());
    // A link in a home must not lead root elsewhere.
    match above {
        Some(above) if owner.lent && above.uid != owner.user => {
            bail!("the folder around `{shown}` belongs to user {}", above.uid)
        }
        _ => Ok(()),
    }
}

/// Writes the new text, with the folder where that is missing.
///
/// # Errors
/// Where it cannot be written, or the file has changed; what was there is there.
pub fn write(settings: &Settings, text: &str, owner: Owner) -> Result<()> {
    may_change(settings, owner)?;
    let context = || format!("cannot write `{}`", settings.real.display());
    let (parent, name) =
        settings.real.parent().zip(settings.real.file_name()).with_context(context)?;
    let folder = folder(parent, owner).with_context(context)?;
    let random = std::hash::RandomState::new().hash_one(0);
    let aside = OsString::from(format!(".{random:016x}.safe-rm-init"));
    let done = beside(&folder, &aside, settings, text, owner).and_then(|()| {
        unchanged(&folder, name, settings)?;
        match settings.meta {
            Some(_) => change::replace(&folder, name, &aside)?,
            None => change::rename_new(&folder, &aside, &folder, name)?,
        }
        Ok(change::sync_dir(&folder)?)
    });
    if done.is_err() {
        let _ = change::remove_own_file(&folder, &aside);
    }
    done.with_context(context)
}

/// Takes a file away in which nothing but our own is.
///
/// # Errors
/// As unlink(2), or where it has changed.
pub fn take_away(settings: &Settings, owner: Owner) -> Result<()> {
    may_change(settings, owner)?;
    let context = || format!("cannot take away `{}`", settings.real.display());
    let (parent, name) =
        settings.real.parent().zip(settings.real.file_name()).with_context(context)?;
    let folder = dir::open_path(parent).with_context(context)?;
    unchanged(&folder, name, settings).with_context(context)?;
    change::remove_own_file(&folder, name).with_context(context)?;
    change::sync_dir(&folder).with_context(context)
}

fn beside(
    folder: &OwnedFd,
    name: &OsStr,
    settings: &Settings,
    text: &str,
    owner: Owner,
) -> Result<()> {
    let mut file = match &settings.meta {
        Some(_) => change::create_new(folder, name)?,
        None => change::create_readable(folder, name)?,
    };
    change::give(&file, owner.lent.then_some(owner.user))?;
    if let Some(meta) = &settings.meta {
        change::permit(&file, meta.mode, settings.group)
            .context("its permissions cannot be kept")?;
    }
    file.write_all(text.as_bytes())?;
    Ok(file.sync_all()?)
}

/// Whether it is what was read.
fn unchanged(folder: &OwnedFd, name: &OsStr, settings: &Settings) -> Result<()> {
    let now = match dir::stat_name(folder, name) {
        Ok(now) => Some(now),
        Err(e) if e.kind() == ErrorKind::NotFound => None,
        Err(e) => return Err(e.into()),
    };
    let same = match (&now, &settings.meta) {
        (None, None) => true,
        (Some(now), Some(then)) => {
            (now.id, now.size, now.mtime, now.ctime) == (then.id, then.size, then.mtime, then.ctime)
        }
        _ => false,
    };
    if !same {
        bail!("it has just been changed by somebody else; nothing was done");
    }
    Ok(())
}

/// Opens the folder, made with all that is missing above it.
fn folder(path: &Path, owner: Owner) -> Result<OwnedFd> {
    match dir::open_path(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => {}
        opened => return Ok(opened?),
    }
    let (parent, name) = path.parent().zip(path.file_name()).context("it has no parent")?;
    let above = folder(parent, owner)?;
    change::make_readable_dir(&above, name)?;
    let open = dir::open_dir_at(&above, name)?;
    change::give(&open, owner.lent.then_some(owner.user))?;
    Ok(open)
}
