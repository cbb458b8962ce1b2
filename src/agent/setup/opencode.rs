//! OpenCode: a plugin, a file of our own.

use std::path::{Path, PathBuf};

use super::{Change, Kind, Refused};
use crate::agent::hook::OPENCODE_PLUGIN;

/// How the plugin calls the program where nothing is known of its place.
const CALL: &str = "spawnSync(\"safe-rm\", ";

pub(super) const NOTES: &[&str] = &["OpenCode reads its plugins when it starts"];

fn text(program: &Path) -> Option<String> {
    let program = serde_json::to_string(program.to_str()?).ok()?;
    Some(OPENCODE_PLUGIN.replace(CALL, &format!("spawnSync({program}, ")))
}

/// The program that a plugin of ours calls.
#[must_use]
pub fn program(plugin: &str) -> Option<PathBuf> {
    let (head, tail) = OPENCODE_PLUGIN.split_once(CALL)?;
    let middle = plugin.strip_prefix(head)?.strip_suffix(tail)?;
    let word = middle.strip_prefix("spawnSync(")?.strip_suffix(", ")?;
    serde_json::from_str::<String>(word).ok().map(PathBuf::from)
}

pub(super) fn add(program: &Path, old: Option<&str>) -> Result<Change, Refused> {
    let refused = |why: &str, by_hand| Refused { why: why.to_owned(), by_hand };
    let new = text(program).ok_or_else(|| refused("the program's path is no UTF-8", None))?;
    let kind = match old {
        None => Kind::Adds,
        Some(old) if old == new => Kind::Nothing,
        Some(old) if is_ours(old) => Kind::Replaces,
        Some(_) => {
            return Err(refused("there is another plugin of that name; move it away", None));
        }
    };
    Ok(Change { kind, new: Some(new) })
}

pub(super) fn remove(old: &str) -> Change {
    if is_ours(old) {
        Change { kind: Kind::Removes, new: None }
    } else {
        Change::nothing(Some(old))
    }
}

/// Also one that an older version has written.
fn is_ours(text: &str) -> bool {
    let first = OPENCODE_PLUGIN.lines().next().unwrap_or_default();
    program(text).is_some() || text.starts_with(first)
}
