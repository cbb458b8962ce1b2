//! The words of a command told apart: options, their values, operands.

use crate::agent::shell::Word;

/// The words after a program's name.
#[derive(Debug, Default)]
pub(super) struct Args {
    /// Options with their values.
    pub flags: Vec<(String, Option<Word>)>,
    /// All else.
    pub operands: Vec<Word>,
}

impl Args {
    /// Whether one of these options is there.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.flags.iter().any(|(flag, _)| names.contains(&flag.as_str()))
    }

    /// Whether one of these options is there, a long one perhaps cut short.
    pub(super) fn may_have(&self, names: &[&str]) -> bool {
        let short = |flag: &str| {
            flag.len() > 2 && flag.starts_with("--") && names.iter().any(|n| n.starts_with(flag))
        };
        self.has(names) || self.flags.iter().any(|(flag, _)| short(flag))
    }

    /// The value of the last of these options.
    pub(super) fn value(&self, names: &[&str]) -> Option<&Word> {
        let mut flags = self.flags.iter().rev();
        flags.find(|(flag, _)| names.contains(&flag.as_str()))?.1.as_ref()
    }

    /// The operand at this place, where it is known.
    pub(super) fn known(&self, at: usize) -> Option<String> {
        self.operands.get(at)?.literal()
    }
}

/// Tells them apart up to the first that is no option: what follows it is not the program's own.
pub(super) fn leading(words: &[Word], valued: &[&str]) -> Args {
    let mut args = Args::default();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let known = word.prefix();
        if known.len() < 2 || !known.starts_with('-') {
            break;
        }
        at += 1;
        if known == "--" && !word.is_unknown() {
            break;
        }
        let mut one = split(&words[at - 1..at], valued);
        // The last of its options takes the next word.
        if let Some((flag, value @ None)) =
            one.flags.iter_mut().rev().find(|(f, _)| f.len() == 2 || f.starts_with("--"))
            && valued.contains(&flag.as_str())
            && !known.contains('=')
        {
            *value = words.get(at).cloned();
            at += 1;
        }
        args.flags.append(&mut one.flags);
    }
    args.operands.extend(words.get(at..).unwrap_or_default().iter().cloned());
    args
}

/// Tells them apart; `valued` are the options whose value is the next word.
pub(super) fn split(words: &[Word], valued: &[&str]) -> Args {
    let mut args = Args::default();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let known = word.prefix();
        if known == "--" && !word.is_unknown() {
            args.operands.extend(rest.cloned());
            break;
        }
        if known.len() < 2 || !known.starts_with('-') {
            args.operands.push(word.clone());
        } else if known.starts_with("--") {
            let (name, value) = match known.split_once('=') {
                Some((name, _)) => (name.to_owned(), word.strip(&format!("{name}="))),
                None => (known.clone(), None),
            };
            let value = value.or_else(|| {
                if valued.contains(&name.as_str()) && !known.contains('=') {
                    rest.next().cloned()
                } else {
                    None
                }
            });
            args.flags.push((name, value));
        } else if valued.contains(&known.as_str()) {
            args.flags.push((known, rest.next().cloned()));
        } else {
            cluster(&mut args, word, &known, valued, &mut rest);
        }
    }
    args
}

/// `-rf`, `-C2`, `-xvfarchive`.
fn cluster<'a>(
    args: &mut Args,
    word: &Word,
    known: &str,
    valued: &[&str],
    rest: &mut impl Iterator<Item = &'a Word>,
) {
    for (at, letter) in known.char_indices().skip(1) {
        let flag = format!("-{letter}");
        if valued.contains(&flag.as_str()) {
            let end = at + letter.len_utf8();
            let attached = known.len() > end || word.is_unknown();
            let value = if attached { word.strip(&known[..end]) } else { rest.next().cloned() };
            args.flags.push((flag, value));
            return;
        }
        args.flags.push((flag, None));
    }
    // Of find, sed and others: a long name after one dash.
    if known.len() > 2 {
        args.flags.push((known.to_owned(), None));
    }
}
