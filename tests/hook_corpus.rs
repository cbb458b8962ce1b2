//! Commands of agents with the verdicts that the hook gives them, and whether these are true: what is
//! denied harms a model when it is run, what passes harms none.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::panic, reason = "so does a test speak")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Sandbox, has_tool, tree};

/// A line of the corpus.
#[derive(Debug)]
struct Case {
    place: String,
    deny: bool,
    /// Whether it is run, and the program that must be there for it.
    run: Option<Option<String>>,
    command: String,
}

fn corpus() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hook_corpus");
    let mut cases = Vec::new();
    for file in ["files.txt", "shell.txt", "programs.txt", "semantics.txt"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        for (n, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (head, command) =
                line.split_once(" | ").unwrap_or_else(|| panic!("{file}: {line}"));
            let mut words = head.split_whitespace();
            let verdict = words.next().unwrap();
            assert!(["deny", "pass"].contains(&verdict), "{file}: {line}");
            let run = words.next().map(|run| {
                let program = run.strip_prefix("run(").and_then(|r| r.strip_suffix(')'));
                assert!(run == "run" || program.is_some(), "{file}: {line}");
                program.map(str::to_owned)
            });
            cases.push(Case {
                place: format!("{file}:{}", n + 1),
                deny: verdict == "deny",
                run,
                command: command.replace('\u{b6}', "\n"),
            });
        }
    }
    cases
}

fn hook(sandbox: &Sandbox, command: &str) -> Output {
    let call = serde_json::json!({
        "session_id": "s", "transcript_path": "/t", "cwd": sandbox.work(), "permission_mode": "default",
        "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": command},
        "tool_use_id": "t",
    });
    let mut hook = sandbox.command(&["hook", "claude-code"]);
    hook.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = hook.spawn().unwrap();
    child.stdin.take().unwrap().write_all(call.to_string().as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// Does something with each, on two threads; what is said of any is collected.
fn each(cases: &[Case], wrong: impl Fn(&Case) -> Option<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut said = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let wrong = wrong(case);
            said.extend(wrong.map(|w| format!("{} {:?}: {w}", case.place, case.command)));
        }
        said
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    })
}

#[test]
fn every_command_gets_its_verdict() {
    let sandbox = Sandbox::now();
    tree::plant(&sandbox);
    let cases = corpus();
    let denied = cases.iter().filter(|c| c.deny).count();
    assert!(denied >= 200 && cases.len() - denied >= 200, "{denied} of {}", cases.len());
    let before = sandbox.snapshot();
    let wrong = each(&cases, |case| {
        let output = hook(&sandbox, &case.command);
        let out = String::from_utf8(output.stdout).unwrap();
        if output.status.code() != Some(0) || !output.stderr.is_empty() {
            return Some(format!(
                "{:?} {}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ));
        }
        match (case.deny, out.is_empty()) {
            (true, true) => Some("passes".to_owned()),
            (false, false) => Some(format!("is denied: {out}")),
            _ if out.contains("defect") || out.contains("could not judge") => Some(out),
            _ => None,
        }
    });
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(sandbox.snapshot() == before, "a hook changes nothing");
}

#[test]
fn what_is_nested_too_deep_is_denied() {
    let sandbox = Sandbox::now();
    tree::plant(&sandbox);
    let mut functions: Vec<String> = (0..30).map(|n| format!("f{n}() {{ f{}; }}", n + 1)).collect();
    functions.push("f30() { rm -rf models; }; f0".to_owned());
    let of = |word: &str| format!("{}rm -rf models", word.repeat(30));
    for command in [of("nice "), of("sudo "), of("eval "), of("time "), functions.join("; ")] {
        let output = hook(&sandbox, &command);
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(out.contains("deny"), "{command}: {out}");
    }
}

#[test]
fn long_texts_are_read_or_denied() {
    let sandbox = Sandbox::now();
    tree::plant(&sandbox);
    let long = "x = 1\n".repeat(60_000);
    let document = format!("cat > big.txt <<'EOF'\n{long}EOF\n");
    let verdict = |command: &str| !hook(&sandbox, command).stdout.is_empty();
    assert!(verdict(&format!("{document}find models -delete")));
    assert!(verdict(&format!("{document}bash big.txt")));
    assert!(verdict(&format!("bash <<'EOF'\n{long}EOF\n")));
    assert!(verdict(&format!("echo '{long}' > big.txt; python3 x.py")));
    assert!(!verdict(&format!("{document}rm -rf build")));
}

#[test]
fn the_verdicts_are_true() {
    let planted = Sandbox::now();
    tree::plant(&planted);
    let before = tree::models(&planted.work());
    let mut cases: Vec<Case> = corpus();
    let needed: BTreeSet<String> = cases.iter().filter_map(|c| c.run.clone().flatten()).collect();
    let there: BTreeSet<String> = needed
        .into_iter()
        .filter(|p| has_tool("sh", &["-c", &format!("command -v {p}")]))
        .collect();
    cases.retain(|case| match &case.run {
        None => false,
        Some(program) => program.as_ref().is_none_or(|p| there.contains(p)),
    });
    assert!(cases.len() > 300, "{}", cases.len());
    let wrong = each(&cases, |case| {
        let copy = tree::copy_of(&planted);
        tree::run(&copy, &case.command);
        let after = tree::models(&copy.work());
        let harmed = before.iter().any(|(path, bytes)| after.get(path) != Some(bytes));
        match (case.deny, harmed) {
            (true, false) => Some("is denied, and harms nothing".to_owned()),
            (false, true) => Some("passes, and harms a model".to_owned()),
            _ => None,
        }
    });
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
