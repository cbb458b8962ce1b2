//! Moves things aside: one rename each, looked at afterwards, all put back on any difference.

use std::collections::HashMap;
use std::ffi::OsString;
use std::hash::RandomState;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};

use super::{Execution, Fate};
use crate::facts::{Dossier, Listing};
use crate::look::{self, Glance, Target};
use crate::sys::{change, dir};

/// What the listings of one moved tree summed up to, by inode.
pub(super) type Listings = HashMap<u64, Listing>;

/// One thing that is about to move.
#[derive(Debug)]
pub(super) struct Move<'a> {
    pub facts: &'a Dossier,
    pub target: &'a Target,
    /// The folder that it goes to, with its path.
    pub into: Arc<OwnedFd>,
    pub folder: PathBuf,
    /// Its name there.
    pub new: OsString,
}

impl Move<'_> {
    /// Where it is once it has moved.
    pub(super) fn to(&self) -> PathBuf {
        self.folder.join(&self.new)
    }

    /// Whether nothing stands at its new place.
    pub(super) fn is_home(&self) -> bool {
        dir::stat_name(&self.into, &self.new).is_err()
    }

    /// Renames it and compares what went with what was planned.
    fn go(&self, euid: u32, secret: Option<&RandomState>) -> Result<Result<Listings, String>> {
        let Target { parent, name, .. } = self.target;
        change::rename_new(parent, name, &self.into, &self.new)
            .with_context(|| format!("cannot rename it into {}", self.folder.display()))?;
        let _ = change::sync_dir(&self.into);
        let _ = change::sync_dir(parent);
        let how = match look::glance(&self.into, &self.new, euid, secret) {
            Ok(now) if now.meta.id != self.facts.meta.id => "it was replaced".to_owned(),
            Ok(now) => match differs(self.facts, &now) {
                None => return Ok(Ok(now.listings)),
                Some(how) => how,
            },
            Err(error) => error.to_string(),
        };
        self.put_back()?;
        Ok(Err(how))
    }

    pub(super) fn put_back(&self) -> Result<()> {
        let Target { parent, name, .. } = self.target;
        change::rename_new(&self.into, &self.new, parent, name).with_context(|| {
            format!("it is in `{}`, and cannot be put back", self.to().display())
        })?;
        let _ = change::sync_dir(parent);
        Ok(())
    }
}

/// What is otherwise than the plan says; nothing where nothing is.
pub(super) fn differs(facts: &Dossier, now: &Glance) -> Option<String> {
    if now.digest == facts.digest && !now.blind {
        return None;
    }
    let planned = facts.totals.files + facts.totals.dirs;
    Some(match now.entries.cmp(&planned) {
        std::cmp::Ordering::Equal => "something in it was changed since the plan".to_owned(),
        _ => format!("it holds {} entries, the plan saw {planned}", now.entries),
    })
}

/// Moves all, or none: on any difference or failure what went before goes back, and the execution
/// says where each thing is. `home` is called for each that is where it was.
pub(super) fn all(
    moves: &[Move<'_>],
    euid: u32,
    secret: Option<&RandomState>,
    execution: &mut Execution,
    mut home: impl FnMut(usize),
) -> Option<Vec<Listings>> {
    let mut listings = Vec::new();
    let mut trouble = None;
    for one in moves {
        match one.go(euid, secret) {
            Ok(Ok(found)) => listings.push(found),
            Ok(Err(how)) => {
                execution.changed.push((one.facts.path.clone(), how));
                break;
            }
            Err(error) => {
                trouble = Some((listings.len(), error));
                break;
            }
        }
    }
    let moved = listings.len();
    if moved == moves.len() {
        return Some(listings);
    }
    for (i, one) in moves.iter().enumerate() {
        let failed = trouble.as_ref().filter(|t| t.0 == i).map(|t| format!("{:#}", t.1));
        let back = if i < moved { one.put_back() } else { Ok(()) };
        let fate = match (back, failed) {
            (Err(error), _) => Fate::Failed(format!("{error:#}")),
            (Ok(()), Some(why)) => Fate::Failed(why),
            (Ok(()), None) => Fate::Stayed,
        };
        if one.is_home() {
            home(i);
        }
        execution.fates.push((one.facts.path.clone(), fate));
    }
    None
}
