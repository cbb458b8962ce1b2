//! Programs that run another one.

use super::args::split;
use super::{Effect, Judge, scripts};
use crate::agent::shell::{Call, Output, State, Word};

/// The command after a wrapper's own options and `skip` operands; variables before it are left out.
pub(super) fn rest(words: &[Word], valued: &[&str], skip: usize) -> Vec<Word> {
    let (mut at, mut skipped) = (0, 0);
    while let Some(word) = words.get(at) {
        let known = word.prefix();
        if known == "--" {
            at += 1;
            // What follows is the command, but for the operands before it.
            at += skip - skipped.min(skip);
            break;
        }
        if known.starts_with('-') && known.len() > 1 {
            at += if takes_next(&known, valued) { 2 } else { 1 };
        } else if is_assignment(&known) {
            at += 1;
        } else if skipped < skip {
            skipped += 1;
            at += 1;
            // All that follows is the command.
            if skipped == skip {
                break;
            }
        } else {
            break;
        }
    }
    words.get(at..).unwrap_or_default().to_vec()
}

/// Whether the value of an option is the next word; of several in one, that of the last.
fn takes_next(option: &str, valued: &[&str]) -> bool {
    if option.starts_with("--") || valued.contains(&option) {
        return valued.contains(&option);
    }
    let takes = |(_, letter): &(usize, char)| valued.contains(&format!("-{letter}").as_str());
    let first = option.char_indices().skip(1).find(takes);
    first.is_some_and(|(at, letter)| at + letter.len_utf8() == option.len())
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

/// `env`: variables, `-C`, `-S`.
pub(super) fn env(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let valued = ["-u", "-C", "-S", "--unset", "--chdir", "--split-string"];
    let words = &call.words[1..];
    // What follows the command is its own.
    let inner = rest(words, &valued, 0);
    let words = &words[..words.len() - inner.len()];
    let args = split(words, &valued);
    let mut own = state.clone();
    if let Some(to) = args.value(&["-C", "--chdir"]) {
        judge.enter(&mut own, to);
    }
    if let Some(text) = args.value(&["-S", "--split-string"]).and_then(Word::pattern) {
        let given = inner.iter().filter_map(Word::literal);
        let text = std::iter::once(text).chain(given).collect::<Vec<_>>().join(" ");
        return judge.nested(&own, &text, call.stdin);
    }
    let mut env = call.env.clone();
    env.extend(words.iter().filter(|w| is_assignment(&w.prefix())).filter_map(|word| {
        let known = word.prefix();
        let (name, _) = known.split_once('=')?;
        Some((name.to_owned(), vec![word.strip(&format!("{name}="))?]))
    }));
    let call = Call { words: Vec::new(), stdin: call.stdin, env };
    judge.inner(&mut own, inner, &call)
}

/// `watch`: its words are one text for a shell.
pub(super) fn watch(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let words = rest(&call.words[1..], &["-n", "--interval"], 0);
    scripts::text(judge, state, &words, call.stdin)
}

/// `flock FILE COMMAND..`, or `flock FILE -c TEXT`.
pub(super) fn flock(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let is_text = |w: &Word| w.literal().is_some_and(|w| w == "-c" || w == "--command");
    let valued = ["-w", "-E", "--timeout"];
    // After its own options and the file.
    let at = call.words.iter().position(is_text);
    let own = at.filter(|at| rest(&call.words[1..*at], &valued, 1).is_empty());
    match own {
        Some(at) => scripts::text(judge, state, &call.words[at + 1..], call.stdin),
        None => judge.inner(state, rest(&call.words[1..], &valued, 1), call),
    }
}

/// `busybox rm ..`.
pub(super) fn applet(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let words = call.words[1..].to_vec();
    if words.first().is_some_and(Word::is_unknown) {
        for word in &words[1..] {
            judge.touch(state, word, Effect::Remove { recursive: true });
        }
    }
    judge.inner(state, words, call)
}
