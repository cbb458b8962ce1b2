//! Editors and consoles that are told by their options, or by what they read, what they do.

use super::args::split;
use super::code::scan::Language;
use super::{Effect, Judge, code, writers};
use crate::agent::shell::{Call, Output, State, Word};

/// `vim -c CMD FILE`, `ex FILE`, `ed FILE`.
pub(super) fn vi(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let mut files = Vec::new();
    let mut texts = Vec::new();
    let mut words = call.words[1..].iter();
    while let Some(word) = words.next() {
        let known = word.prefix();
        if let Some(command) = known.strip_prefix('+') {
            texts.push(command.to_owned());
        } else if known.starts_with("--cmd") || (known.starts_with('-') && known.ends_with('c')) {
            texts.extend(words.next().map(Word::shown));
        } else if ["-u", "-U", "-i", "-s", "-S", "-w", "-p"].contains(&known.as_str()) {
            let script = ["-u", "-U", "-i", "-S"].contains(&known.as_str());
            if script && let Some(text) = words.next().and_then(|f| judge.text_of(state, f)) {
                texts.push(text);
            }
        } else if !known.starts_with('-') {
            files.push(word.clone());
        }
    }
    texts.extend(call.stdin.joined().filter(|_| call.stdin.fed));
    let mut changed = false;
    for line in texts.iter().flat_map(|text| writers::lines(text)) {
        let command = line.trim_start_matches(':').trim_start();
        let bare = command.trim_start_matches(|c: char| "%.$,;0123456789'<> ".contains(c));
        if let Some(shell) = bare.strip_prefix('!') {
            judge.nested(state, shell, &Output::default());
        }
        if let Some(rest) = command.split_once("delete(").map(|(_, rest)| rest) {
            let quoted = |c: char| c == '"' || c == '\'';
            if let Some(name) = rest.split(quoted).nth(1) {
                judge.touch(state, &Word::text(name), Effect::Remove { recursive: true });
            }
        }
        if let Some((_, rest)) = command.split_once("system(") {
            let text = rest.trim_end_matches(')').trim_matches(['"', '\'']);
            judge.nested(state, text, &Output::default());
        }
        // `w FILE`, `saveas FILE`; a change is written by `w`, `wq`, `x`.
        if let Some((verb, name)) = bare.split_once(' ')
            && ["w", "w!", "write", "sav", "saveas", "sav!", "saveas!"].contains(&verb)
        {
            match name.strip_prefix('!') {
                Some(shell) => {
                    judge.nested(state, shell, &Output::default());
                }
                None => writers::named(judge, state, name),
            }
        }
        let verb: String = bare.chars().take_while(|c| c.is_alphabetic()).collect();
        let keeps = ["q", "qa", "w", "wq", "x", "wa", "wqa", "xa", "set", "p", "P", "H", "n", ""];
        changed |= !keeps.contains(&verb.as_str()) && !bare.starts_with('!');
    }
    if changed {
        files.iter().for_each(|file| judge.touch(state, file, Effect::Overwrite));
    }
    Output::unknown(Vec::new())
}

/// `emacs --batch --eval '(delete-file "x")'`.
pub(super) fn emacs(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let whole = Effect::Remove { recursive: true };
    let calls: &[(&str, Option<Effect>)] = &[
        ("(delete-directory", Some(whole)),
        ("(delete-file", Some(whole)),
        ("(move-file-to-trash", Some(whole)),
        ("(rename-file", Some(Effect::Move)),
        ("(shell-command", None),
        ("(call-process-shell-command", None),
    ];
    for text in call.words[1..].iter().filter_map(Word::pattern) {
        for (name, effect) in calls {
            for rest in text.split(name).skip(1) {
                let Some(value) = rest.split('"').nth(1) else { continue };
                match effect {
                    Some(effect) => judge.touch(state, &Word::text(value), *effect),
                    None => {
                        judge.nested(state, value, &Output::default());
                    }
                }
            }
        }
    }
    Output::default()
}

/// `file delete`, `exec`.
pub(super) fn tcl(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let text = match call.words.get(1) {
        Some(file) => judge.text_of(state, file),
        None => call.stdin.joined(),
    };
    tcl_text(judge, state, &text.unwrap_or_default());
    Output::default()
}

/// Lines of Tcl.
pub(super) fn tcl_text(judge: &mut Judge<'_>, state: &State, text: &str) {
    for line in text.split(['\n', ';']) {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("file delete") {
            judge.nested(
                state,
                &format!("rm -r {}", rest.replace("-force", "-f")),
                &Output::default(),
            );
        } else if let Some(rest) = line.strip_prefix("file rename") {
            judge.nested(
                state,
                &format!("mv {}", rest.replace("-force", "-f")),
                &Output::default(),
            );
        } else if let Some(rest) = line.strip_prefix("exec ") {
            judge.nested(state, rest, &Output::default());
        }
    }
}

/// `.shell` and `.output` of sqlite3, `shell` and `!` of gdb.
pub(super) fn console(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let mut texts: Vec<String> = call.words[1..].iter().filter_map(Word::pattern).collect();
    texts.extend(call.stdin.joined().filter(|_| call.stdin.fed));
    for line in texts.iter().flat_map(|text| text.lines()) {
        let line = line.trim();
        let shell =
            [".shell ", ".system ", "shell ", "!"].iter().find_map(|h| line.strip_prefix(h));
        if let Some(shell) = shell {
            judge.nested(state, shell, &Output::default());
        }
        let file =
            [".output ", ".once ", ".backup ", ".save "].iter().find_map(|h| line.strip_prefix(h));
        if let Some(file) = file {
            writers::named(judge, state, file.rsplit(' ').next().unwrap_or(file));
        }
    }
    Output::unknown(Vec::new())
}

/// `julia -e`.
pub(super) fn julia(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-e", "-E", "--eval", "--print"]);
    let text = args.value(&["-e", "-E", "--eval", "--print"]).and_then(Word::pattern);
    if let Some(text) = text {
        // The names that Python has for the same.
        let text = format!(
            "from os import remove as rm\nfrom shutil import move as mv, copy as cp\n{text}"
        );
        code::judge(judge, state, Language::Python, &text, true);
    }
    Output::unknown(Vec::new())
}
