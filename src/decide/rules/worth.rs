//! Rules about what would be lost: `keep-last`, `part-of`, `damaged`.

use super::{Case, Reason};
use crate::facts::{Completeness, Member, Model};

pub(super) fn keep_last(case: &Case<'_>, model: &Model) -> Option<Reason> {
    let retired = model.label.as_ref().filter(|l| l.retired.is_some());
    if retired.is_some_and(|l| case.history.acked.contains(&l.digest)) {
        return None;
    }
    if model.best {
        return Some(Reason::new(
            "it is, or may be, the best checkpoint of its run",
            "a better one",
        ));
    }
    // A truncated or unfinished member neither protects nor is protected.
    if matches!(model.complete, Completeness::Damaged(_)) {
        return None;
    }
    let own = case.facts.path.join(&model.path);
    let own = if model.path.as_os_str().is_empty() { &case.facts.path } else { &own };
    let member = model.series.iter().find(|m| m.path == *own)?;
    let alike = |m: &Member| m.structure.is_some() && m.structure == model.structure;
    let newer = model.series.iter().filter(|m| m.complete && alike(m) && m.key > member.key);
    // A second name of the same inode is no second model.
    let mut distinct: Vec<_> =
        newer.map(|m| (m.weights, m.weights.is_none().then_some(&m.path))).collect();
    distinct.sort();
    distinct.dedup();
    let newer = distinct.iter().filter(|(w, _)| w.is_none() || *w != member.weights).count() as u64;
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
