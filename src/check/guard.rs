//! Whether the kernel can take the capability to delete away from an agent, and whether agents are started
//! so that it does.

use super::hooks::is_here;
use super::{Check, Place, Scene};
use crate::agent::guard::{Problem, impossible, is_inside};
use crate::agent::hook::{ALL, Agent};
use crate::agent::setup::Scope;
use crate::agent::setup::guard::{START_UPS, command, guarding};
use crate::look;
use crate::sys::env;

pub(super) fn checks(scene: &Scene<'_>) -> Vec<Check> {
    let problem = impossible(None);
    let mut checks = vec![kernel(scene, problem.as_ref())];
    checks.extend(ALL.into_iter().filter_map(|agent| started(agent, scene, problem.as_ref())));
    checks
}

fn kernel(scene: &Scene<'_>, problem: Option<&Problem>) -> Check {
    let id = "kernel";
    let words = "hooks judge words; what runs as you can delete what is yours";
    match problem {
        _ if is_inside(scene.surroundings) => {
            Check::holds(id, "this runs in a guard: the kernel keeps deletions back")
        }
        Some(Problem { text, hint, .. }) => {
            Check::open(id, format!("{words}, and no guard can be made: {text}")).hint(hint)
        }
        None => Check::open(id, format!("{words}, unless the kernel keeps it from that"))
            .hint("`safe-rm guard -- COMMAND` has it do so: it can here"),
    }
}

/// Whether this agent, if it is here, is started in the guard.
fn started(agent: Agent, scene: &Scene<'_>, problem: Option<&Problem>) -> Option<Check> {
    let id = format!("guard.{}", agent.name());
    let (name, word) = (agent.name(), command(agent));
    let s = scene.surroundings;
    let own = |variable: &str| {
        let place = env::variable(variable).filter(|_| !scene.is_lent());
        place.map(std::path::PathBuf::from).filter(|path| path.is_absolute())
    };
    let home = s.home.as_deref()?;
    let alias = START_UPS.iter().find_map(|start_up| {
        let file = start_up.file(home, &own);
        let text = look::settings(&file).ok()?.text?;
        let line = guarding(agent, &text)?;
        let roots = [" --protect", " --read-only"].iter().any(|option| line.contains(option));
        Some((file, roots))
    });
    let here = |place: &Place| place.agent == agent && place.scope == Scope::User && is_here(place);
    let Some((file, own_roots)) = alias else {
        let wanted = problem.is_none() && scene.places.iter().any(here);
        let text = format!("{name}: nothing says that `{word}` starts in the guard");
        let hint = format!("`safe-rm init {name} --guard --write`");
        return wanted.then(|| Check::open(&id, text).hint(hint));
    };
    let shown = file.display();
    if let Some(Problem { text, hint, .. }) = problem {
        let text = format!("{name}: `{word}` as {shown} has it starts nothing: {text}");
        return Some(Check::broken(&id, text).hint(hint));
    }
    let no_roots = scene.policy.as_ref().is_ok_and(|policy| policy.roots.is_empty());
    if no_roots && !own_roots {
        let text = format!("{name}: `{word}` as {shown} has it starts nothing: there are no roots");
        let hint = "name the folders that hold models, as `roots = [\"/path\"]` in the policy";
        return Some(Check::broken(&id, text).hint(hint));
    }
    Some(Check::holds(&id, format!("{name}: `{word}` starts in the guard, by {shown}")))
}
