//! The grammar of rm(1), as GNU's `getopt_long` reads it: options anywhere before `--`, long ones
//! shortened as far as they stay unambiguous, the last of `-f`, `-i` and `-I` in force.
//!
//! Not clap's: its messages, its exit code and what it takes for an option are others.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// When rm asks before it removes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// `-f`, `--interactive=never`.
    Never,
    /// Where an entry is write-protected and the standard input is a terminal.
    Protected,
    /// `-I`: as before, and once for more than three operands or a recursive removal.
    Once,
    /// `-i`: before every entry.
    Always,
}

/// What was asked of rm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rm {
    /// When it asks.
    pub prompt: Prompt,
    /// `-f`: what is not there is no error.
    pub missing_ok: bool,
    /// `-r`.
    pub recursive: bool,
    /// `-d`: empty directories go as well.
    pub empty_dirs: bool,
    /// `-v`.
    pub verbose: bool,
    /// `--one-file-system`: what it passes over it says in other words.
    pub one_file_system: bool,
    /// `--preserve-root=all`: no operand on another device than the directory around it.
    pub preserve_all: bool,
    /// `--no-preserve-root`: accepted, and `/` is refused all the same.
    pub root_meant: bool,
    /// `---presume-input-tty`: the standard input counts as a terminal.
    pub presume_tty: bool,
    /// The operands as they were typed.
    pub files: Vec<OsString>,
}

impl Default for Rm {
    fn default() -> Self {
        Self {
            prompt: Prompt::Protected,
            missing_ok: false,
            recursive: false,
            empty_dirs: false,
            verbose: false,
            one_file_system: false,
            preserve_all: false,
            root_meant: false,
            presume_tty: false,
            files: Vec::new(),
        }
    }
}

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// Something to remove.
    Remove(Rm),
    /// `--help`.
    Help,
    /// `--version`.
    Version,
}

/// Why the words cannot be used; what they say is told by `tell`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A letter that is no option.
    Letter(u8),
    /// A long option that does not exist, as typed.
    Unknown(OsString),
    /// The beginning of several.
    Ambiguous(OsString, Vec<&'static str>),
    /// An argument for an option that takes none.
    NoArgument(&'static str),
    /// A `WHEN` that is none, or of several the beginning.
    When {
        /// As typed.
        word: OsString,
        /// It begins several.
        ambiguous: bool,
    },
    /// An argument of `--preserve-root` other than `all`.
    PreserveRoot(OsString),
    /// `--no-preserve-root` cut short.
    Abbreviated,
    /// No operand.
    NoOperand,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opt {
    Force,
    Interactive,
    OneFileSystem,
    NoPreserveRoot,
    PreserveRoot,
    PresumeTty,
    Recursive,
    Dir,
    Verbose,
    Help,
    Version,
}

/// Long options with whether they take an argument (always an optional one), in GNU's order.
const LONG: &[(&str, Opt, bool)] = &[
    ("force", Opt::Force, false),
    ("interactive", Opt::Interactive, true),
    ("one-file-system", Opt::OneFileSystem, false),
    ("no-preserve-root", Opt::NoPreserveRoot, false),
    ("preserve-root", Opt::PreserveRoot, true),
    ("-presume-input-tty", Opt::PresumeTty, false),
    ("recursive", Opt::Recursive, false),
    ("dir", Opt::Dir, false),
    ("verbose", Opt::Verbose, false),
    ("help", Opt::Help, false),
    ("version", Opt::Version, false),
];

/// The words for WHEN.
const WHEN: &[(&str, Prompt)] = &[
    ("never", Prompt::Never),
    ("no", Prompt::Never),
    ("none", Prompt::Never),
    ("once", Prompt::Once),
    ("always", Prompt::Always),
    ("yes", Prompt::Always),
];

/// Reads what follows the program's name. With `posix` (`POSIXLY_CORRECT`) the first operand ends
/// the options.
///
/// # Errors
/// Words that rm does not know.
pub fn words(args: &[OsString], posix: bool) -> Result<Words, Wrong> {
    let mut rm = Rm::default();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let raw = arg.as_bytes();
        if raw == b"--" {
            rm.files.extend(args.cloned());
            break;
        }
        if let Some(long) = raw.strip_prefix(b"--") {
            let (opt, value) = long_option(long, arg)?;
            match opt {
                Opt::Help => return Ok(Words::Help),
                Opt::Version => return Ok(Words::Version),
                opt => rm.set(opt, value)?,
            }
        } else if raw.len() > 1 && raw[0] == b'-' {
            raw[1..].iter().try_for_each(|letter| rm.letter(*letter))?;
        } else {
            rm.files.push(arg.clone());
            if posix {
                rm.files.extend(args.cloned());
                break;
            }
        }
    }
    if rm.files.is_empty() && !rm.missing_ok {
        return Err(Wrong::NoOperand);
    }
    Ok(Words::Remove(rm))
}

/// A long option, whole or its unambiguous beginning, and what follows its `=`.
fn long_option<'a>(long: &'a [u8], arg: &OsStr) -> Result<(Opt, Option<&'a OsStr>), Wrong> {
    let end = long.iter().position(|b| *b == b'=');
    let (name, value) = long.split_at(end.unwrap_or(long.len()));
    let value = end.map(|_| OsStr::from_bytes(&value[1..]));
    let begun = LONG.iter().filter(|(known, ..)| known.as_bytes().starts_with(name));
    let begun: Vec<_> = begun.collect();
    let exact = begun.iter().find(|(known, ..)| known.as_bytes() == name);
    let (known, opt, takes) = match (exact, begun.as_slice()) {
        (Some(found), _) | (None, [found]) => **found,
        (None, []) => return Err(Wrong::Unknown(arg.to_owned())),
        (None, several) => {
            let names = several.iter().map(|(known, ..)| *known).collect();
            return Err(Wrong::Ambiguous(arg.to_owned(), names));
        }
    };
    if value.is_some() && !takes {
        return Err(Wrong::NoArgument(known));
    }
    if opt == Opt::NoPreserveRoot && exact.is_none() {
        return Err(Wrong::Abbreviated);
    }
    Ok((opt, value))
}

