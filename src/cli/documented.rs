//! The command line as it is documented: for man pages and completions, never for parsing.

use clap::{Arg, ArgAction, Command, CommandFactory, ValueHint};

use super::Cli;

/// The description in safe-rm(1).
const ABOUT: &str = "\
It looks inside of what is to be deleted, says what is there and what can never be had again, refuses \
what its rules protect, and acts only after a person types DELETE at a terminal. What goes, goes to the \
trash of the same disk; safe-rm-undo(1) brings it back, until it is purged there, which asks again.

A word that is a command is the command; write ./WORD for a path of that name.";

/// Every command, with rm's options as [`super::rm`] takes them.
#[must_use]
pub fn documented() -> Command {
    let usage = "safe-rm [OPTION]... PATH...\nsafe-rm COMMAND [OPTION]... [ARGUMENT]...";
    Cli::command().override_usage(usage).long_about(ABOUT).mut_subcommand("rm", |rm| {
        let about = rm.get_about().cloned().unwrap_or_default();
        let example = rm.get_after_help().cloned().unwrap_or_default();
        rm_for_documents().about(about).after_help(example)
    })
}

/// The options of `safe-rm rm`.
fn rm_for_documents() -> Command {
    let flag = |name: &'static str, short: Option<char>, help: &'static str| {
        let arg = Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
        short.into_iter().fold(arg, Arg::short)
    };
    let when = Arg::new("interactive")
        .long("interactive")
        .value_name("WHEN")
        .value_parser(["never", "once", "always"])
        .num_args(0..=1)
        .require_equals(true)
        .help("Ask never, once (-I) or always (-i, and where no WHEN stands)");
    let root = Arg::new("preserve-root")
        .long("preserve-root")
        .value_parser(["all"])
        .num_args(0..=1)
        .require_equals(true)
        .hide_possible_values(true)
        .value_name("all")
        .help(
            "Refuse `/`, as always; with `all` also what is on another device than its directory",
        );
    Command::new("rm")
        .disable_help_flag(true)
        .override_usage("safe-rm rm [OPTION]... [FILE]...")
        .arg(flag("force", Some('f'), "Say nothing of files that do not exist, and never ask"))
        .arg(Arg::new("i").short('i').action(ArgAction::SetTrue).help("Ask before every removal"))
        .arg(
            Arg::new("I")
                .short('I')
                .action(ArgAction::SetTrue)
                .help("Ask once before removing more than three files, or a tree"),
        )
        .arg(when)
        .arg(
            flag("recursive", Some('r'), "Remove directories and all that is in them (also -R)")
                .visible_short_alias('R'),
        )
        .arg(flag("dir", Some('d'), "Remove empty directories"))
        .arg(flag("verbose", Some('v'), "Say what is removed"))
        .arg(flag("one-file-system", None, "Pass over directories on another file system"))
        .arg(root)
        .arg(flag("no-preserve-root", None, "Accepted as rm's; `/` is refused all the same"))
        .arg(flag("help", None, "Print help"))
        .arg(flag("version", None, "Print the version"))
        .arg(
            Arg::new("files")
                .num_args(0..)
                .value_name("FILE")
                .value_hint(ValueHint::AnyPath)
                .help("What to remove"),
        )
}
