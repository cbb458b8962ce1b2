//! What the journal and the trash hold, as people and programs read it.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::safe::path;
use super::wire::{Place, b64, lossy, stamp, value};
use super::words::{count, size, wrap};
use crate::act::Found;
use crate::facts::Stamp;
use crate::keep::{Entry, Event, How, State, decode};
use crate::when::Clock;

/// One thing in the trash.
#[derive(Clone, Debug)]
pub struct Trashed {
    /// What the journal says.
    pub entry: Entry,
    /// When a purge of it is proposed.
    pub due: Stamp,
}

pub(super) fn trash_text(items: &[Trashed], clock: &Clock) -> String {
    let mut out = String::new();
    if items.is_empty() {
        return "nothing that safe-rm moved is in the trash\n".to_owned();
    }
    for Trashed { entry, due } in items {
        let item = &entry.item;
        let when = if entry.state == State::Freeing {
            format!(
                "half freed: safe-rm purge {} goes on, safe-rm undo puts back the rest",
                entry.plan
            )
        } else if *due <= clock.now() {
            "due".to_owned()
        } else {
            format!("due {}", clock.minute(*due))
        };
        let models = match item.models {
            0 => String::new(),
            n => format!(", {}", count(n as u64, "model")),
        };
        let text = format!(
            "{}  ({}{models}, frees {}; deleted {}, {when})",
            path(&decode(&item.from)),
            size(item.bytes),
            size(item.frees),
            clock.minute(entry.at),
        );
        out.push_str(&wrap(0, &format!("{}  ", entry.plan), &text));
        out.push('\n');
    }
    let frees = items.iter().fold(0u64, |sum, i| sum.saturating_add(i.entry.item.frees));
    out.push_str(&format!("{}, {} to be freed\n", count(items.len() as u64, "thing"), size(frees)));
    out
}

/// What lies in the trash.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/trash/1")]
pub(super) struct TrashDocument<'a> {
    #[schemars(extend("const" = "safe-rm/trash/1"))]
    schema: &'static str,
    items: Vec<InTrash<'a>>,
}

/// One thing in the trash.
#[derive(Serialize, JsonSchema)]
struct InTrash<'a> {
    #[serde(flatten)]
    place: Place,
    /// Where it lies now.
    at: String,
    /// Its bytes in base64, where it is no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_b64: Option<String>,
    /// The deletion's id.
    id: &'a str,
    bytes: u64,
    frees: u64,
    models: usize,
    deleted: String,
    /// When a purge of it is proposed.
    due: String,
    /// Its removal was begun.
    half_freed: bool,
}

pub(super) fn trash_json(items: &[Trashed], clock: &Clock) -> Value {
    let items = items.iter().map(|Trashed { entry, due }| {
        let at = decode(&entry.item.to);
        InTrash {
            place: Place::of(&decode(&entry.item.from)),
            at: lossy(&at),
            at_b64: b64(&at),
            id: &entry.plan,
            bytes: entry.item.bytes,
            frees: entry.item.frees,
            models: entry.item.models,
            deleted: stamp(clock, entry.at),
            due: stamp(clock, *due),
            half_freed: entry.state == State::Freeing,
        }
    });
    value(&TrashDocument { schema: "safe-rm/trash/1", items: items.collect() })
}

/// One event in words.
fn words(event: &Event) -> Vec<String> {
    let at = |encoded: &str| path(&decode(encoded));
    match event {
        Event::Intent { plan, how, items } => {
            let verb = match how {
                How::Trash => "to the trash",
                How::Permanent => "to be freed",
                How::Purge => "out of the trash, to be freed",
            };
            items.iter().map(|i| format!("{plan} {verb}: {}", at(&i.from))).collect()
        }
        Event::Moved { plan, from } => vec![format!("{plan} is in the trash: {}", at(from))],
        Event::Freeing { plan } => vec![format!("{plan} is being freed")],
        Event::Freed { plan, from } => vec![format!("{plan} is freed: {}", at(from))],
        Event::PutBack { plan, from, at: place } => {
            let as_is = from == place;
            let place = if as_is { String::new() } else { format!(" as {}", at(place)) };
            vec![format!("{plan} is back: {}{place}", at(from))]
        }
        Event::Asked { request, .. } => vec![format!("request {request} was filed")],
        Event::Answered { request, end, .. } => {
            vec![format!("request {request}: {}", super::requests::end(*end))]
        }
        Event::Acked { what, .. } => vec![format!("a person confirmed: {}", at(what))],
    }
}

pub(super) fn log_text(lines: &[(Stamp, Event)], broken: Option<usize>, clock: &Clock) -> String {
    let mut out = String::new();
    for (time, event) in lines {
        for text in words(event) {
            out.push_str(&wrap(0, &format!("{}  ", clock.minute(*time)), &text));
            out.push('\n');
        }
    }
    match broken {
        Some(line) => {
            out.push_str(&format!("line {line} does not follow from the one before it\n"));
        }
        None => out.push_str(&format!("{}, unbroken\n", count(lines.len() as u64, "line"))),
    }
    out
}

/// The journal.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/log/1")]
pub(super) struct LogDocument<'a> {
    #[schemars(extend("const" = "safe-rm/log/1"))]
    schema: &'static str,
    /// The first line that does not follow from the one before it.
    broken_at: Option<usize>,
    items: Vec<Logged<'a>>,
}

/// One event; its paths are percent-encoded.
#[derive(Serialize, JsonSchema)]
struct Logged<'a> {
    time: String,
    #[serde(flatten)]
    event: &'a Event,
}

pub(super) fn log_json(lines: &[(Stamp, Event)], broken: Option<usize>, clock: &Clock) -> Value {
    let items = lines.iter().map(|(at, event)| Logged { time: stamp(clock, *at), event });
    let (schema, broken_at) = ("safe-rm/log/1", broken);
    value(&LogDocument { schema, broken_at, items: items.collect() })
}

pub(super) fn rest(plan: &str, rest: &[(PathBuf, PathBuf, u64)]) -> String {
    let mut out = format!("the rest of plan {plan}, to be freed for good:\n");
    for (from, at, left) in rest {
        let text = format!("{}: {left} entries left, in {}", path(from), path(at));
        out.push_str(&wrap(2, "", &text));
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

pub(super) fn recovered(found: &[Found]) -> String {
    let mut out = String::new();
    for one in found {
        let text = match one {
            Found::Back(place) => format!("{}: put back", path(place)),
            Found::Stuck(place, why) => format!("{}: {}", path(place), super::harmless(why)),
            Found::Halfway(place, plan) => format!(
                "{}: half freed; safe-rm purge {plan} goes on, safe-rm undo {plan} puts back what \
                 is left",
                path(place)
            ),
        };
        out.push_str(&wrap(0, "an earlier run was cut off: ", &text));
        out.push('\n');
    }
    out
}
