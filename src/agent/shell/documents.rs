//! Here-documents of a text that is not read yet: one that is not closed ends with the text, and a
//! very long one is left out.

/// A longer document is not looked at.
const LONG: usize = 64 << 10;
/// Stands for a document that was left out. What reads it is given something that is not known.
pub(super) const LEFT_OUT: &str = "\u{1}safe-rm: left out\u{1}";

/// The text with its documents closed, and without those that are long.
pub(super) fn closed(text: String) -> String {
    if !text.contains("<<") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n');
    let mut open = false;
    while let Some(line) = lines.next() {
        out.push_str(line);
        for (tag, tabs) in tags(line) {
            let (mut body, mut end) = (String::new(), None);
            for line in lines.by_ref() {
                let bare = line.trim_end_matches(['\n', '\r']);
                let bare = if tabs { bare.trim_start_matches('\t') } else { bare };
                if bare == tag {
                    end = Some(line);
                    break;
                }
                body.push_str(line);
            }
            if body.len() > LONG {
                body = format!("{LEFT_OUT}\n");
            }
            out.push_str(&body);
            match end {
                Some(line) => out.push_str(line),
                None => {
                    if !out.ends_with('\n') {
                        out.push('\n');
                    }
                    out.push_str(&tag);
                    out.push('\n');
                    open = true;
                }
            }
        }
    }
    // Where this took for a document what is none, the text is as it was.
    if open && super::parse::is_whole(&text) { text } else { out }
}

/// The tags of the documents that follow a line, and whether leading tabs do not count.
fn tags(line: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let chars: Vec<char> = line.chars().collect();
    let (mut at, mut quote) = (0, None);
    while let Some(&c) = chars.get(at) {
        match (quote, c) {
            (Some('\''), c) if c != '\'' => {}
            (_, '\\') => at += 1,
            (Some(open), c) if c == open => quote = None,
            // A substitution inside of quotes has words of its own.
            (Some('"'), '$') if chars.get(at + 1) == Some(&'(') => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '#') if at == 0 || chars[at - 1].is_whitespace() => break,
            (None, '<') if chars[at..].starts_with(&['<', '<', '<']) => at += 2,
            (None, '<') if chars.get(at + 1) == Some(&'<') => {
                at += 2;
                let tabs = chars.get(at) == Some(&'-');
                at += usize::from(tabs);
                while chars.get(at).is_some_and(|c| *c == ' ' || *c == '\t') {
                    at += 1;
                }
                let ends = |c: &char| c.is_whitespace() || ";&|<>()".contains(*c);
                let word: String = chars[at..].iter().take_while(|c| !ends(c)).collect();
                at += word.chars().count();
                let tag = word.replace(['\'', '"', '\\'], "");
                // `1 << 2` is arithmetic.
                if tag.chars().next().is_some_and(|c| !c.is_ascii_digit()) {
                    found.push((tag, tabs));
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{LEFT_OUT, LONG, closed};

    #[test]
    fn documents_are_closed_and_cut() {
        let same =
            ["cat <<A\nx\nA\nls\n", "echo '<<A'\nls", "cat <<< a\nls", "ls # <<A\n", "x=$((1<<2))"];
        for text in same {
            assert_eq!(closed(text.to_owned()), text);
        }
        assert_eq!(closed("cat <<'A'\nx".to_owned()), "cat <<'A'\nx\nA\n");
        assert_eq!(closed("cat <<-A\n\tA\nls".to_owned()), "cat <<-A\n\tA\nls");
        let long = format!("cat <<A\n{}\nA\nls\n", "x".repeat(LONG + 1));
        assert_eq!(closed(long), format!("cat <<A\n{LEFT_OUT}\nA\nls\n"));
    }
}
