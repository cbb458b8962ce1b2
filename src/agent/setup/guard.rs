//! The alias by which an agent is started in the guard, in the start-up file of a person's shell.

use std::path::{Path, PathBuf};

use super::section::Marks;
use super::{Change, Refused};
use crate::agent::hook::Agent;

/// A shell, by the file that it reads when it starts at a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartUp {
    /// `~/.bashrc`
    Bash,
    /// `.zshrc` in `ZDOTDIR`, or in the home.
    Zsh,
    /// `fish/config.fish` in `XDG_CONFIG_HOME`, or in `~/.config`.
    Fish,
}

/// All of them.
pub const START_UPS: [StartUp; 3] = [StartUp::Bash, StartUp::Zsh, StartUp::Fish];

impl StartUp {
    /// The shell of a program; none where its language is not spoken.
    #[must_use]
    pub fn of(program: &Path) -> Option<Self> {
        match program.file_name()?.to_str()? {
            "bash" => Some(Self::Bash),
            "zsh" => Some(Self::Zsh),
            "fish" => Some(Self::Fish),
            _ => None,
        }
    }

    /// Its start-up file; `moved` gives the folders that variables name.
    #[must_use]
    pub fn file(self, home: &Path, moved: &dyn Fn(&str) -> Option<PathBuf>) -> PathBuf {
        match self {
            Self::Bash => home.join(".bashrc"),
            Self::Zsh => moved("ZDOTDIR").unwrap_or_else(|| home.to_path_buf()).join(".zshrc"),
            Self::Fish => moved("XDG_CONFIG_HOME")
                .unwrap_or_else(|| home.join(".config"))
                .join("fish/config.fish"),
        }
    }
}

/// What is said beside the alias, whatever the agent.
pub const NOTES: &[&str] = &[
    "an alias is for shells at a terminal: what an editor or a script starts is not in the guard",
    "a shell that runs reads it when it is started again",
    "`safe-rm guard --check` shows what is protected here, and what breaks",
];

/// The command by which an agent is started.
#[must_use]
pub fn command(agent: Agent) -> &'static str {
    match agent {
        Agent::ClaudeCode => "claude",
        Agent::Codex => "codex",
        Agent::Gemini => "gemini",
        Agent::Copilot => "copilot",
        Agent::Cursor => "cursor-agent",
        Agent::OpenCode => "opencode",
    }
}

fn with_marks<T>(agent: Agent, make: impl FnOnce(&Marks<'_>) -> T) -> T {
    let mark = |word: &str| format!("# safe-rm: guard for {}, {word}", agent.name());
    let (begin, end) = (mark("begin"), mark("end"));
    make(&Marks { begin: &begin, end: &end })
}

/// The start-up file with these lines, which make the alias.
///
/// # Errors
/// Where the command has another alias already: which of them counts is a person's choice.
pub fn guard(agent: Agent, lines: &str, old: Option<&str>) -> Result<Change, Refused> {
    with_marks(agent, |marks| {
        let text = old.unwrap_or_default();
        let ours = marks.found(text)?;
        let theirs = || {
            let outside = |at: usize| ours.as_ref().is_none_or(|ours| !ours.contains(&at));
            defining(text, command(agent)).filter(move |(at, _)| outside(*at))
        };
        if let Some((_, line)) = theirs().find(|(_, line)| !starts_guard(line)) {
            return Err(Refused {
                why: format!("`{}` has a meaning there already: {}", command(agent), line.trim()),
                by_hand: Some(lines.to_owned()),
            });
        }
        if ours.is_none() && theirs().next().is_some() {
            return Ok(Change::nothing(old));
        }
        marks.add(lines, old)
    })
}

/// The start-up file without it.
///
/// # Errors
/// Where the marks do not stand as they were written.
pub fn unguard(agent: Agent, old: Option<&str>) -> Result<Change, Refused> {
    let Some(text) = old else { return Ok(Change::nothing(None)) };
    with_marks(agent, |marks| marks.remove(text))
}

/// The line of a start-up file that starts this agent in the guard: of several meanings the last counts.
#[must_use]
pub fn guarding(agent: Agent, text: &str) -> Option<&str> {
    let last = defining(text, command(agent)).last();
    last.map(|(_, line)| line).filter(|line| starts_guard(line))
}

fn starts_guard(line: &str) -> bool {
    line.contains("safe-rm") && line.contains(" guard")
}

/// The lines that give a command another meaning, each with its place. A shell would know more; this is
/// as much as people write.
fn defining<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let mut at = 0;
    let placed = text.split_inclusive('\n').map(move |line| {
        at += line.len();
        (at - line.len(), line)
    });
    placed.filter(move |(_, line)| is_alias(line, name) || is_function(line, name))
}

fn is_alias(line: &str, name: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix("alias ") else { return false };
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("-- ").unwrap_or(rest).trim_start();
    rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(['=', ' ']))
}

fn is_function(line: &str, name: &str) -> bool {
    let words = line.trim();
    let told = words.strip_prefix("function ").map(str::trim_start);
    let Some(rest) = told.unwrap_or(words).strip_prefix(name) else { return false };
    let ends = rest.is_empty() || rest.starts_with([' ', '{', ';']);
    rest.trim_start().starts_with("()") || (told.is_some() && ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "alias claude='safe-rm guard -- claude'\n";

    #[test]
    fn an_alias_is_put_in_once_and_taken_back_to_the_byte() {
        for old in [None, Some(""), Some("x=1"), Some("x=1\n"), Some("\r\na\r\n"), Some("\n\n")] {
            let made = guard(Agent::ClaudeCode, LINES, old).unwrap().new.unwrap();
            assert!(
                guarding(Agent::ClaudeCode, &made).is_some()
                    && guarding(Agent::Codex, &made).is_none()
            );
            let again = guard(Agent::ClaudeCode, LINES, Some(&made)).unwrap();
            assert_eq!(again, Change::nothing(Some(&made)));
            let both = guard(Agent::Codex, "alias codex=x\n", Some(&made)).unwrap().new.unwrap();
            let one = unguard(Agent::ClaudeCode, Some(&both)).unwrap().new.unwrap();
            let none = unguard(Agent::Codex, Some(&one)).unwrap().new;
            assert_eq!(none.as_deref().unwrap_or_default(), old.unwrap_or_default());
        }
    }

    #[test]
    fn what_a_person_has_made_of_the_command_stays() {
        for theirs in [
            "alias claude='claude --verbose'\n",
            "  alias claude=c\n",
            "alias -- claude=c\n",
            "alias claude c\n",
            "claude() { command claude -p \"$@\"; }\n",
            "claude () {\n",
            "function claude\n",
            "function claude {\n",
        ] {
            let refused = guard(Agent::ClaudeCode, LINES, Some(theirs)).unwrap_err();
            assert!(refused.why.contains(theirs.trim()), "{refused:?}");
            assert_eq!(refused.by_hand.as_deref(), Some(LINES));
        }
        for other in [
            "# alias claude=x\n",
            "alias claudette=x\n",
            "claude --version\n",
            "export PATH=$PATH:/opt/claude\n",
            "function claude-old\n",
        ] {
            assert!(guard(Agent::ClaudeCode, LINES, Some(other)).is_ok(), "{other}");
        }
        let own = "alias claude='safe-rm guard --protect ~/m -- claude'\n";
        let kept = guard(Agent::ClaudeCode, LINES, Some(own)).unwrap();
        assert!(
            kept == Change::nothing(Some(own)) && guarding(Agent::ClaudeCode, own) == Some(own)
        );
    }
}
