//! What a repository ignores, by the patterns in `.gitignore` files on the way down.

use crate::agent::judge::glob;

/// A line of patterns.
#[derive(Debug)]
struct Rule {
    /// `!`: it is not ignored after all.
    again: bool,
    /// Only folders.
    folders: bool,
    /// Names from the folder of the file on, or a name anywhere below.
    parts: Vec<String>,
    anchored: bool,
}

/// The patterns of one file.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Rule>);

impl Rules {
    /// Of its text.
    pub(super) fn of(text: &str) -> Self {
        Self(text.lines().filter_map(rule).collect())
    }

    /// What the last pattern says that fits, of a path relative to the file's folder.
    pub(super) fn say(&self, relative: &str, folder: bool) -> Option<bool> {
        let names: Vec<&str> = relative.split('/').collect();
        let fits = |rule: &&Rule| {
            (folder || !rule.folders)
                && if rule.anchored {
                    parts_fit(&rule.parts, &names)
                } else {
                    let name = names.last().copied().unwrap_or("");
                    rule.parts.first().is_some_and(|part| glob::is_like(part, name))
                }
        };
        self.0.iter().rev().find(fits).map(|rule| !rule.again)
    }
}

fn rule(line: &str) -> Option<Rule> {
    let line = line.trim_end_matches('\r');
    let line = if line.ends_with("\\ ") { line } else { line.trim_end() };
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (again, pattern) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
    let folders = pattern.ends_with('/');
    let pattern = pattern.trim_end_matches('/');
    let anchored = pattern.contains('/');
    let pattern = pattern.strip_prefix('/').unwrap_or(pattern).replace('\\', "");
    let parts = pattern.split('/').map(str::to_owned).collect();
    (!pattern.is_empty()).then_some(Rule { again, folders, parts, anchored })
}

/// Names by names; `**` is any number of them, but something has to lie in a folder.
fn parts_fit(parts: &[String], names: &[&str]) -> bool {
    match parts.split_first() {
        None => names.is_empty(),
        Some((first, rest)) if first == "**" => {
            if rest.is_empty() {
                return !names.is_empty();
            }
            (0..=names.len()).any(|skip| parts_fit(rest, &names[skip..]))
        }
        Some((first, rest)) => names
            .split_first()
            .is_some_and(|(name, names)| glob::is_like(first, name) && parts_fit(rest, names)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pattern_that_fits_counts() {
        let rules = Rules::of("# x\n*.o\n/models/\nkeep/**\n!keep/a.o\na/**/b\n*\\ \n");
        let say = |path, folder| rules.say(path, folder);
        assert_eq!(say("x/y.o", false), Some(true));
        assert_eq!(say("models", true), Some(true));
        assert_eq!(say("models", false), None);
        assert_eq!(say("x/models", true), None);
        assert_eq!(say("keep/a.o", false), Some(false));
        assert_eq!(say("keep/b", false), Some(true));
        assert_eq!(say("keep", true), None);
        assert_eq!(say("a/b", false), Some(true));
        assert_eq!(say("a/x/y/b", false), Some(true));
        assert_eq!(say("a/x/y/c", false), None);
    }
}
