//! The plan as JSON, schema `safe-rm/plan/1`. Internal facts are not the wire format.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::copies::{recovery_json, searched_json, twins_json};
use super::requests::filed_json;
use crate::decide::{Judged, Mode, Plan, Refusal, kind, stage};
use crate::facts::{
    Actor, Completeness, Covers, Evidence, FileKind, How, Label, Model, Stamp, Standing,
};
use crate::keep::Request;
use crate::when::Clock;

/// Adds a path under `key`, and its bytes in base64 where it is no UTF-8.
pub(super) fn put_path(map: &mut Map<String, Value>, key: &str, path: &Path) {
    map.insert(key.to_owned(), path.to_string_lossy().into());
    if path.to_str().is_none() {
        let bytes = STANDARD.encode(path.as_os_str().as_encoded_bytes());
        map.insert(format!("{key}_b64"), bytes.into());
    }
}

pub(super) fn with_path(path: &Path, rest: Value) -> Value {
    let mut map = Map::new();
    put_path(&mut map, "path", path);
    if let Value::Object(rest) = rest {
        map.extend(rest);
    }
    Value::Object(map)
}

pub(super) fn stamp(clock: &Clock, at: Stamp) -> String {
    clock.local(at).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

pub(super) fn plan(plan: &Plan, next: &[&str], request: Option<&Request>) -> Value {
    let sums = plan.sums();
    let t = sums.totals;
    json!({
        "schema": "safe-rm/plan/1",
        "id": plan.id,
        "verdict": verdict(plan.allowed()),
        "mode": match plan.mode {
            Mode::Trash => "trash",
            Mode::Permanent => "permanent",
            Mode::Purge => "purge",
        },
        "now": stamp(&plan.clock, plan.clock.now()),
        "actor": actor(&plan.actor),
        "policy": {
            "files": plan.policy_files.iter().map(|p| p.to_string_lossy()).collect::<Vec<_>>(),
            "weakened": plan.weakened,
        },
        "doubts": plan.doubts,
        "searched": plan.targets.first().map(|t| searched_json(&t.facts.searched)),
        "totals": {"bytes": t.bytes, "frees": t.frees, "files": t.files, "dirs": t.dirs, "models": sums.models},
        "targets": plan.targets.iter().map(|j| target(j, &plan.clock)).collect::<Vec<_>>(),
        "left_out": plan.left_out.iter().map(|p| with_path(p, json!({}))).collect::<Vec<_>>(),
        "request": request.map(|r| filed_json(r, &plan.clock)),
        "next": next,
    })
}

/// Who calls; absence of evidence is told as what it is.
fn actor(actor: &Actor) -> Value {
    let kind = match actor.standing {
        Standing::Agent => "agent",
        Standing::Marked => "perhaps-agent",
        Standing::Unmarked => "unknown",
    };
    json!({"kind": kind, "name": actor.name, "evidence": actor.evidence})
}

fn verdict(allowed: bool) -> &'static str {
    if allowed { "allowed" } else { "refused" }
}

fn target(judged: &Judged, clock: &Clock) -> Value {
    let facts = &judged.facts;
    let kind = match facts.meta.kind {
        FileKind::File => "file",
        FileKind::Directory => "directory",
        FileKind::Symlink => "symlink",
        FileKind::Special => "special",
    };
    let dirs = facts.dirs.iter().map(|d| {
        let newest = d.newest.map(|at| stamp(clock, at));
        let rest = json!({"bytes": d.bytes, "files": d.files, "newest": newest, "label": d.label});
        with_path(&d.path, rest)
    });
    let models = facts.models.iter().zip(&judged.models);
    with_path(
        &facts.path,
        json!({
            "kind": kind,
            "goes_with": facts.side_of.as_ref().map(|p| p.to_string_lossy()),
            "bytes": facts.totals.bytes,
            "frees": facts.totals.frees,
            "files": facts.totals.files,
            "dirs_total": facts.totals.dirs,
            "newest": facts.newest.as_ref().map(|e| evidence(e, clock)),
            "oldest": facts.oldest.as_ref().map(|e| evidence(e, clock)),
            "verdict": verdict(judged.allowed()),
            "refusals": judged.refusals.iter().map(|r| refusal(r, clock)).collect::<Vec<_>>(),
            "warnings": judged.warnings,
            "dirs": dirs.collect::<Vec<_>>(),
            "models": models.map(|(m, r)| model(&facts.path, m, r, clock)).collect::<Vec<_>>(),
        }),
    )
}

