//! What the administrator's settings of Claude Code keep from being fired. They come before all others, and
//! are one file and a folder of more: of a key the last file that has it decides.

use std::path::{Path, PathBuf};

use super::Check;
use crate::agent::hook::Agent;
use crate::agent::setup;
use crate::look;

/// The first file.
const MANAGED: &str = "/etc/claude-code/managed-settings.json";
/// Where more of them lie, read in the order of their names; hidden ones are none.
const MORE: &str = "/etc/claude-code/managed-settings.d";
/// Of so many in the folder.
const MANY: usize = 200;

pub(super) fn checks(id: &str) -> Vec<Check> {
    let (mut checks, mut read): (Vec<Check>, Vec<(PathBuf, String)>) = Default::default();
    for path in std::iter::once(PathBuf::from(MANAGED)).chain(more()) {
        let text = match look::settings(&path) {
            Ok(settings) => settings.text,
            Err(error) => {
                checks.push(Check::doubtful(id, format!("claude-code: {error:#}")));
                continue;
            }
        };
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { continue };
        match setup::fired(Agent::ClaudeCode, &text) {
            Ok(_) => read.push((path, text)),
            Err(why) => {
                let text = format!("claude-code: {} cannot be used: {why}", path.display());
                checks.push(Check::doubtful(id, text).hint("let the administrator mend it"));
            }
        }
    }
    let texts: Vec<&str> = read.iter().map(|(_, text)| text.as_str()).collect();
    if let Some((key, at)) = setup::off(Agent::ClaudeCode, &texts) {
        let shown = read[at].0.display();
        let text = format!("claude-code: `{key}` in {shown} switches the hooks of users off");
        let hint = "let the administrator put the hook into that file";
        checks.push(Check::broken(id, text).hint(hint));
    }
    checks
}

fn more() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(Path::new(MORE)).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
    names.retain(|name| {
        let bytes = name.as_encoded_bytes();
        !bytes.starts_with(b".") && bytes.ends_with(b".json")
    });
    names.sort();
    names.truncate(MANY);
    names.into_iter().map(|name| Path::new(MORE).join(name)).collect()
}
