//! Programs that have something run by another process: it is judged here all the same.

use super::args::{rest, split};
use super::{Judge, Why, consent, scripts};
use crate::agent::shell::{Call, Output, State, Word};

/// tmux and screen: new windows, and keys typed into those of others.
pub(super) fn terminals(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let typed = call.words.iter().map(Word::shown);
    let mut words = typed.flat_map(|w| w.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    if words.any(|w| w == "DELETE" || w.ends_with("safe-rm")) || types_the_word(&call.words) {
        judge.deny(Why::Consent(consent::TYPED));
        return Output::default();
    }
    let name = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    if name == "screen" {
        let stuffed = call.words.iter().position(|w| w.literal().as_deref() == Some("stuff"));
        if let Some(at) = stuffed {
            return scripts::text(judge, state, &call.words[at + 1..], &Output::default());
        }
        let words = behind(&call.words[1..], "ScphstTe");
        return judge.inner(state, words, call);
    }
    // Several commands are parted by `;`.
    let rest = &call.words[1..];
    for part in rest.split(|w| w.literal().is_some_and(|w| w == ";" || w == "\\;")) {
        tmux(judge, state, part);
    }
    Output::default()
}

/// Letters of tmux's options that have a value.
const VALUED: &str = "tsncxyFelpN";

fn tmux(judge: &mut Judge<'_>, state: &State, words: &[Word]) {
    let words = rest(words, &["-L", "-S", "-f"], 0);
    let Some(verb) = words.first().and_then(Word::literal) else { return };
    let valued = &["-t", "-s", "-n", "-c", "-x", "-y", "-F", "-e", "-l", "-p", "-N"];
    let mut own = state.clone();
    let own_words = words.len() - behind(&words[1..], VALUED).len();
    let args = split(&words[1..own_words], valued);
    if let Some(to) = args.value(&["-c"]).and_then(Word::literal) {
        own.go(&to, |_| true);
    }
    let starts = ["new", "respawn", "split", "run", "if", "pipe", "popup", "display-popup"];
    if verb.starts_with("send") {
        let keys = ["Enter", "C-m", "KPEnter", "C-c", "C-d", "C-u", "Escape"];
        let key = |w: &Word| w.literal().is_some_and(|w| keys.contains(&w.as_str()));
        let text: Vec<Word> =
            rest(&words[1..], &["-t", "-N"], 0).into_iter().filter(|w| !key(w)).collect();
        scripts::text(judge, &own, &text, &Output::default());
    } else if starts.iter().any(|s| verb.starts_with(s)) {
        let text = behind(&words[1..], VALUED);
        // One word is a text for a shell; several are a command.
        if text.len() == 1 {
            scripts::text(judge, &own, &text, &Output::default());
        } else {
            let none = Output::default();
            let call = Call { words: Vec::new(), stdin: &none, env: Vec::new() };
            judge.inner(&mut own, text, &call);
        }
    }
}

/// The words behind options, of which these letters have a value; `-ds NAME` is two of them.
fn behind(words: &[Word], valued: &str) -> Vec<Word> {
    let mut at = 0;
    while let Some(known) = words.get(at).map(Word::prefix) {
        let Some(letters) = known.strip_prefix('-').filter(|l| !l.is_empty()) else { break };
        at += 1;
        if letters == "-" {
            break;
        }
        let own = letters.find(|c| valued.contains(c)).filter(|_| !letters.starts_with('-'));
        at += usize::from(own.is_some_and(|own| own + 1 == letters.len()));
    }
    words.get(at..).unwrap_or_default().to_vec()
}

/// Whether keys are, one behind the other, the word that a person types.
fn types_the_word(words: &[Word]) -> bool {
    let types = |w: &Word| w.prefix().starts_with("send") || w.prefix() == "stuff";
    let Some(at) = words.iter().position(types) else { return false };
    let keys: Vec<String> = behind(&words[at + 1..], "tN").iter().map(Word::shown).collect();
    let named = ["Enter", "C-m", "KPEnter", "Space", "-l", "--"];
    let typed: String = keys.into_iter().filter(|k| !named.contains(&k.as_str())).collect();
    consent::is_the_word(&typed)
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
        None if call.stdin.fed => judge.not_known(state, "a text that is to run later"),
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
    let words = rest(&call.words[1..], valued, 0);
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
        let stdin = call.stdin.clone();
        let command = &words[1..];
        let command = match command.first().and_then(Word::literal).as_deref() {
            Some("--") => &command[1..],
            _ => command,
        };
        if !command.is_empty() {
            scripts::text(judge, &there, command, &stdin);
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
    let words = rest(&call.words[1..], &["-u", "-g", "-s", "--user"], usize::from(machine) * 2);
    if args.has(&["-u", "--user"]) || machine {
        judge.inner(state, words, call)
    } else {
        Output::default()
    }
}
