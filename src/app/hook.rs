//! `safe-rm hook AGENT`: one call of a tool on standard input, the answer in the agent's own words.

use std::io::Read;
use std::sync::mpsc;
use std::time::Duration;

use super::Exit;
use super::world;
use crate::agent::hook::{self, Agent};
use crate::agent::judge::{Denial, Why};
use crate::look::Progress;
use crate::tell;

/// An agent that waits longer gives up, and many then let the call through.
const LIMIT: Duration = Duration::from_secs(5);
/// The grammar calls itself for what is nested.
const STACK: usize = 512 << 20;

/// Judges the call. Whatever goes wrong on the way is a refusal.
pub(super) fn run(name: &str) -> Exit {
    let Some(agent) = Agent::named(name) else { return Exit::Usage };
    let (sender, receiver) = mpsc::channel();
    let worker = std::thread::Builder::new().stack_size(STACK);
    let spawned = worker.spawn(move || {
        // What fails is answered; it is not told twice.
        std::panic::set_hook(Box::new(|_| {}));
        let judged = std::panic::catch_unwind(|| judge(agent));
        let _ = sender.send(judged.unwrap_or_else(|_| failure("it is a defect of safe-rm")));
    });
    let denial = match spawned {
        Ok(_) => receiver.recv_timeout(LIMIT).unwrap_or_else(|_| failure("it took too long")),
        Err(_) => failure("no thread could be started"),
    };
    let reason = denial.as_ref().map(tell::denial);
    let answer = hook::answer(agent, reason.as_deref());
    let told = tell::answer(&answer.out, &answer.err);
    // An answer that nobody got lets the call through, unless the code says no.
    match (told, answer.code) {
        (true, 0) => Exit::Done,
        (false, _) if denial.is_none() => Exit::Done,
        _ => Exit::Usage,
    }
}

fn failure(why: &'static str) -> Option<Denial> {
    Some(Denial { why: Why::Failure(why), program: "the hook".to_owned() })
}

fn judge(agent: Agent) -> Option<Denial> {
    let mut input = Vec::new();
    let read = std::io::stdin().take(hook::LONGEST + 1).read_to_end(&mut input);
    if read.is_err() {
        return failure("the call could not be read");
    }
    let Ok(world) = world::read() else { return failure("the policy cannot be used") };
    let progress = Progress::default();
    hook::judge(agent, &input, &world.eyes(&progress))
}
