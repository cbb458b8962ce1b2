//! The settings of a coding agent, as a file: read whole and bounded, with what must be known before it
//! may be changed.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::facts::{FileKind, Meta};
use crate::sys::dir;

/// Longer ones are nobody's settings.
const LONGEST: u64 = 1 << 20;

/// A file of settings, or the place for one.
#[derive(Clone, Debug)]
pub struct Settings {
    /// As it is called.
    pub path: PathBuf,
    /// The file itself, where `path` or a folder above it is a link.
    pub real: PathBuf,
    /// What is in it, if it is there.
    pub text: Option<String>,
    /// The file, if it is there.
    pub meta: Option<Meta>,
    /// Whether it has extended attributes, an ACL among them.
    pub attributes: bool,
    /// Its group.
    pub group: u32,
}

/// Reads it.
///
/// # Errors
/// Where it is no file that a person would have written: too long, no text, no file.
pub fn settings(path: &Path) -> Result<Settings> {
    let shown = path.display();
    let there = dir::stat_typed(path.as_os_str());
    let missing = |e: &std::io::Error| e.kind() == std::io::ErrorKind::NotFound;
    if there.as_ref().is_err_and(missing) {
        let above = path.ancestors().skip(1);
        let mut dangling =
            above.filter(|p| dir::stat_typed(p.as_os_str()).is_ok() && dir::stat_path(p).is_err());
        if let Some(link) = dangling.next() {
            bail!("`{}` is a link that leads nowhere", link.display());
        }
        let real = settled(path);
        return Ok(Settings {
            path: path.to_path_buf(),
            real,
            text: None,
            meta: None,
            attributes: false,
            group: 0,
        });
    }
    there.with_context(|| format!("cannot look at `{shown}`"))?;
    let real = path.canonicalize().with_context(|| format!("`{shown}` leads nowhere"))?;
    let (parent, name) = real.parent().zip(real.file_name()).context("it has no name")?;
    let folder = dir::open_search(parent).with_context(|| format!("cannot open `{shown}`"))?;
    if dir::stat_name(&folder, name)?.kind != FileKind::File {
        bail!("`{shown}` is no file");
    }
    let file =
        dir::open_file_at(&folder, name).with_context(|| format!("cannot read `{shown}`"))?;
    let attributes = dir::has_attributes(&file);
    let (meta, group) = (dir::stat_fd(&file)?, file.metadata()?.gid());
    let mut bytes = Vec::new();
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read `{shown}`"))?;
    if bytes.len() as u64 > LONGEST {
        bail!("`{shown}` is longer than 1 MiB: these are nobody's settings");
    }
    let text = String::from_utf8(bytes).ok().with_context(|| format!("`{shown}` is no text"))?;
    Ok(Settings {
        path: path.to_path_buf(),
        real,
        text: Some(text),
        meta: Some(meta),
        attributes,
        group,
    })
}

/// The path with no link on the way to it, as far as it exists.
fn settled(path: &Path) -> PathBuf {
    for above in path.ancestors().skip(1) {
        if let Ok(found) = above.canonicalize() {
            return found.join(path.strip_prefix(above).unwrap_or(Path::new("")));
        }
    }
    path.to_path_buf()
}
