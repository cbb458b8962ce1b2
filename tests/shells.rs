//! Completions and start-up lines in the shells themselves.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::path::PathBuf;
use std::process::Output;

use common::person::{self, Session};
use common::{BIN, Sandbox, has_tool};

/// A name that would do harm where it were read as code, or shown as it is.
const HOSTILE: &str = "a $(touch pwned) `touch pwned` ';touch pwned;'\t\n\x1b[31m%F{red}:[x]";

const SHELLS: [&str; 3] = ["bash", "fish", "zsh"];

fn is_here(shell: &str) -> bool {
    has_tool(shell, &["-c", "exit 0"])
}

fn script(sandbox: &Sandbox, shell: &str, script: &str, args: &[&str]) -> Output {
    let plain: &[&str] = match shell {
        "bash" => &["--norc", "--noprofile", "-c"],
        "zsh" => &["-f", "-c"],
        _ => &["--no-config", "-c"],
    };
    let mut command = sandbox.command_of(shell, plain);
    command.arg(script);
    if shell != "fish" {
        command.arg("test");
    }
    command.args(args).output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What Bash would offer for the last word, and what it is told to add.
fn bash(sandbox: &Sandbox, function: &str, words: &[&str]) -> Vec<String> {
    let code = format!(
        "eval \"$({BIN} init bash)\"\ncompopt() {{ echo \"compopt $*\"; }}\nCOMP_WORDS=(\"$@\")\n\
         COMP_CWORD=$(($# - 1))\n{function}\nprintf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let output = script(sandbox, "bash", &code, words);
    text(&output).lines().filter(|l| !l.is_empty()).map(str::to_owned).collect()
}

/// What fish would offer, each with its description.
fn fish(sandbox: &Sandbox, line: &str) -> Vec<String> {
    let code = format!("{BIN} init fish | source; complete -C $argv[1]");
    text(&script(sandbox, "fish", &code, &[line])).lines().map(str::to_owned).collect()
}

/// Zsh at a terminal, ready for a line to be typed.
fn zsh(sandbox: &Sandbox) -> Session {
    let mut command = sandbox.command_of("zsh", &["-f", "-i"]);
    command.env("TERM", "dumb").env("PS1", "ready> ").env("COLUMNS", "200");
    let mut zsh = person::spawn(&command, 20_000);
    for line in [
        "unsetopt zle_bracketed_paste prompt_cr prompt_sp 2>/dev/null; stty cols 200",
        "autoload -U compinit && compinit -u -D; LISTMAX=1000; setopt no_always_last_prompt no_list_ambiguous",
        &format!("eval \"$({BIN} init zsh)\"; echo is''set"),
    ] {
        zsh.send_line(line);
    }
    zsh.exp_string("isset").unwrap();
    zsh.exp_string("ready> ").unwrap();
    zsh
}

/// What Zsh shows once this was typed, up to a mark.
fn typed(zsh: &mut Session, keys: &str, until: &str) -> String {
    zsh.send(keys);
    zsh.exp_string(until).unwrap()
}

/// A deletion of a folder, and its id.
fn deleted(sandbox: &Sandbox, name: &str) -> String {
    sandbox.file(&format!("{name}/x"), "x");
    sandbox.delete(&[name]);
    let trash = sandbox.run(&["trash", "--json"]).json();
    let items = trash["items"].as_array().unwrap();
    let of = |i: &&serde_json::Value| i["path"].as_str().is_some_and(|p| p.ends_with(name));
    items.iter().find(of).unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn bash_completes_commands_options_and_paths() {
    if !is_here("bash") {
        return;
    }
    let sandbox = Sandbox::later();
    let of = |words: &[&str]| bash(&sandbox, "_safe_rm", words);
    let first = of(&["safe-rm", ""]);
    for word in
        ["plan", "undo", "rm", "init", "help", "compopt -o plusdirs -o default -o filenames"]
    {
        assert!(first.iter().any(|f| f == word), "{first:?}");
    }
    assert_eq!(of(&["safe-rm", "un"])[1..], ["undo"]);
    assert_eq!(of(&["safe-rm", "--on"]), ["--only-allowed"]);
    assert_eq!(of(&["safe-rm", "model", "pl"]), ["compopt -o default"]);
    assert_eq!(of(&["safe-rm", "plan", ""]), ["compopt -o dirnames -o default"]);
    assert_eq!(of(&["safe-rm", "label", "--ret"]), ["--retired"]);
    assert_eq!(of(&["safe-rm", "label", "--model", ""]), [""; 0]);
    assert_eq!(of(&["safe-rm", "ls", "--sort", "s"]), ["size"]);
    assert_eq!(of(&["safe-rm", "ls", "--sort", "=", "a"]), ["age"]);
    assert_eq!(of(&["safe-rm", "plan", "--", "--"]), ["compopt -o dirnames -o default"]);
    assert_eq!(of(&["safe-rm", "rm", "--rec"]), ["--recursive"]);
    assert_eq!(of(&["safe-rm", "rm", "--interactive", "="]), ["never", "once", "always"]);
    assert_eq!(bash(&sandbox, "_safe_rm_as_rm", &["rm", "--one"]), ["--one-file-system"]);
    assert_eq!(bash(&sandbox, "_safe_rm_as_rm", &["rm", "-r", "x"]), ["compopt -o default"]);
    let targets = [
        "bash",
        "zsh",
        "fish",
        "claude-code",
        "codex",
        "gemini",
        "copilot",
        "cursor",
        "opencode",
        "agents-md",
    ];
    assert_eq!(of(&["safe-rm", "init", ""]), targets);
    assert_eq!(of(&["safe-rm", "init", "bash", "--shim", ""]), ["compopt -o dirnames -o default"]);
}

/// In Bash itself, with its own line editor.
#[test]
fn bash_completes_at_a_terminal() {
    if !is_here("bash") {
        return;
    }
    let sandbox = Sandbox::later();
    std::fs::create_dir_all(sandbox.work().join("old models/of it's")).unwrap();
    sandbox.file("plan.txt", "x");
    let id = deleted(&sandbox, "gone");
    let mut command = sandbox.command_of("bash", &["--norc", "--noprofile", "-i"]);
    command.env("TERM", "dumb").env("PS1", "ready> ");
    let mut bash = person::spawn(&command, 20_000);
    bash.send_line("stty echo; bind 'set enable-bracketed-paste off'");
    bash.send_line(&format!("eval \"$({BIN} init bash)\"; echo is''set"));
    bash.exp_string("isset").unwrap();
    typed(&mut bash, "safe-rm und\t", "safe-rm undo ");
    typed(&mut bash, "\t", &id);
    bash.send_control('u');
    typed(&mut bash, "safe-rm plan o\t", "safe-rm plan old\\ models/");
    typed(&mut bash, "\t", "of\\ it\\'s/");
    bash.send_control('u');
    typed(&mut bash, "rm --recu\t", "rm --recursive ");
    bash.send_control('u');
    bash.send_line("exit");
    bash.exp_eof().unwrap();
}

#[test]
fn fish_completes_commands_options_paths_and_ids() {
    if !is_here("fish") {
        return;
    }
    let sandbox = Sandbox::later();
    sandbox.file("plans/x", "x");
    let first = fish(&sandbox, "safe-rm pl");
    assert!(first.iter().any(|l| l.starts_with("plan\tShow the plan")), "{first:?}");
    assert!(first.iter().any(|l| l.starts_with("plans/")), "{first:?}");
    let second = fish(&sandbox, "safe-rm plans ");
    assert!(!second.iter().any(|l| l.starts_with("undo")), "{second:?}");
    assert!(fish(&sandbox, "safe-rm --only").iter().any(|l| l.starts_with("--only-allowed\t")));
    assert!(fish(&sandbox, "safe-rm label --ret").iter().any(|l| l.starts_with("--retired\t")));
    assert!(fish(&sandbox, "safe-rm plan p").iter().any(|l| l.starts_with("plans/")));
    assert_eq!(fish(&sandbox, "safe-rm ls --sort s").len(), 1);
    assert_eq!(fish(&sandbox, "safe-rm trash "), [""; 0]);
    let id = deleted(&sandbox, "gone");
    for command in ["undo", "purge"] {
        let ids = fish(&sandbox, &format!("safe-rm {command} {}", &id[..2]));
        assert!(ids.iter().any(|l| l.starts_with(&format!("{id}\t"))), "{ids:?}");
        assert!(ids[0].ends_with("/work/gone"), "{ids:?}");
    }
}

#[test]
fn zsh_completes_commands_options_paths_and_ids() {
    if !is_here("zsh") {
        return;
    }
    let sandbox = Sandbox::later();
    std::fs::create_dir_all(sandbox.work().join("old models")).unwrap();
    let id = deleted(&sandbox, "gone");
    let mut zsh = zsh(&sandbox);
    typed(&mut zsh, "safe-rm und\t", "undo ");
    typed(&mut zsh, "\t", &id);
    zsh.send_control('u');
    typed(&mut zsh, "safe-rm plan o\t", "old\\ models/");
    zsh.send_control('u');
    typed(&mut zsh, "safe-rm label --reti\t", "--retired");
    zsh.send_control('u');
    typed(&mut zsh, "safe-rm ls --sort irr\t", "irreplaceable");
    zsh.send_control('u');
    // The alias is completed as what it stands for.
    typed(&mut zsh, "rm --one-f\t", "--one-file-system");
    zsh.send_control('u');
    let other = deleted(&sandbox, "other");
    let shown = typed(&mut zsh, "safe-rm purge \t", "/work/gone");
    assert!(shown.contains(&other), "{shown}");
    zsh.send_control('u');
    zsh.send_line("exit");
    zsh.exp_eof().unwrap();
}

#[test]
fn hostile_names_do_nothing_and_show_as_text() {
    let sandbox = Sandbox::later();
    sandbox.file(&format!("{HOSTILE}/x"), "x");
    sandbox.delete(&[HOSTILE]);
    let answer = sandbox.run(&["--complete-ids=undo"]);
    let (id, what) = answer.out.trim_end_matches('\n').split_once('\t').unwrap();
    assert!(id.len() == 8 && !what.contains(char::is_control), "{answer:?}");
    for shell in SHELLS.into_iter().filter(|s| is_here(s)) {
        match shell {
            "bash" => {
                let offered = bash(&sandbox, "_safe_rm", &["safe-rm", "undo", ""]);
                assert_eq!(offered, ["compopt -o default", id]);
            }
            "fish" => {
                let offered = fish(&sandbox, "safe-rm purge ");
                assert_eq!(offered, [format!("{id}\t{what}")]);
            }
            _ => {
                // A second one, so that both are listed.
                let other = deleted(&sandbox, "other");
                let mut zsh = zsh(&sandbox);
                let shown = typed(&mut zsh, "safe-rm purge \t", "%F{red}:[x]");
                assert!(shown.contains(id) && shown.contains(&other), "{shown}");
                assert!(!shown.contains("\x1b[31m"), "{shown:?}");
                zsh.send_control('u');
                zsh.send_line("exit");
                zsh.exp_eof().unwrap();
            }
        }
    }
    assert!(!sandbox.work().join("pwned").exists());
}

/// A copy of the program in a folder with a hard name, off PATH.
fn elsewhere(sandbox: &Sandbox) -> PathBuf {
    let dir = sandbox.work().join("it's a \\ \"place\" $(touch pwned)");
    std::fs::create_dir_all(&dir).unwrap();
    let copy = dir.join("safe-rm");
    std::fs::copy(BIN, &copy).unwrap();
    copy
}

#[test]
fn the_alias_runs_safe_rm_wherever_it_lies() {
    let sandbox = Sandbox::later();
    let program = elsewhere(&sandbox);
    for shell in SHELLS.into_iter().filter(|s| is_here(s)) {
        let lines =
            sandbox.command_of(program.to_str().unwrap(), &["init", shell]).output().unwrap();
        let file = sandbox.work().join("lines");
        std::fs::write(&file, text(&lines)).unwrap();
        let script_of = match shell {
            "bash" => "shopt -s expand_aliases\n. ./lines\neval 'rm --version; safe-rm --version'",
            "zsh" => ". ./lines\neval 'rm --version; safe-rm --version'",
            _ => "source ./lines; rm --version; safe-rm --version",
        };
        let said = text(&script(&sandbox, shell, script_of, &[]));
        assert!(
            said.starts_with("rm (safe-rm) ") && said.contains("\nsafe-rm "),
            "{shell}: {said}"
        );
        // Another program of this name, first in PATH, is not asked.
        let other = sandbox.file("bin/safe-rm", "#!/bin/sh\ntouch called\n");
        assert!(
            std::process::Command::new("chmod").arg("+x").arg(&other).status().unwrap().success()
        );
        let path =
            format!("{}:{}", sandbox.work().join("bin").display(), std::env::var("PATH").unwrap());
        let mut command = sandbox.command_of(program.to_str().unwrap(), &["init", shell]);
        assert_eq!(command.env("PATH", path).output().unwrap().stdout, lines.stdout);
    }
    let gone = ["pwned", "called"].iter().all(|n| !sandbox.work().join(n).exists());
    assert!(gone);
}

#[test]
fn by_its_name_where_path_leads_to_it() {
    let sandbox = Sandbox::later();
    let dir = PathBuf::from(BIN).parent().unwrap().display().to_string();
    let mut command = sandbox.command(&["init", "bash"]);
    let path = format!("{dir}:{}", std::env::var("PATH").unwrap());
    let lines = text(&command.env("PATH", path).output().unwrap());
    assert!(lines.starts_with("alias rm='safe-rm rm'\n# Completions"), "{lines}");
    assert!(!lines.contains(&dir), "{lines}");
}

#[test]
fn completing_makes_nothing_waits_for_nothing_and_says_nothing() {
    let sandbox = Sandbox::later();
    for kind in ["undo", "purge", "nothing", ""] {
        let answer = sandbox.run(&[&format!("--complete-ids={kind}")]);
        assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (0, "", ""));
    }
    assert_eq!(std::fs::read_dir(sandbox.home()).unwrap().count(), 0);
    let id = deleted(&sandbox, "gone");
    let journal = sandbox.home().join(".local/state/safe-rm/journal.jsonl");
    // Another run is at work and holds the lock.
    let held = std::fs::File::open(&journal).unwrap();
    held.lock().unwrap();
    let began = std::time::Instant::now();
    assert!(sandbox.run(&["--complete-ids=undo"]).out.starts_with(&id));
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
    drop(held);
    // What somebody took out of the trash by other means is not offered.
    std::fs::remove_dir_all(sandbox.home().join(".local/share/Trash")).unwrap();
    let at = sandbox.run(&["trash", "--json"]).json()["items"].as_array().unwrap().len();
    assert_eq!(sandbox.run(&["--complete-ids=undo"]).out.lines().count(), at);
    std::fs::write(&journal, "[not a journal\n").unwrap();
    let answer = sandbox.run(&["--complete-ids=purge"]);
    assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (0, "", ""));
}

#[test]
fn requests_and_rules_are_offered_where_they_are_asked_for() {
    let sandbox = Sandbox::later();
    sandbox.file("old $(touch pwned)/x", "x");
    let answer = sandbox.run(&["--json", "old $(touch pwned)"]);
    assert_eq!(answer.code, 4, "{answer:?}");
    let id = answer.json()["request"]["id"].as_str().unwrap().to_owned();
    for command in ["approve", "deny", "cancel", "wait"] {
        let offered = sandbox.run(&[&format!("--complete-ids={command}")]).out;
        assert!(offered.starts_with(&format!("{id}\t")), "{offered}");
        assert!(offered.ends_with("/old $(touch pwned)\n"), "{offered}");
    }
    if is_here("bash") {
        assert_eq!(bash(&sandbox, "_safe_rm", &["safe-rm", "approve", &id[..3]]), [id.as_str()]);
        let rules = bash(&sandbox, "_safe_rm", &["safe-rm", "explain", "keep"]);
        assert_eq!(rules, ["keep-last"]);
    }
    assert_eq!(sandbox.run(&["cancel", &id]).code, 0);
    assert_eq!(sandbox.run(&["--complete-ids=approve"]).out, "");
}

/// Called under its old name by mistake, GNU rm refuses the option before it removes anything.
#[test]
fn rm_itself_does_nothing_with_the_words_of_a_completion() {
    let sandbox = Sandbox::later();
    sandbox.file("undo", "x");
    let output = sandbox.command_of("/bin/rm", &["--complete-ids=undo"]).output().unwrap();
    assert!(!output.status.success() && sandbox.work().join("undo").exists());
}
