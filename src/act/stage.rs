//! Which trash a target goes to: one on the same mount, or none at all.
//!
//! FreeDesktop.org trash specification 1.0: the home trash, `$topdir/.Trash/$uid`,
//! `$topdir/.Trash-$uid`. Where none can be made, a private folder in the highest directory on
//! that mount which the caller owns.

use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use super::Hands;
use crate::facts::{FileKind, Meta};
use crate::sys::{change, dir, mounts};

/// File systems on which a rename is a copy and a deletion.
const COPYING: &[&str] = &[
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.gcsfuse",
    "fuse.goofys",
    "fuse.mountpoint-s3",
    "fuse.geesefs",
];

/// An opened trash.
#[derive(Debug)]
pub(super) struct Stage {
    mount: u64,
    root: OwnedFd,
    pub files: Arc<OwnedFd>,
    pub info: OwnedFd,
    pub path: PathBuf,
    /// What paths in info files are relative to; none for the home trash.
    pub top: Option<PathBuf>,
}

/// The trashes that a run has opened: one a mount, however many targets there are.
#[derive(Debug, Default)]
pub(super) struct Stages(Vec<Arc<Stage>>);

impl Stages {
    /// The trash for a target.
    pub(super) fn of(&mut self, path: &Path, meta: &Meta, hands: &Hands<'_>) -> Result<Arc<Stage>> {
        let fits = |s: &&Arc<Stage>| {
            s.mount == meta.mount && s.top.as_ref().is_none_or(|top| path.starts_with(top))
        };
        if let Some(stage) = self.0.iter().find(fits) {
            return Ok(Arc::clone(stage));
        }
        let stage = Arc::new(choose(path, meta, hands)?);
        self.0.push(Arc::clone(&stage));
        Ok(stage)
    }
}

/// Finds or makes the trash for a target.
fn choose(path: &Path, meta: &Meta, hands: &Hands<'_>) -> Result<Stage> {
    let mounts = mounts::read().context("cannot read the mounts")?;
    let mount = mounts.iter().find(|m| m.id == meta.mount);
    if let Some(mount) = mount.filter(|m| COPYING.contains(&m.fs.as_str())) {
        bail!(
            "a rename on {} ({}) is a copy: nothing is trashed there",
            mount.point.display(),
            mount.fs
        );
    }
    let mut why = Vec::new();
    if let Some(home) = &hands.home_trash
        && nearest_mount(home) == Some(meta.mount)
    {
        match own_folder(home, hands).and_then(|()| make(home, meta, hands)) {
            Ok(stage) => return Ok(stage),
            Err(error) if is_trouble(&error) => return Err(error),
            Err(error) => why.push(format!("{}: {error:#}", home.display())),
        }
    }
    let mut candidates = Vec::new();
    if let Some(mount) = mount {
        let top = &mount.point;
        if is_shared_trash(top) {
            candidates.push((top.clone(), top.join(".Trash").join(hands.user.to_string())));
        }
        candidates.push((top.clone(), top.join(format!(".Trash-{}", hands.user))));
    }
    if let Some(own) = highest_owned(path, meta, hands) {
        candidates.push((own.clone(), own.join(format!(".safe-rm-trash-{}", hands.user))));
    }
    for (top, trash) in candidates {
        match make(&trash, meta, hands) {
            Ok(stage) => return Ok(Stage { top: Some(top), ..stage }),
            Err(error) if is_trouble(&error) => return Err(error),
            Err(error) => why.push(format!("{}: {error:#}", trash.display())),
        }
    }
    bail!("no trash can be made on its mount ({})", why.join("; "))
}

/// A disk that is full or failing is no reason to look for another trash on it.
fn is_trouble(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(change::is_trouble)
}

fn nearest_mount(path: &Path) -> Option<u64> {
    path.ancestors().find_map(|p| dir::stat_path(p).ok()).map(|m| m.mount)
}

/// `$topdir/.Trash` must be a real directory with the sticky bit.
fn is_shared_trash(top: &Path) -> bool {
    let Ok(open) = dir::open_search(top) else { return false };
    dir::stat_name(&open, OsStr::new(".Trash"))
        .is_ok_and(|m| m.kind == FileKind::Directory && m.mode & 0o1000 != 0)
}

/// Under sudo the folder around the home trash must be that user's: a link in a home must not lead
/// root elsewhere.
fn own_folder(trash: &Path, hands: &Hands<'_>) -> Result<()> {
    let above = trash.ancestors().skip(1).find_map(|p| dir::stat_path(p).ok());
    match (hands.owner(), above) {
        (Some(user), Some(above)) if above.uid != user => {
            bail!("the folder around it belongs to user {}", above.uid)
        }
        _ => Ok(()),
    }
}

fn highest_owned(path: &Path, meta: &Meta, hands: &Hands<'_>) -> Option<PathBuf> {
    let above = path.ancestors().skip(1);
    let same = above.map_while(|p| {
        let found = dir::stat_path(p).ok()?;
        (found.mount == meta.mount).then_some((p, found))
    });
    same.filter(|(_, m)| m.uid == hands.user).last().map(|(p, _)| p.to_path_buf())
}

