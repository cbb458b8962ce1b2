//! JSON as people write it in settings, with comments and trailing commas: each value with the place where
//! it stands, so that a text can be changed there and nowhere else.

use std::collections::HashSet;
use std::ops::Range;

use serde_json::{Map, Value};

/// Nothing in settings is nested deeper.
const DEPTH: usize = 64;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) place: Range<usize>,
    pub(super) what: What,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Object(Vec<Child>),
    Array(Vec<Child>),
    Scalar(Value),
}

/// A value in another one.
#[derive(Clone, Debug)]
pub(super) struct Child {
    /// Its key, in an object.
    pub(super) key: String,
    /// From the key to the end of the value.
    pub(super) place: Range<usize>,
    pub(super) node: Node,
    /// Where the comma behind it stands, if there is one.
    pub(super) comma: Option<usize>,
}

impl Node {
    pub(super) fn children(&self) -> &[Child] {
        match &self.what {
            What::Object(children) | What::Array(children) => children,
            What::Scalar(_) => &[],
        }
    }

    pub(super) fn is_object(&self) -> bool {
        matches!(self.what, What::Object(_))
    }

    pub(super) fn is_array(&self) -> bool {
        matches!(self.what, What::Array(_))
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        match &self.what {
            What::Object(children) => children.iter().find(|c| c.key == key).map(|c| &c.node),
            _ => None,
        }
    }

    pub(super) fn value(&self) -> Value {
        match &self.what {
            What::Object(children) => {
                let members = children.iter().map(|c| (c.key.clone(), c.node.value()));
                Value::Object(members.collect::<Map<_, _>>())
            }
            What::Array(children) => children.iter().map(|c| c.node.value()).collect(),
            What::Scalar(value) => value.clone(),
        }
    }
}

/// Reads a text.
///
/// # Errors
/// Says in which line it is no JSON.
pub(super) fn parse(text: &str) -> Result<Node, String> {
    if text.starts_with('\u{feff}') {
        return Err(
            "it is no JSON: it begins with a byte order mark (BOM), which must go".to_owned()
        );
    }
    let mut reader = Reader { text, at: 0 };
    let read = reader.blanks().and_then(|()| reader.node(0)).and_then(|node| {
        reader.blanks()?;
        if reader.at == text.len() { Ok(node) } else { Err("something follows its end") }
    });
    read.map_err(|why| {
        let before = text[..reader.at.min(text.len())].replace("\r\n", "\n");
        let line = before.matches(['\n', '\r']).count() + 1;
        format!("it is no JSON: line {line}: {why}")
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

type Read<T> = Result<T, &'static str>;

impl Reader<'_> {
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let there = self.next() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// Passes over blanks and comments.
    fn blanks(&mut self) -> Read<()> {
        loop {
            let rest = &self.text[self.at..];
            let length = if rest.starts_with([' ', '\t', '\n', '\r']) {
                1
            } else if rest.starts_with("//") {
                let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
                // For some readers these end the line, and what follows is no comment to them.
                let ends = ['\r', '\u{2028}', '\u{2029}'];
                if line.strip_suffix('\r').unwrap_or(line).contains(ends) {
                    return Err(
                        "a comment has a line end in it that not all programs take for one",
                    );
                }
                line.len()
            } else if rest.starts_with("/*") {
                rest.find("*/").ok_or("a comment has no end")? + 2
            } else {
                return Ok(());
            };
            self.at += length;
        }
    }

    fn node(&mut self, depth: usize) -> Read<Node> {
        let start = self.at;
        if depth > DEPTH {
            return Err("it is nested too deeply");
        }
        let what = match self.next() {
            Some(b'{') => What::Object(self.children(b'}', depth)?),
            Some(b'[') => What::Array(self.children(b']', depth)?),
            Some(b'"') => What::Scalar(Value::String(self.string()?)),
            Some(_) => What::Scalar(self.word()?),
            None => return Err("it ends too early"),
        };
        Ok(Node { place: start..self.at, what })
    }

    fn children(&mut self, close: u8, depth: usize) -> Read<Vec<Child>> {
        self.at += 1;
        let mut children: Vec<Child> = Vec::new();
        let mut keys: HashSet<String> = HashSet::new();
        loop {
            self.blanks()?;
            if self.takes(close) {
                return Ok(children);
            }
            if children.last().is_some_and(|last| last.comma.is_none()) {
                return Err("a comma or the end is missing");
            }
            let start = self.at;
            let mut key = String::new();
            if close == b'}' {
                key = self.string()?;
                if !keys.insert(key.clone()) {
                    return Err("a key stands there twice");
                }
                self.blanks()?;
                if !self.takes(b':') {
                    return Err("a colon is missing");
                }
                self.blanks()?;
            }
            let node = self.node(depth + 1)?;
            let place = start..node.place.end;
            self.blanks()?;
            let comma = (self.next() == Some(b',')).then_some(self.at);
            self.at += usize::from(comma.is_some());
            children.push(Child { key, place, node, comma });
        }
    }

    fn string(&mut self) -> Read<String> {
        let bytes = self.text.as_bytes();
        if self.next() != Some(b'"') {
            return Err("a text in double quotes is missing");
        }
        let mut end = self.at + 1;
        while bytes.get(end).is_some_and(|b| *b != b'"') {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let word = self.text.get(self.at..=end).ok_or("a text has no end")?;
        let read = serde_json::from_str(word).map_err(|_| "a text is none");
        self.at += word.len();
        read
    }

    fn word(&mut self) -> Read<Value> {
        let rest = &self.text[self.at..];
        let plain = |c: char| c.is_ascii_alphanumeric() || "+-._".contains(c);
        let word = &rest[..rest.find(|c| !plain(c)).unwrap_or(rest.len())];
        let read = serde_json::from_str(word).map_err(|_| "a value is none")?;
        self.at += word.len();
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What one reader takes for a comment another one reads: neither is guessed at.
    #[test]
    fn a_comment_ends_where_all_programs_see_it_end() {
        for end in ["\r", "\u{2028}", "\u{2029}"] {
            let text = format!("{{\n// a{end}\"disableAllHooks\": true\n}}");
            let why = parse(&text).unwrap_err();
            assert!(why.contains("line 2: a comment"), "{why}");
        }
        assert!(parse("{// a\r\n\"b\": 1 // c\r\n}\r\n// d").is_ok());
        assert!(parse("// the file ends in one\n{}// d\r").is_ok());
        // Between values it is a blank to all of them, and a line to count.
        assert_eq!(parse("{\r\"a\": 1\r}").unwrap().value()["a"], 1);
        assert!(parse("{\r\n\"a\": 1\r\rx}").unwrap_err().contains("line 4"));
    }

    #[test]
    fn comments_and_trailing_commas_are_read_and_the_rest_is_refused() {
        let text = "// a\n{\"a\": [1, /* , */ 2,], \"b\\n\": {\"c\": \"//\"},}\n// z";
        let value = serde_json::json!({"a": [1, 2], "b\n": {"c": "//"}});
        assert_eq!(parse(text).unwrap().value(), value);
        for bad in [
            "",
            "{",
            "{\"a\" 1}",
            "{\"a\":1 \"b\":2}",
            "[1 2]",
            "{,}",
            "[,]",
            "{a:1}",
            "{\"a\":1,\"a\":2}",
            "\"",
            "\"\\",
            "tru",
            "{} x",
            "/*",
            "{\"a\":'b'}",
            "01",
            "[\"é\\",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
