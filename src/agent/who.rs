//! Who calls: a person, as far as can be told, or an agent, with the evidence.
//!
//! Evidence only ever tightens. That there is none proves no person: a process can leave its parents
//! and clean its environment. docs/threats.md says what stays open.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::known::{AGENTS, FILES, INTERPRETERS, VALUES};
use crate::facts::{Actor, Standing};
use crate::sys::process::Process;

/// What is looked at.
pub struct Seen<'a> {
    /// The value of a variable, where it is set and not empty.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// The processes above this one.
    pub ancestors: Vec<Process>,
    /// For each process that holds the other end of the terminal: itself and those above it.
    pub holders: Vec<Vec<Process>>,
    /// Names of programs that the policy adds.
    pub added: &'a [String],
    /// Whether the kernel holds deletions back here, as in a guard.
    pub guarded: bool,
}

/// Decides who calls.
#[must_use]
pub fn who(seen: &Seen<'_>) -> Actor {
    let mut evidence = Vec::new();
    let mut name = None;
    let mut standing = Standing::Unmarked;
    let mut found = |agent: &str, how: String, strong: bool| {
        if strong || standing == Standing::Unmarked {
            standing = if strong { Standing::Agent } else { Standing::Marked };
        }
        name.get_or_insert_with(|| agent.to_owned());
        evidence.push(how);
    };
    for process in &seen.ancestors {
        if let Some((agent, word)) = program(process, seen.added) {
            found(&agent, format!("process {} above it is `{word}`", process.pid), true);
        }
    }
    for chain in &seen.holders {
        for process in chain {
            if let Some((agent, word)) = program(process, seen.added) {
                let how = format!("its terminal is held by process {}, `{word}`", process.pid);
                found(&agent, how, true);
            }
        }
    }
    for agent in AGENTS {
        for name in agent.variables {
            if (seen.variable)(name).is_some() {
                found(agent.name, format!("variable {name}"), false);
            }
        }
    }
    for (agent, name, value) in VALUES {
        if (seen.variable)(name).is_some_and(|v| v == *value) {
            found(agent, format!("variable {name}={value}"), false);
        }
    }
    for (agent, file) in FILES {
        if Path::new(file).symlink_metadata().is_ok() {
            found(agent, format!("file {file}"), false);
        }
    }
    if seen.guarded {
        found(
            "guard",
            "it runs in `safe-rm guard`: a person approves outside of it".to_owned(),
            true,
        );
    }
    evidence.dedup();
    Actor { standing, name, evidence }
}

/// A client of the MCP server is an agent, whatever else is seen of it. What it calls itself is a claim,
/// and is told as one; as a name it is plain enough for the line of a label.
#[must_use]
pub fn client(seen: Actor, name: Option<&str>) -> Actor {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._+-".contains(c) { c } else { '-' };
    let claimed: String = name.unwrap_or_default().trim().chars().take(60).map(plain).collect();
    let (claimed, how) = if claimed.chars().any(char::is_alphanumeric) {
        let how = format!("an MCP client calls, which calls itself `{claimed}`");
        (claimed, how)
    } else {
        ("mcp-client".to_owned(), "an MCP client calls, which gives no name".to_owned())
    };
    let mut evidence = seen.evidence;
    evidence.push(how);
    Actor { standing: Standing::Agent, name: seen.name.or(Some(claimed)), evidence }
}

/// The agent that a process is: by its file, by its first word, or by the script that it runs.
/// Nothing else of a command line counts: `vim claude.md` is no agent.
fn program(process: &Process, added: &[String]) -> Option<(String, String)> {
    let exe = process.exe.as_deref().and_then(Path::file_name).map(OsStr::to_owned);
    let first = process.argv.first().map(|word| base(word));
    let interprets = [&exe, &first].into_iter().flatten().any(|name| {
        let name = name.to_string_lossy();
        // `python3.11` is one as well.
        let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        INTERPRETERS.contains(&bare)
    });
    let script = if interprets { script(&process.argv) } else { None };
    [exe, first, script].into_iter().flatten().find_map(|name| {
        let name = name.to_string_lossy().into_owned();
        let bare = stem(&name);
        let known = AGENTS.iter().find(|a| a.programs.contains(&bare)).map(|a| a.name.to_owned());
        let known = known.or_else(|| added.iter().find(|a| *a == bare).cloned());
        known.map(|agent| (agent, name.clone()))
    })
}

/// The script or module that an interpreter runs; none where the code stands in the command line.
fn script(argv: &[OsString]) -> Option<OsString> {
    let mut words = argv.iter().skip(1);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("-m") => return words.next().cloned(),
            Some("-c" | "-e" | "-p" | "--eval" | "--print") => return None,
            Some(option) if option.starts_with('-') => {}
            _ => return Some(base(word)),
        }
    }
    None
}

