//! Running without running: each node in its order, with the state as it is by then.

use super::ast::{Item, Link, Node, Raw, Redirect, Simple};
use super::expand::expand;
use super::state::{DEEPEST, Function};
use super::word::Word;
use super::{Call, Host, Output, Part, State, builtins, generators, loops};

/// So many calls of a function within itself are followed.
const RECURSIONS: usize = 6;

/// Runs a node; what it writes.
pub(super) fn run(host: &mut dyn Host, state: &mut State, node: &Node, stdin: &Output) -> Output {
    if state.ended || !host.goes_on() {
        return Output::unknown(Vec::new());
    }
    match node {
        Node::Simple(simple) => command(host, state, simple, stdin),
        Node::Pipe(nodes) => {
            let mut fed = stdin.clone();
            for node in nodes {
                // Each is a shell of its own, but for zsh's last.
                let mut own = state.clone();
                fed = run(host, &mut own, node, &fed);
                state.written.append(&mut own.written);
                fed.fed = true;
            }
            fed
        }
        Node::List(items) => list(host, state, items, stdin),
        Node::Sub(node) => {
            let mut own = state.clone();
            own.traps.clear();
            let out = run(host, &mut own, node, stdin);
            super::end(host, &mut own);
            out
        }
        Node::Tested(node) => {
            let before = state.tested;
            state.tested = before + 1;
            let out = run(host, state, node, stdin);
            state.tested = before;
            out
        }
        Node::Branches(all, exhaustive) => {
            let mut out = Output::default();
            let before = state.clone();
            state.ended = *exhaustive;
            for node in all {
                let mut own = before.clone();
                join(&mut out, run(host, &mut own, node, stdin));
                own.settle();
                state.join(own);
            }
            out
        }
        Node::Loop(body) => loops::repeat(host, state, body, stdin),
        Node::For(name, words, body) => {
            let values = match words {
                Some(words) => words.iter().flat_map(|w| expand(host, state, w)).collect(),
                None => state.args.concat(),
            };
            loops::each(host, state, (name, values), body, stdin)
        }
        Node::Counted(name) => {
            let number = Word { parts: vec![Part::Glob("[0-9]*".to_owned())] };
            state.assign(name, vec![number], true);
            Output::default()
        }
        Node::Function(name, body) => {
            let function =
                Function { bodies: vec![std::rc::Rc::clone(body)], certain: true, exported: false };
            state.functions.insert(name.clone(), function);
            Output::default()
        }
        Node::With(node, redirects) => {
            let (fed, to_file) = redirected(host, state, redirects, stdin);
            let out = run(host, state, node, fed.as_ref().unwrap_or(stdin));
            into(state, to_file, out)
        }
    }
}

/// Each value so far with each of these behind it, or, in a list, beside it.
fn behind(before: &[Word], values: Vec<Word>) -> Vec<Word> {
    let with = |first: &Word, second: &Word| {
        let mut word = first.clone();
        second.parts.iter().for_each(|part| word.push(part.clone()));
        word
    };
    let mut made: Vec<Word> =
        before.iter().flat_map(|b| values.iter().map(move |v| with(b, v))).take(64).collect();
    made.extend(values);
    made
}

/// Commands one after the other; those that `&&` and `||` link run in the state that the one before
/// left behind by its success, or by its failure.
fn list(host: &mut dyn Host, state: &mut State, items: &[Item], stdin: &Output) -> Output {
    let mut out = Output::default();
    let mut at = 0;
    while at < items.len() && !state.ended {
        let linked = |item: &Item| item.link != Link::Always;
        let end =
            items[at + 1..].iter().position(|i| !linked(i)).map_or(items.len(), |n| at + 1 + n);
        chain(host, state, &items[at..end], stdin, &mut out);
        at = end;
    }
    out
}

