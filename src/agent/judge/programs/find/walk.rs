//! What `find` would find, as far as there is time.

use std::cell::OnceCell;
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::super::glob::{self, Matches};
use super::expr::{Expr, Outcome, Query, Subject};

/// How long is looked for what find would find.
const TIME: Duration = Duration::from_millis(40);
/// So many folders are listed however long that takes: a busy machine changes no verdict.
const FOLDERS: usize = 200;

/// Names under which models are kept: where none of them may be found, none is.
const USUAL: &[(&str, bool)] = &[
    ("model.safetensors", false),
    ("model-00001-of-00002.safetensors", false),
    ("model.gguf", false),
    ("pytorch_model.bin", false),
    ("model.pt", false),
    ("model.ckpt", false),
    ("model.onnx", false),
    ("config.json", false),
    ("checkpoint-100", true),
    ("models", true),
];

/// Where the search starts, and how that is written.
pub(super) type Start = (PathBuf, String);

/// What was found for each action.
pub(super) struct Found {
    pub(super) of: Vec<Vec<PathBuf>>,
    /// There is more.
    pub(super) cut: bool,
}

struct Place {
    path: PathBuf,
    depth: usize,
    is_dir: Option<bool>,
    start: Rc<Start>,
}

/// Walks from these starts.
pub(super) fn walk(starts: Vec<Start>, query: &Query, now: i64) -> Found {
    let until = Instant::now() + TIME;
    let mut found: Vec<Matches> = query.actions.iter().map(|_| Matches::default()).collect();
    let starts = starts.into_iter().map(Rc::new);
    let place = |s: Rc<Start>| Place { path: s.0.clone(), depth: 0, is_dir: None, start: s };
    let mut queue: VecDeque<Place> = starts.map(place).collect();
    let (mut cut, mut listed) = (false, 0);
    while let Some(place) = queue.pop_front() {
        let Place { path, depth, is_dir, start } = place;
        let known = is_dir.or_else(|| path.symlink_metadata().ok().map(|m| m.is_dir()));
        let Some(is_dir) = known else { continue };
        let pruned = consider(&path, depth, is_dir, &start, query, now, &mut found);
        if !is_dir || (pruned && !query.deep_first) || query.most.is_some_and(|most| depth >= most)
        {
            continue;
        }
        listed += 1;
        if listed > FOLDERS && Instant::now() > until {
            cut = true;
            break;
        }
        glob::each(&path, &mut |name, is_dir| {
            // Most names of a large folder are none that is looked for.
            if is_dir == Some(false) && !may_act(&query.expr, name, false, now) {
                return;
            }
            let inner = path.join(name);
            if is_dir == Some(false) {
                consider(&inner, depth + 1, false, &start, query, now, &mut found);
            } else {
                let start = Rc::clone(&start);
                queue.push_back(Place { path: inner, depth: depth + 1, is_dir, start });
            }
        });
    }
    cut |= found.iter().any(|matches| matches.cut);
    Found { of: found.into_iter().map(Matches::into_paths).collect(), cut }
}

/// Looks at one path; whether what lies in it is left out.
fn consider(
    path: &Path,
    depth: usize,
    is_dir: bool,
    start: &Start,
    query: &Query,
    now: i64,
    found: &mut [Matches],
) -> bool {
    let name = path.file_name().unwrap_or_default();
    let text = name.to_string_lossy();
    let shown = shown(path, start);
    let subject = Subject {
        name: &text,
        is_dir: Some(is_dir),
        path: Some((path, &shown)),
        now,
        meta: OnceCell::new(),
    };
    let mut out = Outcome::default();
    query.expr.eval(&subject, true, &mut out);
    if depth >= query.least {
        for at in out.acts {
            found[at].add(name, || path.to_path_buf());
        }
    }
    out.pruned
}

/// As find would write it: from where it starts, as that is written.
fn shown(path: &Path, (from, written): &Start) -> String {
    match path.strip_prefix(from) {
        Ok(rest) if rest.as_os_str().is_empty() => written.clone(),
        Ok(rest) => format!("{}/{}", written.trim_end_matches('/'), rest.to_string_lossy()),
        Err(_) => path.to_string_lossy().into_owned(),
    }
}

/// Whether something may be done to what has this name.
fn may_act(expr: &Expr, name: &OsStr, is_dir: bool, now: i64) -> bool {
    let text = name.to_string_lossy();
    let subject =
        Subject { name: &text, is_dir: Some(is_dir), path: None, now, meta: OnceCell::new() };
    let mut out = Outcome::default();
    expr.eval(&subject, true, &mut out);
    !out.acts.is_empty()
}

/// Whether what it looks for may be a model.
pub(super) fn may_find_models(query: &Query, now: i64) -> bool {
    USUAL.iter().any(|(name, is_dir)| may_act(&query.expr, name.as_ref(), *is_dir, now))
}
