//! The plan as people read it.

use std::fmt::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::copies;
use super::safe::{harmless, path};
use super::words::{count, model as describe, size, wrap};
use crate::decide::{Judged, Mode, Plan, Refusal};
use crate::facts::{Evidence, FileKind, How, Model};
use crate::when::Clock;

const RED: Style = AnsiColor::Red.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// How many directories of a target are listed.
const DIRS: usize = 8;

fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The whole plan.
pub(super) fn text(plan: &Plan) -> String {
    let mut out = String::new();
    let sums = plan.sums();
    for weak in &plan.weakened {
        line(&mut out, &styled(YELLOW, &wrap(0, "policy: ", &harmless(weak))));
    }
    for doubt in &plan.doubts {
        line(&mut out, &styled(YELLOW, &wrap(0, "! ", &harmless(doubt))));
    }
    for file in &plan.policy_files {
        line(&mut out, &wrap(0, "policy: ", &path(file)));
    }
    let head = format!(
        "plan {}: {}, {} in {}, {}, {}",
        plan.id,
        count(plan.targets.len() as u64, "target"),
        size(sums.totals.bytes),
        count(sums.totals.files, "file"),
        count(sums.models as u64, "model"),
        mode(plan.mode),
    );
    line(&mut out, &wrap(0, "", &head));
    for target in &plan.targets {
        target_text(&mut out, target, &plan.clock);
    }
    for left in &plan.left_out {
        line(&mut out, &wrap(0, "left out, refused: ", &path(left)));
    }
    let searched = plan.targets.iter().find_map(|t| copies::searched(&t.facts.searched));
    if let Some(searched) = searched {
        line(&mut out, "");
        line(&mut out, &wrap(0, "copies were looked for in ", &searched));
    }
    line(&mut out, "");
    let refused: usize = plan.targets.iter().map(|t| t.all().count()).sum();
    if plan.targets.is_empty() {
        line(&mut out, &styled(RED, "nothing is allowed: nothing is touched"));
    } else if plan.allowed() {
        let frees = size(sums.totals.frees);
        let text = match plan.mode {
            Mode::Trash => format!("frees 0 now, {frees} with `safe-rm purge {}`", plan.id),
            Mode::Permanent | Mode::Purge => format!("frees {frees}; nothing brings it back"),
        };
        line(&mut out, &wrap(0, "", &text));
    } else {
        let text = format!("refused for {}: nothing is touched", count(refused as u64, "reason"));
        line(&mut out, &styled(RED, &text));
    }
    out
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Trash => "to the trash",
        Mode::Permanent => "to be freed at once, for good",
        Mode::Purge => "to be freed out of the trash, for good",
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn target_text(out: &mut String, judged: &Judged, clock: &Clock) {
    let facts = &judged.facts;
    line(out, "");
    let (style, word) = if judged.allowed() { (GREEN, "allowed") } else { (RED, "REFUSED") };
    let shown = wrap(0, "", &format!("{word}  {}", path(&facts.path)));
    line(out, &shown.replacen(word, &styled(style, word), 1));
    if let Some(at) = &facts.trashed {
        line(out, &wrap(2, "it lies in ", &path(at)));
    }
    let what = match facts.meta.kind {
        FileKind::File => match facts.side_of.as_ref().and_then(|model| model.file_name()) {
            Some(model) => format!("goes with {}", path(Path::new(model))),
            None => "a file".to_owned(),
        },
        FileKind::Symlink => "a link; what it points to stays".to_owned(),
        FileKind::Special => "a FIFO, socket or device".to_owned(),
        FileKind::Directory => {
            format!("{}, {}", count(facts.totals.files, "file"), count(facts.totals.dirs, "folder"))
        }
    };
    let age = facts.newest.as_ref().map(|e| format!(", newest {}", clock.minute(e.at)));
    let text = if facts.protected.is_some() {
        "not looked into: it stays whatever it holds".to_owned()
    } else {
        format!("{}, {what}{}", size(facts.totals.bytes), age.unwrap_or_default())
    };
    line(out, &wrap(2, "", &text));
    if facts.dirs.len() > 1 {
        dirs(out, judged, clock);
    }
    refusals(out, &judged.refusals, clock, 2);
    // What disagrees is told with its model.
    let told = |w: &&String| facts.models.iter().any(|m| m.conflicts.contains(w));
    for warning in judged.warnings.iter().filter(|w| !told(w)) {
        line(out, &styled(YELLOW, &wrap(2, "! ", &harmless(warning))));
    }
    for (model, reasons) in facts.models.iter().zip(&judged.models) {
        model_text(out, model, reasons, clock);
    }
}

fn dirs(out: &mut String, judged: &Judged, clock: &Clock) {
    let dirs = &judged.facts.dirs;
    for dir in dirs.iter().filter(|d| !d.path.as_os_str().is_empty()).take(DIRS) {
        let newest = dir.newest.map_or_else(|| "-".to_owned(), |at| clock.minute(at));
        let label = dir.label.as_ref().map(|l| format!("  \"{}\"", harmless(l)));
        let text = format!(
            "{:>9}  {newest:16}  {}/{}",
            size(dir.bytes),
            path(&dir.path),
            label.unwrap_or_default()
        );
        line(out, &wrap(2, "", &text));
    }
    let more = dirs.len().saturating_sub(DIRS + 1);
    if more > 0 {
        line(out, &format!("    and {}", count(more as u64, "folder")));
    }
}

fn model_text(out: &mut String, model: &Model, reasons: &[Refusal], clock: &Clock) {
    for conflict in &model.conflicts {
        line(out, &styled(YELLOW, &wrap(2, "! ", &harmless(conflict))));
    }
    let place = if model.path.as_os_str().is_empty() {
        String::new()
    } else {
        format!("{}: ", path(&model.path))
    };
    line(out, &wrap(2, "* ", &format!("{place}{}", describe(model))));
    let age = model.newest.as_ref().map(|e| age(e, clock)).unwrap_or_default();
    line(out, &wrap(4, "", &format!("{}, {age}; {}", size(model.bytes), copies::recovery(model))));
    for text in copies::lines(model, clock) {
        line(out, &wrap(4, "", &text));
    }
    let label = match (&model.label, &model.bad_label) {
        (Some(label), _) => {
            let mut text = format!("label says: \"{}\"", harmless(&label.model));
            for (key, value) in
                [("trained", &label.trained), ("run", &label.run), ("note", &label.note)]
            {
                if let Some(value) = value {
                    let _ = write!(text, ", {key} \"{}\"", harmless(value));
                }
            }
            if let Some(agent) = &label.agent {
                let _ = write!(text, ", as the agent {} wrote", harmless(agent));
            }
            if label.retired.is_some() {
                text.push_str(", retired (counts once a person has confirmed it)");
            }
            text
        }
        (None, Some(_)) => "label: not valid".to_owned(),
        (None, None) if model.installed => "label: the RECORD of its package".to_owned(),
        (None, None) if model.hub.is_some() => "label: its hub repository and commit".to_owned(),
        (None, None) => "label: none".to_owned(),
    };
    line(out, &wrap(4, "", &label));
    refusals(out, reasons, clock, 4);
}

fn refusals(out: &mut String, reasons: &[Refusal], clock: &Clock, indent: usize) {
    for reason in reasons {
        let lift = match reason.until {
            Some(at) => format!("lifted {}", clock.minute(at)),
            None => format!("lifted by {}", reason.lift),
        };
        let text = format!("{} ({})", harmless(&reason.message), harmless(&lift));
        let lead = format!("{}: ", reason.rule);
        let shown = wrap(indent, &lead, &text);
        line(out, &shown.replacen(reason.rule, &styled(RED, reason.rule), 1));
    }
}

fn age(evidence: &Evidence, clock: &Clock) -> String {
    let at = clock.minute(evidence.at);
    match evidence.how {
        How::Written => format!("written {at}"),
        How::Named => format!("dated {at} by its name"),
        How::Arrived => match evidence.own.filter(|own| own.plus(60) < evidence.at) {
            Some(own) => format!("arrived here {at}, its own date is {}", clock.minute(own)),
            None => format!("arrived here {at}"),
        },
    }
}

/// What can least be had again: everything that no hub has, adapters first.
pub(super) fn above_prompt(plan: &Plan) -> String {
    let mut lines: Vec<(u8, String)> = Vec::new();
    for judged in &plan.targets {
        let facts = &judged.facts;
        if facts.models.is_empty() {
            let at = facts.trashed.as_ref().unwrap_or(&facts.path);
            let text = format!("{} ({})", path(at), size(facts.totals.bytes));
            lines.push((u8::MAX, wrap(2, "", &text)));
        }
        for model in facts.models.iter().filter(|m| m.hub.is_none() && !m.installed) {
            let own = join(facts.trashed.as_ref().unwrap_or(&facts.path), &model.path);
            let text = format!("{}: {}, {}", path(&own), describe(model), copies::recovery(model));
            lines.push((model.replaceable(), wrap(2, "", &text)));
        }
    }
    lines.sort_by_key(|l| std::cmp::Reverse(l.0));
    let skipped = lines.len().saturating_sub(12);
    let mut out = format!("{}:\n", mode(plan.mode));
    if skipped > 0 {
        line(&mut out, &format!("  {} more, listed in the plan", count(skipped as u64, "item")));
    }
    for (_, text) in lines.split_off(skipped) {
        line(&mut out, &text);
    }
    out.truncate(out.trim_end().len());
    out
}

pub(super) fn join(target: &Path, model: &Path) -> std::path::PathBuf {
    if model.as_os_str().is_empty() { target.to_path_buf() } else { target.join(model) }
}
