//! `safe-rm ls [ROOT...]`: every model below, what it is, and whether it could go today.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::world::{self, Caller};
use super::{Exit, plan};
use crate::cli::{self, Sort};
use crate::decide::{Filter, Judged, Verdict};
use crate::tell::{List, Voice};

/// Lists them.
pub(super) fn run(args: &cli::Ls, caller: &Caller, voice: Voice) -> Result<Exit> {
    let filters: Vec<Filter> = match args.filter.iter().map(|f| Filter::read(f)).collect() {
        Ok(filters) => filters,
        Err(error) => {
            voice.failure(&error, Exit::Usage as u8);
            return Ok(Exit::Usage);
        }
    };
    let world = world::read_for(caller)?;
    let roots: Vec<PathBuf> = if !args.roots.is_empty() {
        args.roots.iter().map(PathBuf::from).collect()
    } else if !world.policy.roots.is_empty() {
        world.policy.roots.clone()
    } else {
        vec![world.surroundings.cwd.clone().context("there is no working directory here")?]
    };
    let mut roots: Vec<PathBuf> =
        roots.into_iter().map(|r| r.canonicalize().unwrap_or(r)).collect();
    // What lies in another one is listed with that.
    roots.sort();
    roots.dedup_by(|inner, outer| inner.starts_with(&*outer));
    let all = world.list(&roots, plan::depth(args.verify))?;
    let matches = |judged: &Judged| filters.iter().all(|f| f.matches(judged, &all.clock));
    let mut items: Vec<&Judged> = all.targets.iter().filter(|t| matches(t)).collect();
    let size = |j: &&Judged| std::cmp::Reverse(j.facts.totals.bytes);
    match args.sort {
        Sort::Irreplaceable => items.sort_by_key(|j| (j.replaceable(), size(j))),
        Sort::Size => items.sort_by_key(size),
        Sort::Age => items.sort_by_key(|j| j.facts.newest.as_ref().map(|e| e.at)),
        Sort::Path => items.sort_by(|a, b| a.facts.path.cmp(&b.facts.path)),
    }
    let shown = args.limit.unwrap_or(items.len()).min(items.len());
    let (items, rest) = items.split_at(shown);
    let verdicts: Vec<Verdict> = items.iter().map(|j| j.verdict()).collect();
    voice.list(&List { roots: &roots, items, verdicts: &verdicts, rest, clock: &all.clock });
    Ok(Exit::Done)
}
