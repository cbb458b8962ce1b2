//! What every command begins with: user, clock and policy, each read once.

use std::borrow::Borrow;

use anyhow::{Context, Result, anyhow, bail};

use crate::decide::{self, Grounds, Judged, Mode, Plan, rules};
use crate::facts::{Dossier, History};
use crate::keep;
use crate::look::{self, Eyes, Progress, Target, Wholes};
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
    /// With which it is looked at.
    pub(super) fn eyes<'a>(&'a self, progress: &'a Progress) -> Eyes<'a> {
        let (surroundings, clock) = (&self.surroundings, &self.clock);
        Eyes { surroundings, clock, protect: &self.policy.protect, progress }
    }

    fn grounds<'a>(&'a self, history: &'a History) -> Grounds<'a> {
        Grounds { policy: &self.policy, clock: &self.clock, history }
    }

    /// What the journal says that the judgement of these needs.
    fn history<'a>(&self, dossiers: impl Iterator<Item = &'a Dossier>) -> Result<History> {
        let mut models = dossiers.flat_map(|d| &d.models);
        let retired = models.any(|m| m.label.as_ref().is_some_and(|l| l.retired.is_some()));
        let state = self.surroundings.state.as_deref();
        state.map_or_else(|| Ok(History::default()), |state| keep::history(state, retired))
    }

    /// Looks at the targets and judges them.
    pub(super) fn plan<T: Borrow<Target>>(&self, targets: &[T], mode: Mode) -> Result<Plan> {
        let progress = Progress::default();
        let eyes = self.eyes(&progress);
        let dossiers = tell::watch(&progress, || look::look(targets, &eyes))?;
        let history = self.history(dossiers.iter())?;
        Ok(decide::decide(dossiers, mode, self.grounds(&history)))
    }

    /// Judges the targets of a plan once more by what lies around them now.
    /// Says of each what stands against it now.
    pub(super) fn again<T: Borrow<Target>>(
        &self,
        targets: &[T],
        plan: &Plan,
    ) -> Vec<Option<String>> {
        let progress = Progress::default();
        let eyes = self.eyes(&progress);
        let with: Vec<_> = plan.targets.iter().map(|t| t.facts.path.clone()).collect();
        let mut wholes = Wholes::new(&with);
        let history = self.history(plan.targets.iter().map(|t| &t.facts));
        let mut judge = |judged: &Judged| {
            let mut targets = targets.iter().map(Borrow::borrow);
            let target = targets.find(|t| t.is_of(&judged.facts));
            let target = target.context("it was not looked at")?;
            let now = look::around(target, &mut wholes, &judged.facts, &eyes)?;
            let history = history.as_ref().map_err(|e| anyhow!("{e:#}"))?;
            let plan = decide::decide(vec![now], plan.mode, self.grounds(history));
            let refusal = plan.targets.iter().flat_map(Judged::all).next();
            match refusal {
                Some(r) => bail!("{} refuses it by now: {}", r.rule, r.message),
                None => Ok(()),
            }
        };
        plan.targets.iter().map(|t| judge(t).err().map(|e| format!("{e:#}"))).collect()
    }
}
