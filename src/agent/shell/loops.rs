//! Bodies that run more than once.

use super::ast::Node;
use super::walk::{join, run};
use super::word::Word;
use super::{Host, Output, State};

/// How often a loop runs that takes its arguments one by one.
const SHIFTS: usize = 40;
/// How often a loop runs, as far as it changes anything.
const ROUNDS: usize = 2;
/// So many turns of a loop are followed one by one.
const TURNS: usize = 8;

/// A body that runs for each of these values.
pub(super) fn each(
    host: &mut dyn Host,
    state: &mut State,
    (name, values): (&str, Vec<Word>),
    body: &Node,
    stdin: &Output,
) -> Output {
    let known: Vec<Word> = values.iter().filter(|v| v.literal().is_some()).cloned().collect();
    let few = (2..=TURNS).contains(&values.len()) && known.len() == values.len();
    // One after the other, as far as it is known what they are.
    let turns = (few && state.loops == 0).then(|| {
        let mut own = state.clone();
        own.loops += 1;
        for value in known {
            own.vars.insert(name.to_owned(), vec![value]);
            run(host, &mut own, body, stdin);
            own.settle();
            own.arrive();
            own.tested = state.tested;
        }
        own.loops = state.loops;
        own
    });
    state.vars.insert(name.to_owned(), values);
    let out = repeat(host, state, body, stdin);
    if let Some(turns) = turns {
        state.join(turns);
    }
    out
}

/// A body that runs any number of times.
pub(super) fn repeat(
    host: &mut dyn Host,
    state: &mut State,
    body: &Node,
    stdin: &Output,
) -> Output {
    let mut out = Output::default();
    let mut own = state.clone();
    own.loops += 1;
    for round in 0..SHIFTS {
        let before = (own.cwds.clone(), own.args.clone(), own.vars.clone());
        join(&mut out, run(host, &mut own, body, stdin));
        own.settle();
        own.arrive();
        own.tested = state.tested;
        let mut after = own.clone();
        after.loops = state.loops;
        state.join(after);
        let shifted = own.args.concat().len() < before.1.concat().len();
        let same = before == (own.cwds.clone(), own.args.clone(), own.vars.clone());
        if own.ended || same || (round + 1 >= ROUNDS && !shifted) {
            break;
        }
    }
    out
}
