//! Kinds of record: the built-in ones, what tenants add to them, and tenants' own.

mod list;
mod put;
mod show;

use serde_json::{Value, json};

use stagewright_core::model::kind::Kind;
use stagewright_core::schema::{self, Field, FieldType};

use crate::http::answer::with_version;

pub(super) use list::list_kinds;
pub(super) use put::put_kind;
pub(super) use show::show_kind;

/// What only the host says of a kind.
const HOST_ONLY: &[&str] = &["version", "item", "built_in"];

/// A kind as clients see it: with the fields that it has anyway, and whether it moves through
/// pipelines. A built-in kind to which nothing was added is at version 0.
fn view(kind: &Kind, version: u64) -> Value {
    let mut view = with_version(kind, version);
    let built_in: Vec<Value> =
        schema::fields(&kind.id).unwrap_or_default().iter().map(field_view).collect();

    if let Some(map) = view.as_object_mut() {
        map.insert("item".into(), json!(schema::is_item(&kind.id)));
        map.insert("built_in".into(), json!(built_in));
    }
    view
}

fn field_view(field: &Field) -> Value {
    let mut view = json!({
        "name": field.name, "type": field.holds.name(), "required": field.required,
        "host_only": field.host_only,
    });

    let more = match &field.holds {
        FieldType::Choice(words) => Some(("choices", json!(words))),
        FieldType::Link(to) | FieldType::Links(to) => Some(("to", json!(to))),
        _ => None,
    };

    if let (Some((name, value)), Some(map)) = (more, view.as_object_mut()) {
        map.insert(name.into(), value);
    }
    view
}

/// A built-in kind to which nothing was added.
fn untouched(id: &str) -> Kind {
    Kind { id: id.to_owned(), name: id.to_owned(), fields: Vec::new() }
}
