//! From a word as it is written to the words that it stands for.

use brush_parser::word::{
    Parameter, ParameterExpr, SpecialParameter, TildeExpr, WordPiece, WordPieceWithSource,
};
use brush_parser::{ParserOptions, word};

use super::ast::Raw;
use super::word::{Part, Word, bare};
use super::{Host, Output, State, braces, documents, escapes, generators, walk};

/// More words than these are not made of one.
const WORDS: usize = 512;

/// Expands a word.
pub(super) fn expand(host: &mut dyn Host, state: &mut State, raw: &Raw) -> Vec<Word> {
    match raw {
        Raw::Word(text) => {
            // Blanks that are not written as such.
            let cut = if text.contains("IFS") && !text.contains(['"', '\'']) {
                text.replace("${IFS}", " ").replace("$IFS", " ")
            } else {
                text.clone()
            };
            let words = cut.split(' ').filter(|w| !w.is_empty() && cut != *text);
            let words: Vec<&str> = if cut == *text { vec![text] } else { words.collect() };
            let words = words.into_iter().flat_map(braces::words);
            words.collect::<Vec<_>>().iter().flat_map(|t| one(host, state, t)).collect()
        }
        Raw::Document(text, _) if text.contains(documents::LEFT_OUT) => {
            vec![Word::unknown(Vec::new())]
        }
        Raw::Document(text, false) => vec![Word::text(text.clone())],
        Raw::Document(text, true) => {
            let Ok(pieces) = word::parse_heredoc(text, &ParserOptions::default()) else {
                return vec![Word::text(text.clone())];
            };
            let mut words = vec![Word::default()];
            each(host, state, &pieces, true, &mut words);
            words
        }
        Raw::Process(node) => {
            let out = walk::run(host, &mut state.clone(), node, &Output::default());
            // Named by a descriptor that nothing else has.
            let known = generators::is_alone(node).then(|| Word::text(""));
            state.vars.insert("<()".to_owned(), vec![known.unwrap_or_else(|| content(&out))]);
            vec![Word::text("/dev/fd/<()")]
        }
    }
}

/// What an output is, as one word.
fn content(out: &Output) -> Word {
    out.joined().map_or_else(|| Word::unknown(out.within.clone()), Word::text)
}

fn one(host: &mut dyn Host, state: &mut State, text: &str) -> Vec<Word> {
    let Ok(pieces) = word::parse(text, &ParserOptions::default()) else {
        return vec![Word::unknown(Vec::new())];
    };
    let mut words = vec![Word::default()];
    each(host, state, &pieces, false, &mut words);
    // What was not quoted is cut at its blanks; an empty word that was quoted stays one.
    let quoted = text.contains(['"', '\'', '\\']);
    words.retain(|word| quoted || !word.parts.is_empty());
    words
}

fn each(
    host: &mut dyn Host,
    state: &mut State,
    pieces: &[WordPieceWithSource],
    quoted: bool,
    words: &mut Vec<Word>,
) {
    for piece in pieces {
        match &piece.piece {
            WordPiece::Text(text) if quoted => add(words, &[Word::text(text.clone())]),
            WordPiece::Text(text) => add(words, &[Word { parts: vec![bare(text)] }]),
            WordPiece::SingleQuotedText(text) => add(words, &[Word::text(text.clone())]),
            WordPiece::AnsiCQuotedText(text) => {
                let text = escapes::decoded(text);
                add(words, &[text.map_or_else(|| Word::unknown(Vec::new()), Word::text)]);
            }
            WordPiece::DoubleQuotedSequence(inner)
            | WordPiece::GettextDoubleQuotedSequence(inner) => {
                each(host, state, inner, true, words);
                words.iter_mut().filter(|w| w.parts.is_empty()).for_each(|w| {
                    w.parts.push(Part::Text(String::new()));
                });
            }
            WordPiece::TildeExpansion(tilde) => {
                let home = match tilde {
                    TildeExpr::Home => host.variable("HOME"),
                    TildeExpr::UserHome(name) if name == "root" => Some("/root".to_owned()),
                    TildeExpr::UserHome(name) => Some(format!("/home/{name}")),
                    TildeExpr::WorkingDir => {
                        state.cwds.first().map(|p| p.to_string_lossy().into_owned())
                    }
                    _ => None,
                };
                let home = home.map_or_else(|| Word::unknown(Vec::new()), Word::text);
                add(words, &[home]);
            }
            WordPiece::ParameterExpansion(expression) => {
                let values = parameter(host, state, expression);
                add(words, &cut(state, values, quoted));
            }
            WordPiece::CommandSubstitution(text)
            | WordPiece::BackquotedCommandSubstitution(text) => {
                let values = substitution(host, state, text, quoted);
                add(words, &values);
            }
            WordPiece::EscapeSequence(text) => {
                let text = text.strip_prefix('\\').unwrap_or(text);
                add(words, &[Word::text(if text == "\n" { "" } else { text })]);
            }
            WordPiece::ArithmeticExpression(expression) => {
                // What it substitutes runs.
                if let Ok(inner) = word::parse(&expression.value, &ParserOptions::default()) {
                    each(host, state, &inner, true, &mut vec![Word::default()]);
                }
                add(words, &[Word { parts: vec![Part::Glob("*".to_owned())] }]);
            }
        }
    }
}

