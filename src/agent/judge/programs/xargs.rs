//! Commands that are given paths by others: one command for all of them, or one for each.

use super::args::{rest, split};
use super::{Judge, scripts};
use crate::agent::shell::{Call, Output, Part, State, Word};

/// For so many a text for a shell is run one by one.
const EACH: usize = 100;

/// Runs a command for each of these, where it has a text for a shell, or a place that something is
/// put to: there the words of one say nothing of another.
pub(super) fn for_each(
    judge: &mut Judge<'_>,
    state: &mut State,
    words: &[Word],
    mark: &str,
    by: &[Word],
    call: &Call<'_>,
) {
    let base = words.first().map(Word::prefix).unwrap_or_default();
    let base = base.rsplit('/').next().unwrap_or("").to_owned();
    let puts = ["cp", "mv", "ln", "install", "rsync", "dd"].contains(&base.as_str());
    let text = words.iter().position(|w| w.prefix() == "-c");
    if !puts && text.is_none() {
        return;
    }
    for word in by.iter().take(EACH) {
        if judge.denial.is_some() {
            return;
        }
        let mut inner = replaced(words, mark, std::slice::from_ref(word));
        // What follows the text is its `$0`, which is known as the first argument here.
        if let Some(at) = text.filter(|_| base.ends_with("sh"))
            && let Some(program) = inner.get(at + 1).and_then(Word::literal)
            && program.contains("$0")
            && inner.len() == at + 3
        {
            inner[at + 1] = Word::text(program.replace("$0", "$1"));
            inner.insert(at + 2, Word::text("sh"));
        }
        judge.inner(state, inner, call);
    }
}

/// The words, each mark in them replaced by all of these.
pub(super) fn replaced(words: &[Word], mark: &str, by: &[Word]) -> Vec<Word> {
    let mut made = Vec::new();
    for word in words {
        let Some(pattern) = word.pattern().filter(|p| p.contains(mark)) else {
            made.push(word.clone());
            continue;
        };
        if pattern == mark {
            made.extend(by.iter().cloned());
            continue;
        }
        // A text for a shell, or a path with more to it: one word for each, up to a bound.
        let text = pattern.contains(char::is_whitespace);
        let each = by.iter().take(64).map(|value| {
            let mut built = Word::default();
            for (i, piece) in pattern.split(mark).enumerate() {
                if i > 0 {
                    value.parts.iter().for_each(|part| built.push(part.clone()));
                }
                if !piece.is_empty() {
                    built.push(Part::Text(piece.to_owned()));
                }
            }
            built
        });
        if text {
            let all: Vec<String> = each.filter_map(|w| w.pattern()).collect();
            if all.is_empty() {
                made.push(Word::unknown(Vec::new()));
            } else {
                made.push(Word::text(all.join("\n")));
            }
        } else {
            made.extend(each);
        }
    }
    made
}

/// `xargs`, and `parallel`.
pub(super) fn xargs(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let valued = &[
        "-n",
        "-P",
        "-d",
        "-L",
        "-s",
        "-a",
        "-E",
        "-I",
        "-j",
        "--max-args",
        "--max-procs",
        "--delimiter",
        "--arg-file",
        "--replace",
        "--jobs",
        "-J",
    ];
    let args = split(&call.words[1..], valued);
    let mut command = rest(&call.words[1..], valued, 0);
    let parallel = judge.program.ends_with("parallel");
    let given = parallel.then(|| command.iter().position(|w| w.prefix() == ":::")).flatten();
    let items = if let Some(at) = given {
        let items = command.split_off(at);
        items[1..].to_vec()
    } else if let Some(file) = args.value(&["-a", "--arg-file"]) {
        let text = judge.text_of(state, file);
        text.map_or_else(
            || vec![Word::unknown(Vec::new())],
            |text| text.lines().map(Word::text).collect(),
        )
    } else {
        call.stdin.words().unwrap_or_else(|| vec![Word::unknown(call.stdin.within.clone())])
    };
    if items.is_empty() || command.is_empty() {
        return Output::unknown(call.stdin.within.clone());
    }
    let mark = args.value(&["-I", "--replace", "-J"]).and_then(Word::literal);
    let has = |mark: &str| command.iter().any(|w| w.pattern().is_some_and(|p| p.contains(mark)));
    let mark = mark.or_else(|| (parallel && has("{}")).then(|| "{}".to_owned()));
    let none = Output::default();
    let bare = Call { words: Vec::new(), stdin: &none, env: call.env.clone() };
    if !parallel {
        // A text for a shell may be run for each of them.
        let text = mark.is_none() && command.iter().any(|w| w.prefix() == "-c");
        let mut template = command.clone();
        template.extend(text.then(|| Word::text("{}")));
        let mark = mark.as_deref().unwrap_or("{}");
        for_each(judge, state, &template, mark, &items, &bare);
    }
    let words = match mark {
        Some(mark) => replaced(&command, &mark, &items),
        None => {
            // Lines with blanks are several words.
            let null = args.has(&["-0", "--null", "-d", "--delimiter"]) || parallel;
            let mut words = command.clone();
            words.extend(items.into_iter().flat_map(|w| if null { vec![w] } else { w.split() }));
            words
        }
    };
    // The words of parallel are a text for a shell.
    if parallel && words.len() == 1 {
        return scripts::text(judge, state, &words, &none);
    }
    judge.inner(state, words, &bare)
}
