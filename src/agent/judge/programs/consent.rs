//! Attempts to be the person whose word safe-rm asks for.

use super::args::{rest, split};
use super::{Judge, Why, scripts};
use crate::agent::known;
use crate::agent::shell::{Call, Output, State, Word};

/// Variables by which safe-rm would be given other surroundings.
const SURROUNDINGS: &[&str] = &[
    "HOME",
    "XDG_STATE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "FAKETIME",
    "TZ",
    "SUDO_UID",
    "SAFE_RM_TEST_CLOCK",
];

/// Programs that give what they run another user's, or another system's, surroundings.
const ROOMS: &[&str] =
    &["unshare", "nsenter", "chroot", "bwrap", "firejail", "fakeroot", "setpriv"];

/// Commands of safe-rm that only show, or only file a request.
const SHOWS: &[&str] = &[
    "plan",
    "ls",
    "trash",
    "log",
    "policy",
    "requests",
    "wait",
    "explain",
    "schema",
    "label",
    "undo",
    "cancel",
    "help",
    "completions",
    "man",
    "doctor",
    "df",
    "hook",
    "mcp",
    "guard",
];

pub(in crate::agent::judge) const TYPED: &str =
    "it types for a person, or runs safe-rm at a terminal of its making";
const ANSWERS: &str = "it answers in the place of a person";
const OTHER: &str = "it gives safe-rm other surroundings than a person would";

/// Whether a text that is typed is the word that a person types, or a part of it.
pub(in crate::agent::judge) fn is_the_word(text: &str) -> bool {
    let text = text.replace("\\n", "\n").replace("\\r", "\n");
    text.lines().map(str::trim).any(|line| line.len() > 1 && "DELETE".contains(line))
}

/// Whether a variable says that an agent runs, or where safe-rm keeps what is its own.
fn is_surrounding(name: &str) -> bool {
    SURROUNDINGS.contains(&name) || shows_agent(name)
}

fn shows_agent(name: &str) -> bool {
    known::AGENTS.iter().any(|agent| agent.variables.contains(&name))
}

/// `safe-rm`: it may always be called, but not answered.
pub(super) fn safe_rm(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["--reason"]);
    let verb = args.known(0).unwrap_or_default();
    if verb == "guard"
        && let Some(inner) = guarded(&call.words)
    {
        return judge.inner(state, inner, call);
    }
    match verb.as_str() {
        "approve" | "deny" => {
            judge.deny(Why::Consent("only a person answers a request"));
        }
        "purge" => judge.deny(Why::Consent("only a person frees for good what lies in the trash")),
        "ack" => judge.deny(Why::Consent("only a person confirms a clock or a `Retired:`")),
        "init" if args.has(&["--remove"]) => {
            judge.deny(Why::Consent("only a person takes the hook out"));
        }
        _ => {}
    }
    let moved = call.env.iter().map(|(n, _)| n.as_str());
    let mut moved = moved.chain(state.vars.keys().map(String::as_str));
    if judge.hidden || moved.any(is_surrounding) {
        judge.deny(Why::Consent(OTHER));
    }
    let asks = !SHOWS.contains(&verb.as_str());
    // What is not known may be the word.
    let said = match (call.stdin.joined(), call.stdin.words()) {
        (Some(text), _) => is_said(&text),
        (None, Some(lines)) => lines.iter().any(|line| is_said(&line.shown())),
        (None, None) => true,
    };
    if asks && call.stdin.fed && said {
        judge.deny(Why::Consent(ANSWERS));
    }
    Output::unknown(Vec::new())
}

/// What `safe-rm guard` starts. It is judged like any other: the guard's roots need not hold what it would
/// destroy.
fn guarded(words: &[Word]) -> Option<Vec<Word>> {
    let end = words.iter().position(|word| word.literal().is_some_and(|w| w == "--"));
    let valued = ["--protect", "--read-only", "--allow-delete"];
    let inner = match end {
        Some(end) => words.get(end + 1..).unwrap_or_default().to_vec(),
        // Where the words are not all known, the one that ends the options may be among them.
        None => rest(words.get(2..).unwrap_or_default(), &valued, 0),
    };
    (!inner.is_empty()).then_some(inner)
}

fn is_said(text: &str) -> bool {
    text.split_whitespace().any(|word| word.trim_matches('"') == "DELETE")
}

