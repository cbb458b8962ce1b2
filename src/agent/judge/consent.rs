//! Attempts to be the person whose word safe-rm asks for.

use super::args::split;
use super::{Judge, Why, scripts, wrappers};
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
    if moved.any(|name| SURROUNDINGS.contains(&name)) {
        judge.deny(Why::Consent("it gives safe-rm other surroundings than a person would"));
    }
    let asks = !SHOWS.contains(&verb.as_str());
    let fed = call.stdin.joined().unwrap_or_default();
    let said = fed.split_whitespace().any(|word| word.trim_matches('"') == "DELETE");
    // rm's own questions are answered by pipes; the word is not.
    let untold = call.stdin.fed && call.stdin.joined().is_none() && verb != "rm";
    if asks && (untold || (call.stdin.fed && said)) {
        judge.deny(Why::Consent("it answers in the place of a person"));
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
        None => wrappers::rest(words.get(2..).unwrap_or_default(), &valued, 0),
    };
    (!inner.is_empty()).then_some(inner)
}

/// Looks at any command for a clock or a library put under safe-rm.
pub(super) fn look(judge: &mut Judge<'_>, _: &State, base: &str, call: &Call<'_>) {
    let forged = call
        .env
        .iter()
        .any(|(n, v)| n == "LD_PRELOAD" && v.iter().any(|w| w.prefix().contains("faketime")));
    if forged && mentions(call) && base != "safe-rm" {
        judge.deny(Why::Consent("it gives safe-rm another clock"));
    }
}

/// Whether safe-rm is among the words, or in them.
fn mentions(call: &Call<'_>) -> bool {
    let said = |text: String| text.contains("safe-rm");
    call.words[1..].iter().any(|w| said(w.shown())) || call.stdin.joined().is_some_and(said)
}

/// `script`, `expect`, `unbuffer`, `socat`: terminals that nobody sits at.
pub(super) fn terminal(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    if mentions(call) {
        judge.deny(Why::Consent("it makes a terminal for safe-rm at which nobody sits"));
        return Output::default();
    }
    let name = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    let args = split(
        &call.words[1..],
        &["-c", "--command", "-E", "-O", "-I", "-B", "-T", "-m", "-o", "-f"],
    );
    match name.as_str() {
        "script" => {
            if let Some(text) = args.value(&["-c", "--command"]) {
                return scripts::text(judge, state, std::slice::from_ref(text), call.stdin);
            }
            if let Some(file) = args.operands.first() {
                judge.touch(state, file, super::Effect::Overwrite);
            }
            match call.stdin.joined() {
                Some(text) if call.stdin.fed => judge.nested(state, &text, &Output::default()),
                _ => Output::default(),
            }
        }
        "expect" | "autoexpect" => {
            let text = args
                .value(&["-c"])
                .and_then(Word::literal)
                .or_else(|| args.operands.first().and_then(|f| judge.text_of(state, f)));
            let text = text.or_else(|| call.stdin.joined()).unwrap_or_default();
            if text.contains("safe-rm") {
                judge.deny(Why::Consent("it makes a terminal for safe-rm at which nobody sits"));
            }
            for line in text.lines().flat_map(|l| l.split(';')) {
                if let Some(spawned) = line.trim().strip_prefix("spawn ") {
                    judge.nested(state, spawned, &Output::default());
                }
            }
            Output::default()
        }
        "socat" => {
            for word in args.operands.iter().filter_map(Word::literal) {
                let command = ["EXEC:", "SYSTEM:"].iter().find_map(|p| {
                    word.to_uppercase()
                        .starts_with(p)
                        .then(|| word[p.len()..].split(',').next().unwrap_or("").to_owned())
                });
                if let Some(command) = command {
                    judge.nested(state, command.trim_matches(['"', '\'']), &Output::default());
                }
            }
            Output::default()
        }
        _ => {
            let words = wrappers::rest(&call.words[1..], &[], 0);
            judge.inner(state, words, call)
        }
    }
}

/// `faketime WHEN COMMAND`.
pub(super) fn faketime(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    if mentions(call) {
        judge.deny(Why::Consent("it gives safe-rm another clock"));
    }
    let words = wrappers::rest(&call.words[1..], &["-f", "--exclude-monotonic"], 1);
    judge.inner(state, words, call)
}
