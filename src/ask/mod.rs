//! The one door between a plan and a deletion: a person at the controlling terminal types DELETE.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dialoguer::Input;
use dialoguer::console::Term;

use crate::decide::{Plan, Proposal};
use crate::sys::terminal;

/// The word.
const WORD: &str = "DELETE";

/// A plan that a person has confirmed. Only this module makes one, only `act` consumes it.
///
/// ```compile_fail,E0599
/// fn twice(p: safe_rm::ask::ConfirmedPlan) { let _ = (p.clone(), p); }
/// ```
///
/// ```compile_fail,E0277
/// let _: safe_rm::ask::ConfirmedPlan = serde_json::from_str("{}").unwrap();
/// ```
///
/// ```compile_fail,E0451
/// fn forge(plan: safe_rm::decide::Plan) -> safe_rm::ask::ConfirmedPlan {
///     safe_rm::ask::ConfirmedPlan { plan }
/// }
/// ```
#[derive(Debug)]
#[must_use]
pub struct ConfirmedPlan {
    plan: Plan,
}

impl ConfirmedPlan {
    /// The plan, for the code that carries it out.
    pub(crate) fn into_plan(self) -> Plan {
        self.plan
    }
}

/// How the question ended.
#[derive(Debug)]
#[must_use]
pub enum Answer {
    /// The word was typed.
    Confirmed(Box<ConfirmedPlan>),
    /// Anything else was.
    Declined,
    /// There is no terminal to ask at.
    NobodyHere,
}

/// Asks at the controlling terminal, whatever the standard input is. `above` stands directly over
/// the prompt.
pub fn ask(proposal: Proposal, above: &str) -> Answer {
    let Ok(mut tty) = terminal::open() else { return Answer::NobodyHere };
    let Ok(reader) = tty.try_clone() else { return Answer::NobodyHere };
    // The line editor reads from the standard input where that is a terminal: make it this one.
    if terminal::becomes_stdin(&tty).is_err() {
        return Answer::NobodyHere;
    }
    // Ctrl-C is an answer, too: no.
    let interrupted = Arc::new(AtomicBool::new(false));
    let _ = signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&interrupted));
    if writeln!(tty, "{above}").is_err() || terminal::discard_input(&tty).is_err() {
        return Answer::Declined;
    }
    let term = Term::read_write_pair(reader, tty);
    let typed = Input::<String>::new()
        .with_prompt(format!("type {WORD} to go on, anything else to stop"))
        .allow_empty(true)
        .interact_text_on(&term);
    match typed {
        Ok(word) if word == WORD => {
            Answer::Confirmed(Box::new(ConfirmedPlan { plan: proposal.into_plan() }))
        }
        _ => Answer::Declined,
    }
}
