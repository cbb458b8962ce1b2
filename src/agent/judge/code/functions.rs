//! Functions and methods that make paths of paths.

use std::path::{Path, PathBuf};

use super::{Code, Value};
use crate::agent::judge::code::scan::{Language, Token};
use crate::agent::shell::{Part, Word, bare};
use crate::sys::env;

/// A name that nothing has yet.
const NEW: &str = "safe-rm.no.such.file";

impl Code<'_, '_> {
    /// The folders that a word names, or in which it is known to lie.
    pub(super) fn folders(&self, word: &Word) -> Vec<PathBuf> {
        let within = word.within();
        if !within.is_empty() {
            return within;
        }
        let known = word.prefix();
        let known = match known.find(['*', '?', '[']) {
            Some(at) => known[..at].rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned(),
            None => known,
        };
        if known.is_empty() {
            return Vec::new();
        }
        self.state.paths(&known).into_iter().filter(|path| path.exists()).collect()
    }

    fn here(&self) -> Value {
        let words: Vec<Word> =
            self.state.cwds.iter().map(|p| Word::text(p.to_string_lossy())).collect();
        if words.is_empty() { Value::unknown() } else { Value { words, list: false } }
    }

    fn variable(&self, name: &str) -> Option<Value> {
        if let Some(words) = self.state.vars.get(name) {
            return Some(Value { words: words.clone(), list: false });
        }
        env::lookup(name).map(|value| Value::one(Word::text(value)))
    }

    fn home(&self) -> Value {
        let home = &self.judge.eyes.surroundings.home;
        home.as_ref().map_or_else(Value::unknown, |h| Value::one(Word::text(h.to_string_lossy())))
    }

    /// A name with the names behind it, as far as they say where something is; what it comes to, and
    /// where it ends.
    pub(super) fn name_value(&self, start: usize, end: usize) -> (Value, usize) {
        let Token::Name(first) = &self.tokens[start] else { return (Value::unknown(), start + 1) };
        let mut at = start + 1;
        if let Some(value) = self.vars.get(first).filter(|_| self.sign(at) != Some('(')) {
            return (value.clone(), at);
        }
        let mut whole = self.imported.get(first).cloned().unwrap_or_else(|| first.clone());
        while at + 1 < end
            && self.sign(at) == Some('.')
            && let Token::Name(next) = &self.tokens[at + 1]
        {
            whole = format!("{whole}.{next}");
            at += 2;
            // What is done to a path begins where it is made.
            if ["argv", "environ", "env", "__dirname"].contains(&next.as_str()) {
                break;
            }
        }
        let last = whole.rsplit('.').next().unwrap_or("").to_owned();
        if self.sign(at) == Some('(') && at < end {
            let close = self.closing(at, end);
            let value = self.function(&whole, &last, at + 1);
            return (value, close + 1);
        }
        let value = match (whole.as_str(), last.as_str()) {
            (_, "argv") => return self.arguments_of_program(at, end),
            (_, "environ" | "env") => return self.environment(at, end),
            (_, "curdir") => Value::one(Word::text(".")),
            (_, "sep") => Value::one(Word::text("/")),
            ("__dirname", _) if self.inline => Value::one(Word::text(".")),
            _ => Value::unknown(),
        };
        (value, at)
    }

    /// `argv[1]`, `argv[1:]`.
    fn arguments_of_program(&self, at: usize, end: usize) -> (Value, usize) {
        let skip = if self.language == Language::Node { 2 } else { 1 };
        let all = Value { words: self.args.clone(), list: true };
        let sliced = matches!(self.tokens.get(at + 1), Some(Token::Name(n)) if n == "slice");
        if self.sign(at) == Some('.') && sliced {
            return (all, self.closing(at + 2, end) + 1);
        }
        if self.sign(at) != Some('[') {
            return (all, at);
        }
        let close = self.closing(at, end);
        let digits: String = self.tokens[at + 1..close]
            .iter()
            .map(|t| if let Token::Sign(c) = t { *c } else { 'x' })
            .collect();
        let value = match digits.parse::<usize>() {
            Ok(n) => {
                let word = n.checked_sub(skip).and_then(|n| self.args.get(n));
                word.map_or_else(Value::unknown, |w| Value::one(w.clone()))
            }
            Err(_) if digits.contains(':') => all,
            Err(_) => Value::unknown(),
        };
        (value, close + 1)
    }

