//! Ids for the completions of a shell: one a line, with what it is behind a tab. Names from the disk
//! are made harmless; a shell shows them and never reads them as words.

use super::safe::path;
use super::words::{count, size};
use crate::decide::RULES;
use crate::facts::Stamp;
use crate::keep::{Entry, Filed, State, decode};
use crate::when::Clock;

/// A line has no more characters than this.
const WIDTH: usize = 100;

pub(super) fn deletions(plans: &[(String, Vec<Entry>)], clock: &Clock) -> String {
    plans.iter().map(|(plan, things)| format!("{plan}\t{}\n", words(things, clock))).collect()
}

pub(super) fn requests(requests: &[Filed], clock: &Clock) -> String {
    let line = |filed: &Filed| {
        let asked = &filed.request.targets;
        let bytes = asked.iter().fold(0u64, |sum, t| sum.saturating_add(t.bytes));
        let at = clock.minute(Stamp::at(filed.request.filed));
        let mut out = format!("{at}  {}", size(bytes));
        if asked.len() > 1 {
            out.push_str(&format!(" {} things:", asked.len()));
        }
        if let Some(first) = asked.first() {
            end_with(&mut out, &path(&decode(&first.path)));
        }
        format!("{}\t{out}\n", filed.request.id)
    };
    requests.iter().map(line).collect()
}

pub(super) fn rules() -> String {
    let mut rules: Vec<_> = RULES.iter().map(|r| (r.id, r.refuses)).collect();
    rules.dedup_by_key(|rule| rule.0);
    rules.iter().map(|(id, refuses)| format!("{id}\t{refuses}\n")).collect()
}

fn words(things: &[Entry], clock: &Clock) -> String {
    // The newest stands first: the thing that was named first is the last one.
    let Some(first) = things.last() else { return String::new() };
    let bytes = things.iter().fold(0u64, |sum, e| sum.saturating_add(e.item.bytes));
    let models: usize = things.iter().map(|e| e.item.models).sum();
    let mut out = clock.minute(first.at);
    out.push_str(&format!("  {}", size(bytes)));
    if models > 0 {
        out.push_str(&format!(" {}", count(models as u64, "model")));
    }
    if things.iter().any(|e| e.state == State::Freeing) {
        out.push_str(" half freed");
    }
    if things.len() > 1 {
        out.push_str(&format!(" {} things:", things.len()));
    }
    end_with(&mut out, &path(&decode(&first.item.from)));
    out
}

/// The end of a long path says more than its beginning.
fn end_with(out: &mut String, name: &str) {
    let room = WIDTH.saturating_sub(out.chars().count() + 4);
    match name.chars().count().checked_sub(room) {
        None | Some(0) => out.push_str(&format!("  {name}")),
        Some(over) => out.extend("  ..".chars().chain(name.chars().skip(over))),
    }
}
