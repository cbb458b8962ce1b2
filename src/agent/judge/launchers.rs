//! Programs that start another one, by options that are many, or by a text.

use super::args::leading;
use super::{Judge, scripts, table, wrappers};
use crate::agent::shell::{Call, Output, State, Word};

/// Modules of Python that run the script that they are given.
const STARTS: &[&str] =
    &["torch.", "accelerate.", "coverage", "pdb", "cProfile", "trace", "debugpy", "deepspeed."];
/// Words that are names of programs, and say nothing where a program is looked for.
const COMMON: &[&str] = &[".", "at", "batch", "empty", "script", "source", "trash"];

/// The command is from the first word on that is the name of a program, or of a script.
pub(super) fn somewhere(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    after(judge, state, &call.words[1..], call)
}

fn after(judge: &mut Judge<'_>, state: &mut State, words: &[Word], call: &Call<'_>) -> Output {
    let starts = |word: &Word| {
        word.literal().is_some_and(|name| {
            let base = name.rsplit('/').next().unwrap_or("");
            !COMMON.contains(&base) && table::is_known(base)
                || name.ends_with(".py")
                || (name.contains('/') && judge.text_of(state, word).is_some())
        })
    };
    let Some(at) = words.iter().position(starts) else { return Output::unknown(Vec::new()) };
    let mut words = words[at..].to_vec();
    if words[0].prefix().ends_with(".py") {
        words.insert(0, Word::text("python3"));
    }
    judge.inner(state, words, call)
}

/// `uv run ..`, `bundle exec ..`: the command behind the verb.
pub(super) fn verb(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let is_verb = |w: &Word| {
        w.literal().is_some_and(|w| {
            ["run", "exec", "x", "launch", "shell", "develop"].contains(&w.as_str())
        })
    };
    match call.words.iter().skip(1).position(is_verb) {
        Some(at) => after(judge, state, &call.words[at + 2..], call),
        None => Output::unknown(Vec::new()),
    }
}

/// `npx rimraf ..`, `pnpm dlx ..`, `npm exec -- ..`.
pub(super) fn npx(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let own = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    let valued = &["-p", "--package", "-C", "--dir", "--cwd", "-w", "--workspace"];
    let mut words = wrappers::rest(&call.words[1..], valued, 0);
    let verb = words.first().map(Word::prefix).unwrap_or_default();
    let verbs = ["exec", "x", "dlx"].contains(&verb.as_str());
    if verbs {
        words = wrappers::rest(&words[1..], valued, 0);
    }
    if let Some(at) =
        call.words.iter().position(|w| ["-c", "--call"].contains(&w.prefix().as_str()))
        && let Some(text) = call.words.get(at + 1)
    {
        return scripts::text(judge, state, std::slice::from_ref(text), call.stdin);
    }
    let Some(first) = words.first_mut() else { return Output::unknown(Vec::new()) };
    // With a version, or of somebody.
    let name = first.prefix();
    let name = name.rfind('@').filter(|at| *at > 0).map_or(name.as_str(), |at| &name[..at]);
    let name = name.rsplit('/').next().unwrap_or(name).to_owned();
    let runs = verbs || ["npx", "bunx", "pnpx"].contains(&own.as_str());
    // Without a verb these have commands of their own.
    if !runs && !["rimraf", "del-cli", "shx"].contains(&name.as_str()) {
        return Output::unknown(Vec::new());
    }
    *first = Word::text(name);
    judge.inner(state, words, call)
}

/// `python -m MODULE`: the file of a module that is there, or the script that the module runs.
pub(super) fn module(
    judge: &mut Judge<'_>,
    state: &mut State,
    call: &Call<'_>,
    at: usize,
) -> Output {
    let Some(name) = call.words.get(at + 1).and_then(Word::literal) else {
        return Output::unknown(Vec::new());
    };
    let rest = call.words.get(at + 2..).unwrap_or_default();
    let base = name.replace('.', "/");
    let files = [format!("{base}.py"), format!("{base}/__main__.py")].map(Word::text);
    let found = files.into_iter().find(|f| judge.text_of(state, f).is_some());
    match found {
        Some(file) => {
            let words = [Word::text("python3"), file].into_iter().chain(rest.iter().cloned());
            judge.inner(state, words.collect(), call)
        }
        None if STARTS.iter().any(|s| name.starts_with(s)) => after(judge, state, rest, call),
        None => Output::unknown(Vec::new()),
    }
}

