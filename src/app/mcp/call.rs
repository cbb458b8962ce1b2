//! One call: the words are read by the grammar of the command line, and what would be printed is kept.

use std::ffi::OsString;
use std::panic::AssertUnwindSafe;

use clap::Parser;
use serde_json::Value;

use super::tools::{DATA, MOST};
use crate::app::world::{Caller, Client};
use crate::app::{Exit, carry};
use crate::cli::Cli;
use crate::tell::{Kept, Voice};

/// Of a text no more is given: all of it stands in the document.
const LONGEST: usize = 6000;

/// What was said.
pub(super) struct Said {
    /// For whoever reads, with the remark that what it quotes is data.
    pub text: String,
    /// As `--json` prints it.
    pub document: Value,
    /// The exit code that the command line would have.
    pub exit: u8,
}

impl Said {
    /// It could not be done; a refusal is no failure.
    pub(super) fn is_error(&self) -> bool {
        self.document["schema"] == "safe-rm/error/1"
    }
}

/// Does what these words say.
pub(super) fn call(words: Result<Vec<OsString>, String>, client: Client) -> Said {
    let kept = Kept::default();
    let voice = Voice::Kept(&kept);
    let caller = Caller::Client(client);
    let done = std::panic::catch_unwind(AssertUnwindSafe(|| match parse(words) {
        Err(text) => {
            voice.usage(&text, Exit::Usage as u8);
            Exit::Usage
        }
        Ok(cli) => carry(cli, &caller, voice).unwrap_or_else(|error| {
            voice.failure(&error, Exit::Failed as u8);
            Exit::Failed
        }),
    }));
    let exit = done.unwrap_or_else(|_| {
        let what = anyhow::anyhow!("this is a defect of safe-rm: please report it");
        voice.failure(&what, Exit::Failed as u8);
        Exit::Failed
    });
    let (text, document) = kept.take();
    let mut text = format!("{DATA}\n\n{}", text.trim_end());
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push_str("\n.. (cut short; all of it stands in the structured content)");
    }
    Said { text, document: document.unwrap_or_default(), exit: exit as u8 }
}

fn parse(words: Result<Vec<OsString>, String>) -> Result<Cli, String> {
    let words = words?;
    if words.len() > MOST {
        return Err(format!(
            "that are more than {MOST} words: name folders, or call several times"
        ));
    }
    if words.iter().any(|w| w.as_encoded_bytes().contains(&0)) {
        return Err("a NUL character stands in it, and in no path or text can be one".to_owned());
    }
    let words = std::iter::once("safe-rm".into()).chain(words);
    Cli::try_parse_from(words).map_err(|error| {
        // Its first paragraph says what is wrong; the rest is about a command line.
        let text = error.render().to_string();
        text.split("\n\n").next().unwrap_or_default().replace('\n', " ")
    })
}
