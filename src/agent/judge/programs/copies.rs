//! Programs that put something in a place where something else may be.

use std::path::{Path, PathBuf};

use super::args::{Args, split};
use super::{Effect, Judge, glob};
use crate::agent::shell::{Call, Output, State, Word, Written, bare};

/// So many files of a folder are looked up in the place that it is copied to.
const FILES: usize = 400;

const VALUED: &[&str] = &[
    "-t",
    "-S",
    "-m",
    "-o",
    "-g",
    "--target-directory",
    "--suffix",
    "--mode",
    "--owner",
    "--group",
];

/// Sources and the place they go to.
fn places(args: &Args) -> (Vec<Word>, Option<Word>) {
    if let Some(folder) = args.value(&["-t", "--target-directory"]) {
        return (args.operands.clone(), Some(folder.clone()));
    }
    let mut sources = args.operands.clone();
    let last = if sources.len() > 1 { sources.pop() } else { None };
    (sources, last)
}

/// What lies where something is put.
pub(super) fn replaced(
    judge: &mut Judge<'_>,
    state: &State,
    sources: &[Word],
    to: &Word,
    deep: bool,
) {
    for place in judge.places(state, to) {
        let folder = place.is_dir();
        for source in sources {
            let all = judge.places(state, source);
            let dot = source.pattern().is_some_and(|p| p.ends_with("/.") || p == ".");
            let slash = deep && source.pattern().is_some_and(|p| p.ends_with('/'));
            for path in all {
                let Some(name) = path.file_name() else { continue };
                let at = if folder && !dot && !slash { place.join(name) } else { place.clone() };
                if path.is_dir() && !dot && !slash && !folder {
                    continue;
                }
                if path.is_dir() {
                    for below in files(&path) {
                        judge.touch_path(&at.join(&below), false, Effect::Overwrite);
                    }
                } else if !at.is_dir() {
                    judge.touch_path(&at, false, Effect::Overwrite);
                }
            }
        }
    }
}

/// Files below a folder, relative to it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut queue = vec![PathBuf::new()];
    while let Some(at) = queue.pop() {
        for name in glob::listing(&folder.join(&at)) {
            let below = at.join(name);
            if found.len() >= FILES {
                return found;
            }
            if folder.join(&below).is_dir() { queue.push(below) } else { found.push(below) }
        }
    }
    found
}

/// `mv`.
pub(super) fn mv(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], VALUED);
    let (sources, to) = places(&args);
    let Some(to) = to else { return Output::default() };
    for source in &sources {
        judge.touch(state, source, Effect::Move);
    }
    if !args.has(&["-n", "--no-clobber"]) {
        replaced(judge, state, &sources, &to, false);
    }
    if let (Some(from), Some(to)) = (sources.first().and_then(Word::literal), to.literal()) {
        known_as(state, &from, &to);
    }
    Output::default()
}

/// `scp HOST:FILE PLACE`: the file, or one of its name in a folder.
pub(super) fn scp(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-i", "-P", "-o", "-F", "-J", "-c", "-l", "-S"]);
    let (sources, to) = places(&args);
    let Some(to) = to.filter(|to| !to.prefix().contains(':')) else { return Output::default() };
    for place in judge.places(state, &to) {
        for source in sources.iter().map(Word::shown) {
            let name =
                source.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or("").to_owned();
            let at = if place.is_dir() { place.join(name) } else { place.clone() };
            judge.touch_path(&at, false, Effect::Overwrite);
        }
    }
    Output::default()
}

/// `mmv 'models/*' 'old/#1'`: a pattern that no shell has replaced.
pub(super) fn mmv(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &[]);
    let copies = args.has(&["-c", "-l", "-s", "-n"]);
    if let Some(pattern) = args.known(0).filter(|_| !copies) {
        let word = Word { parts: vec![bare(&pattern)] };
        judge.touch(state, &word, Effect::Move);
    }
    Output::default()
}

