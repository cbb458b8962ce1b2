//! What a label is to say: what was asked for, what the files say, and all that stood there before.
//!
//! Pure text: lines of an old label are kept as they are unless a new value takes their place.

use std::collections::BTreeSet;

use crate::facts::{Model, ModelKind, Stage, is_no, label_line};
use crate::when::Clock;

/// The most that is read of a value; what is longer would be cut.
pub const LONGEST: usize = 200;

/// What somebody asks a label to say.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// `Model:`
    pub model: Option<String>,
    /// `Trained:`
    pub trained: Option<String>,
    /// `Steps:`
    pub steps: Option<u64>,
    /// `Base:`
    pub base: Option<String>,
    /// `Run:`
    pub run: Option<String>,
    /// `Note:`
    pub note: Option<String>,
    /// `Keep:`; a no takes it away.
    pub keep: Option<String>,
    /// `Retired:`; a no takes it away.
    pub retired: Option<String>,
}

/// One line of a label beside the one that was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Stays, byte for byte.
    Same(String),
    /// Was there.
    Old(String),
    /// Is new.
    New(String),
}

/// A label as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its lines, and those that go.
    pub lines: Vec<Line>,
}

/// How a value comes to be.
enum Value {
    /// Asked for: stands in the place of what was there.
    Asked(String),
    /// Told by the files: stands where nobody has said anything.
    Told(String),
    /// Goes.
    Gone,
}

/// The name that the files give a model; a shape that fits is none.
#[must_use]
pub fn name(model: &Model) -> Option<&str> {
    let own = model.hub.is_some() || model.family_source.as_deref() == Some("its GGUF header");
    let name = model.name.as_deref().filter(|_| own)?;
    // `8B` is a size.
    let size = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'b' | 'B' | 'm' | 'M' | 'x' | '-');
    (!name.chars().all(size)).then_some(name)
}

/// What is known of the thing to be labelled.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The model, or the checkpoints of a run.
    pub models: &'a [&'a Model],
    /// It is a run.
    pub run: bool,
    /// The fingerprint of its weights.
    pub covers: Option<&'a str>,
    /// The calendar.
    pub clock: &'a Clock,
}

/// Drafts a label.
#[must_use]
pub fn draft(old: &str, wish: &Wish, known: Known<'_>) -> Draft {
    let Known { models, run, covers, clock } = known;
    let asked = |v: &Option<String>| v.as_ref().map(|v| Value::Asked(plain(v)));
    let or_gone = |v: &Option<String>| {
        v.clone().map(|v| if is_no(&v) { Value::Gone } else { Value::Asked(v) })
    };
    let told = |v: Option<String>| v.map(|v| Value::Told(plain(&v)));
    let one = models.first().filter(|_| !run);
    let base: BTreeSet<&str> = models.iter().filter_map(|m| m.base.as_deref()).collect();
    let base = base.first().filter(|_| base.len() == 1).map(|b| (*b).to_owned());
    let steps = one.and_then(|m| {
        m.step.map(|s| m.max_step.map_or_else(|| s.to_string(), |max| format!("{s} of {max}")))
    });
    let values = [
        ("Model", asked(&wish.model).or_else(|| told(name(one?).map(str::to_owned)))),
        ("Trained", asked(&wish.trained).or_else(|| told(trained(one?, clock)))),
        ("Steps", wish.steps.map(|s| Value::Asked(s.to_string())).or_else(|| told(steps))),
        ("Base", asked(&wish.base).or_else(|| told(base))),
        ("Kind", told(one.and_then(|m| kind(m)))),
        ("Run", asked(&wish.run)),
        ("Note", asked(&wish.note)),
        ("Keep", or_gone(&wish.keep)),
        ("Retired", or_gone(&wish.retired)),
        ("Covers", covers.map(|c| Value::Asked(c.to_owned()))),
    ];
    let mut draft = Draft { lines: lines(old).into_iter().map(Line::Same).collect() };
    for (key, value) in values {
        if let Some(value) = value {
            draft.take(key, value);
        }
    }
    draft
}

/// The date of a checkpoint's weights, as a line that is true of them wherever they were copied to.
fn trained(model: &Model, clock: &Clock) -> Option<String> {
    let at = model.weights_written.filter(|_| model.stage == Stage::Checkpoint)?;
    let day = clock.local(at).format("%Y-%m-%d");
    Some(format!("{day}, by the date of its weight files"))
}

impl Draft {
    /// Signs it.
    pub fn sign(&mut self, by: &str, at: &str) {
        self.take("Written-By", Value::Asked(plain(by)));
        self.take("Written", Value::Asked(at.to_owned()));
    }

