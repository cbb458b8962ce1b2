//! docs/hook-programs.md is generated from the table of programs. `SAFE_RM_WRITE_DOCS=1` writes it
//! anew.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "a test may be told to write")]

use std::fmt::Write;
use std::path::Path;

use safe_rm::agent::judge::table;

#[test]
fn the_document_is_the_table() {
    let mut text = "# Programs that the hook knows\n\nGenerated from the table in `src/agent/judge/table.rs`. \
                    The way to a program, and a version behind\nits name, do not matter. What is none of \
                    these and is a script that is there is read; all else passes.\n\n\
                    | programs | what is judged |\n| --- | --- |\n"
        .to_owned();
    for program in table::all() {
        let names: Vec<String> = program.names.iter().map(|name| format!("`{name}`")).collect();
        writeln!(text, "| {} | {} |", names.join(", "), program.judged).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/hook-programs.md");
    if std::env::var_os("SAFE_RM_WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text);
}
