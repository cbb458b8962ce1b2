//! What commands write that others read: known as far as it can be told without running them.

use std::path::Path;

use super::args::split;
use super::{Judge, glob, interpreters};
use crate::agent::shell::{Call, Output, Part, State, Word, decoded};
use crate::sys::env;

/// More lines are not kept.
const LINES: usize = 2_000;

/// By the program's name.
pub(super) fn known(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let name = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    let words = &call.words[1..];
    let valued: &[&str] = match name.as_str() {
        "ls" => &["-I", "-w", "-T"],
        "cat" | "tac" | "realpath" | "readlink" => &[],
        "rg" => &["-e", "-A", "-B", "-C", "-f", "-m", "-g", "-t", "-T", "-j", "-d", "-M", "-r"],
        _ => &["-n", "-e", "-t", "-k", "-o", "-C", "-A", "-B", "-f", "-d", "-m"],
    };
    let args = split(words, valued);
    match name.as_str() {
        "echo" | "printf" => text(&name, words),
        "which" => {
            let place = |w: &Word| {
                let found = w.literal().and_then(|name| env::on_path(&name));
                found.map_or_else(|| w.clone(), |path| Word::text(path.to_string_lossy()))
            };
            Output::lines(args.operands.iter().map(place).collect())
        }
        "hostname" => {
            let own = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
            Output::of(own.trim().to_owned())
        }
        "yes" => Output::of(args.known(0).unwrap_or_else(|| "y".to_owned())),
        "ls" => listing(state, &args.operands, args.has(&["-d"])),
        "cat" | "tac" => content(judge, state, &args.operands, call.stdin),
        // Parts of lines are none of them.
        "head" | "tail"
            if args.flags.iter().any(|(f, _)| f.starts_with("-c") || f == "--bytes") =>
        {
            Output::unknown(call.stdin.within.clone())
        }
        "head" | "tail" | "sort" | "uniq" => content(judge, state, &args.operands, call.stdin),
        "grep" | "egrep" | "fgrep" | "rg" if args.has(&["-o", "--only-matching"]) => {
            Output::unknown(call.stdin.within.clone())
        }
        "grep" | "egrep" | "fgrep" | "rg" => grep(judge, state, &args, call.stdin),
        "realpath" | "readlink" => {
            let paths = args.operands.iter().map(|w| match w.literal() {
                Some(p) => state.paths(&p).into_iter().next().map_or_else(
                    || Word::unknown(Vec::new()),
                    |p| Word::text(p.canonicalize().unwrap_or(p).to_string_lossy()),
                ),
                None => w.clone(),
            });
            Output::lines(paths.collect())
        }
        "dirname" => Output::lines(
            args.operands
                .iter()
                .map(|w| match w.pattern() {
                    Some(p) => Word::text(Path::new(&p).parent().map_or_else(
                        || ".".into(),
                        |d| {
                            if d.as_os_str().is_empty() { ".".into() } else { d.to_string_lossy() }
                        },
                    )),
                    None => Word::unknown(w.within()),
                })
                .collect(),
        ),
        "basename" => {
            let suffix =
                args.operands.get(1).filter(|_| !args.has(&["-a"])).and_then(Word::literal);
            let base = args.operands.iter().take(1).map(|w| match w.literal() {
                Some(p) => {
                    let name = Path::new(&p).file_name().unwrap_or_default().to_string_lossy();
                    let short = suffix.as_ref().and_then(|s| name.strip_suffix(s.as_str()));
                    Word::text(short.filter(|s| !s.is_empty()).unwrap_or(&name))
                }
                None => w.clone(),
            });
            Output::lines(base.collect())
        }
        // A name that nothing has yet.
        "mktemp" => match words.last().filter(|w| w.prefix().contains('/')) {
            Some(template) => Output::lines(vec![template.clone()]),
            None => Output::lines(vec![Word::text("/tmp/safe-rm.no.such.file")]),
        },
        "date" if args.known(0).is_some_and(|f| f.starts_with('+') && !f.contains('%')) => {
            Output::of(args.known(0).unwrap_or_default().trim_start_matches('+').to_owned())
        }
        "date" | "seq" => {
            Output::lines(vec![Word { parts: vec![Part::Glob("[0-9]*".to_owned())] }])
        }
        "awk" | "gawk" | "mawk" => interpreters::other(judge, state, call),
        _ => Output::unknown(call.stdin.within.clone()),
    }
}

