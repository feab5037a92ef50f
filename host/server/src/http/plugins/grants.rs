//! Enabling plugins for a tenant.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;

use stagewright_core::refusal::Refusal;

use super::view::GrantView;
use crate::http::answer::{Answer, Json, Versioned, expected};
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;
use crate::service::Wishes;

/// What to grant: scopes by name, or everything the plugin asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct GrantBody {
    /// The scopes.
    scopes: Option<BTreeSet<String>>,
    /// Whether everything is granted.
    #[serde(default)]
    all: bool,
}

/// `PUT /v1/plugins/{id}/grants`: enables a plugin for the tenant with the scopes given, instead of
/// those it had. With `If-Match` only where the grant is still at that version, with
/// `If-None-Match: *` only where there is none.
pub(in crate::http) async fn grant_plugin(
    State(app): App,
    call: Call,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
    headers: HeaderMap,
    Body { value, .. }: Body<GrantBody>,
) -> Answer<Versioned<GrantView>> {
    let command = call.begin(&app, call.caller.tenant(), Wishes::default())?;
    let expected = expected(&headers)?;

    let (grant, version) = match (value.scopes, value.all) {
        (Some(scopes), false) => app.service.grant(&command, &id, &scopes, expected).await?,
        (None, true) => app.service.grant_all(&command, &id, expected).await?,
        _ => {
            let message = "write either {\"scopes\": [...]} or {\"all\": true}";
            return Err(Refusal::invalid("plugin.grant-unclear", "scopes", message).into());
        }
    };

    Ok(Json::ok(&GrantView::of(id, grant, version)).versioned())
}
