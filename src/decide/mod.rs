//! Rules, verdicts and the plan: pure functions of facts, policy and clock. Nothing here can fail.

pub mod draft;
mod filter;
mod plan;
mod proposal;
mod refusal;
pub mod rules;

use crate::facts::{Actor, Dossier, History};
use crate::policy::Policy;
use crate::when::Clock;

pub use filter::{Filter, Key, More, kind, stage};
pub use plan::{Judged, Mode, Plan, Sums, Verdict};
pub use proposal::{Proposal, propose};
pub use refusal::Refusal;
pub use rules::{REMEMBERED, RULES, Rule, contradictions};

/// By what is judged.
#[derive(Clone, Copy, Debug)]
pub struct Grounds<'a> {
    /// What the owner allows.
    pub policy: &'a Policy,
    /// The moment of the run.
    pub clock: &'a Clock,
    /// What was done before.
    pub history: &'a History,
    /// Who calls.
    pub actor: &'a Actor,
}

/// Judges every target by every rule.
pub fn decide(dossiers: Vec<Dossier>, mode: Mode, grounds: Grounds<'_>) -> Plan {
    let judged = dossiers.into_iter().map(|d| rules::judge(d, grounds)).collect();
    Plan::new(judged, mode, grounds)
}
