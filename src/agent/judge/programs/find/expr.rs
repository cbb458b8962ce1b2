//! The expression of `find`: which paths it may act on.

use std::cell::OnceCell;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::super::glob;
use crate::agent::shell::Word;

/// What can be told of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tri {
    No,
    Maybe,
    Yes,
}

impl Tri {
    fn of(known: Option<bool>) -> Self {
        known.map_or(Self::Maybe, |yes| if yes { Self::Yes } else { Self::No })
    }
}

/// A number with its sign: at most, at least, exactly.
pub(super) type Measure = (std::cmp::Ordering, i64);

#[derive(Debug)]
pub(super) enum Expr {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Name {
        pattern: String,
        fold: bool,
    },
    Path {
        pattern: String,
        fold: bool,
    },
    Type(String),
    BrokenLink,
    Empty,
    /// In units of so many bytes.
    Size(Measure, i64),
    /// In units of so many seconds.
    Age(Measure, i64),
    Newer(Option<i64>),
    Prune,
    /// An action, by its number.
    Act(usize),
    Is(Tri),
}

/// What is done to what is found.
#[derive(Debug)]
pub(super) enum Action {
    Delete,
    Print,
    Format(String),
    Run(Vec<Word>),
    Write(Word),
}

/// All that was said.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) expr: Expr,
    pub(super) actions: Vec<Action>,
    pub(super) most: Option<usize>,
    pub(super) least: usize,
    /// Links that are named are followed.
    pub(super) follows: bool,
    /// Nothing is tested.
    pub(super) plain: bool,
    /// What is found in a folder comes before it: nothing is left out.
    pub(super) deep_first: bool,
}

/// A path that is looked at; what is not known of it yet is looked up.
pub(super) struct Subject<'a> {
    pub(super) name: &'a str,
    pub(super) is_dir: Option<bool>,
    /// The path, and how it is written.
    pub(super) path: Option<(&'a Path, &'a str)>,
    pub(super) now: i64,
    pub(super) meta: OnceCell<Option<Metadata>>,
}

impl Subject<'_> {
    fn meta(&self) -> Option<&Metadata> {
        let (path, _) = self.path?;
        self.meta.get_or_init(|| path.symlink_metadata().ok()).as_ref()
    }
}

/// What an expression comes to.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) acts: Vec<usize>,
    pub(super) pruned: bool,
}

impl Expr {
    /// Evaluates it; the actions that may be reached are noted, and what is left out for certain.
    pub(super) fn eval(&self, of: &Subject<'_>, sure: bool, out: &mut Outcome) -> Tri {
        match self {
            Self::And(all) => {
                let mut value = Tri::Yes;
                for expr in all {
                    value = value.min_with(expr.eval(of, sure && value == Tri::Yes, out));
                    if value == Tri::No {
                        break;
                    }
                }
                value
            }
            Self::Or(all) => {
                let mut value = Tri::No;
                for expr in all {
                    value = value.max_with(expr.eval(of, sure && value == Tri::No, out));
                    if value == Tri::Yes {
                        break;
                    }
                }
                value
            }
            Self::Not(inner) => match inner.eval(of, sure, out) {
                Tri::No => Tri::Yes,
                Tri::Maybe => Tri::Maybe,
                Tri::Yes => Tri::No,
            },
            Self::Prune => {
                out.pruned |= sure;
                Tri::Yes
            }
            Self::Act(at) => {
                out.acts.push(*at);
                Tri::Yes
            }
            Self::Is(value) => *value,
            test => Tri::of(test.test(of)),
        }
    }

