//! Programs that find paths and do something with them.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::glob::{self, Matches};
use super::{Effect, Judge};
use crate::agent::judge::wrappers;
use crate::agent::shell::{Call, Output, Part, State, Word};

/// How long is looked for what find would find.
const TIME: Duration = Duration::from_millis(40);

/// What is looked for.
#[derive(Debug, Default)]
struct Tests {
    /// Patterns of names, or of paths; one of them has to fit.
    names: Vec<(String, bool)>,
    /// Only of this type.
    kind: Option<char>,
    /// How deep.
    depth: Option<usize>,
    least: usize,
    /// Only what is empty.
    empty: bool,
    /// A test was negated, or is not known: everything may be found.
    open: bool,
}

impl Tests {
    /// Whether a file of this name may be found.
    fn may_fit(&self, name: &str) -> bool {
        let by_path = self.names.iter().any(|(_, by_path)| *by_path);
        self.open || by_path || self.names.is_empty() || {
            let lower = lower(name);
            self.names.iter().any(|(pattern, _)| glob::is_like(pattern, &lower))
        }
    }

    /// Begins anew behind an "or"; how deep is looked holds for all.
    fn again(&mut self) {
        *self = Self { depth: self.depth, least: self.least, ..Self::default() };
    }

    /// Adds a pattern: of paths as it is, of names without regard to case.
    fn add(&mut self, pattern: &str, by_path: bool) {
        let pattern = if by_path { pattern.to_owned() } else { pattern.to_lowercase() };
        self.names.push((pattern, by_path));
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.chars().any(char::is_uppercase) { name.to_lowercase().into() } else { name.into() }
}

/// `find`, and `fd`, whose words are others.
pub(super) fn find(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let words = &call.words[1..];
    let program = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    let (roots, rest, tests) = if program.starts_with("fd") { fd(words) } else { parse(words) };
    let plain = !tests.empty
        && tests.names.is_empty()
        && tests.kind.is_none()
        && tests.least == 0
        && tests.depth.is_none();
    let follows = words.iter().any(|w| ["-L", "-H", "-follow"].contains(&w.prefix().as_str()));
    let (found, cut) = walk(state, &roots, &tests, follows);
    let within: Vec<PathBuf> =
        roots.iter().filter_map(Word::literal).flat_map(|r| state.paths(&r)).collect();
    let unknown =
        roots.iter().any(Word::is_unknown) || (state.cwds.is_empty() && within.is_empty());
    let mut words = if found.is_empty() && (cut || unknown) {
        vec![Word::unknown(within.clone())]
    } else {
        found.iter().map(|path| Word::text(path.to_string_lossy())).collect::<Vec<_>>()
    };
    let mut at = 0;
    while at < rest.len() {
        let name = rest[at].literal().unwrap_or_default();
        at += 1;
        match name.as_str() {
            "-delete" => {
                let effect = Effect::Remove { recursive: plain };
                let all: &[Word] = if plain { &roots } else { &words };
                all.iter().for_each(|word| judge.touch(state, word, effect));
            }
            "-exec" | "-execdir" | "-ok" | "-okdir" | "-x" | "-X" | "--exec" | "--exec-batch" => {
                let end = rest[at..]
                    .iter()
                    .position(|w| matches!(w.literal().as_deref(), Some(";" | "+")));
                let end = end.map_or(rest.len(), |end| at + end);
                if !words.is_empty() {
                    let mut inner = replaced(&rest[at..end], "{}", &words);
                    // fd puts the paths at the end where no place is named for them.
                    let fd = name.eq_ignore_ascii_case("-x") || name.starts_with("--");
                    if fd && !rest[at..end].iter().any(|w| w.prefix().contains("{}")) {
                        inner.extend(words.iter().cloned());
                    }
                    judge.inner(state, inner, call);
                }
                at = end + 1;
            }
            "-fprint" | "-fprint0" | "-fls" | "-fprintf" => {
                if let Some(target) = rest.get(at) {
                    judge.touch(state, target, Effect::Overwrite);
                }
            }
            _ => {}
        }
    }
    // What it prints in a form of its own is not known.
    if rest.iter().any(|w| w.prefix() == "-printf") {
        return Output::unknown(within);
    }
    if cut {
        words.push(Word::unknown(within.clone()));
    }
    Output { within, ..Output::lines(words) }
}

/// Roots, the words after them, and the tests among these.
fn parse(words: &[Word]) -> (Vec<Word>, Vec<Word>, Tests) {
    let mut at = 0;
    while words.get(at).is_some_and(|w| ["-L", "-H", "-P"].contains(&w.prefix().as_str())) {
        at += 1;
    }
    let start = at;
    while words
        .get(at)
        .is_some_and(|w| w.is_unknown() || !w.prefix().starts_with(['-', '(', '!', ')']))
    {
        at += 1;
    }
    let mut roots = words[start..at].to_vec();
    if roots.is_empty() {
        roots.push(Word::text("."));
    }
    let rest = words[at..].to_vec();
    let mut tests = Tests::default();
    let (mut not, mut inside, mut acts) = (false, 0_u32, false);
    let mut i = 0;
    while i < rest.len() {
        let name = rest[i].literal().unwrap_or_default();
        let value = rest.get(i + 1).and_then(Word::pattern);
        match name.as_str() {
            "!" | "-not" => not = true,
            "(" => inside += 1,
            ")" => inside = inside.saturating_sub(1),
            // What is done after it is done to what fits the tests after it: `-name .git -prune -o ..`.
            "-o" | "-or" | "," if inside == 0 && !acts => tests.again(),
            "-name" | "-iname" | "-path" | "-wholename" | "-ipath" | "-regex" | "-iregex" => {
                match value {
                    Some(pattern) if !not && !name.contains("regex") => {
                        tests.add(&pattern, name.contains("path") || name.contains("whole"));
                        tests.open |= name == "-ipath";
                    }
                    // What is left out may be anything else.
                    _ if not => {}
                    _ => tests.open = true,
                }
                not = false;
                i += 1;
            }
            "-type" | "-xtype" => {
                // Of several types it may be any.
                if !not {
                    tests.kind = value.filter(|v| v.len() == 1).and_then(|v| v.chars().next());
                }
                not = false;
                i += 1;
            }
            "-size" if value.as_deref() == Some("0") && !not => tests.empty = true,
            "-delete" => acts = true,
            "-empty" => tests.empty = !std::mem::take(&mut not),
            "-maxdepth" => tests.depth = value.and_then(|v| v.parse().ok()),
            "-mindepth" => tests.least = value.and_then(|v| v.parse().ok()).unwrap_or(0),
            "-exec" | "-execdir" | "-ok" | "-okdir" => {
                acts = true;
                while rest
                    .get(i)
                    .is_some_and(|w| !matches!(w.literal().as_deref(), Some(";" | "+")))
                {
                    i += 1;
                }
            }
            _ => {}
        }
        i += 1;
    }
    (roots, rest, tests)
}

/// `fd [PATTERN [PATH..]] -e EXT -x CMD`.
fn fd(words: &[Word]) -> (Vec<Word>, Vec<Word>, Tests) {
    let command = |w: &Word| ["-x", "-X", "--exec", "--exec-batch"].contains(&w.prefix().as_str());
    let end = words.iter().position(command).unwrap_or(words.len());
    let args =
        super::args::split(&words[..end], &["-e", "-t", "-d", "-E", "--extension", "--type"]);
    let mut tests = Tests::default();
    if let Some(pattern) = args.known(0).filter(|p| p != "." && !p.is_empty()) {
        let plain = pattern.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c));
        if plain { tests.add(&format!("*{pattern}*"), false) } else { tests.open = true }
    }
    if let Some(suffix) = args.value(&["-e", "--extension"]).and_then(Word::literal) {
        tests.names.clear();
        tests.add(&format!("*.{suffix}"), false);
    }
    let roots = args.operands.get(1..).unwrap_or_default().to_vec();
    let roots = if roots.is_empty() { vec![Word::text(".")] } else { roots };
    (roots, words[end..].to_vec(), tests)
}

