//! The agents, and how they show. One line each: another one is a line more.
//!
//! Sources: the agents' own documentation and source of 2025 and 2026.

/// How an agent shows.
pub(super) struct Known {
    /// Its name.
    pub name: &'static str,
    /// Variables that it sets for the commands that it runs.
    pub variables: &'static [&'static str],
    /// What its program is called: the file, the first word of its command line, or the script that
    /// an interpreter runs.
    pub programs: &'static [&'static str],
}

const fn known(
    name: &'static str,
    variables: &'static [&'static str],
    programs: &'static [&'static str],
) -> Known {
    Known { name, variables, programs }
}

/// All of them.
pub(super) const AGENTS: &[Known] = &[
    known(
        "claude-code",
        &[
            "CLAUDECODE",
            "CLAUDE_CODE_CHILD_SESSION",
            "CLAUDE_CODE_SESSION_ID",
            "CLAUDE_CODE_ENTRYPOINT",
        ],
        &["claude", "claude-code"],
    ),
    known(
        "codex",
        &[
            "CODEX_THREAD_ID",
            "CODEX_SANDBOX",
            "CODEX_SANDBOX_NETWORK_DISABLED",
            "CODEX_CI",
            "CODEX_SESSION_ID",
        ],
        &["codex", "codex-cli"],
    ),
    known("gemini", &["GEMINI_CLI"], &["gemini", "gemini-cli"]),
    known("cursor", &["CURSOR_AGENT", "CURSOR_SANDBOX"], &["cursor-agent"]),
    known("opencode", &["OPENCODE", "OPENCODE_PID"], &["opencode"]),
    known(
        "copilot",
        &["COPILOT_CLI", "COPILOT_AGENT", "COPILOT_AGENT_SESSION_ID"],
        &["copilot", "copilot-cli"],
    ),
    known("qwen-code", &["QWEN_CODE"], &["qwen", "qwen-code"]),
    known("augment", &["AUGMENT_AGENT"], &["auggie"]),
    known("cline", &["CLINE_ACTIVE"], &["cline"]),
    known("roo-code", &["ROO_CODE_TASK_ID"], &[]),
    known("goose", &["GOOSE_TERMINAL"], &["goose", "goosed"]),
    known("amp", &["AMP_CURRENT_THREAD_ID"], &["amp"]),
    known("crush", &["CRUSH"], &["crush"]),
    known("kilo", &["KILO"], &["kilo", "kilocode"]),
    known("aider", &[], &["aider"]),
    known("droid", &[], &["droid"]),
    known("antigravity", &["ANTIGRAVITY_AGENT"], &["antigravity"]),
    known("pi", &["PI_CODING_AGENT"], &[]),
    known("trae", &["TRAE_AI_SHELL_ID"], &[]),
    known("an agent", &["AI_AGENT", "AGENT"], &[]),
];

/// A variable that says so by its value.
pub(super) const VALUES: &[(&str, &str, &str)] =
    &[("cursor", "CURSOR_EXTENSION_HOST_ROLE", "agent-exec")];

/// A file that says on which machine an agent lives.
pub(super) const FILES: &[(&str, &str)] = &[("devin", "/opt/.devin")];

/// Programs that run a script: its name counts as well.
pub(super) const INTERPRETERS: &[&str] = &[
    "node", "nodejs", "bun", "deno", "python", "pypy", "ruby", "perl", "sh", "bash", "dash", "zsh",
    "fish", "npx", "uv", "uvx", "pipx", "tsx", "electron",
];
