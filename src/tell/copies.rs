//! Where else a model's weights are and what it would take to have it again, in words and as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::safe::path;
use super::wire::{Place, stamp};
use crate::facts::{self, Model, ModelKind, Recovery, Sameness, Whereabouts};
use crate::when::Clock;

/// How many copies are told by name.
const NAMED: usize = 3;

/// What it would take to have it again, in one phrase.
pub(super) fn recovery(model: &Model) -> String {
    let steps = model.step.filter(|s| *s > 0).map(|s| format!("{s} steps of training"));
    match model.recoverable().first() {
        Some(Recovery::Package) => {
            "a package has installed it: it can be installed again".to_owned()
        }
        Some(Recovery::Download(from)) => format!("can be downloaded again ({from})"),
        Some(Recovery::Copy { path: at, verified: true, same_disk }) => {
            let disk = if *same_disk { "on the same disk" } else { "on another disk" };
            format!("a verified copy is in {}, {disk}", path(at))
        }
        Some(Recovery::Copy { path: at, .. }) => {
            format!("what may be a copy is in {} (not compared byte by byte)", path(at))
        }
        Some(Recovery::Rebuild(from)) => format!("can be built again from {}", path(from)),
        None if model.kind == ModelKind::Pointer => "holds no weights".to_owned(),
        None if model.copies.iter().any(goes_along) => "its copies go with this plan".to_owned(),
        None => match steps {
            Some(steps) => format!("only here: {steps}"),
            None => "only here, as far as is known".to_owned(),
        },
    }
}

fn goes_along(twin: &facts::Twin) -> bool {
    let same = matches!(twin.how, Sameness::Verified | Sameness::Probably);
    twin.place == Whereabouts::Planned && same
}

/// One line for each other place, and one for the base.
pub(super) fn lines(model: &Model, clock: &Clock) -> Vec<String> {
    let mut lines: Vec<String> =
        model.copies.iter().take(NAMED).map(|twin| twin_line(twin, clock)).collect();
    let more = model.copies.len().saturating_sub(NAMED);
    if more > 0 {
        lines.push(format!("and {more} more of them"));
    }
    match &model.base_here {
        Some(base) if model.base_planned => {
            lines.push(format!("its base {} goes with this plan", path(base)));
        }
        Some(base) => lines.push(format!("its base is here: {}", path(base))),
        None => {}
    }
    for one in model.dependants.iter().take(NAMED) {
        lines.push(format!("! the adapter {} names it as its base", path(one)));
    }
    lines
}

fn twin_line(twin: &facts::Twin, clock: &Clock) -> String {
    let at = path(&twin.path);
    let place = match twin.place {
        Whereabouts::Here if twin.same_disk => "on the same disk".to_owned(),
        Whereabouts::Here => "on another disk".to_owned(),
        Whereabouts::Planned => "in this plan".to_owned(),
        Whereabouts::Asked => "asked for by an open request".to_owned(),
        Whereabouts::Gone(when) => format!("went {}", clock.minute(when)),
    };
    let volatile = twin.volatile.as_ref().filter(|_| twin.place == Whereabouts::Here);
    let volatile = volatile.map(|why| format!("; {why}")).unwrap_or_default();
    let what = match twin.how {
        Sameness::SameFile => "the same file, no second copy",
        Sameness::Verified => "the same weights, byte by byte",
        Sameness::Probably => "probably the same weights",
        Sameness::Unknown => "of the same stamp",
    };
    format!("{what}: {at} ({place}{volatile})")
}

/// Where copies were looked for.
pub(super) fn searched(searched: &facts::Searched) -> Option<String> {
    if searched.roots.is_empty() {
        return None;
    }
    let roots: Vec<String> = searched.roots.iter().map(|r| path(r)).collect();
    let cut = if searched.cut { ", as far as there was time" } else { "" };
    Some(format!("{}{cut}", roots.join(", ")))
}

/// Where copies were looked for, and whether there was time for all of it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Searched {
    roots: Vec<Place>,
    cut_short: bool,
}

pub(super) fn searched_json(searched: &facts::Searched) -> Searched {
    let roots = searched.roots.iter().map(|r| Place::of(r));
    Searched { roots: roots.collect(), cut_short: searched.cut }
}

/// Another place that has, or had, the same weights, or weights of the same stamp.
#[derive(Serialize, JsonSchema)]
pub(super) struct Twin<'a> {
    #[serde(flatten)]
    place_at: Place,
    sameness: Alike,
    place: Lies,
    /// When it went, where it did.
    gone_at: Option<String>,
    same_stamp: bool,
    same_disk: bool,
    /// Why it may go by itself.
    volatile: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Alike {
    SameFile,
    Verified,
    Probably,
    Unknown,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Lies {
    Here,
    InPlan,
    Asked,
    Gone,
}

pub(super) fn twins_json<'a>(model: &'a Model, clock: &Clock) -> Vec<Twin<'a>> {
    let twins = model.copies.iter().map(|twin| Twin {
        place_at: Place::of(&twin.path),
        sameness: match twin.how {
            Sameness::SameFile => Alike::SameFile,
            Sameness::Verified => Alike::Verified,
            Sameness::Probably => Alike::Probably,
            Sameness::Unknown => Alike::Unknown,
        },
        place: match twin.place {
            Whereabouts::Here => Lies::Here,
            Whereabouts::Planned => Lies::InPlan,
            Whereabouts::Asked => Lies::Asked,
            Whereabouts::Gone(_) => Lies::Gone,
        },
        gone_at: twin.went().map(|at| stamp(clock, at)),
        same_stamp: twin.same_stamp,
        same_disk: twin.same_disk,
        volatile: twin.volatile.as_deref(),
    });
    twins.collect()
}

/// A way to have it again.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub(super) enum Recovered {
    /// It can be installed again.
    Package,
    /// A hub has it.
    Download {
        /// Repository and revision.
        from: String,
    },
    /// The same weights lie there.
    Copy {
        #[serde(flatten)]
        place: Place,
        /// Every byte was compared.
        verified: bool,
        /// One disk's failure takes both.
        same_disk: bool,
    },
    /// It can be built again from what lies there.
    Rebuild {
        #[serde(flatten)]
        place: Place,
    },
}

pub(super) fn recovery_json(model: &Model) -> Vec<Recovered> {
    let ways = model.recoverable().into_iter().map(|way| match way {
        Recovery::Package => Recovered::Package,
        Recovery::Download(from) => Recovered::Download { from },
        Recovery::Copy { path, verified, same_disk } => {
            Recovered::Copy { place: Place::of(&path), verified, same_disk }
        }
        Recovery::Rebuild(from) => Recovered::Rebuild { place: Place::of(&from) },
    });
    ways.collect()
}
