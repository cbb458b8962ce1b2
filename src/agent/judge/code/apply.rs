//! What is done to the arguments of a call.

use super::calls::{Does, PATHS, PLACES, WHOLE};
use super::span::Argument;
use super::{Code, NOT_KNOWN, judge};
use crate::agent::judge::code::scan::{Language, Token, hole_of};
use crate::agent::judge::programs;
use crate::agent::judge::{Effect, Why};
use crate::agent::shell::{Call, Output, Word};

/// Files that are written into the folder of a model.
const SAVED: &[&str] = &["model.safetensors", "adapter_model.safetensors", "pytorch_model.bin"];

impl Code<'_, '_> {
    pub(super) fn call(&mut self, from: usize, does: Does, name: &str, before: Option<&str>) {
        let arguments = self.named(from);
        match does {
            Does::To(effect, place) => {
                // unlink and rm take several.
                let several = place == 0 && matches!(effect, Effect::Remove { .. });
                let first = self.argument(&arguments, place, PATHS);
                let rest = arguments.iter().filter(|(name, ..)| name.is_none()).skip(place + 1);
                let rest = rest.map(|(_, s, e)| (*s, *e)).take(if several { 64 } else { 0 });
                let taken: Vec<(usize, usize)> = first.into_iter().chain(rest).collect();
                for (n, (start, end)) in taken.into_iter().enumerate() {
                    let value = self.narrowed(from, start, end);
                    if n == 0 || value.iter().all(|w| !w.is_unknown()) {
                        self.apply(&value, effect);
                    }
                }
            }
            Does::Moves | Does::Copies => {
                let Some((start, end)) = self.argument(&arguments, 0, PATHS) else { return };
                let from = self.value(start, end);
                let to = self.argument(&arguments, 1, PLACES);
                let into = |(n, ..): &Argument| n.as_deref() == Some("dirs_exist_ok");
                if name == "copy_tree" || arguments.iter().any(into) {
                    let places = to.map(|(s, e)| self.value(s, e)).unwrap_or_default();
                    let places: Vec<_> =
                        places.iter().flat_map(|word| self.folders(word)).collect();
                    places.iter().for_each(|place| self.judge.written_into(place));
                    return;
                }
                if name == "copytree" {
                    return;
                }
                self.moved(&from, to, does == Does::Moves);
            }
            Does::Opens => self.opens(&arguments),
            Does::Saves => {
                // What is saved stands first, and may name a model.
                let data = ["dump", "save_file"].contains(&name) || before == Some("torch");
                let mut place = 0;
                for (named, start, end) in arguments {
                    let path = named.as_deref().is_none_or(|n| PATHS.contains(&n));
                    let skipped = data && named.is_none() && place == 0;
                    place += usize::from(named.is_none());
                    let written = matches!(self.sign(start), Some('{' | '['));
                    if self.inline && path && !skipped && !written {
                        self.saved(start, end);
                    }
                }
            }
            Does::Unpacks(place) => {
                let folder = self.argument(&arguments, place, PLACES);
                let folder = folder.map(|(s, e)| self.value(s, e));
                let folders = folder.unwrap_or_else(|| vec![Word::text(".")]);
                let folders: Vec<_> = folders.iter().flat_map(|word| self.folders(word)).collect();
                for path in folders {
                    self.judge.written_into(&path);
                }
            }
            Does::Goes => {
                let Some((start, end)) = self.argument(&arguments, 0, PATHS) else { return };
                if let [word] = &self.value(start, end)[..]
                    && let Some(to) = word.literal()
                {
                    self.state.go(&to, |_| true);
                }
            }
            Does::Runs => self.runs(&arguments, name, before),
        }
    }

