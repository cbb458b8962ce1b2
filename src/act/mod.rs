//! The only code that changes what a user named. It makes no choices: the plan has made them.

mod carry;
mod free;
mod gate;
mod keepsake;
mod label;
pub mod ordinary;
mod pages;
mod reach;
mod recover;
pub mod settings;
mod shim;
mod stage;
mod sweep;
mod trash;
mod undo;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::ask::ConfirmedPlan;
use crate::decide::{Mode, Plan};
use crate::facts::Dossier;
use crate::keep::{Item, Journal, encode};
use crate::look::{self, Target};

pub use free::{Trashed, go_on, in_trash, rest};
pub use label::label;
pub use pages::pages;
pub use reach::{Reach, reach};
pub use recover::{Found, recover};
pub use shim::{Shim, shim};
pub use undo::{Wanted, is_id, undo};

/// What acting needs besides the plan.
#[derive(Debug)]
pub struct Hands<'a> {
    /// Effective user.
    pub euid: u32,
    /// The user whose trash is used.
    pub user: u32,
    /// That user's home trash.
    pub home_trash: Option<PathBuf>,
    /// Opened journal.
    pub journal: &'a mut Journal,
}

impl Hands<'_> {
    /// To whom new files are given: under sudo, to the user who called it.
    fn owner(&self) -> Option<u32> {
        (self.user != self.euid).then_some(self.user)
    }
}

/// Where one thing is after acting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// In the trash.
    Moved(PathBuf),
    /// Gone for good, with this many entries.
    Freed(u64),
    /// Where it was.
    Stayed,
    /// Back at this path.
    Restored(PathBuf),
    /// Something failed; the words say what, and where the thing is.
    Failed(String),
}

/// What came of a plan.
#[derive(Clone, Debug)]
#[must_use]
pub struct Execution {
    /// The plan's id.
    pub id: String,
    /// Each target with where it is now.
    pub fates: Vec<(PathBuf, Fate)>,
    /// Targets that were not what was planned; then nothing was moved, or everything put back.
    pub changed: Vec<(PathBuf, String)>,
}

/// A target with what the plan says of it.
#[derive(Clone, Copy, Debug)]
struct Planned<'a> {
    target: &'a Target,
    facts: &'a Dossier,
}

/// The things that a plan is about: as they were named, or as they lie in the trash.
#[derive(Clone, Copy, Debug)]
pub enum Things<'a> {
    /// At their own places.
    Named(&'a [Target]),
    /// In the trash.
    Trashed(&'a [Trashed]),
}

/// Carries out a confirmed plan of these things. `again` says of each target of the plan, in its
/// order, what was found to stand against it after the word was typed; that stops everything.
///
/// # Errors
/// Where it could not begin: nothing was moved. What failed later stands in the result.
pub fn execute(
    confirmed: ConfirmedPlan,
    things: Things<'_>,
    again: &[Option<String>],
    hands: &mut Hands<'_>,
) -> Result<Execution> {
    let plan = confirmed.into_plan();
    let mut execution = Execution { id: plan.id.clone(), fates: Vec::new(), changed: Vec::new() };
    let (mut planned, mut trashed) = (Vec::new(), Vec::new());
    for (at, judged) in plan.targets.iter().enumerate() {
        let facts = &judged.facts;
        let missing = "a planned target was not looked at";
        let target = match things {
            Things::Named(all) => all.iter().find(|t| t.is_of(facts)).context(missing)?,
            Things::Trashed(all) => {
                let found = all.iter().find(|t| t.target.is_of(facts)).context(missing)?;
                trashed.push(found);
                &found.target
            }
        };
        let stands = again.get(at).context(missing)?.clone();
        if let Some(how) = stands.or_else(|| differs(plan.mode, target, facts, hands.euid)) {
            execution.changed.push((facts.path.clone(), how));
        }
        planned.push(Planned { target, facts });
    }
    if !execution.changed.is_empty() {
        execution.fates = stayed(&plan);
        return Ok(execution);
    }
    let begun = match plan.mode {
        Mode::Trash => trash::execute(&plan, &planned, hands, &mut execution),
        Mode::Permanent | Mode::Purge => {
            free::execute(&plan, &planned, &trashed, hands, &mut execution)
        }
    };
    begun.context("nothing was moved")?;
    Ok(execution)
}

/// Surveys a target once more before its rename; says what differs from the plan. What is freed is
/// compared after its rename alone: it is out of reach there, and nothing is unlinked before.
fn differs(mode: Mode, target: &Target, facts: &Dossier, euid: u32) -> Option<String> {
    if mode != Mode::Trash {
        return None;
    }
    match look::glance(&target.parent, &target.name, euid, None) {
        Ok(now) => carry::differs(facts, &now),
        Err(error) => Some(error.to_string()),
    }
}

fn stayed(plan: &Plan) -> Vec<(PathBuf, Fate)> {
    plan.targets.iter().map(|t| (t.facts.path.clone(), Fate::Stayed)).collect()
}

/// The journal's record of a thing that goes to `to`.
fn item(facts: &Dossier, to: &Path) -> Item {
    let (prints, stamps) = look::prints(facts);
    Item {
        from: encode(&facts.path),
        to: encode(to),
        ino: facts.meta.id.ino,
        born: facts.meta.btime.map(|at| (at.secs, at.nanos)),
        bytes: facts.totals.bytes,
        frees: facts.totals.frees,
        prints: prints.into_iter().map(|p| (p.structure, p.sample, p.deep)).collect(),
        stamps: stamps.iter().map(|(stamp, folder)| (*stamp, encode(folder))).collect(),
        models: facts.models.iter().filter(|m| !m.installed).count(),
        ..Item::default()
    }
}