/// An unquoted value is cut into words, and its patterns count.
fn cut(state: &State, values: Vec<Word>, quoted: bool) -> Vec<Word> {
    if quoted {
        return values;
    }
    let Some(marks) = state.vars.get("IFS") else {
        return values.into_iter().flat_map(Word::split).collect();
    };
    let marks: String = marks.iter().map(Word::prefix).collect();
    if marks.is_empty() {
        let whole = values.clone().into_iter();
        return whole.chain(values.into_iter().flat_map(Word::split)).collect();
    }
    values.into_iter().flat_map(|w| w.split_at(&|c| marks.contains(c))).collect()
}

/// Each word so far with each of these behind it.
fn add(words: &mut Vec<Word>, values: &[Word]) {
    if let [value] = values {
        for word in words {
            value.parts.iter().for_each(|part| word.push(part.clone()));
        }
        return;
    }
    if values.is_empty() {
        return;
    }
    if words.len().saturating_mul(values.len()) > WORDS {
        let within = values.iter().flat_map(Word::within).collect();
        words.iter_mut().for_each(|word| word.push(Part::Unknown(Vec::clone(&within))));
        return;
    }
    let with = |word: &Word, value: &Word| {
        let mut word = word.clone();
        value.parts.iter().for_each(|part| word.push(part.clone()));
        word
    };
    *words = words.iter().flat_map(|w| values.iter().map(move |v| with(w, v))).collect();
}

fn substitution(host: &mut dyn Host, state: &mut State, text: &str, quoted: bool) -> Vec<Word> {
    let mut own = state.clone();
    let out =
        walk::deeper(host, &mut own, |host, own| super::run(host, own, text, &Output::default()));
    match out.words() {
        Some(words) if words.len() <= WORDS => {
            if quoted && words.len() > 1 {
                // Of two branches it is what the one writes, or the other.
                return std::iter::once(content(&out)).chain(words).collect();
            }
            cut(state, words, quoted)
        }
        _ => vec![Word::unknown(out.within)],
    }
}

fn parameter(host: &mut dyn Host, state: &mut State, expression: &ParameterExpr) -> Vec<Word> {
    let unknown = || vec![Word::unknown(Vec::new())];
    match expression {
        ParameterExpr::Parameter { parameter, indirect: false } => {
            let unset = || match parameter {
                Parameter::Named(name) => vec![Word { parts: vec![Part::Unset(name.clone())] }],
                _ => unknown(),
            };
            value(host, state, parameter).unwrap_or_else(unset)
        }
        ParameterExpr::Parameter { parameter, indirect: true } => {
            let names = value(host, state, parameter).unwrap_or_else(unknown);
            let each = names.iter().map(|name| {
                let found = name.literal().and_then(|name| named(host, state, &name));
                found.unwrap_or_else(unknown)
            });
            each.collect::<Vec<_>>().concat()
        }
        ParameterExpr::IndicateErrorIfNullOrUnset { parameter, .. } => {
            value(host, state, parameter).unwrap_or_else(unknown)
        }
        ParameterExpr::UseDefaultValues { parameter, default_value, .. }
        | ParameterExpr::AssignDefaultValues { parameter, default_value, .. } => {
            let mut values = value(host, state, parameter).unwrap_or_default();
            // It may count as none where it is empty. What the environment of the agent's own shell has
            // is not known for certain.
            if values.is_empty() || values.iter().any(|v| v.literal().as_deref() == Some("")) {
                let default = default_value.as_deref();
                values.extend(default.map_or_else(unknown, |d| one(host, state, d)));
            }
            values
        }
        ParameterExpr::UseAlternativeValue { alternative_value: Some(other), .. } => {
            one(host, state, other)
        }
        ParameterExpr::ParameterLength { .. } => {
            vec![Word { parts: vec![Part::Glob("*".to_owned())] }]
        }
        ParameterExpr::RemoveSmallestSuffixPattern { parameter, pattern: Some(cut), .. } => {
            cut_off(value(host, state, parameter), cut, End::Last, false)
        }
        ParameterExpr::RemoveLargestSuffixPattern { parameter, pattern: Some(cut), .. } => {
            cut_off(value(host, state, parameter), cut, End::Last, true)
        }
        ParameterExpr::RemoveSmallestPrefixPattern { parameter, pattern: Some(cut), .. } => {
            cut_off(value(host, state, parameter), cut, End::First, false)
        }
        ParameterExpr::RemoveLargestPrefixPattern { parameter, pattern: Some(cut), .. } => {
            cut_off(value(host, state, parameter), cut, End::First, true)
        }
        _ => unknown(),
    }
}

