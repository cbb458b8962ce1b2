//! docs/formats.md is generated from the table of formats. `SAFE_RM_WRITE_DOCS=1` writes it anew.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "a test may be told to write")]

use std::fmt::Write;
use std::path::Path;

use safe_rm::look::FORMATS;

#[test]
fn the_document_is_the_table() {
    let mut text =
        "# Formats\n\nGenerated from the table in `src/look/identify/table.rs`. Content \
                    decides, never a suffix alone; every\nread is bounded, nothing is unpickled or \
                    run. Family and size come from tensors where a format lists\nthem. A suffix of \
                    weights with other content is damaged, never harmless.\n\n| format | told by | \
                    what is read |\n| --- | --- | --- |\n"
            .to_owned();
    for format in FORMATS {
        writeln!(text, "| {} | {} | {} |", format.id, format.told, format.read).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md");
    if std::env::var_os("SAFE_RM_WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text);
}

#[test]
fn every_format_is_listed_once() {
    let mut ids: Vec<_> = FORMATS.iter().map(|f| f.id).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

/// `gguf vocabulary`, `training state` and `unknown` are no models, or may be: tests/formats_misses.rs
/// and tests/possibly.rs have them.
#[test]
fn every_format_has_an_example() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let text = ["formats.rs", "formats_layouts.rs"]
        .map(|name| std::fs::read_to_string(tests.join(name)).unwrap());
    let other = ["gguf vocabulary", "training state", "unknown"];
    for format in FORMATS.iter().filter(|f| !other.contains(&f.id)) {
        let quoted = format!("\"{}", format.id);
        assert!(text.iter().any(|t| t.contains(&quoted)), "{} has no example", format.id);
    }
}
