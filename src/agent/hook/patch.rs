//! The files that a patch in the form of `apply_patch` names.

use super::super::judge::Effect;

const BEGIN: &str = "*** Begin Patch";

/// Each with what is done to it.
pub(super) fn files(text: &str) -> Vec<(String, Effect)> {
    let heads = [
        ("*** Update File: ", Effect::Overwrite),
        ("*** Add File: ", Effect::Overwrite),
        ("*** Delete File: ", Effect::Remove { recursive: true }),
        ("*** Move to: ", Effect::Overwrite),
    ];
    let mut found: Vec<(String, Effect)> = Vec::new();
    for line in text.lines() {
        let head =
            heads.iter().find_map(|(head, effect)| Some((line.strip_prefix(head)?, *effect)));
        let Some((path, effect)) = head else { continue };
        if line.starts_with("*** Move to: ")
            && let Some(last) = found.last_mut()
        {
            last.1 = Effect::Move;
        }
        found.push((path.trim().to_owned(), effect));
    }
    found
}

/// The patch in a command that does nothing but apply it.
pub(super) fn heredoc(command: &str) -> Option<&str> {
    let text = command.trim_start_matches('\'').trim_start();
    let applies = text.starts_with("apply_patch") && !command.contains(['|', '`']);
    let begin = command.find(BEGIN)?;
    let end = command.find("*** End Patch")?;
    // What comes after it is a command like others.
    let rest = command[end..].lines().skip(2).any(|line| !line.trim().is_empty());
    (applies && begin < end && !rest).then(|| &command[begin..end])
}
