//! The plan as JSON, schema `safe-rm/plan/1`.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::copies::{Searched, searched_json};
use super::model::{Evidence, Model, Refused, model};
use super::requests::{Filed, filed_json};
use super::wire::{Place, Verdict, lossy, stamp, value};
use crate::decide::{Judged, Mode, Plan};
use crate::facts::{Actor, FileKind, Standing};
use crate::keep::Request;
use crate::when::Clock;

/// What would go, what stands against it, and what the caller may do next.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/plan/1")]
pub(super) struct Document<'a> {
    #[schemars(extend("const" = "safe-rm/plan/1"))]
    schema: &'static str,
    /// The plan's id; the id of the deletion, once it is carried out.
    id: &'a str,
    verdict: Verdict,
    mode: How,
    /// When it was made.
    now: String,
    actor: Caller<'a>,
    policy: InForce<'a>,
    /// What makes the clock or the journal doubtful.
    doubts: &'a [String],
    /// Where copies and references were looked for; null where the plan has no target.
    searched: Option<Searched>,
    totals: Totals,
    targets: Vec<Target<'a>>,
    /// What was named and is not in the plan, since it is refused.
    left_out: Vec<Place>,
    /// The request that was filed for it.
    request: Option<Filed<'a>>,
    /// What the caller may do now, in plain words.
    next: &'a [&'a str],
}

/// Where things go.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum How {
    Trash,
    Permanent,
    Purge,
}

/// Who calls; absence of evidence is told as what it is.
#[derive(Serialize, JsonSchema)]
struct Caller<'a> {
    kind: Kind,
    name: Option<&'a str>,
    evidence: &'a [String],
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Agent,
    PerhapsAgent,
    Unknown,
}

/// The policy files in force.
#[derive(Serialize, JsonSchema)]
struct InForce<'a> {
    files: Vec<String>,
    /// What they weaken against the built-in defaults, in words.
    weakened: &'a [String],
}

/// Sums over all targets.
#[derive(Serialize, JsonSchema)]
struct Totals {
    /// Apparent size.
    bytes: u64,
    /// What the disk gets back.
    frees: u64,
    files: u64,
    dirs: u64,
    models: usize,
}

/// One thing that was named.
#[derive(Serialize, JsonSchema)]
struct Target<'a> {
    #[serde(flatten)]
    place: Place,
    kind: Entry,
    /// The weight file that it was added for.
    goes_with: Option<String>,
    bytes: u64,
    frees: u64,
    files: u64,
    dirs_total: u64,
    newest: Option<Evidence>,
    oldest: Option<Evidence>,
    verdict: Verdict,
    /// What stands against it, besides what stands against its models.
    refusals: Vec<Refused<'a>>,
    warnings: &'a [String],
    /// Its directories down to two levels, largest first, bounded.
    dirs: Vec<Directory<'a>>,
    models: Vec<Model<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Entry {
    File,
    Directory,
    Symlink,
    Special,
}

#[derive(Serialize, JsonSchema)]
struct Directory<'a> {
    #[serde(flatten)]
    place: Place,
    bytes: u64,
    files: u64,
    newest: Option<String>,
    /// What its label calls it.
    label: Option<&'a str>,
}

pub(super) fn plan(plan: &Plan, next: &[&str], request: Option<&Request>) -> Value {
    let sums = plan.sums();
    let t = sums.totals;
    value(&Document {
        schema: "safe-rm/plan/1",
        id: &plan.id,
        verdict: Verdict::of(plan.allowed()),
        mode: match plan.mode {
            Mode::Trash => How::Trash,
            Mode::Permanent => How::Permanent,
            Mode::Purge => How::Purge,
        },
        now: stamp(&plan.clock, plan.clock.now()),
        actor: actor(&plan.actor),
        policy: InForce {
            files: plan.policy_files.iter().map(|p| lossy(p)).collect(),
            weakened: &plan.weakened,
        },
        doubts: &plan.doubts,
        searched: plan.targets.first().map(|t| searched_json(&t.facts.searched)),
        totals: Totals {
            bytes: t.bytes,
            frees: t.frees,
            files: t.files,
            dirs: t.dirs,
            models: sums.models,
        },
        targets: plan.targets.iter().map(|j| target(j, &plan.clock)).collect(),
        left_out: plan.left_out.iter().map(|p| Place::of(p)).collect(),
        request: request.map(|r| filed_json(r, &plan.clock)),
        next,
    })
}

fn actor(actor: &Actor) -> Caller<'_> {
    let kind = match actor.standing {
        Standing::Agent => Kind::Agent,
        Standing::Marked => Kind::PerhapsAgent,
        Standing::Unmarked => Kind::Unknown,
    };
    Caller { kind, name: actor.name.as_deref(), evidence: &actor.evidence }
}

fn target<'a>(judged: &'a Judged, clock: &Clock) -> Target<'a> {
    let facts = &judged.facts;
    let dirs = facts.dirs.iter().map(|d| Directory {
        place: Place::of(&d.path),
        bytes: d.bytes,
        files: d.files,
        newest: d.newest.map(|at| stamp(clock, at)),
        label: d.label.as_deref(),
    });
    let models = facts.models.iter().zip(&judged.models);
    Target {
        place: Place::of(&facts.path),
        kind: match facts.meta.kind {
            FileKind::File => Entry::File,
            FileKind::Directory => Entry::Directory,
            FileKind::Symlink => Entry::Symlink,
            FileKind::Special => Entry::Special,
        },
        goes_with: facts.side_of.as_ref().map(|p| lossy(p)),
        bytes: facts.totals.bytes,
        frees: facts.totals.frees,
        files: facts.totals.files,
        dirs_total: facts.totals.dirs,
        newest: facts.newest.as_ref().map(|e| Evidence::of(e, clock)),
        oldest: facts.oldest.as_ref().map(|e| Evidence::of(e, clock)),
        verdict: Verdict::of(judged.allowed()),
        refusals: judged.refusals.iter().map(|r| Refused::of(r, clock)).collect(),
        warnings: &judged.warnings,
        dirs: dirs.collect(),
        models: models.map(|(m, r)| model(&facts.path, m, r, clock)).collect(),
    }
}
