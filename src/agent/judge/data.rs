//! Programs that harm their operands, as data.

use super::args::split;
use super::{Effect, Judge};
use crate::agent::shell::{State, Word};

/// Which operands.
#[derive(Clone, Copy)]
pub(super) enum Which {
    /// Each.
    All,
    /// Each but the first.
    ButFirst,
    /// None.
    None,
}

/// How a program treats its operands.
pub(super) struct Operands {
    /// What is done to them.
    pub effect: Effect,
    /// To which.
    pub which: Which,
    /// Options with a value.
    pub valued: &'static [&'static str],
    /// Options without one of which nothing is done.
    pub needs: &'static [&'static str],
    /// Options with which nothing is done.
    pub unless: &'static [&'static str],
    /// Options with which directories go as well.
    pub deep: &'static [&'static str],
}

/// All operands, whatever the options are.
pub(super) const fn all(effect: Effect) -> Operands {
    Operands { effect, which: Which::All, valued: &[], needs: &[], unless: &[], deep: &[] }
}

/// Judges a command by it.
pub(super) fn judge(judge: &mut Judge<'_>, state: &State, how: &Operands, words: &[Word]) {
    let args = split(words, how.valued);
    if args.has(how.unless) || args.has(&["--help", "--version"]) {
        return;
    }
    if !how.needs.is_empty() && !args.may_have(how.needs) {
        return;
    }
    let effect = match how.effect {
        // An option that is not known may be -r.
        Effect::Remove { recursive: false } if args.may_have(how.deep) => {
            Effect::Remove { recursive: true }
        }
        effect => effect,
    };
    let skip = match how.which {
        Which::All => 0,
        Which::ButFirst => 1,
        Which::None => usize::MAX,
    };
    for word in args.operands.iter().skip(skip) {
        // rm leaves `.` and `..` alone.
        let written = word.pattern().unwrap_or_default();
        let last = written.trim_end_matches('/').rsplit('/').next().unwrap_or("");
        let removes = matches!(effect, Effect::Remove { .. }) && judge.program.ends_with("rm");
        if removes && [".", ".."].contains(&last) {
            continue;
        }
        judge.touch(state, word, effect);
    }
}