    fn test(&self, of: &Subject<'_>) -> Option<bool> {
        Some(match self {
            Self::Name { pattern, fold } => {
                if *fold {
                    glob::is_like(pattern, &of.name.to_lowercase())
                } else {
                    glob::is_like(pattern, of.name)
                }
            }
            Self::Path { pattern, fold } => {
                let (_, shown) = of.path?;
                if *fold {
                    glob::is_like(pattern, &shown.to_lowercase())
                } else {
                    glob::is_like(pattern, shown)
                }
            }
            Self::Type(kinds) => {
                let is = |kind: char| kinds.contains(kind);
                if of.is_dir? {
                    is('d')
                } else if is('f') && is('l') {
                    true
                } else if !is('f') && !is('l') && !kinds.contains(['p', 's', 'b', 'c']) {
                    false
                } else {
                    let kind = of.meta()?.file_type();
                    (kind.is_file() && is('f')) || (kind.is_symlink() && is('l')) || {
                        !kind.is_file()
                            && !kind.is_symlink()
                            && kinds.contains(['p', 's', 'b', 'c'])
                    }
                }
            }
            Self::BrokenLink => {
                of.meta()?.is_symlink() && of.path.is_some_and(|(path, _)| path.metadata().is_err())
            }
            Self::Empty => {
                let (path, _) = of.path?;
                if of.is_dir? { glob::is_empty(path) } else { of.meta()?.len() == 0 }
            }
            Self::Size((sign, many), unit) => {
                let size = i64::try_from(of.meta()?.len()).ok()?;
                (size.saturating_add(unit - 1) / unit).cmp(many) == *sign
            }
            Self::Age((sign, many), unit) => {
                // As find rounds it, and a little on both sides: it runs later than this.
                let age = of.now - of.meta()?.mtime();
                let near = |seconds: i64| (seconds.div_euclid(*unit)).cmp(many) == *sign;
                near(age) || near(age + 120)
            }
            Self::Newer(than) => of.meta()?.mtime() >= (*than)?,
            _ => return None,
        })
    }
}

impl Tri {
    fn rank(self) -> u8 {
        self as u8
    }

    fn min_with(self, other: Self) -> Self {
        if other.rank() < self.rank() { other } else { self }
    }

    fn max_with(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }
}

