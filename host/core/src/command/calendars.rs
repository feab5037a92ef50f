//! Which calendar a rule means, and whether it is there.

use crate::context::OpContext;
use crate::model::automation::InWorkingTime;
use crate::model::calendar::Calendar;
use crate::model::channel::Line;
use crate::model::conversation::Conversation;
use crate::model::record::{Record, RecordRef};
use crate::refusal::Refusal;
use crate::schema::built_in;
use crate::tx::{Halt, Tx};

/// The id of the calendar that a rule means for an item.
pub(super) fn calendar_id(
    tx: &Tx<'_>,
    ctx: &OpContext,
    rule: &InWorkingTime,
    item: &Record,
) -> Result<String, Halt> {
    let own = match rule.calendar.as_str() {
        "responsible" => calendar_of_responsible(tx, ctx, item)?,
        "line" => calendar_of_line(tx, ctx, item)?,
        _ => None,
    };
    Ok(own.unwrap_or_else(|| rule.fixed_calendar().to_owned()))
}

/// A calendar, or why there is none.
pub(super) fn existing(
    tx: &Tx<'_>,
    ctx: &OpContext,
    id: &str,
) -> Result<Result<Calendar, Refusal>, Halt> {
    // A peek: what waits keeps the moment that was computed for it, so a calendar that changes at
    // this moment need not count.
    let found = tx.peek::<Calendar>(&Calendar::key(ctx.tenant, id))?;

    let missing = || {
        let message = format!("there is no calendar `{id}`; set it up with PUT /v1/calendars/{id}");
        Refusal::invalid("calendar.missing", "working_time.calendar", message)
    };

    Ok(found.map(|(calendar, _)| calendar).ok_or_else(missing))
}

/// The calendar of the employee who is responsible for the item.
fn calendar_of_responsible(
    tx: &Tx<'_>,
    ctx: &OpContext,
    item: &Record,
) -> Result<Option<String>, Halt> {
    let user = RecordRef::new(built_in::USER, item.text("responsible")).key(ctx.tenant);
    let calendar = tx.peek::<Record>(&user)?.map(|(user, _)| user.text("calendar").to_owned());
    Ok(calendar.filter(|id| !id.is_empty()))
}

/// The calendar of the line that the item's conversation came over.
fn calendar_of_line(tx: &Tx<'_>, ctx: &OpContext, item: &Record) -> Result<Option<String>, Halt> {
    let conversation = item.text("conversation");
    if conversation.is_empty() {
        return Ok(None);
    }

    let found = tx.peek::<Conversation>(&Conversation::key(ctx.tenant, conversation))?;
    let Some(line) = found.and_then(|(conversation, _)| conversation.line) else { return Ok(None) };
    Ok(tx.peek::<Line>(&Line::key(ctx.tenant, &line))?.and_then(|(line, _)| line.calendar))
}

/// Refuses a rule whose calendar, or the one that counts where there is no other, is not there.
///
/// # Errors
/// `calendar.missing`, and what reading may say.
pub(super) fn check_calendar(
    tx: &Tx<'_>,
    ctx: &OpContext,
    rule: &InWorkingTime,
) -> Result<(), Halt> {
    Ok(existing(tx, ctx, rule.fixed_calendar())?.map(drop)?)
}
