//! Whatever a command is made of, the hook answers, in time and without a defect.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use safe_rm::agent::hook::{self, Agent};
use safe_rm::agent::judge;
use safe_rm::look::{Eyes, Progress};
use safe_rm::sys::{clock, env};

/// Longer than the longest look, on a machine that does other things as well.
const LONGEST: Duration = Duration::from_secs(4);

const PIECES: &[&str] = &[
    "rm",
    "-rf",
    "models/qwen",
    "\"$X\"",
    "$(",
    ")",
    "`",
    "'",
    "\"",
    "{a,b}",
    "{1..9}",
    "|",
    "||",
    "&&",
    ";",
    "&",
    "\n",
    "<<EOF",
    "EOF",
    "<<<",
    ">",
    ">>",
    "&>",
    "<(",
    "((",
    "))",
    "[[",
    "]]",
    "if",
    "then",
    "fi",
    "for",
    "x",
    "in",
    "do",
    "done",
    "case",
    "esac",
    "while",
    "f()",
    "{",
    "}",
    "!",
    "*",
    "?",
    "[a-",
    "${X:-",
    "${X%/}",
    "$'\\x41'",
    "find",
    ".",
    "-name",
    "-exec",
    "{}",
    "\\;",
    "xargs",
    "-I{}",
    "sh",
    "-c",
    "eval",
    "python3",
    "-c",
    "'import os; os.remove(",
    "git",
    "clean",
    "-fdx",
    "cd",
    "..",
    "tar",
    "xf",
    "sudo",
    "env",
    "A=b",
    "A=(",
    "\\",
    "#",
    "~",
    "$1",
    "$@",
    "docker",
    "run",
    "-v",
    ".:/m",
    "tmux",
    "send-keys",
    "safe-rm",
    "echo",
    "DELETE",
    "\u{e9}",
    "\u{202e}",
    "\0",
    "perl",
    "-e",
    "awk",
    "function",
    "select",
    "coproc",
    "read",
    "set",
    "--",
    "source",
    "/dev/fd/<()",
    "dd",
    "of=",
    "mv",
    "cp",
    "ln",
    "-sf",
];

fn judged(text: &str, folder: &Path) -> Duration {
    let surroundings = env::surroundings();
    let clock = clock::read(None);
    let progress = Progress::default();
    let (protect, roots) = (Vec::new(), Vec::new());
    let eyes = Eyes {
        surroundings: &surroundings,
        clock: &clock,
        protect: &protect,
        roots: &roots,
        progress: &progress,
    };
    let start = Instant::now();
    let _ = judge::command(text, folder, &eyes);
    let call =
        serde_json::json!({"tool_name": "Bash", "tool_input": {"command": text}, "cwd": folder});
    let _ = hook::judge(Agent::ClaudeCode, call.to_string().as_bytes(), &eyes);
    start.elapsed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn pieces_of_commands(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        let folder = tempfile::tempdir().unwrap();
        let spaced = judged(&pieces.join(" "), folder.path());
        let close = judged(&pieces.concat(), folder.path());
        prop_assert!(spaced < LONGEST && close < LONGEST, "{spaced:?} {close:?}");
    }

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        let folder = tempfile::tempdir().unwrap();
        prop_assert!(judged(&text, folder.path()) < LONGEST);
    }

    #[test]
    fn any_bytes_in_any_dialect(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let surroundings = env::surroundings();
        let clock = clock::read(None);
        let progress = Progress::default();
        let (protect, roots) = (Vec::new(), Vec::new());
        let eyes = Eyes {
            surroundings: &surroundings, clock: &clock, protect: &protect, roots: &roots,
            progress: &progress,
        };
        for name in ["claude-code", "codex", "gemini", "copilot", "cursor", "opencode"] {
            let agent = Agent::named(name).unwrap();
            // No bytes by chance are a call.
            prop_assert!(hook::judge(agent, &bytes, &eyes).is_some());
        }
    }
}
