//! Where else a model's weights are and what it would take to have it again, in words and as JSON.

use serde_json::{Value, json};

use super::json::{stamp, with_path};
use super::safe::path;
use crate::facts::{Model, ModelKind, Recovery, Sameness, Searched, Twin, Whereabouts};
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

fn goes_along(twin: &Twin) -> bool {
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

fn twin_line(twin: &Twin, clock: &Clock) -> String {
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
pub(super) fn searched(searched: &Searched) -> Option<String> {
    if searched.roots.is_empty() {
        return None;
    }
    let roots: Vec<String> = searched.roots.iter().map(|r| path(r)).collect();
    let cut = if searched.cut { ", as far as there was time" } else { "" };
    Some(format!("{}{cut}", roots.join(", ")))
}

pub(super) fn searched_json(searched: &Searched) -> Value {
    let roots = searched.roots.iter().map(|r| with_path(r, json!({})));
    json!({"roots": roots.collect::<Vec<_>>(), "cut_short": searched.cut})
}

pub(super) fn twins_json(model: &Model, clock: &Clock) -> Value {
    let twins = model.copies.iter().map(|twin| {
        let how = match twin.how {
            Sameness::SameFile => "same-file",
            Sameness::Verified => "verified",
            Sameness::Probably => "probably",
            Sameness::Unknown => "unknown",
        };
        let (place, at) = match twin.place {
            Whereabouts::Here => ("here", None),
            Whereabouts::Planned => ("in-plan", None),
            Whereabouts::Asked => ("asked", None),
            Whereabouts::Gone(at) => ("gone", Some(stamp(clock, at))),
        };
        let rest = json!({
            "sameness": how, "place": place, "gone_at": at, "same_stamp": twin.same_stamp,
            "same_disk": twin.same_disk, "volatile": twin.volatile,
        });
        with_path(&twin.path, rest)
    });
    twins.collect()
}

pub(super) fn recovery_json(model: &Model) -> Value {
    let ways = model.recoverable();
    let ways = ways.iter().map(|way| match way {
        Recovery::Package => json!({"how": "package"}),
        Recovery::Download(from) => json!({"how": "download", "from": from}),
        Recovery::Copy { path, verified, same_disk } => {
            let rest = json!({"how": "copy", "verified": verified, "same_disk": same_disk});
            with_path(path, rest)
        }
        Recovery::Rebuild(from) => with_path(from, json!({"how": "rebuild"})),
    });
    ways.collect()
}