fn chain(host: &mut dyn Host, state: &mut State, items: &[Item], stdin: &Output, out: &mut Output) {
    let [first, rest @ ..] = items else { return };
    if rest.is_empty() {
        join(out, run(host, state, &first.node, stdin));
        if state.is_strict() {
            state.fallback.clear();
        }
        return state.settle();
    }
    // Only what is last ends a shell that is told so.
    let tested = state.tested;
    state.tested = tested + 1;
    join(out, run(host, state, &first.node, stdin));
    let (mut good, mut bad) = (state.clone(), state.failed());
    good.fallback.clear();
    bad.left = None;
    for (n, item) in rest.iter().enumerate() {
        let last = n + 1 == rest.len();
        let own = if item.link == Link::And { &mut good } else { &mut bad };
        if own.ended {
            continue;
        }
        own.tested = tested + u32::from(!last);
        join(out, run(host, own, &item.node, stdin));
        let mut failed = own.failed();
        failed.ended |= last && own.is_strict();
        failed.left = None;
        own.fallback.clear();
        if item.link == Link::And {
            bad.join(failed);
        } else {
            let succeeded = std::mem::replace(&mut bad, failed);
            good.join(succeeded);
        }
    }
    good.join(bad);
    good.tested = tested;
    *state = good;
}

/// What several commands write one after the other.
pub(super) fn join(out: &mut Output, more: Output) {
    if !more.fed {
        return;
    }
    if !out.fed {
        *out = more;
        return;
    }
    out.within.extend(more.within.iter().cloned());
    let both = (out.joined(), more.joined());
    (out.text, out.lines) = match (both, out.words(), more.words()) {
        ((Some(a), Some(b)), ..) => (Some(format!("{}\n{b}", a.trim_end_matches('\n'))), None),
        (_, Some(mut a), Some(b)) => {
            a.extend(b);
            (None, Some(a))
        }
        _ => (None, None),
    };
}

/// What is read instead, and the files that what is written goes to.
fn redirected(
    host: &mut dyn Host,
    state: &mut State,
    redirects: &[Redirect],
    stdin: &Output,
) -> (Option<Output>, Vec<(Word, bool)>) {
    let (mut fed, mut files) = (None, Vec::new());
    for redirect in redirects {
        match redirect {
            Redirect::Write(raw) | Redirect::Append(raw) => {
                let device = matches!(raw, Raw::Word(w) if w.starts_with("/dev/"));
                let append = matches!(redirect, Redirect::Append(_));
                for word in expand(host, state, raw) {
                    host.write(state, &word, append);
                    if !device {
                        files.push((word, append));
                    }
                }
            }
            Redirect::Read(Raw::Process(node)) => {
                let out = run(host, &mut state.clone(), node, stdin);
                fed = Some(Output { fed: true, ..out });
            }
            Redirect::Read(raw) => {
                for word in expand(host, state, raw) {
                    fed = Some(host.read(state, &word));
                }
            }
            Redirect::Text(raw) => {
                let words = expand(host, state, raw);
                let texts: Option<Vec<String>> = words.iter().map(Word::literal).collect();
                fed = Some(match texts {
                    Some(all) => Output::of(all.join(" ")),
                    None => Output::unknown(words.iter().flat_map(Word::within).collect()),
                });
            }
        }
    }
    (fed, files)
}

fn command(host: &mut dyn Host, state: &mut State, simple: &Simple, stdin: &Output) -> Output {
    let mut env = Vec::new();
    for (name, raws, added) in &simple.assigns {
        let values: Vec<Word> = raws.iter().flat_map(|raw| expand(host, state, raw)).collect();
        let values = if values.is_empty() { vec![Word::text("")] } else { values };
        if simple.words.is_empty() {
            let before = state.vars.get(name).filter(|_| *added && raws.len() == 1);
            let values = match before {
                Some(before) => behind(before, values),
                None => values,
            };
            state.assign(name, values, *added);
        } else {
            env.push((name.clone(), values));
        }
    }
    let words: Vec<Word> = simple.words.iter().flat_map(|raw| expand(host, state, raw)).collect();
    let (fed, to_file) = redirected(host, state, &simple.redirects, stdin);
    if words.is_empty() || generators::is_eval(&simple.words) {
        return Output::default();
    }
    if let ([Raw::Word(raw)], [only]) = (&simple.words[..], &words[..])
        && only.prefix().is_empty()
        && only.is_unknown()
        && (raw.starts_with("$(") || raw.starts_with('`'))
    {
        host.unknown_text(state);
    }
    let ended = state.ended;
    let out = call(host, state, Call { words, stdin: fed.as_ref().unwrap_or(stdin), env });
    // It did not run if its file could not be opened.
    if !simple.redirects.is_empty() && state.ended && !ended {
        state.ended = false;
    }
    for (name, raws) in &simple.arrays {
        let values = raws.iter().flat_map(|raw| expand(host, state, raw)).collect();
        state.assign(name, values, false);
    }
    into(state, to_file, out)
}