/// The words of echo as one text; those of printf by its format, where that only puts them in a row.
fn text(name: &str, words: &[Word]) -> Output {
    let option = |w: &&Word| ["-n", "-e", "-E", "-ne", "-en", "--"].contains(&w.prefix().as_str());
    let words: Vec<&Word> = words.iter().skip_while(option).collect();
    let all: Option<Vec<String>> = words.iter().map(|w| w.literal()).collect();
    let Some(all) = all else {
        // Unknown in part: its words are still words.
        let skip = usize::from(name == "printf");
        return Output::lines(words.into_iter().skip(skip).cloned().collect());
    };
    // What is written by numbers that make no text is not known.
    let written = all.join(" ");
    if name == "echo" && !written.contains('\\') {
        return Output::of(written);
    }
    let Some(all) = all.iter().map(|t| decoded(t)).collect::<Option<Vec<String>>>() else {
        return Output::unknown(Vec::new());
    };
    if name == "echo" {
        return Output::of(all.join(" "));
    }
    let Some((format, rest)) = all.split_first() else { return Output::default() };
    let format = format.clone();
    if rest.is_empty() || !format.contains('%') {
        return Output::of(format);
    }
    let mut out = String::new();
    let mut rest = rest.iter();
    while rest.len() > 0 {
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            match c {
                '%' => match chars.next() {
                    Some('%') => out.push('%'),
                    Some(_) => out.push_str(rest.next().map_or("", String::as_str)),
                    None => {}
                },
                c => out.push(c),
            }
        }
    }
    Output::of(out)
}

/// The names in a folder, or the words themselves.
fn listing(state: &State, words: &[Word], themselves: bool) -> Output {
    let here = [Word::text(".")];
    let words = if words.is_empty() { &here } else { words };
    let (mut lines, mut within) = (Vec::new(), Vec::new());
    for word in words {
        let Some(written) = word.pattern() else {
            return Output::unknown(word.within());
        };
        let folder = !themselves && !word.is_glob();
        for path in state.paths(&written) {
            if folder && path.is_dir() {
                let names = glob::listing(&path).into_iter().take(LINES);
                lines.extend(names.map(|n| Word::text(n.to_string_lossy())));
                within.push(path);
            } else {
                lines.push(word.clone());
            }
        }
    }
    Output { within, ..Output::lines(lines) }
}

fn content(judge: &Judge<'_>, state: &State, files: &[Word], stdin: &Output) -> Output {
    let files: Vec<&Word> = files.iter().filter(|w| w.literal().as_deref() != Some("-")).collect();
    if files.is_empty() {
        return stdin.clone();
    }
    let texts: Option<Vec<String>> = files.iter().map(|w| judge.text_of(state, w)).collect();
    texts.map_or_else(|| Output::unknown(Vec::new()), |all| Output::of(all.concat()))
}

fn grep(judge: &Judge<'_>, state: &State, args: &super::args::Args, stdin: &Output) -> Output {
    let pattern = args.value(&["-e"]).and_then(Word::literal).or_else(|| args.known(0));
    let files = args.operands.get(1..).unwrap_or_default();
    if !files.is_empty() || args.has(&["-r", "-R", "-l"]) {
        if !args.has(&["-r", "-R", "-c", "-n", "-H"])
            && !files.is_empty()
            && files.iter().all(|f| !f.is_unknown())
            && args.has(&["-l", "-L"])
        {
            // Some of its operands.
            return Output::lines(files.to_vec());
        }
        let folders = files.iter().flat_map(|f| judge.places(state, f));
        let within: Vec<_> = folders.filter(|p| p.exists()).collect();
        if args.has(&["-l", "-L", "-r", "-R"]) {
            let within = if within.is_empty() { state.cwds.clone() } else { within };
            return Output::unknown(within);
        }
        return content(judge, state, files, stdin);
    }
    let (Some(lines), Some(pattern)) = (stdin.words(), pattern) else { return stdin.clone() };
    let Some(fits) = simple(&pattern) else { return stdin.clone() };
    let not = args.has(&["-v"]);
    let kept =
        lines.into_iter().filter(|line| line.literal().is_none_or(|line| fits(&line) != not));
    Output { within: stdin.within.clone(), ..Output::lines(kept.collect()) }
}

/// A regular expression that is only characters, perhaps at an end.
fn simple(pattern: &str) -> Option<impl Fn(&str) -> bool> {
    let (start, end) = (pattern.starts_with('^'), pattern.ends_with('$'));
    let inner = pattern.trim_start_matches('^').trim_end_matches('$');
    let plain = inner.replace("\\.", ".");
    if plain.contains(['*', '[', '(', '|', '\\', '+', '?', '{', '^', '$']) {
        return None;
    }
    Some(move |line: &str| match (start, end) {
        (true, true) => line == plain,
        (true, false) => line.starts_with(&plain),
        (false, true) => line.ends_with(&plain),
        (false, false) => line.contains(&plain),
    })
}
