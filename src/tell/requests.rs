//! Requests, as people and programs read them.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::safe::{harmless, path};
use super::wire::{Place, lossy, stamp, value};
use super::words::{count, size, wrap};
use crate::facts::Stamp;
use crate::keep::{self, Answer, End, Request, decode};
use crate::when::Clock;

/// How a request ended, in a word.
pub(super) fn end(end: End) -> &'static str {
    match end {
        End::Taken => "a person typed the word",
        End::Done => "carried out",
        End::Failed => "failed",
        End::Refused => "refused at approval",
        End::Denied => "denied",
        End::Cancelled => "taken back",
    }
}

/// The same for programs.
fn state(filed: &keep::Filed, now: Stamp) -> &'static str {
    match filed.answer.as_ref().map(|a| a.end) {
        None if filed.is_open(now) => "open",
        None => "expired",
        Some(End::Taken) => "taken",
        Some(End::Done) => "carried-out",
        Some(End::Failed) => "failed",
        Some(End::Refused) => "refused",
        Some(End::Denied) => "denied",
        Some(End::Cancelled) => "cancelled",
    }
}

fn answered(answer: &Answer) -> String {
    let why = answer.why.as_deref().map(|why| format!(": {}", harmless(why)));
    format!("{}{}", end(answer.end), why.unwrap_or_default())
}

/// Who asks for what, and what for. What the caller says of itself is a claim and is shown as one.
pub(super) fn text(filed: &keep::Filed, clock: &Clock) -> String {
    let request = &filed.request;
    let mut out = String::new();
    let mut line = |indent, begin: &str, text: &str| {
        out.push_str(&wrap(indent, begin, text));
        out.push('\n');
    };
    let stands = match &filed.answer {
        None if filed.is_open(clock.now()) => {
            format!("open until {}", clock.minute(request.expires()))
        }
        None => "expired".to_owned(),
        Some(answer) => answered(answer),
    };
    let who = request.agent.as_deref().map_or("a caller without a person".to_owned(), harmless);
    let filed_at = clock.minute(Stamp::at(request.filed));
    line(0, &format!("{}  ", request.id), &format!("{stands}; filed {filed_at} by {who}"));
    for target in &request.targets {
        let models = target.models.len() as u64;
        let models =
            if models > 0 { format!(", {}", count(models, "model")) } else { String::new() };
        let sums = format!("{} in {}{models}", size(target.bytes), count(target.files, "file"));
        line(2, "", &format!("{} ({sums})", path(&decode(&target.path))));
    }
    line(2, "asked in ", &path(&decode(&request.cwd)));
    if let Some(reason) = &request.reason {
        line(2, "the caller claims: ", &format!("\"{}\"", harmless(reason)));
    }
    out
}

/// All of them, or those that are open.
pub(super) fn list(found: &[keep::Filed], all: bool, clock: &Clock) -> String {
    if found.is_empty() {
        return if all {
            "nobody has asked for anything\n".to_owned()
        } else {
            "nobody has asked for anything that is open; `--all` shows what has ended\n".to_owned()
        };
    }
    let mut out: String = found.iter().map(|filed| text(filed, clock)).collect();
    if let Some(open) = found.iter().find(|f| f.is_open(clock.now())) {
        let id = &open.request.id[..8.min(open.request.id.len())];
        let how = format!(
            "`safe-rm approve {id}` looks again and asks for DELETE; `safe-rm deny {id}` says no"
        );
        out.push_str(&wrap(0, "hint: ", &how));
        out.push('\n');
    }
    out
}

/// One request for programs.
#[derive(Serialize, JsonSchema)]
pub(super) struct One<'a> {
    id: &'a str,
    #[schemars(extend("enum" = ["open", "expired", "taken", "carried-out", "failed", "refused", "denied", "cancelled"]))]
    state: &'static str,
    filed: String,
    expires: String,
    /// The id of the plan that was asked for; what is approved is planned anew.
    plan: &'a str,
    #[schemars(extend("enum" = ["trash", "permanent"]))]
    mode: &'static str,
    targets: Vec<Asked>,
    agent: Option<&'a str>,
    /// Where it was asked.
    cwd: String,
    /// What it is for, by the caller's own word.
    claimed_reason: Option<&'a str>,
    answer: Option<Answered>,
}

/// One thing that is asked for.
#[derive(Serialize, JsonSchema)]
struct Asked {
    #[serde(flatten)]
    place: Place,
    bytes: u64,
    files: u64,
    models: usize,
}

/// How it ended.
#[derive(Serialize, JsonSchema)]
struct Answered {
    at: String,
    message: String,
}

/// One request.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/request/1")]
pub(super) struct OneDocument<'a> {
    #[schemars(extend("const" = "safe-rm/request/1"))]
    schema: &'static str,
    #[serde(flatten)]
    one: One<'a>,
}

/// Requests of callers without a person.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/requests/1")]
pub(super) struct Document<'a> {
    #[schemars(extend("const" = "safe-rm/requests/1"))]
    schema: &'static str,
    items: Vec<One<'a>>,
}

fn one<'a>(filed: &'a keep::Filed, clock: &Clock) -> One<'a> {
    let request = &filed.request;
    let targets = request.targets.iter().map(|target| Asked {
        place: Place::of(&decode(&target.path)),
        bytes: target.bytes,
        files: target.files,
        models: target.models.len(),
    });
    One {
        id: &request.id,
        state: state(filed, clock.now()),
        filed: stamp(clock, Stamp::at(request.filed)),
        expires: stamp(clock, request.expires()),
        plan: &request.plan,
        mode: if request.permanent { "permanent" } else { "trash" },
        targets: targets.collect(),
        agent: request.agent.as_deref(),
        cwd: lossy(&decode(&request.cwd)),
        claimed_reason: request.reason.as_deref(),
        answer: filed
            .answer
            .as_ref()
            .map(|a| Answered { at: stamp(clock, Stamp::at(a.at)), message: answered(a) }),
    }
}

/// One request as a document.
pub(super) fn one_json(filed: &keep::Filed, clock: &Clock) -> Value {
    value(&OneDocument { schema: "safe-rm/request/1", one: one(filed, clock) })
}

/// All of them for programs.
pub(super) fn list_json(all: &[keep::Filed], clock: &Clock) -> Value {
    let items = all.iter().map(|filed| one(filed, clock)).collect();
    value(&Document { schema: "safe-rm/requests/1", items })
}

/// What is in the plan's document of the request that was filed.
#[derive(Serialize, JsonSchema)]
pub(super) struct Filed<'a> {
    id: &'a str,
    expires: String,
}

pub(super) fn filed_json<'a>(request: &'a Request, clock: &Clock) -> Filed<'a> {
    Filed { id: &request.id, expires: stamp(clock, request.expires()) }
}
