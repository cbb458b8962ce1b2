//! The bytes that are a model's weights: tensor by tensor where a header lists them, whatever file
//! they lie in; else file by file. What surrounds them (metadata, padding, sharding) is left out.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::facts::Meta;
use crate::look::identify::tensors_of;
use crate::sys::dir;

/// One tensor, or one file whose tensors are not known.
pub(super) struct Extent {
    /// What it is, but for its bytes: name, type and shape.
    pub key: String,
    /// The file that it lies in.
    pub file: usize,
    /// Where it begins.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
}

/// Opened weight files with what lies in them.
pub(super) struct Weights {
    pub files: Vec<File>,
    pub extents: Vec<Extent>,
}

/// Opens the files, each only if it is still the one that was surveyed.
///
/// # Errors
/// Where one cannot be opened, or is another one by now.
pub(super) fn open(places: &[(PathBuf, Meta)]) -> io::Result<Weights> {
    let (mut files, mut extents) = (Vec::new(), Vec::new());
    for (path, meta) in places {
        let file = one(path, meta)?;
        let at = files.len();
        let found = tensors_of(&file, meta.size).unwrap_or_else(|| {
            // Nothing but its bytes says what it is: not its name, which a copy may not have.
            vec![(format!("file of {} bytes", meta.size), 0, meta.size)]
        });
        let all = found.into_iter();
        extents.extend(all.map(|(key, from, to)| Extent { key, file: at, from, to }));
        files.push(file);
    }
    extents.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(Weights { files, extents })
}

fn one(path: &Path, then: &Meta) -> io::Result<File> {
    let none = || io::Error::other("it has no name");
    let parent = dir::open_path(path.parent().ok_or_else(none)?)?;
    let file = dir::open_file_at(&parent, path.file_name().ok_or_else(none)?)?;
    let now = dir::stat_fd(&file)?;
    let same =
        (now.id, now.size, now.mtime, now.ctime) == (then.id, then.size, then.mtime, then.ctime);
    if same { Ok(file) } else { Err(io::Error::other("it changed since it was looked at")) }
}
