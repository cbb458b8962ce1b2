//! What the journal's lines add up to: every thing that was moved or freed, and where it stands.

use std::collections::HashMap;

use super::event::{Event, How, Item};
use crate::facts::Stamp;

/// Where a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its move was announced, and no outcome is known: the run was cut off, or is at it.
    Begun,
    /// It is in the trash.
    Moved,
    /// Its removal was begun: it may be there whole, in part or no more.
    Freeing,
    /// It is gone.
    Freed,
    /// It is back, or never went.
    Back,
}

/// One thing of one plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The plan's id.
    pub plan: String,
    /// When its move was announced.
    pub at: Stamp,
    /// What was to become of it.
    pub how: How,
    /// The thing.
    pub item: Item,
    /// Where it stands.
    pub state: State,
}

/// Adds up the lines, oldest first.
#[must_use]
pub fn entries(lines: &[(Stamp, Event)]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut by_thing: HashMap<(&str, &str), usize> = HashMap::new();
    let mut by_plan: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, event) in lines {
        // Ids are eight hexadecimal digits; what has another was not written here.
        let id = |plan: &str| plan.len() == 8 && plan.bytes().all(|b| b.is_ascii_hexdigit());
        if event.plan().is_some_and(|plan| !id(plan)) {
            continue;
        }
        match event {
            Event::Intent { plan, how, items } => {
                for item in items {
                    by_thing.insert((plan, &item.from), entries.len());
                    by_plan.entry(plan).or_default().push(entries.len());
                    let (plan, item) = (plan.clone(), item.clone());
                    entries.push(Entry { plan, at: *at, how: *how, item, state: State::Begun });
                }
            }
            Event::Freeing { plan } => {
                for i in by_plan.get(plan.as_str()).into_iter().flatten() {
                    if entries[*i].state == State::Begun {
                        entries[*i].state = State::Freeing;
                    }
                }
            }
            Event::Moved { plan, from }
            | Event::Freed { plan, from }
            | Event::PutBack { plan, from, .. } => {
                if let Some(i) = by_thing.get(&(plan.as_str(), from.as_str())) {
                    entries[*i].state = match event {
                        Event::Moved { .. } => State::Moved,
                        Event::Freed { .. } => State::Freed,
                        _ => State::Back,
                    };
                }
            }
            Event::Acked { .. } | Event::Asked { .. } | Event::Answered { .. } => {}
        }
    }
    entries
}
