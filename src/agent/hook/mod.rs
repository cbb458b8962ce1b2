//! Hooks of coding agents: one call of a tool, judged before it runs. What cannot be read, or fails
//! here, is denied: a hook that lets through what it does not understand protects nobody.

mod claude_code;
mod codex;
mod copilot;
mod cursor;
mod gemini;
mod opencode;
mod tool;

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::judge::{self, Denial, Effect, Why};
use crate::look::Eyes;

/// Longer calls are denied.
pub const LONGEST: u64 = 8 << 20;

/// The plugin that carries OpenCode's calls here.
pub const OPENCODE_PLUGIN: &str = include_str!("opencode.js");

/// An agent, by its dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// Claude Code.
    ClaudeCode,
    /// Codex CLI.
    Codex,
    /// Gemini CLI.
    Gemini,
    /// Copilot CLI.
    Copilot,
    /// Cursor.
    Cursor,
    /// OpenCode, by its plugin.
    OpenCode,
}

/// All of them.
pub const ALL: [Agent; 6] = [
    Agent::ClaudeCode,
    Agent::Codex,
    Agent::Gemini,
    Agent::Copilot,
    Agent::Cursor,
    Agent::OpenCode,
];

impl Agent {
    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ClaudeCode => "claude-code",
            Self::Codex => "codex",
            Self::Gemini => "gemini",
            Self::Copilot => "copilot",
            Self::Cursor => "cursor",
            Self::OpenCode => "opencode",
        }
    }

    /// By the name on the command line.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|agent| agent.name() == name)
    }
}

/// What a tool would do.
#[derive(Debug)]
pub(in crate::agent) enum Act {
    /// It runs this in a shell.
    Shell(String),
    /// It writes these files.
    Write(Vec<(String, Effect)>),
    /// It changes nothing.
    Nothing,
}

/// A call of a tool.
#[derive(Debug)]
pub(in crate::agent) struct Tool {
    act: Act,
    cwd: Option<PathBuf>,
}

/// What is written to the agent, and with which code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// On standard output.
    pub out: String,
    /// On standard error.
    pub err: String,
    /// The exit code.
    pub code: u8,
}

impl Answer {
    fn json(value: &Value) -> Self {
        Self { out: value.to_string(), ..Self::default() }
    }
}

/// Judges one call, as its agent wrote it.
#[must_use]
pub fn judge(agent: Agent, input: &[u8], eyes: &Eyes<'_>) -> Option<Denial> {
    let failure = |why| Some(Denial { why: Why::Failure(why), program: "the hook".to_owned() });
    if input.len() as u64 > LONGEST {
        return failure("the call is too long to be judged");
    }
    let Ok(value) = serde_json::from_slice::<Value>(input) else {
        return failure("the call is no JSON");
    };
    let tool = match agent {
        Agent::ClaudeCode => claude_code::tool(&value),
        Agent::Codex => codex::tool(&value),
        Agent::Gemini => gemini::tool(&value),
        Agent::Copilot => copilot::tool(&value),
        Agent::Cursor => cursor::tool(&value),
        Agent::OpenCode => opencode::tool(&value),
    };
    let Some(tool) = tool else {
        return failure("the call has not the shape that this agent's calls have");
    };
    let here = eyes.surroundings.cwd.clone().unwrap_or_else(|| PathBuf::from("/"));
    let cwd = tool.cwd.filter(|cwd| cwd.is_absolute()).unwrap_or(here);
    act(&tool.act, &cwd, eyes)
}

fn act(act: &Act, cwd: &Path, eyes: &Eyes<'_>) -> Option<Denial> {
    match act {
        Act::Shell(text) => judge::command(text, cwd, eyes),
        Act::Write(files) => {
            files.iter().find_map(|(path, effect)| judge::file(path, cwd, *effect, eyes))
        }
        Act::Nothing => None,
    }
}

/// Says it in the agent's own dialect: nothing where the call may go on.
#[must_use]
pub fn answer(agent: Agent, denied: Option<&str>) -> Answer {
    match agent {
        Agent::ClaudeCode => claude_code::answer(denied),
        Agent::Codex => codex::answer(denied),
        Agent::Gemini => gemini::answer(denied),
        Agent::Copilot => copilot::answer(denied),
        Agent::Cursor => cursor::answer(denied),
        Agent::OpenCode => opencode::answer(denied),
    }
}
