//! A request is filed where no person can be asked, and judged anew where one approves it.

use anyhow::{Context, Result, bail};

use super::Exit;
use super::carry_out;
use super::world::World;
use crate::act;
use crate::decide::{Judged, Mode, Plan};
use crate::facts::{Actor, Dossier, Stamp};
use crate::keep::{Asked, End, Event, Filed, Filing, Journal, Request, Requests, encode};
use crate::look;
use crate::sys::process;
use crate::tell::{self, Voice};

/// Files a request for a plan that nothing refuses.
pub(super) fn file(
    world: &World,
    plan: &Plan,
    actor: Actor,
    reason: Option<&str>,
    journal: &mut Journal,
    voice: Voice,
) -> Result<Exit> {
    let requests = open(world)?;
    let cwd = world.surroundings.cwd.clone().unwrap_or_default();
    let request = Request {
        id: String::new(),
        filed: world.clock.now().secs,
        plan: plan.id.clone(),
        permanent: plan.mode == Mode::Permanent,
        targets: plan.targets.iter().map(asked).collect(),
        agent: actor.name,
        evidence: actor.evidence,
        caller: caller(),
        cwd: encode(&cwd),
        reason: reason.map(str::to_owned),
    };
    journal.hold()?;
    let filing = requests.file(request, journal)?;
    journal.release()?;
    match filing {
        Filing::Open(request) => {
            let id = &request.id;
            let outside = if world.is_guarded() { ", outside of this guard," } else { "" };
            let next = [
                format!(
                    "nothing was touched; request {id} is filed: a person approves it at a terminal \
                     of their own{outside} with `safe-rm approve {id}`"
                ),
                format!(
                    "`safe-rm wait {id}` waits for the answer; do not delete these files by other \
                     means, and do not try to approve it yourself"
                ),
            ];
            let next: Vec<&str> = next.iter().map(String::as_str).collect();
            voice.plan_document(plan, &next, Some(&request));
            Ok(Exit::NeedsPerson)
        }
        Filing::Denied(answer) => {
            let why = answer.why.map(|why| format!(": {why}")).unwrap_or_default();
            let text = format!(
                "a person has denied this{why}; it stays denied for 24 h, and nothing was touched"
            );
            voice.plan_document(plan, &[&tell::harmless(&text)], None);
            Ok(Exit::Declined)
        }
        Filing::TooMany(open) => {
            let text = format!(
                "{} requests are open already ({}), and no more are taken: wait for an answer, or \
                 take one back with `safe-rm cancel ID`",
                open.len(),
                open.join(", ")
            );
            voice.plan_document(plan, &[&text], None);
            Ok(Exit::Refused)
        }
    }
}

/// The requests of this user.
pub(super) fn open(world: &World) -> Result<Requests> {
    let s = &world.surroundings;
    let state = s.state.as_deref().context("there is no home directory for the requests")?;
    Requests::open(state, (s.user != s.euid).then_some(s.user))
}

/// One thing as it stands now.
pub(super) fn asked(judged: &Judged) -> Asked {
    let facts = &judged.facts;
    let models = facts.models.iter().map(|m| (encode(&m.path), m.format.clone()));
    Asked {
        path: encode(&facts.path),
        digest: digest(facts),
        bytes: facts.totals.bytes,
        files: facts.totals.files,
        models: models.collect(),
    }
}

/// The identity of a thing and of everything in it.
fn digest(facts: &Dossier) -> String {
    let meta = &facts.meta;
    let own = (meta.id, meta.kind, meta.mode, meta.uid, meta.size, meta.mtime, meta.ctime);
    let mut hasher = blake3::Hasher::new();
    hasher.update(facts.digest.hex().as_bytes());
    hasher.update(format!("{own:?}").as_bytes());
    hasher.finalize().to_hex().to_string()
}

/// The process that called, by its own words: a claim like any other.
fn caller() -> String {
    let parent = process::ancestors().into_iter().next().unwrap_or_default();
    let words: Vec<String> = parent.argv.iter().map(|w| w.to_string_lossy().into_owned()).collect();
    words.join(" ").chars().take(200).collect()
}

/// The request of this id, or of the one that begins so.
pub(super) fn find(id: &str, requests: &Requests, journal: &mut Journal) -> Result<Filed> {
    let lines = journal.lines()?;
    let known = lines.iter().filter_map(|(_, event)| match event {
        Event::Asked { request, .. } if !id.is_empty() && request.starts_with(id) => Some(request),
        _ => None,
    });
    let known: Vec<&String> = known.collect();
    match known.as_slice() {
        [] => bail!(none(id)),
        [one] => {
            let mut all = requests.all(&lines).into_iter();
            let found = all.find(|filed| filed.request.id == **one);
            found.with_context(|| {
                format!("request {one} is not as it was filed: it was changed, or is gone")
            })
        }
        _ => bail!("several requests begin with `{id}`; write more of it"),
    }
}

