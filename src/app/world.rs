//! What every command begins with: user, clock and policy, each read once.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};

use crate::agent::{self, Seen};
use crate::ask::Door;
use crate::decide::{self, Grounds, Judged, Mode, Plan, rules};
use crate::facts::{Actor, Dossier, History, Standing};
use crate::keep;
use crate::look::{self, Depth, Eyes, Progress, Target, Wholes};
use crate::policy::{self, Policy};
use crate::sys::env::{self, Surroundings};
use crate::sys::{clock, process, terminal};
use crate::tell;
use crate::when::Clock;

/// For whom a run is.
#[derive(Clone, Default)]
pub(super) enum Caller {
    /// For whoever started the program.
    #[default]
    Process,
    /// For a client of the MCP server: an agent, whatever is seen of it.
    #[cfg_attr(
        not(feature = "mcp"),
        expect(dead_code, reason = "there is no server in this build")
    )]
    Client(Client),
}

/// A client of the MCP server.
#[derive(Clone, Default)]
pub(super) struct Client {
    /// What it calls itself.
    pub name: Option<String>,
    /// How far the look at the disk is.
    pub progress: Arc<Progress>,
}

/// The world as read at the start.
pub(super) struct World {
    pub surroundings: Surroundings,
    pub clock: Clock,
    pub policy: Policy,
    /// Who calls, by its parents and variables.
    pub actor: Actor,
    /// The request that is about to be approved: what the others ask for is judged with it.
    pub answering: Option<String>,
    client: Option<Client>,
}

/// Reads it, and who calls. For a caller without a person what a user's policy weakens does not count.
pub(super) fn read() -> Result<World> {
    read_for(&Caller::Process)
}

/// Reads it for this caller.
pub(super) fn read_for(caller: &Caller) -> Result<World> {
    let client = match caller {
        Caller::Process => None,
        Caller::Client(client) => Some(client.clone()),
    };
    let seen = Seen {
        variable: &env::variable,
        ancestors: process::ancestors(),
        holders: Vec::new(),
        added: &[],
        guarded: agent::guard::is_inside(&env::surroundings()),
    };
    let alone = || agent::who(&seen).standing == Standing::Agent || terminal::open().is_err();
    let mut world = of(client.is_some() || alone())?;
    world.client = client;
    let seen = Seen { added: &world.policy.agents, ..seen };
    world.actor = world.known(agent::who(&seen));
    Ok(world)
}

/// Reads the policy alone, with all that it weakens.
pub(super) fn policy(surroundings: &Surroundings) -> Result<Policy> {
    let home = surroundings.passwd_home.as_deref();
    policy::read(home, surroundings.xdg_policy.as_deref(), &rules::ids(), false)
}

/// Who calls, where the world need not be known.
pub(super) fn caller(added: &[String]) -> Actor {
    let ancestors = process::ancestors();
    let guarded = agent::guard::is_inside(&env::surroundings());
    agent::who(&Seen { variable: &env::variable, ancestors, holders: Vec::new(), added, guarded })
}

/// Reads it for what somebody else has asked for: as for a caller without a person.
pub(super) fn strict() -> Result<World> {
    let actor = read()?.actor;
    Ok(World { actor, ..of(true)? })
}

/// Reads it for rm on ordinary files: nobody is asked for a word, and who calls does not matter.
pub(super) fn plain() -> Result<World> {
    of(false)
}

fn of(strict: bool) -> Result<World> {
    let surroundings = env::surroundings();
    let clock = clock::read(surroundings.test_clock.as_deref());
    let home = surroundings.passwd_home.as_deref();
    let policy = policy::read(home, surroundings.xdg_policy.as_deref(), &rules::ids(), strict)?;
    Ok(World {
        surroundings,
        clock,
        policy,
        actor: Actor::default(),
        answering: None,
        client: None,
    })
}

impl World {
    /// Who calls, looked at as closely as can be: also by who holds the other end of the terminal.
    pub(super) fn at_the_door(&self) -> Actor {
        let holders = process::terminal_holders();
        self.known(agent::who(&Seen {
            variable: &env::variable,
            ancestors: process::ancestors(),
            holders: holders.into_iter().map(process::with_ancestors).collect(),
            added: &self.policy.agents,
            guarded: self.is_guarded(),
        }))
    }

    /// A client is an agent, whatever was seen.
    fn known(&self, seen: Actor) -> Actor {
        match &self.client {
            Some(client) => agent::client(seen, client.name.as_deref()),
            None => seen,
        }
    }

    /// Looks at the disk, and shows or tells how far it is.
    pub(super) fn watch<T>(&self, look: impl FnOnce(&Progress) -> T) -> T {
        if let Some(client) = &self.client {
            return look(&client.progress);
        }
        let progress = Progress::default();
        tell::watch(&progress, || look(&progress))
    }

    /// Whether the kernel holds deletions back here.
    pub(super) fn is_guarded(&self) -> bool {
        agent::guard::is_inside(&self.surroundings)
    }

