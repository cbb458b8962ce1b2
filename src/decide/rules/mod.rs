//! The rules: one small pure function each, all of them always run.
//!
//! A rule is added by a line in `RULES` and a function in the file of its kind.

mod age;
mod copies;
mod label;
mod place;
mod worth;

use std::path::Path;

pub use copies::REMEMBERED;

use super::Grounds;
use super::plan::Judged;
use super::refusal::Refusal;
use crate::facts::{Dossier, History, Label, Model, Stamp};
use crate::policy::Policy;
use crate::when::Clock;

/// What a refusing rule says; path and id are added by the table.
#[derive(Clone, Debug)]
pub(super) struct Reason {
    message: String,
    lift: String,
    until: Option<Stamp>,
}

impl Reason {
    fn new(message: impl Into<String>, lift: impl Into<String>) -> Self {
        Self { message: message.into(), lift: lift.into(), until: None }
    }

    fn until(self, at: Stamp) -> Self {
        Self { until: Some(at), ..self }
    }
}

/// What a rule may look at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    facts: &'a Dossier,
    policy: &'a Policy,
    clock: &'a Clock,
    history: &'a History,
}

/// What a rule is asked about.
#[derive(Clone, Copy)]
pub(super) enum Judge {
    /// The target as a whole.
    Target(fn(&Case<'_>) -> Option<Reason>),
    /// Each model in it.
    Model(fn(&Case<'_>, &Model) -> Option<Reason>),
    /// Nothing here: it is checked at execution.
    Execution,
}

/// One rule.
pub struct Rule {
    /// Stable id.
    pub id: &'static str,
    /// When it refuses.
    pub refuses: &'static str,
    /// What lifts it.
    pub lifted_by: &'static str,
    /// Why it exists.
    pub why: &'static str,
    judge: Judge,
}

/// All rules, in the order in which refusals are told.
pub const RULES: &[Rule] = &[
    Rule {
        id: "protected-path",
        refuses: "it is `/`, a mount point, a home or system directory, the working directory or one above it, safe-rm's own, or listed in the policy",
        lifted_by: "nothing; name what lies in it",
        why: "no clean-up ever means these",
        judge: Judge::Target(place::protected),
    },
    Rule {
        id: "unreadable",
        refuses: "the survey could not see all of it",
        lifted_by: "permissions, or a user who may read it",
        why: "what cannot be listed cannot be judged",
        judge: Judge::Target(place::unreadable),
    },
    Rule {
        id: "mount-inside",
        refuses: "another mount or a subvolume lies below it",
        lifted_by: "unmounting it",
        why: "a rename would carry the mount along, and what is mounted may be the only copy",
        judge: Judge::Target(place::mount_inside),
    },
    Rule {
        id: "not-yours",
        refuses: "it holds entries of another user or directories that you cannot write (not for root)",
        lifted_by: "the owner, or chmod",
        why: "the removal would stop half-way",
        judge: Judge::Target(place::not_yours),
    },
    Rule {
        id: "part-of",
        refuses: "it is only a part of a model: a shard, component, index, config, label or store link",
        lifted_by: "naming the whole model",
        why: "what is left is broken and looks whole",
        judge: Judge::Target(worth::part_of),
    },
    Rule {
        id: "pinned",
        refuses: "a label in it or above it says `Keep:`, or a KEEP, DO_NOT_DELETE or PROTECTED file lies there",
        lifted_by: "the person who pinned it",
        why: "somebody said so",
        judge: Judge::Target(label::pinned),
    },
    Rule {
        id: "same-day",
        refuses: "the newest evidence in a model is of today or of the future, or its name carries such a date",
        lifted_by: "tomorrow; for a future date, correcting it",
        why: "what was made today is what is being worked on, whatever its name says",
        judge: Judge::Model(age::same_day),
    },
    Rule {
        id: "too-young",
        refuses: "a model is younger than `age.min` (24 h)",
        lifted_by: "time",
        why: "a day is the least in which a mistake is noticed",
        judge: Judge::Model(age::too_young),
    },
    Rule {
        id: "unlabeled",
        refuses: "a model has no valid label",
        lifted_by: "`safe-rm label`, which writes a MODEL_INFO.txt",
        why: "somebody must have said what it is before it goes",
        judge: Judge::Model(label::unlabeled),
    },
    Rule {
        id: "label-mismatch",
        refuses: "a label contradicts the files: another family, a size more than twice off, another step, or it is older than the weights, or was written for others (`Covers:`)",
        lifted_by: "a true label",
        why: "a wrong label is worse than none",
        judge: Judge::Model(label::mismatch),
    },
    Rule {
        id: "keep-last",
        refuses: "it is among the newest `keep.last` (3) of its series, by step or by date, or the best one of its run",
        lifted_by: "newer complete ones, or `Retired:` in its label, confirmed with `safe-rm ack DIR`",
        why: "the last ones are what a run was for",
        judge: Judge::Model(worth::keep_last),
    },
    Rule {
        id: "last-copy",
        refuses: "this plan, with what went in the last 30 days, would leave no verified copy of weights of which there were two or more, or nothing of a consolidation stamp that several folders carried",
        lifted_by: "keeping one; the refusal says until when the 30 days count",
        why: "all three copies went in one command, each of them having two others",
        judge: Judge::Model(copies::last_copy),
    },
    Rule {
        id: "damaged",
        refuses: "its weights are cut short, incomplete or unreadable",
        lifted_by: "a label that a person has written",
        why: "they may be all that is left",
        judge: Judge::Model(worth::damaged),
    },
    Rule {
        id: "clock",
        refuses: "the clock is over a minute behind the journal's last entry",
        lifted_by: "a person: `safe-rm ack clock`",
        why: "a clock set back makes the past look old enough",
        judge: Judge::Target(age::clock),
    },
    Rule {
        id: "changed",
        refuses: "at execution, what is there is not what was planned",
        lifted_by: "a new plan",
        why: "only what was shown and confirmed may go",
        judge: Judge::Execution,
    },
];

/// The ids of all rules, each once.
#[must_use]
pub fn ids() -> Vec<&'static str> {
    let mut ids: Vec<_> = RULES.iter().map(|r| r.id).collect();
    ids.dedup();
    ids
}

/// Runs every rule on a target and its models.
pub(super) fn judge(facts: Dossier, grounds: Grounds<'_>) -> Judged {
    let Grounds { policy, clock, history, .. } = grounds;
    let case = Case { facts: &facts, policy, clock, history };
    let on = |rule: &&Rule| !policy.off.contains(rule.id);
    let refusal = |rule: &Rule, path: &Path, reason: Reason| Refusal {
        rule: rule.id,
        path: path.to_path_buf(),
        message: reason.message,
        lift: reason.lift,
        until: reason.until,
    };
    let refusals = RULES
        .iter()
        .filter(on)
        .filter_map(|rule| match rule.judge {
            Judge::Target(judge) => Some(refusal(rule, &facts.path, judge(&case)?)),
            _ => None,
        })
        .collect();
    let models = facts.models.iter().map(|model| {
        let path = if model.path.as_os_str().is_empty() {
            facts.path.clone()
        } else {
            facts.path.join(&model.path)
        };
        let of = |rule: &Rule| match rule.judge {
            Judge::Model(_) if model.installed => None,
            Judge::Model(judge) => Some(refusal(rule, &path, judge(&case, model)?)),
            _ => None,
        };
        RULES.iter().filter(on).filter_map(of).collect()
    });
    let models = models.collect();
    let warnings = warnings(&case);
    Judged { refusals, models, warnings, facts }
}

/// What of a label, yet to be written beside a model, its files contradict: as `label-mismatch`
/// will refuse it.
#[must_use]
pub fn contradictions(label: &Label, model: &Model) -> Vec<String> {
    label::contradictions(label, model)
}

fn warnings(case: &Case<'_>) -> Vec<String> {
    let mut warnings = Vec::new();
    for model in &case.facts.models {
        warnings.extend(model.conflicts.iter().cloned());
        warnings.extend(age::birth_warning(case, model));
        warnings.extend(worth::orphans(model));
        warnings.extend(label::young(case, model));
    }
    warnings
}
