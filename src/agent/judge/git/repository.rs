//! A repository, as far as it says what git would throw away.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::ignore::Rules;
use super::index::{Index, Tracked};

/// How much of an index is read.
const INDEX: u64 = 256 << 20;
/// How much of any other file.
const TEXT: u64 = 1 << 20;

#[derive(Debug)]
pub(in crate::agent::judge) struct Repository {
    pub(super) top: PathBuf,
    pub(super) index: Index,
    exclude: Rules,
    /// The patterns of each folder that was asked for.
    folders: RefCell<HashMap<PathBuf, Rc<Rules>>>,
}

fn read(path: &Path, most: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn text(path: &Path) -> Option<String> {
    read(path, TEXT).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

impl Repository {
    /// The top folder of the one around a folder.
    pub(super) fn top(folder: &Path) -> Option<PathBuf> {
        let folder = folder.canonicalize().ok()?;
        folder
            .ancestors()
            .find(|p| p.join(".git").symlink_metadata().is_ok())
            .map(Path::to_path_buf)
    }

    /// The one with this top.
    pub(super) fn at(top: PathBuf) -> Self {
        let mut own = top.join(".git");
        // Of a worktree, or a module: a file that says where it is.
        if let Some(at) = text(&own).filter(|_| own.is_file())
            && let Some(to) = at.trim().strip_prefix("gitdir:")
        {
            own = top.join(to.trim());
        }
        let common = text(&own.join("commondir"));
        let common = common.map_or_else(|| own.clone(), |to| own.join(to.trim()));
        let config = text(&common.join("config")).unwrap_or_default().to_lowercase();
        let hash = if config.replace(' ', "").contains("objectformat=sha256") { 32 } else { 20 };
        let index = Index::read(&read(&own.join("index"), INDEX).unwrap_or_default(), hash);
        let exclude = Rules::of(&text(&common.join("info/exclude")).unwrap_or_default());
        Self { top, index, exclude, folders: RefCell::default() }
    }

    /// A path relative to the top.
    pub(super) fn relative<'p>(&self, path: &'p Path) -> Option<&'p str> {
        path.strip_prefix(&self.top).ok()?.to_str()
    }

    pub(super) fn tracks(&self, path: &Path) -> bool {
        let relative = path.strip_prefix(&self.top).ok();
        relative.is_some_and(|name| self.index.has(name.as_os_str().as_bytes()))
    }

    /// Where a tracked file lies.
    pub(super) fn path_of(&self, tracked: &Tracked<'_>) -> PathBuf {
        self.top.join(std::ffi::OsStr::from_bytes(tracked.name))
    }

    fn rules(&self, folder: &Path) -> Rc<Rules> {
        if let Some(known) = self.folders.borrow().get(folder) {
            return Rc::clone(known);
        }
        let rules = Rules::of(&text(&folder.join(".gitignore")).unwrap_or_default());
        let rules = Rc::new(rules);
        self.folders.borrow_mut().insert(folder.to_path_buf(), Rc::clone(&rules));
        rules
    }

    /// Whether it is ignored; `more` counts before all files, and these alone where `only`.
    pub(super) fn ignores(&self, path: &Path, more: &Rules, only: bool) -> bool {
        let Ok(relative) = path.strip_prefix(&self.top) else { return false };
        let mut levels: Vec<&Path> = relative.ancestors().collect();
        levels.pop();
        levels.reverse();
        // What lies in an ignored folder is ignored, whatever else is said of it.
        levels.into_iter().any(|level| {
            let at = self.top.join(level);
            let folder = level != relative || at.is_dir();
            let whole = level.to_string_lossy();
            let said = more.say(&whole, folder).or_else(|| {
                if only {
                    return None;
                }
                let files = at.ancestors().skip(1).take_while(|p| p.starts_with(&self.top));
                let mut files = files.filter_map(|base| {
                    let below = at.strip_prefix(base).ok()?.to_string_lossy().into_owned();
                    self.rules(base).say(&below, folder)
                });
                files.next().or_else(|| self.exclude.say(&whole, folder))
            });
            said == Some(true)
        })
    }
}