/// What would be found, weights first, and whether there is more.
fn walk(state: &State, roots: &[Word], tests: &Tests, follows: bool) -> (Vec<PathBuf>, bool) {
    let until = Instant::now() + TIME;
    let mut found = Matches::default();
    let starts = roots.iter().filter(|r| !r.is_unknown()).filter_map(Word::pattern);
    let mut queue: VecDeque<(PathBuf, usize, Option<bool>)> = VecDeque::new();
    for start in starts {
        for path in state.paths(&start) {
            let all =
                if start.contains(['*', '?', '[']) { glob::matches(&path) } else { vec![path] };
            let real = |path: PathBuf| match path.canonicalize() {
                Ok(real) if follows => real,
                _ => path,
            };
            queue.extend(all.into_iter().map(|path| (real(path), 0, None)));
        }
    }
    let mut cut = false;
    while let Some((path, depth, is_dir)) = queue.pop_front() {
        let looked =
            if is_dir.is_none() || tests.empty { path.symlink_metadata().ok() } else { None };
        let Some(is_dir) = is_dir.or_else(|| looked.as_ref().map(std::fs::Metadata::is_dir)) else {
            continue;
        };
        let full = tests.empty
            && if is_dir { !glob::is_empty(&path) } else { looked.is_some_and(|m| m.len() > 0) };
        if !full && fits(&path, is_dir, depth, tests) {
            found.add(path.file_name().unwrap_or_default(), || path.clone());
        }
        if !is_dir || tests.depth.is_some_and(|most| depth >= most) {
            continue;
        }
        if Instant::now() > until {
            cut = true;
            break;
        }
        glob::each(&path, &mut |name, is_dir| {
            // Most names of a large folder are none that is looked for.
            let file = is_dir == Some(false);
            if file && !tests.may_fit(&name.to_string_lossy()) {
                return;
            }
            let inner = || path.join(name);
            if !file || tests.empty {
                queue.push_back((inner(), depth + 1, is_dir));
            } else if found.takes(name) && fits(&inner(), false, depth + 1, tests) {
                found.add(name, inner);
            }
        });
    }
    cut |= found.cut;
    (found.into_paths(), cut)
}