/// Each of its words is a text for a shell.
pub(super) fn texts(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    for word in &call.words[1..] {
        let known = word.prefix();
        let value = match known.split_once('=') {
            Some((name, _)) if known.starts_with("--") => word.strip(&format!("{name}=")),
            _ if known.starts_with('-') => None,
            _ => Some(word.clone()),
        };
        if let Some(text) = value.filter(|w| !w.is_unknown()) {
            scripts::text(judge, state, &[text], call.stdin);
        }
    }
    Output::unknown(Vec::new())
}

/// All of its words are one text for a shell.
pub(super) fn joined(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let words = wrappers::rest(&call.words[1..], &["-j", "--jobs", "--id"], 0);
    if words.is_empty() {
        Output::default()
    } else {
        scripts::text(judge, state, &words, call.stdin)
    }
}

/// `sbatch`, `qsub`: a script, a text, or what they read.
pub(super) fn queued(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let valued = &[
        "-J",
        "-o",
        "-e",
        "-p",
        "-t",
        "-N",
        "-n",
        "-c",
        "-A",
        "-q",
        "-w",
        "-x",
        "-d",
        "-D",
        "-a",
        "-G",
        "-L",
        "-l",
        "-P",
        "-v",
        "--wrap",
        "--job-name",
        "--output",
        "--error",
        "--time",
        "--partition",
        "--nodes",
        "--ntasks",
        "--gres",
        "--gpus",
        "--mem",
        "--account",
        "--array",
        "--cpus-per-task",
        "--dependency",
        "--chdir",
    ];
    let args = leading(&call.words[1..], valued);
    let mut own = state.clone();
    if let Some(to) = args.value(&["-D", "--chdir"]) {
        judge.enter(&mut own, to);
    }
    if let Some(text) = args.value(&["--wrap"]) {
        return scripts::text(judge, &own, std::slice::from_ref(text), &Output::default());
    }
    match args.operands.split_first() {
        Some((file, rest)) => judge.run_file(&own, file, rest, &Output::default()),
        None => scripts::fed(judge, &own, &[], call.stdin),
    }
}

/// `sudo`: the command, or a shell that reads one.
pub(super) fn sudo(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let valued = &[
        "-u",
        "-g",
        "-h",
        "-p",
        "-C",
        "-r",
        "-t",
        "-T",
        "-U",
        "-D",
        "-R",
        "--user",
        "--group",
        "--chdir",
        "--host",
        "--prompt",
        "--chroot",
        "--close-from",
        "--role",
        "--type",
    ];
    let words = wrappers::rest(&call.words[1..], valued, 0);
    let args = leading(&call.words[1..], valued);
    let mut own = state.clone();
    if let Some(to) = args.value(&["-D", "--chdir"]) {
        judge.enter(&mut own, to);
    }
    if words.is_empty() && args.has(&["-s", "-i", "--shell", "--login"]) {
        return scripts::fed(judge, &own, &[], call.stdin);
    }
    judge.inner(&mut own, words, call)
}

/// `chroot FOLDER COMMAND`: all paths lie in the folder.
pub(super) fn chroot(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let words = wrappers::rest(&call.words[1..], &["--userspec", "--groups"], 0);
    let Some((folder, command)) = words.split_first() else { return Output::default() };
    let mut own = state.clone();
    let root = std::path::PathBuf::from("/");
    let folders = judge.places(state, folder).into_iter().filter(|f| *f != root);
    let lent: Vec<_> = folders.map(|folder| (root.clone(), folder)).collect();
    if !lent.is_empty() {
        own.links.clear();
        own.lent = Some(lent);
        own.cwds = own.paths("/");
    }
    judge.inner(&mut own, command.to_vec(), call)
}
