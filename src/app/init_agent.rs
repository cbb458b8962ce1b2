//! `safe-rm init AGENT`: shows what an agent's settings need so that it asks the hook, and puts it there
//! or takes it out again. An agent may put its hook in; to take it out, or to make it another, is a
//! person's.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use super::Exit;
use super::world::{self, World};
use crate::act::settings::{self, Owner};
use crate::agent::hook::Agent;
use crate::agent::setup::{self, Kind, Places, Scope, Target};
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
    let (program, _) = env::program("safe-rm").context("cannot say where safe-rm is")?;
    let scope = if args.project { Scope::Project } else { Scope::User };
    let path = file(target, scope, s)?;
    let there = look::settings(&path)?;
    let text = there.text.as_deref();
    let change = if args.remove {
        setup::remove(target, &program, text)
    } else {
        setup::add(target, &program, text)
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
        let removes = change.kind == Kind::Removes;
        if let Some(exit) = without_word(removes, &there, &world, voice) {
            return Ok(exit);
        }
    }
    if acts {
        match &change.new {
            Some(new) => settings::write(&there, new, owner)?,
            None => settings::take_away(&there, owner)?,
        }
    }
    voice.changed(&Changed {
        target: name(target),
        path: &path,
        real: &there.real,
        old: text,
        change: &change,
        done: acts,
        project: args.project,
        removes: args.remove,
        notes: if args.remove { Vec::new() } else { setup::notes(target, scope) },
    });
    Ok(Exit::Done)
}

/// What ends it where no person has said that the hook may go, or become another.
fn without_word(removes: bool, there: &Settings, world: &World, voice: Voice) -> Option<Exit> {
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
            let what = if removes { "takes the hook out" } else { "makes the hook another" };
            let why = format!("only a person {what}; `{shown}` is left as it is");
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
    // Under sudo the variables are another's.
    let own = s.user == s.euid;
    let moved = |name: &str| {
        let place = env::variable(name).filter(|_| own).map(PathBuf::from);
        place.filter(|path| path.is_absolute())
    };
    let places = Places { home, project: project(here), moved: &moved };
    Ok(setup::file(target, scope, &places))
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
