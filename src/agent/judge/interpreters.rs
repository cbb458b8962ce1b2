//! Interpreters: where their program is written, and in which language.

use super::args::split;
use super::scan::Language;
use super::{Effect, Judge, code, scripts, wrappers};
use crate::agent::shell::{Call, Output, State, Word};

/// `python -c`, `python -`, `python FILE`, `uv run ..`.
pub(super) fn python(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let name = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    if ["uv", "poetry", "pipenv", "conda", "micromamba"].contains(&name.as_str()) {
        let words = wrappers::rest(
            &call.words[1..],
            &["-n", "-p", "--name", "--with", "--project", "--directory"],
            0,
        );
        if words.first().and_then(Word::literal).as_deref() == Some("run") {
            let words = wrappers::rest(
                &words[1..],
                &["-n", "-p", "--name", "--with", "--project", "--python", "--extra"],
                0,
            );
            return judge.inner(state, words, call);
        }
        return Output::unknown(Vec::new());
    }
    if has_module(&call.words) {
        return Output::unknown(Vec::new());
    }
    program(judge, state, call, Language::Python, &["-c"], &["-W", "-X", "--check-hash-based-pycs"])
}

fn has_module(words: &[Word]) -> bool {
    let mut before =
        words.iter().skip(1).map(Word::prefix).take_while(|w| w.starts_with('-') && w != "-");
    before.any(|w| w == "-m")
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
    let args = split(&call.words[1..], &all);
    let mut written = false;
    for (flag, value) in &args.flags {
        if !evals.contains(&flag.as_str()) {
            continue;
        }
        written = true;
        match value.as_ref().map(Word::pattern) {
            Some(Some(text)) => code::judge(judge, state, language, &text, true),
            Some(None) => scripts::unknown(judge, state, "a program text that is not known"),
            None => {}
        }
    }
    if written {
        return Output::unknown(Vec::new());
    }
    let file = args.operands.first().filter(|w| w.literal().as_deref() != Some("-"));
    match file {
        Some(file) => {
            if let Some(text) = judge.text_of(state, file) {
                code::judge(judge, state, language, &text, false);
            } else if file.literal().is_some_and(|f| f.starts_with("/dev/")) {
                scripts::unknown(judge, state, "a program text that is not known");
            }
        }
        None if call.stdin.fed => match call.stdin.joined() {
            Some(text) => code::judge(judge, state, language, &text, true),
            None => scripts::unknown(judge, state, "a program text that is not known"),
        },
        None => {}
    }
    Output::unknown(Vec::new())
}

/// A script that names its interpreter in its first line.
pub(super) fn script(judge: &mut Judge<'_>, state: &State, first: &str, text: &str) {
    let language = match first {
        f if f.contains("python") => Language::Python,
        f if f.contains("node") => Language::Node,
        f if f.contains("perl") => Language::Perl,
        _ => Language::Ruby,
    };
    code::judge(judge, state, language, text, false);
}
