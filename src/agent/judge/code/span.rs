//! Where the expressions of a program begin and end.

use super::Code;
use crate::agent::judge::code::scan::Token;
use crate::agent::shell::Word;

/// An argument: its name, where it has one, and its tokens.
pub(super) type Argument = (Option<String>, usize, usize);

impl Code<'_, '_> {
    /// The name before the last dot.
    pub(super) fn chain(&self, at: usize) -> Option<String> {
        if at < 2 || !matches!(self.sign(at - 1), Some('.' | ':')) {
            return None;
        }
        let mut i = at - 2;
        if self.sign(i) == Some(':') && i > 0 {
            i -= 1;
        }
        match &self.tokens[i] {
            Token::Name(name) => Some(name.clone()),
            Token::Sign(')') => {
                let open = self.opening(i)?;
                match self.tokens.get(open.checked_sub(1)?)? {
                    Token::Name(name) => Some(name.clone()),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Where the brackets that end here begin.
    pub(super) fn opening(&self, end: usize) -> Option<usize> {
        let mut depth = 0;
        for at in (0..=end).rev() {
            match self.sign(at) {
                Some(')' | ']' | '}') => depth += 1,
                Some('(' | '[' | '{') => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Where the expression before a dot begins.
    pub(super) fn receiver(&self, dot: usize) -> usize {
        let mut at = dot;
        while at > 0 {
            // Two names beside each other are two expressions.
            let linked = at == dot || matches!(self.sign(at), Some('.' | '(' | '['));
            at = match &self.tokens[at - 1] {
                Token::Sign(')' | ']') if linked => match self.opening(at - 1) {
                    Some(open) => open,
                    None => return at,
                },
                Token::Name(_) | Token::Text(..) if linked => at - 1,
                Token::Sign('.') => at - 1,
                _ => return at,
            };
        }
        at
    }

    /// What a list, or anything else, may be.
    pub(super) fn several(&self, start: usize, end: usize) -> Vec<Word> {
        let list = matches!(self.sign(start), Some('[' | '('))
            && end > start
            && self.opening(end - 1) == Some(start);
        if !list {
            return self.value(start, end);
        }
        let members = self.arguments(start + 1);
        members.into_iter().flat_map(|(from, to)| self.value(from, to)).collect()
    }

    pub(super) fn line_end(&self, from: usize) -> usize {
        let mut depth = 0i32;
        for at in from..self.tokens.len() {
            match &self.tokens[at] {
                Token::Sign('(' | '[' | '{') => depth += 1,
                Token::Sign(')' | ']' | '}') => {
                    depth -= 1;
                    if depth < 0 {
                        return at;
                    }
                }
                Token::Line | Token::Sign(';' | ':') if depth == 0 => return at,
                _ => {}
            }
        }
        self.tokens.len()
    }

    pub(super) fn argument_end(&self, from: usize) -> usize {
        let mut depth = 0i32;
        for at in from..self.tokens.len() {
            match self.sign(at) {
                Some('(' | '[' | '{') => depth += 1,
                Some(')' | ']' | '}') => {
                    depth -= 1;
                    if depth < 0 {
                        return at;
                    }
                }
                Some(',' | ';') if depth == 0 => return at,
                _ => {}
            }
        }
        self.tokens.len()
    }

    pub(super) fn arguments(&self, from: usize) -> Vec<(usize, usize)> {
        let (mut all, mut at) = (Vec::new(), from);
        loop {
            let end = self.argument_end(at);
            if end > at {
                all.push((at, end));
            }
            if self.sign(end) != Some(',') || all.len() > 64 {
                return all;
            }
            at = end + 1;
        }
    }

    /// Arguments, told apart from those with a name.
    pub(super) fn named(&self, from: usize) -> Vec<Argument> {
        let all = self.arguments(from).into_iter();
        all.map(|(start, end)| match (self.tokens.get(start), self.sign(start + 1)) {
            (Some(Token::Name(name)), Some('=')) if self.sign(start + 2) != Some('=') => {
                (Some(name.clone()), start + 2, end)
            }
            _ => (None, start, end),
        })
        .collect()
    }

    /// The place of an argument by its place among those without a name, or by one of its names.
    pub(super) fn argument(
        &self,
        all: &[Argument],
        place: usize,
        names: &[&str],
    ) -> Option<(usize, usize)> {
        let by_name = all.iter().find(|(n, ..)| n.as_deref().is_some_and(|n| names.contains(&n)));
        let found = by_name.or_else(|| all.iter().filter(|(n, ..)| n.is_none()).nth(place));
        found.map(|(_, start, end)| (*start, *end))
    }
}
