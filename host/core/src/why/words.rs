//! Words for moments, plans, faults and paths.

use chrono::{DateTime, TimeZone, Timelike};
use chrono_tz::Tz;

use crate::call::Blame;
use crate::model::automation::{RobotSpec, When};
use crate::model::ending::CancelReason;
use crate::time::Timestamp;

/// A moment as people in the tenant's zone read it; seconds where they say something.
pub(super) fn when(time_zone: &str, at: Timestamp) -> String {
    let zone: Tz = time_zone.parse().unwrap_or(Tz::UTC);
    let utc = DateTime::from_timestamp_millis(at.0).unwrap_or_default().naive_utc();
    let local = zone.from_utc_datetime(&utc);

    let format = if local.second() == 0 { "%a %Y-%m-%d %H:%M" } else { "%a %Y-%m-%d %H:%M:%S" };
    local.format(format).to_string()
}

/// When a robot is set to run.
pub(super) fn plan(spec: &RobotSpec) -> String {
    let plain = match &spec.run {
        When::AtOnce(_) => "at once on the stage".to_owned(),
        When::After(after) => match &after.field {
            Some(field) => format!("{} after {field}", after.after),
            None => format!("{} after the item came to the stage", after.after),
        },
        When::Before(before) => format!("{} before {}", before.before, before.field),
    };

    let timed =
        if spec.working_time.is_some() { format!("{plain}, in working time only") } else { plain };

    if spec.condition.is_some() { format!("{timed}, if its condition holds then") } else { timed }
}

/// Whose fault a failure is.
pub(super) fn blame(blame: Blame) -> &'static str {
    match blame {
        Blame::Caller => "its settings or the item's data",
        Blame::Plugin => "the plugin's code",
        Blame::Remote => "a server outside",
        Blame::Host => "this host",
    }
}

/// Why something was cancelled; `stage` is the name of the stage it stood on.
pub(super) fn cancelled(reason: CancelReason, stage: &str) -> String {
    match reason {
        CancelReason::StageLeft => format!("the item left the stage {stage}"),
        CancelReason::ItemDeleted => "the item was deleted".to_owned(),
        CancelReason::PreviousFailed => {
            "the robot before it failed, and it is set to stop then".to_owned()
        }
        CancelReason::VersionReplaced => {
            "another version was published, and it said that what waits is cancelled".to_owned()
        }
        CancelReason::ByUser => "a person cancelled the run".to_owned(),
    }
}

/// The path of a loop.
pub(super) fn path(chain: &[String]) -> String {
    if chain.is_empty() {
        "too many runs of it within ten minutes".to_owned()
    } else {
        chain.join(" → ")
    }
}
