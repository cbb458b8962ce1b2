//! The words of the command line, as completions need them.

use clap::builder::StyledStr;
use clap::{Arg, Command, ValueHint};

/// What may stand in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Values {
    /// Nothing.
    Nothing,
    /// Something that no shell can know.
    Unknown,
    /// Files and directories.
    Paths,
    /// Directories first, then files.
    Dirs,
    /// Ids that the program itself knows, asked for by the name of the command.
    Ids,
    /// One of these, each with what it means.
    Words(Vec<(String, String)>),
}

/// An option.
#[derive(Clone, Debug)]
pub(super) struct Opt {
    pub(super) short: Vec<char>,
    pub(super) long: Option<String>,
    pub(super) help: String,
    /// What its value is, if it takes one.
    pub(super) value: Option<Values>,
    /// The value stands behind `=` alone, and may be left out.
    pub(super) optional: bool,
}

/// A command; the one without name is the program itself.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) options: Vec<Opt>,
    pub(super) values: Values,
}

/// The whole of it: the program first, then its commands.
#[derive(Clone, Debug)]
pub(super) struct Grammar {
    pub(super) all: Vec<Words>,
}

impl Grammar {
    pub(super) fn of(program: &Command) -> Self {
        let mut program = program.clone();
        program.build();
        let commands = program.get_subcommands().filter(|c| !c.is_hide_set());
        let commands: Vec<&Command> = commands.collect();
        let mut all = vec![Words { name: String::new(), ..words(&program) }];
        all.extend(commands.iter().map(|c| words(c)));
        let names: Vec<_> = all.iter().skip(1).map(|w| (w.name.clone(), String::new())).collect();
        if let Some(help) = all.iter_mut().find(|w| w.name == "help") {
            help.values = Values::Words(names);
            help.options.clear();
        }
        Self { all }
    }

    /// The commands that can be named.
    pub(super) fn commands(&self) -> impl Iterator<Item = &Words> {
        self.all.iter().skip(1)
    }

    /// The names of the commands.
    pub(super) fn names(&self) -> Vec<&str> {
        self.commands().map(|w| w.name.as_str()).collect()
    }
}

fn words(command: &Command) -> Words {
    let shown = command.get_arguments().filter(|a| !a.is_hide_set());
    let (places, options): (Vec<&Arg>, Vec<&Arg>) = shown.partition(|a| a.is_positional());
    Words {
        name: command.get_name().to_owned(),
        about: line(command.get_about()),
        options: options.into_iter().map(option).collect(),
        values: places.first().map_or(Values::Nothing, |arg| values(arg)),
    }
}

fn option(arg: &Arg) -> Opt {
    let takes = arg.get_num_args().is_some_and(|n| n.takes_values());
    Opt {
        short: arg.get_short_and_visible_aliases().unwrap_or_default(),
        long: arg.get_long().map(str::to_owned),
        help: line(arg.get_help()),
        value: takes.then(|| values(arg)),
        optional: arg.is_require_equals_set(),
    }
}

fn values(arg: &Arg) -> Values {
    let possible = arg.get_possible_values();
    if !possible.is_empty() {
        let word = |v: &clap::builder::PossibleValue| (v.get_name().to_owned(), line(v.get_help()));
        return Values::Words(possible.iter().map(word).collect());
    }
    match arg.get_value_hint() {
        ValueHint::AnyPath | ValueHint::FilePath => Values::Paths,
        ValueHint::DirPath => Values::Dirs,
        ValueHint::Other => Values::Ids,
        _ => Values::Unknown,
    }
}

fn line(text: Option<&StyledStr>) -> String {
    let text = text.map(ToString::to_string).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Opt {
    /// `-n` and `--dry-run`.
    pub(super) fn spellings(&self) -> Vec<String> {
        let short = self.short.iter().map(|c| format!("-{c}"));
        short.chain(self.long.iter().map(|l| format!("--{l}"))).collect()
    }
}
