//! The list of models: for people two lines each, with bars drawn to scale; for programs JSON.

use std::collections::{BTreeMap, HashSet};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::model::{Model, model as model_json};
use super::safe::{harmless, path};
use super::wire::{self, Place, stamp, value};
use super::words::{count, model as describe, size, wrap};
use super::{copies, plan::join};
use crate::decide::{Judged, Verdict, kind};
use crate::facts::Whereabouts;
use crate::when::Clock;

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();

/// Cells of a bar.
const BAR: usize = 10;

/// A list, as far as it is shown.
#[derive(Debug)]
pub struct List<'a> {
    /// Where was looked.
    pub roots: &'a [PathBuf],
    /// What is shown, in its order.
    pub items: &'a [&'a Judged],
    /// The verdict of each.
    pub verdicts: &'a [Verdict],
    /// What matches as well and is not shown.
    pub rest: &'a [&'a Judged],
    /// The clock by which it was judged.
    pub clock: &'a Clock,
}

impl List<'_> {
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let roots: Vec<String> = self.roots.iter().map(|r| path(r)).collect();
        if self.items.is_empty() && self.rest.is_empty() {
            return format!("{}\n", wrap(0, "", &format!("no model below {}", roots.join(", "))));
        }
        let largest = self.items.iter().map(|j| j.facts.totals.bytes).max().unwrap_or(0);
        let bars = std::io::stdout().is_terminal();
        for (judged, verdict) in self.items.iter().zip(self.verdicts) {
            let facts = &judged.facts;
            let bytes = facts.totals.bytes;
            let bar = if bars { format!("{} ", bar(bytes, largest)) } else { String::new() };
            let age = facts.newest.as_ref().map_or_else(String::new, |e| age(self.clock, e.at));
            let shown = match self.roots {
                [root] => facts.path.strip_prefix(root).unwrap_or(&facts.path),
                _ => &facts.path,
            };
            let shown = if shown.as_os_str().is_empty() { &facts.path } else { shown };
            let lead = format!("{:>9} {bar}{age:>6}  ", size(bytes));
            out.push_str(&wrap(0, &lead, &path(shown)));
            out.push('\n');
            if let Some(model) = judged.model() {
                let label = match &model.label {
                    Some(label) => format!("label {}", harmless(&label.model)),
                    None if model.hub.is_some() || model.installed => "labels itself".to_owned(),
                    None => "no label".to_owned(),
                };
                let text = format!("{}; {label}; {}", describe(model), copies::recovery(model));
                out.push_str(&format!("{DIM}{}{DIM:#}\n", wrap(18, "", &text)));
                for more in copies::lines(model, self.clock) {
                    out.push_str(&wrap(18, "", &more));
                    out.push('\n');
                }
            }
            let (style, mut text) = self.verdict(verdict);
            let covers = judged.model().and_then(|m| m.label.as_ref()?.covers.as_ref());
            if *verdict == Verdict::Allowed && covers.is_some() {
                text.push_str(", if its label fits the weights: a plan compares them");
            }
            out.push_str(&format!("{style}{}{style:#}\n", wrap(18, "", &text)));
        }
        self.totals(&mut out);
        out
    }

    fn verdict(&self, verdict: &Verdict) -> (Style, String) {
        match verdict {
            Verdict::Allowed => (GREEN, "could go today".to_owned()),
            Verdict::From(at) => (RED, format!("could go from {}", self.clock.minute(*at))),
            Verdict::Refused(rules) => (RED, format!("stays: {}", rules.join(", "))),
        }
    }

    fn totals(&self, out: &mut String) {
        let all = || self.items.iter().chain(self.rest);
        let mut kinds: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for judged in all() {
            let word = judged.model().map_or("unknown", |m| kind(m.kind));
            let sum = kinds.entry(word).or_default();
            sum.0 += 1;
            sum.1 = sum.1.saturating_add(own_bytes(judged));
        }
        let parts: Vec<String> =
            kinds.iter().map(|(k, (n, b))| format!("{n} {k} ({})", size(*b))).collect();
        let free = freeable(all());
        out.push('\n');
        if !self.rest.is_empty() {
            out.push_str(&format!("and {} not shown\n", count(self.rest.len() as u64, "model")));
        }
        let text = format!("{}; {} could be freed today", parts.join(", "), size(free));
        out.push_str(&wrap(0, "", &text));
        out.push('\n');
        let way = "`safe-rm plan PATH` says why one stays, `safe-rm label PATH` what it is";
        out.push_str(&format!("{}\n", super::words::hint(way)));
    }

    pub(super) fn json(&self) -> Value {
        let items = self.items.iter().zip(self.verdicts).map(|(judged, verdict)| {
            let facts = &judged.facts;
            let (word, from, rules) = match verdict {
                Verdict::Allowed => (wire::Verdict::Allowed, None, &[][..]),
                Verdict::From(at) => {
                    (wire::Verdict::Refused, Some(stamp(self.clock, *at)), &[][..])
                }
                Verdict::Refused(rules) => (wire::Verdict::Refused, None, rules.as_slice()),
            };
            let mut found = facts.models.iter().zip(&judged.models);
            let own = found.find(|(m, _)| m.path.as_os_str().is_empty());
            One {
                place: Place::of(&facts.path),
                bytes: facts.totals.bytes,
                frees: facts.totals.frees,
                files: facts.totals.files,
                newest: facts.newest.as_ref().map(|e| stamp(self.clock, e.at)),
                verdict: word,
                allowed_from: from,
                held_by: rules,
                rules: judged.all().map(|r| r.rule).collect(),
                model: own.map(|(m, r)| model_json(&facts.path, m, r, self.clock)),
            }
        });
        value(&Document {
            schema: "safe-rm/ls/1",
            roots: self.roots.iter().map(|r| Place::of(r)).collect(),
            items: items.collect(),
            not_shown: self.rest.len(),
            freeable_today: freeable(self.items.iter().chain(self.rest)),
        })
    }
}

