//! Rules about what would be lost: `keep-last`, `part-of`, `damaged`.

use super::{Case, Reason};
use crate::facts::{Completeness, Model};

pub(super) fn keep_last(case: &Case<'_>, model: &Model) -> Option<Reason> {
    if model.best {
        return Some(Reason::new("its run calls it the best checkpoint", "a better one"));
    }
    // A truncated or unfinished member neither protects nor is protected.
    if matches!(model.complete, Completeness::Damaged(_)) {
        return None;
    }
    let own = case.facts.path.join(&model.path);
    let own = if model.path.as_os_str().is_empty() { &case.facts.path } else { &own };
    let member = model.series.iter().find(|m| m.path == *own)?;
    let newer = model
        .series
        .iter()
        .filter(|m| m.path != *own && m.complete && m.same_structure && m.key > member.key)
        .count() as u64;
    let keep = case.policy.keep_last;
    if newer >= keep {
        return None;
    }
    let message = match newer {
        0 => format!("it is the newest of its series, of which the last {keep} are kept"),
        n => format!("only {n} of its series are newer, and the last {keep} are kept"),
    };
    Some(Reason::new(message, format!("{} newer complete ones", keep - newer)))
}

pub(super) fn part_of(case: &Case<'_>) -> Option<Reason> {
    let whole = case.facts.part_of.as_ref()?;
    Some(Reason::new(format!("it is only a part of the model {whole}"), "naming the whole model"))
}

pub(super) fn damaged(_: &Case<'_>, model: &Model) -> Option<Reason> {
    let Completeness::Damaged(why) = &model.complete else { return None };
    if model.label.is_some() {
        return None;
    }
    let message = format!("{why}; it may be all that is left");
    Some(Reason::new(message, "a label that says what it is"))
}
