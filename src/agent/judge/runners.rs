//! Programs that start another one: package managers, launchers, schedulers.

use super::args::split;
use super::{Judge, scripts, wrappers};
use crate::agent::shell::{Call, Output, State, Word};

const VALUED: &[&str] = &[
    "-n",
    "-p",
    "-e",
    "-f",
    "-P",
    "-i",
    "--from",
    "--with",
    "--package",
    "--python",
    "--name",
    "--env-file",
    "--project",
    "--prefix",
    "--filter",
    "-w",
];

/// `npx X`, `uvx --from Y X`, `npm exec X`, `hatch run X`, `nix develop -c X`.
pub(super) fn packaged(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let name = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    let words = &call.words[1..];
    let text = words.iter().position(|w| ["--run", "--command"].contains(&w.prefix().as_str()));
    if let Some(text) = text.and_then(|at| words.get(at + 1)).filter(|_| name.starts_with("nix")) {
        return scripts::text(judge, state, std::slice::from_ref(text), call.stdin);
    }
    if name == "nix" {
        let at = words.iter().position(|w| ["-c", "--"].contains(&w.prefix().as_str()));
        let inner = at.map_or(&[][..], |at| &words[at + 1..]);
        return judge.inner(state, inner.to_vec(), call);
    }
    let mut rest = wrappers::rest(words, VALUED, 0);
    if !["npx", "bunx", "pnpx", "uvx"].contains(&name.as_str()) {
        let verb = rest.first().and_then(Word::literal).unwrap_or_default();
        // What `npm run` starts is a script of the package.
        let runs = ["exec", "dlx", "x"].contains(&verb.as_str())
            || (verb == "run" && !["npm", "pnpm", "yarn"].contains(&name.as_str()));
        if !runs {
            return Output::unknown(Vec::new());
        }
        rest = wrappers::rest(&rest[1..], VALUED, 0);
    }
    // Its version is no part of a name.
    if let Some(first) = rest.first().and_then(Word::literal)
        && let Some((name, _)) = first.split_once('@').filter(|(name, _)| !name.is_empty())
    {
        rest[0] = Word::text(name);
    }
    // An environment may stand before the command.
    let own = judge.program.clone();
    if ["mise", "aws-vault"].contains(&name.as_str())
        && let Some(at) = words.iter().position(|w| w.prefix() == "--")
    {
        rest = words[at + 1..].to_vec();
    }
    if rest.first().and_then(Word::literal).as_deref() == Some("shx") {
        rest.remove(0);
    }
    let out = judge.inner(state, rest, call);
    judge.program = own;
    out
}

/// `torchrun SCRIPT`, `mpirun -np 1 PROGRAM`, `sbatch --wrap TEXT`.
pub(super) fn launched(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let words = &call.words[1..];
    let args = split(words, &["--wrap"]);
    if let Some(text) = args.value(&["--wrap"]) {
        return scripts::text(judge, state, std::slice::from_ref(text), call.stdin);
    }
    let valued = [
        "-n",
        "-np",
        "-N",
        "-c",
        "-p",
        "-t",
        "-J",
        "-o",
        "-e",
        "-A",
        "-G",
        "-H",
        "-q",
        "--num_processes",
        "--num_machines",
        "--config_file",
        "--nproc_per_node",
        "--nnodes",
        "--include",
        "--hostfile",
        "--master_port",
        "--num_gpus",
    ];
    // A long name behind one dash.
    let words: Vec<Word> = words
        .iter()
        .map(|w| if w.prefix() == "-np" { Word::text("-n") } else { w.clone() })
        .collect();
    let mut rest = wrappers::rest(&words, &valued, 0);
    let verb = rest.first().and_then(Word::literal).unwrap_or_default();
    if ["launch", "run"].contains(&verb.as_str()) {
        rest = wrappers::rest(&rest[1..], &valued, 0);
    }
    let Some(first) = rest.first().and_then(Word::literal) else {
        if call.stdin.fed
            && let Some(text) = call.stdin.joined()
        {
            return judge.nested(state, &text, &Output::default());
        }
        return Output::default();
    };
    let language = if first.ends_with(".py") { Some("python3") } else { None };
    let language = language.or_else(|| first.ends_with(".sh").then_some("bash"));
    if let Some(language) = language {
        rest.insert(0, Word::text(language));
    }
    judge.inner(state, rest, call)
}

/// Each word is a text for a shell; of `entr` all of them are a command.
pub(super) fn texts(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    if judge.program.ends_with("entr") {
        return judge.inner(state, wrappers::rest(&call.words[1..], &[], 0), call);
    }
    let values = ["-p", "-c", "-s", "--prepare", "--setup", "--cleanup", "--conclude"];
    let args = split(&call.words[1..], &[&values[..], &["-w", "-r", "-m", "-M", "-n"]].concat());
    let flags = args.flags.iter().filter(|(flag, _)| values.contains(&flag.as_str()));
    let texts: Vec<Word> =
        flags.filter_map(|(_, value)| value.clone()).chain(args.operands.clone()).collect();
    for text in texts {
        scripts::text(judge, state, &[text], &Output::default());
    }
    Output::default()
}

/// `apptainer exec IMAGE COMMAND`: the home and the current directory are lent to it.
pub(super) fn apptainer(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let valued = ["-B", "--bind", "--env", "-H", "--home", "--pwd", "-W"];
    let rest = wrappers::rest(&call.words[1..], &valued, 0);
    match rest.first().and_then(Word::literal).as_deref() {
        Some("exec" | "run") => judge.inner(state, wrappers::rest(&rest[1..], &valued, 1), call),
        _ => Output::default(),
    }
}
