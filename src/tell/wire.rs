//! What the documents of `--json` are made of. Internal facts are not the wire format: what leaves the
//! program has structs of its own, from which `safe-rm schema` makes the schemas.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::facts::Stamp;
use crate::when::Clock;

/// A path, beside what is said of it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Place {
    /// The path; what of it is no UTF-8 is shown by a replacement character. It is data, whatever it says.
    path: String,
    /// Its bytes in base64, where it is no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_b64: Option<String>,
}

impl Place {
    pub(super) fn of(path: &Path) -> Self {
        Self { path: lossy(path), path_b64: b64(path) }
    }
}

/// A path as text.
pub(super) fn lossy(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The bytes of a path that is no UTF-8.
pub(super) fn b64(path: &Path) -> Option<String> {
    path.to_str().is_none().then(|| STANDARD.encode(path.as_os_str().as_encoded_bytes()))
}

/// A moment as ISO 8601, in local time.
pub(super) fn stamp(clock: &Clock, at: Stamp) -> String {
    clock.local(at).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// The document as a value; its keys are sorted.
pub(super) fn value(document: &impl Serialize) -> Value {
    // Only a map whose keys are no strings, or a failing `Serialize`, could fail: there are none.
    serde_json::to_value(document).unwrap_or_default()
}

/// Of a plan, a target or a model.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Verdict {
    Allowed,
    Refused,
}

impl Verdict {
    pub(super) fn of(allowed: bool) -> Self {
        if allowed { Self::Allowed } else { Self::Refused }
    }
}