/// Every model below some folders.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/ls/1")]
pub(super) struct Document<'a> {
    #[schemars(extend("const" = "safe-rm/ls/1"))]
    schema: &'static str,
    roots: Vec<Place>,
    items: Vec<One<'a>>,
    not_shown: usize,
    /// Bytes that could be freed today, if of the same weights one copy is kept.
    freeable_today: u64,
}

/// One model, judged as if it alone were to go.
#[derive(Serialize, JsonSchema)]
struct One<'a> {
    #[serde(flatten)]
    place: Place,
    bytes: u64,
    frees: u64,
    files: u64,
    newest: Option<String>,
    verdict: wire::Verdict,
    /// When it may go, where time alone lifts what refuses it.
    allowed_from: Option<String>,
    /// The rules that time does not lift.
    held_by: &'a [&'static str],
    /// All rules that refuse it.
    rules: Vec<&'static str>,
    /// Null for a folder that only holds models.
    model: Option<Model<'a>>,
}

/// Without the models below it, which have lines of their own.
fn own_bytes(judged: &Judged) -> u64 {
    let own = judged.facts.totals.bytes;
    let model = judged.model().map(|m| join(&judged.facts.path, &m.path));
    let below = judged.facts.models.iter().filter(|m| {
        let path: &Path = &m.path;
        model.is_some() && !path.as_os_str().is_empty()
    });
    own.saturating_sub(below.map(|m| m.bytes).fold(0, u64::saturating_add))
}

/// What could be freed today, if of weights that lie in several places one is kept.
fn freeable<'a>(all: impl Iterator<Item = &'a &'a Judged>) -> u64 {
    let mut gone: HashSet<&Path> = HashSet::new();
    let mut free: u64 = 0;
    for judged in all.filter(|j| j.verdict() == Verdict::Allowed) {
        let copies = judged.model().map(|m| m.copies.as_slice()).unwrap_or_default();
        let mut alike = copies.iter().filter(|c| c.place == Whereabouts::Here).peekable();
        // The last of them stays.
        if alike.peek().is_some() && alike.all(|c| gone.contains(c.path.as_path())) {
            continue;
        }
        gone.insert(&judged.facts.path);
        free = free.saturating_add(judged.facts.totals.frees);
    }
    free
}

/// `5 d`, `3 h`: whole days once there is one.
fn age(clock: &Clock, at: crate::facts::Stamp) -> String {
    let secs = clock.now().secs.saturating_sub(at.secs);
    match secs {
        ..0 => "future".to_owned(),
        0..3600 => format!("{} min", secs / 60),
        3600..86_400 => format!("{} h", secs / 3600),
        _ => format!("{} d", secs / 86_400),
    }
}

/// A bar of eighths of a cell; what is there at all has one of them.
fn bar(bytes: u64, largest: u64) -> String {
    let eighths = u128::from(bytes) * (BAR as u128 * 8) / u128::from(largest.max(1));
    let eighths = usize::try_from(eighths).unwrap_or(0).max(usize::from(bytes > 0));
    let mut out = "█".repeat(eighths / 8);
    let part = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8];
    if eighths % 8 > 0 {
        out.push(part);
    }
    let cells = out.chars().count();
    out + &" ".repeat(BAR.saturating_sub(cells))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_to_scale() {
        assert_eq!(bar(100, 100), "█".repeat(10));
        assert_eq!(bar(50, 100), format!("{}{}", "█".repeat(5), " ".repeat(5)));
        assert_eq!(bar(1, 1_000_000), format!("▏{}", " ".repeat(9)));
        assert_eq!(bar(0, 0), " ".repeat(10));
    }
}
