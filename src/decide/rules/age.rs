//! `same-day` and `too-young`.

use super::{Case, Reason};
use crate::facts::{Evidence, How, Model, Stamp};

/// The evidence that counts: with `age.birth = "warns"`, arrival does not.
fn counted(case: &Case<'_>, model: &Model) -> Option<Evidence> {
    let newest = model.newest.clone()?;
    if newest.how == How::Arrived && !case.policy.birth_counts {
        let at = newest.own.or(model.weights_written)?;
        return Some(Evidence { at, how: How::Written, path: newest.path, own: None });
    }
    Some(newest)
}

/// An evidence in words, with what is to be said of its date: `arrived on this disk 2025-11-15 03:08, which
/// is today; its own date is 2025-11-09`.
fn words(case: &Case<'_>, evidence: &Evidence, remark: &str) -> String {
    let at = case.clock.minute(evidence.at);
    let own = match evidence.own {
        Some(own) if own.plus(60) < evidence.at => {
            format!("; its own date is {}", case.clock.minute(own))
        }
        _ => String::new(),
    };
    match evidence.how {
        How::Written => format!("was written {at}{remark}"),
        How::Arrived => format!("arrived on this disk {at}{remark}{own}"),
        How::Named => format!("carries the date {at} in its name{remark}"),
    }
}

pub(super) fn same_day(case: &Case<'_>, model: &Model) -> Option<Reason> {
    let Some(evidence) = counted(case, model) else {
        return Some(Reason::new("its age cannot be told", "a date that can be read"));
    };
    let (today, tomorrow) = case.clock.today();
    if evidence.at < today {
        return None;
    }
    if evidence.at >= tomorrow {
        let message = format!("it {}", words(case, &evidence, ", which is in the future"));
        return Some(Reason::new(message, "correcting the date, or the clock"));
    }
    let message = format!("it {}", words(case, &evidence, ", which is today"));
    Some(Reason::new(message, "tomorrow").until(tomorrow))
}

pub(super) fn too_young(case: &Case<'_>, model: &Model) -> Option<Reason> {
    let evidence = counted(case, model)?;
    let old: Stamp = evidence.at.plus(case.policy.age_min);
    if old <= case.clock.now() {
        return None;
    }
    let hours = case.policy.age_min / 3600;
    let remark = format!(", less than {hours} h ago");
    let message = format!("it {}", words(case, &evidence, &remark));
    Some(Reason::new(message, "time").until(old))
}

/// With `age.birth = "warns"`: what would have been refused.
pub(super) fn birth_warning(case: &Case<'_>, model: &Model) -> Option<String> {
    let newest = model.newest.as_ref().filter(|e| e.how == How::Arrived)?;
    let young = newest.at.plus(case.policy.age_min) > case.clock.now();
    (young && !case.policy.birth_counts).then(|| format!("it {}", words(case, newest, "")))
}

pub(super) fn clock(case: &Case<'_>) -> Option<Reason> {
    let last = case.history.last?;
    let now = case.clock.now();
    (last > now.plus(60)).then(|| {
        let (now, last) = (case.clock.minute(now), case.clock.minute(last));
        let message = format!("the clock says {now}, but the journal was last written {last}");
        Reason::new(message, "a person, with `safe-rm ack clock`")
    })
}
