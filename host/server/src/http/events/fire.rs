//! `POST /v1/events`

use std::time::Duration;

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use stagewright_core::command::fire_event::decide;
use stagewright_core::context::AutomationMode;
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::model::record::RecordRef;
use stagewright_core::time::Timestamp;

use crate::http::answer::{ACCEPTED, Answer, OK, json};
use crate::http::body::{Body, RecordName};
use crate::http::context::Call;
use crate::http::state::{App, HttpState};
use crate::service::EventOutcome;

/// Something that happened to an item.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewEvent {
    kind: String,
    record: RecordName,
    occurred_at: Option<Timestamp>,
    #[serde(default)]
    payload: Map<String, Value>,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// Fires an event on an item and waits for what it comes to: whether the item was moved, why not,
/// and which runs started. Answers 202 with `"pending": true` where that takes longer than the host
/// waits; the record's `/automation` shows it later.
pub(in crate::http) async fn fire_event(
    State(app): App,
    call: Call,
    Body { value, raw }: Body<NewEvent>,
) -> Answer {
    let item: RecordRef = value.record.into();
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;
    let suppressed = wishes.automation == AutomationMode::Suppress;

    let answer = call.carry_out(&app, &raw, wishes, |tx, ctx| {
        let fired = decide(tx, ctx, &value.kind, &item, value.occurred_at, json!(value.payload))?;
        Ok((OK, json!({ "event": fired.event, "seq": fired.seq })))
    });

    // The command is over: its stamp, which holds back what is due later, must not wait for the
    // outcome.
    let (_, fired) = answer.await?;

    // A suppressed event has no place in the item's lane, so nobody decides it and there is nothing
    // to wait for.
    if suppressed {
        let event = fired.get("event").and_then(Value::as_str).unwrap_or_default();
        return Ok(json((
            OK,
            not_moved(event, "automation is suppressed for this event", &EventOutcome::default()),
        )));
    }

    answer_event(&app, call.caller.tenant(), &item, &fired, &[]).await
}

/// Waits for what an event comes to for its item; `fired` holds the `event` and its `seq` in the
/// item's lane. What is `secret` is left out of the answer.
pub(in crate::http) async fn answer_event(
    app: &HttpState,
    tenant: TenantId,
    item: &RecordRef,
    fired: &Value,
    secret: &[&str],
) -> Answer {
    let event = fired.get("event").and_then(Value::as_str).unwrap_or_default();
    let seq = fired.get("seq").and_then(Value::as_u64).unwrap_or_default();
    let waiting = outcome(app, tenant, item, event, seq);

    match within(app.event_wait, waiting).await {
        Some(outcome) => {
            let mut answer = told(event, &outcome?);
            if let Some(fields) = answer.as_object_mut() {
                fields.retain(|name, _| !secret.contains(&name.as_str()));
            }
            Ok(json((OK, answer)))
        }
        None => Ok(json((ACCEPTED, json!({ "event": event, "pending": true })))),
    }
}

/// Waits until the event is decided, looking again whenever the item's lane was written: every
/// decision writes it.
async fn outcome(
    app: &HttpState,
    tenant: TenantId,
    item: &RecordRef,
    event: &str,
    seq: u64,
) -> Result<EventOutcome, Failure> {
    // Watched before looking, so that a commit in between is not missed.
    let mut lane = app.activity.watch(item.lane_key(tenant));
    loop {
        if let Some(outcome) = app.service.outcome(tenant, item, event, seq).await? {
            return Ok(outcome);
        }
        lane.written().await;
    }
}

/// What `work` gives within `wait`. It is looked at once even where there is no time to wait.
async fn within<T>(wait: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(wait, work).await.ok()
}

fn told(event: &str, outcome: &EventOutcome) -> Value {
    let Some(stage) = &outcome.moved_to else {
        let reason = match outcome.candidates.is_empty() {
            true => "nothing that is published on the item's pipeline waits for this kind of event",
            false => "no trigger fired; `decisions` says of each one why",
        };
        return not_moved(event, reason, outcome);
    };
    json!({
        "event": event, "pending": false, "moved": true, "moved_to": stage, "reason": null,
        "decisions": outcome.candidates, "runs": outcome.runs,
    })
}

fn not_moved(event: &str, reason: &str, outcome: &EventOutcome) -> Value {
    json!({
        "event": event, "pending": false, "moved": false, "moved_to": null, "reason": reason,
        "decisions": outcome.candidates, "runs": outcome.runs,
    })
}
