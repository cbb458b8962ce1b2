//! The only code that prints: words, tables, JSON, names made harmless.

mod copies;
mod doctor;
mod explain;
mod guard;
mod hook;
mod ids;
mod json;
mod kept;
mod label;
mod list;
mod model;
mod outcome;
mod plan;
mod policy;
mod progress;
mod requests;
pub mod rm;
mod safe;
mod schema;
mod settings;
mod wire;
mod words;

use std::cell::RefCell;
use std::io::Write;

use serde_json::Value;

pub use kept::Trashed;
pub use label::{Labelled, Outcome};
pub use list::List;
pub use outcome::Done;
pub use progress::watch;
pub use safe::harmless;
pub use schema::{named as schema, names as schema_names};
pub use settings::{Changed, by_hand};

use crate::act::Found;
use crate::agent::guard::{Helper, Picture, Problem};
use crate::check::Check;
use crate::decide::{Plan, Rule};
use crate::facts::Stamp;
use crate::keep::{Entry, Event, Filed, Request};
use crate::policy::Policy;
use crate::when::Clock;

/// How answers are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice<'a> {
    /// Text for people on stdout.
    Text,
    /// One JSON document on stdout, all prose on stderr.
    Json,
    /// Text for people on stderr: the stdout is rm's.
    Aside,
    /// Text and document go to whoever called within the program: nothing is printed.
    Kept(&'a Kept),
}

/// What was said, for a caller within the program.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Kept {
    text: RefCell<String>,
    document: RefCell<Option<Value>>,
}

impl Kept {
    /// The text for people, without colours, and the document that `--json` prints.
    #[must_use]
    pub fn take(self) -> (String, Option<Value>) {
        (self.text.into_inner(), self.document.into_inner())
    }

    fn add(&self, text: &str) {
        let plain = anstream::adapter::strip_str(text).to_string();
        self.text.borrow_mut().push_str(&plain);
    }
}

