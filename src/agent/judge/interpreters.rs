//! Interpreters: where their program is written, and in which language.

use super::args::{leading, split};
use super::scan::Language;
use super::{Effect, Judge, code, launchers, scripts};
use crate::agent::shell::{Call, Output, State, Word};

/// `python -c`, `python -`, `python FILE`, `python -m MODULE`.
pub(super) fn python(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    if let Some(at) = module(&call.words) {
        return launchers::module(judge, state, call, at);
    }
    program(judge, state, call, Language::Python, &["-c"], &["-W", "-X", "--check-hash-based-pycs"])
}

/// Where `-m` stands.
fn module(words: &[Word]) -> Option<usize> {
    let before =
        words.iter().skip(1).map(Word::prefix).take_while(|w| w.starts_with('-') && w != "-");
    before.into_iter().position(|w| w == "-m").map(|at| at + 1)
}

/// `node -e`.
pub(super) fn node(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let evals = ["-e", "-p", "--eval", "--print", "-pe"];
    // `deno run FILE`, `bun run FILE`, `deno eval TEXT`.
    let mut words = call.words.clone();
    let verb = words.get(1).and_then(Word::literal).unwrap_or_default();
    if verb == "run" {
        words.remove(1);
    } else if verb == "eval" {
        words[1] = Word::text("-e");
    }
    let call = Call { words, stdin: call.stdin, env: call.env.clone() };
    program(judge, state, &call, Language::Node, &evals, &["-r", "--require", "--import"])
}

/// `perl -e`, and `perl -i` over files.
pub(super) fn perl(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-e", "-E", "-I", "-M"]);
    if args.has(&["-i"]) {
        args.operands.iter().for_each(|w| judge.touch(state, w, Effect::Overwrite));
    }
    program(judge, state, call, Language::Perl, &["-e", "-E"], &["-I", "-M"])
}

/// `ruby -e`.
pub(super) fn ruby(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    program(judge, state, call, Language::Ruby, &["-e"], &["-I", "-r", "-C"])
}

/// awk, whose program is its first operand, and others with `-e` or `-r`.
pub(super) fn other(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let name = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    if name.ends_with("awk") {
        let args = split(&call.words[1..], &["-F", "-v", "-f", "-i", "-e"]);
        let inside = args.value(&["-i"]).and_then(Word::literal).as_deref() == Some("inplace");
        let scripted = args.has(&["-f", "-e"]);
        if inside {
            let files = args.operands.iter().skip(usize::from(!scripted));
            files.for_each(|w| judge.touch(state, w, Effect::Overwrite));
        }
        if let Some(text) = args.operands.first().filter(|_| !scripted).and_then(Word::literal) {
            code::judge(judge, state, Language::Other, &text, true);
        }
        return Output::unknown(call.stdin.within.clone());
    }
    program(judge, state, call, Language::Other, &["-r", "-e"], &["-d"])
}

fn program(
    judge: &mut Judge<'_>,
    state: &State,
    call: &Call<'_>,
    language: Language,
    evals: &[&str],
    valued: &[&str],
) -> Output {
    let all: Vec<&str> = evals.iter().chain(valued).copied().collect();
    // What follows the program are its own arguments.
    let args = leading(&call.words[1..], &all);
    let (mut written, mut given) = (false, &args.operands[..]);
    for (flag, value) in &args.flags {
        if !evals.contains(&flag.as_str()) {
            continue;
        }
        written = true;
        let Some(value) = value else { continue };
        match judge.texts(state, value) {
            Some(texts) => {
                for text in texts {
                    code::judge(judge, state, language, &with(&text, given), true);
                }
            }
            None => scripts::unknown(judge, state, "a program text that is not known"),
        }
    }
    if written {
        return Output::unknown(Vec::new());
    }
    let file = args.operands.first().filter(|w| w.literal().as_deref() != Some("-"));
    given = args.operands.get(1..).unwrap_or_default();
    match file {
        Some(file) => {
            // What the command itself writes is as if it were given with it.
            let inline = judge.is_written(state, file);
            if let Some(text) = judge.text_of(state, file) {
                code::judge(judge, state, language, &with(&text, given), inline);
            } else if file.literal().is_some_and(|f| f.starts_with("/dev/")) {
                scripts::unknown(judge, state, "a program text that is not known");
            }
        }
        None if call.stdin.fed => match call.stdin.joined() {
            Some(text) => code::judge(judge, state, language, &with(&text, given), true),
            None => scripts::unknown(judge, state, "a program text that is not known"),
        },
        None => {}
    }
    Output::unknown(Vec::new())
}

/// A program with its arguments in it, where it asks for one of them.
fn with(text: &str, given: &[Word]) -> String {
    let mut text = text.to_owned();
    for (at, word) in given.iter().enumerate().take(9) {
        let Some(word) = word.literal().filter(|w| !w.contains(['\'', '\\', '\n'])) else {
            continue;
        };
        let literal = format!("'{word}'");
        for (name, first) in [("sys.argv", 1), ("process.argv", 2), ("$ARGV", 0), ("ARGV", 0)] {
            text = text.replace(&format!("{name}[{}]", at + first), &literal);
        }
    }
    text
}

/// A script that names its interpreter in its first line.
pub(super) fn script(
    judge: &mut Judge<'_>,
    state: &State,
    first: &str,
    file: &Word,
    args: &[Word],
) {
    let language = match first {
        f if f.contains("python") => Language::Python,
        f if f.contains("node") => Language::Node,
        f if f.contains("perl") => Language::Perl,
        _ => Language::Ruby,
    };
    let inline = judge.is_written(state, file);
    if let Some(text) = judge.text_of(state, file) {
        code::judge(judge, state, language, &with(&text, args), inline);
    }
}
