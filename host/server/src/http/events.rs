//! `POST /v1/events`: events fired from outside, and what they come to.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use stagewright_core::command::fire_event::decide;
use stagewright_core::condition::Judged;
use stagewright_core::context::AutomationMode;
use stagewright_core::id::TenantId;
use stagewright_core::model::event::{Candidate, Outcome};
use stagewright_core::model::record::RecordRef;
use stagewright_core::time::Timestamp;

use super::answer::{Answer, Json};
use super::body::{Body, RecordName};
use super::context::Call;
use super::state::{App, HttpState};
use crate::service::EventOutcome;

/// Something that happened to an item, as clients say it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEvent {
    kind: String,
    record: RecordName,
    occurred_at: Option<Timestamp>,
    #[serde(default)]
    payload: Map<String, Value>,
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// An event that was fired, as its receipt keeps it: clients see what came of it instead.
#[derive(Debug, Serialize)]
pub(super) struct FiredView {
    event: String,
    /// Its number in the item's lane.
    seq: u64,
}

/// An event and what it came to, as clients see it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum EventView {
    /// It takes longer than the host waits.
    Pending {
        event: String,
        /// Always true.
        pending: bool,
    },
    /// It is decided.
    Decided(DecidedView),
}

/// A decided event as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct DecidedView {
    event: String,
    /// Always false.
    pending: bool,
    moved: bool,
    moved_to: Option<String>,
    reason: Option<&'static str>,
    /// For those alone who may read the item.
    #[serde(flatten)]
    details: Option<DetailsView>,
}

/// How it came to that, as clients see it who may read the item.
#[derive(Debug, Serialize)]
struct DetailsView {
    decisions: Vec<CandidateView>,
    runs: Vec<String>,
}

/// A candidate and what came of it, as clients see it.
#[derive(Debug, Serialize)]
struct CandidateView {
    automation: String,
    version: u32,
    stage: String,
    trigger: Option<String>,
    #[serde(flatten)]
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Judged>,
}

/// How much is told of what an event came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Told {
    /// With every candidate and run.
    Whole,
    /// Whether the item was moved, and where to.
    Move,
}

impl FiredView {
    /// Reads what [`FiredView`] became in a receipt.
    fn kept(fired: &Value) -> Self {
        let event = fired.get("event").and_then(Value::as_str).unwrap_or_default();
        let seq = fired.get("seq").and_then(Value::as_u64).unwrap_or_default();
        Self { event: event.to_owned(), seq }
    }
}

impl DecidedView {
    fn of(event: String, outcome: EventOutcome, told: Told) -> Self {
        let nowhere = match outcome.candidates.is_empty() {
            true => "nothing that is published on the item's pipeline waits for this kind of event",
            false => "no trigger fired; `decisions` says of each one why",
        };

        let EventOutcome { moved_to, candidates, runs } = outcome;
        let decisions = || candidates.into_iter().map(CandidateView::of).collect();
        Self {
            event,
            pending: false,
            moved: moved_to.is_some(),
            reason: moved_to.is_none().then_some(nowhere),
            moved_to,
            details: (told == Told::Whole).then(|| DetailsView { decisions: decisions(), runs }),
        }
    }

    /// Of an event that nobody decides.
    fn suppressed(event: String) -> Self {
        let nothing = EventOutcome::default();
        let reason = Some("automation is suppressed for this event");
        Self { reason, ..Self::of(event, nothing, Told::Whole) }
    }
}

impl CandidateView {
    fn of(candidate: Candidate) -> Self {
        let Candidate { automation, version, stage, trigger, outcome, condition } = candidate;
        Self { automation, version, stage, trigger, outcome, condition }
    }
}

/// `POST /v1/events`: fires an event on an item and waits for what it comes to: whether the item
/// was moved, why not, and which runs started. Answers 202 with `"pending": true` where that takes
/// longer than the host waits; the record's `/automation` shows it later.
pub(super) async fn fire_event(
    State(app): App,
    call: Call,
    Body { value, raw }: Body<NewEvent>,
) -> Answer<Json<EventView>> {
    let item: RecordRef = value.record.into();
    let wishes = call.wishes(value.automation, value.on_behalf_of)?;
    let suppressed = wishes.automation == AutomationMode::Suppress;

    let answer = call.answer(&app, &raw, wishes, |tx, ctx| {
        let fired = decide(tx, ctx, &value.kind, &item, value.occurred_at, json!(value.payload))?;
        Ok(Json::ok(&FiredView { event: fired.event, seq: fired.seq }))
    });

    // The command is over: its stamp, which holds back what is due later, must not wait for the
    // outcome.
    let fired = answer.await?;

    // A suppressed event has no place in the item's lane, so nobody decides it and there is nothing
    // to wait for.
    if suppressed {
        let event = FiredView::kept(fired.body()).event;
        return Ok(Json::ok(&EventView::Decided(DecidedView::suppressed(event))));
    }

    answer_event(&app, call.caller.tenant(), &item, fired.body(), Told::Whole).await
}

/// Waits for what an event comes to for its item; `fired` is the `event` and its `seq` in the
/// item's lane, as the receipt has them.
pub(super) async fn answer_event(
    app: &HttpState,
    tenant: TenantId,
    item: &RecordRef,
    fired: &Value,
    told: Told,
) -> Answer<Json<EventView>> {
    let FiredView { event, seq } = FiredView::kept(fired);
    let decided = app
        .service
        .await_outcome(&app.activity, tenant, item, (&event, seq), app.event_wait)
        .await?;

    Ok(match decided {
        Some(outcome) => Json::ok(&EventView::Decided(DecidedView::of(event, outcome, told))),
        None => Json::accepted(&EventView::Pending { event, pending: true }),
    })
}
