//! git: what its commands throw away of a working tree. What is tracked is known by the names in the
//! index, what is ignored by the patterns in .gitignore at the top.

use std::path::{Path, PathBuf};

use super::args::split;
use super::{Effect, Judge, glob};
use crate::agent::shell::{Call, Output, State, Word};

/// How much of an index is read.
const INDEX: u64 = 64 << 20;

struct Repository {
    top: PathBuf,
    index: Vec<u8>,
    ignored: Vec<String>,
}

impl Repository {
    fn around(folder: &Path) -> Option<Self> {
        use std::io::Read;
        let folder = folder.canonicalize().ok()?;
        let top = folder.ancestors().find(|p| p.join(".git").symlink_metadata().is_ok())?;
        let read = |path: &Path| {
            let mut bytes = Vec::new();
            let file = std::fs::File::open(path).ok()?;
            file.take(INDEX).read_to_end(&mut bytes).ok()?;
            Some(bytes)
        };
        let index = read(&top.join(".git/index")).unwrap_or_default();
        let lists = [".gitignore", ".git/info/exclude"].map(|name| read(&top.join(name)));
        let lines = lists.iter().flatten().flat_map(|text| {
            String::from_utf8_lossy(text).lines().map(str::to_owned).collect::<Vec<_>>()
        });
        let ignored = lines.filter(|l| !l.starts_with(['#', '!']) && !l.trim().is_empty());
        Some(Self { top: top.to_path_buf(), index, ignored: ignored.collect() })
    }

    fn relative(&self, path: &Path) -> Option<String> {
        path.strip_prefix(&self.top).ok()?.to_str().map(str::to_owned)
    }

    /// Whether a path, or something in it, is in the index.
    fn tracks(&self, path: &Path) -> bool {
        let Some(name) = self.relative(path) else { return false };
        let name = name.as_bytes();
        name.is_empty() || self.index.windows(name.len()).any(|w| w == name)
    }

    fn ignores(&self, path: &Path) -> bool {
        let Some(name) = self.relative(path) else { return false };
        let mut at = String::new();
        let levels = name.split('/').map(|part| {
            if !at.is_empty() {
                at.push('/');
            }
            at.push_str(part);
            (part.to_owned(), at.clone())
        });
        let levels: Vec<(String, String)> = levels.collect();
        self.ignored.iter().any(|line| {
            let pattern = line.trim().trim_end_matches('/');
            let anchored =
                pattern.trim_start_matches('/').contains('/') || pattern.starts_with('/');
            let pattern = pattern.trim_start_matches('/');
            levels
                .iter()
                .any(|(part, path)| glob::is_like(pattern, if anchored { path } else { part }))
        })
    }
}

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
                top(judge, state);
                let all = args.has(&["-a", "--all"]);
                if all || args.has(&["-u", "--include-untracked"]) {
                    untracked(judge, state, &[], !all, Effect::Move);
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
            let tops = state.cwds.iter().filter_map(|cwd| Repository::around(cwd));
            return Output::lines(tops.map(|r| Word::text(r.top.to_string_lossy())).collect());
        }
        _ => {}
    }
    Output::unknown(state.cwds.clone())
}

fn clean(judge: &mut Judge<'_>, state: &State, args: &super::args::Args) {
    if args.has(&["-n", "--dry-run"]) || !args.has(&["-f", "--force", "-i"]) {
        return;
    }
    let ignored = args.has(&["-x", "-X"]);
    untracked(judge, state, &args.operands, !ignored, Effect::Remove { recursive: true });
}

/// What is not tracked below these paths, or below where the shell is.
fn untracked(
    judge: &mut Judge<'_>,
    state: &State,
    paths: &[Word],
    keeps_ignored: bool,
    effect: Effect,
) {
    let here = [Word::text(".")];
    let paths = if paths.is_empty() { &here } else { paths };
    for path in paths.iter().filter_map(Word::literal).flat_map(|p| state.paths(&p)) {
        let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(&path) };
        let Some(repository) = Repository::around(folder) else { continue };
        let counts = |p: &Path| {
            let goes = p.starts_with(&path) || path.canonicalize().is_ok_and(|r| p.starts_with(r));
            let tracked = !p.is_dir() && repository.tracks(p);
            goes && !tracked && !(keeps_ignored && repository.ignores(p))
        };
        judge.touch_within(&path, effect, &counts);
    }
}

/// What is tracked, and would be written anew.
fn tracked(judge: &mut Judge<'_>, state: &State, paths: &[Word]) {
    for path in paths.iter().filter_map(Word::literal).flat_map(|p| state.paths(&p)) {
        if path.symlink_metadata().is_err() {
            continue;
        }
        let Some(repository) = Repository::around(path.parent().unwrap_or(&path))
            .or_else(|| Repository::around(&path))
        else {
            continue;
        };
        if path.is_dir() {
            judge.touch_within(&path, Effect::Overwrite, &|p| p.is_dir() || repository.tracks(p));
        } else if path.canonicalize().is_ok_and(|real| repository.tracks(&real)) {
            judge.touch_path(&path, false, Effect::Overwrite);
        }
    }
}

fn top(judge: &mut Judge<'_>, state: &State) {
    let tops: Vec<PathBuf> =
        state.cwds.iter().filter_map(|c| Repository::around(c)).map(|r| r.top).collect();
    for top in tops {
        tracked(judge, state, &[Word::text(top.to_string_lossy())]);
    }
}
