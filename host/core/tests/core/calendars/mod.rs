//! Arithmetic with working time.
mod examples;
mod oracle;
mod refusals;

use serde_json::{Value, json};

use stagewright_core::model::calendar::Calendar;
use stagewright_core::time::Timestamp;

/// A calendar of this zone, week and these other days.
fn calendar(zone: &str, week: &Value, days: &Value) -> Calendar {
    serde_json::from_value(json!({"name": "Office", "time_zone": zone, "week": week, "days": days}))
        .unwrap()
}

/// Monday to Friday, nine to six.
fn office(zone: &str) -> Calendar {
    let day = json!(["09:00-18:00"]);
    calendar(zone, &json!({"mon": day, "tue": day, "wed": day, "thu": day, "fri": day}), &json!({}))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
