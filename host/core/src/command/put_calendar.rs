//! Sets up a business calendar.

use super::put_pipeline::{check_id, check_name};
use super::records::check_version;
use crate::context::OpContext;
use crate::model::automation::InWorkingTime;
use crate::model::calendar::Calendar;
use crate::refusal::Refusal;
use crate::tx::{Halt, Tx};

/// Creates or replaces a calendar. What waits keeps the moment that was computed for it.
///
/// # Errors
/// `calendar.invalid`, what [`Calendar::check`] refuses, `record.stale`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    calendar: Calendar,
    expected: Option<u64>,
) -> Result<(Calendar, u64), Halt> {
    let calendar = Calendar { id: id.to_owned(), ..calendar };
    check_id("calendar.invalid", "id", id)?;
    if InWorkingTime::WORDS.contains(&id) {
        let message = format!(
            "`{id}` means something else where a robot names a calendar; choose another id"
        );
        return Err(Refusal::invalid("calendar.invalid", "id", message).into());
    }

    check_name("calendar.invalid", "name", &calendar.name)?;
    calendar.check()?;

    let key = Calendar::key(ctx.tenant, id);
    let version = tx.get::<Calendar>(&key)?.map_or(0, |(_, version)| version);
    check_version(expected, version)?;

    let version = tx.put(key, &calendar)?;
    Ok((calendar, version))
}
