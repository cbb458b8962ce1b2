//! Small texts from files: cut where they are long, and the few lines of YAML that are looked for.
//!
//! YAML is read by lines, never parsed: anchors and aliases of a hostile file then do nothing. Only
//! `key: value` and lists of plain texts are understood, which is what the writers write.

use crate::look::read;

/// A text that says something, cut.
#[must_use]
pub(super) fn useful(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| read::short(text))
}

fn plain(value: &str) -> Option<&str> {
    let value = value.trim();
    let value = value.split(" #").next().unwrap_or(value).trim();
    let value = value.strip_prefix(['\'', '"']).unwrap_or(value);
    let value = value.strip_suffix(['\'', '"']).unwrap_or(value);
    (!value.is_empty() && !["null", "~", "|", ">", "[]", "{}"].contains(&value)).then_some(value)
}

/// The value of a key that stands at the start of a line.
#[must_use]
pub(super) fn yaml(text: &str, key: &str) -> Option<String> {
    let value = |line: &str| {
        let rest = line.strip_prefix(key)?.strip_prefix(':')?;
        useful(plain(rest)?)
    };
    text.lines().find_map(value)
}

/// The value of a key wherever it stands: `model:` of a list's items, all of them.
#[must_use]
pub(super) fn yaml_all(text: &str, key: &str) -> Vec<String> {
    let value = |line: &str| {
        let line = line.trim_start().trim_start_matches("- ");
        useful(plain(line.strip_prefix(key)?.strip_prefix(':')?)?)
    };
    text.lines().filter_map(value).take(64).collect()
}

/// A text or the items of a list: `base_model: x`, or `base_model:` and lines `- x`.
#[must_use]
pub(super) fn yaml_list(text: &str, key: &str) -> Vec<String> {
    if let Some(one) = yaml(text, key) {
        let items = one.trim_start_matches('[').trim_end_matches(']').split(',');
        return items.filter_map(|i| useful(plain(i)?)).collect();
    }
    let head = |line: &&str| line.strip_prefix(key).is_some_and(|rest| rest.trim() == ":");
    let items = text.lines().skip_while(|line| !head(line)).skip(1);
    let items = items.map_while(|line| line.trim_start().strip_prefix("- "));
    items.filter_map(|item| useful(plain(item)?)).take(64).collect()
}

/// The YAML at the front of a model card.
#[must_use]
pub(super) fn front_matter(card: &str) -> Option<&str> {
    let rest = card.strip_prefix('\u{feff}').unwrap_or(card).strip_prefix("---")?;
    Some(&rest[..rest.find("\n---")?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_yaml_are_found_and_nothing_is_expanded() {
        let card = "---\nbase_model:\n- a/b\n- /data/c\ntags: [x, 'y']\nname: \"q\" # why\nnil: null\n---\nbody: z";
        let yaml_text = front_matter(card).unwrap_or_default();
        assert_eq!(yaml_list(yaml_text, "base_model"), ["a/b", "/data/c"]);
        assert_eq!(yaml_list(yaml_text, "tags"), ["x", "y"]);
        assert_eq!(yaml(yaml_text, "name").as_deref(), Some("q"));
        assert_eq!(yaml(yaml_text, "nil"), None);
        assert_eq!(yaml(yaml_text, "body"), None);
        assert_eq!(yaml_all("models:\n  - model: a\n  - model: b\n", "model"), ["a", "b"]);
    }
}
