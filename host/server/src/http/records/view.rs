//! Records, and what was done to them, as clients see it.

use serde::Serialize;
use serde_json::{Map, Value, json};

use stagewright_core::command::move_item::Moved;
use stagewright_core::condition::Judged;
use stagewright_core::context::Actor;
use stagewright_core::model::event::{Candidate, Decisions, Outcome};
use stagewright_core::model::file::File;
use stagewright_core::model::record::{Record, RecordRef};
use stagewright_core::model::timeline::Entry;
use stagewright_core::time::Timestamp;

use crate::http::deliveries::DeliveryView;
use crate::http::pauses::PausesView;
use crate::http::runs::RunView;
use crate::http::why::ReasonView;
use crate::service::Overview;

/// A record as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct RecordView {
    kind: String,
    id: String,
    version: u64,
    /// The kind's fields; of an item also `stage_entered_at`.
    fields: Map<String, Value>,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<String>,
}

/// An item that was to move, as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct MovedView {
    #[serde(flatten)]
    item: RecordView,
    /// Whether it stands elsewhere now.
    moved: bool,
}

/// What came of merging, as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct MergedView {
    /// The record that went.
    pub(super) merged: RecordRef,
    /// The record that stays.
    pub(super) into: RecordRef,
    /// The job that hands over what is linked to an item.
    pub(super) job: Option<String>,
}

/// A file as clients see it. On which other records it is, whoever may see those can find out
/// there.
#[derive(Debug, Serialize)]
pub(in crate::http) struct FileView {
    id: String,
    name: String,
    mime: String,
    bytes: u64,
    sha256: String,
    at: Timestamp,
    author: Option<String>,
}

/// An entry of a timeline as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct EntryView {
    id: String,
    at: Timestamp,
    kind: String,
    text: String,
    actor: Actor,
    author: Option<String>,
    data: Map<String, Value>,
}

/// An item's automation as clients see it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct OverviewView {
    record: RecordRef,
    /// Empty for a record that is no item, as the stage is.
    pipeline: String,
    stage: String,
    deleted_at: Option<Timestamp>,
    why: Vec<ReasonView>,
    runs: Vec<RunView>,
    decisions: Vec<DecisionsView>,
    paused: PausesView,
    deliveries: Vec<DeliveryView>,
}

/// What came of an event, as clients see it.
#[derive(Debug, Serialize)]
struct DecisionsView {
    event: String,
    kind: String,
    at: Timestamp,
    candidates: Vec<CandidateView>,
    moved_to: Option<String>,
}

/// A candidate and its outcome, as clients see them.
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

impl RecordView {
    pub(super) fn of(record: Record, version: u64) -> Self {
        let Record {
            key: RecordRef { kind, id },
            created_at,
            updated_at,
            stage_entered_at,
            stage_epoch: _,
            deleted_at: _,
            merged_into,
            mut fields,
        } = record;

        if let Some(at) = stage_entered_at {
            fields.insert("stage_entered_at".into(), json!(at));
        }

        Self { kind, id, version, fields, created_at, updated_at, merged_into }
    }
}

impl MovedView {
    pub(super) fn of(moved: Moved) -> Self {
        let Moved { item, version, moved } = moved;
        Self { item: RecordView::of(item, version), moved }
    }
}

impl FileView {
    pub(super) fn of(file: File) -> Self {
        let File { id, name, mime, bytes, sha256, at, author, on: _ } = file;
        Self { id, name, mime, bytes, sha256, at, author }
    }
}

impl EntryView {
    pub(super) fn of(entry: Entry) -> Self {
        let Entry { id, at, kind, text, actor, author, data } = entry;
        Self { id, at, kind, text, actor, author, data }
    }
}

impl OverviewView {
    pub(super) fn of(overview: Overview) -> Self {
        let Overview { record, runs, decisions, deliveries, why, pauses } = overview;

        Self {
            pipeline: record.text("pipeline").to_owned(),
            stage: record.text("stage").to_owned(),
            deleted_at: record.deleted_at,
            record: record.key,
            why: why.into_iter().map(ReasonView::of).collect(),
            runs: runs.into_iter().map(RunView::of).collect(),
            decisions: decisions.into_iter().map(DecisionsView::of).collect(),
            paused: PausesView::of(pauses),
            deliveries: deliveries.into_iter().map(DeliveryView::of).collect(),
        }
    }
}

impl DecisionsView {
    fn of(decisions: Decisions) -> Self {
        let Decisions { event, kind, at, candidates, moved_to } = decisions;
        let candidates = candidates.into_iter().map(CandidateView::of).collect();
        Self { event, kind, at, candidates, moved_to }
    }
}

impl CandidateView {
    fn of(candidate: Candidate) -> Self {
        let Candidate { automation, version, stage, trigger, outcome, condition } = candidate;
        Self { automation, version, stage, trigger, outcome, condition }
    }
}
