//! The builtins that change the shell itself.

use super::word::{Part, Word};
use super::{Call, Host, Output, State, walk};

/// Runs a builtin; nothing where the name is none of these.
pub(super) fn run(
    host: &mut dyn Host,
    state: &mut State,
    name: &str,
    call: &Call<'_>,
) -> Option<Output> {
    let args = &call.words[1..];
    match name {
        "cd" | "pushd" | "chdir" => go(host, state, args, &call.env),
        "popd" => back(state),
        "export" | "declare" | "local" | "typeset" | "readonly" => declare(state, name, args),
        "unset" => {
            for name in args.iter().filter_map(Word::literal) {
                state.vars.remove(&name);
                state.functions.remove(&name);
            }
        }
        "set" => set(state, args),
        "shift" => {
            let by = args.first().and_then(Word::literal);
            let by = by.and_then(|n| n.parse().ok()).unwrap_or(1usize);
            state.args.iter_mut().filter(|a| a.len() >= by).for_each(|args| {
                args.drain(..by);
            });
            state.args.dedup();
        }
        "read" | "mapfile" | "readarray" => read(state, name, args, call),
        "alias" => {
            for word in args.iter().filter_map(Word::pattern) {
                if let Some((name, text)) = word.split_once('=') {
                    state.aliases.insert(name.to_owned(), text.to_owned());
                }
            }
        }
        "unalias" => state.aliases.clear(),
        "eval" => {
            let text = joined(args).pattern()?;
            let out =
                walk::deeper(host, state, |host, state| super::run(host, state, &text, call.stdin));
            return Some(out);
        }
        "trap" => {
            let text = args.iter().filter_map(Word::pattern).find(|a| !a.starts_with('-'));
            if let Some(text) = text.filter(|_| args.len() > 1) {
                let ends = |w: &Word| ["EXIT", "0"].contains(&w.prefix().as_str());
                if !args.iter().any(ends) {
                    walk::deeper(host, &mut state.clone(), |host, own| {
                        super::run(host, own, &text, &Output::default())
                    });
                }
                // At the end its variables may have other values.
                state.traps.push(text);
                state.traps.dedup();
            }
        }
        "pwd" => {
            let lines = state.cwds.iter().map(|p| Word::text(p.to_string_lossy()));
            return Some(Output::lines(lines.collect()));
        }
        "exit" | "logout" if args.len() < 2 => {
            super::end(host, &mut state.clone());
            state.ended = true;
        }
        "return" if !state.calls.is_empty() => state.quit(),
        "break" | "continue" if state.loops > 0 => state.quit(),
        "exit" | "return" | "break" | "continue" | "true" | "false" | ":" | "test" | "["
        | "hash" | "shopt" | "umask" | "ulimit" | "wait" | "jobs" | "let" | "getopts" => {}
        _ => return None,
    }
    Some(Output::default())
}

/// Words with a blank between each.
fn joined(words: &[Word]) -> Word {
    let mut text = Word::default();
    for (i, word) in words.iter().enumerate() {
        if i > 0 {
            text.push(Part::Text(" ".to_owned()));
        }
        word.parts.iter().for_each(|part| text.push(part.clone()));
    }
    text
}

/// `export`, `declare`, `local`.
fn declare(state: &mut State, by: &str, args: &[Word]) {
    let flags: String = args.iter().map(Word::prefix).filter(|a| a.starts_with('-')).collect();
    for word in args {
        let known = word.prefix();
        let (name, value) = match known.split_once('=') {
            Some((name, _)) => (name, word.strip(&format!("{name}="))),
            None => (known.as_str(), None),
        };
        let (name, added) = (name.trim_end_matches('+'), name.ends_with('+'));
        if name.is_empty() || name.starts_with('-') {
            continue;
        }
        if by == "export" && flags.contains('f') {
            if let Some(function) = state.functions.get_mut(name) {
                function.exported = true;
            }
            continue;
        }
        let inside = !state.calls.is_empty() && !flags.contains('g');
        if inside && ["local", "declare", "typeset"].contains(&by) {
            state.locals.insert(name.to_owned());
        }
        if flags.contains('n') {
            state.refs.insert(name.to_owned());
        }
        if let Some(value) = value {
            state.assign(name, vec![value], added);
        }
        if by == "readonly" || flags.contains('r') {
            state.fixed.insert(name.to_owned());
        }
    }
}

/// `set -e`, `set +e`, `set -- WORDS`.
fn set(state: &mut State, args: &[Word]) {
    let mut at = 0;
    while let Some(known) = args.get(at).map(Word::prefix) {
        let on = known.starts_with('-');
        if known == "--" || known == "-" {
            at += 1;
            break;
        }
        if !(on || known.starts_with('+')) {
            break;
        }
        let named = known[1..].starts_with('o') || known[1..].ends_with('o');
        let name = args.get(at + 1).filter(|_| named).map(Word::prefix);
        if known[1..].contains('e') || name.as_deref() == Some("errexit") {
            state.strict = on;
        }
        at += if named { 2 } else { 1 };
    }
    let cleared = args.get(at.wrapping_sub(1)).is_some_and(|a| a.prefix() == "--");
    if at < args.len() || cleared {
        state.args = vec![args[at.min(args.len())..].to_vec()];
    }
}

