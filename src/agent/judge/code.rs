//! Programs in scripting languages: the calls in them that remove, move and overwrite, with what is
//! written of their arguments.

use std::collections::BTreeMap;

use super::scan::{HOLE, Language, Token, tokens};
use super::{Effect, Judge, Why, scripts};
use crate::agent::shell::{Call, Output, State, Word};

/// What a call does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    /// To the argument at this place.
    To(Effect, usize),
    /// It writes a file if its mode, the argument behind it, says so.
    Opens,
    /// It saves weights into a file, the argument at this place.
    Saves(usize),
    /// A shell is given its text, or a program its words.
    Runs,
}

const NOT_KNOWN: &str = "a program text that is not known";
const WHOLE: Effect = Effect::Remove { recursive: true };

/// Calls by their last name, with what must stand before it (nothing: whatever does).
const CALLS: &[(&[&str], &[&str], Does)] = &[
    (
        &[
            "unlink",
            "unlinkSync",
            "rmSync",
            "rmdirSync",
            "removedirs",
            "rmtree",
            "remove_tree",
            "rm_rf",
            "rm_r",
            "rm_f",
            "remove_dir",
            "remove_entry",
            "remove_entry_secure",
            "removeSync",
            "emptyDirSync",
            "rimraf",
            "rimrafSync",
            "send2trash",
        ],
        &[],
        Does::To(WHOLE, 0),
    ),
    (
        &["remove"],
        &["os", "Deno", "fs", "fse", "File", "FileUtils", "file", "removeSync", "Bun"],
        Does::To(WHOLE, 0),
    ),
    (&["rm", "rmdir"], &["fs", "fsp", "promises", "FileUtils", "Dir"], Does::To(WHOLE, 0)),
    (&["delete"], &["File", "Dir", "FileUtils", "Pathname", "Files"], Does::To(WHOLE, 0)),
    (
        &["rename", "renames", "replace"],
        &["os", "fs", "fsp", "promises", "File", "FileUtils", "Deno"],
        Does::To(Effect::Move, 0),
    ),
    (&["renameSync", "moveSync"], &[], Does::To(Effect::Move, 0)),
    (&["move", "mv"], &["shutil", "FileUtils", "File", "fs", "fse"], Does::To(Effect::Move, 0)),
    (
        &["truncate", "truncateSync", "ftruncateSync"],
        &["os", "fs", "File"],
        Does::To(Effect::Destroy, 0),
    ),
    (
        &[
            "writeFileSync",
            "writeFile",
            "createWriteStream",
            "file_put_contents",
            "writeTextFileSync",
        ],
        &[],
        Does::To(Effect::Overwrite, 0),
    ),
    (&["write", "binwrite"], &["File", "IO", "Bun"], Does::To(Effect::Overwrite, 0)),
    (
        &["copyfile", "copy", "copy2", "copyFile", "copyFileSync", "cpSync", "cp"],
        &["shutil", "fs", "fse", "FileUtils", "promises"],
        Does::To(Effect::Overwrite, 1),
    ),
    (&["open", "fopen"], &[], Does::Opens),
    (&["save"], &["torch"], Does::Saves(1)),
    (&["save_file", "dump"], &[], Does::Saves(1)),
    (&["save", "savez"], &["np", "numpy"], Does::Saves(0)),
    (&["save_pretrained"], &[], Does::Saves(0)),
    (
        &[
            "system",
            "popen",
            "run",
            "call",
            "check_call",
            "check_output",
            "Popen",
            "getoutput",
            "getstatusoutput",
            "execSync",
            "exec",
            "execFile",
            "execFileSync",
            "spawn",
            "spawnSync",
            "shell_exec",
            "passthru",
            "execute",
            "system2",
            "execvp",
            "execv",
            "execlp",
            "posix_spawn",
            "capture2",
            "capture3",
        ],
        &[],
        Does::Runs,
    ),
];

/// Methods of a path, the receiver: `Path("x").unlink()`.
const METHODS: &[(&str, Effect)] = &[
    ("unlink", WHOLE),
    ("rmtree", WHOLE),
    ("rmdir", Effect::Remove { recursive: false }),
    ("write_text", Effect::Overwrite),
    ("write_bytes", Effect::Overwrite),
];

