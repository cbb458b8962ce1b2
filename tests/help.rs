//! Help that people read: one screen, examples first, every command and option, a way out of every
//! mistake.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{Answer, Sandbox};
use safe_rm::cli::documented;

fn commands() -> Vec<String> {
    let documented = documented();
    documented.get_subcommands().map(|c| c.get_name().to_owned()).collect()
}

/// At most so many lines, none wider than 80.
fn fits(answer: &Answer, lines: usize) {
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.err.is_empty(), "{answer:?}");
    let wide: Vec<_> = answer.out.lines().filter(|l| l.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    let count = answer.out.lines().count();
    assert!(count <= lines, "{count} lines: {}", answer.out);
}

#[test]
fn the_first_page_fits_one_screen_and_begins_with_examples() {
    let sandbox = Sandbox::now();
    let (long, short) = (sandbox.run(&["--help"]), sandbox.run(&["-h"]));
    // The prompt needs a line as well.
    fits(&long, 23);
    fits(&short, 12);
    for answer in [&long, &short] {
        let first: Vec<_> = answer.out.lines().take(4).collect();
        assert!(first[..3].iter().all(|l| l.starts_with("safe-rm ")), "{first:?}");
        assert!(first[3].is_empty());
    }
    assert_eq!(sandbox.run(&["help"]).out, long.out);
}

#[test]
fn the_first_page_names_every_command_and_every_option() {
    let sandbox = Sandbox::now();
    let (long, short) = (sandbox.run(&["--help"]).out, sandbox.run(&["-h"]).out);
    let is_named = |text: &str, word: &str| {
        text.split(|c: char| !c.is_alphanumeric() && c != '-').any(|w| w == word)
    };
    for command in commands() {
        assert!(is_named(&long, &command) && is_named(&short, &command), "{command}");
    }
    for option in documented().get_arguments().filter(|a| !a.is_hide_set()) {
        let names = option.get_long().map(|l| format!("--{l}"));
        let names = names.into_iter().chain(option.get_short().map(|s| format!("-{s}")));
        for name in names {
            assert!(is_named(&long, &name), "{name}");
        }
    }
}

#[test]
fn every_command_has_short_help() {
    let sandbox = Sandbox::now();
    for command in commands().iter().filter(|c| *c != "rm") {
        for words in [[command, "-h"], [command, "--help"], ["help", command]] {
            let answer = sandbox.run(&words);
            fits(&answer, 36);
            assert!(answer.out.contains(&format!("Usage: safe-rm {command}")), "{answer:?}");
        }
    }
    assert!(sandbox.run(&["rm", "--help"]).out.contains("Usage: "));
}

#[test]
fn a_mistyped_command_is_named() {
    let sandbox = Sandbox::now();
    sandbox.file("x", "x");
    let tried: [(&[&str], &str); 6] = [
        (&["undoo"], "undo"),
        (&["pln", "x"], "plan"),
        (&["--json", "polcy"], "policy"),
        (&["logs"], "log"),
        (&["completion", "bash"], "completions"),
        (&["hepl"], "help"),
    ];
    for (words, meant) in tried {
        let answer = sandbox.run(words);
        assert_eq!(answer.code, 2, "{answer:?}");
        assert!(
            answer.said().contains(&format!("did you mean the command `{meant}`?")),
            "{answer:?}"
        );
        assert!(answer.said().contains("safe-rm --help"), "{answer:?}");
    }
    assert_eq!(sandbox.run(&["--json", "polcy"]).json()["exit"], 2);
    // What is there is meant, and what has another shape is a path.
    sandbox.file("lgo", "x");
    assert_eq!(sandbox.run(&["-n", "lgo"]).code, 0);
    for path in ["./undoo", "model_qwen", "nothing"] {
        let answer = sandbox.run(&[path]);
        assert!(answer.code == 1 && !answer.said().contains("did you mean"), "{answer:?}");
    }
}

#[test]
fn wrong_words_get_a_suggestion_and_a_way_out() {
    let sandbox = Sandbox::now();
    let tried: [(&[&str], &str); 4] = [
        (&["--only-alowed", "x"], "--only-allowed"),
        (&["undo", "--jsn"], "--json"),
        (&["ls", "--sort", "sise"], "size"),
        (&["init", "bsh"], "bash"),
    ];
    for (words, meant) in tried {
        let answer = sandbox.run(words);
        assert_eq!(answer.code, 2, "{answer:?}");
        assert!(answer.said().contains("similar") && answer.said().contains(meant), "{answer:?}");
        assert!(answer.said().contains("--help"), "{answer:?}");
    }
    for words in [&[][..], &["help", "udno"], &["undo", "a", "b"], &["ls", "--limit", "x"]] {
        let answer = sandbox.run(words);
        assert!(answer.code == 2 && answer.said().contains("--help"), "{answer:?}");
    }
}
