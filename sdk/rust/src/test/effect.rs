//! What a robot did to the mock host.

use serde_json::Value;

use crate::{RecordRef, Request};

/// Something that a robot recorded, or a request that it sent.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Effect {
    /// These users were not observers before.
    ObserversAdded {
        /// The record.
        target: RecordRef,
        /// The new observers.
        users: Vec<String>,
    },
    /// The message as `messaging.send` got it.
    MessageSent(Value),
    /// These fields changed.
    Changed {
        /// The record.
        target: RecordRef,
        /// The fields as `records.change.update` got them.
        fields: Value,
    },
    /// The item moved.
    Moved {
        /// The item.
        target: RecordRef,
        /// The stage.
        stage: String,
    },
    /// Somebody became responsible.
    Assigned {
        /// The item.
        target: RecordRef,
        /// Who.
        user: String,
        /// The choice as `records.change.assign` got it.
        choice: Value,
    },
    /// The task as `work.tasks.create` got it.
    TaskCreated(Value),
    /// The ids of the tasks that were completed.
    TasksCompleted(Vec<String>),
    /// The activity as `work.activities.schedule` got it.
    ActivityScheduled(Value),
    /// The entry as `history.write` got it.
    HistoryWritten(Value),
    /// The notification as `notify.send` got it.
    Notified(Value),
    /// The step is done only then.
    WaitsUntil(String),
    /// The request was sent.
    Fetched(Request),
}
