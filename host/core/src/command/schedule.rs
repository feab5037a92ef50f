//! When a robot of a stage is due.

use chrono::{DateTime, TimeZone};

use super::calendars::{calendar_id, existing};
use super::fetch::around_item;
use crate::context::OpContext;
use crate::model::automation::{CalendarMode, IfPast, InWorkingTime, RobotSpec, When};
use crate::model::calendar::Calendar;
use crate::model::record::{Record, RecordRef};
use crate::model::run::Step;
use crate::refusal::Refusal;
use crate::time::{Timestamp, parse_duration_ms, zone};
use crate::tx::{Halt, Tx};
use crate::working_time::{Counted, WorkingTime};

/// By how much a step may be late and still count as run at its moment, in milliseconds.
const LATE_MS_MAX: i64 = 600_000;

/// What a robot's time setting means for one item now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Timing {
    /// It may run now; the note says why where that may surprise.
    Now(Option<String>),
    /// It has to wait until then; the note says how that was computed where it is no plain sum.
    At(Timestamp, Option<String>),
    /// It waits for this date field to be filled in.
    Field(String),
    /// It does not run, and why.
    Skip(String),
    /// Its moment cannot be computed.
    Impossible(Refusal),
}

/// Computes a robot's moment for an item that came to its stage at `entered`, looking its calendar
/// up where it has one.
pub(super) fn timing(
    tx: &Tx<'_>,
    ctx: &OpContext,
    spec: &RobotSpec,
    item: &Record,
    entered: Timestamp,
) -> Result<Timing, Halt> {
    let calendar = match &spec.working_time {
        None => None,
        Some(rule) => match existing(tx, ctx, &calendar_id(tx, ctx, rule, item)?)? {
            Ok(calendar) => Some((rule.mode, calendar)),
            Err(missing) => return Ok(Timing::Impossible(missing)),
        },
    };

    let calendar = calendar.as_ref().map(|(mode, calendar)| (*mode, calendar));
    Ok(compute(spec, item, (entered, ctx.now), calendar).unwrap_or_else(Timing::Impossible))
}

/// Only a moment that was past already when the item came to the stage is a matter for `if_past`.
fn compute(
    spec: &RobotSpec,
    item: &Record,
    (entered, now): (Timestamp, Timestamp),
    calendar: Option<(CalendarMode, &Calendar)>,
) -> Result<Timing, Refusal> {
    let (base, delta_ms, anchor) = match &spec.run {
        When::AtOnce(_) => return soon(now, None, calendar),
        When::After(after) => {
            (after.field.as_deref(), parse_duration_ms(&after.after).unwrap_or(0), &after.after)
        }
        When::Before(before) => (
            Some(before.field.as_str()),
            -parse_duration_ms(&before.before).unwrap_or(0),
            &before.before,
        ),
    };

    let Some(field) = base else {
        // Counted from when the item came, it was not past then, and `if_past` has no say.
        let (at, note) = moment(entered, delta_ms, anchor, calendar)?;
        return if at < now { soon(now, None, calendar) } else { Ok(Timing::At(at, note)) };
    };

    let Some(date) = item.moment(field) else { return Ok(Timing::Field(field.to_owned())) };
    let (at, note) = moment(date, delta_ms, anchor, calendar)?;
    // Judged by when the item came to the stage and not by now: a step that only waited for its
    // turn was not too late.
    if at >= entered {
        return if at < now { soon(now, None, calendar) } else { Ok(Timing::At(at, note)) };
    }

    let side = if delta_ms < 0 { "before" } else { "after" };
    match spec.if_past {
        IfPast::Run => soon(
            now,
            Some(format!("anchor in the past, ran immediately: {anchor} {side} {field} was {at}")),
            calendar,
        ),
        IfPast::Skip => {
            Ok(Timing::Skip(format!("anchor in the past: {anchor} {side} {field} was {at}")))
        }
    }
}

/// Now, or, where people do not work now, as soon as they do.
fn soon(
    now: Timestamp,
    note: Option<String>,
    calendar: Option<(CalendarMode, &Calendar)>,
) -> Result<Timing, Refusal> {
    let (at, later) = moment(now, 0, "", calendar)?;
    if at <= now {
        return Ok(Timing::Now(note));
    }

    let notes: Vec<String> = note.into_iter().chain(later).collect();
    Ok(Timing::At(at, Some(notes.join("; "))))
}

