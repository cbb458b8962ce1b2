//! What `safe-rm rm` says: rm's own words, with the program named as it was called.
//!
//! The texts are those of GNU coreutils 9.1 in the C locale. Errors and questions go to stderr, what
//! was removed to stdout; a line of an error comes after all that was said before it.

mod quote;

use std::cell::OnceCell;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::words::size;
use crate::act::ordinary::{Kind, Passed};
use crate::act::{Execution, Fate};
use crate::cli::rm::Wrong;
use crate::facts::FileKind;
use crate::look::ordinary::Stake;
use quote::{escaped, quoted, quoted_if_needed};

/// rm's voice.
#[derive(Debug)]
pub struct RmVoice {
    name: String,
    /// Whether the terminal reads UTF-8, asked when the first name is quoted.
    utf8: (OnceCell<bool>, fn() -> bool),
    /// What is not yet written; a terminal gets each line at once.
    out: Vec<u8>,
    at_once: bool,
    /// What went wrong with the standard output.
    broken: Option<io::Error>,
    /// What went wrong with the standard error.
    deaf: Option<io::Error>,
    /// The standard input could not be read.
    unread: bool,
}

/// How many stakes are told one by one.
const STAKES: usize = 4;
/// Bytes that are gathered before they are written to what is no terminal.
const BUFFER: usize = 4096;

fn words(kind: Kind) -> &'static str {
    match kind.kind {
        FileKind::File if kind.empty => "regular empty file",
        FileKind::File => "regular file",
        FileKind::Directory => "directory",
        FileKind::Symlink => "symbolic link",
        FileKind::Special => kind.special,
    }
}

impl RmVoice {
    /// With the name under which the program was called; `utf8` says what the terminal reads.
    #[must_use]
    pub fn new(name: &OsStr, utf8: fn() -> bool) -> Self {
        let utf8 = (OnceCell::new(), utf8);
        let name = super::harmless(&name.to_string_lossy());
        let at_once = io::stdout().is_terminal();
        Self { name, utf8, out: Vec::new(), at_once, broken: None, deaf: None, unread: false }
    }

    fn is_utf8(&self) -> bool {
        *self.utf8.0.get_or_init(self.utf8.1)
    }

    /// A name in quotes.
    #[must_use]
    pub fn quoted(&self, name: &[u8]) -> String {
        quoted(name, self.is_utf8())
    }

    /// A line on stderr that begins with the program's name.
    pub fn error(&mut self, text: &str) {
        self.flush();
        self.say(&format!("{}: {text}\n", self.name));
    }

    /// What could not be removed, and why.
    pub fn cannot(&mut self, name: &[u8], error: &io::Error) {
        let why = reason(error);
        self.error(&format!("cannot remove {}: {why}", self.quoted(name)));
    }

    /// A question on stderr, without an end of line.
    pub fn question(&mut self, text: &str) {
        self.say(&format!("{}: {text}? ", self.name));
    }

    /// Why a name is passed over.
    pub fn passed(&mut self, name: &[u8], why: Passed<'_>) {
        let quoted = self.quoted(name);
        match why {
            Passed::Dot => {
                self.error(&format!("refusing to remove '.' or '..' directory: skipping {quoted}"));
            }
            Passed::Root(meant) => {
                let same = if name == b"/" { "" } else { " (same as '/')" };
                self.error(&format!("it is dangerous to operate recursively on {quoted}{same}"));
                let never = "safe-rm never removes it, whatever the options say";
                let failsafe = "use --no-preserve-root to override this failsafe";
                self.error(if meant { never } else { failsafe });
            }
            Passed::OtherDevice => {
                self.error(&format!("skipping {quoted}, since it's on a different device"));
            }
            Passed::Preserved => {
                self.error(&format!("skipping {quoted}, since it's on a different device"));
                self.error("and --preserve-root=all is in effect");
            }
            Passed::Unreachable => {
                let above = self.quoted(&[name, b"/.."].concat());
                self.error(&format!("failed to stat {above}: skipping {quoted}"));
            }
            Passed::Behind(directory) => {
                let bare = self.quoted(name.strip_suffix(b"/").unwrap_or(name));
                let directory = self.quoted(directory.as_os_str().as_bytes());
                self.error(&format!(
                    "refusing to empty the directory behind the link {quoted}: write {bare} for \
                     the link, {directory} for the directory"
                ));
            }
            Passed::Later => self.error(&format!(
                "cannot remove {quoted}: it came or changed after safe-rm had looked for models; \
                 run rm again"
            )),
        }
    }