/// What goes to files goes no further, and is known as what is in them.
fn into(state: &mut State, files: Vec<(Word, bool)>, out: Output) -> Output {
    if files.is_empty() {
        return out;
    }
    let text = if out.fed { out.joined() } else { Some(String::new()) };
    for (file, append) in files {
        state.write(&file, text.as_deref(), append);
    }
    Output::default()
}

/// Runs one command: an alias, a function, or what [`program`] runs.
fn call(host: &mut dyn Host, state: &mut State, call: Call<'_>) -> Output {
    let Some(name) = call.words.first().and_then(Word::literal) else {
        return host.call(state, call);
    };
    if let Some(text) = state.aliases.get(&name).cloned() {
        let mut own = state.clone();
        own.aliases.remove(&name);
        own.args = vec![call.words[1..].to_vec()];
        deeper(host, &mut own, |host, own| {
            super::run(host, own, &format!("{text} \"$@\""), call.stdin)
        });
    }
    let Some(function) = state.functions.get(&name).cloned() else {
        return program(host, state, call);
    };
    let this = (name, call.words[1..].to_vec(), state.cwds.clone());
    // What calls itself as it was called does nothing new.
    if state.calls.iter().filter(|other| **other == this).count() >= 2 {
        return Output::unknown(Vec::new());
    }
    // What calls itself with ever new words is not followed to its end.
    if state.calls.iter().filter(|other| other.0 == this.0).count() >= RECURSIONS {
        host.unknown_text(state);
        return Output::unknown(Vec::new());
    }
    let mut out = Output::default();
    let before = state.clone();
    if function.certain {
        state.ended = true;
    }
    for body in &function.bodies {
        let mut own = before.clone();
        own.calls.push(this.clone());
        own.args = vec![this.1.clone()];
        (own.loops, own.left) = (0, None);
        own.locals.clear();
        for (name, values) in &call.env {
            own.locals.insert(name.clone());
            own.vars.insert(name.clone(), values.clone());
        }
        join(&mut out, deeper(host, &mut own, |host, own| run(host, own, body, call.stdin)));
        own.arrive();
        for name in std::mem::take(&mut own.locals) {
            match before.vars.get(&name) {
                Some(value) => own.vars.insert(name, value.clone()),
                None => own.vars.remove(&name),
            };
        }
        (own.args, own.calls) = (before.args.clone(), before.calls.clone());
        (own.locals, own.loops) = (before.locals.clone(), before.loops);
        own.tested = before.tested;
        state.join(own);
    }
    if !function.certain {
        join(&mut out, program(host, state, call));
    }
    out
}

/// Runs a builtin that changes the shell, or a program; no function.
pub(in crate::agent) fn program(host: &mut dyn Host, state: &mut State, call: Call<'_>) -> Output {
    let name = call.words.first().and_then(Word::literal);
    if let Some(name) = &name
        && let Some(out) = builtins::run(host, state, name, &call)
    {
        return out;
    }
    host.call(state, call)
}

/// One level deeper, as far as that goes.
pub(super) fn deeper(
    host: &mut dyn Host,
    state: &mut State,
    run: impl FnOnce(&mut dyn Host, &mut State) -> Output,
) -> Output {
    if state.depth >= DEEPEST {
        host.too_deep();
        return Output::unknown(Vec::new());
    }
    state.depth += 1;
    let out = run(host, state);
    state.depth -= 1;
    out
}
