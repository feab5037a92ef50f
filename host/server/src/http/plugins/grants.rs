//! `PUT /v1/plugins/{id}/grants`

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

use stagewright_core::refusal::Refusal;

use crate::http::answer::{Answer, OK, expected, versioned};
use crate::http::body::{Body, Nothing};
use crate::http::context::Call;
use crate::http::params::{Asked, Ids};
use crate::http::state::App;
use crate::service::Wishes;

/// What to grant: scopes by name, or everything the plugin asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Grants {
    scopes: Option<BTreeSet<String>>,
    #[serde(default)]
    all: bool,
}

/// Enables a plugin for the tenant with the scopes given, instead of those it had. With `If-Match`
/// only where the grant is still at that version, with `If-None-Match: *` only where there is none.
pub(in crate::http) async fn grant_plugin(
    State(app): App,
    call: Call,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
    headers: HeaderMap,
    Body { value, .. }: Body<Grants>,
) -> Answer {
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

    Ok(versioned((
        OK,
        json!({ "plugin": id, "enabled": true, "granted": grant.scopes, "version": version }),
    )))
}