    /// `environ["X"]`, `environ.get("X", "y")`, `env.X`.
    fn environment(&self, at: usize, end: usize) -> (Value, usize) {
        let text = |at: usize| match self.tokens.get(at) {
            Some(Token::Text(text, _) | Token::Name(text)) => text.clone(),
            _ => String::new(),
        };
        match self.sign(at) {
            Some('[') => {
                let value = self.variable(&text(at + 1)).unwrap_or_else(Value::unknown);
                (value, self.closing(at, end) + 1)
            }
            Some('.') if self.sign(at + 2) == Some('(') => {
                let value = self.fallback(at + 3);
                (value, self.closing(at + 2, end) + 1)
            }
            Some('.') => (self.variable(&text(at + 1)).unwrap_or_else(Value::unknown), at + 2),
            _ => (Value::unknown(), at),
        }
    }

    /// A variable by its name, or what is taken without it.
    fn fallback(&self, from: usize) -> Value {
        let parts = self.arguments(from);
        let name = parts.first().and_then(|(s, e)| self.strict(*s, *e).texts());
        let name = name.and_then(|t| t.into_iter().next()).unwrap_or_default();
        let other = parts.get(1).map(|(s, e)| self.strict(*s, *e));
        self.variable(&name).or(other).unwrap_or_else(Value::unknown)
    }

    /// What a function makes of its arguments.
    fn function(&self, whole: &str, last: &str, from: usize) -> Value {
        let parts = self.named(from);
        let given = |place: usize| {
            let found = self.argument(&parts, place, &["path", "top", "pathname", "pattern"]);
            found.map(|(s, e)| self.strict(s, e))
        };
        let first = || given(0).unwrap_or_else(Value::unknown);
        match last {
            "Path" | "PurePath" | "PosixPath" | "join" | "resolve" | "joinpath" | "normalize"
            | "abspath" | "realpath" | "normpath" | "fspath" | "str" | "sorted" | "list"
            | "set" | "tuple" | "reversed" | "iter" | "String" | "Array" | "fsdecode" | "open"
            | "openSync" | "from" | "chain" | "Pathname" => {
                let own: Vec<Value> = parts
                    .iter()
                    .filter(|(name, ..)| name.is_none())
                    .map(|(_, s, e)| self.strict(*s, *e))
                    .collect();
                let single = ["sorted", "open", "openSync", "from"].contains(&last);
                match own.split_first() {
                    None => Value::one(Word::text(".")),
                    Some((first, _)) if single => first.clone(),
                    Some((first, rest)) => {
                        rest.iter().fold(first.clone(), |made, part| made.then(part, "/"))
                    }
                }
            }
            "expanduser" | "expandvars" => self.at_home(&first()),
            "dirname" => self.parent(&first()),
            "basename" => self.base(&first()),
            "glob" | "iglob" | "globSync" => self.pattern(&first()),
            "listdir" | "scandir" | "walk" | "readdirSync" | "readdir" | "opendirSync" => {
                let folder = given(0).unwrap_or_else(|| Value::one(Word::text(".")));
                Value { list: true, ..folder.vague(self) }
            }
            "getcwd" | "cwd" | "getcwdb" | "pwd" => self.here(),
            "home" | "homedir" => self.home(),
            "gettempdir" | "tmpdir" => Value::one(Word::text("/tmp")),
            "mkdtemp" | "mktemp" | "mkstemp" | "TemporaryDirectory" | "NamedTemporaryFile"
            | "TemporaryFile" => {
                let folder = self.argument(&parts, 9, &["dir"]).map(|(s, e)| self.strict(s, e));
                let folder = folder.unwrap_or_else(|| Value::one(Word::text("/tmp")));
                folder.then(&Value::one(Word::text(NEW)), "/")
            }
            "mkdtempSync" => first().then(&Value::one(Word::text(NEW)), ""),
            "getenv" | "get" if whole.contains("getenv") || whole.contains("env") => {
                self.fallback(from)
            }
            "split" if whole == "shlex.split" => self.split(&first(), None),
            "chr" | "fromCharCode" => self.character(from),
            _ => {
                // What it makes of a folder may lie there.
                let within: Vec<_> = parts
                    .iter()
                    .flat_map(|(_, s, e)| self.strict(*s, *e).words)
                    .flat_map(|word| self.folders(&word))
                    .collect();
                Value::one(Word::unknown(within))
            }
        }
    }

