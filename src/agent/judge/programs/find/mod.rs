//! Programs that find paths and do something with them.

mod expr;
mod walk;

use std::path::{Path, PathBuf};

use self::expr::{Action, Expr, Query, Reader, Tri};
use super::glob;
use super::xargs::{for_each, replaced};
use super::{Effect, Judge};
use crate::agent::shell::{Call, Output, State, Word};

/// `find`, and `fd`, whose words are others.
pub(super) fn find(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let program = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    let words = &call.words[1..];
    let (roots, query) = if program.starts_with("fd") { fd(words) } else { read(state, words) };
    let now = judge.eyes.clock.now().secs;
    let starts = starts(state, &roots, query.follows);
    let within: Vec<PathBuf> =
        roots.iter().filter_map(Word::literal).flat_map(|r| state.paths(&r)).collect();
    let unknown =
        roots.iter().any(Word::is_unknown) || (state.cwds.is_empty() && within.is_empty());
    let mut found = walk::walk(starts.clone(), &query, now);
    let risky = (found.cut || unknown) && walk::may_find_models(&query, now);
    if risky && found.cut {
        // What was not reached may be what is worked on.
        let near = judge.at_hand(state, &starts);
        let more = walk::walk(near, &query, now);
        for (of, more) in found.of.iter_mut().zip(more.of) {
            of.splice(0..0, more);
        }
    }
    let mut output = Output::unknown(within.clone());
    for (action, paths) in query.actions.iter().zip(&found.of) {
        let mut all: Vec<Word> = paths.iter().map(|p| Word::text(p.to_string_lossy())).collect();
        if risky {
            let roots = roots.iter().filter(|r| r.is_unknown() && !r.parts.is_empty());
            all.extend(roots.cloned());
            if all.is_empty() || found.cut {
                all.push(Word::unknown(within.clone()));
            }
        }
        match action {
            Action::Delete => {
                let effect = Effect::Remove { recursive: query.plain };
                let targets = if query.plain { following(&roots, query.follows) } else { all };
                targets.iter().for_each(|word| judge.touch(state, word, effect));
            }
            Action::Run(words) if !all.is_empty() => run(judge, state, words, &all, call),
            Action::Write(file) => judge.touch(state, file, Effect::Overwrite),
            Action::Print => output = Output { within: within.clone(), ..Output::lines(all) },
            Action::Format(format) => {
                output = match formatted(format, paths, &starts).filter(|_| !risky) {
                    Some(text) => Output { within: within.clone(), ..Output::of(text) },
                    None => Output::unknown(within.clone()),
                };
            }
            Action::Run(_) => {}
        }
    }
    output
}

fn run(judge: &mut Judge<'_>, state: &mut State, words: &[Word], all: &[Word], call: &Call<'_>) {
    let mut inner = replaced(words, "{}", all);
    // fd puts the paths at the end where no place is named for them.
    if !words.iter().any(|w| w.prefix().contains("{}")) && judge.program.contains("fd") {
        inner.extend(all.iter().cloned());
    }
    judge.inner(state, inner, call);
    for_each(judge, state, words, "{}", all, call);
}

/// A folder whose link is followed is named with a slash.
fn following(roots: &[Word], follows: bool) -> Vec<Word> {
    let slash = |root: &Word| match root.literal().filter(|_| follows) {
        Some(text) if !text.ends_with('/') => Word::text(format!("{text}/")),
        _ => root.clone(),
    };
    roots.iter().map(slash).collect()
}

/// Where it starts, with how that is written.
fn starts(state: &State, roots: &[Word], follows: bool) -> Vec<(PathBuf, String)> {
    let mut starts = Vec::new();
    for root in roots.iter().filter(|r| !r.is_unknown()) {
        let written = root.pattern().unwrap_or_default();
        for path in state.paths(&written) {
            if root.is_glob() {
                let all = glob::matches(&path).into_iter();
                starts.extend(all.map(|p| (p.clone(), p.to_string_lossy().into_owned())));
            } else {
                let through = follows || written.ends_with('/');
                let real = if through { path.canonicalize().ok() } else { None };
                starts.push((real.unwrap_or(path), written.clone()));
            }
        }
    }
    starts
}

impl Judge<'_> {
    /// What is worked on, of what a search from these starts would reach.
    fn at_hand(&self, state: &State, starts: &[(PathBuf, String)]) -> Vec<(PathBuf, String)> {
        let home = self.eyes.surroundings.home.iter();
        let all = state.cwds.iter().chain(&self.roots).chain(home);
        let reached = |p: &&PathBuf| starts.iter().any(|(s, _)| p.starts_with(s) && p != &s);
        let shown = |p: &PathBuf| (p.clone(), p.to_string_lossy().into_owned());
        all.filter(reached).map(shown).collect()
    }
}

