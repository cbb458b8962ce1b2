//! Requests, as people and programs read them.

use serde_json::{Map, Value, json};

use super::json::{put_path, stamp};
use super::safe::{harmless, path};
use super::words::{count, size, wrap};
use crate::facts::Stamp;
use crate::keep::{Answer, End, Filed, Request, decode};
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
fn state(filed: &Filed, now: Stamp) -> &'static str {
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
pub(super) fn text(filed: &Filed, clock: &Clock) -> String {
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

/// All of them.
pub(super) fn list(all: &[Filed], clock: &Clock) -> String {
    if all.is_empty() {
        return "nobody has asked for anything\n".to_owned();
    }
    let mut out: String = all.iter().map(|filed| text(filed, clock)).collect();
    if let Some(open) = all.iter().find(|f| f.is_open(clock.now())) {
        let id = &open.request.id[..8.min(open.request.id.len())];
        out.push_str(&format!(
            "hint: safe-rm approve {id} looks again and asks for DELETE; safe-rm deny {id} says no\n"
        ));
    }
    out
}

/// One request for programs.
pub(super) fn one_json(filed: &Filed, clock: &Clock) -> Value {
    let request = &filed.request;
    let targets = request.targets.iter().map(|target| {
        let mut map = Map::new();
        put_path(&mut map, "path", &decode(&target.path));
        map.insert("bytes".to_owned(), target.bytes.into());
        map.insert("files".to_owned(), target.files.into());
        map.insert("models".to_owned(), target.models.len().into());
        Value::Object(map)
    });
    json!({
        "id": request.id,
        "state": state(filed, clock.now()),
        "filed": stamp(clock, Stamp::at(request.filed)),
        "expires": stamp(clock, request.expires()),
        "plan": request.plan,
        "mode": if request.permanent { "permanent" } else { "trash" },
        "targets": targets.collect::<Vec<_>>(),
        "agent": request.agent,
        "cwd": decode(&request.cwd).to_string_lossy(),
        "claimed_reason": request.reason,
        "answer": filed.answer.as_ref().map(|a| json!({
            "at": stamp(clock, Stamp::at(a.at)), "message": answered(a),
        })),
    })
}

/// All of them for programs.
pub(super) fn list_json(all: &[Filed], clock: &Clock) -> Value {
    let items: Vec<Value> = all.iter().map(|filed| one_json(filed, clock)).collect();
    json!({"schema": "safe-rm/requests/1", "items": items})
}

/// What is in the plan's document of the request that was filed.
pub(super) fn filed_json(request: &Request, clock: &Clock) -> Value {
    json!({"id": request.id, "expires": stamp(clock, request.expires())})
}
