//! The JSON schemas of the documents, made from the very structs that are serialised.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::Value;

use super::words::wrap;
use super::{
    doctor, explain, guard, json, kept, label, list, outcome, policy, requests, settings, wire,
};

/// A kind of document.
struct Kind {
    name: &'static str,
    /// Which commands answer with it.
    by: &'static str,
    schema: fn() -> Value,
}

/// All of them. A failure answers with `error`, whatever was asked.
const KINDS: &[Kind] = &[
    kind::<json::Document<'static>>("plan", "`plan`, `-n`, and where nothing is done"),
    kind::<outcome::Document<'static>>("result", "`safe-rm PATH..`, `undo`, `purge`, `approve`"),
    kind::<outcome::Failure<'static>>("error", "every command, where it fails"),
    kind::<list::Document<'static>>("ls", "`ls`"),
    kind::<kept::TrashDocument<'static>>("trash", "`trash`"),
    kind::<kept::LogDocument<'static>>("log", "`log`"),
    kind::<label::Document<'static>>("label", "`label`"),
    kind::<requests::Document<'static>>("requests", "`requests`"),
    kind::<requests::OneDocument<'static>>("request", "`wait`, and `approve` of what is not open"),
    kind::<explain::Document<'static>>("rules", "`explain`"),
    kind::<policy::Document<'static>>("policy", "`policy`"),
    kind::<settings::Document<'static>>("init", "`init AGENT`"),
    kind::<doctor::Document>("doctor", "`doctor`"),
    kind::<guard::Document>("guard", "`guard --check`"),
    kind::<Document>("schemas", "`schema`"),
];

const fn kind<T: JsonSchema>(name: &'static str, by: &'static str) -> Kind {
    Kind { name, by, schema: of::<T> }
}

/// The schema of what is written, with formats that every reader knows.
fn of<T: JsonSchema>() -> Value {
    let plain = RecursiveTransform(|schema: &mut Schema| {
        schema.remove("format");
    });
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(plain);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// The schema of the documents of this name.
#[must_use]
pub fn named(name: &str) -> Option<Value> {
    KINDS.iter().find(|kind| kind.name == name).map(|kind| (kind.schema)())
}

/// The names that there are.
#[must_use]
pub fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

/// The schemas of all documents.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "safe-rm/schemas/1")]
struct Document {
    #[schemars(extend("const" = "safe-rm/schemas/1"))]
    schema: &'static str,
    items: Vec<One>,
}

/// One kind of document.
#[derive(Serialize, JsonSchema)]
struct One {
    name: &'static str,
    /// Its schema, in JSON Schema 2020-12.
    json_schema: Value,
}

pub(super) fn json() -> Value {
    let items = KINDS.iter().map(|k| One { name: k.name, json_schema: (k.schema)() });
    wire::value(&Document { schema: "safe-rm/schemas/1", items: items.collect() })
}

pub(super) fn text() -> String {
    KINDS.iter().map(|k| wrap(0, &format!("{:10} ", k.name), k.by) + "\n").collect()
}
