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

/// Weight files with what lies in them. One is open at a time: a model may have thousands.
pub(super) struct Weights {
    places: Vec<(PathBuf, Meta)>,
    pub extents: Vec<Extent>,
    last: Option<(usize, File)>,
}

impl Weights {
    /// The file of this number, opened.
    ///
    /// # Errors
    /// Where it cannot be opened, or is another one by now.
    pub(super) fn file(&mut self, at: usize) -> io::Result<&File> {
        if self.last.as_ref().is_none_or(|(last, _)| *last != at) {
            self.last = Some((at, self.open(at)?));
        }
        self.last.as_ref().map(|(_, file)| file).ok_or_else(|| io::Error::other("no such file"))
    }

    /// The same for one of several threads.
    ///
    /// # Errors
    /// As [`Weights::file`].
    pub(super) fn open(&self, at: usize) -> io::Result<File> {
        let (path, meta) = &self.places[at];
        one(path, meta)
    }
}

/// Looks into the files, each only if it is still the one that was surveyed.
///
/// # Errors
/// Where one cannot be opened, or is another one by now.
pub(super) fn open(places: &[(PathBuf, Meta)]) -> io::Result<Weights> {
    let mut extents = Vec::new();
    for (at, (path, meta)) in places.iter().enumerate() {
        let file = one(path, meta)?;
        let found = tensors_of(&file, meta.size).unwrap_or_else(|| {
            // Nothing but its bytes says what it is: not its name, which a copy may not have.
            vec![(format!("file of {} bytes", meta.size), 0, meta.size)]
        });
        let all = found.into_iter();
        extents.extend(all.map(|(key, from, to)| Extent { key, file: at, from, to }));
    }
    extents.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(Weights { places: places.to_vec(), extents, last: None })
}

/// Why one of the files cannot be read, if so.
pub(super) fn unreadable(places: &[(PathBuf, Meta)]) -> Option<io::Error> {
    places.iter().find_map(|(path, meta)| one(path, meta).err())
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
