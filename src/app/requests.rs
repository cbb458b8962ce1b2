//! `safe-rm requests`, `deny`, `cancel`, `wait`: what was asked for, and how it stands.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::world::{self, Caller};
use super::{Exit, carry_out, request, usage};
use crate::cli;
use crate::facts::Standing;
use crate::keep::{End, Requests};
use crate::policy;
use crate::sys::terminal;
use crate::tell::Voice;

/// How often an answer is looked for.
const LOOK: Duration = Duration::from_millis(300);

/// Lists them: the open ones, or all.
pub(super) fn list(all: bool, caller: &Caller, voice: Voice) -> Result<Exit> {
    let world = world::read_for(caller)?;
    let state = world.surroundings.state.as_deref();
    let found = match state.and_then(Requests::existing) {
        Some(requests) => requests.all(&carry_out::journal(&world)?.lines()?),
        None => Vec::new(),
    };
    let now = world.clock.now();
    let wanted: Vec<_> = found.into_iter().filter(|f| all || f.is_open(now)).collect();
    voice.requests(&wanted, all, &world.clock);
    Ok(Exit::Done)
}

/// Says no, as a person.
pub(super) fn deny(args: &cli::Deny, voice: Voice) -> Result<Exit> {
    let world = world::read()?;
    if world.at_the_door().standing == Standing::Agent || terminal::open().is_err() {
        voice
            .remark("a person answers requests, at a terminal; `safe-rm cancel ID` takes one back");
        return Ok(Exit::NeedsPerson);
    }
    end(&args.id, End::Denied, args.why.as_deref(), voice)
}

/// Takes it back.
pub(super) fn cancel(id: &str, voice: Voice) -> Result<Exit> {
    end(id, End::Cancelled, None, voice)
}

fn end(id: &str, how: End, why: Option<&str>, voice: Voice) -> Result<Exit> {
    let world = world::read()?;
    let mut journal = carry_out::journal(&world)?;
    journal.hold()?;
    let requests = request::open(&world)?;
    let filed = request::find(id, &requests, &mut journal)?;
    if !filed.is_open(world.clock.now()) {
        voice.request(&filed, &world.clock);
        voice.remark("it is not open any more");
        return Ok(Exit::Failed);
    }
    request::answer(&world, &filed, how, why, &requests, &mut journal)?;
    let filed = request::find(&filed.request.id, &requests, &mut journal)?;
    voice.request(&filed, &world.clock);
    Ok(Exit::Done)
}

/// Waits until it has ended, or the time is over.
pub(super) fn wait(args: &cli::Wait, caller: &Caller, voice: Voice) -> Result<Exit> {
    let timeout = match args.timeout.as_deref().map(policy::duration).transpose() {
        Ok(timeout) => timeout,
        Err(error) => return Ok(usage(&format!("{error:#}"), voice)),
    };
    let until = timeout.and_then(|secs| u64::try_from(secs).ok()).map(Duration::from_secs);
    let begun = Instant::now();
    loop {
        let world = world::read_for(caller)?;
        let (mut journal, requests, mut filed) = request::look_up(&world, &args.id)?;
        if filed.answer.as_ref().is_some_and(|answer| answer.end == End::Taken) {
            request::settle(&world, &mut journal)?;
            filed = request::find(&args.id, &requests, &mut journal)?;
        }
        let over = until.is_some_and(|until| begun.elapsed() >= until);
        let ended = match &filed.answer {
            None if !filed.is_open(world.clock.now()) => Some(Exit::Failed),
            None => None,
            // A person's run was cut off: what became of it the journal says.
            Some(answer) if answer.end == End::Taken => {
                (world.clock.now() >= filed.request.expires()).then_some(Exit::Failed)
            }
            Some(answer) => Some(request::exit(answer.end)),
        };
        if let Some(exit) = ended.or(over.then_some(Exit::NeedsPerson)) {
            voice.request(&filed, &world.clock);
            return Ok(exit);
        }
        std::thread::sleep(LOOK);
    }
}
