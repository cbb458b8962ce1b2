//! Programs that write a file which is none of their first operands.

use super::args::split;
use super::{Effect, Judge, Near, Why};
use crate::agent::shell::{Call, Output, State, Word};

/// The second file is written.
pub(super) fn second(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-f", "-s", "-w", "-l", "-c", "-g", "-n"]);
    if let Some(target) = args.operands.get(1) {
        judge.touch(state, target, Effect::Overwrite);
    }
    if judge.program.ends_with("uniq") {
        return super::output::known(judge, state, call);
    }
    Output::unknown(Vec::new())
}

/// The file behind -o or -out.
pub(super) fn out(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let names = ["-o", "-out", "--out", "--output"];
    for pair in call.words[1..].windows(2).filter(|p| names.contains(&p[0].prefix().as_str())) {
        judge.touch(state, &pair[1], Effect::Overwrite);
    }
    for word in &call.words[1..] {
        if let Some(target) = word.strip("--output=") {
            judge.touch(state, &target, Effect::Overwrite);
        }
    }
    Output::unknown(call.stdin.within.clone())
}

/// The last file is written.
pub(super) fn last(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let overwrites = call.words.iter().any(|w| w.prefix() == "-y");
    if let Some(target) = call.words[1..].last().filter(|_| overwrites) {
        judge.touch(state, target, Effect::Overwrite);
    }
    Output::unknown(Vec::new())
}

/// With -i all but the expression.
pub(super) fn inside(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-p", "-o"]);
    if args.has(&["-i", "--inplace", "--in-place"]) {
        for file in args.operands.iter().filter(|w| w.literal().is_none_or(|w| w != "eval")) {
            judge.touch(state, file, Effect::Overwrite);
        }
    }
    Output::unknown(Vec::new())
}

/// Whether a model lies in the trash that is emptied.
pub(super) fn trash(judge: &mut Judge<'_>, _: &mut State, _: &Call<'_>) -> Output {
    judge.empty_trash();
    Output::default()
}

impl Judge<'_> {
    /// The trash goes for good.
    pub(super) fn empty_trash(&mut self) {
        let Some(place) = self.eyes.surroundings.home_trash.clone() else { return };
        if !matches!(self.near(&place.join("files")), Near::Nothing) {
            self.deny(Why::Store("it empties the trash, and a model may lie in it"));
        }
    }
}

/// A program text for a line editor that writes, or runs something: each line of it.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.split(['\n', '|']).map(|line| line.trim().to_owned()).collect()
}

/// A file that is named behind a word, in the words of a text.
pub(super) fn named(judge: &mut Judge<'_>, state: &State, name: &str) {
    let name = name.trim().trim_matches(['"', '\'']);
    if !name.is_empty() {
        judge.touch(state, &Word::text(name), Effect::Overwrite);
    }
}