    /// The door, for whoever stands there.
    #[expect(clippy::unused_self, reason = "a door is one of this world")]
    pub(super) fn door<'a>(&self, actor: &'a Actor) -> Door<'a> {
        Door { actor, code: false }
    }

    /// With which it is looked at.
    pub(super) fn eyes<'a>(&'a self, progress: &'a Progress) -> Eyes<'a> {
        let (surroundings, clock) = (&self.surroundings, &self.clock);
        Eyes {
            surroundings,
            clock,
            protect: &self.policy.protect,
            roots: &self.policy.roots,
            progress,
        }
    }

    fn grounds<'a>(&'a self, history: &'a History) -> Grounds<'a> {
        Grounds { policy: &self.policy, clock: &self.clock, history, actor: &self.actor }
    }

    /// What the journal says that the judgement of these needs.
    fn history<'a>(&self, dossiers: impl Iterator<Item = &'a Dossier>) -> Result<History> {
        let models = dossiers.flat_map(|d| &d.models).next().is_some();
        let since = models.then(|| self.clock.now().plus(-decide::REMEMBERED));
        let world = &self.surroundings;
        let fixed = world.passwd_home.as_ref().map(|h| h.join(".local/state/safe-rm"));
        let mut states: Vec<PathBuf> = world.state.clone().into_iter().collect();
        states.extend(fixed.filter(|f| Some(f) != world.state.as_ref()));
        let mut history = keep::history(&states, since)?;
        if models {
            history.asked = keep::asked(&states, self.clock.now(), self.answering.as_deref());
        }
        Ok(history)
    }

    /// Looks at the targets and judges them.
    pub(super) fn plan<T: Borrow<Target>>(
        &self,
        targets: &[T],
        mode: Mode,
        depth: Depth,
    ) -> Result<Plan> {
        let (dossiers, history) = self.watch(|progress| {
            let eyes = self.eyes(progress);
            let mut dossiers = look::look(targets, &eyes)?;
            let history = self.history(dossiers.iter())?;
            look::copies(&mut dossiers, &history, depth, &eyes);
            anyhow::Ok((dossiers, history))
        })?;
        Ok(decide::decide(dossiers, mode, self.grounds(&history)))
    }

    /// The plan of what is allowed of these. What stays for another reason is a copy that is left: it
    /// does not go with the others, and they are judged without it.
    pub(super) fn plan_allowed<T: Borrow<Target>>(
        &self,
        targets: &[T],
        mode: Mode,
        depth: Depth,
    ) -> Result<Plan> {
        let plan = self.plan(targets, mode, depth)?;
        let stays = |judged: &&Judged| judged.all().any(|r| r.rule != "last-copy");
        let stay: HashSet<PathBuf> =
            plan.targets.iter().filter(stays).map(|j| j.facts.path.clone()).collect();
        if stay.is_empty() || plan.allowed() {
            return Ok(plan.only_allowed());
        }
        let rest: Vec<&Target> =
            targets.iter().map(Borrow::borrow).filter(|t| !stay.contains(&t.path)).collect();
        let mut plan = self.plan(&rest, mode, depth)?.only_allowed();
        plan.left_out.extend(stay);
        plan.left_out.sort();
        Ok(plan)
    }

    /// Looks at every model below these folders and judges each as if it alone were to go.
    pub(super) fn list(&self, roots: &[PathBuf], depth: Depth) -> Result<Plan> {
        let (dossiers, history) = self.watch(|progress| {
            let eyes = self.eyes(progress);
            let mut dossiers = Vec::new();
            for root in roots {
                dossiers.extend(look::list(root, &eyes)?);
            }
            let history = self.history(dossiers.iter())?;
            look::copies_among(&mut dossiers, &history, depth, &eyes);
            anyhow::Ok((dossiers, history))
        })?;
        Ok(decide::decide(dossiers, Mode::Trash, self.grounds(&history)))
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
        let mut around = |judged: &Judged| {
            let mut targets = targets.iter().map(Borrow::borrow);
            let target = targets.find(|t| t.is_of(&judged.facts));
            look::around(target.context("it was not looked at")?, &mut wholes, &judged.facts, &eyes)
        };
        let now: Vec<Result<Dossier>> = plan.targets.iter().map(&mut around).collect();
        if now.iter().any(Result::is_err) {
            return now.into_iter().map(|n| n.err().map(|e| format!("{e:#}"))).collect();
        }
        let mut now: Vec<Dossier> = now.into_iter().flatten().collect();
        let history = match self.history(now.iter()) {
            Ok(history) => history,
            Err(error) => return vec![Some(format!("{error:#}")); now.len()],
        };
        // Another run may have taken the other copy while the question stood.
        look::copies(&mut now, &history, Depth::Needed, &eyes);
        let again = decide::decide(now, plan.mode, self.grounds(&history));
        let refused = |judged: &Judged| {
            let refusal = judged.all().next()?;
            Some(format!("{} refuses it by now: {}", refusal.rule, refusal.message))
        };
        again.targets.iter().map(refused).collect()
    }
}
