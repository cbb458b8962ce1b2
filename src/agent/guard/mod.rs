//! The guard: a domain of Landlock in which nothing under the protected roots can be removed, renamed,
//! replaced or cut, by whatever program; what goes past paths is refused by seccomp, or needs a capability
//! that is given up. This says what it would be here, and puts a thread into it.

mod breaks;
mod holes;
mod outside;
mod places;
mod resolve;
mod tree;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::facts::FileKind;
use crate::policy::Policy;
use crate::sys::env::Surroundings;
use crate::sys::landlock::{self, Domain, Grant};
use crate::sys::{capabilities, dir, errors, mounts, process, seccomp};
use resolve::Known;
use tree::{Left, Tree};

pub use breaks::Broken;
pub use outside::Helper;

/// Why a place is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The command line or `roots` of the policy name it.
    Root,
    /// `protect` of the policy names it.
    Listed,
    /// It is a trash of this user.
    Trash,
    /// safe-rm keeps it, or is ruled by it.
    Own,
    /// It is safe-rm itself.
    Program,
    /// Shells and sessions read it when they start.
    StartUp,
    /// It holds the user's keys.
    Keys,
    /// It holds units of the user's systemd.
    Units,
    /// It is a settings file that calls safe-rm's hook.
    Settings,
}

/// One protected place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it is, without links.
    pub path: PathBuf,
    /// Why it is protected.
    pub why: Why,
    /// Whether nothing in it can be written either.
    pub read_only: bool,
    /// Whether it is there.
    pub there: bool,
}

/// What stands against starting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub text: String,
    /// The way out.
    pub hint: String,
    /// Whether the words of the command line, or of the policy, are at fault.
    pub usage: bool,
}

/// What is asked for, in absolute paths.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// `--protect`; the roots of the policy come to it.
    pub protect: Vec<PathBuf>,
    /// `--read-only`.
    pub read_only: Vec<PathBuf>,
    /// `--allow-delete`.
    pub allow: Vec<PathBuf>,
    /// The newest version of Landlock to be used; plays an older kernel.
    pub at_most: Option<u32>,
}

/// The guard as it would be here.
#[derive(Debug)]
pub struct Picture {
    /// What is protected.
    pub places: Vec<Place>,
    /// Folders in it in which everything stays allowed.
    pub allowed: Vec<PathBuf>,
    /// The folders on the way down: what lies directly in them cannot be removed or renamed, nor can
    /// what is made there later.
    pub held: Vec<PathBuf>,
    /// What stands against it.
    pub problems: Vec<Problem>,
    /// Helpers outside.
    pub helpers: Vec<Helper>,
    /// Programs' own files that cannot be saved as usual.
    pub breaks: Vec<Broken>,
    removing: Tree,
    writing: Option<Tree>,
    mounts: Vec<mounts::Mount>,
}

/// Why no guard is possible on this machine, if so. `at_most` plays an older kernel.
#[must_use]
pub fn impossible(at_most: Option<u32>) -> Option<Problem> {
    let missing = landlock::missing(at_most);
    let Some(first) = missing.first() else {
        let text = "this kernel has no seccomp, or the processor is not known".to_owned();
        let hint = "some ways to remove can be stopped by it alone; nothing weaker is started";
        return (!seccomp::is_there()).then(|| Problem {
            text,
            hint: hint.to_owned(),
            usage: false,
        });
    };
    let text = if first.starts_with("removing") {
        "this kernel has no Landlock, or it is switched off".to_owned()
    } else {
        format!("the Landlock of this kernel is too old: it lacks {}", missing.join(", "))
    };
    let hint = "the guard needs Linux 6.12 or newer, with `landlock` in the list of `lsm=`; nothing \
                weaker is started";
    Some(Problem { text, hint: hint.to_owned(), usage: false })
}

