//! docs/rules.md is generated from the table of rules. `SAFE_RM_WRITE_DOCS=1` writes it anew.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "a test may be told to write")]

use std::fmt::Write;
use std::path::Path;

use safe_rm::decide::RULES;

#[test]
fn the_document_is_the_table() {
    let mut text = "# Rules\n\nGenerated from the table in `src/decide/rules/mod.rs`. All rules run, so \
                    a refusal lists every\nreason at once.\n\n| rule | refuses when | lifted by | why |\n\
                    | --- | --- | --- | --- |\n"
        .to_owned();
    for rule in RULES.iter().filter(|r| !r.refuses.is_empty()) {
        writeln!(text, "| `{}` | {} | {} | {} |", rule.id, rule.refuses, rule.lifted_by, rule.why)
            .unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    if std::env::var_os("SAFE_RM_WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text);
}
