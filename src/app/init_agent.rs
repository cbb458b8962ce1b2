//! `safe-rm init AGENT`: shows what an agent's settings need so that it asks the hook, and puts it there
//! or takes it out again. An agent may put its hook in; to take it out, or to make it another, is a
//! person's.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use super::world::{self, World};
use super::{Exit, init_guard};
use crate::act::settings::{self, Owner};
use crate::agent::hook::Agent;
use crate::agent::setup::{self, Kind, Places, Scope, Target, guard};
use crate::ask;
use crate::cli;
use crate::look::{self, Settings};
use crate::sys::env::{self, Surroundings};
use crate::tell::{self, Changed, Voice};

/// The word that is asked for.
const WORD: &str = "YES";

/// Shows the change, or makes it.
pub(super) fn run(args: &cli::Init, target: cli::Target, voice: Voice) -> Result<Exit> {
    let target = self::target(target).context("it is no agent")?;
    let world = world::read()?;
    let s = &world.surroundings;
    let (program, on_path) = env::program("safe-rm").context("cannot say where safe-rm is")?;
    let scope = if args.project { Scope::Project } else { Scope::User };
    let alias = match target {
        Target::Hook(agent) if args.guard => Some(init_guard::alias(agent, &program, on_path, s)?),
        _ => None,
    };
    let path = match &alias {
        Some(alias) => alias.file.clone(),
        None => file(target, scope, s)?,
    };
    let there = look::settings(&path)?;
    let text = there.text.as_deref();
    let change = match (&alias, args.remove) {
        (Some(alias), true) => guard::unguard(alias.agent, text),
        (Some(alias), false) => guard::guard(alias.agent, &alias.lines, text),
        (None, true) => setup::remove(target, &program, text),
        (None, false) => setup::add(target, &program, text),
    };
    let change = match change {
        Ok(change) => change,
        Err(refused) => {
            let why = anyhow!("`{}` is left as it is: {}", path.display(), refused.why);
            voice.failure(&why, Exit::Failed as u8);
            if let Some(text) = refused.by_hand {
                tell::by_hand(&text);
            }
            return Ok(Exit::Failed);
        }
    };
    let owner = Owner { user: s.user, lent: s.user != s.euid };
    if change.kind != Kind::Nothing {
        settings::may_change(&there, owner)?;
    }
    if scope == Scope::Project || target == Target::AgentsMd {
        within(&there, s)?;
    }
    let acts = args.write && change.kind != Kind::Nothing;
    if acts && matches!(change.kind, Kind::Replaces | Kind::Removes) {
        let what = if alias.is_some() { "alias" } else { "hook" };
        let removes = change.kind == Kind::Removes;
        if let Some(exit) = without_word(what, removes, &there, &world, voice) {
            return Ok(exit);
        }
    }
    if acts {
        match &change.new {
            Some(new) => settings::write(&there, new, owner)?,
            None => settings::take_away(&there, owner)?,
        }
    }
    let notes = match &alias {
        _ if args.remove => Vec::new(),
        Some(_) => init_guard::notes(&world.policy),
        None => setup::notes(target, scope).into_iter().map(str::to_owned).collect(),
    };
    voice.changed(&Changed {
        target: name(target),
        path: &path,
        real: &there.real,
        old: text,
        change: &change,
        done: acts,
        project: args.project,
        guard: args.guard,
        removes: args.remove,
        notes: notes.iter().map(String::as_str).collect(),
    });
    Ok(Exit::Done)
}

/// What ends it where no person has said that the hook, or the alias, may go or become another.
fn without_word(
    what: &str,
    removes: bool,
    there: &Settings,
    world: &World,
    voice: Voice,
) -> Option<Exit> {
    let shown = there.real.display();
    let above = if removes {
        format!(
            "what safe-rm was set up with goes out of `{shown}`: the agent is held back no more"
        )
    } else {
        format!("what safe-rm was set up with in `{shown}` becomes another")
    };
    match ask::assent(&tell::harmless(&above), WORD, world.door(&world.at_the_door())) {
        Some(Ok(_)) => None,
        Some(Err(_)) => {
            voice.failure(&anyhow!("declined: `{shown}` is left as it is"), Exit::Declined as u8);
            Some(Exit::Declined)
        }
        None => {
            let does = if removes {
                format!("takes the {what} out")
            } else {
                format!("makes the {what} another")
            };
            let why = format!("only a person {does}; `{shown}` is left as it is");
            voice.failure(&anyhow!(why), Exit::NeedsPerson as u8);
            voice.remark("a person runs the same command at a terminal of their own");
            Some(Exit::NeedsPerson)
        }
    }
}

/// What a repository links to lies in it: nobody who cloned it meant another file to change.
fn within(there: &Settings, s: &Surroundings) -> Result<()> {
    let here = s.cwd.as_deref().context("there is no working directory")?;
    let top = project(here).canonicalize()?;
    if !there.real.starts_with(&top) {
        bail!(
            "`{}` leads to `{}`, which lies outside of the project `{}`",
            there.path.display(),
            there.real.display(),
            top.display()
        );
    }
    Ok(())
}

/// The file of an agent's settings, of this user or of the repository around the working directory.
pub(super) fn file(target: Target, scope: Scope, s: &Surroundings) -> Result<PathBuf> {
    let home = s.home.as_deref().context("there is no home directory with settings in it")?;
    let here = s.cwd.as_deref().context("there is no working directory")?;
    let moved = |name: &str| moved(name, s);
    let places = Places { home, project: project(here), moved: &moved };
    Ok(setup::file(target, scope, &places))
}

/// A folder that a variable names. Under sudo the variables are another's.
pub(super) fn moved(name: &str, s: &Surroundings) -> Option<PathBuf> {
    let place = env::variable(name).filter(|_| s.user == s.euid).map(PathBuf::from);
    place.filter(|path| path.is_absolute())
}

/// The top of the repository in which this lies, or the folder itself.
fn project(here: &Path) -> &Path {
    here.ancestors().find(|p| p.join(".git").symlink_metadata().is_ok()).unwrap_or(here)
}

fn target(target: cli::Target) -> Option<Target> {
    Some(match target {
        cli::Target::Bash | cli::Target::Zsh | cli::Target::Fish => return None,
        cli::Target::ClaudeCode => Target::Hook(Agent::ClaudeCode),
        cli::Target::Codex => Target::Hook(Agent::Codex),
        cli::Target::Gemini => Target::Hook(Agent::Gemini),
        cli::Target::Copilot => Target::Hook(Agent::Copilot),
        cli::Target::Cursor => Target::Hook(Agent::Cursor),
        cli::Target::OpenCode => Target::Hook(Agent::OpenCode),
        cli::Target::AgentsMd => Target::AgentsMd,
    })
}

fn name(target: Target) -> &'static str {
    match target {
        Target::Hook(agent) => agent.name(),
        Target::AgentsMd => "agents-md",
    }
}
