//! The man pages: one for the program, one for each command.

use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::cli::documented;

/// The first line of each page, by which it is known again.
pub const MARK: &str = ".\\\" Made by `safe-rm man` from the program's own definition.\n";

/// When the pages were last changed in a way that matters to readers.
const DATE: &str = "2026-11-25";

/// Sections of safe-rm(1) that no definition has. A line that begins with a space is shown as it is.
const MORE: &[(&str, &[(&str, &str)])] = &[
    (
        "EXIT STATUS",
        &[
            ("0", "Done as planned, or a plan with nothing refused."),
            ("1", "An operation failed, fully or in part; the message says what is where."),
            ("2", "Wrong words on the command line."),
            ("3", "Refused by a rule; nothing was touched."),
            ("4", "A person's confirmation is needed and could not be had; nothing was touched."),
            ("5", "A person declined; nothing was touched."),
        ],
    ),
    (
        "FILES",
        &[
            ("/etc/safe-rm/policy.toml", "The policy of the machine: a user's cannot weaken it."),
            ("~/.config/safe-rm/policy.toml", "The user's policy."),
            ("~/.local/state/safe-rm/journal.jsonl", "What was done; see safe-rm-log(1)."),
            ("MODEL_INFO.txt", "The label of the model it lies beside; see safe-rm-label(1)."),
            ("KEEP, DO_NOT_DELETE", "Pins what it lies in: safe-rm refuses to delete it."),
        ],
    ),
    (
        "EXAMPLES",
        &[
            ("safe-rm plan old_run/", "Shows what would go, what is refused, and what lifts that."),
            ("safe-rm old_run/", "Shows that, asks for DELETE, and moves it to the trash."),
            ("safe-rm undo", "Puts the last deletion back."),
            ("safe-rm purge 7f3a9c1e", "Frees for good what that deletion moved; asks again."),
        ],
    ),
];

/// Every page with the name of its file, safe-rm.1 first.
#[must_use]
pub fn pages() -> Vec<(String, Vec<u8>)> {
    let mut program = documented().disable_help_subcommand(true);
    program.build();
    let commands: Vec<&Command> = program.get_subcommands().filter(|c| !c.is_hide_set()).collect();
    let names: Vec<String> = commands.iter().map(|c| format!("safe-rm-{}", c.get_name())).collect();
    let mut pages = vec![("safe-rm.1".to_owned(), page(&program, &names))];
    for command in commands {
        pages.push((format!("safe-rm-{}.1", command.get_name()), page(command, &[])));
    }
    pages
}

fn page(command: &Command, commands: &[String]) -> Vec<u8> {
    let mut out = MARK.as_bytes().to_vec();
    let source = format!("safe-rm {}", crate::cli::VERSION);
    let man = Man::new(command.clone().mut_args(in_words));
    let name = command.get_display_name().unwrap_or(command.get_name());
    let mut title = Roff::new();
    title.control("TH", [&name.to_uppercase(), "1", DATE, &source, "User Commands"]);
    out.extend(title.to_roff().into_bytes());
    // Writing to memory does not fail.
    let _ = man.render_name_section(&mut out);
    let _ = man.render_synopsis_section(&mut out);
    let _ = man.render_description_section(&mut out);
    if command.get_arguments().any(|a| !a.is_hide_set()) {
        let _ = man.render_options_section(&mut out);
    }
    let mut roff = Roff::new();
    if commands.is_empty() {
        if let Some(text) = command.get_after_help() {
            examples(&mut roff, &text.to_string());
        }
        roff.control("SH", ["SEE ALSO"]);
        roff.text([roman("safe-rm(1)")]);
    } else {
        let _ = man.render_subcommands_section(&mut out);
        for (title, entries) in MORE {
            roff.control("SH", [*title]);
            for (term, text) in *entries {
                roff.control("TP", []);
                roff.text([clap_mangen::roff::bold(*term)]);
                roff.text([roman(*text)]);
            }
        }
        roff.control("SH", ["SEE ALSO"]);
        let all = commands.iter().map(|name| format!("{name}(1)"));
        roff.text([roman(all.chain(["rm(1)".to_owned()]).collect::<Vec<_>>().join(", "))]);
    }
    out.extend(roff.to_roff().into_bytes());
    out
}

/// Says possible values in the help itself: the list that would be made of them is none that mandoc
/// takes without a warning.
fn in_words(arg: Arg) -> Arg {
    let values: Vec<_> =
        arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
    let takes = arg.get_num_args().is_some_and(|n| n.takes_values());
    if values.len() < 2 || !takes || arg.is_hide_possible_values_set() {
        return arg;
    }
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let help = format!("{help}: {}", values.join(", "));
    arg.help(help).hide_possible_values(true)
}

/// The lines below a command's help, as they stand there.
fn examples(roff: &mut Roff, text: &str) {
    roff.control("SH", ["EXAMPLES"]);
    roff.control("nf", []);
    let text = text.replacen("examples:", "         ", 1).replacen("example:", "        ", 1);
    let lines: Vec<&str> = text.lines().collect();
    let indent = lines.iter().map(|l| l.len() - l.trim_start().len()).min().unwrap_or(0);
    for line in lines {
        roff.text([roman(line.get(indent..).unwrap_or(line))]);
    }
    roff.control("fi", []);
}