    /// Calls that are none of the table.
    pub(super) fn other_call(&mut self, at: usize, name: &str, before: Option<&str>, called: bool) {
        let dotted = at > 0 && self.sign(at - 1) == Some('.');
        let open = self.sign(at + 1) == Some('(');
        let from = at + if open { 2 } else { 1 };
        match name {
            "rename" | "move" if !dotted && called && !self.is_strict() => {
                self.call(from, Does::To(Effect::Move, 0), name, None);
            }
            "truncate" if !dotted && called && self.language == Language::Perl => {
                self.call(from, Does::To(Effect::Destroy, 0), name, None);
            }
            "array_map" | "array_walk" | "call_user_func" if open => self.mapped(from),
            "eval" if open && !dotted && self.inline => self.evaluated(from),
            "run_path" if open => self.evaluated(from),
            "delete_revisions" => {
                self.judge.deny(Why::Store("it deletes models from the hub cache"));
            }
            "delete_repo" if open => {
                self.judge.deny(Why::Store("it deletes a repository on the hub"));
            }
            "snapshot_download" | "hf_hub_download" if open && self.inline => {
                let arguments = self.named(from);
                let forced = arguments.iter().any(|(n, ..)| n.as_deref() == Some("force_download"));
                let to = self.argument(&arguments, 64, &["local_dir"]);
                if let Some((start, end)) = to.filter(|_| forced) {
                    self.saved(start, end);
                }
            }
            // A shell of Node's.
            "$" => {
                if let Some(Token::Text(text, _)) = self.tokens.get(at + 1).cloned() {
                    self.judge.nested(&self.state, &text, &Output::default());
                }
            }
            _ if before == Some("sh") && open && programs::removes(name) => {
                let mut words = vec![Word::text(name)];
                for (start, end) in self.arguments(from) {
                    words.extend(self.value(start, end));
                }
                self.program(words);
            }
            // A function by a name that is made at run time.
            "getattr" | "__dict__" | "__getattribute__" => {
                let modules = ["os", "shutil", "__import__", "pathlib", "subprocess"];
                let is = |n: &str| modules.contains(&n);
                let of = matches!(self.tokens.get(at + 2), Some(Token::Name(n)) if is(n));
                if of || before.is_some_and(is) {
                    self.judge.not_known(&self.state, NOT_KNOWN);
                }
            }
            _ => {}
        }
    }

    /// A function that is given by its name as a text.
    fn mapped(&mut self, from: usize) {
        let arguments = self.arguments(from);
        let removes = |at: usize| matches!(self.tokens.get(at), Some(Token::Text(t, _)) if ["unlink", "rmdir"].contains(&t.as_str()));
        if let [(first, _), (start, end), ..] = arguments[..]
            && removes(first)
        {
            let value = self.value(start, end);
            self.apply(&value, WHOLE);
        }
    }

    /// `eval` and `exec`, of a text or of a file.
    fn evaluated(&mut self, from: usize) {
        let end = self.argument_end(from);
        if let [Token::Text(text, false)] = &self.tokens[from..end] {
            let (text, state) = (text.clone(), self.state.clone());
            // A path, or a program.
            let file = self.judge.text_of(&state, &Word::text(&text));
            judge(self.judge, &state, self.language, &file.unwrap_or(text), true);
            return;
        }
        let opens =
            self.tokens[from..end].iter().position(|t| *t == Token::Name("open".to_owned()));
        let file = opens.and_then(|at| {
            let (start, end) = self.arguments(from + at + 2).into_iter().next()?;
            let words = self.value(start, end);
            self.judge.text_of(&self.state, words.first()?)
        });
        match file {
            Some(text) => {
                let state = self.state.clone();
                judge(self.judge, &state, self.language, &text, true);
            }
            None => self.judge.not_known(&self.state, NOT_KNOWN),
        }
    }

    /// Something goes from its place, or a copy of it, to where something else may be.
    pub(super) fn moved(&mut self, from: &[Word], to: Option<(usize, usize)>, moves: bool) {
        if moves {
            self.apply(from, Effect::Move);
        }
        let Some((start, end)) = to else { return };
        for place in self.value(start, end) {
            let Some(written) = place.literal() else { continue };
            self.apply(&[Word::text(&written)], Effect::Overwrite);
            for source in from.iter().filter_map(Word::literal) {
                if let Some(name) = source.trim_end_matches('/').rsplit('/').next() {
                    self.apply(&[Word::text(format!("{written}/{name}"))], Effect::Overwrite);
                }
            }
        }
    }

    /// Whether one of the arguments from a place on says that it is written.
    pub(super) fn writes(&self, arguments: &[Argument], skip: usize) -> bool {
        arguments.iter().skip(skip).any(|(name, start, end)| {
            let moded = name.as_deref().is_none_or(|n| ["mode", "flag", "flags"].contains(&n));
            moded
                && self.tokens[*start..*end].iter().any(|t| match t {
                    Token::Text(mode, _) => {
                        let sign = mode.starts_with(['w', 'x', '>']) || mode.contains('+');
                        mode.len() < 5 && sign && mode != ">>"
                    }
                    Token::Name(name)
                        if ["O_TRUNC", "O_WRONLY", "O_RDWR"].contains(&name.as_str()) =>
                    {
                        true
                    }
                    Token::Name(name) => self.vars.get(name).is_some_and(|value| {
                        let modes = value.words.iter().filter_map(Word::literal);
                        modes.into_iter().any(|m| m.len() < 4 && m.starts_with(['w', 'x']))
                    }),
                    _ => false,
                })
        })
    }

