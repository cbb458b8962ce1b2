//! A plan without objections: the only thing about which a person may be asked.

use super::plan::Plan;

/// A plan in which nothing is refused. It can be neither cloned nor read from anywhere.
///
/// ```compile_fail,E0599
/// fn twice(p: safe_rm::decide::Proposal) -> (safe_rm::decide::Proposal, safe_rm::decide::Proposal) {
///     (p.clone(), p)
/// }
/// ```
///
/// ```compile_fail,E0277
/// let _: safe_rm::decide::Proposal = serde_json::from_str("{}").unwrap();
/// ```
///
/// ```compile_fail,E0451
/// fn forge(plan: safe_rm::decide::Plan) -> safe_rm::decide::Proposal {
///     safe_rm::decide::Proposal { plan }
/// }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Proposal {
    plan: Plan,
}

impl Proposal {
    /// The plan, to be shown.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The plan itself, for the one door.
    pub(crate) fn into_plan(self) -> Plan {
        self.plan
    }
}

/// Makes a proposal of a plan in which nothing is refused.
///
/// # Errors
/// The plan itself, where something is refused or nothing is left.
pub fn propose(plan: Plan) -> Result<Proposal, Box<Plan>> {
    if plan.allowed() && !plan.targets.is_empty() {
        Ok(Proposal { plan })
    } else {
        Err(Box::new(plan))
    }
}