fn fits(path: &Path, is_dir: bool, depth: usize, tests: &Tests) -> bool {
    let kind = match tests.kind {
        Some('d') => is_dir,
        Some('f') => !is_dir,
        Some('l') => path.is_symlink(),
        _ => true,
    };
    if !kind || depth < tests.least {
        return false;
    }
    let name = path.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
    let whole = path.to_string_lossy();
    tests.open
        || tests.names.is_empty()
        || tests.names.iter().any(|(pattern, by_path)| {
            if *by_path {
                glob::is_like(&format!("*{}", pattern.trim_start_matches('.')), &whole)
            } else {
                glob::is_like(pattern, &lower(&name))
            }
        })
}

/// The words, each mark in them replaced by all of these.
fn replaced(words: &[Word], mark: &str, by: &[Word]) -> Vec<Word> {
    let mut made = Vec::new();
    for word in words {
        let Some(pattern) = word.pattern().filter(|p| p.contains(mark)) else {
            made.push(word.clone());
            continue;
        };
        if pattern == mark {
            made.extend(by.iter().cloned());
            continue;
        }
        // A text for a shell, or a path with more to it: one word for each, up to a bound.
        let text = pattern.contains(char::is_whitespace);
        let each = by.iter().take(64).map(|value| {
            let mut built = Word::default();
            for (i, piece) in pattern.split(mark).enumerate() {
                if i > 0 {
                    value.parts.iter().for_each(|part| built.push(part.clone()));
                }
                if !piece.is_empty() {
                    built.push(Part::Text(piece.to_owned()));
                }
            }
            built
        });
        if text {
            let all: Vec<String> = each.filter_map(|w| w.pattern()).collect();
            if all.is_empty() {
                made.push(Word::unknown(Vec::new()));
            } else {
                made.push(Word::text(all.join("\n")));
            }
        } else {
            made.extend(each);
        }
    }
    made
}

/// `xargs`, and `parallel`.
pub(super) fn xargs(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let valued = &[
        "-n",
        "-P",
        "-d",
        "-L",
        "-s",
        "-a",
        "-E",
        "-I",
        "-j",
        "--max-args",
        "--max-procs",
        "--delimiter",
        "--arg-file",
        "--replace",
        "--jobs",
        "-J",
    ];
    let args = super::args::split(&call.words[1..], valued);
    let mut command = wrappers::rest(&call.words[1..], valued, 0);
    let parallel = judge.program.ends_with("parallel");
    let given = parallel.then(|| command.iter().position(|w| w.prefix() == ":::")).flatten();
    let items = if let Some(at) = given {
        let items = command.split_off(at);
        items[1..].to_vec()
    } else if let Some(file) = args.value(&["-a", "--arg-file"]) {
        let text = judge.text_of(state, file);
        text.map_or_else(
            || vec![Word::unknown(Vec::new())],
            |text| text.lines().map(Word::text).collect(),
        )
    } else {
        call.stdin.words().unwrap_or_else(|| vec![Word::unknown(call.stdin.within.clone())])
    };
    if items.is_empty() || command.is_empty() {
        return Output::unknown(call.stdin.within.clone());
    }
    let mark = args.value(&["-I", "--replace", "-J"]).and_then(Word::literal);
    let has = |mark: &str| command.iter().any(|w| w.pattern().is_some_and(|p| p.contains(mark)));
    let mark = mark.or_else(|| (parallel && has("{}")).then(|| "{}".to_owned()));
    let words = match mark {
        Some(mark) => replaced(&command, &mark, &items),
        None => {
            // Lines with blanks are several words.
            let null = args.has(&["-0", "--null", "-d", "--delimiter"]) || parallel;
            let mut words = command.clone();
            words.extend(items.into_iter().flat_map(|w| if null { vec![w] } else { w.split() }));
            words
        }
    };
    let none = Output::default();
    let call = Call { words: Vec::new(), stdin: &none, env: call.env.clone() };
    // The words of parallel are a text for a shell.
    if parallel && words.len() == 1 {
        return super::scripts::text(judge, state, &words, &none);
    }
    judge.inner(state, words, &call)
}