    fn character(&self, from: usize) -> Value {
        let digits: String = self.tokens[from..self.argument_end(from)]
            .iter()
            .filter_map(|t| if let Token::Sign(c) = t { Some(*c) } else { None })
            .collect();
        let made = digits.parse().ok().and_then(char::from_u32);
        made.map_or_else(Value::unknown, |c| Value::one(Word::text(c)))
    }

    fn at_home(&self, value: &Value) -> Value {
        let words = value.words.iter().map(|word| {
            let known = word.prefix();
            match word.strip("~").filter(|_| known == "~" || known.starts_with("~/")) {
                Some(rest) => {
                    let mut whole = self.home().words.remove(0);
                    rest.parts.into_iter().for_each(|part| whole.push(part));
                    whole
                }
                None => word.clone(),
            }
        });
        Value { words: words.collect(), list: value.list }
    }

    fn each(&self, value: &Value, make: impl Fn(&Path) -> Option<String>) -> Value {
        let words = value.words.iter().map(|word| match word.pattern() {
            Some(text) => match make(Path::new(&text)) {
                Some(made) if word.is_glob() => Word { parts: vec![bare(&made)] },
                Some(made) => Word::text(made),
                None => Word::unknown(self.folders(word)),
            },
            None => Word::unknown(self.folders(word)),
        });
        Value { words: words.collect(), list: value.list }
    }

    fn parent(&self, value: &Value) -> Value {
        self.each(value, |path| {
            let parent = path.parent()?.to_string_lossy().into_owned();
            Some(if parent.is_empty() { ".".to_owned() } else { parent })
        })
    }

    fn base(&self, value: &Value) -> Value {
        self.each(value, |path| Some(path.file_name()?.to_string_lossy().into_owned()))
    }

    /// What a pattern matches.
    fn pattern(&self, value: &Value) -> Value {
        let words = value.words.iter().map(|word| {
            let parts = word.parts.iter().map(|part| match part {
                Part::Text(text) => bare(text),
                other => other.clone(),
            });
            Word { parts: parts.collect() }
        });
        Value { words: words.collect(), list: true }
    }