/// `read`, `mapfile`.
fn read(state: &mut State, by: &str, args: &[Word], call: &Call<'_>) {
    let unknown = || vec![Word::unknown(call.stdin.within.clone())];
    let lines = call.stdin.words().unwrap_or_else(unknown);
    let (mut names, mut array) = (Vec::new(), by != "read");
    let mut rest = args.iter().filter_map(Word::literal);
    while let Some(word) = rest.next() {
        match word.strip_prefix('-') {
            None => names.push(word),
            Some(flags) => {
                array |= flags.contains('a');
                // Of these the value follows.
                let valued: &[char] = if by == "read" {
                    &['d', 'p', 'n', 'N', 't', 'u', 'i']
                } else {
                    &['d', 'n', 'O', 's', 'u', 'C', 'c']
                };
                if flags.ends_with(valued) {
                    rest.next();
                }
            }
        }
    }
    names.retain(|name| !name.is_empty());
    if names.is_empty() {
        names.push(if by == "read" { "REPLY" } else { "MAPFILE" }.to_owned());
    }
    let marks = call.env.iter().rev().find(|(name, _)| name == "IFS").map(|(_, values)| values);
    let marks = marks.or_else(|| state.vars.get("IFS"));
    let marks: Option<String> = marks.map(|values| values.iter().map(Word::prefix).collect());
    let ends = |c: char| marks.as_ref().map_or(c.is_whitespace(), |m| m.contains(c));
    if array || names.len() == 1 {
        // Of one name all of the line is the value; an array has its words, or its lines.
        let values: Vec<Word> = if by == "read" && array {
            lines.into_iter().flat_map(|w| w.split_at(&ends)).collect()
        } else {
            lines
        };
        names.into_iter().for_each(|name| state.assign(&name, values.clone(), false));
        return;
    }
    let last = names.len() - 1;
    for (at, name) in names.into_iter().enumerate() {
        let field = |line: &Word| match line.literal() {
            Some(text) => {
                let text = text.trim().to_owned();
                let mut fields = text.splitn(last + 1, ends).map(str::to_owned);
                Word::text(fields.nth(at).unwrap_or_default())
            }
            None => Word::unknown(line.within()),
        };
        state.assign(&name, lines.iter().map(field).collect(), false);
    }
}

fn go(host: &mut dyn Host, state: &mut State, args: &[Word], env: &[(String, Vec<Word>)]) {
    let to = args.iter().find(|a| a.literal().is_none_or(|a| a == "-" || !a.starts_with('-')));
    let Some(word) = to else {
        return match host.variable("HOME") {
            Some(home) => state.go(&home, |path| host.is_directory(path)),
            None => lose(state),
        };
    };
    match word.literal() {
        Some(dash) if dash == "-" => back(state),
        Some(path) => {
            let before = state.clone();
            state.go(&path, |path| host.is_directory(path));
            if path.starts_with(['/', '.']) {
                return;
            }
            let around = env.iter().find(|(n, _)| n == "CDPATH").map(|(_, v)| v);
            let around = around.or_else(|| before.vars.get("CDPATH"));
            for folder in around.into_iter().flatten().filter_map(Word::literal) {
                for folder in folder.split(':').flat_map(|f| before.paths(f)) {
                    let place = before.resolve(&folder, &path);
                    if host.is_directory(&place) && !state.cwds.contains(&place) {
                        state.cwds.push(place);
                    }
                }
            }
        }
        None if !word.is_unknown() => {
            let pattern = word.pattern().unwrap_or_default();
            let all: Vec<_> = state.paths(&pattern);
            let found: Vec<_> = all.iter().flat_map(|p| host.directories(p)).take(64).collect();
            let back = if found.is_empty() { state.cwds.clone() } else { Vec::new() };
            state.move_to(if found.is_empty() { all } else { found }, back);
        }
        // It may be anywhere below what is known of it, or where the unknown is known to lie.
        None => {
            let within = word.within();
            let known = word.prefix();
            let folder = known.rsplit_once('/').map(|(folder, _)| folder.to_owned());
            match folder {
                _ if !within.is_empty() => state.move_to(within, Vec::new()),
                Some(folder) if !folder.is_empty() => {
                    state.go(&folder, |path| host.is_directory(path));
                }
                _ => lose(state),
            }
        }
    }
}

/// It may be anywhere, or still here.
fn lose(state: &mut State) {
    let here = state.cwds.clone();
    state.move_to(Vec::new(), here);
    state.lost = true;
}

fn back(state: &mut State) {
    let to = std::mem::take(&mut state.old);
    state.lost |= to.is_empty();
    state.move_to(to, Vec::new());
}
