//! Where each agent looks for its hooks.

use std::path::{Path, PathBuf};

use super::Target;
use crate::agent::hook::Agent;

/// Whose settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The user's own, for all that this agent does.
    User,
    /// The repository's.
    Project,
}

/// The folders that the places are relative to.
pub struct Places<'a> {
    /// The user's home.
    pub home: &'a Path,
    /// The top of the repository, or the working directory.
    pub project: &'a Path,
    /// A folder that a variable names, by which agents let theirs be moved.
    pub moved: &'a dyn Fn(&str) -> Option<PathBuf>,
}

/// The file that is changed; for AGENTS.md always the project's.
#[must_use]
pub fn file(target: Target, scope: Scope, places: &Places<'_>) -> PathBuf {
    let Target::Hook(agent) = target else { return places.project.join("AGENTS.md") };
    if scope == Scope::Project {
        return places.project.join(match agent {
            Agent::ClaudeCode => ".claude/settings.json",
            Agent::Codex => ".codex/hooks.json",
            Agent::Gemini => ".gemini/settings.json",
            Agent::Copilot => ".github/hooks/safe-rm.json",
            Agent::Cursor => ".cursor/hooks.json",
            Agent::OpenCode => ".opencode/plugins/safe-rm.js",
        });
    }
    let own = |variable: &str, usual: &str| {
        (places.moved)(variable).unwrap_or_else(|| places.home.join(usual))
    };
    match agent {
        Agent::ClaudeCode => own("CLAUDE_CONFIG_DIR", ".claude").join("settings.json"),
        Agent::Codex => own("CODEX_HOME", ".codex").join("hooks.json"),
        Agent::Gemini => places.home.join(".gemini/settings.json"),
        Agent::Copilot => own("COPILOT_HOME", ".copilot").join("hooks/safe-rm.json"),
        Agent::Cursor => places.home.join(".cursor/hooks.json"),
        Agent::OpenCode => own("XDG_CONFIG_HOME", ".config").join("opencode/plugins/safe-rm.js"),
    }
}
