//! git: what its commands throw away of a working tree. What git has a copy of is not lost: of what is
//! tracked only what was changed since counts, of what is not only what git would touch.

mod hidden;
mod list;
mod repository;
mod tree;

use self::tree::{Ignored, Untracked, places};
use super::args::{Args, split};
use super::{Effect, Judge, patch};
use crate::agent::shell::{Call, Output, State, Word};

pub(in crate::agent::judge) use repository::Repository;

/// Options with a value.
const VALUED: &[&str] =
    &["-e", "--exclude", "-m", "--message", "-s", "--source", "-b", "-B", "--pathspec-from-file"];

/// `git`.
pub(super) fn git(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let mut words = &call.words[1..];
    let mut own = state.clone();
    let mut unforced = false;
    while let Some(word) = words.first() {
        let known = word.prefix();
        match (known.as_str(), words.get(1)) {
            ("-C", Some(to)) => judge.enter(&mut own, to),
            ("-c", Some(set)) => {
                unforced |= set.prefix().to_lowercase() == "clean.requireforce=false";
                hidden::set(judge, &own, set);
            }
            _ => {}
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
    // Of `clean` this is a letter alone.
    let runs = if command == "rebase" { &["-x", "--exec"][..] } else { &[] };
    let args = split(rest, &[VALUED, runs].concat());
    let state = &own;
    for (flag, value) in &args.flags {
        if flag == "--output"
            && let Some(file) = value
        {
            judge.touch(state, file, Effect::Overwrite);
        }
    }
    let top = [Word::text(":/")];
    match command.as_str() {
        "clean" => clean(judge, state, &args, unforced),
        "commit" => judge.added.clear(),
        // From then on it is tracked, and git has a copy; the file itself goes all the same.
        "add" if !args.has(&["-n", "--dry-run"]) => {
            let all = args.has(&["-A", "--all"]) && args.operands.is_empty();
            let paths = if all { &top[..] } else { &args.operands[..] };
            let forced = args.has(&["-f", "--force"]);
            judge.added.extend(places(state, paths).into_iter().map(|path| (path, forced)));
        }
        "checkout" | "restore" => {
            let after = rest.iter().position(|w| w.prefix() == "--");
            let paths = after.map_or_else(|| args.operands.clone(), |at| rest[at + 1..].to_vec());
            let staged = args.has(&["-S", "--staged"]) && !args.has(&["-W", "--worktree"]);
            if !staged {
                // Without `--` a name is a path only where something of that name is there.
                judge.tracked(state, &paths);
            }
            if args.has(&["-f", "--force"]) && command == "checkout" {
                judge.tracked(state, &top);
            }
        }
        "reset" if args.has(&["--hard", "--merge"]) => judge.tracked(state, &top),
        "switch" if args.has(&["-f", "--force", "--discard-changes"]) => {
            judge.tracked(state, &top);
        }
        "read-tree" if args.has(&["-u", "--reset"]) => judge.tracked(state, &top),
        "checkout-index" if args.has(&["-f", "--force"]) => {
            judge.tracked(state, &[Word::text(".")]);
        }
        "stash" => stash(judge, state, &args, &top),
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
        "apply" if !args.has(&["--check", "--stat", "--numstat", "--summary", "--cached"]) => {
            let text = match args.operands.first() {
                Some(file) => judge.text_of(state, file),
                None => call.stdin.joined(),
            };
            let reversed = args.has(&["-R", "--reverse"]);
            patch::common(judge, state, &text.unwrap_or_default(), 1, reversed);
        }
        "ls-files" | "diff" => return judge.listed(state, &command, &args),
        "rev-parse" if args.has(&["--show-toplevel"]) => {
            let tops = state.cwds.iter().filter_map(|cwd| Repository::top(cwd));
            return Output::lines(tops.map(|top| Word::text(top.to_string_lossy())).collect());
        }
        _ => hidden::command(judge, state, &command, &args, rest),
    }
    Output::unknown(state.cwds.clone())
}

fn clean(judge: &mut Judge<'_>, state: &State, args: &Args, unforced: bool) {
    let forced = unforced || args.has(&["-f", "--force", "-i", "--interactive"]);
    if args.has(&["-n", "--dry-run"]) || !forced {
        return;
    }
    let but = args.flags.iter().filter(|(flag, _)| flag == "-e" || flag == "--exclude");
    let but: Vec<String> = but.filter_map(|(_, value)| value.as_ref()?.literal()).collect();
    let ignored = match (args.has(&["-X"]), args.has(&["-x"])) {
        (true, _) => Ignored::Only,
        (false, true) => Ignored::Too,
        (false, false) => Ignored::Stays,
    };
    // Without it no folder is entered that nothing is tracked in.
    let folders = args.has(&["-d"]) || !args.operands.is_empty();
    let what = Untracked { ignored, folders, but };
    judge.untracked(state, &args.operands, &what, Effect::Remove { recursive: true });
}

fn stash(judge: &mut Judge<'_>, state: &State, args: &Args, top: &[Word]) {
    let verb = args.known(0).unwrap_or_else(|| "push".to_owned());
    if verb != "push" && verb != "save" {
        return;
    }
    // Behind `save` stands a message.
    let paths = if verb == "push" { args.operands.get(1..) } else { None };
    let paths = paths.filter(|paths| !paths.is_empty()).unwrap_or(top);
    judge.tracked(state, paths);
    let all = args.has(&["-a", "--all"]);
    if all || args.has(&["-u", "--include-untracked"]) {
        let ignored = if all { Ignored::Too } else { Ignored::Stays };
        let what = Untracked { ignored, folders: true, but: Vec::new() };
        judge.untracked(state, paths, &what, Effect::Move);
    }
}
