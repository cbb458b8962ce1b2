//! `safe-rm doctor`: whether the set-up holds.

use anyhow::{Context, Result};

use super::init_agent::file;
use super::{Exit, world};
use crate::agent::hook::{ALL, Agent};
use crate::agent::setup::{Scope, Target};
use crate::check::{self, Place, Scene, State};
use crate::sys::env;
use crate::tell::Voice;

/// Looks, and tells it.
pub(super) fn run(voice: Voice) -> Result<Exit> {
    let (program, _) = env::program("safe-rm").context("cannot say where safe-rm is")?;
    let surroundings = env::surroundings();
    let policy = world::policy(&surroundings);
    let actor = world::caller(policy.as_ref().map_or(&[], |policy| &policy.agents));
    let mut places = Vec::new();
    for agent in ALL {
        for scope in [Scope::User, Scope::Project] {
            let path = file(Target::Hook(agent), scope, &surroundings)?;
            // Of one folder that is both, the user's is meant.
            if places.iter().any(|place: &Place| place.path == path) {
                continue;
            }
            let beside = match (agent, scope) {
                (Agent::ClaudeCode, _) => Some("settings.local.json"),
                (Agent::Codex, _) => Some("config.toml"),
                _ => None,
            };
            let beside = beside.map(|name| path.with_file_name(name));
            let paths = std::iter::once(path).chain(beside);
            places.extend(paths.map(|path| Place { agent, scope, path }));
        }
    }
    let scene =
        Scene { surroundings: &surroundings, program, actor: &actor, policy: &policy, places };
    let checks = check::all(&scene);
    voice.checks(&checks);
    let broken = checks.iter().any(|check| check.state == State::Broken);
    Ok(if broken { Exit::Failed } else { Exit::Done })
}
