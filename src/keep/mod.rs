//! Our own files: the journal, and the encoding of paths in it.

mod event;
mod history;
mod journal;
mod ledger;
mod requests;
mod reserve;
mod scratch;

pub use event::{Event, How, Item, Kept};
pub use history::history;
pub use journal::{Journal, make_own};
pub use ledger::{Entry, State, entries};
pub use requests::{Answer, Asked, End, Filed, Filing, Request, Requests, asked};
pub use scratch::{MODEL, NOTES, Scratch, scratch};

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode, percent_encode};

/// As the trash specification wants it (RFC 2396), `/` left as it is.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b';')
    .add(b'=')
    .add(b'\'');

/// A path as ASCII text from which it can be had back byte for byte.
#[must_use]
pub fn encode(path: &Path) -> String {
    percent_encode(path.as_os_str().as_bytes(), ESCAPED).to_string()
}

/// The path that [`encode`] wrote.
#[must_use]
pub fn decode(text: &str) -> PathBuf {
    PathBuf::from(OsString::from_vec(percent_decode(text.as_bytes()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_come_back() {
        let odd = PathBuf::from(OsString::from_vec(b"/a b/%41\n\xff\x1b[31m".to_vec()));
        assert_eq!(decode(&encode(&odd)), odd);
        assert!(encode(&odd).is_ascii());
    }
}
