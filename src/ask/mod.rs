//! The one door between a plan and a deletion: a person at the controlling terminal types DELETE.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dialoguer::Input;
use dialoguer::console::Term;

use crate::decide::{Mode, Plan, Proposal};
use crate::facts::{Actor, Standing};
use crate::sys::{random, terminal};

/// The word.
pub const DELETE: &str = "DELETE";

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

/// A person's word for something that is no plan. Only this module makes one.
///
/// ```compile_fail,E0423
/// let _ = safe_rm::ask::Assent(());
/// ```
#[derive(Debug)]
#[must_use]
pub struct Assent(());

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

/// Who stands at the door, and what is asked of a person there.
#[derive(Clone, Copy, Debug)]
pub struct Door<'a> {
    /// Who calls: an agent is not asked at all, and one that may be there is asked for a code that
    /// the terminal has just shown as well.
    pub actor: &'a Actor,
    /// The code is asked for whoever calls: what goes is what somebody else has asked for.
    pub code: bool,
}

/// Asks at the controlling terminal, whatever the standard input is. `above` stands directly over
/// the prompt.
pub fn ask(proposal: Proposal, above: &str, door: Door<'_>) -> Answer {
    match word(above, DELETE, door) {
        None => Answer::NobodyHere,
        Some(false) => Answer::Declined,
        Some(true) => Answer::Confirmed(Box::new(ConfirmedPlan { plan: proposal.into_plan() })),
    }
}

/// What may go without the word: things without any model, out of the trash past their date, or
/// into it from `safe-rm rm`.
///
/// # Errors
/// The proposal itself, where it holds anything else.
pub fn unasked(proposal: Proposal) -> Result<ConfirmedPlan, Box<Proposal>> {
    let plan = proposal.plan();
    let ordinary = plan.targets.iter().all(|t| t.facts.is_ordinary());
    if ordinary && matches!(plan.mode, Mode::Purge | Mode::Trash) {
        Ok(ConfirmedPlan { plan: proposal.into_plan() })
    } else {
        Err(Box::new(proposal))
    }
}

/// Reads the answer to a question of rm's from the standard input, as rm does: for ordinary files
/// alone, never for a plan.
///
/// # Errors
/// As read(2).
pub fn yes() -> std::io::Result<bool> {
    let line = terminal::line_of_stdin()?;
    Ok(matches!(line.first(), Some(b'y' | b'Y')))
}

/// Asks for another word, for what is no plan; nothing where there is no terminal.
pub fn assent(above: &str, wanted: &str, door: Door<'_>) -> Option<Result<Assent, Declined>> {
    word(above, wanted, door).map(|said| if said { Ok(Assent(())) } else { Err(Declined) })
}

/// A person said no.
#[derive(Clone, Copy, Debug)]
pub struct Declined;

/// Ends the question however it is left.
struct Over(Arc<AtomicBool>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Asks for a line of text; nothing where there is no terminal. An empty answer is the `default`.
pub fn line(
    above: &str,
    what: &str,
    default: Option<&str>,
    door: Door<'_>,
) -> Option<Result<String, Declined>> {
    if door.actor.standing == Standing::Agent {
        return None;
    }
    let prompt = default.map_or_else(|| what.to_owned(), |d| format!("{what} [{d}]"));
    Some(match (typed(above, &prompt)?, default) {
        (Ok(text), Some(default)) if text.trim().is_empty() => Ok(default.to_owned()),
        (Ok(text), _) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        _ => Err(Declined),
    })
}

/// Whether exactly this word was typed; nothing where there is no terminal.
fn word(above: &str, wanted: &str, door: Door<'_>) -> Option<bool> {
    if door.actor.standing == Standing::Agent {
        return None;
    }
    let prompt = format!("type {wanted} to go on, anything else to stop");
    if !typed(above, &prompt)?.is_ok_and(|word| word == wanted) {
        return Some(false);
    }
    if !door.code && door.actor.standing == Standing::Unmarked {
        return Some(true);
    }
    // Whoever types without reading does not pass.
    let Ok(number) = random::number() else { return Some(false) };
    let code = format!("{:04}", number % 10_000);
    let above = format!("now type the code {code}");
    Some(typed(&above, "code")?.is_ok_and(|typed| typed == code))
}

/// What was typed; nothing where there is no terminal.
fn typed(above: &str, prompt: &str) -> Option<Result<String, Declined>> {
    let Ok(mut tty) = terminal::open() else { return None };
    // What runs in the background shares the terminal, and is not what a person talks to there.
    if !terminal::is_in_front(&tty) {
        return None;
    }
    let Ok(reader) = tty.try_clone() else { return None };
    // The line editor reads from the standard input where that is a terminal: make it this one.
    if terminal::becomes_stdin(&tty).is_err() {
        return None;
    }
    let Ok(_kept) = terminal::keep(&tty) else { return None };
    // Ctrl-C is an answer, too: no.
    let interrupted = Arc::new(AtomicBool::new(false));
    let over = Over(Arc::new(AtomicBool::new(false)));
    let int = signal_hook::consts::SIGINT;
    // In this order: once the question is over, Ctrl-C ends the program as it always does.
    let _ = signal_hook::flag::register_conditional_default(int, Arc::clone(&over.0));
    let _ = signal_hook::flag::register(int, interrupted);
    if writeln!(tty, "{above}").is_err() || terminal::discard_input(&tty).is_err() {
        return Some(Err(Declined));
    }
    let term = Term::read_write_pair(reader, tty);
    let typed =
        Input::<String>::new().with_prompt(prompt).allow_empty(true).interact_text_on(&term);
    Some(typed.map_err(|_| Declined))
}
