//! What every command begins with: user, clock and policy, each read once.

use std::ffi::OsString;

use anyhow::Result;

use crate::decide::{self, Plan, rules};
use crate::look::{self, Eyes, Progress};
use crate::policy::{self, Policy};
use crate::sys::clock;
use crate::sys::env::{self, Surroundings};
use crate::tell;
use crate::when::Clock;

/// The world as read at the start.
pub(super) struct World {
    pub surroundings: Surroundings,
    pub clock: Clock,
    pub policy: Policy,
}

/// Reads it.
pub(super) fn read() -> Result<World> {
    let surroundings = env::surroundings();
    let clock = clock::read(surroundings.test_clock.as_deref());
    let home = surroundings.passwd_home.as_deref();
    let policy = policy::read(home, surroundings.xdg_policy.as_deref(), &rules::ids())?;
    Ok(World { surroundings, clock, policy })
}

impl World {
    /// Looks at the paths and judges them.
    pub(super) fn plan(&self, paths: &[OsString]) -> Result<Plan> {
        let progress = Progress::default();
        let eyes = Eyes {
            surroundings: &self.surroundings,
            clock: &self.clock,
            protect: &self.policy.protect,
            progress: &progress,
        };
        let dossiers = tell::watch(&progress, || look::look(paths, &eyes))?;
        Ok(decide::decide(dossiers, &self.policy, &self.clock))
    }
}