/// Opens a trash directory with its two halves, made where they are missing, and checks it.
fn make(trash: &Path, meta: &Meta, hands: &Hands<'_>) -> Result<Stage> {
    let root = private(trash, hands)?;
    let half = |name: &str| -> Result<OwnedFd> {
        let name = OsStr::new(name);
        let half = child(&root, name, hands)?;
        if dir::stat_fd(&half)?.mount != meta.mount {
            bail!("it is on another mount");
        }
        Ok(half)
    };
    let (files, info) = (half("files")?, half("info")?);
    let (mount, files, path) = (meta.mount, Arc::new(files), trash.to_path_buf());
    Ok(Stage { mount, root, files, info, path, top: None })
}

/// The folder in a trash in which things are freed, each run in one of its own.
pub(super) const ROOM: &str = "safe-rm";

/// Makes the room in which one plan's things are freed, and locks it until it is closed: whoever
/// finds it unlocked knows that the run was cut off.
pub(super) fn room(trash: &Path, root: &OwnedFd, id: &str, hands: &Hands<'_>) -> Result<Room> {
    let rooms = child(root, OsStr::new(ROOM), hands)?;
    let open = child(&rooms, OsStr::new(id), hands)?;
    if !change::try_lock(&open)? {
        bail!("another run is at work in it");
    }
    change::sync_dir(&rooms)?;
    Ok(Room { rooms, open: Arc::new(open), path: trash.join(ROOM).join(id) })
}

/// A room, open and locked.
#[derive(Debug)]
pub(super) struct Room {
    rooms: OwnedFd,
    pub open: Arc<OwnedFd>,
    pub path: PathBuf,
}

impl Room {
    /// Takes the room away where it is empty.
    pub(super) fn close(self) {
        let name = self.path.file_name().unwrap_or_default();
        let _ = change::remove_dir(&self.rooms, name);
    }
}

impl Stage {
    /// A folder of this program's own in this trash, with its path.
    pub(super) fn own(&self, name: &str, hands: &Hands<'_>) -> Result<(PathBuf, OwnedFd)> {
        let rooms = child(&self.root, OsStr::new(ROOM), hands)?;
        let open = child(&rooms, OsStr::new(name), hands)?;
        Ok((self.path.join(ROOM).join(name), open))
    }

    /// The room for a plan in this trash.
    pub(super) fn room(&self, id: &str, hands: &Hands<'_>) -> Result<Room> {
        room(&self.path, &self.root, id, hands)
    }
}

/// Opens a trash in which things lie.
pub(super) fn existing(trash: &Path, hands: &Hands<'_>) -> Result<OwnedFd> {
    let open = dir::open_path(trash)?;
    checked(&open, hands)?;
    Ok(open)
}

/// The directory at `path`, made for its owner with all that is missing above it.
fn private(path: &Path, hands: &Hands<'_>) -> Result<OwnedFd> {
    let (parent, name) = path.parent().zip(path.file_name()).context("it has no parent")?;
    let above = match dir::open_path(parent) {
        Ok(open) => open,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => private(parent, hands)?,
        Err(e) => return Err(e.into()),
    };
    child(&above, name, hands)
}

fn child(above: &OwnedFd, name: &OsStr, hands: &Hands<'_>) -> Result<OwnedFd> {
    let made = match change::make_private_dir(above, name) {
        Ok(()) => true,
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => false,
        Err(e) => return Err(e.into()),
    };
    // Never through a link that somebody put there.
    let open = dir::open_dir_at(above, name)?;
    if made {
        change::give(&open, hands.owner())?;
    } else {
        checked(&open, hands)?;
    }
    Ok(open)
}

/// Whether a folder is a trash that this program would use: by its place, and by its owner.
pub(super) fn is_used(trash: &Path, hands: &Hands<'_>) -> Result<()> {
    let name = trash.file_name().unwrap_or_default().to_string_lossy();
    let shared = trash.parent().and_then(Path::file_name).is_some_and(|n| n == ".Trash");
    let known = hands.home_trash.as_deref() == Some(trash)
        || name == format!(".Trash-{}", hands.user)
        || name == format!(".safe-rm-trash-{}", hands.user)
        || (shared && name == hands.user.to_string());
    if !known {
        bail!("`{}` is no trash of this user", trash.display());
    }
    existing(trash, hands).map(drop)
}

/// A folder of ours: of this user, and for nobody else to write in.
fn checked(open: &OwnedFd, hands: &Hands<'_>) -> Result<()> {
    let found = dir::stat_fd(open)?;
    if found.uid != hands.user {
        bail!("it belongs to user {}", found.uid);
    }
    if found.mode & 0o022 != 0 {
        bail!("others can write in it");
    }
    Ok(())
}

/// A name in the trash: the target's own, numbered where that is taken, short enough for `.trashinfo`.
pub(super) fn name(base: &OsStr, attempt: u32) -> OsString {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let mut bytes = base.as_bytes().to_vec();
    bytes.truncate(230);
    if attempt > 0 {
        bytes.extend(format!(".{}", attempt + 1).bytes());
    }
    OsString::from_vec(bytes)
}