fn none(id: &str) -> String {
    format!("there is no request `{id}`; `safe-rm requests --all` lists them")
}

/// The exit code that a request's answer stands for.
pub(super) fn exit(end: End) -> Exit {
    match end {
        End::Done => Exit::Done,
        End::Denied => Exit::Declined,
        End::Refused => Exit::Refused,
        End::Taken => Exit::NeedsPerson,
        End::Failed | End::Cancelled => Exit::Failed,
    }
}

/// Records an answer under the journal's lock.
pub(super) fn answer(
    world: &World,
    filed: &Filed,
    end: End,
    why: Option<&str>,
    requests: &Requests,
    journal: &mut Journal,
) -> Result<()> {
    let at = world.clock.now().secs;
    let answer = crate::keep::Answer { end, at, why: why.map(str::to_owned) };
    requests.answer(&filed.request.id, &answer, journal)
}

/// Ends the requests whose run was cut off after the word. From the word to its answer a run holds the
/// journal, or, while it frees, the room in which it does.
pub(super) fn settle(world: &World, journal: &mut Journal) -> Result<()> {
    let state = world.surroundings.state.as_deref();
    if state.and_then(Requests::existing).is_none() || !journal.try_hold()? {
        return Ok(());
    }
    let ended = cut_off(world, journal);
    journal.release()?;
    ended
}

fn cut_off(world: &World, journal: &mut Journal) -> Result<()> {
    let requests = open(world)?;
    let lines = journal.lines()?;
    let taken = |f: &&Filed| f.answer.as_ref().is_some_and(|a| a.end == End::Taken);
    for filed in requests.all(&lines).iter().filter(taken) {
        let plan = run_of(&filed.request, &lines);
        let reach = match plan {
            Some(plan) => act::reach(plan, &mut carry_out::hands(world, journal))?,
            None => act::Reach::default(),
        };
        if reach.at_work {
            continue;
        }
        let (all, done) = (reach.all, reach.done);
        let went = if filed.request.permanent { "freed" } else { "in the trash" };
        let (end, why) = match plan {
            None => (End::Failed, "its run was cut off before anything was moved".to_owned()),
            Some(_) if done == all => {
                (End::Done, format!("its run was cut off when all of it was {went}"))
            }
            Some(plan) if reach.begun => (
                End::Failed,
                format!(
                    "its run was cut off: {done} of {all} are {went}; `safe-rm purge {plan}` goes on, \
                     `safe-rm undo {plan}` puts back what is left"
                ),
            ),
            Some(_) => (
                End::Failed,
                format!(
                    "its run was cut off: {done} of {all} are {went}; `safe-rm log` says what was done"
                ),
            ),
        };
        answer(world, filed, end, Some(&why), &requests, journal)?;
    }
    Ok(())
}

/// The plan by which a request was carried out. From the word to the intent the journal is held: nothing but
/// that run has written between them.
fn run_of<'a>(request: &Request, lines: &'a [(Stamp, Event)]) -> Option<&'a str> {
    let taken = lines.iter().rposition(|(_, event)| {
        matches!(event, Event::Answered { request: id, end: End::Taken, .. } if *id == request.id)
    })?;
    let Event::Intent { plan, items, .. } = &lines.get(taken + 1)?.1 else { return None };
    let asked = |from: &String| request.targets.iter().any(|target| target.path == *from);
    items.iter().all(|item| asked(&item.from)).then_some(plan.as_str())
}

/// The journal of this user and the request.
pub(super) fn look_up(world: &World, id: &str) -> Result<(Journal, Requests, Filed)> {
    // Looking leaves nothing behind where nobody has asked yet.
    if world.surroundings.state.as_deref().and_then(Requests::existing).is_none() {
        bail!(none(id));
    }
    let mut journal = carry_out::journal(world)?;
    let requests = open(world)?;
    let filed = find(id, &requests, &mut journal)?;
    Ok((journal, requests, filed))
}

/// What is otherwise than when it was asked for, in words.
pub(super) fn changes(request: &Request, plan: &Plan) -> Vec<String> {
    let mut changes = Vec::new();
    for then in &request.targets {
        let path = crate::keep::decode(&then.path);
        let now = plan.targets.iter().find(|judged| judged.facts.path == path);
        let Some(now) = now.map(asked) else { continue };
        let shown = tell::harmless_path(&path);
        if now.files != then.files {
            changes.push(format!("{shown} has {} files, it had {}", now.files, then.files));
        } else if now.models != then.models {
            changes.push(format!("{shown} holds other models"));
        } else if now.digest != then.digest {
            changes.push(format!("something in {shown} was written, touched or replaced"));
        }
    }
    changes
}

/// The operands of a request as they are resolved again.
pub(super) fn targets(request: &Request) -> Result<Vec<look::Target>> {
    let paths = request.targets.iter().map(|t| crate::keep::decode(&t.path).into_os_string());
    look::resolve(&paths.collect::<Vec<_>>())
}
