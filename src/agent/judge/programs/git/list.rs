//! What git writes of its files' names: others read it, and do something with them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::super::args::Args;
use super::super::{Judge, glob};
use super::repository::Repository;
use super::tree::places;
use crate::agent::shell::{Output, State, Word};
use crate::look::ordinary::is_weights_name;

/// So many are known to whoever reads a list of them.
const LINES: usize = 2_000;
/// How long is looked for what is not tracked.
const TIME: Duration = Duration::from_millis(40);
/// So many folders are listed however long that takes.
const FOLDERS: usize = 200;

impl Judge<'_> {
    /// What `ls-files` and `diff --name-only` write.
    pub(super) fn listed(&mut self, state: &State, command: &str, args: &Args) -> Output {
        let lists = command == "ls-files";
        let here = [Word::text(".")];
        let specs = if lists && !args.operands.is_empty() { &args.operands[..] } else { &here };
        let specs = places(state, specs);
        let within = || Output::unknown(specs.clone());
        // `diff` names them from the top, wherever it runs.
        if !lists && !args.has(&["--name-only"]) || state.cwds.len() != 1 {
            return within();
        }
        let filter = args.value(&["--diff-filter"]).and_then(Word::literal);
        let gone = args.has(&["-d", "--deleted"]) || filter.as_deref() == Some("D");
        let others = lists && args.has(&["-o", "--others"]);
        let (mut first, mut rest) = (Vec::new(), Vec::new());
        for path in &specs {
            let Some(repository) = self.repository(path) else { return within() };
            if others {
                let standard = args.has(&["--exclude-standard", "-X"]);
                let Some(all) = not_tracked(&repository, path, standard) else { return within() };
                rest.extend(all);
                continue;
            }
            let path = path.canonicalize().unwrap_or_else(|_| path.clone());
            let at = if lists { &path } else { &repository.top };
            let Some(tracked) = repository.tracked_below(at) else { return within() };
            for file in tracked.filter(|file| !gone || file.symlink_metadata().is_err()) {
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
    repository.tracks(start)?;
    let until = Instant::now() + TIME;
    let (mut found, mut listed) = (Vec::new(), 0);
    let mut queue = vec![start.canonicalize().ok()?];
    while let Some(at) = queue.pop() {
        listed += 1;
        if (listed > FOLDERS && Instant::now() > until) || found.len() > LINES {
            return None;
        }
        glob::each(&at, &mut |name, _| {
            let path = at.join(name);
            let folder = path.is_dir() && !path.is_symlink();
            if name == ".git" || standard && repository.ignores(&path, folder) {
                return;
            }
            if folder {
                queue.push(path);
            } else if repository.tracks(&path) != Some(true) {
                found.push(path);
            }
        });
    }
    Some(found)
}