    /// Whether anything is otherwise than it was.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.lines.iter().any(|l| !matches!(l, Line::Same(_)))
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            if let Line::Same(line) | Line::New(line) = line {
                text.push_str(line);
            }
        }
        text
    }

    fn take(&mut self, key: &str, value: Value) {
        let mut at: Vec<usize> = Vec::new();
        let mut said = None;
        for (i, line) in self.lines.iter().enumerate() {
            let (Line::Same(text) | Line::New(text)) = line else { continue };
            if let Some(value) = is_of(text, key) {
                at.push(i);
                said = Some(value.to_owned()).filter(|v| !v.is_empty()).or(said);
            }
        }
        let (value, gone) = match value {
            Value::Told(_) if said.is_some() => return,
            Value::Asked(v) if said.as_deref() == Some(v.as_str()) => return,
            Value::Asked(v) | Value::Told(v) => (Some(v), at.pop()),
            Value::Gone => {
                for i in at {
                    self.remove(i);
                }
                return;
            }
        };
        let end = self.end();
        let new = value.map(|v| Line::New(format!("{key}: {v}{end}")));
        if let Some(i) = gone {
            self.remove(i);
            self.lines.splice(i + 1..=i, new);
        } else {
            self.finish(end);
            self.lines.extend(new);
        }
    }

    /// A line that was there goes, and is shown as going.
    fn remove(&mut self, at: usize) {
        let line = &mut self.lines[at];
        if let Line::Same(text) | Line::New(text) = line {
            *line = Line::Old(std::mem::take(text));
        }
    }

    /// How its lines end.
    fn end(&self) -> &'static str {
        let crlf = |l: &Line| matches!(l, Line::Same(text) if text.ends_with("\r\n"));
        if self.lines.iter().any(crlf) { "\r\n" } else { "\n" }
    }

    /// Ends the last line, which may have been left open.
    fn finish(&mut self, end: &str) {
        let last = self.lines.iter_mut().rev().find(|l| !matches!(l, Line::Old(_)));
        if let Some(Line::Same(text) | Line::New(text)) = last
            && !text.ends_with(['\n', '\r'])
        {
            text.push_str(end);
        }
    }
}

/// The value of a line of this key.
fn is_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let line = line.trim_start_matches('\u{feff}').trim_end_matches(['\n', '\r']);
    let (found, value) = label_line(line)?;
    let same = found.eq_ignore_ascii_case(key) || (found == "step" && key == "Steps");
    same.then_some(value)
}

/// Lines with their ends: `\n`, `\r\n` or `\r` alone.
fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest
            .find(['\n', '\r'])
            .map_or(rest.len(), |at| at + if rest[at..].starts_with("\r\n") { 2 } else { 1 });
        let (line, after) = rest.split_at(end);
        lines.push(line.to_owned());
        rest = after;
    }
    lines
}

/// A text from a file as one line.
fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.trim().chars().take(LONGEST).collect()
}

fn kind(model: &Model) -> Option<String> {
    let kind = match model.kind {
        ModelKind::Full => "all weights".to_owned(),
        ModelKind::Merged => "merged".to_owned(),
        ModelKind::Engine => "engine".to_owned(),
        ModelKind::Adapter => match model.rank {
            Some(rank) => format!("LoRA adapter, r={rank}"),
            None => "adapter".to_owned(),
        },
        ModelKind::Quantized => match &model.dtype {
            Some(dtype) => format!("quantized, {dtype}"),
            None => "quantized".to_owned(),
        },
        ModelKind::Pointer | ModelKind::Partial | ModelKind::Unknown => return None,
    };
    let stage = match model.stage {
        Stage::Checkpoint => ", checkpoint",
        Stage::Download => ", download",
        Stage::Final | Stage::Unknown => "",
    };
    Some(format!("{kind}{stage}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(old: &str, wish: &Wish) -> String {
        let zone = crate::when::Zone::Fixed(chrono::Offset::fix(&chrono::Utc));
        let clock = Clock::new(<_>::default(), zone);
        draft(old, wish, Known { models: &[], run: true, covers: None, clock: &clock }).text()
    }

    #[test]
    fn what_nobody_asked_to_change_stays_byte_for_byte() {
        let old = "\u{feff}# mine\r\n- **Model:** x\r\nOwner: me\r\nstep: 3\r\nlast";
        assert_eq!(with(old, &Wish::default()), old);
        let wish = Wish { steps: Some(4), note: Some("n".into()), ..Wish::default() };
        let new =
            "\u{feff}# mine\r\n- **Model:** x\r\nOwner: me\r\nSteps: 4\r\nlast\r\nNote: n\r\n";
        assert_eq!(with(old, &wish), new);
        // The last one counts, so that is the one that is replaced.
        let wish = Wish { model: Some("z".into()), ..Wish::default() };
        assert_eq!(with("Model: x\nModel: y\n", &wish), "Model: x\nModel: z\n");
        let wish = Wish { keep: Some("no".into()), ..Wish::default() };
        assert_eq!(with("Keep: a\nModel: x\rkeep: b", &wish), "Model: x\r");
    }
}
