//! `/v1/kinds`: kinds of record: the built-in ones, what tenants add to them, and tenants' own.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use stagewright_core::command::put_kind;
use stagewright_core::model::kind::{Kind, OwnField};
use stagewright_core::schema::{self, Field, FieldType};

use super::answer::{Answer, Json, Versioned};
use super::auth::Caller;
use super::body::Nothing;
use super::page::{Items, PageQuery};
use super::params::{Asked, Ids};
use super::replace::Replace;
use super::state::App;

/// What only the host says of a kind.
const HOST_ONLY: &[&str] = &["version", "item", "built_in"];

/// What a tenant adds to a kind, or a kind of its own, as clients write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KindBody {
    /// As in the path, if it is there.
    #[serde(default)]
    id: String,
    /// Name for people.
    name: String,
    /// The tenant's own fields; each name begins with `x_`.
    #[serde(default)]
    fields: Vec<OwnFieldBody>,
}

/// A field of the tenant's own as clients write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnFieldBody {
    /// Its name; begins with `x_`.
    name: String,
    /// Name for people.
    #[serde(default)]
    label: String,
    /// What it holds.
    #[serde(rename = "type")]
    holds: String,
    /// The words of a `choice`.
    #[serde(default)]
    choices: Vec<String>,
    /// The kind of record that a `link` or `links` leads to.
    #[serde(default)]
    to: Option<String>,
    /// Whether a record must have it; kinds of the tenant's own only.
    #[serde(default)]
    required: bool,
}

/// A kind as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct KindView {
    id: String,
    name: String,
    /// The tenant's own fields.
    fields: Vec<OwnFieldView>,
    /// 0 for a built-in kind to which nothing was added.
    version: u64,
    /// Whether it moves through pipelines.
    item: bool,
    /// The fields that it has anyway.
    built_in: Vec<FieldView>,
}

/// A field of the tenant's own as clients see it.
#[derive(Debug, Serialize)]
struct OwnFieldView {
    name: String,
    label: String,
    #[serde(rename = "type")]
    holds: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    required: bool,
}

/// A built-in field as clients see it.
#[derive(Debug, Serialize)]
struct FieldView {
    name: String,
    #[serde(rename = "type")]
    holds: &'static str,
    required: bool,
    host_only: bool,
    /// The words of a `choice`.
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<Vec<String>>,
    /// The kind of record that a `link` or `links` leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

impl From<KindBody> for Kind {
    fn from(body: KindBody) -> Self {
        let KindBody { id, name, fields } = body;
        Self { id, name, fields: fields.into_iter().map(Into::into).collect() }
    }
}

impl From<OwnFieldBody> for OwnField {
    fn from(body: OwnFieldBody) -> Self {
        let OwnFieldBody { name, label, holds, choices, to, required } = body;
        Self { name, label, holds, choices, to, required }
    }
}

impl KindView {
    fn of(kind: Kind, version: u64) -> Self {
        let Kind { id, name, fields } = kind;
        let built_in = schema::fields(&id).unwrap_or_default();

        Self {
            item: schema::is_item(&id),
            built_in: built_in.iter().map(FieldView::of).collect(),
            id,
            name,
            fields: fields.into_iter().map(OwnFieldView::of).collect(),
            version,
        }
    }
}

impl OwnFieldView {
    fn of(field: OwnField) -> Self {
        let OwnField { name, label, holds, choices, to, required } = field;
        Self { name, label, holds, choices, to, required }
    }
}

impl FieldView {
    fn of(field: &Field) -> Self {
        let Field { name, holds, required, host_only } = field;

        let choices = match holds {
            FieldType::Choice(words) => Some(words.iter().map(ToString::to_string).collect()),
            _ => None,
        };
        let to = match holds {
            FieldType::Link(to) | FieldType::Links(to) => Some(to.to_string()),
            _ => None,
        };

        Self {
            name: name.to_string(),
            holds: holds.name(),
            required: *required,
            host_only: *host_only,
            choices,
            to,
        }
    }
}

/// `GET /v1/kinds`: lists kinds: on the first page the built-in ones, then those that the tenant
/// made, by id.
pub(super) async fn list_kinds(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<KindView>> {
    let page = asked.page()?;

    // A cursor leads into the tenant's rows, and a built-in kind may have none, so those come with
    // the first page alone.
    let built_in = match page.after {
        None => app.service.built_in_kinds(caller.tenant()).await?,
        Some(_) => Vec::new(),
    };
    let own = app.service.own_kinds(caller.tenant(), &page).await?;

    let kinds = built_in.into_iter().chain(own.rows.into_iter().map(|(_, kind, at)| (kind, at)));
    Ok(Items::new(kinds.map(|(kind, version)| KindView::of(kind, version)), own.next))
}

/// `GET /v1/kinds/{id}`: shows a kind with all its fields. Its version is the `ETag`.
pub(super) async fn show_kind(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer<Versioned<KindView>> {
    let (kind, version) = app.service.kind(caller.tenant(), &id).await?;
    Ok(Json::ok(&KindView::of(kind, version)).versioned())
}

/// `PUT /v1/kinds/{id}`: adds fields to a kind, or makes a kind of the tenant's own; with
/// `If-Match` only where it is still at that version.
pub(super) async fn put_kind(request: Replace) -> Answer<Versioned<KindView>> {
    let view = |_: &_, _: &_, kind, version| KindView::of(kind, version);
    request.with::<KindBody, _, _>(HOST_ONLY, put_kind::decide, view).await
}
