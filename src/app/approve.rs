//! `safe-rm approve ID`: a person looks again at what a caller without one has asked for. It is
//! surveyed and judged anew; the word, and a code, let exactly that go.

use anyhow::Result;

use super::{Exit, carry_out, request, world};
use crate::act::Things;
use crate::ask::{self, Answer, Door};
use crate::decide::{Mode, propose};
use crate::facts::Standing;
use crate::keep::End;
use crate::look::Depth;
use crate::tell::{self, Voice};

/// Looks, shows what has changed, asks, acts.
pub(super) fn run(id: &str, voice: Voice) -> Result<Exit> {
    let mut world = world::strict()?;
    let actor = world.at_the_door();
    if actor.standing == Standing::Agent {
        voice.nothing(&format!(
            "a request is approved by a person, at a terminal of their own: {}",
            actor.evidence.first().map_or("an agent calls", String::as_str)
        ));
        return Ok(Exit::NeedsPerson);
    }
    let (mut journal, requests, filed) = request::look_up(&world, id)?;
    world.answering = Some(filed.request.id.clone());
    if let Some(line) = journal.broken()? {
        voice.remark(&format!(
            "line {line} of the journal was not written by safe-rm as it stands: what it says of \
             requests is no caller's, and no request is approved"
        ));
        return Ok(Exit::Refused);
    }
    if !filed.is_open(world.clock.now()) {
        voice.request(&filed, &world.clock);
        voice.remark("it is not open any more: nothing was touched");
        return Ok(Exit::Refused);
    }
    carry_out::recover(&world, &mut journal, voice)?;
    let refuse = |why: &str, journal: &mut _| {
        request::answer(&world, &filed, End::Refused, Some(why), &requests, journal)
    };
    let targets = match request::targets(&filed.request) {
        Ok(targets) => targets,
        Err(error) => {
            refuse(&format!("{error:#}"), &mut journal)?;
            return Err(error.context("what was asked for is not there as it was"));
        }
    };
    let mode = if filed.request.permanent { Mode::Permanent } else { Mode::Trash };
    let plan = world.plan(&targets, mode, Depth::Needed)?;
    voice.asked(&filed, &request::changes(&filed.request, &plan), &world.clock);
    voice.plan(&plan);
    let proposal = match propose(plan) {
        Ok(proposal) => proposal,
        Err(plan) => {
            refuse("by now a rule refuses it", &mut journal)?;
            voice.plan_document(&plan, carry_out::refused(&world), None);
            return Ok(Exit::Refused);
        }
    };
    let shown = proposal.plan().clone();
    let door = Door { actor: &actor, code: true };
    let confirmed = match ask::ask(proposal, &tell::above_prompt(&shown), door) {
        Answer::Confirmed(confirmed) => confirmed,
        Answer::Declined => {
            let next = format!("nothing was touched; it stays open until `safe-rm deny {id}`");
            voice.plan_document(&shown, &[&next], None);
            return Ok(Exit::Declined);
        }
        Answer::NobodyHere => {
            let next = "nothing was touched; a person must approve it at a terminal of their own";
            voice.plan_document(&shown, &[next], None);
            return Ok(Exit::NeedsPerson);
        }
    };
    // Used from here on: another approval at the same time finds it taken.
    journal.hold()?;
    let (still, end) = (request::find(&filed.request.id, &requests, &mut journal)?, End::Taken);
    if !still.is_open(world.clock.now()) {
        voice.remark("it was answered meanwhile: nothing was touched");
        return Ok(Exit::Refused);
    }
    request::answer(&world, &filed, end, None, &requests, &mut journal)?;
    let things = Things::Named(&targets);
    let done = carry_out::act(&world, *confirmed, &shown, things, &mut journal, voice);
    let (end, why) = match &done {
        Ok(Exit::Done) => (End::Done, None),
        Ok(Exit::Refused) => {
            (End::Refused, Some("something changed at the last moment".to_owned()))
        }
        Ok(_) => {
            (End::Failed, Some("something failed; `safe-rm log` says what was done".to_owned()))
        }
        Err(error) => (End::Failed, Some(format!("{error:#}"))),
    };
    request::answer(&world, &filed, end, why.as_deref(), &requests, &mut journal)?;
    done
}
