//! What the guard would be here, as text and as `safe-rm/guard/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::safe::{harmless, path as shown};
use super::wire::Place as PathDocument;
use super::words::{hint, wrap};
use crate::agent::guard::{Helper, Picture, Place, Problem, Why};

/// What `safe-rm guard --check` answers.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/guard/1")]
pub(super) struct Document {
    #[schemars(extend("const" = "safe-rm/guard/1"))]
    schema: &'static str,
    /// Whether a command could be started in the guard here and now.
    possible: bool,
    /// What stands against it.
    problems: Vec<ProblemDocument>,
    /// What is protected: nothing in it can be removed, renamed, replaced or cut.
    protected: Vec<ProtectedDocument>,
    /// Folders in protected roots in which everything stays allowed.
    allowed: Vec<PathDocument>,
    /// Folders whose own entries cannot be removed or renamed, since something in them is protected;
    /// nor can what is made in them later.
    held: Vec<PathDocument>,
    /// Programs' own files that cannot be saved as these programs do it.
    breaks: Vec<BrokenDocument>,
    /// Helpers outside of the guard that are not in it and do what they are told.
    outside: Vec<HelperDocument>,
}

/// What stands against starting.
#[derive(Serialize, JsonSchema)]
struct ProblemDocument {
    /// What it is.
    message: String,
    /// The way out.
    hint: String,
}

/// A protected place.
#[derive(Serialize, JsonSchema)]
struct ProtectedDocument {
    /// Where it is, without links.
    #[serde(flatten)]
    path: PathDocument,
    /// Why: `root`, `policy`, `trash`, `own`, `program`, `start-up`, `keys`, `units` or `settings`.
    why: &'static str,
    /// Whether nothing in it can be written either.
    read_only: bool,
    /// Whether it is there.
    there: bool,
}

/// A file that cannot be saved as usual.
#[derive(Serialize, JsonSchema)]
struct BrokenDocument {
    /// The file.
    #[serde(flatten)]
    path: PathDocument,
    /// Whose it is.
    program: &'static str,
    /// The way out.
    hint: &'static str,
}

/// A helper outside.
#[derive(Serialize, JsonSchema)]
struct HelperDocument {
    /// What it is.
    name: &'static str,
    /// What it can be made to do.
    does: &'static str,
    /// Where it listens.
    #[serde(flatten)]
    path: PathDocument,
}

fn why(why: Why) -> (&'static str, &'static str) {
    match why {
        Why::Root => ("root", "roots"),
        Why::Listed => ("policy", "`protect` of the policy"),
        Why::Trash => ("trash", "trash"),
        Why::Own => ("own", "safe-rm's own"),
        Why::Program => ("program", "safe-rm itself"),
        Why::StartUp => ("start-up", "what shells and sessions start with"),
        Why::Keys => ("keys", "keys"),
        Why::Units => ("units", "units of the user's systemd"),
        Why::Settings => ("settings", "settings that call safe-rm's hook"),
    }
}

impl Document {
    pub(super) fn of(picture: &Picture) -> Self {
        let paths = |paths: &[std::path::PathBuf]| -> Vec<PathDocument> {
            paths.iter().map(|p| PathDocument::of(p)).collect()
        };
        let problem =
            |p: &Problem| ProblemDocument { message: p.text.clone(), hint: p.hint.clone() };
        Self {
            schema: "safe-rm/guard/1",
            possible: picture.problems.is_empty(),
            problems: picture.problems.iter().map(problem).collect(),
            protected: picture
                .places
                .iter()
                .map(|place| ProtectedDocument {
                    path: PathDocument::of(&place.path),
                    why: why(place.why).0,
                    read_only: place.read_only,
                    there: place.there,
                })
                .collect(),
            allowed: paths(&picture.allowed),
            held: paths(&picture.held),
            breaks: picture
                .breaks
                .iter()
                .map(|b| BrokenDocument {
                    path: PathDocument::of(&b.path),
                    program: b.program,
                    hint: b.then,
                })
                .collect(),
            outside: picture
                .helpers
                .iter()
                .map(|h| HelperDocument {
                    name: h.name,
                    does: h.does,
                    path: PathDocument::of(&h.place),
                })
                .collect(),
        }
    }
}

/// Lines below a heading, none where there is nothing to say.
fn part(out: &mut String, heading: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        out.push_str(&wrap(0, "", heading));
        out.push('\n');
        for line in lines {
            out.push_str(&wrap(2, "", &line));
            out.push('\n');
        }
    }
}

/// The roots one by one, and what is protected beside them by why it is. What is not there yet is left
/// to JSON.
fn protected(picture: &Picture) -> Vec<String> {
    let (roots, beside): (Vec<&Place>, Vec<&Place>) =
        picture.places.iter().filter(|p| p.there).partition(|p| p.why == Why::Root);
    let root = |place: &&Place| {
        let level = if place.read_only { " (and nothing written)" } else { "" };
        format!("{}{level}", shown(&place.path))
    };
    let mut lines: Vec<String> = roots.iter().map(root).collect();
    let mut whys: Vec<&'static str> = beside.iter().map(|p| why(p.why).1).collect();
    whys.dedup();
    for reason in whys {
        let these = beside.iter().filter(|p| why(p.why).1 == reason).map(|p| shown(&p.path));
        lines.push(format!("{reason}: {}", these.collect::<Vec<_>>().join(", ")));
    }
    lines
}

/// What the guard would be, in words.
pub(super) fn text(picture: &Picture) -> String {
    let mut out = String::new();
    part(
        &mut out,
        "protected: nothing in it can be removed, renamed, replaced or cut",
        protected(picture).into_iter(),
    );
    part(
        &mut out,
        "in that, everything stays allowed in",
        picture.allowed.iter().map(|p| shown(p)),
    );
    part(
        &mut out,
        "what lies directly in these folders, or is made there later, cannot be removed or renamed \
         either; what lies in their other folders can",
        picture.held.iter().map(|p| shown(p)),
    );
    part(
        &mut out,
        "programs' own files that they save by renaming, which fails there",
        picture.breaks.iter().map(|b| format!("{} ({}: {})", shown(&b.path), b.program, b.then)),
    );
    part(
        &mut out,
        "outside of the guard, and not held back by it",
        picture.helpers.iter().map(|h| format!("{}, {} ({})", h.name, shown(&h.place), h.does)),
    );
    out.push_str(&problems(&picture.problems));
    if picture.problems.is_empty() {
        out.push_str(&format!("{}\n", hint("`safe-rm guard -- COMMAND` would start it here")));
    }
    out
}

/// What stands against it, each with the way out.
pub(super) fn problems(problems: &[Problem]) -> String {
    let mut out = String::new();
    for problem in problems {
        out.push_str(&format!("safe-rm: {}\n", harmless(&problem.text)));
        out.push_str(&format!("{}\n", hint(&harmless(&problem.hint))));
    }
    if !problems.is_empty() {
        out.push_str("safe-rm: no guard is possible like this, and nothing was started\n");
    }
    out
}

/// Names the helpers, each once.
pub(super) fn helpers(helpers: &[Helper]) -> Option<String> {
    let mut names: Vec<&str> = helpers.iter().map(|h| h.name).collect();
    names.dedup();
    let names = names.join(", ");
    let text = format!(
        "outside of the guard, and not held back by it: {names}; `safe-rm guard --check` says where"
    );
    (!helpers.is_empty()).then_some(text)
}
