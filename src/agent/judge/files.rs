//! Programs that write over files.

use super::args::split;
use super::{Effect, Judge, table};
use crate::agent::shell::{Call, Output, State};

/// `dd of=FILE`.
pub(super) fn dd(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    for word in &call.words[1..] {
        if let Some(target) = word.strip("of=") {
            judge.touch(state, &target, Effect::Destroy);
            let read = call.words.iter().any(|w| w.prefix().starts_with("if="));
            state.write(&target, call.stdin.joined().as_deref().filter(|_| !read), false);
        }
    }
    Output::unknown(Vec::new())
}

/// `sed -i`; the first operand is the script, unless an option has it.
pub(super) fn sed(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-e", "-f", "-l", "--expression", "--file"]);
    let inside = args.flags.iter().any(|(f, _)| f.starts_with("-i") || f == "--in-place");
    let scripted = args.has(&["-e", "-f", "--expression", "--file"]);
    if inside {
        for word in args.operands.iter().skip(usize::from(!scripted)) {
            judge.touch(state, word, Effect::Overwrite);
        }
    }
    Output::unknown(call.stdin.within.clone())
}

/// `-o FILE` and `-O FILE`.
pub(super) fn output_file(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let name = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    let valued: &[&str] =
        if name == "wget" { &["-O", "--output-document"] } else { &["-o", "--output"] };
    let args = split(&call.words[1..], valued);
    if let Some(target) = args.value(valued) {
        judge.touch(state, target, Effect::Overwrite);
    }
    if name == "sort" {
        return super::output::known(judge, state, call);
    }
    Output::unknown(Vec::new())
}

/// `tee`; what it reads is in its files then.
pub(super) fn tee(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &[]);
    let append = args.has(&["-a", "--append"]);
    let text = call.stdin.joined();
    for word in &args.operands {
        judge.touch(state, word, if append { Effect::Append } else { Effect::Overwrite });
        state.write(word, text.as_deref(), append);
    }
    call.stdin.clone()
}

/// What it makes is empty.
pub(super) fn mkdir(_: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = table::split(call, &["-m", "--mode"]);
    for made in args.operands.iter().filter_map(crate::agent::shell::Word::literal) {
        let paths = state.paths(&made);
        state.made.extend(paths);
    }
    Output::default()
}