/// One program.
pub(super) struct Code<'j, 'e> {
    judge: &'j mut Judge<'e>,
    pub(super) state: State,
    pub(super) tokens: Vec<Token>,
    pub(super) vars: BTreeMap<String, Vec<Word>>,
    /// Names that others were given on import.
    pub(super) imported: BTreeMap<String, String>,
    /// Written into the command itself: what is not known is a danger there.
    inline: bool,
}

/// Judges a program.
pub(super) fn judge(
    judge: &mut Judge<'_>,
    state: &State,
    language: Language,
    text: &str,
    inline: bool,
) {
    let forges = ["pty", "pexpect", "DELETE", "openpty", "input=", "stdin.write"];
    if text.contains("safe-rm") && forges.iter().any(|word| text.contains(word)) {
        judge.deny(Why::Consent("it answers safe-rm in the place of a person"));
        return;
    }
    let mut state = state.clone();
    state.depth += 1;
    if state.depth >= crate::agent::shell::DEEPEST {
        return;
    }
    // A hole in a text for a shell is a variable that nothing has set.
    state.vars.remove(HOLE.trim_start_matches('$'));
    let tokens = tokens(text, language);
    let mut code =
        Code { judge, state, tokens, vars: BTreeMap::new(), imported: BTreeMap::new(), inline };
    code.run();
}

impl Code<'_, '_> {
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

    fn bind(&mut self, at: usize, name: &str) {
        let sign = |n: usize| self.sign(at + n);
        let values = if sign(1) == Some('=') && !matches!(sign(2), Some('=' | '~' | '>')) {
            // `x = ..`, `my $x = ..`, `const x = ..`.
            self.several(at + 2, self.line_end(at + 2))
        } else if matches!(self.tokens.get(at + 1), Some(Token::Name(n)) if n == "in" || n == "of")
        {
            // `for x in ..`, `for (const x of ..)`.
            self.several(at + 2, self.line_end(at + 2))
        } else {
            if name == "from" || name == "import" {
                self.import(at);
            }
            return;
        };
        let known = self.vars.entry(name.to_owned()).or_default();
        known.extend(values);
        known.truncate(64);
    }

    pub(super) fn sign(&self, at: usize) -> Option<char> {
        match self.tokens.get(at) {
            Some(Token::Sign(c)) => Some(*c),
            _ => None,
        }
    }

    fn name(&mut self, at: usize, name: &str) {
        let imported = self.imported.get(name).cloned();
        let (name, module) = match imported.as_deref().and_then(|whole| whole.rsplit_once('.')) {
            Some((module, own)) if self.sign(at.wrapping_sub(1)) != Some('.') => {
                (own, Some(module.to_owned()))
            }
            _ => (name, None),
        };
        let before = self.chain(at).or(module);
        let known = before.as_ref().and_then(|b| self.imported.get(b)).cloned();
        let before = known.or(before);
        let open = self.sign(at + 1) == Some('(');
        let dotted = at > 0 && self.sign(at - 1) == Some('.');
        if dotted
            && open
            && let Some((_, effect)) = METHODS.iter().find(|(method, _)| *method == name)
        {
            let modules =
                ["os", "fs", "shutil", "fsp", "promises", "File", "FileUtils", "Dir", "Deno"];
            let module = before.as_deref().is_some_and(|b| modules.contains(&b));
            let takes = self.sign(at + 2) != Some(')')
                && (*effect == WHOLE)
                && before.as_deref().is_none_or(|b| !self.vars.contains_key(b));
            if !(module || takes && before.is_some()) {
                let start = self.receiver(at - 1);
                let value = self.value(start, at - 1);
                return self.apply(&value, *effect);
            }
        }
        let does = CALLS.iter().find(|(names, heads, _)| {
            names.contains(&name)
                && (heads.is_empty()
                    || before
                        .as_deref()
                        .is_some_and(|b| heads.contains(&b) || b == "__import__" || b == "require"))
        });
        let bare_call = !open
            && !dotted
            && matches!(self.tokens.get(at + 1), Some(Token::Text(..) | Token::Name(_)));
        if let Some((.., does)) = does
            && (open || bare_call || self.sign(at + 1) == Some('<'))
        {
            self.call(at + if open { 2 } else { 1 }, *does, before.as_deref());
        }
        let perl = ["rename", "move"].contains(&name) && !dotted && (open || bare_call);
        if perl && does.is_none() {
            self.call(at + if open { 2 } else { 1 }, Does::To(Effect::Move, 0), None);
        }
        if ["exec", "eval"].contains(&name) && open && !dotted && self.inline {
            let argument = &self.tokens[at + 2..self.argument_end(at + 2)];
            match argument {
                [Token::Text(text, false)] => {
                    let (text, state) = (text.clone(), self.state.clone());
                    judge(self.judge, &state, Language::Python, &text, true);
                }
                _ => scripts::unknown(self.judge, &self.state, NOT_KNOWN),
            }
        }
        // A function by a name that is made at run time.
        let modules = ["os", "shutil", "__import__", "pathlib", "subprocess"];
        let of = self.tokens.get(at + 2);
        if name == "getattr" && matches!(of, Some(Token::Name(n)) if modules.contains(&n.as_str()))
        {
            scripts::unknown(self.judge, &self.state, NOT_KNOWN);
        }
    }

