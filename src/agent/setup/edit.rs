//! Puts values into a text of JSON and takes them out again, so that taking out what was put in gives
//! the text back byte for byte.

use std::ops::Range;

use super::jsonc::Node;

/// One cut: these bytes become that text.
pub(super) type Cut = (Range<usize>, String);

/// How the text is laid out.
pub(super) struct Style {
    newline: &'static str,
    unit: String,
}

impl Style {
    /// As most of the text has it; two blanks where it does not say.
    pub(super) fn of(text: &str) -> Self {
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let first = text.lines().map(indent).find(|i| !i.is_empty()).unwrap_or("  ");
        let unit = if first.starts_with('\t') { "\t" } else { first };
        Self { newline, unit: if unit.len() > 8 { "  ".to_owned() } else { unit.to_owned() } }
    }

    /// Lines that are indented by two blanks a level, as they stand at this depth of the text.
    pub(super) fn lay_out(&self, lines: &str, indent: &str) -> String {
        let laid = lines.lines().map(|line| {
            let bare = line.trim_start_matches(' ');
            format!("{}{bare}", self.unit.repeat((line.len() - bare.len()) / 2))
        });
        laid.collect::<Vec<_>>().join(&format!("{}{indent}", self.newline))
    }
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The indentation of the line in which a byte stands.
fn indent_at(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
    indent(&text[start..at])
}

/// Where what stands before this byte ends, blanks aside.
fn end_before(text: &str, at: usize) -> usize {
    text[..at].trim_end_matches([' ', '\t', '\n', '\r']).len()
}

/// Puts a value, in an object with its key, behind what is there.
pub(super) fn append(text: &str, into: &Node, lines: &str) -> Vec<Cut> {
    let style = Style::of(text);
    let own = indent_at(text, into.place.start).to_owned();
    let close = into.place.end - 1;
    let Some(last) = into.children().last() else {
        // Where nothing at all is between the brackets, nothing but the value comes in: the way back
        // tells by that an empty list which was there from one which was made.
        let inner = into.place.start + 1..close;
        if inner.is_empty() {
            return vec![(inner, style.lay_out(lines, &own))];
        }
        let deeper = format!("{own}{}", style.unit);
        let at = end_before(text, close);
        return vec![(
            at..at,
            format!("{}{deeper}{}", style.newline, style.lay_out(lines, &deeper)),
        )];
    };
    let before = &text[..last.place.start];
    let alone = before.rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
    let deeper = if alone {
        indent_at(text, last.place.start).to_owned()
    } else {
        format!("{own}{}", style.unit)
    };
    let at = end_before(text, close);
    let value = format!("{}{deeper}{}", style.newline, style.lay_out(lines, &deeper));
    match last.comma {
        Some(_) => vec![(at..at, format!("{value},"))],
        None => {
            let end = last.place.end;
            vec![(end..end, ",".to_owned()), (at..at, value)]
        }
    }
}

/// Takes one of the values out, with a comma.
pub(super) fn take_out(text: &str, from: &Node, which: usize) -> Vec<Cut> {
    let children = from.children();
    let Some(child) = children.get(which) else { return Vec::new() };
    let mut cuts = vec![(end_before(text, child.place.start)..child.place.end, String::new())];
    let before = which.checked_sub(1).and_then(|b| children[b].comma);
    if let Some(comma) = child.comma.or(before) {
        let within = cuts[0].0.contains(&comma);
        if !within {
            cuts.push((comma..comma + 1, String::new()));
        }
    }
    cuts
}

/// Applies cuts that do not overlap; those at the same place in their order.
pub(super) fn apply(text: &str, mut cuts: Vec<Cut>) -> String {
    cuts.sort_by_key(|(place, _)| place.start);
    let mut out = String::with_capacity(text.len() + 1024);
    let mut at = 0;
    for (place, new) in cuts {
        out.push_str(text.get(at..place.start).unwrap_or_default());
        out.push_str(&new);
        at = place.end.max(at);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
