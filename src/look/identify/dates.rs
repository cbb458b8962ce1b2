//! Dates that a writer put into its own files. They are shown with their source and decide nothing: a
//! clock may have been wrong, and anybody can write anything.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat};
use serde_json::Value;

use crate::facts::Declared;

/// A declared date, with where it stands.
fn declared(at: String, source: &str) -> Declared {
    Declared { at, source: source.to_owned() }
}

/// Seconds since 1970, as a number or as a text.
#[must_use]
pub(super) fn unix(secs: i64, source: &str) -> Option<Declared> {
    // Zero is what a writer puts that knows no time.
    let at = DateTime::from_timestamp(secs, 0).filter(|_| secs > 0)?;
    Some(declared(at.to_rfc3339_opts(SecondsFormat::Secs, true), source))
}

/// Nanoseconds since 1970, as Orbax has them.
#[must_use]
pub(super) fn nanos(value: &Value, source: &str) -> Option<Declared> {
    unix(value.as_i64()? / 1_000_000_000, source)
}

/// A date as people and Python write it, with a zone or without one.
#[must_use]
pub(super) fn text(text: &str, source: &str) -> Option<Declared> {
    let text = text.trim().trim_matches(['\'', '"']);
    if text.len() > 64 {
        return None;
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(declared(at.to_rfc3339_opts(SecondsFormat::Secs, true), source));
    }
    let forms = ["%Y-%m-%d@%H:%M:%S", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"];
    let whole = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let whole = whole.map(|at| at.format("%Y-%m-%dT%H:%M:%S").to_string());
    let day = || Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.to_string());
    Some(declared(whole.or_else(day)?, source))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_they_are_written() {
        let at = |d: Option<Declared>| d.map(|d| d.at);
        for (written, read) in [
            ("2026-11-24@06:51:42", Some("2026-11-24T06:51:42")),
            ("2026-11-24 06:51:42.123456", Some("2026-11-24T06:51:42")),
            ("'2026-11-24T06:51:42+01:00'", Some("2026-11-24T06:51:42+01:00")),
            ("2026-11-24", Some("2026-11-24")),
            ("yesterday", None),
            ("2026-13-40", None),
            ("", None),
        ] {
            assert_eq!(at(text(written, "x")).as_deref(), read, "{written}");
        }
        let orbax = serde_json::json!(1_795_503_199_174_396_036_i64);
        assert_eq!(at(nanos(&orbax, "x")).unwrap(), "2026-11-24T06:53:19Z");
        for none in [0, -5, i64::MAX] {
            assert_eq!(unix(none, "x"), None);
        }
    }
}
