//! The man pages: one for every command, and none that man or mandoc warns of.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{Sandbox, has_tool};
use safe_rm::cli::documented;

fn names(sandbox: &Sandbox) -> Vec<String> {
    let found = std::fs::read_dir(sandbox.work().join("pages/man1")).unwrap();
    let mut names: Vec<_> = found.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_command_has_a_page_without_a_warning() {
    let sandbox = Sandbox::now();
    let answer = sandbox.run(&["man", "--out", "pages/man1"]);
    assert!(answer.code == 0 && answer.out.is_empty(), "{answer:?}");
    let mut wanted = vec!["safe-rm.1".to_owned()];
    let of = |c: &clap::Command| format!("safe-rm-{}.1", c.get_name());
    wanted.extend(documented().get_subcommands().map(of));
    wanted.sort();
    assert_eq!(names(&sandbox), wanted);
    let printed = sandbox.run(&["man"]).out;
    let first = std::fs::read_to_string(sandbox.work().join("pages/man1/safe-rm.1")).unwrap();
    assert_eq!(first, printed);
    for section in ["EXIT STATUS", "FILES", "EXAMPLES", "SEE ALSO"] {
        assert!(
            printed.lines().any(|l| l.replace('"', "") == format!(".SH {section}")),
            "{section}: {printed}"
        );
    }
    for (tool, args) in
        [("mandoc", &["-T", "lint", "-W", "warning"][..]), ("man", &["--warnings", "-l"])]
    {
        if !has_tool(
            tool,
            if tool == "man" { &["--version"] } else { &["-T", "ascii", "/dev/null"] },
        ) {
            continue;
        }
        for name in &wanted {
            let path = format!("pages/man1/{name}");
            let mut command = sandbox.command_of(tool, args);
            let output = command.arg(&path).env("LC_ALL", "C.UTF-8").env("MANWIDTH", "80").output();
            let output = output.unwrap();
            assert!(output.status.success() && output.stderr.is_empty(), "{name}: {output:?}");
            let quiet = tool == "man" || output.stdout.is_empty();
            assert!(quiet, "{name}: {}", String::from_utf8_lossy(&output.stdout));
        }
    }
}

#[test]
fn rm_has_the_options_that_it_takes() {
    let sandbox = Sandbox::now();
    assert_eq!(sandbox.run(&["man", "--out", "pages/man1"]).code, 0);
    let page = std::fs::read_to_string(sandbox.work().join("pages/man1/safe-rm-rm.1")).unwrap();
    let page = page.replace("\\-", "-");
    let help = sandbox.run(&["rm", "--help"]).out;
    let words = help.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let options: Vec<_> = words.filter(|w| w.starts_with("--") && w.len() > 2).collect();
    assert!(options.len() > 8, "{help}");
    for option in options {
        assert!(page.contains(option), "{option} is not in {page}");
        // And it is taken.
        let answer = sandbox.run(&["rm", option, "-f"]);
        assert_eq!(answer.code, 0, "{option}: {answer:?}");
    }
}

#[test]
fn pages_go_over_our_own_pages_and_nothing_else() {
    let sandbox = Sandbox::now();
    sandbox.file("pages/man1/safe-rm-undo.1", "mine");
    let refused = sandbox.run(&["man", "--out", "pages/man1"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.said().contains("safe-rm-undo.1"), "{refused:?}");
    assert_eq!(names(&sandbox), ["safe-rm-undo.1"]);
    std::fs::remove_file(sandbox.work().join("pages/man1/safe-rm-undo.1")).unwrap();
    assert_eq!(sandbox.run(&["man", "--out", "pages/man1"]).code, 0);
    let before = names(&sandbox);
    assert_eq!(sandbox.run(&["man", "--out", "pages/man1"]).code, 0);
    assert_eq!(names(&sandbox), before);
}
