//! Whether each agent that has settings asks the hook, proved by firing it: the line that stands there, with
//! a call that would delete a model and with one that would not. Nobody carries either out.
//!
//! A line is fired only where it calls safe-rm's hook and nothing else. What else stands in settings may do
//! anything, and a repository's settings may be a stranger's.

use std::time::{Duration, Instant};

use super::program::{changed_by_others, is_same, mend};
use super::{Check, Place, Scene, State};
use crate::agent::hook::{ALL, Agent};
use crate::agent::setup::{self, Deletes, Fired, Kind, Scope, Target, call, denies};
use crate::keep::{self, MODEL, NOTES, Scratch};
use crate::look;
use crate::sys::{dir, env, run};

/// No agent waits longer for a hook that is to be of use.
const LIMIT: Duration = Duration::from_secs(10);

pub(super) fn checks(scene: &Scene<'_>) -> Vec<Check> {
    let scratch = keep::scratch(&env::temporary());
    let mut checks = Vec::new();
    for agent in ALL {
        let places = scene.places.iter().filter(|place| place.agent == agent);
        let found: Vec<Vec<Check>> =
            places.map(|place| of_file(place, scene, scratch.as_ref().ok())).collect();
        // One file with the hook is enough, and that there is none need be said once.
        let mut said = found.iter().flatten().any(|check| check.state == State::Holds);
        for check in found.into_iter().flatten() {
            let none = check.id.ends_with(".none");
            if !(none && said) {
                checks.push(check);
            }
            said |= none;
        }
    }
    if let Err(error) = &scratch {
        checks.push(Check::broken("hook", format!("no hook was fired: {error:#}")));
    }
    if checks.is_empty() {
        let text = "no agent has settings here: none asks safe-rm before it runs a tool";
        checks.push(
            Check::doubtful("hook", text).hint("`safe-rm init claude-code`, codex, gemini, .."),
        );
    }
    checks
}

/// What one file of settings says; nothing where neither it nor its agent is here.
fn of_file(place: &Place, scene: &Scene<'_>, scratch: Option<&Scratch>) -> Vec<Check> {
    let agent = place.agent;
    let project = place.scope == Scope::Project;
    let id = format!("hook.{}", agent.name());
    let shown = place.path.display();
    let mend = mend(agent, project);
    let settings = match look::settings(&place.path) {
        Ok(settings) => settings,
        Err(error) => {
            return vec![Check::broken(&id, format!("{}: {error:#}", agent.name())).hint(mend)];
        }
    };
    let Some(text) = settings.text.as_deref() else {
        return if !project && is_here(place) {
            let text = format!("{} is here and has no hook: there is no {shown}", agent.name());
            vec![Check::doubtful(&format!("{id}.none"), text).hint(mend)]
        } else {
            Vec::new()
        };
    };
    let toml = place.path.extension().is_some_and(|e| e == "toml");
    let fired = match lines(agent, text, toml) {
        Ok(fired) => fired,
        Err(why) => {
            let text = format!("{}: {shown} cannot be used: {why}", agent.name());
            return vec![
                Check::broken(&id, text).hint("mend the file by hand, then run this again"),
            ];
        }
    };
    if let Some(key) = setup::off(agent, text) {
        let text = format!("{}: `{key}` in {shown} switches all hooks off", agent.name());
        return vec![Check::broken(&id, text).hint("take that key out")];
    }
    let ours: Vec<&Fired> = fired.iter().filter(|f| f.program.is_some()).collect();
    if ours.is_empty() && toml {
        return Vec::new();
    }
    if ours.is_empty() {
        let text = format!("{}: {shown} calls no hook of safe-rm", agent.name());
        return vec![Check::broken(&format!("{id}.none"), text).hint(mend)];
    }
    let Some(scratch) = scratch else { return Vec::new() };
    let mut checks: Vec<Check> =
        ours.iter().map(|hook| of_hook(&id, place, hook, scene, scratch).hint_if(&mend)).collect();
    checks.extend(around(&id, place, &settings, scene, text));
    checks
}

impl Check {
    fn hint_if(self, hint: &str) -> Self {
        if self.state == State::Holds || self.hint.is_some() { self } else { self.hint(hint) }
    }
}

/// Whether the agent has a folder of its own.
fn is_here(place: &Place) -> bool {
    let depth = if matches!(place.agent, Agent::Copilot | Agent::OpenCode) { 2 } else { 1 };
    place.path.ancestors().nth(depth).is_some_and(|folder| dir::stat_path(folder).is_ok())
}

