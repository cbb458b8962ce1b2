//! Programs in scripting languages: the calls in them that remove, move and overwrite, with what is
//! written of their arguments.

mod apply;
mod calls;
mod conditions;
mod expr;
mod functions;
mod imports;
mod loose;
pub(super) mod scan;
mod span;

use std::cell::Cell;
use std::collections::BTreeMap;

use self::calls::{CALLS, Does, METHODS, MODULES, WHOLE};
use self::scan::{Language, Token, tokens};
use super::{Effect, Judge, Why};
use crate::agent::shell::{Output, State, Word};

const NOT_KNOWN: &str = "a program text that is not known";

/// What an expression may come to.
#[derive(Clone, Debug, Default)]
struct Value {
    words: Vec<Word>,
    /// They are several, and not one of which it is not known which.
    list: bool,
}

/// One program.
struct Code<'j, 'e> {
    judge: &'j mut Judge<'e>,
    state: State,
    language: Language,
    tokens: Vec<Token>,
    vars: BTreeMap<String, Value>,
    /// Names that others were given on import.
    imported: BTreeMap<String, String>,
    /// The arguments of the program.
    args: Vec<Word>,
    /// Written into the command itself: what is not known is a danger there.
    inline: bool,
    /// How deep expressions are nested.
    depth: Cell<u32>,
}

/// Judges a program.
pub(super) fn judge(
    judge: &mut Judge<'_>,
    state: &State,
    language: Language,
    text: &str,
    inline: bool,
) {
    with(judge, state, language, text, inline, &[]);
}

/// Judges a program that has these arguments.
pub(super) fn with(
    judge: &mut Judge<'_>,
    state: &State,
    language: Language,
    text: &str,
    inline: bool,
    args: &[Word],
) {
    let forges = ["pty", "pexpect", "DELETE", "openpty", "input=", "stdin.write"];
    if text.contains("safe-rm") && forges.iter().any(|word| text.contains(word)) {
        judge.deny(Why::Consent("it answers safe-rm in the place of a person"));
        return;
    }
    // A sign is put into what a terminal has read.
    if text.contains("TIOCSTI") {
        judge.deny(Why::Consent("it types into a terminal"));
        return;
    }
    let mut state = state.clone();
    state.depth += 1;
    if state.depth >= crate::agent::shell::DEEPEST {
        return;
    }
    let tokens = tokens(text, language);
    let mut code = Code {
        judge,
        state,
        language,
        tokens,
        vars: BTreeMap::new(),
        imported: BTreeMap::new(),
        args: args.to_vec(),
        inline,
        depth: Cell::new(0),
    };
    code.run();
}

impl Code<'_, '_> {
    /// Its grammar is followed; of others only what is written is taken.
    fn is_strict(&self) -> bool {
        matches!(self.language, Language::Python | Language::Node)
    }

    fn value(&self, start: usize, end: usize) -> Vec<Word> {
        if self.is_strict() { self.strict(start, end).words } else { self.loose(start, end) }
    }

    fn list_value(&self, start: usize, end: usize) -> Value {
        if self.is_strict() {
            self.strict(start, end.min(self.line_end(start)))
        } else {
            Value { words: self.several(start, self.line_end(start)), list: true }
        }
    }

    fn set(&mut self, name: &str, value: Value) {
        match self.vars.get_mut(name) {
            Some(known) => {
                known.words.extend(value.words);
                known.words.dedup();
                known.words.truncate(64);
                known.list |= value.list;
            }
            None => {
                self.vars.insert(name.to_owned(), value);
            }
        }
    }

    fn run(&mut self) {
        // What is bound to a name counts wherever it is used: before it, in a comprehension.
        for at in 0..self.tokens.len() {
            if let Token::Name(name) = self.tokens[at].clone() {
                self.bind(at, &name);
            }
        }
        let mut at = 0;
        while at < self.tokens.len() && self.judge.denial.is_none() {
            match self.tokens[at].clone() {
                Token::Shell(text) => {
                    self.judge.nested(&self.state, &text, &Output::default());
                }
                Token::Name(name) => self.name(at, &name),
                _ => {}
            }
            at += 1;
        }
    }

    fn sign(&self, at: usize) -> Option<char> {
        match self.tokens.get(at) {
            Some(Token::Sign(c)) => Some(*c),
            _ => None,
        }
    }