/// The last part of a path. A process may call itself by several words: the first one counts.
fn base(word: &OsStr) -> OsString {
    let last = Path::new(word).file_name().unwrap_or(word).to_string_lossy().into_owned();
    last.split_whitespace().next().unwrap_or_default().trim_start_matches('-').into()
}

/// A script's name without its suffix, and a deleted program's without what /proc says of that.
fn stem(name: &str) -> &str {
    let name = name.strip_suffix(" (deleted)").unwrap_or(name);
    let known = ["js", "mjs", "cjs", "ts", "py", "sh", "rb", "exe"];
    name.rsplit_once('.').filter(|(_, s)| known.contains(s)).map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(exe: &str, argv: &[&str]) -> Process {
        let argv = argv.iter().map(OsString::from).collect();
        Process { pid: 7, exe: Some(exe.into()), argv }
    }

    fn standing(ancestors: Vec<Process>, variables: &[&str]) -> Actor {
        let variable = |name: &str| variables.contains(&name).then(|| OsString::from("1"));
        let added = ["mybot".to_owned()];
        let (holders, guarded) = (Vec::new(), false);
        who(&Seen { variable: &variable, ancestors, holders, added: &added, guarded })
    }

    #[test]
    fn agents_are_known_by_their_programs() {
        for (exe, argv) in [
            ("/usr/bin/claude", &["claude"][..]),
            ("/usr/bin/node", &["claude", "--resume"]),
            ("/usr/bin/node", &["node", "--max-old-space-size=1", "/opt/bin/gemini"]),
            ("/usr/bin/python3.11", &["/usr/bin/python3", "/home/a/.local/bin/aider", "x.py"]),
            ("/opt/codex/codex (deleted)", &["codex"]),
            ("/usr/bin/node", &["node", "opencode.js"]),
            ("/usr/bin/python3", &["python3", "-m", "aider"]),
            ("/usr/bin/bash", &["bash", "./mybot"]),
            ("/usr/bin/cursor-agent", &["/usr/bin/cursor-agent"]),
        ] {
            let actor = standing(vec![process(exe, argv)], &[]);
            assert_eq!(actor.standing, Standing::Agent, "{exe} {argv:?}");
        }
        for (exe, argv) in [
            ("/usr/bin/vim", &["vim", "claude.md"][..]),
            ("/usr/bin/bash", &["bash", "-c", "claude --help"]),
            ("/usr/bin/node", &["node", "server.js", "claude"]),
            ("/usr/bin/less", &["less", "/home/claude/codex"]),
            ("/home/claude/bin/tool", &["tool"]),
            ("/usr/bin/amplify", &["amplify"]),
        ] {
            let actor = standing(vec![process(exe, argv)], &[]);
            assert_eq!(actor.standing, Standing::Unmarked, "{exe} {argv:?}");
        }
    }

    #[test]
    fn in_a_guard_nobody_is_a_person() {
        let variable = |_: &str| None;
        let (ancestors, holders) = (Vec::new(), Vec::new());
        let actor =
            who(&Seen { variable: &variable, ancestors, holders, added: &[], guarded: true });
        assert_eq!((actor.standing, actor.name.as_deref()), (Standing::Agent, Some("guard")));
    }

    #[test]
    fn a_client_is_an_agent_whatever_it_says() {
        let bare = client(Actor::default(), Some("a person\nat: a terminal"));
        assert_eq!(bare.standing, Standing::Agent);
        assert_eq!(bare.name.as_deref(), Some("a-person-at--a-terminal"));
        for none in [None, Some(""), Some("\u{202e}\n")] {
            assert_eq!(client(Actor::default(), none).name.as_deref(), Some("mcp-client"));
        }
        // What is seen goes before what is said.
        let seen = standing(vec![process("/usr/bin/codex", &["codex"])], &[]);
        let both = client(seen, Some("a person"));
        assert_eq!((both.name.as_deref(), both.evidence.len()), (Some("codex"), 2));
    }

    #[test]
    fn a_variable_alone_marks() {
        let actor = standing(Vec::new(), &["CLAUDECODE"]);
        assert_eq!(
            (actor.standing, actor.name.as_deref()),
            (Standing::Marked, Some("claude-code"))
        );
        let actor = standing(vec![process("/usr/bin/codex", &["codex"])], &["CLAUDECODE"]);
        assert_eq!((actor.standing, actor.name.as_deref()), (Standing::Agent, Some("codex")));
        assert_eq!(actor.evidence.len(), 2);
    }
}
