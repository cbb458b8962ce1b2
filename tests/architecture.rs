//! The shape of the program as data: what may import what, and how large a file may be.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::{Path, PathBuf};

/// Each room with the rooms that it may name.
const ROOMS: &[(&str, &[&str])] = &[
    ("main", &["app"]),
    (
        "app",
        &[
            "act", "agent", "ask", "check", "cli", "decide", "facts", "keep", "look", "policy",
            "shell", "sys", "tell", "when",
        ],
    ),
    ("check", &["agent", "facts", "keep", "look", "policy", "sys"]),
    ("cli", &[]),
    ("crew", &[]),
    ("facts", &[]),
    ("families", &[]),
    ("policy", &["sys"]),
    ("shell", &["cli"]),
    ("when", &["facts"]),
    ("look", &["crew", "facts", "families", "sys", "when"]),
    ("decide", &["facts", "families", "policy", "when"]),
    ("ask", &["decide", "facts", "sys"]),
    ("agent", &["decide", "facts", "look", "policy", "sys", "when"]),
    ("act", &["ask", "crew", "decide", "facts", "keep", "look", "sys", "when"]),
    ("keep", &["facts", "sys"]),
    (
        "tell",
        &["act", "agent", "check", "cli", "decide", "facts", "keep", "look", "policy", "when"],
    ),
    ("sys", &["facts", "when"]),
];

/// What only one room may name.
const ONLY: &[(&str, &str)] = &[
    ("rustix::", "sys"),
    ("use nix::", "sys"),
    ("PathBeneath", "sys"),
    ("seccompiler::", "sys"),
    ("change::", "act keep sys"),
    ("println!", ""),
    ("print!(", ""),
    ("std::env::", "sys main"),
    ("SystemTime", "sys"),
    ("dialoguer", "ask"),
    ("rmcp::", "app"),
    ("tokio::", "app"),
    ("clap::", "cli app shell"),
    ("walkdir::", "look"),
    ("ConfirmedPlan {", "ask"),
    ("into_plan(", "ask act decide"),
];

fn sources() -> Vec<(PathBuf, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = walkdir::WalkDir::new(&src).into_iter().map(Result::unwrap);
    let rust = files.filter(|e| e.path().extension().is_some_and(|x| x == "rs"));
    rust.map(|e| {
        let path = e.path().strip_prefix(&src).unwrap().to_path_buf();
        let room = path.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        let text = std::fs::read_to_string(e.path()).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let lines = code.lines().filter(|l| !l.trim_start().starts_with("//"));
        (path, room, lines.collect::<Vec<_>>().join("\n"))
    })
    .collect()
}

#[test]
fn every_import_is_in_the_table() {
    let mut wrong = Vec::new();
    for (path, room, code) in sources() {
        if room == "lib" {
            continue;
        }
        let allowed = ROOMS.iter().find(|r| r.0 == room);
        let allowed = allowed.unwrap_or_else(|| panic!("{room} is in no line of the table")).1;
        let names = code.split("crate::").skip(1).chain(code.split("safe_rm::").skip(1));
        for name in
            names.map(|n| n.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap())
        {
            if name != room && !allowed.contains(&name) && !name.is_empty() {
                wrong.push(format!("{} names {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_reserved_is_named_nowhere_else() {
    let mut wrong = Vec::new();
    for (path, room, code) in sources() {
        for (word, rooms) in ONLY {
            if code.contains(word) && !rooms.split(' ').any(|r| r == room) {
                wrong.push(format!("{} names {word}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_stay_small() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut lines: Vec<(usize, String)> = Vec::new();
    for folder in ["src", "tests"] {
        for entry in walkdir::WalkDir::new(manifest.join(folder)).into_iter().map(Result::unwrap) {
            if entry.path().extension().is_some_and(|x| x == "rs") {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                lines.push((text.lines().count(), entry.path().display().to_string()));
            }
        }
    }
    let long: Vec<_> = lines.iter().filter(|l| l.0 > 400).collect();
    assert!(long.is_empty(), "over 400 lines: {long:?}");
    lines.sort();
    let median = lines[lines.len() / 2].0;
    assert!(median <= 150, "the median file has {median} lines");
}

#[test]
fn every_source_says_why_it_exists() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (path, _, _) in sources() {
        let text = std::fs::read_to_string(src.join(&path)).unwrap();
        assert!(text.starts_with("//! "), "{} has no head", path.display());
    }
}
