//! Rules about where a target lies and what can be done to it.

use std::path::PathBuf;

use super::{Case, Reason};

pub(super) fn protected(case: &Case<'_>) -> Option<Reason> {
    let why = case.facts.protected.as_ref()?;
    Some(Reason::new(why.clone(), "nothing; name what lies in it"))
}

pub(super) fn unreadable(case: &Case<'_>) -> Option<Reason> {
    let first = case.facts.problems.first()?;
    let count = case.facts.problems.len();
    let at = if first.path.as_os_str().is_empty() {
        "it".into()
    } else {
        first.path.display().to_string()
    };
    let more = if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
    let message = format!("the survey could not see all of it: {at}: {}{more}", first.error);
    Some(Reason::new(message, "permissions, or a user who may read it"))
}

pub(super) fn mount_inside(case: &Case<'_>) -> Option<Reason> {
    let message = format!("another mount lies inside: {}", list(&case.facts.mounts)?);
    Some(Reason::new(message, "unmounting it"))
}

pub(super) fn not_yours(case: &Case<'_>) -> Option<Reason> {
    let message = format!("you could not remove all of it: {}", list(&case.facts.foreign)?);
    Some(Reason::new(message, "the owner, or chmod"))
}

/// The first one and how many more; nothing of nothing.
fn list(paths: &[PathBuf]) -> Option<String> {
    let first = paths.first()?;
    let shown =
        if first.as_os_str().is_empty() { ".".to_owned() } else { first.display().to_string() };
    let more = paths.len() - 1;
    Some(if more > 0 { format!("{shown}, and {more} more") } else { shown })
}
