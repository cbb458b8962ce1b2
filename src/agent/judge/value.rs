//! Expressions of a program in a scripting language: where they begin and end, and what of their
//! value is written there.

use super::code::Code;
use super::scan::{HOLE, Token};
use crate::agent::shell::{Part, Word, bare};

impl Code<'_, '_> {
    /// `from MODULE import NAME as OTHER`, `import MODULE as OTHER`.
    pub(super) fn import(&mut self, at: usize) {
        let name = |at: usize| match self.tokens.get(at) {
            Some(Token::Name(name)) => Some(name.clone()),
            _ => None,
        };
        let Some(module) = name(at + 1) else { return };
        let mut found = Vec::new();
        if name(at).as_deref() == Some("import") {
            if name(at + 2).as_deref() == Some("as") {
                found.extend(name(at + 3).map(|other| (other, module)));
            }
        } else if name(at + 2).as_deref() == Some("import") {
            let end = self.line_end(at + 3);
            for i in at + 3..end {
                let Some(own) = name(i).filter(|n| n != "as") else { continue };
                match name(i - 1).as_deref() {
                    Some("as") => {
                        found.extend(name(i - 2).map(|first| (own, format!("{module}.{first}"))));
                    }
                    _ => found.push((own.clone(), format!("{module}.{own}"))),
                }
            }
        }
        self.imported.extend(found);
    }

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

    /// What an expression may be.
    pub(super) fn value(&self, start: usize, end: usize) -> Vec<Word> {
        let tokens = &self.tokens[start.min(end)..end];
        let mut built = vec![Word::default()];
        let mut unknown = false;
        let mut glob = false;
        let mut join = false;
        for (i, token) in tokens.iter().enumerate() {
            match token {
                Token::Text(text, _) => {
                    let mut parts = Vec::new();
                    for (n, piece) in text.split(HOLE).enumerate() {
                        if n > 0 {
                            parts.push(Part::Unknown(Vec::new()));
                        }
                        if !piece.is_empty() {
                            parts.push(if glob {
                                bare(piece)
                            } else {
                                Part::Text(piece.to_owned())
                            });
                        }
                    }
                    put(&mut built, &[Word { parts }], join);
                }
                Token::Name(name) => match name.as_str() {
                    "join" | "joinpath" | "Path" | "PurePath" | "PosixPath" => join = true,
                    "glob" | "rglob" | "iglob" | "globSync" | "Dir" => {
                        // The whole pattern, wherever its beginning was written.
                        glob = true;
                        join |= i > 0;
                    }
                    "listdir" | "iterdir" | "scandir" | "walk" | "readdirSync" | "children"
                    | "entries" | "each_child" => unknown = true,
                    _ => {
                        let called = matches!(tokens.get(i + 1), Some(Token::Sign('(' | '.')));
                        if let Some(values) = self
                            .vars
                            .get(name)
                            .filter(|_| i == 0 || tokens[i - 1] != Token::Sign('.'))
                        {
                            put(&mut built, values, join);
                        } else if !called
                            && !is_noise(name)
                            && (i == 0 || tokens[i - 1] != Token::Sign('.'))
                        {
                            unknown = true;
                        }
                    }
                },
                Token::Sign('/') => join = true,
                Token::Sign('*') if !glob => {}
                _ => {}
            }
        }
        built.retain(|word| !word.parts.is_empty());
        if built.is_empty() {
            return vec![Word::unknown(Vec::new())];
        }
        if !unknown {
            let home = |word: Word| match word.strip("~") {
                Some(rest) if word.prefix().starts_with("~/") => {
                    let home = crate::sys::env::lookup("HOME").unwrap_or_default();
                    let mut whole = Word::text(home);
                    rest.parts.into_iter().for_each(|part| whole.push(part));
                    whole
                }
                _ => word,
            };
            return built.into_iter().map(home).collect();
        }
        // Something in what is named there.
        let folder = |pattern: String| match pattern.find(['*', '?', '[']) {
            Some(at) => pattern[..at].rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned(),
            None => pattern,
        };
        let named = built.iter().filter_map(Word::pattern).map(folder);
        let named = named.flat_map(|p| self.state.paths(&p));
        let within: Vec<_> = named.filter(|p| p.exists()).collect();
        if within.is_empty() && built.iter().any(Word::is_unknown) {
            vec![Word::unknown(Vec::new())]
        } else if within.is_empty() {
            built
        } else {
            vec![Word::unknown(within)]
        }
    }
}

fn put(built: &mut Vec<Word>, values: &[Word], join: bool) {
    let mut made = Vec::new();
    for word in built.iter() {
        for value in values.iter().take(16) {
            let mut word = word.clone();
            if join && !word.parts.is_empty() && !word.prefix().ends_with('/') {
                word.push(Part::Text("/".to_owned()));
            }
            value.parts.iter().for_each(|part| word.push(part.clone()));
            made.push(word);
        }
    }
    made.truncate(256);
    *built = made;
}

/// Names that say nothing of what a value is.
fn is_noise(name: &str) -> bool {
    [
        "os",
        "path",
        "Path",
        "pathlib",
        "str",
        "sorted",
        "list",
        "True",
        "False",
        "None",
        "true",
        "false",
        "my",
        "const",
        "let",
        "var",
        "recursive",
        "force",
        "ignore_errors",
        "missing_ok",
        "r",
        "b",
        "f",
        "fs",
        "File",
        "new",
        "return",
        "in",
        "is",
        "not",
    ]
    .contains(&name)
}