/// What a reading of an expression needs to know.
pub(super) struct Reader<'a> {
    pub(super) words: &'a [Word],
    pub(super) at: usize,
    pub(super) actions: Vec<Action>,
    pub(super) most: Option<usize>,
    pub(super) least: usize,
    pub(super) tested: bool,
    /// The paths that a word names.
    pub(super) paths: &'a dyn Fn(&str) -> Vec<PathBuf>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<String> {
        self.words.get(self.at).map(|w| w.literal().unwrap_or_default())
    }

    fn value(&mut self) -> Option<Word> {
        self.at += 1;
        self.words.get(self.at - 1).cloned()
    }

    /// Alternatives.
    pub(super) fn either(&mut self) -> Expr {
        let mut all = vec![self.each()];
        while matches!(self.peek().as_deref(), Some("-o" | "-or" | ",")) {
            // What a comma parts are evaluated both.
            if self.peek().as_deref() == Some(",") {
                let first = all.pop().unwrap_or(Expr::Is(Tri::Maybe));
                all.push(Expr::And(vec![first, Expr::Is(Tri::No)]));
            }
            self.at += 1;
            all.push(self.each());
        }
        if all.len() == 1 { all.remove(0) } else { Expr::Or(all) }
    }

    fn each(&mut self) -> Expr {
        let mut all = Vec::new();
        while let Some(word) = self.peek() {
            match word.as_str() {
                "-o" | "-or" | "," | ")" => break,
                "-a" | "-and" => self.at += 1,
                _ => all.push(self.one(&word)),
            }
        }
        if all.len() == 1 { all.remove(0) } else { Expr::And(all) }
    }

    fn one(&mut self, name: &str) -> Expr {
        self.at += 1;
        match name {
            "(" => {
                let inner = self.either();
                self.at += usize::from(self.peek().as_deref() == Some(")"));
                return inner;
            }
            "!" | "-not" => {
                let next = self.peek().unwrap_or_default();
                return Expr::Not(Box::new(self.one(&next)));
            }
            "-maxdepth" | "-mindepth" => {
                let many = self.value().and_then(|w| w.literal()).and_then(|n| n.parse().ok());
                if name == "-maxdepth" {
                    self.most = many;
                } else {
                    self.least = many.unwrap_or(0);
                }
                return Expr::Is(Tri::Yes);
            }
            "-depth"
            | "-d"
            | "-xdev"
            | "-mount"
            | "-daystart"
            | "-noleaf"
            | "-follow"
            | "-warn"
            | "-nowarn"
            | "-ignore_readdir_race"
            | "-true" => return Expr::Is(Tri::Yes),
            "-prune" => return Expr::Prune,
            "-delete" => return self.act(Action::Delete),
            "-print" | "-print0" | "-ls" => return self.act(Action::Print),
            "-printf" => {
                let format = self.value().and_then(|w| w.literal());
                return self.act(format.map_or(Action::Print, Action::Format));
            }
            "-fprint" | "-fprint0" | "-fls" | "-fprintf" => {
                let Some(file) = self.value() else { return Expr::Is(Tri::Yes) };
                self.at += usize::from(name == "-fprintf");
                return self.act(Action::Write(file));
            }
            "-exec" | "-execdir" | "-ok" | "-okdir" => {
                let from = self.at.min(self.words.len());
                let ends = |w: &Word| matches!(w.literal().as_deref(), Some(";" | "+"));
                let end = self.words[from..].iter().position(ends);
                let end = end.map_or(self.words.len(), |end| from + end);
                self.at = end + 1;
                let run = self.act(Action::Run(self.words[from..end].to_vec()));
                // Whether it succeeds is not known.
                return Expr::And(vec![run, Expr::Is(Tri::Maybe)]);
            }
            _ => {}
        }
        self.tested = true;
        self.test(name)
    }

    fn test(&mut self, name: &str) -> Expr {
        let maybe = Expr::Is(Tri::Maybe);
        let alone = ["-executable", "-readable", "-writable", "-nouser", "-nogroup"];
        match name {
            "-false" => return Expr::Is(Tri::No),
            "-empty" => return Expr::Empty,
            name if alone.contains(&name) => return maybe,
            // An option that is not known has no value, or it is another word.
            name if !name.starts_with('-') => return maybe,
            _ => {}
        }
        let Some(pattern) = self.value().and_then(|w| w.pattern()) else { return maybe };
        let fold = name.starts_with("-i");
        let folded = if fold { pattern.to_lowercase() } else { pattern.clone() };
        match name {
            "-name" | "-iname" => Expr::Name { pattern: folded, fold },
            "-path" | "-ipath" | "-wholename" | "-iwholename" => {
                Expr::Path { pattern: folded, fold }
            }
            "-type" => Expr::Type(pattern),
            "-xtype" if pattern == "l" => Expr::BrokenLink,
            "-size" => {
                let digits = pattern.trim_end_matches(char::is_alphabetic);
                let unit = match &pattern[digits.len()..] {
                    "c" => 1,
                    "w" => 2,
                    "k" => 1 << 10,
                    "M" => 1 << 20,
                    "G" => 1 << 30,
                    _ => 512,
                };
                measure(digits).map_or(maybe, |m| Expr::Size(m, unit))
            }
            "-mtime" => measure(&pattern).map_or(maybe, |m| Expr::Age(m, 86_400)),
            "-mmin" => measure(&pattern).map_or(maybe, |m| Expr::Age(m, 60)),
            "-newer" => {
                let paths = (self.paths)(&pattern);
                let than = paths.iter().find_map(|p| p.metadata().ok());
                Expr::Newer(than.map(|meta| meta.mtime()))
            }
            _ => maybe,
        }
    }

    fn act(&mut self, action: Action) -> Expr {
        self.actions.push(action);
        Expr::Act(self.actions.len() - 1)
    }
}

fn measure(text: &str) -> Option<Measure> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (Greater, &text[1..]),
        b'-' => (Less, &text[1..]),
        _ => (Equal, text),
    };
    Some((sign, digits.parse().ok()?))
}
