//! A temporary folder with a small model in it, for trying out whether a hook protects one. It is taken
//! away by the names that were put into it, and by no others.

use std::ffi::{OsStr, OsString};
use std::hash::BuildHasher;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::sys::{change, dir};

/// The folder of the model.
pub const MODEL: &str = "model";
/// A file that is nothing to anybody.
pub const NOTES: &str = "notes.txt";

const CONFIG: (&str, &[u8]) =
    ("config.json", b"{\"model_type\": \"llama\", \"architectures\": []}\n");
const WEIGHTS: &str = "model.safetensors";
const HEADER: &[u8] = b"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[4,4],\"data_offsets\":[0,64]}}";

/// The folder in which what is tried runs; what it leaves there is not ours.
const HERE: &str = "here";

/// The folder, until it is dropped.
#[derive(Debug)]
pub struct Scratch {
    /// Where it is.
    pub path: PathBuf,
    name: OsString,
    above: OwnedFd,
    open: OwnedFd,
    model: OwnedFd,
}

/// Makes it in the folder for temporary things.
///
/// # Errors
/// Where it cannot be made.
pub fn scratch(temporary: &Path) -> Result<Scratch> {
    let context = || format!("cannot make a folder in `{}`", temporary.display());
    let name = std::hash::RandomState::new().hash_one(0);
    let name = OsString::from(format!("safe-rm-doctor-{name:016x}"));
    let above = dir::open_path(temporary).with_context(context)?;
    let open = child(&above, &name).with_context(context)?;
    let model = child(&open, OsStr::new(MODEL)).with_context(context)?;
    child(&open, OsStr::new(HERE)).with_context(context)?;
    let path = temporary.canonicalize().with_context(context)?.join(&name);
    let scratch = Scratch { path, name, above, open, model };
    let mut weights = (HEADER.len() as u64).to_le_bytes().to_vec();
    weights.extend(HEADER);
    weights.extend([0x3c; 64]);
    let files = [(&scratch.model, CONFIG.0, CONFIG.1), (&scratch.model, WEIGHTS, &weights)];
    for (folder, name, bytes) in files.into_iter().chain([(&scratch.open, NOTES, &b"a\n"[..])]) {
        let made =
            change::create_new(folder, OsStr::new(name)).and_then(|mut f| f.write_all(bytes));
        made.with_context(context)?;
    }
    Ok(scratch)
}

impl Scratch {
    /// Where what is tried runs.
    #[must_use]
    pub fn here(&self) -> PathBuf {
        self.path.join(HERE)
    }

    /// Takes it away; where it is, if it cannot be, since others have put something there.
    #[must_use]
    pub fn end(self) -> Option<PathBuf> {
        let path = self.path.clone();
        drop(self);
        dir::stat_path(&path).is_ok().then_some(path)
    }
}

fn child(above: &OwnedFd, name: &OsStr) -> std::io::Result<OwnedFd> {
    change::make_private_dir(above, name)?;
    dir::open_dir_at(above, name)
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for (folder, name) in [(&self.model, CONFIG.0), (&self.model, WEIGHTS), (&self.open, NOTES)]
        {
            let _ = change::remove_own_file(folder, OsStr::new(name));
        }
        for name in [MODEL, HERE] {
            let _ = change::remove_dir(&self.open, OsStr::new(name));
        }
        let _ = change::remove_dir(&self.above, &self.name);
    }
}
