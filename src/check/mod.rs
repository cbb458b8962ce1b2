//! Looks whether the set-up holds, and proves it where it can: what `safe-rm doctor` tells. It runs the
//! hooks that are set, on calls that nobody carries out, and changes nothing but a temporary folder.

mod guard;
mod hooks;
mod managed;
mod own;
mod program;
mod ways;

use std::path::PathBuf;

use anyhow::Result;

use crate::agent::hook::Agent;
use crate::agent::setup::Scope;
use crate::facts::Actor;
use crate::policy::Policy;
use crate::sys::env::Surroundings;

/// How one thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Holds,
    /// It works, and not for long or not for all.
    Doubtful,
    /// It does not work.
    Broken,
    /// A way round that this machine leaves open; no fault of the set-up.
    Open,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// A stable name.
    pub id: String,
    /// How it stands.
    pub state: State,
    /// What was found.
    pub text: String,
    /// How it is mended or closed.
    pub hint: Option<String>,
}

impl Check {
    fn new(id: &str, state: State, text: String) -> Self {
        Self { id: id.to_owned(), state, text, hint: None }
    }

    fn holds(id: &str, text: impl Into<String>) -> Self {
        Self::new(id, State::Holds, text.into())
    }

    fn doubtful(id: &str, text: impl Into<String>) -> Self {
        Self::new(id, State::Doubtful, text.into())
    }

    fn broken(id: &str, text: impl Into<String>) -> Self {
        Self::new(id, State::Broken, text.into())
    }

    fn open(id: &str, text: impl Into<String>) -> Self {
        Self::new(id, State::Open, text.into())
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// A file in which an agent may be told of hooks.
#[derive(Clone, Debug)]
pub struct Place {
    /// Whose file it is.
    pub agent: Agent,
    /// The user's or the repository's.
    pub scope: Scope,
    /// Where it would be.
    pub path: PathBuf,
}

/// What is looked at.
#[derive(Debug)]
pub struct Scene<'a> {
    /// User and places.
    pub surroundings: &'a Surroundings,
    /// The program that runs.
    pub program: PathBuf,
    /// Who calls.
    pub actor: &'a Actor,
    /// The policy, or why there is none.
    pub policy: &'a Result<Policy>,
    /// Where hooks may be set.
    pub places: Vec<Place>,
}

impl Scene<'_> {
    /// Whether it runs for another user than it runs as: what that user's settings say must not be run.
    fn is_lent(&self) -> bool {
        self.surroundings.user != self.surroundings.euid
    }

    fn is_root(&self) -> bool {
        self.surroundings.euid == 0
    }
}

/// Looks at all of it, in the order in which it is told.
#[must_use]
pub fn all(scene: &Scene<'_>) -> Vec<Check> {
    let mut checks = program::checks(scene);
    checks.extend(hooks::checks(scene));
    checks.extend(own::checks(scene));
    checks.extend(guard::checks(scene));
    checks.extend(ways::checks(scene));
    checks
}
