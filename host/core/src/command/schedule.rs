//! When a robot of a stage is due.

use crate::model::automation::{IfPast, RobotSpec, When};
use crate::model::record::Record;
use crate::time::{Timestamp, parse_duration_ms};

/// What a robot's time setting means for one item now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Timing {
    /// It may run now; the note says why where that may surprise.
    Now(Option<String>),
    /// It has to wait until then.
    At(Timestamp),
    /// It waits for this date field to be filled in.
    Field(String),
    /// It does not run, and why.
    Skip(String),
}

/// Computes a robot's moment. Only a moment that was past already when the item came to the stage is a matter for `if_past`.
pub(super) fn timing(spec: &RobotSpec, item: &Record, now: Timestamp) -> Timing {
    let entered = item.stage_entered_at.unwrap_or(item.created_at);
    let (base, delta_ms, anchor) = match &spec.run {
        When::AtOnce(_) => return Timing::Now(None),
        When::After(after) => (after.field.as_deref(), parse_duration_ms(&after.after).unwrap_or(0), &after.after),
        When::Before(before) => (Some(before.field.as_str()), -parse_duration_ms(&before.before).unwrap_or(0), &before.before),
    };
    let Some(field) = base else {
        let at = entered.plus_ms(delta_ms);
        return if at < now { Timing::Now(None) } else { Timing::At(at) };
    };
    let Some(moment) = item.moment(field) else { return Timing::Field(field.to_owned()) };
    let at = moment.plus_ms(delta_ms);
    if at >= entered {
        return if at < now { Timing::Now(None) } else { Timing::At(at) };
    }
    let side = if delta_ms < 0 { "before" } else { "after" };
    match spec.if_past {
        IfPast::Run => Timing::Now(Some(format!("anchor in the past, ran immediately: {anchor} {side} {field} was {at}"))),
        IfPast::Skip => Timing::Skip(format!("anchor in the past: {anchor} {side} {field} was {at}")),
    }
}
