//! Running without running: each node in its order, with the state as it is by then.

use super::ast::{Item, Link, Node, Raw, Redirect, Simple};
use super::expand::expand;
use super::state::DEEPEST;
use super::word::Word;
use super::{Call, Host, Output, State, builtins};

/// Runs a node; what it writes.
pub(super) fn run(host: &mut dyn Host, state: &mut State, node: &Node, stdin: &Output) -> Output {
    if !host.goes_on() {
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
        Node::Sub(node) => run(host, &mut state.clone(), node, stdin),
        Node::Branches(all) => {
            state.branches += 1;
            let mut out = Output::default();
            let before = state.cwds.clone();
            let mut after = before.clone();
            for node in all {
                state.cwds.clone_from(&before);
                join(&mut out, run(host, state, node, stdin));
                state.settle();
                after.extend(state.cwds.iter().filter(|c| !before.contains(c)).cloned());
            }
            after.truncate(8);
            state.cwds = after;
            state.branches -= 1;
            out
        }
        Node::For(name, words, body) => {
            let values = match words {
                Some(words) => words.iter().flat_map(|w| expand(host, state, w)).collect(),
                None => state.args.clone(),
            };
            state.vars.insert(name.clone(), values);
            state.branches += 1;
            let out = run(host, state, body, stdin);
            state.branches -= 1;
            out
        }
        Node::Function(name, body) => {
            state.functions.insert(name.clone(), std::rc::Rc::clone(body));
            Output::default()
        }
        Node::With(node, redirects) => {
            let (fed, to_file) = redirected(host, state, redirects, stdin);
            let out = run(host, state, node, fed.as_ref().unwrap_or(stdin));
            into(state, to_file, out)
        }
    }
}

fn list(host: &mut dyn Host, state: &mut State, items: &[Item], stdin: &Output) -> Output {
    let mut out = Output::default();
    for item in items {
        match item.link {
            Link::Always => state.settle(),
            Link::And => state.fallback = None,
            Link::Or => {
                // `cd x || exit`: whoever goes on is there.
                if ends(&item.node) {
                    state.fallback = None;
                    continue;
                }
                let there = std::mem::take(&mut state.cwds);
                let back = state.fallback.take();
                state.cwds = back.map_or_else(|| there.clone(), |b| vec![b]);
                state.branches += 1;
                join(&mut out, run(host, state, &item.node, stdin));
                state.branches -= 1;
                let mut all = there;
                all.append(&mut state.cwds);
                all.dedup();
                state.cwds = all;
                continue;
            }
        }
        join(&mut out, run(host, state, &item.node, stdin));
    }
    state.settle();
    out
}

/// Whether a node ends the shell, or the function.
fn ends(node: &Node) -> bool {
    match node {
        Node::Simple(simple) => matches!(simple.words.first(),
            Some(Raw::Word(word)) if ["exit", "return", "break", "continue"].contains(&word.as_str())),
        Node::List(items) => items.last().is_some_and(|item| ends(&item.node)),
        _ => false,
    }
}

/// What several commands write one after the other.
fn join(out: &mut Output, more: Output) {
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
            state.assign(name, values, *added);
        } else {
            env.push((name.clone(), values));
        }
    }
    let words: Vec<Word> = simple.words.iter().flat_map(|raw| expand(host, state, raw)).collect();
    let (fed, to_file) = redirected(host, state, &simple.redirects, stdin);
    if words.is_empty() {
        return Output::default();
    }
    let out = call(host, state, Call { words, stdin: fed.as_ref().unwrap_or(stdin), env });
    into(state, to_file, out)
}

/// What goes to files goes no further, and is known as what is in them.
fn into(state: &mut State, files: Vec<(Word, bool)>, out: Output) -> Output {
    if files.is_empty() {
        return out;
    }
    let text = out.joined();
    for (file, append) in files {
        state.write(&file, text.as_deref(), append);
    }
    Output::default()
}

/// Runs one command: a builtin that changes the shell, a function, or a program.
pub(in crate::agent) fn call(host: &mut dyn Host, state: &mut State, call: Call<'_>) -> Output {
    let name = call.words.first().and_then(Word::literal);
    if let Some(name) = &name {
        if let Some(body) = state.functions.get(name).cloned() {
            if state.depth >= DEEPEST {
                return Output::unknown(Vec::new());
            }
            let args = std::mem::replace(&mut state.args, call.words[1..].to_vec());
            state.depth += 1;
            let out = run(host, state, &body, call.stdin);
            state.depth -= 1;
            state.args = args;
            return out;
        }
        if let Some(out) = builtins::run(host, state, name, &call) {
            return out;
        }
    }
    host.call(state, call)
}