/// Which end of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    First,
    Last,
}

/// `${x%.tar}`, `${x%.*}`, `${x##*/}`: values of which an end is cut off.
fn cut_off(values: Option<Vec<Word>>, pattern: &str, end: End, longest: bool) -> Vec<Word> {
    let Some(values) = values else { return vec![Word::unknown(Vec::new())] };
    let each = values.into_iter().map(|word| match word.literal() {
        Some(text) => without(&text, pattern, end, longest)
            .map_or_else(|| Word::unknown(Vec::new()), Word::text),
        // Of what a pattern of paths matches: something in the same folder.
        None => match (word.pattern(), end) {
            (Some(glob), End::Last) if !pattern.contains('/') => {
                let folder = glob.rsplit_once('/').map_or("", |(folder, _)| folder);
                let slash = if folder.is_empty() && !glob.starts_with('/') { "" } else { "/" };
                Word { parts: vec![Part::Glob(format!("{folder}{slash}*"))] }
            }
            _ => Word::unknown(word.within()),
        },
    });
    each.collect()
}

/// What is left of a text; nothing where it is not known what the pattern matches.
fn without(text: &str, pattern: &str, end: End, longest: bool) -> Option<String> {
    let special = |c: char| "*?[$`\\\"'".contains(c);
    let stripped = |pattern: &str| match end {
        End::First => text.strip_prefix(pattern),
        End::Last => text.strip_suffix(pattern),
    };
    if !pattern.contains(special) {
        return Some(stripped(pattern).unwrap_or(text).to_owned());
    }
    if pattern.chars().all(|c| c == '?') {
        let (all, gone) = (text.chars().count(), pattern.len());
        let kept: String = match end {
            _ if all < gone => text.to_owned(),
            End::First => text.chars().skip(gone).collect(),
            End::Last => text.chars().take(all - gone).collect(),
        };
        return Some(kept);
    }
    let known = match end {
        End::First => pattern.strip_prefix('*')?,
        End::Last => pattern.strip_suffix('*')?,
    };
    if known.is_empty() || known.contains(special) {
        return None;
    }
    // The shortest end begins last, and the longest beginning ends last.
    let last = matches!((end, longest), (End::Last, false) | (End::First, true));
    let at = if last { text.rfind(known) } else { text.find(known) };
    let Some(at) = at else { return Some(text.to_owned()) };
    Some(match end {
        End::First => text[at + known.len()..].to_owned(),
        End::Last => text[..at].to_owned(),
    })
}

fn value(host: &mut dyn Host, state: &State, parameter: &Parameter) -> Option<Vec<Word>> {
    match parameter {
        Parameter::Named(name)
        | Parameter::NamedWithIndex { name, .. }
        | Parameter::NamedWithAllIndices { name, .. } => named(host, state, name),
        Parameter::Positional(0) => None,
        Parameter::Positional(n) => {
            let at = usize::try_from(*n).ok()?.checked_sub(1)?;
            let all: Vec<Word> =
                state.args.iter().filter_map(|args| args.get(at).cloned()).collect();
            (!all.is_empty()).then_some(all)
        }
        Parameter::Special(SpecialParameter::AllPositionalParameters { .. }) => {
            Some(state.args.concat())
        }
        Parameter::Special(
            SpecialParameter::ProcessId
            | SpecialParameter::LastExitStatus
            | SpecialParameter::PositionalParameterCount
            | SpecialParameter::LastBackgroundProcessId,
        ) => Some(vec![Word { parts: vec![Part::Glob("[0-9]*".to_owned())] }]),
        Parameter::Special(_) => None,
    }
}

fn named(host: &mut dyn Host, state: &State, name: &str) -> Option<Vec<Word>> {
    if let Some(values) = state.vars.get(name) {
        if !state.refs.contains(name) {
            return Some(values.clone());
        }
        let others = values.iter().filter_map(Word::literal).filter(|other| other != name);
        return Some(
            others.filter_map(|other| state.vars.get(&other).cloned()).flatten().collect(),
        );
    }
    let here = |p: &std::path::PathBuf| Word::text(p.to_string_lossy());
    match name {
        "PWD" if !state.cwds.is_empty() => Some(state.cwds.iter().map(here).collect()),
        "OLDPWD" if !state.old.is_empty() => Some(state.old.iter().map(here).collect()),
        "RANDOM" | "SECONDS" | "LINENO" | "UID" | "EUID" | "PPID" | "BASHPID" | "EPOCHSECONDS" => {
            Some(vec![Word { parts: vec![Part::Glob("[0-9]*".to_owned())] }])
        }
        "IFS" => Some(vec![Word::text(" \t\n")]),
        _ => match host.variable(name) {
            Some(value) => Some(vec![Word::text(value)]),
            // Where it is not set it may be set for the shell, and then it is this.
            None if ["TMPDIR", "TMP", "TEMP"].contains(&name) => {
                Some(vec![Word::text(""), Word::text("/tmp")])
            }
            None => None,
        },
    }
}
