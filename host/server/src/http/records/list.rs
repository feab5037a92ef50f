//! `GET /v1/records/{kind}`

use axum::extract::State;

use stagewright_core::command::fields_of;
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::model::record::{
    IndexEntry, Record, RecordRef, by_phone, linked_to, records_of_kind,
};
use stagewright_core::model::tenant::Tenant;
use stagewright_core::phone::normalise;
use stagewright_core::refusal::Refusal;
use stagewright_core::schema::Field;

use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::error::Problem;
use crate::http::page::{listed, page};
use crate::http::params::{Asked, Ids, record_ref};
use crate::http::state::{App, HttpState};
use crate::service::{Listed, Order, Page};

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
            Some(serde_json::Value::String(text)) => text == wanted,
            Some(serde_json::Value::Array(list)) => {
                list.iter().any(|value| value.as_str() == Some(wanted))
            }
            Some(serde_json::Value::Bool(yes)) => wanted == if *yes { "true" } else { "false" },
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

/// Lists records, newest first: all of the kind, or those with a phone number, a word in their
/// name, or a field's exact value; tasks and activities also by the item that they are linked to.
pub(in crate::http) async fn list_records(
    State(app): App,
    caller: Caller,
    Ids(kind): Ids<String>,
    Asked(asked): Asked<Vec<(String, String)>>,
) -> Answer {
    let known = app.service.query(|tx| fields_of(tx, caller.tenant(), &kind)).await?;
    let filter = Filter::read(&kind, &known, asked)?;
    let page = page(filter.limit, filter.cursor.as_deref())?;

    let found = match (&filter.phone, &filter.item) {
        (Some(phone), _) => with_phone(&app, caller.tenant(), &kind, phone, &page).await?,
        (None, Some(item)) => {
            indexed(&app, caller.tenant(), &kind, &linked_to(caller.tenant(), &kind, item), &page)
                .await?
        }
        (None, None) => {
            let prefix = records_of_kind(caller.tenant(), &kind);
            app.service
                .list::<Record>(&prefix, &page, Order::NewestFirst, |record| filter.fits(record))
                .await?
        }
    };

    // An index leads by phone or item alone; what else was asked is judged here.
    let items = found
        .rows
        .iter()
        .filter(|(_, record, _)| filter.fits(record))
        .map(|(_, record, version)| record.view(*version));

    Ok(listed(items.collect(), found.next))
}

/// The records of a kind with a phone number, however it is written.
async fn with_phone(
    app: &HttpState,
    tenant: TenantId,
    kind: &str,
    phone: &str,
    page: &Page,
) -> Result<Listed<Record>, Problem> {
    // A number without a country's code is one of the tenant's country.
    let (of, _) = app.service.fetch::<Tenant>(&Tenant::key(tenant)).await?;
    let Some(phone) = normalise(phone, &of.country) else {
        let message = "write a phone number, with its country, such as +380671234567; a plus sign \
            is %2B in an address";
        return Err(Refusal::invalid("record.not-a-phone", "phone", message).into());
    };

    indexed(app, tenant, kind, &by_phone(tenant, kind, &phone), page).await
}

/// The records of a kind that an index leads to.
async fn indexed(
    app: &HttpState,
    tenant: TenantId,
    kind: &str,
    index: &Key,
    page: &Page,
) -> Result<Listed<Record>, Problem> {
    let leads_to = |entry: &IndexEntry| RecordRef::new(kind, &entry.id).key(tenant);
    Ok(app.service.list_indexed(index, page, Order::NewestFirst, leads_to).await?)
}
