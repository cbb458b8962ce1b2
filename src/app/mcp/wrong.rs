//! The answer to a line that is no call.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// The id of a line.
pub(super) struct Id {
    /// As it was written: a number that is read and written again can be another one.
    raw: Box<RawValue>,
    /// As it was read.
    pub value: Value,
}

impl Id {
    /// The id in a line that was read as `whole`, where JSON-RPC takes it for one.
    pub(super) fn of(whole: &Value, line: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Line {
            id: Box<RawValue>,
        }
        let value = whole.get("id").filter(|id| id.is_string() || id.is_number())?.clone();
        let raw = serde_json::from_slice::<Line>(line).ok()?.id;
        Some(Self { raw, value })
    }
}

/// An error of the protocol.
#[derive(Serialize)]
pub(super) struct Wrong {
    jsonrpc: &'static str,
    id: Option<Box<RawValue>>,
    error: What,
    /// The id as it was read.
    #[serde(skip)]
    pub value: Option<Value>,
}

#[derive(Serialize)]
struct What {
    code: i32,
    message: String,
}

impl Wrong {
    pub(super) fn new(code: i32, message: impl Into<String>, id: Option<Id>) -> Self {
        let (id, value) = id.map_or((None, None), |id| (Some(id.raw), Some(id.value)));
        Self { jsonrpc: "2.0", id, error: What { code, message: message.into() }, value }
    }

    /// The same, under no id.
    pub(super) fn unnamed(self) -> Self {
        Self { id: None, ..self }
    }
}
