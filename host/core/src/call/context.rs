//! What robots and triggers are told.

use serde_json::{Map, Value};

use crate::model::record::RecordRef;
use crate::time::Timestamp;

/// What every robot and trigger is told.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// The same for every attempt.
    pub step_id: String,
    /// From 1.
    pub attempt: u32,
    /// The robot's or trigger's id in the plugin's catalogue.
    pub offer: String,
    /// The item.
    pub target: Option<RecordRef>,
    /// The settings, templates rendered.
    pub settings: Map<String, Value>,
    /// The call's time.
    pub now: Timestamp,
    /// The tenant's time zone.
    pub time_zone: String,
    /// The tenant's language.
    pub language: String,
}
