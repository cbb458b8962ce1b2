//! The link by which a directory's `rm` is this program. It is made where nothing was, and taken away
//! where it is that link and nothing else.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::sys::{change, dir};

/// Its name.
const NAME: &str = "rm";

/// Where packages install, or the system keeps its own: an `rm` there is theirs.
const SYSTEM: &[&str] = &[
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/sbin", "/snap", "/sys",
    "/usr",
];

/// A place for the link, looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shim {
    /// The directory, absolute.
    pub dir: PathBuf,
    /// The program that it leads to.
    pub program: PathBuf,
    /// Whether it is there already.
    pub there: bool,
}

/// Looks at a directory for the link.
///
/// # Errors
/// Where the link may not be, or something else has its place.
pub fn shim(dir: &Path, program: &Path) -> Result<Shim> {
    let dir = settled(dir)?;
    let shown = dir.display();
    if dir.as_os_str().as_encoded_bytes().contains(&b':') {
        bail!("`{shown}` cannot stand in PATH: its name has a colon");
    }
    let system = SYSTEM.iter().any(|s| dir.starts_with(s)) && !dir.starts_with("/usr/local");
    if system || dir == Path::new("/") {
        bail!(
            "`{shown}` belongs to the system, and an `rm` there to a package; name a directory of \
             your own, or /usr/local/bin for all users"
        );
    }
    let there = match dir.join(NAME).read_link() {
        Ok(target) if target == program => true,
        Ok(target) => {
            let target = target.display();
            bail!("`{shown}/rm` is there, a link to `{target}`; move it away, or name another one")
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => false,
        Err(e) if e.kind() == std::io::ErrorKind::InvalidInput => {
            bail!("`{shown}/rm` is there, and is not that link; move it away, or name another one")
        }
        Err(e) => return Err(e).with_context(|| format!("cannot look at `{shown}/rm`")),
    };
    Ok(Shim { dir, program: program.to_path_buf(), there })
}

/// The directory with no link on the way to it, as far as it exists.
fn settled(dir: &Path) -> Result<PathBuf> {
    let absolute = std::path::absolute(dir)?;
    for above in absolute.ancestors() {
        if let Ok(found) = above.canonicalize() {
            let rest = absolute.strip_prefix(above).unwrap_or(Path::new(""));
            if rest.components().any(|c| c.as_os_str() == "..") {
                bail!("`{}` goes through a directory that is not there", dir.display());
            }
            return Ok(found.join(rest).components().collect());
        }
    }
    Ok(absolute)
}

impl Shim {
    /// Makes it, with its directory.
    ///
    /// # Errors
    /// As mkdir(2) and symlink(2).
    pub fn make(&self) -> Result<()> {
        let context = || format!("cannot make `{}`", self.dir.join(NAME).display());
        std::fs::create_dir_all(&self.dir).with_context(context)?;
        let open = dir::open_path(&self.dir).with_context(context)?;
        change::symlink(&self.program, open, OsStr::new(NAME)).with_context(context)
    }

    /// Takes it away; the directory stays.
    ///
    /// # Errors
    /// As unlink(2).
    pub fn take_away(&self) -> Result<()> {
        let context = || format!("cannot take away `{}`", self.dir.join(NAME).display());
        let open = dir::open_path(&self.dir).with_context(context)?;
        let now = dir::read_link_at(&open, OsStr::new(NAME)).with_context(context)?;
        if now != self.program.as_os_str().as_encoded_bytes() {
            bail!("`{}` has just become another one", self.dir.join(NAME).display());
        }
        change::remove_own_file(open, OsStr::new(NAME)).with_context(context)
    }
}