    fn call(&mut self, from: usize, does: Does, before: Option<&str>) {
        let arguments = self.arguments(from);
        match does {
            Does::To(effect, place) => {
                // unlink and rm take several.
                let several = place == 0 && matches!(effect, Effect::Remove { .. });
                let taken = arguments.iter().skip(place).take(if several { 64 } else { 1 });
                for (n, (start, end)) in taken.copied().enumerate() {
                    let value = self.value(start, end);
                    if n == 0 || value.iter().all(|w| !w.is_unknown()) {
                        self.apply(&value, effect);
                    }
                }
            }
            Does::Opens => {
                let written = arguments.iter().skip(1).any(|(start, end)| {
                    self.tokens[*start..*end].iter().any(|t| {
                        matches!(t, Token::Text(mode, _) if mode.len() < 5 && (mode.starts_with(['w', 'x', '>']) || mode.contains('+')) && mode != ">>")
                    })
                });
                if written {
                    // Perl's path comes after its mode.
                    for (start, end) in arguments {
                        let value = self.value(start, end);
                        if value.iter().all(|w| w.literal().is_some_and(|t| t.len() > 2)) {
                            self.apply(&value, Effect::Overwrite);
                        }
                    }
                }
            }
            Does::Saves(place) => {
                if let Some((start, end)) = arguments.get(place).copied().filter(|_| self.inline) {
                    let value = self.value(start, end);
                    for word in value {
                        let Some(path) = word.literal() else { continue };
                        self.apply(&[Word::text(path.clone())], Effect::Overwrite);
                        for name in
                            ["model.safetensors", "adapter_model.safetensors", "pytorch_model.bin"]
                        {
                            self.apply(&[Word::text(format!("{path}/{name}"))], Effect::Overwrite);
                        }
                    }
                }
            }
            Does::Runs => self.runs(&arguments, before),
        }
    }

    fn runs(&mut self, arguments: &[(usize, usize)], _before: Option<&str>) {
        let Some((start, end)) = arguments.first().copied() else { return };
        let mut list = Vec::new();
        if self.sign(start) == Some('[') {
            for (from, to) in self.arguments(start + 1) {
                list.extend(self.value(from, to));
            }
        } else if let [Token::Text(text, _)] = &self.tokens[start..end] {
            let text = text.clone();
            // `system("rm", "-rf", "x")`, `spawn("rm", ["-rf", "x"])`.
            let more = arguments.get(1).is_some_and(|(from, _)| {
                matches!(self.tokens.get(*from), Some(Token::Text(..) | Token::Sign('[')))
            });
            if !more || text.contains(' ') {
                self.judge.nested(&self.state, &text, &Output::default());
                return;
            }
            list.push(Word::text(text));
            for (from, to) in &arguments[1..] {
                if self.sign(*from) == Some('[') {
                    for (from, to) in self.arguments(from + 1) {
                        list.extend(self.value(from, to));
                    }
                } else {
                    list.extend(self.value(*from, *to));
                }
            }
        } else {
            for word in self.value(start, end) {
                if let Some(text) = word.pattern() {
                    self.judge.nested(&self.state, &text, &Output::default());
                }
            }
            return;
        }
        let none = Output::default();
        let call = Call { words: Vec::new(), stdin: &none, env: Vec::new() };
        let mut state = self.state.clone();
        self.judge.inner(&mut state, list, &call);
    }

    fn apply(&mut self, value: &[Word], effect: Effect) {
        for word in value {
            if word.is_unknown() && !self.inline && word.within().is_empty() {
                continue;
            }
            let state = self.state.clone();
            self.judge.touch(&state, word, effect);
        }
    }
}
