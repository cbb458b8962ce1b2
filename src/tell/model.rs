//! One model, its evidence, its label and what stands against it, as the documents have them.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::copies::{Recovered, Twin, recovery_json, twins_json};
use super::wire::{Place, Verdict, lossy, stamp};
use crate::decide::{self, Refusal};
use crate::facts::{self, Completeness, Covers, How};
use crate::when::Clock;

/// A date with what says so.
#[derive(Serialize, JsonSchema)]
pub(super) struct Evidence {
    #[serde(flatten)]
    place: Place,
    at: String,
    how: Known,
}

/// By its own date, by its arrival on this disk, or by a date in its name.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Known {
    Written,
    Arrived,
    Named,
}

impl Evidence {
    pub(super) fn of(e: &facts::Evidence, clock: &Clock) -> Self {
        let how = match e.how {
            How::Written => Known::Written,
            How::Arrived => Known::Arrived,
            How::Named => Known::Named,
        };
        Self { place: Place::of(&e.path), at: stamp(clock, e.at), how }
    }
}

/// A rule that refuses.
#[derive(Serialize, JsonSchema)]
pub(super) struct Refused<'a> {
    #[serde(flatten)]
    place: Place,
    /// The rule's id; `safe-rm explain` says what it is for.
    rule: &'a str,
    message: &'a str,
    /// What lifts it.
    lift: &'a str,
    /// When it ends by itself, where it does.
    until: Option<String>,
}

impl<'a> Refused<'a> {
    pub(super) fn of(r: &'a Refusal, clock: &Clock) -> Self {
        Self {
            place: Place::of(&r.path),
            rule: r.rule,
            message: &r.message,
            lift: &r.lift,
            until: r.until.map(|at| stamp(clock, at)),
        }
    }
}

/// What a MODEL_INFO file says: text from the disk, never trusted.
#[derive(Serialize, JsonSchema)]
pub(super) struct Label<'a> {
    #[serde(flatten)]
    place: Place,
    model: &'a str,
    trained: Option<&'a str>,
    steps: Option<u64>,
    base: Option<&'a str>,
    run: Option<&'a str>,
    note: Option<&'a str>,
    /// The agent that wrote it, where it says so.
    agent: Option<&'a str>,
    keep: Option<&'a str>,
    retired: Option<&'a str>,
    written: String,
    /// The fingerprint of the weights that it was written for.
    covers: Option<&'a str>,
    /// Whether the weights are those.
    fits: Option<bool>,
}

fn label<'a>(l: &'a facts::Label, clock: &Clock) -> Label<'a> {
    Label {
        place: Place::of(&l.path),
        model: &l.model,
        trained: l.trained.as_deref(),
        steps: l.steps,
        base: l.base.as_deref(),
        run: l.run.as_deref(),
        note: l.note.as_deref(),
        agent: l.agent.as_deref(),
        keep: l.keep.as_deref(),
        retired: l.retired.as_deref(),
        written: stamp(clock, l.written),
        covers: l.covers.as_ref().map(|c| c.says.as_str()),
        fits: l.covers.as_ref().and_then(fits),
    }
}

/// Whether the weights are those that the label was written for; nothing where it does not say.
fn fits(covers: &Covers) -> Option<bool> {
    Some(covers.found.as_ref()?.as_ref() == Ok(&covers.says))
}

