//! Paths that rm keeps, however ordinary what lies in them is: the folders of the system and of
//! people themselves, not what is in them, and safe-rm's own with all of it.

use std::path::{Path, PathBuf};

use crate::look::{Eyes, protected};

/// Folders of the system below the first level that hold what makes it run.
const SYSTEM: &[&str] = &[
    "/usr/bin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/local",
    "/usr/sbin",
    "/usr/share",
];

/// The paths of one run, each with its links resolved.
pub(super) struct Guarded {
    /// Neither they nor what is above them.
    kept: Vec<(PathBuf, String)>,
    /// Nor what lies in them.
    whole: Vec<(PathBuf, String)>,
}

impl Guarded {
    pub(super) fn new(eyes: &Eyes<'_>) -> Self {
        let world = eyes.surroundings;
        // Of the passwd file's homes those of people: a daemon's is a folder like others.
        let people =
            world.homes.iter().filter(|h| h.starts_with("/home") || h.starts_with("/root"));
        let homes = people.chain(&world.home).chain(&world.passwd_home);
        let homes = protected::resolved(homes).map(|h| {
            let why = format!("it is or holds the home directory {}", h.display());
            (h, why)
        });
        let system = protected::system().chain(SYSTEM.iter().copied());
        let system = system.map(|s| (PathBuf::from(s), "it is a system directory".to_owned()));
        let own = protected::own(world);
        let own = protected::resolved(own.iter()).map(|o| {
            let why = format!("it is, holds or lies in safe-rm's own {}", o.display());
            (o, why)
        });
        let listed = protected::resolved(eyes.protect.iter()).map(|p| {
            let why = format!("the policy protects {}", p.display());
            (p, why)
        });
        Self { kept: homes.chain(system).collect(), whole: own.chain(listed).collect() }
    }

    /// Why this operand must never go, if so.
    pub(super) fn why(&self, path: &Path, directory: bool) -> Option<String> {
        if protected::is_in_trash(path) {
            return Some("it is or lies in a trash".to_owned());
        }
        let kept = self.kept.iter().find(|(kept, _)| directory && kept.starts_with(path));
        let whole = self.whole.iter().find(|(p, _)| p.starts_with(path) || path.starts_with(p));
        kept.or(whole).map(|(_, why)| why.clone())
    }
}
