//! What every command begins with: user, clock and policy, each read once.

use anyhow::{Context, Result, bail};

use crate::decide::{self, Judged, Plan, rules};
use crate::look::{self, Eyes, Progress, Target};
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
    fn eyes<'a>(&'a self, progress: &'a Progress) -> Eyes<'a> {
        let (surroundings, clock) = (&self.surroundings, &self.clock);
        Eyes { surroundings, clock, protect: &self.policy.protect, progress }
    }

    /// Looks at the targets and judges them.
    pub(super) fn plan(&self, targets: &[Target]) -> Result<Plan> {
        let progress = Progress::default();
        let eyes = self.eyes(&progress);
        let dossiers = tell::watch(&progress, || look::look(targets, &eyes))?;
        Ok(decide::decide(dossiers, &self.policy, &self.clock))
    }

    /// Judges the targets of a plan once more by what lies around them now.
    /// Says of each what stands against it now.
    pub(super) fn again(&self, targets: &[Target], plan: &Plan) -> Vec<Option<String>> {
        let progress = Progress::default();
        let eyes = self.eyes(&progress);
        let judge = |judged: &Judged| {
            let target = targets.iter().find(|t| t.path == judged.facts.path);
            let now = look::around(target.context("it was not looked at")?, &judged.facts, &eyes)?;
            let plan = decide::decide(vec![now], &self.policy, &self.clock);
            let refusal = plan.targets.iter().flat_map(Judged::all).next();
            match refusal {
                Some(r) => bail!("{} refuses it by now: {}", r.rule, r.message),
                None => Ok(()),
            }
        };
        plan.targets.iter().map(|t| judge(t).err().map(|e| format!("{e:#}"))).collect()
    }
}
