//! The builtins that change the shell itself.

use super::word::{Part, Word};
use super::{Call, Host, Output, State};

/// Runs a builtin; nothing where the name is none of these.
pub(super) fn run(
    host: &mut dyn Host,
    state: &mut State,
    name: &str,
    call: &Call<'_>,
) -> Option<Output> {
    let args = &call.words[1..];
    match name {
        "cd" | "pushd" | "chdir" => go(host, state, args),
        "popd" => back(state),
        "export" | "declare" | "local" | "typeset" | "readonly" => {
            for word in args {
                let known = word.prefix();
                let Some((variable, _)) = known.split_once('=') else { continue };
                let value = word.strip(&format!("{variable}=")).unwrap_or_default();
                state.assign(variable.trim_end_matches('+'), vec![value], variable.ends_with('+'));
            }
        }
        "unset" => {
            for name in args.iter().filter_map(Word::literal) {
                if state.branches == 0 {
                    state.vars.remove(&name);
                    state.functions.remove(&name);
                }
            }
            // Who hides that an agent runs it is told of it.
            return None;
        }
        "set" => {
            let literal: Vec<String> = args.iter().filter_map(Word::literal).collect();
            if literal.iter().any(|a| a == "errexit" || (a.starts_with('-') && a.contains('e'))) {
                state.strict = true;
            }
            if let Some(at) = args.iter().position(|a| a.literal().as_deref() == Some("--")) {
                state.args = args[at + 1..].to_vec();
            }
        }
        "shift" => {
            if !state.args.is_empty() {
                state.args.remove(0);
            }
        }
        "read" | "mapfile" | "readarray" => {
            let values = call
                .stdin
                .words()
                .unwrap_or_else(|| vec![Word::unknown(call.stdin.within.clone())]);
            let names = args.iter().filter_map(Word::literal).filter(|a| !a.starts_with('-'));
            for name in names.filter(|n| !n.is_empty()) {
                state.vars.insert(name, values.clone());
            }
            state.vars.insert("REPLY".to_owned(), values.clone());
            state.vars.insert("MAPFILE".to_owned(), values);
        }
        "eval" => {
            let mut text = Word::default();
            for (i, word) in args.iter().enumerate() {
                if i > 0 {
                    text.push(Part::Text(" ".to_owned()));
                }
                word.parts.iter().for_each(|part| text.push(part.clone()));
            }
            let text = text.pattern()?;
            if state.depth >= super::DEEPEST {
                return Some(Output::unknown(Vec::new()));
            }
            state.depth += 1;
            let out = super::run(host, state, &text, call.stdin);
            state.depth -= 1;
            return Some(out);
        }
        "trap" => {
            if let Some(text) = args.iter().filter_map(Word::pattern).find(|a| !a.starts_with('-'))
                && args.len() > 1
                && state.depth < super::DEEPEST
            {
                let mut own = state.clone();
                own.depth += 1;
                super::run(host, &mut own, &text, &Output::default());
            }
        }
        "pwd" => {
            let lines = state.cwds.iter().map(|p| Word::text(p.to_string_lossy()));
            return Some(Output::lines(lines.collect()));
        }
        "exit" | "return" | "break" | "continue" | "true" | "false" | ":" | "test" | "["
        | "hash" | "shopt" | "umask" | "ulimit" | "wait" | "alias" | "unalias" | "jobs" | "let"
        | "getopts" => {}
        _ => return None,
    }
    Some(Output::default())
}

fn go(host: &mut dyn Host, state: &mut State, args: &[Word]) {
    let to = args.iter().find(|a| a.literal().is_none_or(|a| a == "-" || !a.starts_with('-')));
    match to.map(|word| (word, word.literal())) {
        None => match host.variable("HOME") {
            Some(home) => state.go(&home, |path| host.is_directory(path)),
            None => state.cwds.clear(),
        },
        Some((_, Some(dash))) if dash == "-" => back(state),
        Some((_, Some(path))) => state.go(&path, |path| host.is_directory(path)),
        // It may be anywhere below what is known of it, or where the unknown is known to lie.
        Some((word, None)) => {
            let within = word.within();
            state.old = state.cwds.first().cloned();
            state.fallback = None;
            if within.is_empty() {
                let known = word.prefix();
                let folder = known.rsplit_once('/').map(|(folder, _)| folder.to_owned());
                match folder {
                    Some(folder) if !folder.is_empty() => {
                        state.go(&folder, |path| host.is_directory(path));
                    }
                    _ => state.cwds.clear(),
                }
            } else {
                state.cwds = within;
            }
        }
    }
}

fn back(state: &mut State) {
    state.fallback = None;
    let now = state.cwds.first().cloned();
    state.cwds = state.old.take().into_iter().collect();
    state.old = now;
}
