//! Into the trash: one rename a target, looked at before and after, put back on any difference.

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::stage::{self, Stage};
use super::{Execution, Fate, Hands};
use crate::ask::ConfirmedPlan;
use crate::decide::Plan;
use crate::facts::Dossier;
use crate::keep::{Event, Item, encode};
use crate::look::{self, Target};
use crate::sys::{change, dir};
use crate::when::Clock;

/// A target that is ready to go: everything that could fail beforehand has been done.
struct Ready<'a> {
    facts: &'a Dossier,
    target: &'a Target,
    stage: Stage,
    new: OsString,
}

impl Ready<'_> {
    fn info_name(&self) -> OsString {
        let mut name = self.new.clone();
        name.push(".trashinfo");
        name
    }

    fn to(&self) -> PathBuf {
        self.stage.path.join("files").join(&self.new)
    }

    fn item(&self) -> Item {
        Item {
            from: encode(&self.facts.path),
            to: encode(&self.to()),
            info: encode(&self.stage.path.join("info").join(self.info_name())),
            dev: self.facts.meta.id.dev,
            ino: self.facts.meta.id.ino,
            bytes: self.facts.totals.bytes,
        }
    }
}

/// Carries out a confirmed plan of these targets. `again` says of each, in the order of the plan,
/// what was found to stand against it after the word was typed; that stops everything.
///
/// # Errors
/// Where it could not begin: nothing was moved. What failed later stands in the result.
pub fn execute(
    confirmed: ConfirmedPlan,
    targets: &[Target],
    again: &[Option<String>],
    hands: &mut Hands<'_>,
) -> Result<Execution> {
    let plan = confirmed.into_plan();
    let mut execution = Execution { id: plan.id.clone(), fates: Vec::new(), changed: Vec::new() };
    let mut ready = Vec::new();
    for (at, judged) in plan.targets.iter().enumerate() {
        let facts = &judged.facts;
        let target = targets.iter().find(|t| t.path == facts.path);
        let target = target.context("a planned target was not looked at")?;
        let stands = again.get(at).context("a planned target was not looked at again")?.clone();
        if let Some(how) = stands.or_else(|| differs(target, facts, hands.euid)) {
            execution.changed.push((facts.path.clone(), how));
        }
        ready.push((target, facts));
    }
    if !execution.changed.is_empty() {
        execution.fates = stayed(&plan);
        return Ok(execution);
    }
    let targets = ready;
    let mut ready = Vec::new();
    let begun = begin(&plan, &targets, &mut ready, hands);
    if let Err(error) = begun {
        withdraw(&ready);
        return Err(error.context("nothing was moved"));
    }
    move_all(&plan, &ready, hands, &mut execution);
    Ok(execution)
}

fn stayed(plan: &Plan) -> Vec<(PathBuf, Fate)> {
    plan.targets.iter().map(|t| (t.facts.path.clone(), Fate::Stayed)).collect()
}

/// Surveys the whole target once more; says what differs from the plan.
fn differs(target: &Target, facts: &Dossier, euid: u32) -> Option<String> {
    match look::glance(&target.parent, &target.name, euid) {
        Ok(now) => inside(facts, &now),
        Err(error) => Some(error.to_string()),
    }
}

fn inside(facts: &Dossier, now: &look::Glance) -> Option<String> {
    if now.digest == facts.digest && !now.blind {
        return None;
    }
    let planned = facts.totals.files + facts.totals.dirs;
    Some(match now.entries.cmp(&planned) {
        std::cmp::Ordering::Equal => "something in it was changed since the plan".to_owned(),
        _ => format!("it holds {} entries, the plan saw {planned}", now.entries),
    })
}

/// Everything before the first rename: trash, info files, and the intent in the journal.
fn begin<'a>(
    plan: &Plan,
    targets: &[(&'a Target, &'a Dossier)],
    ready: &mut Vec<Ready<'a>>,
    hands: &mut Hands<'_>,
) -> Result<()> {
    for (target, facts) in targets {
        let named = || format!("cannot move `{}` to the trash", facts.path.display());
        let stage = stage::choose(&facts.path, &facts.meta, hands).with_context(named)?;
        let mut one = Ready { facts, target, stage, new: OsString::new() };
        reserve(&mut one, &plan.clock, hands).with_context(named)?;
        ready.push(one);
    }
    let items = ready.iter().map(Ready::item).collect();
    hands.journal.append(plan.clock.now(), &Event::Intent { plan: plan.id.clone(), items })
}

