//! The working tree of a repository: what would be thrown away of it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::super::args::Args;
use super::super::{Effect, Judge, glob};
use super::Repository;
use super::ignore::Rules;
use crate::agent::shell::{Output, State, Word};
use crate::look::ordinary::is_weights_name;

/// So many tracked files are looked at that are not named like weights.
const FILES: usize = 20_000;
/// So many are known to whoever reads a list of them.
const LINES: usize = 2_000;
/// How long is looked for what is not tracked.
const TIME: Duration = Duration::from_millis(40);

/// Which of the files that are not tracked go.
pub(super) struct Untracked {
    /// Patterns of what stays.
    pub(super) more: Rules,
    /// What is ignored goes as well.
    pub(super) all: bool,
    /// Only what is ignored goes.
    pub(super) ignored: bool,
    /// Folders go as well.
    pub(super) folders: bool,
}

impl Judge<'_> {
    /// The repository around a path; its index is read once.
    fn repository(&mut self, path: &Path) -> Option<Rc<Repository>> {
        let folder = path.ancestors().find(|p| p.is_dir())?;
        let top = Repository::top(folder)?;
        let known = self.repositories.entry(top.clone());
        Some(Rc::clone(known.or_insert_with(|| Rc::new(Repository::at(top)))))
    }

    /// What pathspecs name: where it lies, and a pattern of paths from there on.
    fn specs(&mut self, state: &State, words: &[Word]) -> Vec<(PathBuf, Option<String>)> {
        let mut found = Vec::new();
        for word in words {
            let Some(written) = word.pattern() else { continue };
            // What stays.
            if written.starts_with(":!") || written.starts_with(":^") {
                continue;
            }
            let (bases, rest) = match written.strip_prefix(":/") {
                Some(rest) => {
                    let cwds = state.cwds.iter();
                    (cwds.filter_map(|c| Repository::top(c)).collect(), rest.to_owned())
                }
                None => {
                    let rest = written.rsplit(')').next().filter(|_| written.starts_with(":("));
                    (state.cwds.clone(), rest.unwrap_or(&written).to_owned())
                }
            };
            let at = rest.find(['*', '?', '[']);
            let known = at.map_or(rest.as_str(), |at| {
                rest[..at].rsplit_once('/').map_or("", |(folder, _)| folder)
            });
            for base in bases {
                let path = state.resolve(&base, known);
                let path = path.canonicalize().unwrap_or(path);
                let pattern = state.resolve(&base, &rest).to_string_lossy().into_owned();
                found.push((path, at.map(|_| pattern)));
            }
        }
        found
    }

    /// What is tracked there and is no longer what the repository has: it would be written anew. All
    /// else comes back from the repository.
    pub(super) fn tracked(&mut self, state: &State, words: &[Word]) {
        for (path, pattern) in self.specs(state, words) {
            let Some(repository) = self.repository(&path) else { continue };
            let Some(name) = repository.relative(&path) else { continue };
            let mut left = FILES;
            for tracked in repository.index.below(name) {
                let file =
                    OsStr::from_bytes(tracked.name.rsplit(|b| *b == b'/').next().unwrap_or(b""));
                if !is_weights_name(file) {
                    if left == 0 {
                        continue;
                    }
                    left -= 1;
                }
                let path = repository.path_of(&tracked);
                if pattern.as_ref().is_some_and(|p| !glob::is_like(p, &path.to_string_lossy())) {
                    continue;
                }
                let changed = path.symlink_metadata().is_ok_and(|meta| !tracked.is_like(&meta));
                if changed {
                    self.touch_path(&path, false, Effect::Overwrite);
                }
                if self.denial.is_some() {
                    return;
                }
            }
        }
    }

    /// What is not tracked there, or below where the shell is.
    pub(super) fn untracked(
        &mut self,
        state: &State,
        words: &[Word],
        how: &Untracked,
        effect: Effect,
    ) {
        let here = [Word::text(".")];
        let words = if words.is_empty() { &here } else { words };
        for (path, pattern) in self.specs(state, words) {
            let Some(repository) = self.repository(&path) else { continue };
            let top = repository.top.clone();
            let counts = |p: &Path| {
                if !p.starts_with(&top) {
                    return false;
                }
                let folder = p.is_dir();
                if repository.tracks(p) {
                    return false;
                }
                let ignored = repository.ignores(p, &how.more, how.all);
                if folder {
                    let enters = how.folders
                        || repository.relative(p).is_some_and(|n| repository.index.has_below(n));
                    return enters && (how.ignored || !ignored);
                }
                let fits = pattern.as_ref().is_none_or(|w| glob::is_like(w, &p.to_string_lossy()));
                fits && ignored == how.ignored
            };
            if path.is_dir() {
                self.untracked_below(&path, effect, &counts);
            } else if counts(&path) {
                self.touch_path(&path, false, effect);
            }
        }
    }

    /// The first thing at stake below a folder. A folder that is a model counts where some file of
    /// weights in it does.
    fn untracked_below(&mut self, path: &Path, effect: Effect, counts: &dyn Fn(&Path) -> bool) {
        let weights = |folder: &Path| {
            let names = glob::listing(folder).into_iter().filter(|name| is_weights_name(name));
            names.map(|name| folder.join(name)).collect::<Vec<_>>()
        };
        self.touch_within(path, effect, &|p| {
            counts(p) && {
                let all = if p.is_dir() { weights(p) } else { Vec::new() };
                all.is_empty() || all.iter().any(|file| counts(file))
            }
        });
    }

    /// What `ls-files` and `diff --name-only` write.
    pub(super) fn listed(&mut self, state: &State, command: &str, args: &Args) -> Output {
        let paths: Vec<Word> =
            if command == "ls-files" { args.operands.clone() } else { Vec::new() };
        let paths = if paths.is_empty() { vec![Word::text(".")] } else { paths };
        let filter = args.value(&["--diff-filter"]).and_then(Word::literal);
        let gone = args.has(&["-d", "--deleted"]) || filter.as_deref() == Some("D");
        let others = command == "ls-files" && args.has(&["-o", "--others"]);
        let names = command == "ls-files" || args.has(&["--name-only"]);
        let specs = self.specs(state, &paths);
        let within = || Output::unknown(specs.iter().map(|(path, _)| path.clone()).collect());
        if !names || state.cwds.len() != 1 {
            return within();
        }
        let (mut first, mut rest) = (Vec::new(), Vec::new());
        for (path, pattern) in &specs {
            let Some(repository) = self.repository(path) else { return within() };
            if others {
                let standard = args.has(&["--exclude-standard", "-X"]);
                let Some(all) = not_tracked(&repository, path, standard) else { return within() };
                rest.extend(all);
                continue;
            }
            // `diff` names them from the top.
            let at = if command == "diff" { "" } else { repository.relative(path).unwrap_or("") };
            for tracked in repository.index.below(at) {
                let file = repository.path_of(&tracked);
                let fits =
                    pattern.as_ref().is_none_or(|p| glob::is_like(p, &file.to_string_lossy()));
                if !fits || gone && file.symlink_metadata().is_ok() {
                    continue;
                }
                if file.file_name().is_some_and(is_weights_name) {
                    first.push(file);
                } else if rest.len() < LINES {
                    rest.push(file);
                }
            }
        }
        first.append(&mut rest);
        Output::lines(first.iter().map(|p| Word::text(p.to_string_lossy())).collect())
    }
}

/// Files that are not tracked; nothing where there was no time to see all of them.
fn not_tracked(repository: &Repository, start: &Path, standard: bool) -> Option<Vec<PathBuf>> {
    let until = Instant::now() + TIME;
    let mut found = Vec::new();
    let mut queue = vec![start.to_path_buf()];
    let none = Rules::default();
    while let Some(at) = queue.pop() {
        if Instant::now() > until || found.len() > LINES {
            return None;
        }
        glob::each(&at, &mut |name, _| {
            let path = at.join(name);
            if name == ".git" || repository.ignores(&path, &none, !standard) {
                return;
            }
            if path.is_dir() && !path.is_symlink() {
                queue.push(path);
            } else if !repository.tracks(&path) {
                found.push(path);
            }
        });
    }
    Some(found)
}
