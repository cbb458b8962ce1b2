//! What fails, is refused or is no command at all is said in lines of a terminal: none wider than 80 columns,
//! but for one word, which is a path and is copied.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use std::os::unix::fs::PermissionsExt;

use common::asking::asked;
use common::{Answer, Sandbox};

/// A path that is no short one, with blanks in it.
const LONG: &str = "a folder of many words that is not there/and whose name is longer than a line";

fn is_narrow(line: &str) -> bool {
    let bare = line.trim_start().trim_start_matches("safe-rm: ").trim_start_matches("hint: ");
    line.chars().count() <= 80 || !bare.contains(' ')
}

fn check(words: &[&str], answer: &Answer) {
    assert_ne!(answer.code, 0, "{words:?}: {answer:?}");
    for line in answer.out.lines().chain(answer.err.lines()) {
        assert!(is_narrow(line), "{words:?}: {line}");
        assert!(!line.contains("\\n"), "{words:?}: {line}");
    }
    let said = answer.said() + &answer.flat();
    assert!(!said.is_empty(), "{words:?} says nothing");
}

#[test]
fn no_line_of_a_failure_is_wider_than_a_terminal() {
    let world = Sandbox::later();
    let id = asked(&world);
    world.fixture("qwen3_full", "fresh");
    let word = "x".repeat(150);
    let calls: &[&[&str]] = &[
        &[],
        &["-x", "fresh"],
        &["nosuch"],
        &[LONG],
        &[&word],
        &["fresh"],
        &["requst"],
        &["--reason", "", "fresh"],
        &["--reason", &word, "--reason", LONG, "fresh"],
        &["plan"],
        &["plan", LONG],
        &["plan", ""],
        &["plan", "fresh"],
        &["plan", "fresh/model.safetensors"],
        &["plan", "/"],
        &["undo"],
        &["undo", LONG],
        &["purge", "nosuch"],
        &["purge", "--older-than", LONG],
        &["purge", "--expired", "x"],
        &["ls", LONG],
        &["ls", "--filter", LONG],
        &["ls", "--sort", LONG],
        &["label", LONG],
        &["label", "--steps", LONG, "fresh"],
        &["ack", "fresh"],
        &["ack", LONG],
        &["requests", LONG],
        &["approve"],
        &["approve", ""],
        &["approve", LONG],
        &["approve", &id],
        &[
            "deny",
            &id,
            "--why",
            "because it is the only one that there is and will ever be of them",
        ],
        &["cancel", LONG],
        &["wait", &id, "--timeout", "0s"],
        &["wait", &id, "--timeout", LONG],
        &["explain", LONG],
        &["schema", LONG],
        &["init"],
        &["init", LONG],
        &["init", "bash", "--write"],
        &["init", "bash", "--remove"],
        &["init", "bash", "--shim", ""],
        &["init", "bash", "--shim", "fresh/config.json"],
        &["init", "claude-code", "--shim", LONG],
        &["man", "--out", "/proc/no/such/folder/can/be/made/there/by/anybody/as/is/known"],
        &["completions", LONG],
        &["completions", "bash", "--name", LONG],
        &["doctor", LONG],
        &["mcp", LONG],
        &["hook", LONG],
        &["log", "--verfiy"],
    ];
    for words in calls {
        check(words, &world.run(words));
    }
}

#[test]
fn nor_of_broken_settings_policies_and_doctors() {
    let world = Sandbox::later();
    let place = world.home().join(".claude/settings.json");
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    let both = |what: &str| {
        // What is to be put in by hand is a text of its own.
        let answer = world.run(&["init", "claude-code", "--write"]);
        let err = answer.err.split("hint: what it should hold").next().unwrap().to_owned();
        check(&["init", what], &Answer { err, ..answer });
        check(&["doctor", what], &world.run(&["doctor"]));
    };
    for text in ["{", "[]", "{\"hooks\": 5}", "{\"a\": 1, \"a\": 2}", "{// a\rb\n}"] {
        std::fs::write(&place, text).unwrap();
        both(text);
    }
    std::fs::write(&place, "x".repeat(2 << 20)).unwrap();
    both("too long");
    std::fs::remove_file(&place).unwrap();
    std::os::unix::fs::symlink("nowhere", &place).unwrap();
    both("a link");
    std::fs::remove_file(&place).unwrap();
    std::fs::create_dir(&place).unwrap();
    both("a folder");
    std::fs::remove_dir(&place).unwrap();
    // A hook that is there, and that no agent may take out.
    assert_eq!(world.run(&["init", "claude-code", "--write"]).code, 0);
    let words = ["init", "claude-code", "--remove", "--write"];
    check(&words, &world.run(&words));
    std::fs::set_permissions(&place, PermissionsExt::from_mode(0o666)).unwrap();
    check(&["doctor"], &world.run(&["doctor"]));
    let policy = world.home().join(".config/safe-rm/policy.toml");
    std::fs::create_dir_all(policy.parent().unwrap()).unwrap();
    for text in ["nonsense", "keep.lst = 4", "age.min = \"a while\"", "rules.nosuch = false"] {
        std::fs::write(&policy, text).unwrap();
        for words in [&["policy"][..], &["plan", "."], &["doctor"], &["requests"]] {
            check(words, &world.run(words));
        }
    }
}

/// Words that make no sense are wrong usage, and named; in JSON as well, with all that is wrong.
#[test]
fn wrong_words_answer_two() {
    let world = Sandbox::later();
    let id = asked(&world);
    let calls: [(&[&str], &str); 9] = [
        (&["wait", &id, "--timeout", "5"], "`5` is no duration"),
        (&["wait", &id, "--timeout=-5s"], "`-5s` is no duration"),
        (&["purge", "--older-than", "x"], "`x` is no duration"),
        (&["wait", ""], "an empty id"),
        (&["approve", ""], "an empty id"),
        (&["cancel", ""], "an empty id"),
        (&["explain", "nosuch"], "no rule `nosuch`"),
        (&["init"], "agents-md"),
        (&["approve"], "were not provided: <ID>"),
    ];
    for (words, said) in calls {
        let answer = world.run(words);
        assert!(answer.code == 2 && answer.said().contains(said), "{words:?}: {answer:?}");
        if words[0] != "cancel" {
            let document = world.run(&[words, &["--json"]].concat()).json();
            assert_eq!(document["exit"], 2, "{words:?}: {document}");
            assert!(document["message"].as_str().unwrap().contains(said), "{document}");
        }
    }
    // What has ended is not said never to have been.
    assert_eq!(world.run(&["cancel", &id]).code, 0);
    assert!(world.run(&["requests"]).flat().contains("`--all` shows what has ended"));
}