/// One model.
#[derive(Serialize, JsonSchema)]
pub(super) struct Model<'a> {
    #[serde(flatten)]
    place: Place,
    #[schemars(extend("enum" = ["full", "adapter", "merged", "quantized", "engine", "pointer", "partial", "unknown"]))]
    kind: &'static str,
    #[schemars(extend("enum" = ["checkpoint", "final", "download", "unknown"]))]
    stage: &'static str,
    format: &'a str,
    family: Option<&'a str>,
    family_source: Option<&'a str>,
    name: Option<&'a str>,
    base_model: Option<&'a str>,
    rank: Option<u64>,
    step: Option<u64>,
    max_step: Option<u64>,
    best: bool,
    parameters: Option<u64>,
    dtype: Option<&'a str>,
    bytes: u64,
    epoch: Option<Epoch<'a>>,
    quantization: Option<&'a str>,
    tool: Option<&'a str>,
    run: Option<&'a str>,
    saved_as: Option<&'a str>,
    /// Of pointers: how many bytes the weights have that they stand for.
    points_to: Option<u64>,
    declared: Option<Declared<'a>>,
    /// The models of a merge.
    parts: &'a [String],
    /// Which file or tensors say what.
    sources: &'a BTreeMap<&'static str, String>,
    /// Null where the format does not tell.
    complete: Option<bool>,
    damage: Option<&'a str>,
    /// What disagrees: the name says one thing, the tensors another.
    conflicts: &'a [String],
    newest: Option<Evidence>,
    label: Option<Label<'a>>,
    /// Repository and commit of a hub cache.
    hub: Option<&'a str>,
    /// A package has installed all of its weights.
    installed: bool,
    base_here: Option<String>,
    base_in_plan: bool,
    /// Adapters elsewhere whose base it is.
    dependants: Vec<Place>,
    copies: Vec<Twin<'a>>,
    recoverable_from: Vec<Recovered>,
    verdict: Verdict,
    refusals: Vec<Refused<'a>>,
}

/// A number, or what stands there instead.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Epoch<'a> {
    Number(f64),
    Text(&'a str),
}

/// A date that a file declares; it decides nothing.
#[derive(Serialize, JsonSchema)]
struct Declared<'a> {
    at: &'a str,
    source: &'a str,
}

pub(super) fn model<'a>(
    target: &Path,
    m: &'a facts::Model,
    refusals: &'a [Refusal],
    clock: &Clock,
) -> Model<'a> {
    let path =
        if m.path.as_os_str().is_empty() { target.to_path_buf() } else { target.join(&m.path) };
    let damage = match &m.complete {
        Completeness::Damaged(why) => Some(why.as_str()),
        _ => None,
    };
    Model {
        place: Place::of(&path),
        kind: decide::kind(m.kind),
        stage: decide::stage(m.stage),
        format: &m.format,
        family: m.family.as_deref(),
        family_source: m.family_source.as_deref(),
        name: m.name.as_deref(),
        base_model: m.base.as_deref(),
        rank: m.rank,
        step: m.step,
        max_step: m.max_step,
        best: m.best,
        parameters: m.parameters,
        dtype: m.dtype.as_deref(),
        bytes: m.bytes,
        epoch: m.epoch.as_deref().and_then(epoch),
        quantization: m.quantization.as_deref(),
        tool: m.tool.as_deref(),
        run: m.run.as_deref(),
        saved_as: m.saved_as.as_deref(),
        points_to: m.points_to,
        declared: m.declared.as_ref().map(|d| Declared { at: &d.at, source: &d.source }),
        parts: &m.parts,
        sources: &m.sources,
        complete: match m.complete {
            Completeness::Unknown => None,
            _ => Some(damage.is_none()),
        },
        damage,
        conflicts: &m.conflicts,
        newest: m.newest.as_ref().map(|e| Evidence::of(e, clock)),
        label: m.label.as_ref().map(|l| label(l, clock)),
        hub: m.hub.as_deref(),
        installed: m.installed,
        base_here: m.base_here.as_ref().map(|p| lossy(p)),
        base_in_plan: m.base_planned,
        dependants: m.dependants.iter().map(|p| Place::of(p)).collect(),
        copies: twins_json(m, clock),
        recoverable_from: recovery_json(m),
        verdict: Verdict::of(refusals.is_empty()),
        refusals: refusals.iter().map(|r| Refused::of(r, clock)).collect(),
    }
}

/// JSON has no number for infinity.
fn epoch(text: &str) -> Option<Epoch<'_>> {
    match text.parse::<f64>() {
        Ok(number) => number.is_finite().then_some(Epoch::Number(number)),
        Err(_) => Some(Epoch::Text(text)),
    }
}