fn lines(agent: Agent, text: &str, toml: bool) -> Result<Vec<Fired>, String> {
    if toml {
        let value: serde_json::Value =
            toml::from_str(text).map_err(|_| "it is no TOML".to_owned())?;
        return setup::fired(agent, &value.to_string());
    }
    if agent != Agent::OpenCode {
        return setup::fired(agent, text);
    }
    // The plugin asks the program as its text says, if the text is ours.
    let program = setup::opencode_program(text);
    let made = program.as_deref().and_then(|p| setup::line(p, agent));
    let line = made.into_iter().map(|line| Fired {
        event: "tool.execute.before".to_owned(),
        line,
        program: program.clone(),
        seconds: None,
        matcher: None,
    });
    Ok(line.collect())
}

/// Fires one hook twice.
fn of_hook(id: &str, place: &Place, hook: &Fired, scene: &Scene<'_>, scratch: &Scratch) -> Check {
    let agent = place.agent;
    let whose = if place.scope == Scope::Project { "the repository's" } else { "the user's" };
    let name = format!("{}, {whose} settings, {}", agent.name(), hook.event);
    let program = hook.program.as_deref().unwrap_or(&scene.program);
    if scene.is_lent() {
        let text = format!("{name}: not fired, since root runs nothing out of a user's settings");
        return Check::doubtful(id, text).hint("run `safe-rm doctor` without sudo");
    }
    if program.is_absolute() && !program.is_file() {
        return Check::broken(id, format!("{name}: there is no {}", program.display()));
    }
    let found = if program.is_absolute() { Some(program.to_path_buf()) } else { named(program) };
    let own = found.as_deref().is_some_and(|found| is_same(found, &scene.program));
    if place.scope == Scope::Project && !own {
        let text = format!("{name}: not fired, since {} is another program", program.display());
        return Check::doubtful(id, text);
    }
    let limit = hook.seconds.map_or(LIMIT, Duration::from_secs).min(LIMIT);
    let start = Instant::now();
    let fire = |what: &str| {
        let call = call(agent, &hook.event, Deletes { at: &scratch.path, what }).to_string();
        let ran = run::line(&hook.line, &scratch.path, call.as_bytes(), limit);
        let ran = ran.map_err(|error| format!("it cannot be started: {error}"))?;
        match ran.code {
            _ if ran.late => Err(format!("it gave no answer in {} s", limit.as_secs())),
            None => Err("it ended by a signal".to_owned()),
            Some(code) => denies(agent, &ran.out, code)
                .ok_or_else(|| format!("it failed with code {code}: the call goes on")),
        }
    };
    let took = |start: Instant| start.elapsed().as_millis() / 2;
    match fire(MODEL).and_then(|no| Ok((no, fire(NOTES)?))) {
        Err(why) => Check::broken(id, format!("{name}: {why}")),
        Ok((false, _)) => Check::broken(id, format!("{name}: it let a model be deleted")),
        Ok((true, true)) => {
            Check::broken(id, format!("{name}: it denies what is harmless as well"))
        }
        Ok((true, false)) if own => {
            let took = took(start);
            Check::holds(
                id,
                format!("{name}: a model denied, a note let through, in {took} ms each"),
            )
        }
        Ok((true, false)) => {
            let text = format!("{name}: it works, and calls {}", program.display());
            Check::doubtful(id, format!("{text}, not this program"))
        }
    }
}

fn named(program: &std::path::Path) -> Option<std::path::PathBuf> {
    env::on_path(program.to_str()?)
}

/// What else of a file with a hook of ours is not as it should be.
fn around(
    id: &str,
    place: &Place,
    settings: &look::Settings,
    scene: &Scene<'_>,
    text: &str,
) -> Vec<Check> {
    let mut checks = Vec::new();
    let shown = place.path.display();
    if place.scope == Scope::User
        && let Some(why) = changed_by_others(&settings.real, scene.surroundings.user)
    {
        checks.push(
            Check::broken(id, format!("others can change {shown}: {why}")).hint("`chmod go-w` it"),
        );
    }
    let change = setup::add(Target::Hook(place.agent), &scene.program, Some(text));
    if change.is_ok_and(|change| change.kind == Kind::Replaces) {
        let text =
            format!("{}: the hook in {shown} is set in another way than now", place.agent.name());
        let mend = mend(place.agent, place.scope == Scope::Project);
        checks.push(Check::doubtful(id, text).hint(format!("{mend}, without `--write` to see it")));
    }
    checks
}