    /// The question before one entry goes.
    pub fn may_go(&mut self, name: &[u8], kind: Kind, protected: bool) {
        let protected = if protected { "write-protected " } else { "" };
        let text = format!("remove {protected}{} {}", words(kind), self.quoted(name));
        self.question(&text);
    }

    /// The question before a directory is entered.
    pub fn may_descend(&mut self, name: &[u8], protected: bool) {
        let protected = if protected { "write-protected " } else { "" };
        self.question(&format!("descend into {protected}directory {}", self.quoted(name)));
    }

    /// The question before all of it goes.
    pub fn all_may_go(&mut self, count: usize, recursive: bool) {
        let plural = if count == 1 { "" } else { "s" };
        let how = if recursive { " recursively" } else { "" };
        self.question(&format!("remove {count} argument{plural}{how}"));
    }

    /// What a rule has against an ordinary thing.
    pub fn refused(&mut self, name: &[u8], why: &str) {
        self.error(&format!("cannot remove {}: {}", self.quoted(name), super::harmless(why)));
    }

    /// What went to the trash, where that is to be told, and what did not. Says whether all did.
    pub fn trashed(&mut self, execution: &Execution, verbose: bool) -> bool {
        let mut fine = execution.changed.is_empty();
        for (path, how) in &execution.changed {
            self.refused(path.as_os_str().as_bytes(), how);
        }
        for (path, fate) in &execution.fates {
            let name = path.as_os_str().as_bytes();
            match fate {
                Fate::Failed(why) => {
                    self.refused(name, why);
                    fine = false;
                }
                Fate::Moved(_) if verbose => {
                    let line = format!("moved to the trash {}\n", self.quoted(name));
                    self.out.extend(line.into_bytes());
                }
                _ => {}
            }
        }
        fine
    }

    /// What is at stake, above the plan.
    pub fn at_stake(&mut self, stakes: &[(OsString, Stake)], bytes: u64, limit: u64) {
        for (operand, stake) in stakes.iter().take(STAKES) {
            let path = |path: &Path| super::harmless_path(path);
            let why = match stake {
                Stake::Model(at) => format!("{} is, or may be, a model", path(at)),
                Stake::Label(at) => format!("{} is a model's label", path(at)),
                Stake::Part(of) => format!("it is a part of {}", super::harmless(of)),
                Stake::Pinned(by) => format!("{} says that it is to be kept", path(by)),
                Stake::Protected(why) => super::harmless(why),
            };
            self.error(&format!("{}: {why}", self.quoted(operand.as_bytes())));
        }
        if stakes.len() > STAKES {
            self.error(&format!("and {} more", stakes.len() - STAKES));
        }
        if stakes.is_empty() {
            let (bytes, limit) = (size(bytes), size(limit));
            self.error(&format!("{bytes} are more than `ordinary.bytes` of the policy, {limit}"));
        }
        self.error("so this is safe-rm's to decide, whatever the options say:");
    }

    /// What is gone, on stdout.
    pub fn removed(&mut self, name: &[u8], directory: bool) {
        let what = if directory { "removed directory" } else { "removed" };
        self.out.extend(format!("{what} {}\n", self.quoted(name)).into_bytes());
        if self.at_once || self.out.len() >= BUFFER {
            self.flush();
        }
    }

    /// Text on stdout.
    pub fn text(&mut self, text: &str) {
        self.out.extend(text.as_bytes());
    }

    fn say(&mut self, text: &str) {
        let said = write(io::stderr().as_fd(), text.as_bytes());
        self.deaf = self.deaf.take().or(said.err());
    }

