//! The only code that changes what a user named. It makes no choices: the plan has made them.

mod stage;
mod trash;
mod undo;

use std::path::PathBuf;

use crate::keep::Journal;

pub use trash::execute;
pub use undo::{Wanted, undo};

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