impl Rm {
    fn letter(&mut self, letter: u8) -> Result<(), Wrong> {
        match letter {
            b'f' => self.force(),
            b'i' => self.ask(Prompt::Always),
            b'I' => self.ask(Prompt::Once),
            b'r' | b'R' => self.recursive = true,
            b'd' => self.empty_dirs = true,
            b'v' => self.verbose = true,
            other => return Err(Wrong::Letter(other)),
        }
        Ok(())
    }

    fn set(&mut self, opt: Opt, value: Option<&OsStr>) -> Result<(), Wrong> {
        match (opt, value) {
            (Opt::Force, _) => self.force(),
            (Opt::Interactive, None) => self.ask(Prompt::Always),
            (Opt::Interactive, Some(word)) => match when(word)? {
                // Unlike `-f` it says nothing about what is not there.
                Prompt::Never => self.prompt = Prompt::Never,
                other => self.ask(other),
            },
            (Opt::OneFileSystem, _) => self.one_file_system = true,
            (Opt::NoPreserveRoot, _) => self.root_meant = true,
            (Opt::Help | Opt::Version, _) => {}
            (Opt::PreserveRoot, None) => self.root_meant = false,
            (Opt::PreserveRoot, Some(word)) if word == "all" => {
                (self.root_meant, self.preserve_all) = (false, true);
            }
            (Opt::PreserveRoot, Some(word)) => return Err(Wrong::PreserveRoot(word.to_owned())),
            (Opt::PresumeTty, _) => self.presume_tty = true,
            (Opt::Recursive, _) => self.recursive = true,
            (Opt::Dir, _) => self.empty_dirs = true,
            (Opt::Verbose, _) => self.verbose = true,
        }
        Ok(())
    }

    fn force(&mut self) {
        (self.prompt, self.missing_ok) = (Prompt::Never, true);
    }

    fn ask(&mut self, prompt: Prompt) {
        (self.prompt, self.missing_ok) = (prompt, false);
    }
}

/// A WHEN, or the beginning of those that all mean the same.
fn when(word: &OsStr) -> Result<Prompt, Wrong> {
    let wrong = |ambiguous| Wrong::When { word: word.to_owned(), ambiguous };
    if let Some((_, prompt)) = WHEN.iter().find(|(known, _)| *known == word) {
        return Ok(*prompt);
    }
    let begun = WHEN.iter().filter(|(known, _)| known.as_bytes().starts_with(word.as_bytes()));
    let mut meant: Vec<Prompt> = begun.map(|(_, prompt)| *prompt).collect();
    meant.dedup();
    match meant.as_slice() {
        [] => Err(wrong(false)),
        [one] => Ok(*one),
        _ => Err(wrong(true)),
    }
}

/// The operand that names a file although it begins like an option, for the hint that rm gives.
pub fn hyphened(args: &[OsString]) -> impl Iterator<Item = &OsString> {
    args.iter().filter(|arg| arg.as_bytes().len() > 1 && arg.as_bytes()[0] == b'-')
}

/// A name without its directories, as the program was called by it.
#[must_use]
pub fn is_called_rm(program: &OsStr) -> bool {
    let base = program.as_bytes().rsplit(|b| *b == b'/').next();
    base.map(|b| OsString::from_vec(b.to_vec())).is_some_and(|base| base == "rm")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Rm, Wrong> {
        let args: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        match words(&args, false)? {
            Words::Remove(rm) => Ok(rm),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_last_of_them_wins() {
        assert_eq!(read("-f -i x").unwrap().prompt, Prompt::Always);
        assert!(!read("-f -i x").unwrap().missing_ok);
        assert_eq!(read("-I --force x").unwrap().prompt, Prompt::Never);
        assert!(read("-f --interactive=never x").unwrap().missing_ok);
        assert!(!read("--interactive=never x").unwrap().missing_ok);
        assert_eq!(read("x -iI").unwrap().prompt, Prompt::Once);
    }

    #[test]
    fn long_options_may_be_shortened() {
        assert!(read("--rec --verb --d x").unwrap().recursive);
        assert!(read("---presume x").unwrap().presume_tty);
        assert_eq!(read("--int=n x").unwrap().prompt, Prompt::Never);
        assert_eq!(read("--no-pres x"), Err(Wrong::Abbreviated));
        assert_eq!(
            read("--ver x"),
            Err(Wrong::Ambiguous("--ver".into(), vec!["verbose", "version"]))
        );
        assert_eq!(read("--forc=1 x"), Err(Wrong::NoArgument("force")));
    }

    #[test]
    fn a_hyphen_is_a_name_and_two_end_the_options() {
        assert_eq!(read("- -- -f").unwrap().files, ["-", "-f"]);
        assert_eq!(read("-r"), Err(Wrong::NoOperand));
        assert_eq!(read("-f").unwrap().files, [""; 0]);
        let args = ["a", "-r"].map(OsString::from);
        let Ok(Words::Remove(rm)) = words(&args, true) else { panic!() };
        assert_eq!(rm.files, ["a", "-r"]);
    }
}
