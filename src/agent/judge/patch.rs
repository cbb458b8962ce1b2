//! `apply_patch`, as agents call it: the files that its patch names.

use super::{Effect, Judge, scripts};
use crate::agent::shell::{Call, Output, State, Word};

/// What a line of a patch begins with, and what is done to the file that it names.
const HEADS: &[(&str, Effect)] = &[
    ("*** Update File: ", Effect::Overwrite),
    ("*** Add File: ", Effect::Overwrite),
    ("*** Delete File: ", Effect::Remove { recursive: true }),
    (MOVE, Effect::Overwrite),
];
const MOVE: &str = "*** Move to: ";

/// The files of a patch, each with what is done to it.
pub(in crate::agent) fn files(text: &str) -> Vec<(String, Effect)> {
    let mut found: Vec<(String, Effect)> = Vec::new();
    for line in text.lines().map(str::trim_start) {
        let head =
            HEADS.iter().find_map(|(head, effect)| Some((line.strip_prefix(head)?, *effect)));
        let Some((path, effect)) = head else { continue };
        if line.starts_with(MOVE)
            && let Some(last) = found.last_mut()
        {
            last.1 = Effect::Move;
        }
        found.push((path.trim().to_owned(), effect));
    }
    found
}

/// The patch is its operand, or what it reads.
pub(super) fn apply(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let text = match call.words.get(1) {
        Some(word) => word.literal(),
        None => call.stdin.joined(),
    };
    match text {
        Some(text) => {
            for (path, effect) in files(&text) {
                judge.touch(state, &Word::text(path), effect);
            }
        }
        None => scripts::unknown(judge, state, "a patch that is not known"),
    }
    Output::default()
}
