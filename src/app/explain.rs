//! `safe-rm explain [RULE]`: a rule in words.

use anyhow::Result;

use super::{Exit, usage};
use crate::decide::{RULES, Rule};
use crate::tell::Voice;

/// Explains it, or all of them.
pub(super) fn run(rule: Option<&str>, voice: Voice) -> Result<Exit> {
    let wanted: Vec<&Rule> = RULES.iter().filter(|r| rule.is_none_or(|id| r.id == id)).collect();
    if wanted.is_empty() {
        let known: Vec<&str> = RULES.iter().map(|r| r.id).collect();
        let (name, known) = (rule.unwrap_or_default(), known.join(", "));
        return Ok(usage(&format!("there is no rule `{name}`; there are {known}"), voice));
    }
    voice.rules(&wanted);
    Ok(Exit::Done)
}
