//! Who calls, which program is called by its name, and who could put another one in its place.

use std::path::Path;

use super::{Check, Scene};
use crate::agent::hook::Agent;
use crate::facts::Standing;
use crate::sys::{dir, env};

pub(super) fn checks(scene: &Scene<'_>) -> Vec<Check> {
    vec![caller(scene), on_path(scene), writable(scene), shim(scene)]
}

fn caller(scene: &Scene<'_>) -> Check {
    let actor = scene.actor;
    let name = actor.name.as_deref().unwrap_or("an agent");
    match actor.standing {
        Standing::Unmarked => Check::holds("caller", "nothing speaks of an agent that calls"),
        _ => Check::doubtful(
            "caller",
            format!(
                "{name} calls ({}): no question is asked here; requests are filed",
                actor.evidence.join(", ")
            ),
        )
        .hint("run it at a terminal of your own to see what a person sees"),
    }
}

fn on_path(scene: &Scene<'_>) -> Check {
    let id = "program.path";
    match env::on_path("safe-rm") {
        Some(found) if is_same(&found, &scene.program) => {
            Check::holds(id, format!("`safe-rm` on PATH is this program, {}", found.display()))
        }
        Some(found) => Check::doubtful(
            id,
            format!(
                "`safe-rm` on PATH is {}, and this program is {}",
                found.display(),
                scene.program.display()
            ),
        )
        .hint("let one of them be the only one: agents and people type the name"),
        None => {
            Check::doubtful(id, "PATH leads to no `safe-rm`: agents cannot call it by its name")
                .hint(format!("link {} into a directory of PATH", scene.program.display()))
        }
    }
}

/// Whether two paths lead to one file.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let id = |path: &Path| dir::stat_path(path).ok().map(|meta| meta.id);
    id(one).is_some_and(|own| Some(own) == id(other))
}

fn writable(scene: &Scene<'_>) -> Check {
    let id = "program.writable";
    match changed_by_others(&scene.program, scene) {
        None => Check::holds(id, "nobody else can put another program in its place"),
        Some(Others { why, hint }) => {
            Check::broken(id, format!("others can put another program in its place: {why}"))
                .hint(format!("{hint}, or install it where only root writes"))
        }
    }
}

/// That others than root and this user can change something.
pub(super) struct Others {
    pub(super) why: String,
    pub(super) hint: String,
}

/// Whether others could change what stands at a path: the file, or a folder on the way to it.
pub(super) fn changed_by_others(path: &Path, scene: &Scene<'_>) -> Option<Others> {
    let s = scene.surroundings;
    let real = path.canonicalize().ok()?;
    real.ancestors().find_map(|at| {
        let meta = dir::stat_path(at).ok()?;
        let shown = at.display();
        let others =
            |why: String, hint: &str| Some(Others { why, hint: format!("`{hint} {shown}`") });
        if meta.uid != 0 && meta.uid != s.user {
            return others(format!("{shown} belongs to user {}", meta.uid), "chown root");
        }
        // In a sticky folder nobody renames what is another's.
        if at != real && meta.mode & 0o1000 != 0 {
            return None;
        }
        if meta.mode & 0o002 != 0 {
            return others(format!("{shown} can be written by everybody"), "chmod go-w");
        }
        let group = dir::group_of(at).unwrap_or(u32::MAX);
        if meta.mode & 0o020 != 0 && group != 0 && group != s.group {
            return others(format!("{shown} can be written by group {group}"), "chmod go-w");
        }
        None
    })
}

fn shim(scene: &Scene<'_>) -> Check {
    let id = "program.rm";
    match env::on_path("rm") {
        Some(rm) if is_same(&rm, &scene.program) => {
            Check::holds(id, format!("`rm` on PATH is safe-rm, by {}", rm.display()))
        }
        Some(rm) => Check::open(
            id,
            format!("`rm` on PATH is {}: scripts and agents get that one", rm.display()),
        )
        .hint("`safe-rm init bash --shim ~/.local/share/safe-rm/bin` puts a link before it"),
        None => Check::holds(id, "there is no `rm` on PATH"),
    }
}

/// How a hook of this agent is set.
pub(super) fn mend(agent: Agent, project: bool) -> String {
    let project = if project { " --project" } else { "" };
    format!("`safe-rm init {}{project} --write`", agent.name())
}
