//! git: what its commands throw away of a working tree. What git has a copy of is not lost: of what is
//! tracked only what was changed since counts, of what is not only what git would touch.

mod repository;

use std::path::{Path, PathBuf};

use super::args::{Args, split};
use super::{Effect, Judge, glob};
use crate::agent::shell::{Call, Output, State, Word};
use repository::{Repository, of_lines};

/// `git`.
pub(super) fn git(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let mut words = &call.words[1..];
    let mut own = state.clone();
    while let Some(word) = words.first() {
        let known = word.prefix();
        if let (true, Some(to)) = (known == "-C", words.get(1)) {
            judge.enter(&mut own, to);
        }
        match known.as_str() {
            "-C" | "-c" | "--git-dir" | "--work-tree" | "--namespace" => {
                words = words.get(2..).unwrap_or_default();
            }
            flag if flag.starts_with('-') => words = &words[1..],
            _ => break,
        }
    }
    let Some(command) = words.first().and_then(Word::literal) else { return Output::default() };
    let rest = &words[1..];
    let args = split(
        rest,
        &[
            "-e",
            "--exclude",
            "-m",
            "--message",
            "-s",
            "--source",
            "-b",
            "-B",
            "--pathspec-from-file",
        ],
    );
    let state = &own;
    match command.as_str() {
        "clean" => clean(judge, state, &args),
        "checkout" | "restore" => {
            let after = rest.iter().position(|w| w.prefix() == "--");
            let paths = after.map_or_else(|| args.operands.clone(), |at| rest[at + 1..].to_vec());
            let staged = args.has(&["-S", "--staged"]) && !args.has(&["-W", "--worktree"]);
            if !staged {
                // Without `--` a name is a path only where something of that name is there.
                tracked(judge, state, &paths);
            }
            if args.has(&["-f", "--force"]) && command == "checkout" {
                tracked(judge, state, &[Word::text(".")]);
            }
        }
        "reset" if args.has(&["--hard", "--merge"]) => top(judge, state),
        "switch" if args.has(&["-f", "--force", "--discard-changes"]) => top(judge, state),
        "stash" => {
            let verb = args.known(0).unwrap_or_else(|| "push".to_owned());
            if verb == "push" || verb == "save" {
                let paths = args.operands.get(1..).unwrap_or_default();
                if verb == "save" || paths.is_empty() {
                    top(judge, state);
                } else {
                    tracked(judge, state, paths);
                }
                let all = args.has(&["-a", "--all"]);
                if all || args.has(&["-u", "--include-untracked"]) {
                    let what = Untracked { keeps_ignored: !all, ..Untracked::default() };
                    let paths = if verb == "save" { &[] } else { paths };
                    untracked(judge, state, paths, &what, Effect::Move);
                }
            }
        }
        "rm" if !args.has(&["--cached", "-n", "--dry-run"]) => {
            let recursive = args.has(&["-r"]);
            args.operands.iter().for_each(|w| judge.touch(state, w, Effect::Remove { recursive }));
        }
        "mv" => {
            let sources = args.operands.len().saturating_sub(1);
            args.operands.iter().take(sources).for_each(|w| judge.touch(state, w, Effect::Move));
        }
        "worktree" if args.known(0).as_deref() == Some("remove") => {
            let whole = Effect::Remove { recursive: true };
            args.operands.iter().skip(1).for_each(|w| judge.touch(state, w, whole));
        }
        "submodule" if args.known(0).as_deref() == Some("deinit") => {
            let whole = Effect::Remove { recursive: true };
            args.operands.iter().skip(1).for_each(|w| judge.touch(state, w, whole));
        }
        "ls-files" | "diff" | "status" => {
            return Output::unknown(state.cwds.clone());
        }
        "rev-parse" if args.has(&["--show-toplevel"]) => {
            let tops = tops(state).into_iter();
            return Output::lines(tops.map(|top| Word::text(top.to_string_lossy())).collect());
        }
        _ => {}
    }
    Output::unknown(state.cwds.clone())
}

fn clean(judge: &mut Judge<'_>, state: &State, args: &Args) {
    if args.has(&["-n", "--dry-run"]) || !args.has(&["-f", "--force", "-i"]) {
        return;
    }
    let ignored = args.has(&["-x", "-X"]);
    let but = args.flags.iter().filter(|(flag, _)| flag == "-e" || flag == "--exclude");
    let but: Vec<String> = but.filter_map(|(_, value)| value.as_ref()?.literal()).collect();
    let what = Untracked { keeps_ignored: !ignored, but };
    untracked(judge, state, &args.operands, &what, Effect::Remove { recursive: true });
}

/// What goes of what is not tracked.
#[derive(Default)]
struct Untracked {
    keeps_ignored: bool,
    /// Patterns of what stays.
    but: Vec<String>,
}

/// What is not tracked below these paths, or below where the shell is.
fn untracked(
    judge: &mut Judge<'_>,
    state: &State,
    paths: &[Word],
    what: &Untracked,
    effect: Effect,
) {
    let here = [Word::text(".")];
    for path in places(state, if paths.is_empty() { &here } else { paths }) {
        let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(&path) };
        let Some(repository) = Repository::around(folder) else { continue };
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        let but = of_lines(&repository.top, what.but.iter().map(String::as_str));
        let counts = |p: &Path| {
            let is_dir = p.is_dir();
            let goes = p.starts_with(&real) || (is_dir && real.starts_with(p));
            let tracked = !is_dir && repository.tracks(p) == Some(true);
            let stays = but.matched_path_or_any_parents(p, is_dir).is_ignore();
            if !goes || tracked || stays {
                return false;
            }
            !what.keeps_ignored || !repository.ignores(p, is_dir)
        };
        judge.touch_within(&real, effect, &counts);
    }
}

/// What is tracked below these paths, and would be written anew.
fn tracked(judge: &mut Judge<'_>, state: &State, paths: &[Word]) {
    for path in places(state, paths) {
        let Ok(real) = path.canonicalize() else { continue };
        let folder = if real.is_dir() { real.as_path() } else { real.parent().unwrap_or(&real) };
        let Some(repository) = Repository::around(folder) else { continue };
        if real.is_dir() {
            let counts = |p: &Path| {
                if p.is_dir() {
                    repository.may_track_below(p)
                } else {
                    repository.may_be_changed(p)
                }
            };
            judge.touch_within(&real, Effect::Overwrite, &counts);
        } else if repository.may_be_changed(&real) {
            judge.touch_path(&real, false, Effect::Overwrite);
        }
    }
}

/// The paths that pathspecs name.
fn places(state: &State, paths: &[Word]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in paths.iter().filter_map(Word::pattern) {
        // A pathspec that begins so has a meaning of its own; all of the repository is the most.
        if path.starts_with(':') {
            found.extend(tops(state));
        } else {
            for path in state.paths(&path) {
                let whole = path.to_string_lossy().contains(['*', '?', '[']);
                found.extend(if whole { glob::matches(&path) } else { vec![path] });
            }
        }
    }
    found
}

fn tops(state: &State) -> Vec<PathBuf> {
    state.cwds.iter().filter_map(|c| Repository::around(c)).map(|r| r.top).collect()
}

fn top(judge: &mut Judge<'_>, state: &State) {
    for top in tops(state) {
        tracked(judge, state, &[Word::text(top.to_string_lossy())]);
    }
}
