//! Words for sizes, models and hints.

use humansize::{DECIMAL, format_size};

use super::safe::harmless;
use crate::facts::{Completeness, FITS, Model, ModelKind, Stage};

/// `16.38 GB`, decimal as the disks are sold and the hub counts.
pub(super) fn size(bytes: u64) -> String {
    format_size(bytes, DECIMAL)
}

/// `1 file`, `2 files`.
pub(super) fn count(n: u64, thing: &str) -> String {
    if n == 1 { format!("{n} {thing}") } else { format!("{n} {thing}s") }
}

/// Wraps at 80 columns with a hanging indent. A word that is longer than a line stays whole: it is a path, and
/// is copied.
pub(super) fn wrap(indent: usize, first: &str, text: &str) -> String {
    let lead = format!("{}{first}", " ".repeat(indent));
    let rest = " ".repeat(indent + 2);
    let options = textwrap::Options::new(79)
        .initial_indent(&lead)
        .subsequent_indent(&rest)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

/// A line that says the way out.
pub(super) fn hint(text: &str) -> String {
    wrap(0, "hint: ", text)
}

/// What a model is, in one line: `Qwen3-8B LoRA adapter, r=16, step 900 of 1200`.
pub(super) fn model(model: &Model) -> String {
    let family = model.family.as_deref().map(|f| match f {
        "qwen2" => "Qwen2/2.5".to_owned(),
        "qwen3" => "Qwen3".to_owned(),
        other => other.to_owned(),
    });
    let fits = model.sources.get("name").is_some_and(|source| source == FITS);
    let mut parts = Vec::new();
    let mut head: Vec<String> = Vec::new();
    match (&model.name, &family) {
        (Some(_), _) if fits => {}
        (Some(name), _) => head.push(name.clone()),
        (None, Some(family)) => head.push(format!("{family} family")),
        (None, None) => {}
    }
    let stage = match model.stage {
        Stage::Checkpoint => "checkpoint",
        Stage::Download => "download",
        Stage::Final | Stage::Unknown => "",
    };
    let kind = match model.kind {
        ModelKind::Adapter => {
            if model.rank.is_some() {
                "LoRA adapter"
            } else {
                "adapter"
            }
        }
        ModelKind::Full => "model",
        ModelKind::Merged => "merged model",
        ModelKind::Quantized => "quantized model",
        ModelKind::Engine => "engine",
        ModelKind::Pointer => "pointer only: the weights are not here",
        ModelKind::Partial => "part of a model",
        ModelKind::Unknown => "possibly weights",
    };
    head.push(kind.to_owned());
    let name = model.name.as_ref().filter(|_| fits);
    head.extend(name.map(|name| format!("that fits {name}, no proof")));
    parts.push(format!("{} ({})", head.join(" "), model.format));
    if let (Some(_), Some(family)) = (&model.name, &family) {
        let source = model.family_source.as_deref().unwrap_or("its files");
        parts.push(format!("{family} family by {source}"));
    } else if let (None, Some(source)) = (&model.name, &model.family_source) {
        parts.push(format!("by {source}"));
    }
    parts.extend(model.rank.map(|r| format!("r={r}")));
    parts.extend(model.base.as_ref().map(|b| format!("on {b}")));
    parts.extend(model.step.map(|s| match model.max_step {
        Some(max) => format!("step {s} of {max}"),
        None => format!("step {s}"),
    }));
    parts.extend(model.epoch.as_ref().map(|e| format!("epoch {e}")));
    parts.extend((!stage.is_empty()).then(|| stage.to_owned()));
    parts.extend(model.best.then(|| "the best of its run".to_owned()));
    parts.extend(model.parameters.map(|p| format!("{} parameters", number(p))));
    parts.extend(model.points_to.map(|n| format!("they have {}", size(n))));
    parts.extend(model.dtype.clone());
    parts.extend(model.quantization.clone().filter(|q| model.dtype.as_ref() != Some(q)));
    if !model.parts.is_empty() {
        parts.push(format!("made of {}", model.parts.join(" and ")));
    }
    parts.extend(model.saved_as.as_ref().map(|name| format!("saved as {name}")));
    parts.extend(model.run.as_ref().map(|run| format!("run {run}")));
    parts.extend(model.tool.as_ref().map(|tool| format!("written by {tool}")));
    parts.extend(model.declared.as_ref().map(|d| format!("{} says {}", d.source, d.at)));
    parts.extend(model.hub.as_ref().map(|h| format!("hub {h}")));
    if let Completeness::Damaged(why) = &model.complete {
        parts.push(format!("DAMAGED: {why}"));
    }
    harmless(&parts.join(", "))
}

fn number(n: u64) -> String {
    match n {
        0..10_000 => n.to_string(),
        10_000..1_000_000 => format!("{} K", n / 1000),
        1_000_000..1_000_000_000 => format!("{} M", n / 1_000_000),
        _ => format!("{}.{:02} B", n / 1_000_000_000, n % 1_000_000_000 / 10_000_000),
    }
}
