//! Whether each agent that has settings asks the hook, proved by firing it: the line that stands there, with
//! a call that would delete a model and with one that would not. Nobody carries either out.
//!
//! A line is read and never run: where it calls safe-rm's hook and nothing else, that program is started
//! with the words of the hook. What else stands in settings may do anything, and a repository's settings
//! may be a stranger's.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::program::{Others, changed_by_others, is_same, mend};
use super::{Check, Place, Scene, State, managed};
use crate::agent::hook::{ALL, Agent};
use crate::agent::setup::{self, Deletes, Fired, Kind, Scope, Target, call, denies};
use crate::keep::{self, MODEL, NOTES, Scratch};
use crate::look;
use crate::sys::{dir, env, run, stop};

/// No agent waits longer for a hook that is to be of use.
const LIMIT: Duration = Duration::from_secs(10);
/// Nor does a person for all of them.
const ALL_LIMIT: Duration = Duration::from_secs(30);
/// More hooks than this in one file are not fired.
const MANY: usize = 8;

/// With what hooks are fired.
struct Firing<'a> {
    scratch: &'a Scratch,
    until: Instant,
}

impl Firing<'_> {
    fn left(&self) -> Duration {
        let over = stop::seen().is_some();
        if over { Duration::ZERO } else { self.until.saturating_duration_since(Instant::now()) }
    }
}

