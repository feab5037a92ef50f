//! `POST /v1/conversations/{id}/accept`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::command::accept_conversation::decide;
use stagewright_core::context::AutomationMode;
use stagewright_core::model::conversation::Conversation;

use crate::http::answer::{Answer, OK, versioned, with_version};
use crate::http::body::Body;
use crate::http::context::Call;
use crate::http::params::Ids;
use crate::http::state::App;

/// Who accepts; an employee's token says it already.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Accept {
    user: Option<String>,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// Takes a conversation into work. Of two who press at once one gets it; the other is told who.
pub(in crate::http) async fn accept_conversation(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { value, raw }: Body<Accept>,
) -> Answer {
    let user = call.caller.acting_user(value.user.as_deref())?;
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;

    let answer = call.carry_out(&app, &raw, wishes, |tx, ctx| {
        decide(tx, ctx, &id, &user)?;
        // Read back for its version: accepting twice is no error and no change.
        let (conversation, version) =
            tx.require::<Conversation>(&Conversation::key(ctx.tenant, &id))?;
        Ok((OK, with_version(&conversation, version)))
    });
    Ok(versioned(answer.await?))
}
