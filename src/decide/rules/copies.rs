//! `last-copy`: never all copies at once, and never the last one soon after the others.

use super::{Case, Reason};
use crate::facts::{Model, Sameness, Stamp, Twin, Whereabouts};
use crate::when::Clock;

/// For how long what was trashed or freed is judged together with a plan, in seconds.
pub const REMEMBERED: i64 = 30 * 86_400;

/// A copy that is younger may be gone as fast as it came.
const SETTLED: i64 = 86_400;

pub(super) fn last_copy(case: &Case<'_>, model: &Model) -> Option<Reason> {
    if let Some(why) = &model.unread {
        let message = format!(
            "its weights cannot be read ({why}): nobody can tell whether they are the last copy"
        );
        return Some(Reason::new(message, "a user who may read them"));
    }
    if model.copies.iter().any(|twin| survives(twin, case.clock)) {
        return None;
    }
    let goes = |twin: &&Twin| match twin.place {
        Whereabouts::Here => false,
        Whereabouts::Planned | Whereabouts::Asked => true,
        Whereabouts::Gone(at) => at.plus(REMEMBERED) > case.clock.now(),
    };
    let same = |twin: &&Twin| matches!(twin.how, Sameness::Verified | Sameness::Probably);
    let copies: Vec<&Twin> = model.copies.iter().filter(goes).filter(same).collect();
    if !copies.is_empty() {
        let sure = copies.iter().any(|t| t.how == Sameness::Verified);
        let doubt = model.copies.iter().find(|t| t.place == Whereabouts::Here && same(t));
        let doubt = doubt.map(|twin| {
            format!("; {} does not count: {}", twin.path.display(), why_not(twin, case))
        });
        let message = format!(
            "{} {}, and no verified copy would be left{}",
            if sure { "the same weights" } else { "what may be the same weights" },
            places(&copies, case),
            doubt.unwrap_or_default()
        );
        let lift = if sure {
            "keeping one of them"
        } else {
            "keeping one of them; or by `--verify`, if they are not the same"
        };
        return Some(until(Reason::new(message, lift), &copies));
    }
    let stamped: Vec<&Twin> = model.copies.iter().filter(|t| t.same_stamp).collect();
    let kept = |twin: &&&Twin| twin.place == Whereabouts::Here && twin.volatile.is_none();
    let going: Vec<&Twin> = stamped.iter().copied().filter(|t| goes(t)).collect();
    if going.is_empty() || stamped.iter().any(|t| kept(&t)) {
        return None;
    }
    let message = format!(
        "what carries the same stamp {}, and nothing of it would be left",
        places(&going, case)
    );
    Some(until(Reason::new(message, "keeping one of them"), &going))
}

/// Whether a copy is one that can be counted on.
fn survives(twin: &Twin, clock: &Clock) -> bool {
    twin.place == Whereabouts::Here
        && twin.how == Sameness::Verified
        && twin.volatile.is_none()
        && twin.since.plus(SETTLED) <= clock.now()
}

fn why_not(twin: &Twin, case: &Case<'_>) -> String {
    match (&twin.volatile, twin.how) {
        (Some(why), _) => why.clone(),
        (None, Sameness::Verified) => {
            format!("it is there only since {}", case.clock.minute(twin.since))
        }
        (None, _) => "it could not be compared byte by byte".to_owned(),
    }
}

/// `go with this plan from a and b`, `went on 2025-11-15 from c`.
fn places(twins: &[&Twin], case: &Case<'_>) -> String {
    let list = |twins: &[&&Twin]| {
        let shown: Vec<String> =
            twins.iter().take(2).map(|t| t.path.display().to_string()).collect();
        let more = twins.len().saturating_sub(2);
        let more = if more > 0 { " and more".to_owned() } else { String::new() };
        format!("{}{more}", shown.join(", "))
    };
    let planned: Vec<_> = twins.iter().filter(|t| t.place == Whereabouts::Planned).collect();
    let asked: Vec<_> = twins.iter().filter(|t| t.place == Whereabouts::Asked).collect();
    let gone: Vec<_> = twins.iter().filter(|t| t.went().is_some()).collect();
    let last = gone.iter().filter_map(|t| t.went()).max();
    let mut parts = Vec::new();
    if !planned.is_empty() {
        parts.push(format!("go with this plan from {}", list(&planned)));
    }
    if !asked.is_empty() {
        parts.push(format!("are asked for by an open request in {}", list(&asked)));
    }
    if let Some(last) = last {
        parts.push(format!("went {} from {}", case.clock.minute(last), list(&gone)));
    }
    parts.join(" and ")
}

/// Where only what went before stands against it, time lifts it.
fn until(reason: Reason, twins: &[&Twin]) -> Reason {
    let times: Option<Vec<Stamp>> = twins.iter().map(|t| t.went()).collect();
    match times.and_then(|t| t.into_iter().max()) {
        Some(last) => {
            let lift = "undo of the other, or a verified copy of it; 30 days count".to_owned();
            Reason { lift, ..reason }.until(last.plus(REMEMBERED))
        }
        None => reason,
    }
}
