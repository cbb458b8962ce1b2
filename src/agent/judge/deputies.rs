//! Programs that have something run by another process: it is judged here all the same.

use super::args::split;
use super::{Judge, Why, scripts, wrappers};
use crate::agent::shell::{Call, Output, State, Word};

/// tmux and screen: new windows, and keys typed into those of others.
pub(super) fn terminals(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let typed = call.words.iter().filter_map(Word::pattern);
    let mut words = typed.flat_map(|w| w.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    if words.any(|w| w == "DELETE" || w.ends_with("safe-rm")) {
        judge.deny(Why::Consent(
            "it types for a person, or runs safe-rm at a terminal of its making",
        ));
        return Output::default();
    }
    let name = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    if name == "screen" {
        let stuffed = call.words.iter().position(|w| w.literal().as_deref() == Some("stuff"));
        if let Some(at) = stuffed {
            return scripts::text(judge, state, &call.words[at + 1..], &Output::default());
        }
        let words =
            wrappers::rest(&call.words[1..], &["-S", "-c", "-p", "-h", "-s", "-t", "-T", "-L"], 0);
        return judge.inner(state, words, call);
    }
    // Several commands are parted by `;`.
    let rest = &call.words[1..];
    for part in rest.split(|w| w.literal().is_some_and(|w| w == ";" || w == "\\;")) {
        tmux(judge, state, part);
    }
    Output::default()
}

fn tmux(judge: &mut Judge<'_>, state: &State, words: &[Word]) {
    let words = wrappers::rest(words, &["-L", "-S", "-f"], 0);
    let Some(verb) = words.first().and_then(Word::literal) else { return };
    let valued = &["-t", "-s", "-n", "-c", "-x", "-y", "-F", "-e", "-l", "-p", "-N"];
    let mut own = state.clone();
    let args = split(&words[1..], valued);
    if let Some(to) = args.value(&["-c"]).and_then(Word::literal) {
        own.go(&to, |_| true);
    }
    let starts = ["new", "respawn", "split", "run", "if", "pipe", "popup", "display-popup"];
    if verb.starts_with("send") {
        let keys = ["Enter", "C-m", "KPEnter", "C-c", "C-d", "C-u", "Escape"];
        let key = |w: &Word| w.literal().is_some_and(|w| keys.contains(&w.as_str()));
        let text: Vec<Word> =
            wrappers::rest(&words[1..], &["-t", "-N"], 0).into_iter().filter(|w| !key(w)).collect();
        scripts::text(judge, &own, &text, &Output::default());
    } else if starts.iter().any(|s| verb.starts_with(s)) {
        let text = wrappers::rest(&words[1..], valued, 0);
        scripts::text(judge, &own, &text, &Output::default());
    }
}

/// `at` and `batch`: what they read runs later, from here.
pub(super) fn at(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-f", "-q", "-t"]);
    let text = match args.value(&["-f"]) {
        Some(file) => judge.text_of(state, file),
        None => call.stdin.joined(),
    };
    match text {
        Some(text) => {
            judge.nested(state, &text, &Output::default());
        }
        None if call.stdin.fed => scripts::unknown(judge, state, "a text that is to run later"),
        None => {}
    }
    Output::default()
}

/// `crontab FILE`, `crontab -`: five fields of a time, then a command.
pub(super) fn crontab(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-u"]);
    if args.has(&["-l", "-e", "-r"]) {
        return Output::of(String::new());
    }
    let text = match args.operands.first().filter(|w| w.literal().as_deref() != Some("-")) {
        Some(file) => judge.text_of(state, file),
        None => call.stdin.joined(),
    };
    for line in text.unwrap_or_default().lines().filter(|l| !l.trim_start().starts_with('#')) {
        let fields = if line.trim_start().starts_with('@') { 1 } else { 5 };
        let mut rest = line.trim_start();
        for _ in 0..fields {
            rest = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start());
        }
        judge.nested(state, rest, &Output::default());
    }
    Output::default()
}

/// `ssh localhost COMMAND`.
pub(super) fn ssh(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let valued =
        &["-p", "-i", "-l", "-o", "-F", "-J", "-L", "-R", "-D", "-W", "-b", "-c", "-E", "-m", "-S"];
    let words = wrappers::rest(&call.words[1..], valued, 0);
    let Some(host) = words.first().map(Word::prefix) else { return Output::default() };
    let host = host.rsplit('@').next().unwrap_or("").to_lowercase();
    let own = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let here = ["localhost", "127.0.0.1", "::1", "0.0.0.0", "ip6-localhost"];
    if here.contains(&host.as_str())
        || host == own.trim().to_lowercase()
        || host.starts_with("127.")
    {
        // It starts at home.
        let mut there = state.clone();
        there.cwds = judge.eyes.surroundings.home.iter().cloned().collect();
        let stdin = if words.len() > 1 { Output::default() } else { call.stdin.clone() };
        if words.len() > 1 {
            scripts::text(judge, &there, &words[1..], &stdin);
        } else if let Some(text) = stdin.joined() {
            judge.nested(&there, &text, &Output::default());
        }
    }
    Output::unknown(Vec::new())
}

/// `su -c TEXT`, `runuser -u USER -- COMMAND`.
pub(super) fn su(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-c", "--command", "-s", "-u", "-g", "--shell", "--user"]);
    if let Some(text) = args.value(&["-c", "--command"]) {
        return scripts::text(judge, state, std::slice::from_ref(text), call.stdin);
    }
    let machine = judge.program.ends_with("machinectl");
    let words =
        wrappers::rest(&call.words[1..], &["-u", "-g", "-s", "--user"], usize::from(machine) * 2);
    if args.has(&["-u", "--user"]) || machine {
        judge.inner(state, words, call)
    } else {
        Output::default()
    }
}