    /// Whether something behind a dot is done to a path before it.
    fn method(&mut self, at: usize, name: &str, before: Option<&str>) -> bool {
        let loads = ["import_module", "__import__", "require", "CDLL"];
        if before.is_some_and(|b| MODULES.contains(&b) || loads.contains(&b)) {
            return false;
        }
        let open = self.sign(at + 1) == Some('(');
        let arguments = if open { self.named(at + 2) } else { Vec::new() };
        let placed = arguments.iter().filter(|(name, ..)| name.is_none()).count();
        let start = self.receiver(at - 1);
        if let Some((_, effect)) = METHODS.iter().find(|(method, _)| *method == name) {
            let writes = *effect == Effect::Overwrite;
            // With something to remove given it is a method of something else.
            if writes || placed == 0 {
                let value = self.value(start, at - 1);
                self.apply(&value, *effect);
            }
            return true;
        }
        let moves = (name == "rename" || name == "replace") && placed == 1 && open;
        let opens = name == "open" && open && self.is_strict() && self.writes(&arguments, 0);
        if !(moves || opens) {
            return false;
        }
        let value = self.value(start, at - 1);
        // What is opened by a module of that name is its first argument.
        let known = value.iter().any(|w| !w.is_unknown() || !w.within().is_empty());
        if !known {
            return false;
        }
        if moves {
            self.moved(&value, self.argument(&arguments, 0, &[]), true);
        } else {
            self.apply(&value, Effect::Overwrite);
        }
        true
    }

    fn name(&mut self, at: usize, name: &str) {
        let imported = self.imported.get(name).cloned();
        let dotted = at > 0 && self.sign(at - 1) == Some('.');
        let (name, module) = match imported.as_deref().and_then(|whole| whole.rsplit_once('.')) {
            Some((module, own)) if !dotted => (own, Some(module.to_owned())),
            _ => (name, None),
        };
        let before = self.chain(at).or(module);
        let known = before.as_ref().and_then(|b| self.imported.get(b)).cloned();
        let before = known.or(before);
        // Of a module in another the last name is known.
        let before = before.map(|b| b.rsplit('.').next().unwrap_or("").to_owned());
        let open = self.sign(at + 1) == Some('(');
        let callable = open || self.language == Language::Ruby;
        if dotted && callable && self.method(at, name, before.as_deref()) {
            return;
        }
        let required = before.as_deref().is_some_and(|b| b == "__import__" || b == "require");
        let does = CALLS.iter().find(|(names, heads, _)| {
            names.contains(&name)
                && (heads.is_empty()
                    || before.as_deref().is_some_and(|b| heads.contains(&b))
                    || required && self.loads(at, name))
        });
        let does = does.map(|(.., does)| *does);
        let bare_call = !open
            && !dotted
            && matches!(self.tokens.get(at + 1), Some(Token::Text(..) | Token::Name(_)));
        let from = at + if open { 2 } else { 1 };
        match does {
            Some(does)
                if open || bare_call && !self.is_strict() || self.sign(at + 1) == Some('<') =>
            {
                self.call(from, does, name, before.as_deref());
            }
            Some(Does::To(WHOLE, _)) => self.handed_on(at, name),
            Some(_) => {}
            None => self.other_call(at, name, before.as_deref(), open || bare_call),
        }
    }

    /// Whether a module that is loaded on the spot has this function.
    fn loads(&self, at: usize, name: &str) -> bool {
        name != "sync"
            || self.tokens[..at].iter().rev().take(4).any(|t| {
                matches!(t, Token::Text(text, _) if text.starts_with("rimraf") || text == "del")
            })
    }

    /// A function that removes, given to another one: `map(os.remove, paths)`.
    fn handed_on(&mut self, at: usize, name: &str) {
        let bare = ["unlink", "rmtree"].contains(&name);
        match self.language {
            Language::Perl if bare => {}
            Language::Python | Language::Node => {
                let line = self.tokens[..at]
                    .iter()
                    .rposition(|t| matches!(t, Token::Line | Token::Sign(';')));
                let begin = line.map_or(0, |line| line + 1);
                let imports = self.tokens[begin..at].iter().any(|t| {
                    matches!(t, Token::Name(n) if ["import", "require", "def"].contains(&n.as_str()))
                });
                let named = matches!(self.sign(at.wrapping_sub(1)), Some('{'))
                    || self.sign(at + 1) == Some('=')
                    || self.sign(at + 1) == Some('}')
                    || self.sign(at + 1) == Some('.')
                    || self.sign(at + 1) == Some(':');
                let aliased = self.tokens[begin..at].contains(&Token::Sign('='))
                    && matches!(
                        self.tokens.get(at + 1),
                        None | Some(Token::Line | Token::Sign(';'))
                    );
                if imports || named || aliased || (at == begin) {
                    return;
                }
                if self.sign(at + 1) == Some(',') {
                    let end = self.argument_end(at + 2);
                    let value = self.value(at + 2, end);
                    return self.apply(&value, WHOLE);
                }
            }
            _ => return,
        }
        if self.inline {
            self.judge.not_known(&self.state, NOT_KNOWN);
        }
    }
}
