//! What a word must be to be taken at all.

use std::ffi::OsString;

use clap::builder::{OsStringValueParser, StringValueParser, TypedValueParser};

/// A path that names something; an empty one comes of a variable that is not set.
pub(super) fn path() -> impl TypedValueParser<Value = OsString> {
    OsStringValueParser::new().try_map(|path| {
        let why = "an empty path names nothing; check the variable that should have held it";
        if path.is_empty() { Err(why) } else { Ok(path) }
    })
}

/// The id of something, or its beginning.
pub(super) fn id() -> impl TypedValueParser<Value = String> {
    StringValueParser::new().try_map(|id| {
        let why = "an empty id names nothing; check the variable that should have held it";
        if id.is_empty() { Err(why) } else { Ok(id) }
    })
}

/// One line of a label.
pub(super) fn value() -> impl TypedValueParser<Value = String> {
    StringValueParser::new().try_map(|text| {
        let text = text.trim().to_owned();
        if text.is_empty() {
            Err("a line of a label says something")
        } else if text.contains(char::is_control) {
            Err("a line of a label is one line of plain text")
        } else if text.chars().count() > 200 {
            Err("no more than 200 characters of a line are read")
        } else {
            Ok(text)
        }
    })
}