pub(super) fn checks(scene: &Scene<'_>) -> Vec<Check> {
    // A signal ends the program once the folder is away.
    let _held = stop::hold();
    let scratch = keep::scratch(&env::temporary());
    let until = Instant::now() + ALL_LIMIT;
    let firing = scratch.as_ref().ok().map(|scratch| Firing { scratch, until });
    let mut checks = Vec::new();
    for agent in ALL {
        let places = scene.places.iter().filter(|place| place.agent == agent);
        let mut found: Vec<Vec<Check>> =
            places.map(|place| of_file(place, scene, firing.as_ref())).collect();
        if agent == Agent::ClaudeCode && found.iter().any(|checks| !checks.is_empty()) {
            found.push(managed::checks("hook.claude-code"));
        }
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
    match scratch.map(Scratch::end) {
        Ok(None) => {}
        Ok(Some(path)) => {
            let text = format!("a hook has left something in {}", path.display());
            checks.push(Check::doubtful("hook.left", text).hint("look at it, and take it away"));
        }
        Err(error) => {
            checks.push(Check::broken("hook", format!("no hook was fired: {error:#}")));
        }
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
fn of_file(place: &Place, scene: &Scene<'_>, firing: Option<&Firing<'_>>) -> Vec<Check> {
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
    let toml = place.path.extension().is_some_and(|e| e == "toml");
    // Hooks may stand there; where none do, they stand in the other.
    let beside = toml || place.path.file_name().is_some_and(|n| n == "settings.local.json");
    let Some(text) = settings.text.as_deref() else {
        return if !project && !beside && is_here(place) {
            let text = format!("{} is here and has no hook: there is no {shown}", agent.name());
            vec![Check::doubtful(&format!("{id}.none"), text).hint(mend)]
        } else {
            Vec::new()
        };
    };
    let fired = match lines(agent, text, toml) {
        Ok(fired) => fired,
        Err(why) => {
            let text = format!("{}: {shown} cannot be used: {why}", agent.name());
            return vec![
                Check::broken(&id, text).hint("mend the file by hand, then run this again"),
            ];
        }
    };
    if let Some((key, _)) = setup::off(agent, &[text]) {
        let text = format!("{}: `{key}` in {shown} switches all hooks off", agent.name());
        return vec![Check::broken(&id, text).hint("take that key out")];
    }
    let other = fired.iter().any(|f| f.program.is_none() && f.line.contains("safe-rm"));
    let mut ours: Vec<Fired> = Vec::new();
    for hook in fired.into_iter().filter(|f| f.program.is_some()) {
        if !ours.contains(&hook) {
            ours.push(hook);
        }
    }
    let mut checks = Vec::new();
    if other {
        let text = format!("{}: a hook in {shown} is set in another way: not fired", agent.name());
        checks.push(Check::doubtful(&id, text).hint(mend.clone()));
    }
    if ours.is_empty() {
        if !beside {
            let text = format!("{}: {shown} calls no hook of safe-rm", agent.name());
            checks.insert(0, Check::broken(&format!("{id}.none"), text).hint(mend));
        }
        return checks;
    }
    let Some(firing) = firing else { return checks };
    if let Some(Others { why, hint }) = changed_by_others(&settings.real, scene) {
        let text = format!("{}: others can change {shown}: {why}; not fired", agent.name());
        checks.push(Check::broken(&id, text).hint(hint));
        return checks;
    }
    let hooks = ours.iter().take(MANY);
    checks.extend(hooks.map(|hook| of_hook(&id, place, hook, scene, firing).hint_if(&mend)));
    if let Some(more) = ours.len().checked_sub(MANY).filter(|more| *more > 0) {
        let text = format!("{}: {shown} calls safe-rm {more} times more: not fired", agent.name());
        checks.push(Check::broken(&id, text).hint("take out all but one by hand"));
    }
    checks.extend(around(&id, place, scene, text));
    checks
}

impl Check {
    fn hint_if(self, hint: &str) -> Self {
        if self.state == State::Holds || self.hint.is_some() { self } else { self.hint(hint) }
    }
}

/// Whether the agent has a folder of its own.
pub(super) fn is_here(place: &Place) -> bool {
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
        limit: None,
        idle: None,
    });
    Ok(line.collect())
}

/// Fires one hook twice.
fn of_hook(id: &str, place: &Place, hook: &Fired, scene: &Scene<'_>, firing: &Firing<'_>) -> Check {
    let agent = place.agent;
    let whose = if place.scope == Scope::Project { "the repository's" } else { "the user's" };
    let name = format!("{}, {whose} settings, {}", agent.name(), hook.event);
    let program = hook.program.as_deref().unwrap_or(&scene.program);
    if scene.is_lent() {
        let text = format!("{name}: not fired, since root runs nothing out of a user's settings");
        return Check::doubtful(id, text).hint("run `safe-rm doctor` without sudo");
    }
    if let Some(why) = &hook.idle {
        return Check::broken(id, format!("{name}: it denies nothing: {why}"));
    }
    let Some(found) = found(program) else {
        return Check::broken(id, format!("{name}: there is no {}", program.display()));
    };
    let own = is_same(&found, &scene.program);
    if place.scope == Scope::Project && !own {
        let text = format!("{name}: not fired, since {} is another program", program.display());
        return Check::doubtful(id, text);
    }
    if let Some(Others { why, hint }) = changed_by_others(&found, scene) {
        let text = format!("{name}: not fired, since others can change its program: {why}");
        return Check::broken(id, text).hint(hint);
    }
    // Never the line itself: no shell reads what stands in settings.
    let run = if own { PathBuf::from("/proc/self/exe") } else { found };
    let limit = hook.limit.unwrap_or(LIMIT).min(LIMIT);
    let start = Instant::now();
    let fire = |what: &str| {
        let limit = limit.min(firing.left());
        if limit.is_zero() {
            return Err("not fired, since the others have taken all the time".to_owned());
        }
        let at = &firing.scratch.path;
        let call = call(agent, &hook.event, Deletes { at, what }).to_string();
        let words = ["hook", agent.name()];
        let ran = run::program(&run, &words, &firing.scratch.here(), call.as_bytes(), limit);
        let ran = ran.map_err(|error| format!("it cannot be started: {error}"))?;
        match ran.code {
            _ if ran.late => Err(format!("it gave no answer in {} s", limit.as_secs_f32().ceil())),
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

/// The file that a program's name leads to, with no link on the way.
fn found(program: &Path) -> Option<PathBuf> {
    let path = if program.is_absolute() {
        program.to_path_buf()
    } else {
        let name = program.to_str().filter(|name| !name.contains('/'))?;
        env::on_path(name).filter(|path| path.is_absolute())?
    };
    path.canonicalize().ok().filter(|path| path.is_file())
}

/// What else of a file with a hook of ours is not as it should be.
fn around(id: &str, place: &Place, scene: &Scene<'_>, text: &str) -> Option<Check> {
    let (shown, agent) = (place.path.display(), place.agent.name());
    let mend = mend(place.agent, place.scope == Scope::Project);
    let change = setup::add(Target::Hook(place.agent), &scene.program, Some(text));
    match change.ok()?.kind {
        Kind::Replaces => {
            let text = format!("{agent}: the hook in {shown} is set in another way than now");
            let hint = format!("{mend}, without `--write` to see it");
            Some(Check::doubtful(id, text).hint(hint))
        }
        Kind::Adds => {
            let text = format!("{agent}: one of its hooks is missing in {shown}");
            Some(Check::broken(id, text).hint(mend))
        }
        Kind::Nothing | Kind::Removes => None,
    }
}
