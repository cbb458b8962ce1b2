//! Reads the disk and decides nothing: survey of the targets, identity of models, labels, age.

mod batch;
mod copies;
mod covers;
mod enrich;
mod gather;
mod identify;
mod inventory;
mod labels;
mod list;
mod listing;
mod names;
mod notable;
pub mod ordinary;
mod payload;
mod pins;
mod protected;
mod read;
mod series;
mod settings;
mod sides;
mod subject;
mod survey;
mod target;
mod tree;
mod whole;
mod words;

use std::borrow::Borrow;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::hash::RandomState;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::facts::{Digest, Dossier, History, Label, Listing, Meta, Print};
use crate::sys::dir;
use crate::sys::env::Surroundings;
use crate::when::Clock;

pub use copies::Depth;
pub use identify::table::{FORMATS, Format};
pub use settings::{Settings, settings};
pub use survey::Progress;
pub use target::{Target, resolve, with_sides};
pub use whole::Wholes;

pub use sides::goes_with;
pub use subject::{LabelFile, Old, Subject, Subjects, read_label, subjects};

/// What looking needs to know of the world.
#[derive(Clone, Copy, Debug)]
pub struct Eyes<'a> {
    /// User and places.
    pub surroundings: &'a Surroundings,
    /// The one reading of the clock, for dates in names.
    pub clock: &'a Clock,
    /// Paths that the policy protects.
    pub protect: &'a [PathBuf],
    /// Where the policy has copies looked for; with none, in the surroundings.
    pub roots: &'a [PathBuf],
    /// Fed for a progress line.
    pub progress: &'a Progress,
}

/// Surveys all targets and says what is known about each.
///
/// # Errors
/// Where a target cannot be looked at; nothing was changed.
pub fn look<T: Borrow<Target>>(targets: &[T], eyes: &Eyes<'_>) -> Result<Vec<Dossier>> {
    let mut series = series::Series::new(eyes);
    let with: Vec<PathBuf> = targets.iter().map(|t| t.borrow().path.clone()).collect();
    let mut wholes = Wholes::new(&with);
    let moved = targets
        .iter()
        .map(Borrow::borrow)
        .filter_map(|t: &Target| Some((t.path.clone(), t.trashed.clone()?)));
    // A label that went to the trash with its model lies beside it no more.
    let moved: HashMap<PathBuf, PathBuf> = moved.collect();
    let each = targets.iter().map(|t| {
        let path = &t.borrow().path;
        let mut dossier = one(t.borrow(), &mut wholes, eyes, &mut series, &moved)?;
        // A model is nobody's side file.
        if dossier.models.is_empty() {
            dossier.side_of = with.iter().find(|model| goes_with(path, model)).cloned();
        }
        Ok(dossier)
    });
    each.collect()
}

fn one(
    target: &Target,
    wholes: &mut Wholes<'_>,
    eyes: &Eyes<'_>,
    series: &mut series::Series<'_>,
    moved: &HashMap<PathBuf, PathBuf>,
) -> Result<Dossier> {
    let euid = eyes.surroundings.euid;
    let cannot = || format!("cannot look at `{}`", target.path.display());
    let meta = dir::stat_name(&target.parent, &target.name).with_context(cannot)?;
    let protected = target.ambiguous.clone().or_else(|| protected::why(&target.path, &meta, eyes));
    let tree = if protected.is_some() {
        survey::shallow(&target.parent, &target.name, euid)
    } else {
        survey::survey(&target.parent, &target.name, euid, eyes.progress)
    };
    let tree = tree.with_context(cannot)?;
    let mut models = identify::identify(&tree, &target.path);
    enrich::enrich(&mut models, &tree, &target.path, eyes.clock, moved);
    covers::compare(&mut models, &tree);
    let mut pins = pins::inside(&tree, &models);
    let lone = tree.dirs.is_empty() && !models.is_empty();
    pins.extend(pins::around(&target.path, lone));
    let mut models: Vec<_> = models.into_iter().map(|(model, _)| model).collect();
    series.add(&target.path, &mut models);
    Ok(Dossier {
        parent: dir::stat_fd(&target.parent)?.id,
        meta: tree.meta,
        totals: tree.totals,
        digest: tree.digest,
        around: pins::digest(&target.path),
        newest: enrich::newest(&tree),
        oldest: enrich::oldest(&tree),
        dirs: enrich::dirs(&tree),
        pins,
        part_of: wholes.part_of(&target.path, &tree.meta),
        protected,
        side_of: None,
        labelled: tree.notable.iter().any(|f| notable::is_label(f.name.as_encoded_bytes())),
        payload: payload::payload(&tree, &target.path),
        models,
        searched: Arc::default(),
        problems: tree.problems,
        mounts: tree.mounts,
        foreign: tree.foreign,
        typed: target.typed.clone(),
        path: target.path.clone(),
        trashed: target.trashed.clone(),
    })
}

