//! What names stand for: modules and functions under other names, and what is bound to a name.

use super::{Code, Value};
use crate::agent::judge::code::scan::{Language, Token};

/// What a module of Node is called here.
fn module(name: &str) -> Option<&'static str> {
    Some(match name.strip_prefix("node:").unwrap_or(name) {
        "fs" | "fs/promises" | "fs-extra" | "graceful-fs" | "fsp" => "fs",
        "child_process" => "child_process",
        "path" | "path/posix" => "path",
        "os" => "os",
        "process" => "process",
        "rimraf" | "del" | "trash" => "rimraf",
        _ => return None,
    })
}

impl Code<'_, '_> {
    fn name_at(&self, at: usize) -> Option<&str> {
        match self.tokens.get(at) {
            Some(Token::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// `from MODULE import NAME as OTHER`, `import MODULE as OTHER`; `import {NAME} from "MODULE"`.
    pub(super) fn import(&mut self, at: usize) {
        if self.language == Language::Node {
            return self.node_import(at);
        }
        let name = |at: usize| self.name_at(at).map(str::to_owned);
        let Some(module) = name(at + 1) else { return };
        let mut found = Vec::new();
        if name(at).as_deref() == Some("import") {
            if name(at + 2).as_deref() == Some("as") {
                found.extend(name(at + 3).map(|other| (other, module)));
            }
        } else {
            // `os.path` and its like are known by their last name.
            let end = self.line_end(at + 1);
            let Some(import) = (at + 2..end).find(|i| name(*i).as_deref() == Some("import")) else {
                return;
            };
            let module = name(import - 1).unwrap_or(module);
            for i in import + 1..self.line_end(import + 1).max(import + 1) {
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

    /// `import x from "fs"`, `const {rm: x} = require("fs")`, `const x = require("fs").promises`.
    pub(super) fn node_import(&mut self, at: usize) {
        let end = self.line_end(at + 1);
        // Several in one: `const fs = require("fs"), path = require("path")`.
        let mut start = at;
        if self.name_at(at) != Some("import") {
            for comma in at + 1..end {
                let next = self.name_at(comma + 1).is_some() && self.sign(comma + 2) == Some('=');
                if self.sign(comma) == Some(',') && next {
                    self.node_imports(start, comma);
                    start = comma;
                }
            }
        }
        self.node_imports(start, end);
    }

    fn node_imports(&mut self, at: usize, end: usize) {
        let mut texts = (at + 1..end).filter_map(|i| match &self.tokens[i] {
            Token::Text(text, _) => module(text),
            _ => None,
        });
        let Some(module) = texts.next_back() else { return };
        let loads = |i: usize| matches!(self.name_at(i), Some("require" | "from" | "import"));
        if !(at..end).any(loads) {
            return;
        }
        let Some(stop) =
            (at + 1..end).find(|i| self.sign(*i) == Some('=') || self.name_at(*i) == Some("from"))
        else {
            return;
        };
        let braces = (at..stop).any(|i| self.sign(i) == Some('{'));
        let mut found = Vec::new();
        for i in at + 1..stop {
            let Some(own) = self.name_at(i).filter(|n| *n != "as") else { continue };
            let renamed = self.name_at(i + 1) == Some("as") || self.sign(i + 1) == Some(':');
            if renamed {
                continue;
            }
            let behind = self.name_at(i - 1) == Some("as") || self.sign(i - 1) == Some(':');
            let first = if behind { self.name_at(i - 2).unwrap_or(own) } else { own };
            let whole = if braces && first != "promises" && first != "default" {
                format!("{module}.{first}")
            } else {
                module.to_owned()
            };
            found.push((own.to_owned(), whole));
        }
        self.imported.extend(found);
    }

    /// What is bound to a name: by `=`, by a loop, as another name of a function.
    pub(super) fn bind(&mut self, at: usize, name: &str) {
        // `with X as NAME`.
        if at > 1 && self.name_at(at - 1) == Some("as") && self.language == Language::Python {
            let starts = ["with", "from", "import", "except"];
            let start = (0..at)
                .rev()
                .take(80)
                .find(|i| self.name_at(*i).is_some_and(|n| starts.contains(&n)));
            if let Some(start) = start.filter(|start| self.name_at(*start) == Some("with")) {
                let value = self.list_value(start + 1, at - 1);
                self.set(name, value);
                return;
            }
        }
        let behind = name == "import" && self.language == Language::Python && {
            let line =
                self.tokens[..at].iter().rposition(|t| matches!(t, Token::Line | Token::Sign(';')));
            (line.map_or(0, |l| l + 1)..at).any(|i| self.name_at(i) == Some("from"))
        };
        if behind {
            return;
        }
        if ["from", "import"].contains(&name)
            || (self.language == Language::Node && ["const", "let", "var"].contains(&name))
        {
            self.import(at);
            return;
        }
        if name == "def" || name == "function" {
            return self.parameters(at);
        }
        // `f = shutil.rmtree` is another name of it.
        let alias = self.sign(at + 1) == Some('=')
            && self.sign(at + 3) == Some('.')
            && matches!(self.tokens.get(at + 5), None | Some(Token::Line | Token::Sign(';' | ')')));
        if let (true, Some(module), Some(own)) = (alias, self.name_at(at + 2), self.name_at(at + 4))
        {
            let known = self.imported.get(module).cloned().unwrap_or_else(|| module.to_owned());
            let whole = format!("{known}.{own}");
            self.imported.insert(name.to_owned(), whole);
        }
        // A module is known by its own name.
        let module = self.sign(at + 1) == Some('=') && self.name_at(at + 2) == Some("require");
        if self.handed(at, name) || (module && self.imported.contains_key(name)) {
            return;
        }
        // One of several names is bound as all of them are; among the arguments of a call they are none.
        let (mut first, mut last) = (at, at);
        while first > 1 && self.sign(first - 1) == Some(',') && self.name_at(first - 2).is_some() {
            first -= 2;
        }
        let begins = first == 0
            || matches!(self.tokens[first - 1], Token::Line | Token::Sign(';' | ':' | '[' | '{'))
            || matches!(self.name_at(first - 1), Some("for" | "const" | "let" | "var"))
            || (self.sign(first - 1) == Some('(')
                && self.name_at(first.wrapping_sub(2)) == Some("for"));
        while begins && self.sign(last + 1) == Some(',') && self.name_at(last + 2).is_some() {
            last += 2;
        }
        let (place, several) = ((at - first) / 2, (last - first) / 2 + 1);
        let assigned = self.sign(last + 1) == Some('=')
            && !matches!(self.sign(last + 2), Some('=' | '~' | '>'))
            && (at == 0 || self.sign(at - 1) != Some('.'));
        let looped = matches!(self.name_at(last + 1), Some("in" | "of"));
        if !assigned && !looped {
            return;
        }
        let end = self.line_end(last + 2);
        // An argument that has a name ends sooner.
        let end = if looped { end } else { end.min(self.bound_end(last + 2)) };
        // Each of several its own.
        if begins && several > 1 && assigned {
            let end = self.line_end(last + 2);
            let parts: Vec<_> =
                self.arguments(last + 2).into_iter().filter(|p| p.0 < end).collect();
            if parts.len() == several {
                let (start, own) = parts[place];
                let value = self.list_value(start, own.min(end));
                return self.set(name, value);
            }
        }
        let value = self.list_value(last + 2, end);
        self.set(name, value);
    }

    /// `list.forEach(name => ..)`: it is each of the list.
    fn handed(&mut self, at: usize, name: &str) -> bool {
        let bracket = self.sign(at + 1) == Some(')');
        let arrow = at + if bracket { 2 } else { 1 };
        if self.language != Language::Node
            || self.sign(arrow) != Some('=')
            || self.sign(arrow + 1) != Some('>')
        {
            return false;
        }
        let Some(open) = at.checked_sub(if bracket { 2 } else { 1 }) else { return false };
        let each = ["forEach", "map", "filter", "flatMap", "some", "every"];
        let called = open > 1
            && self.sign(open) == Some('(')
            && self.name_at(open - 1).is_some_and(|n| each.contains(&n))
            && self.sign(open - 2) == Some('.');
        if called {
            let dot = open - 2;
            let value = self.list_value(self.receiver(dot), dot);
            self.set(name, Value { list: false, ..value });
        }
        called
    }

    /// Where what is bound ends: at a comma behind which another name is bound.
    fn bound_end(&self, from: usize) -> usize {
        let end = self.argument_end(from);
        let named = self.sign(end) == Some(',')
            && self.name_at(end + 1).is_some()
            && self.sign(end + 2) == Some('=');
        if named || self.sign(end) == Some(';') { end } else { usize::MAX }
    }

    /// What a function is called with is what its parameters are.
    fn parameters(&mut self, at: usize) {
        let Some(own) = self.name_at(at + 1).map(str::to_owned) else { return };
        if self.sign(at + 2) != Some('(') {
            return;
        }
        let names: Vec<Option<String>> = self
            .arguments(at + 3)
            .into_iter()
            .map(|(start, _)| self.name_at(start).map(str::to_owned))
            .collect();
        let calls: Vec<usize> = (0..self.tokens.len())
            .filter(|i| self.name_at(*i) == Some(&own) && self.sign(i + 1) == Some('('))
            .filter(|i| *i != at + 1)
            .collect();
        for call in calls {
            let given = self.named(call + 2);
            for (place, name) in names.iter().enumerate() {
                let Some(name) = name else { continue };
                let Some((start, end)) = self.argument(&given, place, &[name]) else { continue };
                let value = self.list_value(start, end);
                self.set(name, value);
            }
        }
    }
}