/// When a step that is due now runs, if that is not now: its robot keeps working time, people do
/// not work now, and it is not merely late by a little for a moment at which they did. Resumed,
/// repeated and overdue steps come here at any hour.
pub(super) fn outside_hours(
    tx: &Tx<'_>,
    ctx: &OpContext,
    (spec, step): (&RobotSpec, &Step),
    item: &Record,
) -> Result<Option<(Timestamp, Option<String>)>, Halt> {
    let Some(rule) = spec.working_time.as_ref().filter(|_| !step.by_person) else {
        return Ok(None);
    };

    around_item(tx, ctx, item)?;
    let Ok(calendar) = existing(tx, ctx, &calendar_id(tx, ctx, rule, item)?)? else {
        return Ok(None);
    };

    let working = WorkingTime::of(&calendar)?;
    // A moment that was counted to may be the end of the day, which is just past its last moment.
    let at_work = |at: Timestamp| working.contains(at) || working.contains(at.plus_ms(-1));

    let punctual = step
        .due_at
        .is_some_and(|due_at| at_work(due_at) && ctx.now.since_ms(due_at) <= LATE_MS_MAX);

    if punctual || working.contains(ctx.now) {
        return Ok(None);
    }

    Ok(Some(moment(ctx.now, 0, "", Some((rule.mode, &calendar)))?))
}

/// The moment so far from `base`, by the calendar if there is one, and how it was found.
fn moment(
    base: Timestamp,
    delta_ms: i64,
    duration: &str,
    calendar: Option<(CalendarMode, &Calendar)>,
) -> Result<(Timestamp, Option<String>), Refusal> {
    let Some((mode, calendar)) = calendar else { return Ok((base.plus_ms(delta_ms), None)) };
    let working = WorkingTime::of(calendar)?;

    if mode == CalendarMode::Count && delta_ms != 0 {
        let counted = working.count(base, delta_ms)?;
        let note = format!(
            "{duration} of working time by calendar `{}`: {}",
            calendar.id,
            stretches(calendar, &counted)?
        );
        return Ok((counted.at, Some(note)));
    }

    let plain = base.plus_ms(delta_ms);
    let at = working.shift(plain)?;

    let waits = || {
        let show = |at| shown(calendar, at);
        Ok::<_, Refusal>(format!(
            "{} is outside working time by calendar `{}`, next is {}",
            show(plain)?,
            calendar.id,
            show(at)?
        ))
    };

    Ok((at, if at == plain { None } else { Some(waits()?) }))
}

/// The stretches that were counted, as people in the calendar's zone read them.
fn stretches(calendar: &Calendar, counted: &Counted) -> Result<String, Refusal> {
    let mut parts = Vec::new();
    for (place, stretch) in counted.stretches.iter().enumerate() {
        if counted.left_out > 0 && place == counted.stretches.len() / 2 {
            parts.push(format!("{} more", counted.left_out));
        }

        let to = local(calendar, stretch.to)?;
        parts.push(format!("{}-{}", shown(calendar, stretch.from)?, to.format("%H:%M")));
    }

    Ok(parts.join(", "))
}

fn shown(calendar: &Calendar, at: Timestamp) -> Result<String, Refusal> {
    Ok(local(calendar, at)?.format("%a %Y-%m-%d %H:%M").to_string())
}

fn local(calendar: &Calendar, at: Timestamp) -> Result<DateTime<chrono_tz::Tz>, Refusal> {
    let utc = DateTime::from_timestamp_millis(at.0).unwrap_or_default().naive_utc();
    Ok(zone(&calendar.time_zone)?.from_utc_datetime(&utc))
}

/// The calendar that a rule means for an item, or for no item at all.
///
/// # Errors
/// `calendar.missing`, and what reading may say.
pub(crate) fn calendar_for(
    tx: &Tx<'_>,
    ctx: &OpContext,
    rule: &InWorkingTime,
    item: Option<&RecordRef>,
) -> Result<Calendar, Halt> {
    let record = item.map(|item| tx.peek::<Record>(&item.key(ctx.tenant))).transpose()?.flatten();

    let id = match record {
        Some((record, _)) => {
            around_item(tx, ctx, &record)?;
            calendar_id(tx, ctx, rule, &record)?
        }
        None => rule.fixed_calendar().to_owned(),
    };

    Ok(existing(tx, ctx, &id)??)
}
