//! Expressions of Python and of Node: what they come to. What does not come to a path that is written
//! there is not known, and where it is known to lie in some folder, that is kept.

use super::{Code, Value};
use crate::agent::judge::code::scan::{Piece, Token, pieces};
use crate::agent::shell::{Part, Word};

/// So many values of one expression are kept.
const VALUES: usize = 256;

impl Value {
    pub(super) fn one(word: Word) -> Self {
        Self { words: vec![word], list: false }
    }

    pub(super) fn unknown() -> Self {
        Self::one(Word::unknown(Vec::new()))
    }

    /// Something that is made of it.
    pub(super) fn vague(&self, code: &Code<'_, '_>) -> Self {
        let within: Vec<_> = self.words.iter().flat_map(|word| code.folders(word)).collect();
        Self { words: vec![Word::unknown(within)], list: self.list }
    }

    pub(super) fn texts(&self) -> Option<Vec<String>> {
        self.words.iter().map(Word::literal).collect()
    }

    fn or(mut self, other: Self) -> Self {
        self.words.extend(other.words);
        self.words.truncate(VALUES);
        Self { list: self.list || other.list, words: self.words }
    }

    /// Each of these with each of those behind it.
    pub(super) fn then(&self, other: &Self, between: &str) -> Self {
        let mut words = Vec::new();
        for first in &self.words {
            for second in &other.words {
                let known = second.prefix();
                if between == "/" && known.starts_with('/') {
                    words.push(second.clone());
                    continue;
                }
                let mut word = first.clone();
                if !between.is_empty() && !word.parts.is_empty() && !first.prefix().ends_with('/') {
                    word.push(Part::Text(between.to_owned()));
                }
                second.parts.iter().for_each(|part| word.push(part.clone()));
                words.push(word);
            }
        }
        words.truncate(VALUES);
        Self { words, list: self.list || other.list }
    }
}

impl Code<'_, '_> {
    fn is_name(&self, at: usize, names: &[&str]) -> bool {
        matches!(&self.tokens[at], Token::Name(name) if names.contains(&name.as_str()))
    }

    /// The first place in an expression, outside of its brackets, where this holds.
    fn top(&self, start: usize, end: usize, is: impl Fn(usize) -> bool) -> Option<usize> {
        let mut depth = 0;
        for at in start..end {
            match self.sign(at) {
                Some('(' | '[' | '{') => depth += 1,
                Some(')' | ']' | '}') => depth -= 1,
                _ if depth == 0 && at > start && is(at) => return Some(at),
                _ => {}
            }
        }
        None
    }

