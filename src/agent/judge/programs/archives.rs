//! Archives: what they take away, and what unpacking them writes over.

use std::io::Read;

use super::args::split;
use super::{Effect, Judge};
use crate::agent::shell::{Call, Output, State, Word};

/// So many members of an archive are read.
const MEMBERS: usize = 4_000;

/// `tar`.
pub(super) fn tar(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let mut words = call.words[1..].to_vec();
    // The old way: `tar xf a.tar`.
    if let Some(first) = words.first().and_then(Word::literal)
        && !first.starts_with('-')
    {
        words[0] = Word::text(format!("-{first}"));
        // Letters with a value take the next words in their order; the file is what matters.
        if first.contains('f') && !first.ends_with('f') {
            let letters: String = first.chars().filter(|c| *c != 'f').chain(['f']).collect();
            words[0] = Word::text(format!("-{letters}"));
        }
    }
    let args = split(
        &words,
        &[
            "-f",
            "-C",
            "--file",
            "--directory",
            "--exclude",
            "-X",
            "-T",
            "--files-from",
            "--transform",
            "-I",
        ],
    );
    let mut own = state.clone();
    if let Some(to) = args.value(&["-C", "--directory"]) {
        judge.enter(&mut own, to);
    }
    if args.has(&["--remove-files"]) {
        let list = args.value(&["-T", "--files-from"]).map(|list| judge.text_of(state, list));
        match list {
            Some(Some(names)) => {
                let whole = Effect::Remove { recursive: true };
                names.lines().for_each(|name| judge.touch(&own, &Word::text(name), whole));
            }
            Some(None) => judge.not_known(&own, "a list of files that is not known"),
            None => {}
        }
        args.operands.iter().for_each(|w| judge.touch(&own, w, Effect::Remove { recursive: true }));
    }
    if args.has(&["-c", "--create"])
        && let Some(archive) = args.value(&["-f", "--file"])
    {
        judge.touch(state, archive, Effect::Overwrite);
    }
    let unpacks = args.has(&["-x", "--extract", "--get"]);
    let keeps = args.has(&["-k", "--keep-old-files", "--skip-old-files", "-O", "--to-stdout"]);
    if unpacks && !keeps {
        if args.has(&["--recursive-unlink"]) {
            judge.touch(&own, &Word::text("."), Effect::Remove { recursive: true });
        }
        let archive = args.value(&["-f", "--file"]);
        let members = archive.and_then(|a| members(state, a));
        over(judge, &own, members.as_deref());
    }
    Output::unknown(Vec::new())
}

/// The names in a plain tar archive.
fn members(state: &State, archive: &Word) -> Option<Vec<String>> {
    let written = archive.literal()?;
    let path = state.paths(&written).into_iter().find(|p| p.is_file())?;
    let mut file = std::fs::File::open(path).ok()?;
    let mut names = Vec::new();
    let mut header = [0; 512];
    while names.len() < MEMBERS && file.read_exact(&mut header).is_ok() {
        if header.iter().all(|b| *b == 0) {
            return Some(names);
        }
        if &header[257..262] != b"ustar" {
            return None;
        }
        let text = |range: std::ops::Range<usize>| {
            let bytes = &header[range];
            let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
            String::from_utf8_lossy(&bytes[..end]).into_owned()
        };
        let prefix = text(345..500);
        let name = text(0..100);
        names.push(if prefix.is_empty() { name } else { format!("{prefix}/{name}") });
        let size = u64::from_str_radix(text(124..136).trim(), 8).ok()?;
        let skip = i64::try_from(size.div_ceil(512) * 512).ok()?;
        std::io::Seek::seek(&mut file, std::io::SeekFrom::Current(skip)).ok()?;
    }
    // What is compressed, or cut short, has names that are not known.
    (!names.is_empty()).then_some(names)
}

/// What unpacking writes over. Where the names are not known, whatever lies in the folder itself.
fn over(judge: &mut Judge<'_>, state: &State, members: Option<&[String]>) {
    let folders = state.cwds.clone();
    for folder in folders {
        match members {
            Some(names) => {
                for name in names.iter().filter(|n| !n.ends_with('/')) {
                    judge.touch_path(&folder.join(name), false, Effect::Overwrite);
                }
            }
            None => judge.written_into(&folder),
        }
    }
}

/// `unzip`, `7z`, `unrar`.
pub(super) fn unzip(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-d", "-x"]);
    let name = judge.program.rsplit('/').next().unwrap_or("").to_owned();
    let letter = if name == "unzip" { None } else { args.known(0) };
    let seven = name.starts_with("7z");
    if seven && call.words.iter().any(|w| w.prefix() == "-sdel") {
        args.operands.iter().skip(2).for_each(|w| judge.touch(state, w, Effect::Move));
    }
    let unpacks = letter.as_deref().is_none_or(|l| l == "x" || l == "e");
    if !unpacks || args.has(&["-n", "-l", "-t", "-v", "-aos"]) {
        return Output::default();
    }
    let mut own = state.clone();
    let to = args.value(&["-d"]).cloned();
    let given = args
        .flags
        .iter()
        .find_map(|(flag, _)| flag.strip_prefix("-o").filter(|p| seven && !p.is_empty()));
    if let Some(to) = to.or_else(|| given.map(Word::text)) {
        judge.enter(&mut own, &to);
    }
    over(judge, &own, None);
    Output::default()
}

/// `rar m`, `rar a -df`.
pub(super) fn rar(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &[]);
    let verb = args.known(0).unwrap_or_default();
    if verb == "m" || verb == "mf" || call.words.iter().any(|w| w.prefix() == "-df") {
        args.operands.iter().skip(2).for_each(|w| judge.touch(state, w, Effect::Move));
    }
    Output::default()
}

/// `zip -m`.
pub(super) fn zip(judge: &mut Judge<'_>, state: &mut State, call: &Call<'_>) -> Output {
    let args = split(&call.words[1..], &["-x", "-i", "-b", "-t", "-n"]);
    if args.has(&["-m", "--move"]) {
        args.operands.iter().skip(1).for_each(|w| judge.touch(state, w, Effect::Move));
    }
    Output::default()
}
