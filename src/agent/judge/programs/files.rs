//! Programs that write over files.

use super::args::split;
use super::{Effect, Judge, clouds};
use crate::agent::shell::{Call, Output, State, Word};

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
    let given = args.flags.iter().filter(|(f, _)| f == "-e" || f == "--expression");
    let mut texts: Vec<String> = given.filter_map(|(_, v)| v.as_ref()?.pattern()).collect();
    texts.extend(args.operands.first().filter(|_| !scripted).and_then(Word::pattern));
    for line in texts.iter().flat_map(|text| text.lines()) {
        sed_line(judge, state, line.trim());
    }
    if inside {
        for word in args.operands.iter().skip(usize::from(!scripted)) {
            judge.touch(state, word, Effect::Overwrite);
        }
    }
    Output::unknown(call.stdin.within.clone())
}

/// `w FILE` and `e COMMAND` have the rest of a line; so have they as flags of `s`.
fn sed_line(judge: &mut Judge<'_>, state: &State, line: &str) {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || " ;,$!{}".contains(c));
        // An address that is a pattern.
        if let Some(inner) = rest.strip_prefix('/') {
            let Some((_, after)) = inner.split_once('/') else { return };
            rest = after;
            continue;
        }
        break;
    }
    let mut replaced = "";
    if let Some(text) = rest.strip_prefix('s') {
        let Some(sign) = text.chars().next().filter(char::is_ascii_punctuation) else { return };
        let parts: Vec<&str> = text[1..].splitn(3, sign).collect();
        let [_, by, flags] = parts[..] else { return };
        replaced = by;
        rest = flags.trim_start_matches(|c: char| "gpiIm0123456789".contains(c));
        if !rest.starts_with(['w', 'e']) {
            return rest.split_once(';').map_or((), |(_, next)| sed_line(judge, state, next));
        }
    }
    if let Some(file) = rest.strip_prefix('w') {
        let file = file.trim();
        if !file.is_empty() {
            judge.touch(state, &Word::text(file), Effect::Overwrite);
        }
    } else if let Some(command) = rest.strip_prefix('e') {
        let command = if command.trim().is_empty() { replaced } else { command };
        judge.nested(state, command, &Output::default());
    } else if let Some((_, next)) = rest.split_once(';') {
        sed_line(judge, state, next.trim());
    }
}

/// `-o FILE` and `-O FILE`.
pub(super) fn output_file(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let name = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    clouds::told(judge, state, call);
    let valued: &[&str] =
        if name == "wget" { &["-O", "--output-document"] } else { &["-o", "--output"] };
    let folder = "--output-dir";
    let args = split(&call.words[1..], &[valued, &[folder]].concat());
    let mut own = state.clone();
    if let Some(to) = args.value(&[folder]).and_then(Word::literal) {
        own.go(&to, |_| true);
    }
    if let Some(target) = args.value(valued) {
        judge.touch(&own, target, Effect::Overwrite);
    }
    if name == "curl" {
        let more = ["-D", "--dump-header", "-c", "--cookie-jar", "--stderr", "--trace"];
        for pair in call.words.windows(2).filter(|p| more.contains(&p[0].prefix().as_str())) {
            judge.touch(&own, &pair[1], Effect::Overwrite);
        }
    }
    // Under the name that it has there.
    if name == "curl" && args.has(&["-O", "--remote-name", "--remote-name-all"]) {
        for url in args.operands.iter().filter_map(Word::literal) {
            let path = url.split(['?', '#']).next().unwrap_or("");
            let file = path.rsplit('/').next().unwrap_or("");
            judge.touch(&own, &Word::text(file), Effect::Overwrite);
        }
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
    let args = super::split(call, &["-m", "--mode"]);
    for made in args.operands.iter().filter_map(Word::literal) {
        let paths = state.paths(&made);
        state.made.extend(paths);
    }
    Output::default()
}
