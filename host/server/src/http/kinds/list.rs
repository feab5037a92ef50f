//! `GET /v1/kinds`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::key::{Key, Table};
use stagewright_core::model::kind::Kind;
use stagewright_core::schema;

use super::{untouched, view};
use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::Order;

/// Which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct KindQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Lists kinds: on the first page the built-in ones, then those that the tenant made, by id.
pub(in crate::http) async fn list_kinds(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<KindQuery>,
) -> Answer {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let tenant = caller.tenant();
    let mut items = Vec::new();

    // A cursor leads into the tenant's rows, and a built-in kind may have none, so those come with
    // the first page alone.
    if asked.cursor.is_none() {
        for (id, ..) in schema::KINDS {
            let found = app.service.find::<Kind>(&Kind::key(tenant, id)).await?;
            let (kind, version) = found.unwrap_or_else(|| (untouched(id), 0));
            items.push(view(&kind, version));
        }
    }

    let own = |kind: &Kind| schema::is_own(&kind.id);
    let found = app
        .service
        .list::<Kind>(&Key::new(tenant, Table::Kind, &[]), &page, Order::Forward, own)
        .await?;
    items.extend(found.rows.iter().map(|(_, kind, version)| view(kind, *version)));

    Ok(listed(items, found.next))
}
