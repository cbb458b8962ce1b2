//! The only code that prints: words, tables, JSON, names made harmless.

mod copies;
mod explain;
mod guard;
mod hook;
mod ids;
mod json;
mod kept;
mod label;
mod list;
mod outcome;
mod plan;
mod policy;
mod progress;
mod requests;
pub mod rm;
mod safe;
mod words;

use std::io::Write;

pub use kept::Trashed;
pub use label::{Labelled, Outcome};
pub use list::List;
pub use outcome::Done;
pub use progress::watch;
pub use safe::harmless;

use crate::act::Found;
use crate::agent::guard::{Helper, Picture, Problem};
use crate::decide::{Plan, Rule};
use crate::facts::Stamp;
use crate::keep::{Entry, Event, Filed, Request};
use crate::policy::Policy;
use crate::when::Clock;

/// How answers are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Text for people on stdout.
    Text,
    /// One JSON document on stdout, all prose on stderr.
    Json,
    /// Text for people on stderr: the stdout is rm's.
    Aside,
}

impl Voice {
    /// Prints prose. A reader that has gone away is no error: what was done stays done.
    fn prose(self, text: &str) {
        let _ = match self {
            Self::Text => write!(anstream::stdout(), "{text}"),
            Self::Json | Self::Aside => write!(anstream::stderr(), "{text}"),
        };
    }

    fn document(self, value: &serde_json::Value) {
        if self == Self::Json {
            let _ = writeln!(anstream::stdout(), "{}", safe::ascii(&format!("{value:#}")));
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
        if self == Self::Text {
            self.prose(&list.text());
        }
        self.document(&list.json());
    }

    /// Tells what the trash holds.
    pub fn trash(self, items: &[Trashed], clock: &Clock) {
        if self == Self::Text {
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

    /// Lists requests.
    pub fn requests(self, all: &[Filed], clock: &Clock) {
        if self != Self::Json {
            self.prose(&requests::list(all, clock));
        }
        self.document(&requests::list_json(all, clock));
    }

    /// Tells of one request how it stands.
    pub fn request(self, filed: &Filed, clock: &Clock) {
        if self != Self::Json {
            self.prose(&requests::text(filed, clock));
        }
        let mut value = requests::one_json(filed, clock);
        value["schema"] = "safe-rm/request/1".into();
        self.document(&value);
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
        if self == Self::Text {
            self.prose(&kept::log_text(lines, broken, clock));
        }
        self.document(&kept::log_json(lines, broken, clock));
    }

    /// Tells what runs that were cut off had left, on stderr.
    pub fn recovered(self, found: &[Found]) {
        let _ = write!(anstream::stderr(), "{}", kept::recovered(found));
    }

    /// Tells that there was nothing to do.
    pub fn nothing(self, text: &str) {
        self.prose(&format!("{}\n", words::hint(text)));
        let (id, none): (Option<&str>, [&str; 0]) = (None, []);
        self.document(&serde_json::json!({
            "schema": "safe-rm/result/1", "id": id, "action": "none", "items": none,
            "refusals": none, "message": text,
        }));
    }

    /// Shows what the guard would be here.
    pub fn guard(self, picture: &Picture) {
        let document = guard::Document::of(picture);
        if self == Self::Text {
            self.prose(&guard::text(picture));
        }
        self.document(&serde_json::to_value(&document).unwrap_or_default());
    }

    /// Tells why nothing was started.
    pub fn no_guard(self, problems: &[Problem]) {
        let _ = write!(anstream::stderr(), "{}", guard::problems(problems));
    }

    /// Tells the policy in force.
    pub fn policy(self, policy: &Policy) {
        if self == Self::Text {
            self.prose(&policy::text(policy));
        }
        self.document(&policy::json(policy));
    }

    /// A failure: what went wrong, on stderr.
    pub fn failure(self, error: &anyhow::Error, exit: u8) {
        let message = harmless(&format!("{error:#}"));
        let _ = writeln!(anstream::stderr(), "safe-rm: {message}");
        let schema = "safe-rm/error/1";
        self.document(&serde_json::json!({"schema": schema, "message": message, "exit": exit}));
    }

    /// Wrong words on the command line, in the parser's own text.
    pub fn usage(self, text: &str, exit: u8) {
        let lines: Vec<String> = text.lines().map(harmless).collect();
        let _ = writeln!(anstream::stderr(), "{}", lines.join("\n"));
        let message = lines.first().map_or("", |l| l.trim_start_matches("error: "));
        let schema = "safe-rm/error/1";
        self.document(&serde_json::json!({"schema": schema, "message": message, "exit": exit}));
    }

    /// A remark on stderr.
    pub fn remark(self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{}", words::hint(text));
    }
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