/// Whether this process is in a guard, by what the kernel lets it do in folders that every guard
/// protects, or holds. Who makes that hard to tell is taken for being in one, if it can be.
#[must_use]
pub fn is_inside(world: &Surroundings) -> bool {
    let folders = world.state.iter().chain(&world.passwd_home).chain(&world.home);
    let missing = |folder: &PathBuf| dir::stat_path(folder).is_err_and(|e| errors::is_missing(&e));
    let tried: Vec<Option<bool>> = folders
        .filter(|folder| !missing(folder))
        .map(|folder| dir::refuses_cutting(folder))
        .collect();
    // Every guard sees to the second, and nothing undoes it.
    tried.contains(&Some(true))
        || process::gains_nothing() && (tried.contains(&None) || process::is_any_above_hidden())
}

/// Looks at what the guard would be.
#[must_use]
pub fn picture(wanted: &Wanted, world: &Surroundings, policy: &Policy) -> Picture {
    let mut builder = Builder::default();
    builder.problems.extend(impossible(wanted.at_most));
    for (roots, read_only) in
        [(&wanted.protect, false), (&policy.roots, false), (&wanted.read_only, true)]
    {
        for root in roots {
            builder.root(root, read_only);
        }
    }
    if builder.places.is_empty() && builder.problems.iter().all(|p| !p.usage) {
        builder.wrong(
            "there is nothing to protect: no `--protect ROOT`, and no `roots` in the policy",
            "name the folders that hold models, as `safe-rm guard --protect ~/models -- COMMAND`",
        );
    }
    let roots: Vec<PathBuf> = builder.places.iter().map(|p| p.path.clone()).collect();
    let found = mounts::read();
    if let Err(error) = &found {
        let text = format!("the mounts cannot be read: {error}");
        builder.refused(&text, "without /proc it cannot be told whether there is a way round");
    }
    let mounts = found.unwrap_or_default();
    for path in &policy.protect {
        builder.beside(path, Why::Listed);
    }
    for (path, why) in places::beside(&roots, world, &mounts) {
        builder.beside(&path, why);
    }
    builder.built(wanted, world, &mounts)
}

#[derive(Default)]
struct Builder {
    places: Vec<Place>,
    links: Vec<PathBuf>,
    problems: Vec<Problem>,
    known: Known,
}

impl Builder {
    fn wrong(&mut self, text: &str, hint: &str) {
        self.problems.push(Problem { text: text.to_owned(), hint: hint.to_owned(), usage: true });
    }

    fn refused(&mut self, text: &str, hint: &str) {
        self.problems.push(Problem { text: text.to_owned(), hint: hint.to_owned(), usage: false });
    }

    /// A root: it must be there.
    fn root(&mut self, path: &Path, read_only: bool) {
        let shown = path.display();
        match resolve::resolve(path, &mut self.known) {
            Ok(found) if found.real == Path::new("/") => self.wrong(
                &format!("`{shown}` is `/`, and cannot be protected: nothing could work in the guard"),
                "name the folders that hold models",
            ),
            Ok(found) if found.there => {
                self.links.extend(found.links);
                let why = Why::Root;
                self.places.push(Place { path: found.real, why, read_only, there: true });
            }
            Ok(_) => self.wrong(
                &format!("the protected root `{shown}` does not exist"),
                "mount or make it first, or take it out of the command line or the policy's `roots`",
            ),
            Err(error) => self.wrong(
                &format!("the protected root `{shown}` cannot be looked at: {error}"),
                "name the folder as it can be reached by this user",
            ),
        }
    }

    /// A place that is protected whether or not it is there.
    fn beside(&mut self, path: &Path, why: Why) {
        // What cannot be looked at by this user, this user cannot change.
        let Ok(found) = resolve::resolve(path, &mut self.known) else { return };
        if found.real == Path::new("/") || self.places.iter().any(|p| p.path == found.real) {
            return;
        }
        self.links.extend(found.links);
        let place = Place { path: found.real, why, read_only: false, there: found.there };
        self.places.push(place);
    }