impl Voice<'_> {
    /// Prints prose. A reader that has gone away is no error: what was done stays done.
    fn prose(self, text: &str) {
        let _ = match self {
            Self::Text => write!(anstream::stdout(), "{text}"),
            Self::Json | Self::Aside => write!(anstream::stderr(), "{text}"),
            Self::Kept(kept) => {
                kept.add(text);
                Ok(())
            }
        };
    }

    /// Prints what is no answer.
    fn aside(self, text: &str) {
        if let Self::Kept(kept) = self {
            kept.add(text);
        } else {
            let _ = write!(anstream::stderr(), "{text}");
        }
    }

    fn document(self, value: &Value) {
        match self {
            Self::Json => verbatim(format!("{}\n", document(value)).as_bytes()),
            Self::Kept(kept) => *kept.document.borrow_mut() = Some(value.clone()),
            Self::Text | Self::Aside => {}
        }
    }

    /// Shows a plan as text; in JSON it is given at the end, by [`Voice::plan_document`].
    pub fn plan(self, plan: &Plan) {
        self.prose(&plan::text(plan));
    }

    /// Gives the plan as the one document, with what the caller may do next.
    pub fn plan_document(self, plan: &Plan, next: &[&str], request: Option<&Request>) {
        self.document(&json::plan(plan, next, request));
        if self != Self::Json {
            for line in next {
                self.prose(&format!("{}\n", words::hint(line)));
            }
        }
    }

    /// Tells what was done.
    pub fn done(self, done: &Done<'_>) {
        self.prose(&done.text());
        self.document(&done.json());
    }

    /// Tells which models there are.
    pub fn list(self, list: &List<'_>) {
        if self != Self::Json {
            self.prose(&list.text());
        }
        self.document(&list.json());
    }

    /// Tells what the trash holds.
    pub fn trash(self, items: &[Trashed], clock: &Clock) {
        if self != Self::Json {
            self.prose(&kept::trash_text(items, clock));
        }
        self.document(&kept::trash_json(items, clock));
    }

    /// Shows a label as it is to be, beside what was there.
    pub fn draft(self, labelled: &Labelled) {
        self.prose(&label::draft(labelled));
    }

    /// Tells what came of one label.
    pub fn labelled(self, labelled: &Labelled) {
        self.prose(&label::outcome(labelled));
    }

    /// Gives all labels as the one document.
    pub fn labels(self, all: &[Labelled]) {
        self.document(&label::json(all));
    }

    /// Lists requests: all of them, or those that are open.
    pub fn requests(self, found: &[Filed], all: bool, clock: &Clock) {
        if self != Self::Json {
            self.prose(&requests::list(found, all, clock));
        }
        self.document(&requests::list_json(found, clock));
    }

    /// Tells of one request how it stands.
    pub fn request(self, filed: &Filed, clock: &Clock) {
        if self != Self::Json {
            self.prose(&requests::text(filed, clock));
        }
        self.document(&requests::one_json(filed, clock));
    }

    /// Shows of one request, above its plan, who asks for what.
    pub fn asked(self, filed: &Filed, changes: &[String], clock: &Clock) {
        let mut text = requests::text(filed, clock);
        for change in changes {
            text.push_str(&words::wrap(0, "changed since: ", &harmless(change)));
            text.push('\n');
        }
        self.prose(&format!("{text}\n"));
    }

    /// Explains rules.
    pub fn rules(self, rules: &[&Rule]) {
        if self != Self::Json {
            self.prose(&explain::text(rules));
        }
        self.document(&explain::json(rules));
    }

    /// Tells what the journal holds, and from which line on it is broken.
    pub fn log(self, lines: &[(Stamp, Event)], broken: Option<usize>, clock: &Clock) {
        if self != Self::Json {
            self.prose(&kept::log_text(lines, broken, clock));
        }
        self.document(&kept::log_json(lines, broken, clock));
    }

    /// Tells the names of the documents that `--json` prints, or gives the schemas of all.
    pub fn schemas(self) {
        if self != Self::Json {
            self.prose(&schema::text());
        }
        self.document(&schema::json());
    }

    /// Tells what runs that were cut off had left, on stderr.
    pub fn recovered(self, found: &[Found]) {
        self.aside(&kept::recovered(found));
    }

    /// Tells that there was nothing to do.
    pub fn nothing(self, text: &str) {
        self.prose(&format!("{}\n", words::hint(text)));
        self.document(&outcome::nothing(text));
    }

    /// Shows what the guard would be here.
    pub fn guard(self, picture: &Picture) {
        let document = guard::Document::of(picture);
        if self == Self::Text {
            self.prose(&guard::text(picture));
        }
        self.document(&wire::value(&document));
    }

    /// Tells why nothing was started.
    pub fn no_guard(self, problems: &[Problem]) {
        let _ = write!(anstream::stderr(), "{}", guard::problems(problems));
    }

    /// Tells the policy in force.
    pub fn policy(self, policy: &Policy) {
        if self != Self::Json {
            self.prose(&policy::text(policy));
        }
        self.document(&policy::json(policy));
    }

    /// Tells whether the set-up holds.
    pub fn checks(self, checks: &[Check]) {
        if self != Self::Json {
            self.prose(&doctor::text(checks));
        }
        self.document(&wire::value(&doctor::document(checks)));
    }

    /// Shows the change of an agent's settings, and tells what came of it.
    pub fn changed(self, changed: &Changed<'_>) {
        if self != Self::Json {
            self.prose(&settings::diff(changed));
        }
        self.document(&wire::value(&settings::document(changed)));
        for line in settings::remarks(changed) {
            self.remark(&line);
        }
    }

    /// A failure: what went wrong, on stderr.
    pub fn failure(self, error: &anyhow::Error, exit: u8) {
        let message = harmless(&format!("{error:#}"));
        self.aside(&format!("{}\n", words::wrap(0, "safe-rm: ", &message)));
        self.document(&outcome::failure(&message, exit));
    }

    /// Wrong words on the command line, in the parser's own text.
    pub fn usage(self, text: &str, exit: u8) {
        let lines: Vec<String> = text.lines().map(harmless).collect();
        let wrapped = lines.iter().map(|line| {
            let bare = line.trim_start_matches(' ');
            words::wrap(line.len() - bare.len(), "", bare)
        });
        self.aside(&format!("{}\n", wrapped.collect::<Vec<_>>().join("\n")));
        // Its first paragraph says what is wrong; the rest is about a command line.
        let first: Vec<&str> =
            lines.iter().map(|l| l.trim()).take_while(|l| !l.is_empty()).collect();
        let message = first.join(" ");
        self.document(&outcome::failure(message.trim_start_matches("error: "), exit));
    }

    /// A remark on stderr.
    pub fn remark(self, text: &str) {
        self.aside(&format!("{}\n", words::hint(text)));
    }
}

