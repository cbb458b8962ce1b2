//! Copies elsewhere: what their programs take away here, and models that others keep when told so.

use super::args::split;
use super::{Effect, Judge, Why};
use crate::agent::shell::{Call, Output, State, Word};

/// Commands of these programs that name two places.
const VERBS: &[&str] = &["mv", "rm", "sync", "rsync", "mirror"];
/// Options with which what is only in the second place goes.
const DELETES: &[&str] =
    &["--delete", "--delete-removed", "-d", "--delete-unmatched-destination-objects", "--remove"];

fn local(word: &&Word) -> bool {
    let first = word.prefix();
    !first.contains("://") || first.starts_with("file://")
}

/// `aws s3 mv DIR s3://..`, `gsutil rsync -d gs://.. DIR`.
pub(super) fn copies(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let valued = ["--include", "--exclude", "--profile", "--region", "-x", "--endpoint-url"];
    let args = split(&call.words[1..], &valued);
    if args.has(&["--dryrun", "--dry-run", "-n"]) {
        return Output::default();
    }
    let is_verb = |w: &Word| w.literal().is_some_and(|w| VERBS.contains(&w.as_str()));
    let Some(at) = args.operands.iter().position(is_verb) else { return Output::default() };
    let paths = &args.operands[at + 1..];
    let plain = |w: &Word| w.strip("file://").unwrap_or_else(|| w.clone());
    match args.known(at).unwrap_or_default().as_str() {
        "mv" => {
            let sources = paths.len().saturating_sub(1);
            for word in paths.iter().take(sources).filter(local) {
                judge.touch(state, &plain(word), Effect::Move);
            }
        }
        "rm" => {
            let deep = Effect::Remove { recursive: true };
            paths.iter().filter(local).for_each(|w| judge.touch(state, &plain(w), deep));
        }
        _ if args.has(DELETES) => {
            if let Some(to) = paths.get(1).filter(local) {
                judge.touch(state, &plain(to), Effect::Remove { recursive: true });
            }
        }
        _ => {}
    }
    Output::default()
}

/// `dvc gc`.
pub(super) fn dvc(judge: &mut Judge<'_>, _: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &[]);
    if args.known(0).as_deref() == Some("gc") && !args.has(&["--dry", "--help"]) {
        judge.deny(Why::Store("it deletes versions of models from the cache of DVC"));
    }
    Output::default()
}

/// `kubectl delete pvc`.
pub(super) fn kubectl(judge: &mut Judge<'_>, _: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-n", "--namespace", "--context", "-l", "-f"]);
    let volume = |kind: &str| {
        kind.split(',').map(|kind| kind.split('/').next().unwrap_or("")).any(|kind| {
            ["pv", "pvc", "persistentvolume", "persistentvolumeclaim"]
                .contains(&kind.trim_end_matches('s'))
        })
    };
    let deletes = args.known(0).as_deref() == Some("delete")
        && args.operands.iter().filter_map(Word::literal).any(|kind| volume(&kind));
    if deletes && !args.flags.iter().any(|(flag, _)| flag == "--dry-run") {
        judge.deny(Why::Store("it deletes volumes, whatever lies on them"));
    }
    Output::default()
}

/// What a server is told: a deletion, where it is the one of Ollama.
pub(super) fn told(judge: &mut Judge<'_>, _: &mut State, call: &Call<'_>) -> Output {
    let deletes = |word: &Word| {
        let url = word.shown();
        let path = url.split(['?', '#']).next().unwrap_or("").trim_end_matches('/');
        path.ends_with("/api/delete") && (url.contains(":11434") || url.contains("ollama"))
    };
    if call.words.iter().any(deletes) {
        judge.deny(Why::Store("it tells Ollama to delete a model"));
    }
    Output::unknown(Vec::new())
}