    /// Whether the reader of one of the streams has gone away.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        let broken = |e: &&io::Error| e.kind() == io::ErrorKind::BrokenPipe;
        self.broken.iter().chain(&self.deaf).any(|e| broken(&e))
    }

    /// The standard input could not be read: that is told at the end.
    pub fn unread(&mut self) {
        self.unread = true;
    }

    /// Writes what is left.
    pub fn flush(&mut self) {
        if !self.out.is_empty() && self.broken.is_none() {
            self.broken = write(io::stdout().as_fd(), &self.out).err();
            self.out.clear();
        }
    }

    /// A stream that did not take all of it is an error; whether there was none.
    #[must_use]
    pub fn end(mut self) -> bool {
        if let Some(error) = self.broken.take() {
            self.error(&format!("write error: {}", reason(&error)));
            return false;
        }
        if self.unread {
            self.error("error closing file");
        }
        self.deaf.is_none() && !self.unread
    }

    /// Tells why the words cannot be used. `hyphened` is the first word that begins like an
    /// option and is the name of a file.
    pub fn wrong(&mut self, wrong: &Wrong, hyphened: Option<&OsString>) {
        let utf8 = self.is_utf8();
        let shown = |text: &OsStr| escaped(text.as_bytes(), utf8);
        let (open, close) = if utf8 { ('\u{2018}', '\u{2019}') } else { ('\'', '\'') };
        let text = match wrong {
            Wrong::Letter(letter) => {
                format!("invalid option -- '{}'", escaped(&[*letter], utf8))
            }
            Wrong::Unknown(option) => format!("unrecognized option '{}'", shown(option)),
            Wrong::Ambiguous(option, names) => {
                let names: String = names.iter().map(|name| format!(" '--{name}'")).collect();
                format!("option '{}' is ambiguous; possibilities:{names}", shown(option))
            }
            Wrong::NoArgument(option) => format!("option '--{option}' doesn't allow an argument"),
            Wrong::When { word, ambiguous } => {
                let how = if *ambiguous { "ambiguous" } else { "invalid" };
                let quote = |text: &str| format!("{open}{text}{close}");
                let line = |words: &[&str]| {
                    let words: Vec<String> = words.iter().map(|word| quote(word)).collect();
                    format!("\n  - {}", words.join(", "))
                };
                let valid = [&["never", "no", "none"][..], &["once"], &["always", "yes"]];
                let valid: String = valid.iter().map(|words| line(words)).collect();
                let (word, option) = (quote(&shown(word)), quote("--interactive"));
                format!("{how} argument {word} for {option}\nValid arguments are:{valid}")
            }
            Wrong::PreserveRoot(word) => {
                let word = self.quoted(word.as_bytes());
                format!("unrecognized --preserve-root argument: {word}")
            }
            Wrong::Abbreviated => "you may not abbreviate the --no-preserve-root option".to_owned(),
            Wrong::NoOperand => "missing operand".to_owned(),
        };
        self.error(&text);
        if matches!(wrong, Wrong::PreserveRoot(_) | Wrong::Abbreviated) {
            return;
        }
        let mut hints = String::new();
        let option = matches!(
            wrong,
            Wrong::Letter(_) | Wrong::Unknown(_) | Wrong::Ambiguous(..) | Wrong::NoArgument(_)
        );
        if let Some(file) = hyphened.filter(|_| option) {
            let bare = quoted_if_needed(file.as_bytes(), utf8);
            let (quoted, name) = (self.quoted(file.as_bytes()), &self.name);
            hints.push_str(&format!("Try '{name} ./{bare}' to remove the file {quoted}.\n"));
        }
        hints.push_str(&format!("Try '{} --help' for more information.\n", self.name));
        self.say(&hints);
    }
}

/// Writes all of it. The library's own handles take a stream that cannot be written for one that took
/// everything.
fn write(to: BorrowedFd<'_>, text: &[u8]) -> io::Result<()> {
    File::from(to.try_clone_to_owned()?).write_all(text)
}

/// What the system says, without the number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.clone(), |(text, _)| text.to_owned())
}

/// The help of rm.
pub const HELP: &str = "\
Usage: rm [OPTION]... [FILE]...
Remove the FILEs, as GNU rm does, unless a model or something large is at stake:
then safe-rm shows its plan, refuses what its rules protect, and acts only when
a person types DELETE at a terminal. No option here skips that.

  -f, --force           never prompt, and ignore what is not there
  -i                    prompt before every removal
  -I                    prompt once before removing more than three files, or
                          when removing recursively
      --interactive[=WHEN]  prompt never, once (-I), or always (-i); without
                          WHEN always
      --one-file-system  say of a directory on another device that it is skipped
      --no-preserve-root  accepted; `/` is refused all the same
      --preserve-root[=all]  do not remove `/` (the default); with `all` also
                          nothing on another device than the directory around it
  -r, -R, --recursive   remove directories and what is in them
  -d, --dir             remove empty directories
  -v, --verbose         say what is removed
      --help            show this and exit
      --version         show the version and exit

A name that begins with a `-`: rm -- -foo, or rm ./-foo.
What was moved to the trash comes back with `safe-rm undo`; what GNU rm removes
is gone. Differences from GNU rm: `safe-rm help rm`, and docs/rm.md.
";