    fn opens(&mut self, arguments: &[Argument]) {
        if self.is_strict() {
            let by_name = arguments.first().is_some_and(|(name, ..)| name.is_some());
            if self.writes(arguments, usize::from(!by_name))
                && let Some((start, end)) = self.argument(arguments, 0, PATHS)
            {
                let value = self.value(start, end);
                self.apply(&value, Effect::Overwrite);
            }
        } else if self.writes(arguments, 1) {
            // Perl's path comes after its mode.
            for (_, start, end) in arguments {
                let value = self.value(*start, *end);
                if value.iter().all(|w| w.literal().is_some_and(|t| t.len() > 2)) {
                    self.apply(&value, Effect::Overwrite);
                }
            }
        }
    }

    /// Weights are saved into a file, or into a folder.
    fn saved(&mut self, start: usize, end: usize) {
        for path in self.value(start, end).iter().filter_map(Word::literal) {
            self.apply(&[Word::text(path.clone())], Effect::Overwrite);
            for name in SAVED {
                self.apply(&[Word::text(format!("{path}/{name}"))], Effect::Overwrite);
            }
        }
    }

    fn runs(&mut self, arguments: &[Argument], name: &str, before: Option<&str>) {
        let whole = self.state.clone();
        // What is put into a text for a shell.
        for (name, value) in &self.vars {
            self.state.vars.insert(hole_of(name), value.words.clone());
        }
        let (first, last) = (arguments.first().map(|a| a.1), arguments.last().map(|a| a.2));
        if let (Some(first), Some(last)) = (first, last) {
            let told = |at: &usize| {
                matches!(&self.tokens[*at], Token::Name(n) if n == "cwd" || n == "chdir")
                    && matches!(self.sign(at + 1), Some('=' | ':'))
            };
            let place = (first.saturating_sub(2)..last).find(told);
            if let Some(at) = place
                && let [word] = &self.value(at + 2, self.argument_end(at + 2))[..]
                && let Some(to) = word.literal()
            {
                self.state.go(&to, |_| true);
            }
        }
        self.runs_there(arguments, name, before);
        self.state = whole;
    }

    fn runs_there(&mut self, arguments: &[Argument], name: &str, before: Option<&str>) {
        // The first of `os.spawnlp` says how it is waited for.
        let skip = usize::from(name.starts_with("spawn") && before == Some("os"));
        let Some((start, end)) = self.argument(arguments, skip, PATHS) else { return };
        if name == "exec" && self.is_strict() && before.is_none() && self.inline {
            let text = matches!(self.tokens.get(start), Some(Token::Text(..)));
            if !text || self.language == Language::Python {
                return self.evaluated(start);
            }
        }
        let all: Vec<(usize, usize)> =
            arguments.iter().filter(|(n, ..)| n.is_none()).map(|(_, s, e)| (*s, *e)).collect();
        let mut list = Vec::new();
        if self.sign(start) == Some('[') {
            for (from, to) in self.arguments(start + 1) {
                list.extend(self.value(from, to));
            }
        } else if let [Token::Text(text, _)] = &self.tokens[start..end] {
            let text = text.clone();
            // `system("rm", "-rf", "x")`, `spawn("rm", ["-rf", "x"])`.
            let more = all.get(skip + 1).is_some_and(|(from, _)| {
                matches!(self.tokens.get(*from), Some(Token::Text(..) | Token::Sign('[')))
            });
            if !more || text.contains(' ') {
                self.judge.nested(&self.state, &text, &Output::default());
                return;
            }
            list.push(Word::text(text));
            for (from, to) in &all[skip + 1..] {
                list.extend(self.value(*from, *to));
            }
        } else {
            return self.runs_value(start, end);
        }
        self.program(list);
    }

    /// A text for a shell, or words, out of an expression.
    fn runs_value(&mut self, start: usize, end: usize) {
        let value = if self.is_strict() {
            self.strict(start, end)
        } else {
            super::Value { words: self.value(start, end), list: false }
        };
        if value.list {
            self.program(value.words.clone());
        }
        for word in value.words {
            if let Some(text) = word.pattern() {
                self.judge.nested(&self.state, &text, &Output::default());
            } else if self.inline
                && programs::removes(word.prefix().split(' ').next().unwrap_or(""))
            {
                self.judge.not_known(&self.state, "a text for a shell that is not known");
            }
        }
    }

    fn program(&mut self, words: Vec<Word>) {
        let none = Output::default();
        let call = Call { words: Vec::new(), stdin: &none, env: Vec::new() };
        let mut state = self.state.clone();
        self.judge.inner(&mut state, words, &call);
    }

    pub(super) fn apply(&mut self, value: &[Word], effect: Effect) {
        for word in value {
            if word.is_unknown() && !self.inline && word.within().is_empty() {
                continue;
            }
            let state = self.state.clone();
            self.judge.touch(&state, word, effect);
        }
    }
}
