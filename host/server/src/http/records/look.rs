//! Looking at records: one of them, or a page of those that are looked for.

use axum::extract::State;
use serde_json::Value;

use stagewright_core::command::fields_of;
use stagewright_core::model::record::{Record, RecordRef};
use stagewright_core::refusal::Refusal;
use stagewright_core::schema::Field;

use super::view::RecordView;
use crate::http::answer::{Answer, Json, Versioned};
use crate::http::auth::Caller;
use crate::http::body::Nothing;
use crate::http::error::Problem;
use crate::http::page::{Items, page};
use crate::http::params::{Asked, Ids, record_ref};
use crate::http::state::App;

/// What is looked for.
#[derive(Debug, Default)]
struct Filter {
    limit: Option<usize>,
    cursor: Option<String>,
    phone: Option<String>,
    text: Option<String>,
    /// The item that tasks or activities are linked to.
    item: Option<RecordRef>,
    /// Fields that have to hold exactly this text.
    fields: Vec<(String, String)>,
}

impl Filter {
    /// Reads `limit`, `cursor`, `phone`, `q`, `item` and fields of the kind by name.
    fn read(kind: &str, known: &[Field], asked: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut filter = Self::default();
        for (name, value) in asked {
            match name.as_str() {
                "limit" => {
                    let limit = value.parse().map_err(|_e| {
                        Refusal::invalid("request.wrong-type", "limit", "write a whole number")
                    })?;
                    filter.limit = Some(limit);
                }
                "cursor" => filter.cursor = Some(value),
                "phone" => filter.phone = Some(value),
                "q" => filter.text = Some(value.to_lowercase()),
                "item" if matches!(kind, "task" | "activity") => {
                    filter.item = Some(record_ref("item", &value)?);
                }
                _ if known.iter().any(|field| field.name == name) => {
                    filter.fields.push((name, value));
                }
                _ => {
                    let detail = format!(
                        "unknown field `{name}`: a list of {kind}s takes limit, cursor, phone, q \
                         and the kind's fields"
                    );
                    return Err(Problem::malformed("request.unknown-field", detail).at(name));
                }
            }
        }

        Ok(filter)
    }

    /// Whether a record is looked for.
    fn fits(&self, record: &Record) -> bool {
        let holds = |(name, wanted): &(String, String)| match record.fields.get(name) {
            Some(Value::String(text)) => text == wanted,
            Some(Value::Array(list)) => list.iter().any(|value| value.as_str() == Some(wanted)),
            Some(Value::Bool(yes)) => wanted == if *yes { "true" } else { "false" },
            Some(_) => false,
            // `field=` asks for the records that have nothing there.
            None => wanted.is_empty(),
        };

        let named = |text: &String| {
            ["name", "title"].iter().any(|field| record.text(field).to_lowercase().contains(text))
        };

        record.deleted_at.is_none()
            && self.fields.iter().all(holds)
            && self.text.as_ref().is_none_or(named)
    }
}

/// `GET /v1/records/{kind}`: lists records, newest first: all of the kind, or those with a phone
/// number, a word in their name, or a field's exact value; tasks and activities also by the item
/// that they are linked to.
pub(in crate::http) async fn list_records(
    State(app): App,
    caller: Caller,
    Ids(kind): Ids<String>,
    Asked(asked): Asked<Vec<(String, String)>>,
) -> Answer<Items<RecordView>> {
    let tenant = caller.tenant();
    let known = app.service.query(|tx| fields_of(tx, tenant, &kind)).await?;
    let filter = Filter::read(&kind, &known, asked)?;
    let page = page(filter.limit, filter.cursor.as_deref())?;

    let found = match (&filter.phone, &filter.item) {
        (Some(phone), _) => {
            let phone = app.service.read_phone(tenant, phone).await?.ok_or_else(not_a_phone)?;
            app.service.records_with_phone(tenant, &kind, &phone, &page).await?
        }
        (None, Some(item)) => app.service.records_linked_to(tenant, &kind, item, &page).await?,
        (None, None) => {
            app.service.records(tenant, &kind, &page, |record| filter.fits(record)).await?
        }
    };

    // An index leads by phone or item alone; what else was asked is judged here.
    let views = found
        .rows
        .into_iter()
        .filter(|(_, record, _)| filter.fits(record))
        .map(|(_, record, version)| RecordView::of(record, version));

    Ok(Items::new(views, found.next))
}

/// `GET /v1/records/{kind}/{id}`: shows a record. Its version is the `ETag`.
pub(in crate::http) async fn show_record(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids((kind, id)): Ids<(String, String)>,
) -> Answer<Versioned<RecordView>> {
    let (record, version) =
        app.service.record(caller.tenant(), &RecordRef::new(&kind, &id)).await?;
    Ok(Json::ok(&RecordView::of(record, version)).versioned())
}

fn not_a_phone() -> Refusal {
    let message = "write a phone number, with its country, such as +380671234567; a plus sign is \
        %2B in an address";
    Refusal::invalid("record.not-a-phone", "phone", message)
}
