//! Containers: their volumes, and the folders that are lent to them.

use super::args::split;
use super::{Judge, Why, wrappers};
use crate::agent::shell::{Call, Output, State, Word, bare};

/// Options of `docker run` with a value.
const VALUED: &[&str] = &[
    "-v",
    "--volume",
    "--mount",
    "-e",
    "--env",
    "--env-file",
    "-p",
    "--publish",
    "-w",
    "--workdir",
    "--name",
    "-u",
    "--user",
    "--network",
    "--net",
    "--gpus",
    "-m",
    "--memory",
    "--cpus",
    "--entrypoint",
    "-h",
    "--hostname",
    "-l",
    "--label",
    "--shm-size",
    "--device",
    "--ipc",
    "--ulimit",
    "--platform",
    "--runtime",
    "--add-host",
    "--security-opt",
    "--cap-add",
    "--pull",
    "--restart",
    "--tmpfs",
    "--pid",
    "--log-driver",
    "--expose",
    "--dns",
];

/// `docker` and those like it.
pub(super) fn docker(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let words =
        wrappers::rest(&call.words[1..], &["-H", "--host", "-c", "--context", "--config", "-l"], 0);
    let verb: Vec<String> = words.iter().take(2).filter_map(Word::literal).collect();
    let verb: Vec<&str> = verb.iter().map(String::as_str).collect();
    match verb.as_slice() {
        ["volume", "rm" | "remove" | "prune"] => {
            judge.deny(Why::Store("it deletes volumes, whatever lies on them"));
        }
        ["system", "prune"] if split(&words[2..], &["--filter"]).has(&["--volumes"]) => {
            judge.deny(Why::Store("it deletes volumes, whatever lies on them"));
        }
        ["rm", ..] | ["container", "rm"] => {}
        ["compose", ..] => down(judge, state, &words[1..]),
        ["model", "rm"] => judge.deny(Why::Store("it deletes a model from Docker's store")),
        ["run" | "create", ..] => run(judge, state, &words[1..], call),
        ["container", "run" | "create"] => run(judge, state, &words[2..], call),
        _ => {}
    }
    Output::unknown(Vec::new())
}

/// `docker-compose`.
pub(super) fn compose(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    down(judge, state, &call.words[1..]);
    Output::default()
}

/// Volumes of a project: they may hold what lies near it.
fn down(judge: &mut Judge<'_>, state: &State, words: &[Word]) {
    let args = split(
        words,
        &["-f", "--file", "-p", "--project-name", "--profile", "--env-file", "-t", "--timeout"],
    );
    let verb = args.operands.iter().filter_map(Word::literal).find(|w| w != "compose");
    let down = verb.as_deref() == Some("down") || verb.as_deref() == Some("rm");
    if down
        && args.has(&["-v", "--volumes"])
        && let Some(near) = judge.near_any(state)
    {
        judge.deny(Why::Unknown("the volumes of a project".to_owned(), near));
    }
}

/// The command of a container, with its folders known by what they are here.
fn run(judge: &mut Judge<'_>, state: &State, words: &[Word], call: &Call<'_>) {
    let args = split(words, VALUED);
    let mut own = state.clone();
    let mut lent = Vec::new();
    for (flag, value) in &args.flags {
        let Some(value) = value.as_ref().and_then(Word::pattern) else { continue };
        let pair = match flag.as_str() {
            "-v" | "--volume" => {
                let mut parts = value.split(':');
                match (parts.next(), parts.next(), parts.next()) {
                    (_, _, Some(mode)) if mode.split(',').any(|m| m == "ro") => None,
                    (Some(from), Some(to), _) => Some((from.to_owned(), to.to_owned())),
                    _ => None,
                }
            }
            "--mount" => {
                let of = |names: &[&str]| {
                    let mut parts = value.split(',').filter_map(|p| p.split_once('='));
                    parts.find(|(k, _)| names.contains(k)).map(|(_, v)| v.to_owned())
                };
                let reads =
                    value.split(',').any(|p| p == "ro" || p == "readonly" || p == "readonly=true");
                if reads {
                    None
                } else {
                    of(&["source", "src"]).zip(of(&["target", "dst", "destination"]))
                }
            }
            _ => None,
        };
        // A volume by its name is no path.
        if let Some((from, to)) = pair.filter(|(from, _)| from.contains('/') || from == ".") {
            let from = judge.places(state, &Word { parts: vec![bare(&from)] });
            lent.extend(from.into_iter().map(|from| (std::path::PathBuf::from(&to), from)));
        }
    }
    own.links.clear();
    own.lent = Some(lent);
    own.cwds = own.paths("/");
    if let Some(at) = args.value(&["-w", "--workdir"]).and_then(Word::literal) {
        own.cwds = own.paths(&at);
    }
    let after = wrappers::rest(words, VALUED, 1);
    let entry = args.value(&["--entrypoint"]).cloned();
    let command: Vec<Word> = entry.into_iter().chain(after).collect();
    judge.inner(&mut own, command, call);
}
