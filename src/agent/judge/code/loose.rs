//! Expressions of languages whose grammar is not followed: what of their value is written there, in
//! its order.

use super::Code;
use crate::agent::judge::code::scan::{Piece, Token, pieces};
use crate::agent::shell::{Part, Word, bare};

impl Code<'_, '_> {
    /// What an expression may be.
    pub(super) fn loose(&self, start: usize, end: usize) -> Vec<Word> {
        let tokens = &self.tokens[start.min(end)..end];
        let mut built = vec![Word::default()];
        let mut unknown = false;
        let mut glob = false;
        let mut join = false;
        for (i, token) in tokens.iter().enumerate() {
            match token {
                Token::Text(text, _) => {
                    let mut parts = Vec::new();
                    for piece in pieces(text) {
                        parts.push(match piece {
                            Piece::PutIn(_) => Part::Unknown(Vec::new()),
                            Piece::Written(piece) if glob => bare(piece),
                            Piece::Written(piece) => Part::Text(piece.to_owned()),
                        });
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
                            put(&mut built, &values.words, join);
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

pub(super) fn put(built: &mut Vec<Word>, values: &[Word], join: bool) {
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
