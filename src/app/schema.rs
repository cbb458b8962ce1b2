//! `safe-rm schema [NAME]`: the form of what `--json` answers with.

use super::{Exit, usage};
use crate::tell::{self, Voice};

/// Prints one schema, or says which there are.
pub(super) fn run(name: Option<&str>, voice: Voice) -> Exit {
    let Some(name) = name else {
        voice.schemas();
        return Exit::Done;
    };
    let Some(schema) = tell::schema(name) else {
        let known = tell::schema_names().join(", ");
        return usage(&format!("there is no document `{name}`; there are {known}"), voice);
    };
    tell::verbatim(format!("{}\n", tell::document(&schema)).as_bytes());
    Exit::Done
}