    fn built(mut self, wanted: &Wanted, world: &Surroundings, all: &[mounts::Mount]) -> Picture {
        let paths = |places: &[Place], read_only: bool| -> Vec<PathBuf> {
            let wanted = places.iter().filter(|p| p.read_only || !read_only);
            wanted.map(|p| p.path.clone()).collect()
        };
        let removing = Tree::of(&paths(&self.places, false), &self.links);
        let read_only = paths(&self.places, true);
        let writing = (!read_only.is_empty()).then(|| Tree::of(&read_only, &[]));
        let mut allowed = Vec::new();
        for path in &wanted.allow {
            match allow(path, &removing, &self.places) {
                Ok(real) => allowed.push(real),
                Err((text, hint)) => self.wrong(&text, hint),
            }
        }
        let granted = holes::Granted {
            removing: &removing,
            writing: writing.as_ref().unwrap_or(&removing),
            allowed: &allowed,
            user: world.euid,
        };
        // Where the mounts cannot be read that is said already.
        let found =
            if all.is_empty() { Vec::new() } else { holes::holes(&self.places, &granted, all) };
        for (text, hint) in found {
            self.refused(&text, &hint);
        }
        let held = removing.held().filter(|folder| folder.is_dir()).map(Path::to_path_buf);
        Picture {
            held: held.collect(),
            breaks: breaks::breaks(world.home.as_deref(), &removing),
            helpers: outside::helpers(world),
            places: self.places,
            problems: self.problems,
            allowed,
            removing,
            writing,
            mounts: all.to_vec(),
        }
    }
}

/// A folder in which everything stays allowed: it must be there, hold nothing that is protected, and be what
/// its name says.
fn allow(path: &Path, tree: &Tree, places: &[Place]) -> Result<PathBuf, (String, &'static str)> {
    let shown = path.display();
    let found = resolve::resolve(path, &mut Known::new())
        .ok()
        .filter(|found| found.there && found.real.is_dir());
    let Some(found) = found else {
        let text = format!("`{shown}`, in which deleting is to be allowed, is no folder");
        return Err((text, "make it first"));
    };
    // Who may write in a root can have made it, in an earlier guard, to be given what it leads to.
    if found.links.iter().any(|folder| tree.withholds(folder)) {
        let text = format!("`{shown}` leads through a link that lies in what is protected");
        return Err((text, "name the folder itself, if it is meant"));
    }
    let holds = || places.iter().any(|place| place.path.starts_with(&found.real));
    let is_own = || dir::stat_path(&found.real).is_ok_and(|meta| tree.ids().contains(&meta.id));
    if tree.holds(&found.real) || holds() || is_own() {
        let text =
            format!("`{shown}` is, or holds, what is protected: deleting cannot be allowed in it");
        return Err((text, "allow it in a folder inside of the root, or beside it"));
    }
    Ok(found.real)
}

impl Picture {
    /// Puts the calling thread, and all that it starts from then on, into the guard. Gives the folders
    /// in which nothing can be removed, each with the reason.
    ///
    /// # Errors
    /// Where the kernel does not enforce all of it.
    pub fn enforce(&self) -> Result<BTreeMap<PathBuf, &'static str>> {
        let mut domain = Domain::new(self.writing.is_some())?;
        let mut left = vec![self.removing.complement(&self.mounts, |entry, kind| match kind {
            FileKind::Directory => domain.grant(entry, true, Grant::Remove),
            FileKind::File => domain.grant(entry, false, Grant::Remove),
            FileKind::Symlink | FileKind::Special => Ok(()),
        })?];
        if let Some(tree) = &self.writing {
            left.push(tree.complement(&self.mounts, |entry, kind| {
                domain.grant(entry, kind == FileKind::Directory, Grant::Write)
            })?);
        }
        for folder in &self.allowed {
            let opened = dir::open_unlinked(folder)?;
            domain.grant(&opened, true, Grant::Remove)?;
            if self.writing.is_some() {
                domain.grant(&opened, true, Grant::Write)?;
            }
        }
        domain.enforce()?;
        seccomp::enforce()?;
        capabilities::give_up()?;
        let mut why = BTreeMap::new();
        for Left { unlisted, again } in left {
            why.extend(unlisted.into_iter().map(|folder| (folder, "it cannot be listed")));
            let reason = "it is another name of what is protected, or of what holds that";
            why.extend(again.into_iter().map(|folder| (folder, reason)));
        }
        Ok(why)
    }
}
