//! `POST /v1/records/{kind}/{id}/move`

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

use stagewright_core::command::move_item::decide;
use stagewright_core::context::AutomationMode;
use stagewright_core::model::record::RecordRef;

use crate::http::answer::{Answer, OK, expected, versioned};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Where to move an item.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Move {
    stage: String,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// Moves an item to another stage of its pipeline. Answers the item, and in `moved` whether it
/// stands elsewhere now.
pub(in crate::http) async fn move_item(
    State(app): App,
    call: Call,
    Ids((kind, id)): Ids<(String, String)>,
    headers: HeaderMap,
    Body { value, raw }: Body<Move>,
) -> Answer {
    let expected = expected(&headers)?;
    let target = RecordRef::new(&kind, &id);
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;

    let answer = call.carry_out(&app, &raw, wishes, |tx, ctx| {
        let moved = decide(tx, ctx, &target, &value.stage, expected)?;
        let mut view = moved.item.view(moved.version);
        if let Some(map) = view.as_object_mut() {
            map.insert("moved".into(), json!(moved.moved));
        }
        Ok((OK, view))
    });
    Ok(versioned(answer.await?))
}