/// From now on the one is found under the other name as well.
fn known_as(state: &mut State, from: &str, to: &str) {
    let (from, to) = (state.paths(from), state.paths(to));
    let (Some(from), Some(to)) = (from.into_iter().next(), to.into_iter().next()) else { return };
    let at = match from.file_name() {
        Some(name) if to.is_dir() => to.join(name),
        _ => to,
    };
    // What is there already keeps its own meaning.
    if at.symlink_metadata().is_err() && at != from && !from.starts_with(&at) {
        state.links.push((at, from));
    }
}

/// `cp` and `install`.
pub(super) fn cp(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], VALUED);
    if args.has(&["-n", "--no-clobber"])
        || (args.has(&["-d"]) && judge.program.ends_with("install"))
    {
        return Output::default();
    }
    let (sources, to) = places(&args);
    if let Some(to) = to {
        replaced(judge, state, &sources, &to, false);
        copied(judge, state, &sources, &to);
        if args.has(&["--remove-destination", "-f"])
            && let Some(path) = to.literal()
            && sources.iter().all(Word::is_unknown)
        {
            judge.touch(state, &Word::text(path), Effect::Overwrite);
        }
    }
    Output::default()
}

/// From now on the text of the one is in the other.
fn copied(judge: &Judge<'_>, state: &mut State, sources: &[Word], to: &Word) {
    for source in sources {
        let unknown = source.is_unknown();
        let from = judge.places(state, source).into_iter().next();
        for place in judge.places(state, to) {
            let name = from.as_deref().and_then(Path::file_name);
            let at = match name {
                Some(name) if place.is_dir() => place.join(name),
                _ => place,
            };
            let text = match &from {
                Some(from) => state.written.get(from).cloned(),
                None if unknown => Some(Written::Unknown),
                None => continue,
            };
            let text = text.or_else(|| from.clone().map(Written::Copy));
            state.written.extend(text.map(|text| (at, text)));
        }
    }
}

/// `ln`: with -f the name is replaced.
pub(super) fn ln(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], VALUED);
    let (sources, to) = places(&args);
    let to = to.unwrap_or_else(|| Word::text("."));
    let deep = !args.has(&["-n", "-T", "--no-dereference", "--no-target-directory"]);
    for place in judge.places(state, &to) {
        for source in sources.iter().filter_map(Word::pattern) {
            let name = Path::new(&source).file_name();
            let at = match name {
                Some(name) if deep && place.is_dir() => place.join(name),
                _ => place.clone(),
            };
            if args.has(&["-f", "--force"]) {
                judge.touch_path(&at, false, Effect::Remove { recursive: false });
            }
            let base = if args.has(&["-s", "--symbolic"]) {
                at.parent().map(Path::to_path_buf)
            } else {
                state.cwds.first().cloned()
            };
            if let Some(base) = base {
                let target = state.resolve(&base, &source);
                state.links.push((at, target));
            }
        }
    }
    Output::default()
}

/// `rsync`: --delete empties the place, --remove-source-files the source.
pub(super) fn rsync(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let valued = &[
        "-e",
        "-f",
        "--rsh",
        "--exclude",
        "--include",
        "--filter",
        "--exclude-from",
        "--include-from",
        "--files-from",
        "--rsync-path",
        "--bwlimit",
        "--backup-dir",
        "--partial-dir",
        "--log-file",
        "--max-size",
        "--min-size",
        "--timeout",
    ];
    let args = split(&call.words[1..], valued);
    if args.has(&["-n", "--dry-run", "--list-only"]) {
        return Output::default();
    }
    let remote = |word: &Word| {
        let text = word.prefix();
        text.split('/').next().is_some_and(|first| first.contains(':'))
    };
    let mut sources = args.operands.clone();
    let Some(to) = sources.pop() else { return Output::default() };
    if args.has(&["--remove-source-files", "--remove-sent-files"]) {
        for source in sources.iter().filter(|s| !remote(s)) {
            judge.touch(state, source, Effect::Move);
        }
    }
    if remote(&to) {
        return Output::default();
    }
    let deletes = args.flags.iter().any(|(f, _)| f.starts_with("--delete") || f == "--del");
    if deletes {
        judge.touch(state, &to, Effect::Remove { recursive: true });
    }
    if !args.has(&["--ignore-existing"]) {
        replaced(judge, state, &sources, &to, true);
    }
    Output::default()
}