/// Looks once more at what lies around a target: the entry itself, pins and labels above and beside
/// it, its series, what it is a part of. What lies in it is compared by [`glance`].
///
/// # Errors
/// In words what is there otherwise than it was.
pub fn around(
    target: &Target,
    wholes: &mut Wholes<'_>,
    then: &Dossier,
    eyes: &Eyes<'_>,
) -> Result<Dossier> {
    let meta = dir::stat_name(&target.parent, &target.name).context("it is no longer there")?;
    let same = |a: &Meta, b: &Meta| {
        (a.id, a.kind, a.mtime, a.ctime, a.mount) == (b.id, b.kind, b.mtime, b.ctime, b.mount)
    };
    if !target.is_in_place() {
        bail!("its folder was moved or replaced since the plan");
    }
    if !same(&meta, &then.meta) {
        bail!("it was replaced or touched since the plan");
    }
    if pins::digest(&target.path) != then.around {
        bail!("a label or a KEEP file beside or above it came, went or changed since the plan");
    }
    let mut now = then.clone();
    now.part_of = wholes.part_of(&target.path, &meta);
    now.protected = target.ambiguous.clone().or_else(|| protected::why(&target.path, &meta, eyes));
    series::Series::new(eyes).add(&target.path, &mut now.models);
    Ok(now)
}

/// Looks at every model below a folder as if it alone were to go. The folders above and below each
/// other are each looked at: a run, and its checkpoints.
///
/// # Errors
/// Where the folder cannot be found.
pub fn list(root: &std::path::Path, eyes: &Eyes<'_>) -> Result<Vec<Dossier>> {
    list::list(root, eyes)
}

/// Compares the models of a list with each other.
pub fn copies_among(dossiers: &mut [Dossier], history: &History, depth: Depth, eyes: &Eyes<'_>) {
    copies::among(dossiers, history, depth, eyes);
}

/// Looks for the copies of the targets' models: in the plan, among what went before, on the disks.
/// What is least replaceable then stands first.
pub fn copies(dossiers: &mut [Dossier], history: &History, depth: Depth, eyes: &Eyes<'_>) {
    copies::find(dossiers, history, depth, eyes);
    for dossier in dossiers {
        dossier.models.sort_by_cached_key(|m| (m.replaceable(), m.path.clone()));
    }
}

/// By what the weights of a target are known again when they are gone: the hashes of its models, and
/// the stamps of its folders.
#[must_use]
pub fn prints(dossier: &Dossier) -> (Vec<Print>, Vec<(u64, PathBuf)>) {
    (copies::prints(dossier), copies::stamps(dossier))
}

/// Whether a path lies in a store that repositories of the hub cache share.
#[must_use]
pub fn is_in_shared_store(path: &std::path::Path) -> bool {
    path.ancestors().any(|p| p.join(whole::SHARED).symlink_metadata().is_ok())
}

/// The label that lies in a folder.
#[must_use]
pub fn label_in(dir: &std::path::Path) -> Option<Label> {
    labels::beside(dir, "").into_iter().find_map(|written| written.label.ok())
}

/// A second look at a target: what is there now, as far as it can be compared with the plan.
#[derive(Clone, Debug)]
pub struct Glance {
    /// The target itself.
    pub meta: Meta,
    /// Identity of every entry.
    pub digest: Digest,
    /// Entries seen.
    pub entries: u64,
    /// Whether something could not be seen, or lies on another mount.
    pub blind: bool,
    /// What the listing of every directory summed up to, by the directory's inode.
    pub listings: HashMap<u64, Listing>,
}

/// Surveys again, by handle, for the comparison before and after the rename. With a secret the
/// listings are summed up as well.
///
/// # Errors
/// Where the entry cannot be looked at.
pub fn glance(
    parent: impl AsFd,
    name: &OsStr,
    euid: u32,
    secret: Option<&RandomState>,
) -> std::io::Result<Glance> {
    let tree =
        survey::walk(parent, name, euid, &Progress::default(), survey::Purpose::Compare(secret))?;
    let mut listings: HashMap<u64, Listing> = HashMap::new();
    for (ino, part) in tree.listings {
        listings.entry(ino).or_default().join(part);
    }
    Ok(Glance {
        meta: tree.meta,
        digest: tree.digest,
        entries: tree.totals.files + tree.totals.dirs,
        blind: !tree.problems.is_empty() || !tree.mounts.is_empty(),
        listings,
    })
}