/// The lines of `-printf`, where its format has nothing else than paths.
fn formatted(format: &str, paths: &[PathBuf], starts: &[(PathBuf, String)]) -> Option<String> {
    let mut out = String::new();
    for path in paths {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            match (c, c == '%' || c == '\\') {
                ('%', _) => match chars.next()? {
                    'p' => out.push_str(&text(path)),
                    'f' => out.push_str(&text(Path::new(path.file_name()?))),
                    'h' => out.push_str(&text(path.parent()?)),
                    'P' => {
                        let below = starts.iter().find_map(|(s, _)| path.strip_prefix(s).ok());
                        out.push_str(&text(below?));
                    }
                    '%' => out.push('%'),
                    'T' | 'A' | 'C' => {
                        chars.next()?;
                        out.push('0');
                    }
                    's' | 'k' | 'b' | 'm' | 'i' | 'd' | 'n' | 'U' | 'G' => out.push('0'),
                    _ => return None,
                },
                (_, true) => match chars.next()? {
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    '0' => out.push('\0'),
                    other => out.push(other),
                },
                (c, _) => out.push(c),
            }
        }
    }
    Some(out)
}

/// Roots, and the expression after them.
fn read(state: &State, words: &[Word]) -> (Vec<Word>, Query) {
    let mut at = 0;
    let mut follows = false;
    while let Some(flag) = words.get(at).map(Word::prefix) {
        match flag.as_str() {
            "-L" | "-H" => follows = true,
            "-P" => {}
            "-D" => at += 1,
            flag if flag.starts_with("-O") => {}
            _ => break,
        }
        at += 1;
    }
    let start = at.min(words.len());
    let begins = |w: &Word| {
        let known = w.prefix();
        known.starts_with('-') || ["(", "!", ")", ","].contains(&known.as_str())
    };
    let rest = words[start..].iter().position(|w| !w.is_unknown() && begins(w));
    let rest = rest.map_or(words.len(), |at| start + at);
    let mut roots = words[start..rest].to_vec();
    if roots.is_empty() {
        roots.push(Word::text("."));
    }
    let mut reader = Reader {
        words: &words[rest..],
        at: 0,
        actions: Vec::new(),
        most: None,
        least: 0,
        tested: false,
        paths: &|written| state.paths(written),
    };
    let mut all = vec![reader.either()];
    // What no expression has at its place may be anything.
    while reader.at < reader.words.len() {
        reader.at += 1;
        reader.tested = true;
        all.push(reader.either());
        all.push(Expr::Is(Tri::Maybe));
    }
    let mut expr = if all.len() == 1 { all.remove(0) } else { Expr::And(all) };
    if reader.actions.is_empty() {
        reader.actions.push(Action::Print);
        expr = Expr::And(vec![expr, Expr::Act(0)]);
    }
    let Reader { actions, most, least, tested, .. } = reader;
    let plain = !tested && most.is_none() && least == 0;
    let deep = |w: &Word| ["-depth", "-d", "-delete"].contains(&w.prefix().as_str());
    let deep_first = words[rest..].iter().any(deep);
    (roots, Query { expr, actions, most, least, follows, plain, deep_first })
}

/// `fd [PATTERN [PATH..]] -e EXT -x CMD`.
fn fd(words: &[Word]) -> (Vec<Word>, Query) {
    let command = |w: &Word| ["-x", "-X", "--exec", "--exec-batch"].contains(&w.prefix().as_str());
    let end = words.iter().position(command).unwrap_or(words.len());
    let valued = ["-e", "-t", "-d", "-E", "--extension", "--type"];
    let args = super::args::split(&words[..end], &valued);
    let mut all = Vec::new();
    let mut name = |pattern: String| {
        all.push(Expr::Name { pattern: pattern.to_lowercase(), fold: true });
    };
    let suffix = args.value(&["-e", "--extension"]).and_then(Word::literal);
    if let Some(suffix) = &suffix {
        name(format!("*.{suffix}"));
    }
    if let Some(pattern) = args.known(0).filter(|p| p != "." && !p.is_empty()) {
        let plain = pattern.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c));
        if plain {
            name(format!("*{pattern}*"));
        }
    }
    let roots = args.operands.get(1..).unwrap_or_default().to_vec();
    let roots = if roots.is_empty() { vec![Word::text(".")] } else { roots };
    let mut run = words.get(end + 1..).unwrap_or_default().to_vec();
    run.retain(|w| w.literal().as_deref() != Some(";"));
    let action = if run.is_empty() { Action::Print } else { Action::Run(run) };
    all.push(Expr::Act(0));
    let expr = Expr::And(all);
    let query = Query {
        expr,
        actions: vec![action],
        most: None,
        least: 0,
        follows: false,
        plain: false,
        deep_first: false,
    };
    (roots, query)
}