    /// What stands behind a dot: its value, and where it ends.
    pub(super) fn member(
        &self,
        value: &Value,
        name: &str,
        at: usize,
        end: usize,
    ) -> (Value, usize) {
        if self.sign(at) != Some('(') || at >= end {
            let made = match name {
                // `require("os").homedir`, called or not.
                "homedir" => self.home(),
                "parent" => self.parent(value),
                "name" if value.texts().is_some() => self.base(value),
                "path" | "name" | "value" => value.clone(),
                _ => value.vague(self),
            };
            return (made, at);
        }
        let close = self.closing(at, end);
        let parts = self.arguments(at + 1);
        let given = |place: usize| parts.get(place).map(|(s, e)| self.strict(*s, *e));
        let join = |more: Value| value.then(&more, "/");
        let made = match (name, parts.len()) {
            ("join", 1) if !value.list => self.joined(value, &given(0).unwrap_or_default()),
            ("joinpath" | "join", _) => {
                let all = parts.iter().map(|(s, e)| self.strict(*s, *e));
                all.fold(value.clone(), |made, part| made.then(&part, "/"))
            }
            ("glob", 1) => self.pattern(&join(given(0).unwrap_or_default())),
            ("rglob", 1) => {
                let below = join(Value::one(Word::text("**")));
                self.pattern(&below.then(&given(0).unwrap_or_default(), "/"))
            }
            ("iterdir" | "children" | "ls" | "walk", _) => {
                Value { list: true, ..value.vague(self) }
            }
            ("expanduser", 0) => self.at_home(value),
            ("homedir", 0) => self.home(),
            ("tmpdir", 0) => Value::one(Word::text("/tmp")),
            ("with_name" | "with_suffix", 1) => {
                let parent = self.parent(value);
                if name == "with_name" {
                    parent.then(&given(0).unwrap_or_default(), "/")
                } else {
                    parent.vague(self)
                }
            }
            (
                "resolve" | "absolute" | "as_posix" | "strip" | "trim" | "encode" | "decode"
                | "toString" | "copy" | "sort" | "reverse" | "values" | "flat" | "keys",
                0,
            ) => value.clone(),
            ("filter" | "sort" | "slice" | "concat", _) if value.list => value.clone(),
            ("split", _) => self.split(value, given(0)),
            ("lower" | "toLowerCase", 0) => {
                self.each(value, |p| Some(p.to_string_lossy().to_lowercase()))
            }
            ("upper" | "toUpperCase", 0) => {
                self.each(value, |p| Some(p.to_string_lossy().to_uppercase()))
            }
            ("format", _) => self.filled(value, at + 1),
            ("replace", 2) => match (given(0).and_then(|v| v.texts()), given(1)) {
                (Some(from), Some(to)) => match (from.first(), to.texts().as_deref()) {
                    (Some(from), Some([to])) => {
                        self.each(value, |p| Some(p.to_string_lossy().replace(from.as_str(), to)))
                    }
                    _ => value.vague(self),
                },
                _ => value.vague(self),
            },
            _ => value.vague(self),
        };
        (made, close + 1)
    }

    /// `"/".join([..])`.
    fn joined(&self, between: &Value, list: &Value) -> Value {
        let between = between.texts().and_then(|t| t.into_iter().next());
        let known = list.words.iter().all(|w| !w.is_unknown() && !w.is_glob());
        let (Some(between), true) = (between, known && list.list) else { return list.vague(self) };
        let texts = list.texts().unwrap_or_default();
        Value::one(Word::text(texts.join(&between)))
    }

    fn split(&self, value: &Value, by: Option<Value>) -> Value {
        let by = by.and_then(|by| by.texts()).and_then(|t| t.into_iter().next());
        let Some(texts) = value.texts() else {
            return Value { list: true, ..value.vague(self) };
        };
        let words = texts.iter().flat_map(|text| match by.as_deref() {
            Some(by) if !by.is_empty() => text.split(by).map(Word::text).collect::<Vec<_>>(),
            _ => text.split_whitespace().map(Word::text).collect(),
        });
        Value { words: words.collect(), list: true }
    }

    /// `"{}/x".format(y)`.
    fn filled(&self, value: &Value, from: usize) -> Value {
        let Some(text) = value.texts().and_then(|t| t.into_iter().next()) else {
            return value.vague(self);
        };
        let parts = self.named(from);
        let mut built = Value::one(Word::default());
        let mut rest = text.as_str();
        let mut next = 0;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((key, behind)) = after.split_once('}') else { break };
            let key = key.split([':', '!']).next().unwrap_or("");
            let place = key.parse().unwrap_or(next);
            next += 1;
            let found = self.argument(&parts, place, &[key]).map(|(s, e)| self.strict(s, e));
            built = built.then(&Value::one(Word::text(before)), "");
            built = built.then(&found.unwrap_or_else(Value::unknown), "");
            rest = behind;
        }
        built.then(&Value::one(Word::text(rest)), "")
    }
}
