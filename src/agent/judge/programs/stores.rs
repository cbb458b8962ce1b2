//! Programs that keep models, or file systems, in a way of their own.

use std::path::PathBuf;

use super::args::split;
use super::{Effect, Judge, Why, copies};
use crate::agent::shell::{Call, Output, State, Word};

const WHOLE: Effect = Effect::Remove { recursive: true };

/// `gio trash`, `gio remove`, `kioclient move`.
pub(super) fn gio(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &[]);
    let verb = args.known(0).unwrap_or_default();
    if verb == "trash" && args.has(&["--empty"]) {
        judge.empty_trash();
        return Output::default();
    }
    let effect = match verb.as_str() {
        "trash" | "remove" | "rm" | "del" => WHOLE,
        "move" | "mv" | "rename" => Effect::Move,
        _ => return Output::default(),
    };
    for word in args.operands.iter().skip(1) {
        let word = word.strip("file://").unwrap_or_else(|| word.clone());
        judge.touch(state, &word, effect);
    }
    Output::default()
}

/// `hf cache rm`, `huggingface-cli delete-cache`.
pub(super) fn hf(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let valued = ["--dir", "--revision", "--local-dir", "--include", "--exclude", "--repo-type"];
    let args = split(&call.words[1..], &valued);
    let words: Vec<String> = args.operands.iter().filter_map(Word::literal).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let deletes = matches!(
        words.as_slice(),
        ["cache", "rm" | "prune" | "delete" | "clear" | "remove", ..] | ["delete-cache", ..]
    );
    if deletes && !args.has(&["--dry-run", "--help"]) {
        judge.deny(Why::Store("it deletes models from the hub cache"));
    }
    if let ["repo", "delete", ..] | ["repos", "delete", ..] = words.as_slice() {
        judge.deny(Why::Store("it deletes a repository on the hub"));
    }
    // A folder that was not downloaded there before: what is in it is no older version of the same.
    if let (["download", ..], Some(to)) = (words.as_slice(), args.value(&["--local-dir"])) {
        for folder in judge.places(state, to) {
            if !folder.join(".cache/huggingface").is_dir() {
                judge.written_into(&folder);
            }
        }
    }
    Output::default()
}

/// `ollama rm`.
pub(super) fn ollama(judge: &mut Judge<'_>, _: &mut State, call: &Call<'_>) -> Output {
    if matches!(split(&call.words[1..], &[]).known(0).as_deref(), Some("rm" | "remove" | "delete"))
    {
        judge.deny(Why::Store("it deletes a model from Ollama's store"));
    }
    Output::default()
}

/// `rclone`, where its paths are local.
pub(super) fn rclone(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(
        &call.words[1..],
        &["--include", "--exclude", "--filter", "--config", "--transfers", "--log-file"],
    );
    if args.has(&["-n", "--dry-run"]) {
        return Output::default();
    }
    let local = |at: usize| {
        args.operands.get(at).filter(|w| {
            let first = w.prefix();
            !first.split('/').next().unwrap_or("").contains(':')
        })
    };
    match args.known(0).unwrap_or_default().as_str() {
        "purge" | "delete" | "deletefile" | "cleanup" | "rmdirs" => {
            local(1).into_iter().for_each(|w| judge.touch(state, w, WHOLE));
        }
        "move" | "moveto" => {
            local(1).into_iter().for_each(|w| judge.touch(state, w, Effect::Move));
        }
        // Of what comes from elsewhere the names are not known.
        "copy" => {
            if let (Some(from), Some(to)) = (local(1).and_then(Word::literal), local(2)) {
                let inside = [Word::text(format!("{from}/."))];
                copies::replaced(judge, state, &inside, to, false);
            }
        }
        "copyto" => {
            local(2).into_iter().for_each(|w| judge.touch(state, w, Effect::Overwrite));
        }
        "sync" | "bisync" => local(2).into_iter().for_each(|w| judge.touch(state, w, WHOLE)),
        _ => {}
    }
    Output::default()
}

/// `btrfs subvolume delete`.
pub(super) fn btrfs(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-i", "--subvolid"]);
    let verb = (args.known(0).unwrap_or_default(), args.known(1).unwrap_or_default());
    if "subvolume".starts_with(&verb.0) && verb.0.starts_with('s') && verb.1.starts_with("del") {
        args.operands.iter().skip(2).for_each(|w| judge.touch(state, w, WHOLE));
    }
    Output::default()
}

/// `zfs destroy`, `zpool destroy`.
pub(super) fn pool(judge: &mut Judge<'_>, _: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-o", "-t"]);
    let verb = args.known(0).unwrap_or_default();
    if ["destroy", "rollback", "labelclear"].contains(&verb.as_str()) && !args.has(&["-n"]) {
        judge.deny(Why::Store("it destroys a file system, whatever lies on it"));
    }
    Output::default()
}

/// `lvremove`.
pub(super) fn volume(judge: &mut Judge<'_>, _: &mut State, call: &Call<'_>) -> Output {
    if !split(&call.words[1..], &[]).has(&["-t", "--test", "--help"]) {
        judge.deny(Why::Store("it destroys a volume, whatever lies on it"));
    }
    Output::default()
}

/// `mkfs`, `wipefs`: a device goes with all that is on it; a file may be weights.
pub(super) fn device(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-t", "-L", "-b", "-N", "-U", "-m", "-o", "-O"]);
    let quiet = args.has(&["-n", "-l", "--list", "--help", "-V"])
        || args.operands.iter().any(|w| {
            matches!(
                w.literal().as_deref(),
                Some("print" | "luksDump" | "status" | "open" | "close")
            )
        });
    let shows = judge.program.ends_with("wipefs") && !args.has(&["-a", "--all", "-o", "--offset"]);
    if quiet || shows {
        return Output::default();
    }
    for word in &args.operands {
        if word.prefix().starts_with("/dev/") {
            judge.deny(Why::Store("it writes over a device, whatever lies on it"));
        } else {
            judge.touch(state, word, Effect::Destroy);
        }
    }
    Output::default()
}

/// `umount`, also lazily: what was there is there no more.
pub(super) fn umount(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-t", "-O"]);
    for path in args.operands.iter().filter_map(Word::literal).flat_map(|p| state.paths(&p)) {
        if let Some(near) = judge.near(&path).found() {
            judge.deny(Why::Unknown(path.to_string_lossy().into_owned(), near));
        }
    }
    Output::default()
}

/// `mount --bind A B`: B is A.
pub(super) fn mount(_: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-t", "-o"]);
    let bound = args.has(&["--bind", "-B", "--rbind", "-R", "--move", "-M"])
        || args.value(&["-o"]).and_then(Word::literal).is_some_and(|o| o.contains("bind"));
    if bound && let (Some(from), Some(to)) = (args.known(0), args.known(1)) {
        let (from, to): (Vec<PathBuf>, Vec<PathBuf>) = (state.paths(&from), state.paths(&to));
        state.links.extend(to.into_iter().zip(from));
    }
    Output::default()
}