/// Writes the info file, which reserves the name in the trash.
fn reserve(ready: &mut Ready<'_>, clock: &Clock, hands: &Hands<'_>) -> Result<()> {
    let recorded = match &ready.stage.top {
        Some(top) => ready.facts.path.strip_prefix(top).unwrap_or(&ready.facts.path),
        None => &ready.facts.path,
    };
    let date = clock.local(clock.now()).format("%Y-%m-%dT%H:%M:%S");
    let text = format!("[Trash Info]\nPath={}\nDeletionDate={date}\n", encode(recorded));
    for attempt in 0..10_000 {
        ready.new = stage::name(&ready.target.name, attempt);
        match change::create_new(&ready.stage.info, &ready.info_name()) {
            Ok(mut file) => {
                let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
                let taken = dir::stat_name(&ready.stage.files, &ready.new).is_ok();
                if written.is_ok() && !taken {
                    change::give(&file, hands.owner())?;
                    return Ok(change::sync_dir(&ready.stage.info)?);
                }
                change::remove_own_file(&ready.stage.info, &ready.info_name())?;
                written?;
            }
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e.into()),
        }
    }
    bail!("every name is taken in the trash");
}

fn withdraw(ready: &[Ready<'_>]) {
    for one in ready {
        // What cannot be taken back is an info file without a payload, which trash tools ignore.
        let _ = change::remove_own_file(&one.stage.info, &one.info_name());
    }
}

fn move_all(plan: &Plan, ready: &[Ready<'_>], hands: &mut Hands<'_>, execution: &mut Execution) {
    let mut moved = 0;
    let mut trouble = None;
    for one in ready {
        match move_one(one, hands.euid) {
            Ok(None) => moved += 1,
            Ok(Some(how)) => {
                execution.changed.push((one.facts.path.clone(), how));
                break;
            }
            Err(error) => {
                trouble = Some((moved, error));
                break;
            }
        }
    }
    if moved < ready.len() {
        // All or nothing: what went before goes back.
        for (i, one) in ready.iter().enumerate() {
            let failed = trouble.as_ref().filter(|t| t.0 == i).map(|t| format!("{:#}", t.1));
            let back = if i < moved { put_back(one) } else { Ok(()) };
            let fate = match (back, failed) {
                (Err(error), _) => Fate::Failed(format!("{error:#}")),
                (Ok(()), Some(why)) => Fate::Failed(why),
                (Ok(()), None) => Fate::Stayed,
            };
            if one_is_home(one) {
                let _ = change::remove_own_file(&one.stage.info, &one.info_name());
                let from = encode(&one.facts.path);
                let event = Event::PutBack { plan: plan.id.clone(), at: from.clone(), from };
                let _ = hands.journal.append(plan.clock.now(), &event);
            }
            execution.fates.push((one.facts.path.clone(), fate));
        }
        return;
    }
    for one in ready {
        let event = Event::Moved { plan: plan.id.clone(), from: encode(&one.facts.path) };
        let recorded = hands.journal.append(plan.clock.now(), &event);
        let fate = match recorded {
            Ok(()) => Fate::Moved(one.to()),
            Err(error) => Fate::Failed(format!("it is in {}, but {error:#}", one.to().display())),
        };
        execution.fates.push((one.facts.path.clone(), fate));
    }
}

fn one_is_home(one: &Ready<'_>) -> bool {
    dir::stat_name(&one.stage.files, &one.new).is_err()
}

/// Renames one target and compares what went with what was planned.
fn move_one(one: &Ready<'_>, euid: u32) -> Result<Option<String>> {
    change::rename_new(&one.target.parent, &one.target.name, &one.stage.files, &one.new)
        .with_context(|| format!("cannot rename it into {}", one.stage.path.display()))?;
    let _ = change::sync_dir(&one.stage.files);
    let _ = change::sync_dir(&one.target.parent);
    let how = match look::glance(&one.stage.files, &one.new, euid) {
        Ok(now) if now.meta.id != one.facts.meta.id => Some("it was replaced".to_owned()),
        Ok(now) => inside(one.facts, &now),
        Err(error) => Some(error.to_string()),
    };
    if how.is_some() {
        put_back(one)?;
    }
    Ok(how)
}

fn put_back(one: &Ready<'_>) -> Result<()> {
    change::rename_new(&one.stage.files, &one.new, &one.target.parent, &one.target.name)
        .with_context(|| format!("it is in `{}`, and cannot be put back", one.to().display()))?;
    let _ = change::sync_dir(&one.target.parent);
    Ok(())
}
