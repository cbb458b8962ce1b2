//! The words of a program in a scripting language: names, strings, signs. Comments are left out, and
//! what is in a string is never a call.

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::agent::judge) enum Token {
    /// A name.
    Name(String),
    /// A string; whether values are put into it at run time, each of which stands as [`HOLE`].
    Text(String, bool),
    /// A string that a shell is given: in backquotes.
    Shell(String),
    /// Any other sign.
    Sign(char),
    /// The end of a line.
    Line,
}

/// Stands where a value is put into a string, as a variable of a shell that nothing sets: behind it
/// comes its name, where it is one, and `}`.
const HOLE: &str = "${__put_in_";

/// The variable of a shell that stands for a name.
pub(in crate::agent::judge) fn hole_of(name: &str) -> String {
    HOLE.trim_start_matches("${").to_owned() + name
}

/// A piece of a string: what is written, or the name of what is put in.
pub(in crate::agent::judge) enum Piece<'t> {
    Written(&'t str),
    PutIn(&'t str),
}

/// The pieces of a string.
pub(in crate::agent::judge) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    for (n, piece) in text.split(HOLE).enumerate() {
        let written = match piece.split_once('}').filter(|_| n > 0) {
            Some((name, rest)) => {
                found.push(Piece::PutIn(name));
                rest
            }
            None => piece,
        };
        if !written.is_empty() || text.is_empty() {
            found.push(Piece::Written(written));
        }
    }
    found
}

/// Whose grammar it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::agent::judge) enum Language {
    /// `#` comments, three quotes, f-strings.
    Python,
    /// `//` comments, templates.
    Node,
    /// `#` comments, `$x` in strings, backquotes for a shell.
    Perl,
    /// `#` comments, `#{..}` in strings, backquotes for a shell.
    Ruby,
    /// Of another: PHP, Lua, R, awk.
    Other,
}

/// Tells the tokens apart.
pub(in crate::agent::judge) fn tokens(text: &str, language: Language) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        match c {
            '\n' => {
                out.push(Token::Line);
                at += 1;
            }
            '#' if language != Language::Node
                && !(language == Language::Perl && out.last() == Some(&Token::Sign('$'))) =>
            {
                at = line_end(&chars, at);
            }
            '/' if language == Language::Node && next == Some('/') => at = line_end(&chars, at),
            '/' if language == Language::Node && next == Some('*') => {
                let rest = &chars[at..];
                let end = rest.windows(2).position(|w| w == ['*', '/']);
                at += end.map_or(rest.len(), |end| end + 2);
            }
            '-' if language == Language::Other && next == Some('-') => at = line_end(&chars, at),
            '%' if language == Language::Ruby
                && next == Some('x')
                && chars.get(at + 2).is_some_and(char::is_ascii_punctuation) =>
            {
                at = quoted(&chars, at + 2, &mut out);
            }
            '\'' | '"' | '`' => at = string(&chars, at, language, &mut out),
            c if c.is_alphabetic() || c == '_' || c == '$' || c == '@' => {
                let start = at;
                at += 1;
                while chars.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
                    at += 1;
                }
                let name: String = chars[start..at].iter().collect();
                let sign = chars.get(at).is_some_and(char::is_ascii_punctuation);
                if language == Language::Perl && name == "qx" && sign {
                    at = quoted(&chars, at, &mut out);
                } else {
                    out.push(Token::Name(name));
                }
            }
            c => {
                if !c.is_whitespace() {
                    out.push(Token::Sign(c));
                }
                at += 1;
            }
        }
    }
    out
}

/// A text for a shell between signs of the program's choice.
fn quoted(chars: &[char], open: usize, out: &mut Vec<Token>) -> usize {
    let close = match chars[open] {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        other => other,
    };
    let end = chars[open + 1..].iter().position(|c| *c == close);
    let end = end.map_or(chars.len(), |end| open + 1 + end);
    out.push(Token::Shell(chars[open + 1..end].iter().collect()));
    end + 1
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |end| at + end)
}

fn string(chars: &[char], start: usize, language: Language, out: &mut Vec<Token>) -> usize {
    let quote = chars[start];
    let triple = language == Language::Python
        && chars.get(start + 1) == Some(&quote)
        && chars.get(start + 2) == Some(&quote);
    // The letters before it say how it is read.
    let mut prefix = String::new();
    if language == Language::Python
        && let Some(Token::Name(name)) = out.last()
        && name.len() <= 2
        && name.chars().all(|c| "rbfuRBFU".contains(c))
        && start > 0
        && chars[start - 1].is_alphabetic()
    {
        prefix = name.to_lowercase();
        out.pop();
    }
    let template = match language {
        Language::Python => prefix.contains('f'),
        Language::Node => quote == '`',
        Language::Perl | Language::Ruby => quote != '\'',
        Language::Other => quote == '"',
    };
    let (mut text, mut holes) = (String::new(), false);
    let mut at = start + if triple { 3 } else { 1 };
    while let Some(&c) = chars.get(at) {
        let closes = c == quote
            && (!triple
                || (chars.get(at + 1) == Some(&quote) && chars.get(at + 2) == Some(&quote)));
        if closes {
            at += if triple { 3 } else { 1 };
            break;
        }
        if c == '\\' && !prefix.contains('r') {
            match chars.get(at + 1) {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('x') => {
                    let code: String = chars[at + 2..].iter().take(2).collect();
                    text.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
                    at += 2;
                }
                Some(other) => text.push(*other),
                None => {}
            }
            at += 2;
            continue;
        }
        let opens = template
            && match language {
                Language::Python => c == '{' && chars.get(at + 1) != Some(&'{'),
                Language::Node => c == '$' && chars.get(at + 1) == Some(&'{'),
                Language::Ruby => c == '#' && chars.get(at + 1) == Some(&'{'),
                Language::Perl | Language::Other => {
                    (c == '$' || c == '@')
                        && chars.get(at + 1).is_some_and(|c| c.is_alphabetic() || *c == '{')
                }
            };
        if opens {
            holes = true;
            at += 1;
            let braces = c == '{' || chars.get(at) == Some(&'{');
            let ends =
                |c: &char| if braces { *c == '}' } else { !(c.is_alphanumeric() || *c == '_') };
            let end = chars[at..].iter().position(ends).unwrap_or(chars.len() - at);
            let inner: String = chars[at..at + end].iter().collect();
            let inner = inner.trim_start_matches('{').trim();
            let name = inner.chars().all(|c| c.is_alphanumeric() || c == '_');
            text.push_str(&format!("{HOLE}{}}}", if name { inner } else { "" }));
            at += end + usize::from(braces);
            continue;
        }
        text.push(c);
        at += 1;
    }
    let shell = quote == '`' && language != Language::Node && language != Language::Python;
    out.push(if shell { Token::Shell(text) } else { Token::Text(text, holes) });
    at
}
