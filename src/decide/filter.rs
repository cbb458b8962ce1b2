//! What a list is narrowed down by: `size>1GB`, `age>30d`, `kind=checkpoint`.

use anyhow::{Context, Result, bail};

use super::plan::{Judged, Verdict};
use crate::facts::{Model, ModelKind, Stage};
use crate::policy;
use crate::when::Clock;

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// More bytes than these, or fewer.
    Size(More, u64),
    /// Older than so many seconds, or younger.
    Age(More, i64),
    /// A key has this value, in lower case.
    Is(Key, String),
}

/// Which side of a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// Above it.
    Over,
    /// Below it.
    Under,
}

/// What a value is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// `full`, `adapter`, .. or `checkpoint`, `download`.
    Kind,
    /// The family: `qwen3`.
    Family,
    /// A part of the format's name.
    Format,
    /// `allowed` or `refused`.
    Verdict,
    /// `none`, or a part of what it says.
    Label,
}

impl Filter {
    /// Reads one as it is typed.
    ///
    /// # Errors
    /// Where it is none; the text says how one looks.
    pub fn read(text: &str) -> Result<Self> {
        let bad =
            || format!("`{text}` is no filter; write \"size>1GB\", \"age>30d\" or kind=adapter");
        let at = text.find(['>', '<', '=']).with_context(bad)?;
        let (key, rest) = text.split_at(at);
        let (sign, value) = rest.split_at(1);
        let more = if sign == ">" { More::Over } else { More::Under };
        let (key, value) = (key.trim(), value.trim());
        if value.is_empty() {
            bail!(bad());
        }
        Ok(match (key, sign) {
            ("size", ">" | "<") => {
                Self::Size(more, parse_size::parse_size(value).with_context(bad)?)
            }
            ("age", ">" | "<") => Self::Age(more, policy::duration(value).with_context(bad)?),
            ("kind", "=") => Self::Is(Key::Kind, one_of(value, KINDS)?),
            ("family", "=") => Self::Is(Key::Family, value.to_ascii_lowercase()),
            ("format", "=") => Self::Is(Key::Format, value.to_ascii_lowercase()),
            ("verdict", "=") => Self::Is(Key::Verdict, one_of(value, &["allowed", "refused"])?),
            ("label", "=") => Self::Is(Key::Label, value.to_ascii_lowercase()),
            _ => bail!(bad()),
        })
    }

    /// Whether a model of a list is one of these.
    #[must_use]
    pub fn matches(&self, judged: &Judged, clock: &Clock) -> bool {
        let bytes = judged.facts.totals.bytes;
        match self {
            Self::Size(More::Over, bound) => bytes > *bound,
            Self::Size(More::Under, bound) => bytes < *bound,
            Self::Age(more, bound) => judged.facts.newest.as_ref().is_some_and(|newest| {
                let since = clock.now().plus(-bound);
                if *more == More::Over { newest.at < since } else { newest.at > since }
            }),
            Self::Is(Key::Verdict, value) => {
                let allowed = judged.verdict() == Verdict::Allowed;
                value == if allowed { "allowed" } else { "refused" }
            }
            Self::Is(key, value) => judged.model().is_some_and(|m| has(m, *key, value)),
        }
    }
}

/// What `kind=` knows.
const KINDS: &[&str] = &[
    "full",
    "adapter",
    "quantized",
    "merged",
    "engine",
    "pointer",
    "partial",
    "unknown",
    "checkpoint",
    "final",
    "download",
];

fn one_of(value: &str, known: &[&str]) -> Result<String> {
    let value = value.to_ascii_lowercase();
    if !known.contains(&value.as_str()) {
        bail!("`{value}` is none of {}", known.join(", "));
    }
    Ok(value)
}

fn has(model: &Model, key: Key, value: &str) -> bool {
    let contains = |text: &str| text.to_ascii_lowercase().contains(value);
    match key {
        Key::Kind => kind(model.kind) == value || stage(model.stage) == value,
        Key::Family => model.family.as_deref().is_some_and(|f| f.eq_ignore_ascii_case(value)),
        Key::Format => contains(&model.format),
        Key::Label if value == "none" => model.label.is_none() && model.hub.is_none(),
        Key::Label => model.label.as_ref().is_some_and(|l| contains(&l.model)),
        Key::Verdict => false,
    }
}

/// The word for a kind, as JSON and filters have it.
#[must_use]
pub fn kind(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Full => "full",
        ModelKind::Adapter => "adapter",
        ModelKind::Merged => "merged",
        ModelKind::Quantized => "quantized",
        ModelKind::Engine => "engine",
        ModelKind::Pointer => "pointer",
        ModelKind::Partial => "partial",
        ModelKind::Unknown => "unknown",
    }
}

/// The word for a stage.
#[must_use]
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Checkpoint => "checkpoint",
        Stage::Final => "final",
        Stage::Download => "download",
        Stage::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read() {
        assert_eq!(Filter::read("size>1GB").unwrap(), Filter::Size(More::Over, 1_000_000_000));
        assert_eq!(Filter::read("size < 2GiB").unwrap(), Filter::Size(More::Under, 2 << 30));
        assert_eq!(Filter::read("age>30d").unwrap(), Filter::Age(More::Over, 30 * 86_400));
        assert_eq!(Filter::read("kind=Adapter").unwrap(), Filter::Is(Key::Kind, "adapter".into()));
        for wrong in [
            "",
            "kind=lora",
            "verdict=maybe",
            "size",
            "size>",
            "size=1GB",
            "colour=red",
            "age>soon",
            "size>-1",
        ] {
            assert!(Filter::read(wrong).is_err(), "{wrong}");
        }
    }
}