fn evidence(e: &Evidence, clock: &Clock) -> Value {
    let how = match e.how {
        How::Written => "written",
        How::Arrived => "arrived",
        How::Named => "named",
    };
    with_path(&e.path, json!({"at": stamp(clock, e.at), "how": how}))
}

fn refusal(r: &Refusal, clock: &Clock) -> Value {
    with_path(
        &r.path,
        json!({
            "rule": r.rule,
            "message": r.message,
            "lift": r.lift,
            "until": r.until.map(|at| stamp(clock, at)),
        }),
    )
}

fn label(l: &Label, clock: &Clock) -> Value {
    with_path(
        &l.path,
        json!({
            "model": l.model, "trained": l.trained, "steps": l.steps, "base": l.base, "run": l.run,
            "note": l.note, "agent": l.agent, "keep": l.keep, "retired": l.retired, "written": stamp(clock, l.written),
            "covers": l.covers.as_ref().map(|c| &c.says), "fits": l.covers.as_ref().and_then(fits),
        }),
    )
}

/// Whether the weights are those that the label was written for; nothing where it does not say.
fn fits(covers: &Covers) -> Option<bool> {
    Some(covers.found.as_ref()?.as_ref() == Ok(&covers.says))
}

pub(super) fn model(target: &Path, m: &Model, refusals: &[Refusal], clock: &Clock) -> Value {
    let path =
        if m.path.as_os_str().is_empty() { target.to_path_buf() } else { target.join(&m.path) };
    let damage = match &m.complete {
        Completeness::Damaged(why) => Some(why),
        _ => None,
    };
    with_path(
        &path,
        json!({
            "kind": kind(m.kind), "stage": stage(m.stage), "format": m.format,
            "family": m.family, "family_source": m.family_source, "name": m.name, "base_model": m.base,
            "rank": m.rank, "step": m.step, "max_step": m.max_step, "best": m.best,
            "parameters": m.parameters, "dtype": m.dtype, "bytes": m.bytes,
            "epoch": m.epoch.as_ref().map(|e| e.parse::<f64>().map_or_else(|_| json!(e), |n| json!(n))),
            "quantization": m.quantization, "tool": m.tool, "run": m.run, "saved_as": m.saved_as,
            "points_to": m.points_to,
            "declared": m.declared.as_ref().map(|d| json!({"at": d.at, "source": d.source})),
            "parts": m.parts, "sources": m.sources,
            "complete": match m.complete { Completeness::Unknown => None, _ => Some(damage.is_none()) },
            "damage": damage, "conflicts": m.conflicts,
            "newest": m.newest.as_ref().map(|e| evidence(e, clock)),
            "label": m.label.as_ref().map(|l| label(l, clock)),
            "hub": m.hub, "installed": m.installed,
            "base_here": m.base_here.as_ref().map(|p| p.to_string_lossy()),
            "base_in_plan": m.base_planned,
            "dependants": m.dependants.iter().map(|p| with_path(p, json!({}))).collect::<Vec<_>>(),
            "copies": twins_json(m, clock),
            "recoverable_from": recovery_json(m),
            "verdict": verdict(refusals.is_empty()),
            "refusals": refusals.iter().map(|r| refusal(r, clock)).collect::<Vec<_>>(),
        }),
    )
}
