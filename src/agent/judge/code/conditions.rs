//! What a condition right before a call says of its argument.

use super::Code;
use super::scan::{Language, Token};
use crate::agent::shell::{Part, Word};

impl Code<'_, '_> {
    /// The value of an argument. Of what is not known the end of its name is, where a condition right
    /// before says so: `if f.endswith(".pyc"): os.remove(..)`.
    pub(super) fn narrowed(&self, call: usize, start: usize, end: usize) -> Vec<Word> {
        let value = self.value(start, end);
        if self.language != Language::Python || value.iter().all(|w| !w.is_unknown()) {
            return value;
        }
        let Some(ends) = self.condition(call, start, end) else { return value };
        let mut made = Vec::new();
        for word in value {
            if !word.is_unknown() {
                made.push(word);
                continue;
            }
            for end in &ends {
                let mut word = word.clone();
                word.push(Part::Text(end.clone()));
                made.push(word);
            }
        }
        made
    }

    /// What the names end with for which the statement of this call runs.
    fn condition(&self, call: usize, start: usize, end: usize) -> Option<Vec<String>> {
        let colon = (call.saturating_sub(12)..call)
            .rev()
            .find(|at| self.sign(*at) == Some(':') && self.sign(at + 1) != Some(':'))?;
        // The body begins with this statement.
        let between = &self.tokens[colon + 1..call];
        let lines = between.iter().filter(|t| **t == Token::Line).count();
        if between.contains(&Token::Sign(';')) || between.contains(&Token::Sign('=')) {
            return None;
        }
        if lines > 1 || (lines == 1 && self.tokens[colon + 1] != Token::Line) {
            return None;
        }
        let begins = |t: &Token| matches!(t, Token::Line);
        let line = self.tokens[..colon].iter().rposition(begins).map_or(0, |at| at + 1);
        let [Token::Name(word), Token::Name(name), test @ ..] = &self.tokens[line..colon] else {
            return None;
        };
        // The name is the end of what is given, and nothing but a path is made of it.
        let given = &self.tokens[start..end];
        let last = given.iter().rev().find(|t| **t != Token::Sign(')'));
        let paths = ["join", "Path", "str", "fspath", "abspath"];
        let made = given.windows(2).all(|pair| match pair {
            [Token::Name(n), Token::Sign('(')] => paths.contains(&n.as_str()),
            _ => true,
        });
        if word != "if" || !made || last != Some(&Token::Name(name.clone())) {
            return None;
        }
        match test {
            [Token::Sign('='), Token::Sign('='), Token::Text(text, false)] => {
                Some(vec![format!("/{text}")])
            }
            [
                Token::Sign('.'),
                Token::Name(ends),
                Token::Sign('('),
                given @ ..,
                Token::Sign(')'),
            ] if ends == "endswith" => {
                let texts = given.iter().filter_map(|t| match t {
                    Token::Text(text, false) => Some(Some(text.clone())),
                    Token::Sign('(' | ')' | ',') => None,
                    _ => Some(None),
                });
                texts.collect()
            }
            _ => None,
        }
    }
}