/// Looks at any command for other surroundings given to safe-rm, for another name of it, and for
/// rights that are taken from what it is ruled by.
pub(super) fn look(judge: &mut Judge<'_>, state: &State, base: &str, call: &Call<'_>) {
    match base {
        "chmod" | "chown" | "chgrp" | "chattr" | "setfacl" => {
            let args = split(&call.words[1..], &[]);
            args.operands.iter().for_each(|word| belongs(judge, state, word, false));
        }
        // What is made under one of its names is read in its place.
        "ln" | "cp" | "install" | "mv" => {
            let args = split(&call.words[1..], &["-t", "-m", "-o", "-g", "-S"]);
            if let Some((last, sources)) = args.operands.split_last() {
                belongs(judge, state, last, true);
                let renamed = !last.prefix().ends_with("safe-rm") && !last.prefix().ends_with('/');
                if renamed && sources.iter().any(|source| is_program(judge, state, source)) {
                    judge.deny(Why::Consent("it gives safe-rm another name"));
                }
            }
        }
        _ => {}
    }
    if base == "safe-rm" || !mentions(call) {
        return;
    }
    let packages = ["cargo", "apt", "apt-get", "dpkg", "brew", "dnf", "pacman"];
    let takes = ["uninstall", "remove", "purge", "-r", "-P", "-R"];
    let is = |w: &Word, names: &[&str]| names.contains(&w.prefix().as_str());
    if packages.contains(&base)
        && call.words.iter().any(|w| is(w, &takes))
        && call.words.iter().any(|w| is(w, &["safe-rm", "safe-rm-models"]))
    {
        judge.deny(Why::Consent("it takes safe-rm away"));
    }
    let forged = call
        .env
        .iter()
        .any(|(n, v)| n == "LD_PRELOAD" && v.iter().any(|w| w.prefix().contains("faketime")));
    if forged {
        judge.deny(Why::Consent("it gives safe-rm another clock"));
    }
    let given = |w: &Word| w.prefix().split_once('=').is_some_and(|(name, _)| is_surrounding(name));
    let runs_it = call.words[1..].iter().any(|w| w.prefix().ends_with("safe-rm"));
    let other = match base {
        "sudo" | "doas" => call.words[1..].iter().any(given),
        "env" => {
            let args = split(&call.words[1..], &["-u", "-C", "-S"]);
            let hides = |(flag, value): &(String, Option<Word>)| match flag.as_str() {
                "-i" | "--ignore-environment" => true,
                "-u" | "--unset" => {
                    let name = value.as_ref().and_then(Word::literal);
                    name.is_none_or(|name| is_surrounding(&name))
                }
                _ => false,
            };
            args.flags.iter().any(hides) || args.operands.first().is_some_and(|w| w.prefix() == "-")
        }
        base => ROOMS.contains(&base),
    };
    if other && runs_it {
        judge.deny(Why::Consent(OTHER));
    }
}

/// Denies where a word names something of safe-rm's own; `made` where it may not be there yet.
fn belongs(judge: &mut Judge<'_>, state: &State, word: &Word, made: bool) {
    let Some(written) = word.literal() else { return };
    for path in state.paths(&written) {
        if made && path.symlink_metadata().is_ok() {
            continue;
        }
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        let effect = super::Effect::Remove { recursive: false };
        if let Some(why) = judge.own_why(&path, &real, effect) {
            judge.deny(why);
        }
    }
}

/// Whether a word names safe-rm itself.
fn is_program(judge: &Judge<'_>, state: &State, word: &Word) -> bool {
    let Some(written) = word.literal() else { return false };
    written.ends_with("/safe-rm")
        && state.paths(&written).iter().any(|path| {
            let real = path.canonicalize().unwrap_or_else(|_| path.clone());
            judge.own.contains(&real) && real.is_file()
        })
}

/// `unset`, of what says that an agent runs.
pub(super) fn unset(judge: &mut Judge<'_>, _: &mut State, call: &Call<'_>) -> Output {
    let mut names = call.words[1..].iter().filter_map(Word::literal);
    judge.hidden |= names.any(|name| shows_agent(&name));
    Output::default()
}

/// Whether safe-rm is among the words, or in them.
pub(super) fn mentions(call: &Call<'_>) -> bool {
    let said = |text: String| text.contains("safe-rm");
    call.words[1..].iter().any(|w| said(w.shown())) || call.stdin.joined().is_some_and(said)
}

/// Programs that type what they are told into other windows.
pub(super) fn types(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let words = rest(&call.words[1..], &["-d", "--delay", "--window", "-w"], 0);
    let typed = words.iter().map(Word::shown).filter(|w| w != "type" && w != "key");
    let typed: Vec<String> = typed.collect();
    if is_the_word(&typed.concat()) || typed.iter().any(|w| is_the_word(w)) {
        judge.deny(Why::Consent(TYPED));
    }
    let verb = words.first().and_then(Word::literal);
    let text = if verb.as_deref() == Some("type") { &words[1..] } else { &words[..] };
    scripts::text(judge, state, text, &Output::default())
}

/// An agent that another one starts: it has this hook as well, unless it is told otherwise.
pub(super) fn agent(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let places = ["_CONFIG_DIR", "CODEX_HOME", "GEMINI_CLI_HOME", "XDG_CONFIG_HOME", "HOME"];
    let named = call.env.iter().map(|(name, _)| name).chain(state.vars.keys());
    let moved = named.into_iter().any(|name| {
        places
            .iter()
            .any(|place| name == place || (place.starts_with('_') && name.ends_with(place)))
    });
    let args = split(&call.words[1..], &["-p", "--print", "--prompt", "-c", "--settings"]);
    let hooks = args.flags.iter().any(|(_, value)| {
        value.as_ref().is_some_and(|v| v.shown().to_lowercase().contains("hook"))
    });
    let without = ["--bare", "--setting-sources", "--safe-mode"];
    let verb = args.known(0).unwrap_or_default();
    let sets = ["config", "features", "settings"].contains(&verb.as_str())
        && call.words.iter().any(|w| w.shown().to_lowercase().contains("hook"));
    if sets {
        judge.deny(Why::Consent("it changes which hooks an agent has"));
    }
    if moved || hooks || args.has(&without) {
        judge.deny(Why::Consent("it starts an agent that has other settings than this one"));
    }
    // A prompt that is a command is run as one where nobody is asked.
    let prompts = args.flags.iter().filter_map(|(_, value)| value.as_ref()).chain(&args.operands);
    for text in prompts.filter_map(Word::literal) {
        let first = text.split_whitespace().next().unwrap_or("");
        if super::removes(first) {
            judge.nested(state, &text, &Output::default());
        }
    }
    Output::unknown(Vec::new())
}

/// `faketime WHEN COMMAND`.
pub(super) fn faketime(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    if mentions(call) {
        judge.deny(Why::Consent("it gives safe-rm another clock"));
    }
    let words = rest(&call.words[1..], &["-f", "--exclude-monotonic"], 1);
    judge.inner(state, words, call)
}
