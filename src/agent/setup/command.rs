//! The command line that an agent runs, and how one of ours is known again: by what it calls, not by
//! where that lies.

use std::path::{Path, PathBuf};

use crate::agent::hook::Agent;

/// The line for a shell, the program by its path: what PATH says does not matter.
#[must_use]
pub fn line(program: &Path, agent: Agent) -> Option<String> {
    Some(format!("{} hook {}", quoted(program.to_str()?), agent.name()))
}

/// A word as sh(1) reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._+-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The program that a line calls, if it calls safe-rm's hook for this agent and nothing else: only what
/// [`line()`] itself would write is read, so that no shell has anything to say about it.
#[must_use]
pub fn program_in(line: &str, agent: Agent) -> Option<PathBuf> {
    let word = line.strip_suffix(agent.name())?.strip_suffix(" hook ")?;
    let program = match word.strip_prefix('\'').and_then(|w| w.strip_suffix('\'')) {
        Some(inner) => inner.replace("'\\''", "'"),
        None => word.to_owned(),
    };
    let path = PathBuf::from(&program);
    let name = path.file_name()?.to_str()?;
    (quoted(&program) == word && name.starts_with("safe-rm")).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_known_again_wherever_the_program_lies() {
        for program in ["/usr/bin/safe-rm", "/opt/it's $(here)/safe-rm", "/a b/safe-rm-models"] {
            let line = line(Path::new(program), Agent::Codex).unwrap();
            assert_eq!(
                program_in(&line, Agent::Codex).as_deref(),
                Some(Path::new(program)),
                "{line}"
            );
            assert_eq!(program_in(&line, Agent::Gemini), None);
        }
        assert_eq!(program_in("safe-rm hook codex", Agent::Codex), Some("safe-rm".into()));
        for other in [
            "true",
            "hook codex",
            "/bin/true hook codex",
            "safe-rm plan codex",
            "true; safe-rm hook codex",
            "safe-rm hook codex || true",
            "x | safe-rm hook codex",
            "'a' 'b/safe-rm' hook codex",
            "/x /../a/safe-rm hook codex",
            "touch /tmp/x /safe-rm hook codex",
            "sh -c 'touch x' /safe-rm hook codex",
            "LD_PRELOAD=/x /a/safe-rm hook codex",
            "exec /a/safe-rm hook codex",
            "~/safe-rm hook codex",
            "~root/safe-rm hook codex",
            "/a/*/safe-rm hook codex",
            "/a/?/safe-rm hook codex",
            "/a/[b]/safe-rm hook codex",
            "/{a,b}/safe-rm hook codex",
            "!/safe-rm hook codex",
            "a=/safe-rm hook codex",
            "#/safe-rm hook codex",
            "\\/safe-rm hook codex",
            "\"/a/safe-rm\" hook codex",
            "'/a/safe-rm' hook codex",
            "'/a b/safe-rm'' hook codex",
            "'/a'b'/safe-rm' hook codex",
            "/a/safe-rm  hook codex",
            "/a/safe-rm hook codex ",
            "/a/safe-rm hook codex\n",
            "/a/safe-rm\thook codex",
            "/a/safe-rm\n hook codex",
        ] {
            assert_eq!(program_in(other, Agent::Codex), None, "{other}");
        }
    }
}