/// A document as it is printed.
#[must_use]
pub fn document(value: &Value) -> String {
    safe::ascii(&format!("{value:#}"))
}

/// A message of a protocol, on a line of its own.
///
/// # Errors
/// Where nobody takes it: what waits for it must not wait on.
pub fn message(json: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    out.write_all(format!("{}\n", safe::ascii(json)).as_bytes())?;
    out.flush()
}

/// What another program reads, byte for byte: a script, a man page. Nothing in it is from the disk but
/// what its language has quoted.
pub fn verbatim(bytes: &[u8]) {
    let _ = std::io::stdout().write_all(bytes);
}

/// Ids of deletions with what they are, for the completions of a shell.
pub fn deletion_ids(plans: &[(String, Vec<Entry>)], clock: &Clock) {
    verbatim(ids::deletions(plans, clock).as_bytes());
}

/// Ids of requests with what they ask for.
pub fn request_ids(requests: &[Filed], clock: &Clock) {
    verbatim(ids::requests(requests, clock).as_bytes());
}

/// Ids of rules with when they refuse.
pub fn rule_ids() {
    verbatim(ids::rules().as_bytes());
}

/// Which helpers outside of a guard can be seen, if any.
#[must_use]
pub fn helpers(helpers: &[Helper]) -> Option<String> {
    guard::helpers(helpers)
}

/// Why a call of an agent's tool is denied.
#[must_use]
pub fn denial(denial: &crate::agent::judge::Denial) -> String {
    hook::denial(denial)
}

/// Gives an agent its answer, byte for byte; whether it was taken.
#[must_use]
pub fn answer(out: &str, err: &str) -> bool {
    let (mut stdout, mut stderr) = (std::io::stdout(), std::io::stderr());
    let _ = stderr.write_all(err.as_bytes());
    let out = if out.is_empty() { String::new() } else { format!("{}\n", safe::ascii(out)) };
    stdout.write_all(out.as_bytes()).and_then(|()| stdout.flush()).is_ok()
}

/// A path as it is shown.
#[must_use]
pub fn harmless_path(path: &std::path::Path) -> String {
    safe::path(path)
}

/// The name of a label's file as it is shown.
#[must_use]
pub fn shown(labelled: &Labelled) -> String {
    safe::path(labelled.label.as_ref().unwrap_or(&labelled.path))
}

/// What stands above the question for the name of a model.
#[must_use]
pub fn asked_name(labelled: &Labelled) -> String {
    anstream::adapter::strip_str(&label::draft(labelled)).to_string().trim_end().to_owned()
}

/// What is left of a plan whose removal was begun, above the prompt.
#[must_use]
pub fn rest(plan: &str, rest: &[(std::path::PathBuf, std::path::PathBuf, u64)]) -> String {
    kept::rest(plan, rest)
}

/// What stands directly above the prompt: what can least be had again.
#[must_use]
pub fn above_prompt(plan: &Plan) -> String {
    plan::above_prompt(plan)
}
