//! Rules about what would be lost: `keep-last`, `part-of`, `damaged`.

use std::collections::HashSet;
use std::path::Path;

use super::{Case, Reason};
use crate::facts::{Completeness, Member, Model, Stamp};

pub(super) fn keep_last(case: &Case<'_>, model: &Model) -> Option<Reason> {
    let retired = model.label.as_ref().filter(|l| l.retired.is_some());
    if retired.is_some_and(|l| case.history.acked.contains(&l.digest)) {
        return None;
    }
    let own = case.facts.path.join(&model.path);
    let own = if model.path.as_os_str().is_empty() { &case.facts.path } else { &own };
    if is_best(model, own) {
        return Some(Reason::new(
            "it is, or may be, the best checkpoint of its run",
            "`Retired:` in its label, confirmed with `safe-rm ack`",
        ));
    }
    // A truncated or unfinished member neither protects nor is protected.
    if matches!(model.complete, Completeness::Damaged(_)) {
        return None;
    }
    let member = model.series.iter().find(|m| m.path == *own)?;
    let keep = usize::try_from(case.policy.keep_last).unwrap_or(usize::MAX);
    let counts =
        |m: &&Member| m.complete && m.structure.is_some() && m.structure == model.structure;
    let newer =
        distinct(member, model.series.iter().filter(counts).filter(|m| m.key > member.key), keep);
    // Steps begin anew with a new run in the same folder; the dates of the files are then the
    // truth. What was written within a minute, as copies are, goes by its step there as well.
    let minute = |at: Option<Stamp>| at.map(|at| at.plus(60));
    let after = |m: &&Member| {
        let same = m.written <= minute(member.written) && member.written <= minute(m.written);
        if same { m.key > member.key } else { m.written > member.written }
    };
    let later = distinct(member, model.series.iter().filter(counts).filter(after), keep);
    let (count, by) = if newer <= later { (newer, "newer") } else { (later, "written later") };
    if count >= keep {
        return None;
    }
    let message = match count {
        0 => format!("nothing of its series is {by}, and the last {keep} are kept"),
        n => format!("only {n} of its series are {by}, and the last {keep} are kept"),
    };
    Some(Reason::new(message, format!("{} newer complete ones", keep - count)))
}

/// How many there are, up to `most`; a second name of the same inode is no second one.
fn distinct<'a>(own: &Member, members: impl Iterator<Item = &'a Member>, most: usize) -> usize {
    let mut seen = HashSet::new();
    let mut nameless = 0;
    for member in members {
        match member.weights {
            None => nameless += 1,
            same if same == own.weights => {}
            Some(other) => {
                seen.insert(other);
            }
        }
        if seen.len() + nameless >= most {
            break;
        }
    }
    seen.len() + nameless
}

/// By its own state, by that of the newest of its series, or by its name.
fn is_best(model: &Model, own: &Path) -> bool {
    let name =
        own.file_name().map(|n| n.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let told = model.series.iter().filter(|m| m.complete).find_map(|m| m.says_best.as_deref());
    let named = name.split(|c: char| !c.is_alphanumeric()).any(|word| word == "best");
    let named = named || model.best_of_run;
    match told {
        Some(best) => named || best.eq_ignore_ascii_case(&name),
        None => named || model.best,
    }
}

pub(super) fn part_of(case: &Case<'_>) -> Option<Reason> {
    let whole = case.facts.part_of.as_ref()?;
    Some(Reason::new(format!("it is only a part of the model {whole}"), "naming the whole model"))
}

/// Adapters elsewhere that load this model by its place.
pub(super) fn orphans(model: &Model) -> Option<String> {
    let first = model.dependants.first()?;
    let more = model.dependants.len() - 1;
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("the adapter {}{more} names it as its base", first.display()))
}

pub(super) fn damaged(_: &Case<'_>, model: &Model) -> Option<Reason> {
    let Completeness::Damaged(why) = &model.complete else { return None };
    if model.label.as_ref().is_some_and(|label| label.agent.is_none()) {
        return None;
    }
    let message = format!("{why}; it may be all that is left");
    Some(Reason::new(message, "a label that says what it is, written by a person"))
}