    /// What an expression may be.
    pub(super) fn strict(&self, start: usize, end: usize) -> Value {
        let end = end.min(self.tokens.len());
        if start >= end || self.depth.get() > 24 {
            return Value::unknown();
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.whole(start, end);
        self.depth.set(self.depth.get() - 1);
        value
    }

    fn whole(&self, start: usize, end: usize) -> Value {
        if self.is_name(start, &["await", "new", "return", "yield", "lambda"]) && start + 1 < end {
            return self.strict(start + 1, end);
        }
        if let Some(Token::Line) = self.tokens.get(start) {
            return self.strict(start + 1, end);
        }
        // `X for y in Z`, `X if C else Y`, `C ? X : Y`.
        if let Some(at) = self.top(start, end, |at| self.is_name(at, &["for"])) {
            return Value { list: true, ..self.strict(start, at) };
        }
        if let Some(at) = self.top(start, end, |at| self.is_name(at, &["if"])) {
            let other = self.top(at, end, |at| self.is_name(at, &["else"]));
            let value = self.strict(start, at);
            return other.map_or(value.clone(), |other| value.or(self.strict(other + 1, end)));
        }
        if let Some(at) = self.top(start, end, |at| self.sign(at) == Some('?'))
            && let Some(other) = self.top(at, end, |at| self.sign(at) == Some(':'))
        {
            return self.strict(at + 1, other).or(self.strict(other + 1, end));
        }
        let either = |at: usize| {
            self.is_name(at, &["or", "and"])
                || (self.sign(at) == Some('|') && self.sign(at + 1) == Some('|'))
        };
        if let Some(at) = self.top(start, end, either) {
            let skip = if self.sign(at) == Some('|') { 2 } else { 1 };
            return self.strict(start, at).or(self.strict(at + skip, end));
        }
        // From the left: the last operator parts the whole.
        let mut last = None;
        let mut from = start;
        while let Some(at) = self.top(from, end, |at| {
            matches!(self.sign(at), Some('+' | '/' | '%' | '*' | '<' | '>' | '&' | '-'))
        }) {
            last = Some(at);
            from = at;
        }
        if let Some(at) = last {
            let (left, right) = (self.strict(start, at), self.strict(at + 1, end));
            return match self.sign(at) {
                Some('+') if left.list || right.list => left.or(right),
                Some('+') => left.then(&right, ""),
                Some('/') => left.then(&right, "/"),
                Some('%') => self.formatted(&left, at + 1, end),
                _ => Value::unknown(),
            };
        }
        self.chain_value(start, end)
    }

    /// `"%s/x" % y`.
    fn formatted(&self, left: &Value, start: usize, end: usize) -> Value {
        let values = if self.sign(start) == Some('(') {
            self.arguments(start + 1).into_iter().map(|(s, e)| self.strict(s, e)).collect()
        } else {
            vec![self.strict(start, end)]
        };
        let Some(text) = left.texts().and_then(|t| t.into_iter().next()) else {
            return Value::unknown();
        };
        let mut values = values.into_iter();
        let mut built = Value::one(Word::default());
        for (n, piece) in text.split('%').enumerate() {
            let piece = if n == 0 {
                piece
            } else {
                built = built.then(&values.next().unwrap_or_else(Value::unknown), "");
                piece.get(1..).unwrap_or("")
            };
            built = built.then(&Value::one(Word::text(piece)), "");
        }
        built
    }

    /// A name, a string or what stands in brackets, with what is done to it behind.
    fn chain_value(&self, start: usize, end: usize) -> Value {
        let (mut value, mut at) = match &self.tokens[start] {
            Token::Text(text, _) => {
                let mut text = text.clone();
                let mut at = start + 1;
                // Strings beside each other are one.
                while let Some(Token::Text(more, _)) = self.tokens.get(at).filter(|_| at < end) {
                    text.push_str(more);
                    at += 1;
                }
                (self.string(&text), at)
            }
            Token::Sign('(') => {
                let close = self.closing(start, end);
                let parts = self.arguments(start + 1);
                let value = match parts[..] {
                    [(from, to)] => self.strict(from, to),
                    _ => self.list(&parts),
                };
                (value, close + 1)
            }
            Token::Sign('[') => {
                let close = self.closing(start, end);
                (Value { list: true, ..self.list(&self.arguments(start + 1)) }, close + 1)
            }
            Token::Sign('{') => {
                let close = self.closing(start, end);
                let parts: Vec<(usize, usize)> = self
                    .arguments(start + 1)
                    .into_iter()
                    .map(|(from, to)| {
                        let colon = self.top(from, to, |at| self.sign(at) == Some(':'));
                        colon.map_or((from, to), |colon| (colon + 1, to))
                    })
                    .collect();
                (Value { list: true, ..self.list(&parts) }, close + 1)
            }
            Token::Name(_) => self.name_value(start, end),
            // Several values: `*x`.
            Token::Sign('*' | '.') if start + 1 < end => return self.strict(start + 1, end),
            _ => return Value::unknown(),
        };
        while at < end {
            (value, at) = match self.sign(at) {
                Some('.' | '?') => match self.tokens.get(at + 1) {
                    Some(Token::Name(name)) => self.member(&value, name, at + 2, end),
                    _ => (value, at + 1),
                },
                Some('[') => {
                    let close = self.closing(at, end);
                    let cut = (at..close).any(|i| self.sign(i) == Some(':'));
                    let made = if value.list {
                        // The whole list may be what is left of it.
                        Value { list: cut, words: value.words.clone() }
                    } else {
                        value.vague(self)
                    };
                    (made, close + 1)
                }
                _ => return value.vague(self),
            };
        }
        value
    }

    /// A string with what is put into it.
    fn string(&self, text: &str) -> Value {
        let mut made = Value::one(Word::default());
        for piece in pieces(text) {
            let value = match piece {
                Piece::Written(text) => Value::one(Word::text(text)),
                Piece::PutIn(name) => {
                    let known = self.vars.get(name).cloned().unwrap_or_else(Value::unknown);
                    Value { list: false, ..known }
                }
            };
            made = made.then(&value, "");
        }
        made
    }

    fn list(&self, parts: &[(usize, usize)]) -> Value {
        let mut words = Vec::new();
        for (from, to) in parts {
            words.extend(self.strict(*from, *to).words);
        }
        words.truncate(VALUES);
        Value { words, list: true }
    }

    /// Where brackets end.
    pub(super) fn closing(&self, open: usize, end: usize) -> usize {
        let mut depth = 0;
        for at in open..end {
            match self.sign(at) {
                Some('(' | '[' | '{') => depth += 1,
                Some(')' | ']' | '}') => {
                    depth -= 1;
                    if depth == 0 {
                        return at;
                    }
                }
                _ => {}
            }
        }
        end.saturating_sub(1).max(open)
    }
}
