//! `apply_patch`: the files that a patch in its form names, and what is done to each.

use super::{Effect, Judge};
use crate::agent::judge::tools::Change;
use crate::agent::shell::{Call, Output, State, Word};

const HEADS: &[(&str, Effect)] = &[
    ("*** Update File:", Effect::Overwrite),
    ("*** Add File:", Effect::Overwrite),
    ("*** Delete File:", Effect::Remove { recursive: true }),
    ("*** Move to:", Effect::Overwrite),
];

/// The files of a patch, each with what is put in.
pub(in crate::agent) fn files(text: &str) -> Vec<Change> {
    let mut found: Vec<Change> = Vec::new();
    for line in text.lines() {
        // Marks are known with blanks around them as well.
        let trimmed = line.trim();
        let head = HEADS.iter().find_map(|(h, effect)| Some((trimmed.strip_prefix(h)?, *effect)));
        let Some((path, effect)) = head else {
            if let (Some(added), Some(last)) = (trimmed.strip_prefix('+'), found.last_mut()) {
                last.text.get_or_insert_default().push_str(added);
            }
            continue;
        };
        if trimmed.starts_with("*** Move to:")
            && let Some(last) = found.last_mut()
        {
            last.effect = Effect::Move;
        }
        found.push(Change { path: path.trim().to_owned(), effect, text: None });
    }
    found
}

/// The program: the patch is its operand, or what it is given to read.
pub(super) fn program(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let text = match call.words.get(1) {
        Some(word) => word.literal(),
        None => call.stdin.joined(),
    };
    match text {
        Some(text) => files(&text).iter().for_each(|change| judge.change(state, change)),
        None if call.words.len() > 1 || call.stdin.fed => {
            judge.not_known(state, "a patch that is not known");
        }
        None => {}
    }
    Output::default()
}

/// `patch` and `git apply`: the files that a patch in the common form names.
pub(super) fn common(
    judge: &mut Judge<'_>,
    state: &State,
    text: &str,
    strip: usize,
    reversed: bool,
) {
    let named = |line: &str, head: &str| -> Option<String> {
        let path = line.strip_prefix(head)?.split('\t').next()?.trim_end();
        Some(path.to_owned())
    };
    let mut old = None;
    for line in text.lines() {
        if let Some(path) = named(line, "--- ") {
            old = Some(path);
        } else if let (Some(new), Some(before)) = (named(line, "+++ "), old.take()) {
            let (before, after) = if reversed { (new, before) } else { (before, new) };
            let gone = after == "/dev/null";
            let path = if gone { before } else { after };
            let parts: Vec<&str> = path.split('/').collect();
            let path = parts.get(strip.min(parts.len() - 1)..).unwrap_or_default().join("/");
            let effect = if gone { Effect::Remove { recursive: false } } else { Effect::Overwrite };
            judge.touch(state, &Word::text(path), effect);
        }
    }
}

/// `patch [FILE] < PATCH`.
pub(super) fn patch(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let valued = ["-p", "-i", "-d", "-o", "-r", "-B", "-F", "--input", "--directory", "--strip"];
    let args = super::split(call, &valued);
    if args.has(&["--dry-run"]) {
        return Output::default();
    }
    let mut own = state.clone();
    if let Some(to) = args.value(&["-d", "--directory"]).and_then(Word::literal) {
        own.go(&to, |_| true);
    }
    if let Some(file) = args.value(&["-o"]).or_else(|| args.operands.first()) {
        judge.touch(&own, file, Effect::Overwrite);
        return Output::default();
    }
    let text = match args.value(&["-i", "--input"]).or_else(|| args.operands.get(1)) {
        Some(file) => judge.text_of(&own, file),
        None => call.stdin.joined(),
    };
    let strip = args.value(&["-p", "--strip"]).and_then(Word::literal);
    // Without a number the folders are left out where the file is not there by them.
    let strip = strip.and_then(|n| n.parse().ok()).unwrap_or(usize::MAX);
    match text {
        Some(text) => common(judge, &own, &text, strip, args.has(&["-R", "--reverse"])),
        // What it changes lies in the folder that it is told of.
        None if args.has(&["-d", "--directory"]) => {
            judge.touch_inside(&own, Effect::Overwrite);
        }
        None => {}
    }
    Output::default()
}
