//! `{a,b}` and `{01..10}`.

/// More words than these are not made of one: a pattern stands for them.
const WORDS: usize = 512;

/// The words that the braces of one stand for, as they are written.
pub(super) fn words(text: &str) -> Vec<String> {
    if !text.contains('{') || text.len() > 4096 {
        return vec![text.to_owned()];
    }
    let chars: Vec<char> = text.chars().collect();
    let mut made = vec![String::new()];
    let mut at = 0;
    while at < chars.len() {
        let end = skipped(&chars, at);
        if end == at + 1
            && chars[at] == '{'
            && let Some((choices, after)) = choices(&chars, at)
        {
            made = product(&made, &choices);
            at = after;
            continue;
        }
        let piece: String = chars[at..end].iter().collect();
        made.iter_mut().for_each(|word| word.push_str(&piece));
        at = end;
    }
    made
}

fn product(made: &[String], choices: &[String]) -> Vec<String> {
    if made.len().saturating_mul(choices.len()) > WORDS {
        return made.iter().map(|word| format!("{word}*")).collect();
    }
    made.iter().flat_map(|w| choices.iter().map(move |c| format!("{w}{c}"))).collect()
}

/// Where what begins here ends: a quoted piece, a substitution, or one character.
fn skipped(chars: &[char], at: usize) -> usize {
    let rest = &chars[at..];
    let closing = |open: char, close: char, from: usize| {
        let mut depth = 0usize;
        for (n, c) in rest.iter().enumerate().skip(from) {
            if *c == open {
                depth += 1;
            } else if *c == close {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return n + 1;
                }
            }
        }
        rest.len()
    };
    let quoted = |quote: char, from: usize| {
        let mut n = from;
        while n < rest.len() && rest[n] != quote {
            n += if rest[n] == '\\' && quote != '\'' { 2 } else { 1 };
        }
        n + 1
    };
    let length = match rest {
        ['\\', ..] => 2,
        ['\'', ..] => quoted('\'', 1),
        ['"', ..] => quoted('"', 1),
        ['`', ..] => quoted('`', 1),
        ['$', '\'', ..] => quoted('"', rest.len())
            .min(rest[2..].iter().position(|c| *c == '\'').map_or(rest.len(), |n| n + 3)),
        ['$', '{', ..] => closing('{', '}', 1),
        ['$', '(', ..] => closing('(', ')', 1),
        _ => 1,
    };
    at + length.clamp(1, rest.len())
}

/// What the braces that open here stand for, and where they end; nothing where they are none.
fn choices(chars: &[char], open: usize) -> Option<(Vec<String>, usize)> {
    let (mut at, mut depth) = (open + 1, 0usize);
    let (mut parts, mut start) = (Vec::new(), open + 1);
    loop {
        let c = *chars.get(at)?;
        let end = skipped(chars, at);
        if end == at + 1 {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                '}' => break,
                ',' if depth == 0 => {
                    parts.push(chars[start..at].iter().collect::<String>());
                    start = at + 1;
                }
                _ => {}
            }
        }
        at = end;
    }
    let last: String = chars[start..at].iter().collect();
    if parts.is_empty() {
        return Some((sequence(&last)?, at + 1));
    }
    parts.push(last);
    Some((parts.iter().flat_map(|part| words(part)).collect(), at + 1))
}

/// `1..10`, `01..10..2`, `a..e`.
fn sequence(text: &str) -> Option<Vec<String>> {
    let mut parts = text.split("..");
    let (from, to) = (parts.next()?, parts.next()?);
    let step = match parts.next() {
        Some(step) => step.parse::<i64>().ok()?.unsigned_abs().max(1),
        None => 1,
    };
    if parts.next().is_some() {
        return None;
    }
    let step = usize::try_from(step).unwrap_or(usize::MAX);
    let one = |text: &str| {
        let mut chars = text.chars();
        chars.next().filter(|c| chars.next().is_none() && c.is_ascii_alphabetic())
    };
    if let (Some(from), Some(to)) = (one(from), one(to)) {
        let all = from.min(to)..=from.max(to);
        return Some(all.step_by(step).map(String::from).collect());
    }
    let (a, b) = (from.parse::<i64>().ok()?, to.parse::<i64>().ok()?);
    let digits = |text: &str| text.trim_start_matches(['-', '+']).len();
    let padded = [from, to].iter().any(|t| {
        let digits = t.trim_start_matches(['-', '+']);
        digits.len() > 1 && digits.starts_with('0')
    });
    let width = if padded { digits(from).max(digits(to)) } else { 0 };
    let count = a.abs_diff(b) / u64::try_from(step).unwrap_or(u64::MAX);
    if count >= WORDS as u64 {
        return Some(vec!["[-0-9]*".to_owned()]);
    }
    // It counts from where it begins.
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let mut all = Vec::new();
    for n in 0..=i64::try_from(count).unwrap_or(0) {
        let far = n.saturating_mul(step);
        let n = if a <= b { a.saturating_add(far) } else { a.saturating_sub(far) };
        let sign = if n < 0 { "-" } else { "" };
        all.push(format!("{sign}{:0width$}", n.unsigned_abs()));
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn braces_are_expanded_as_a_shell_does() {
        let cases = [
            ("a{b,c}d", "abd acd"),
            ("{01..03}", "01 02 03"),
            ("{3..1}", "3 2 1"),
            ("{1..9..4}", "1 5 9"),
            ("{-1..1}", "-1 0 1"),
            ("{a..c}", "a b c"),
            ("{a,b{1,2}}", "a b1 b2"),
            ("x{,.bak}", "x x.bak"),
            ("{a}", "{a}"),
            ("${X}{a,b}", "${X}a ${X}b"),
            ("'{a,b}'", "'{a,b}'"),
            ("\\{a,b}", "\\{a,b}"),
            ("$(echo {a,b})", "$(echo {a,b})"),
            ("{1..100000}", "[-0-9]*"),
            ("m-{00001..10000}.x", "m-[-0-9]*.x"),
            ("{9223372036854775807..-9223372036854775808..1}", "[-0-9]*"),
            ("{a,b", "{a,b"),
            ("{}", "{}"),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }
}
