//! Rules, verdicts and the plan: pure functions of facts, policy and clock. Nothing here can fail.

mod plan;
mod proposal;
mod refusal;
pub mod rules;

use crate::facts::Dossier;
use crate::policy::Policy;
use crate::when::Clock;

pub use plan::{Judged, Mode, Plan, Sums};
pub use proposal::{Proposal, propose};
pub use refusal::Refusal;
pub use rules::{RULES, Rule};

/// Judges every target by every rule.
pub fn decide(dossiers: Vec<Dossier>, policy: &Policy, clock: &Clock) -> Plan {
    let judged = dossiers.into_iter().map(|d| rules::judge(d, policy, clock)).collect();
    Plan::new(judged, policy, clock)
}
