//! Arithmetic with moments and working time for guests.

use serde::Deserialize;

use super::effects::parsed;
use super::{Scope, Stop, moment, refused, told};
use crate::command::calendar_for;
use crate::limits::DELAY_MS_MAX;
use crate::model::automation::{CalendarMode, InWorkingTime};
use crate::time::parse_duration_ms;
use crate::working_time::WorkingTime;

/// What a guest wants computed.
#[derive(Deserialize)]
struct Shift {
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    add: Option<String>,
    #[serde(default)]
    working: Working,
    #[serde(default)]
    calendar: Option<String>,
}

/// Which hours count.
#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Working {
    #[default]
    None,
    Count,
    Shift,
}

impl Scope {
    /// A moment that lies so far from another. Serves `calendar.shift`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn shift(&mut self, shift: &str) -> Result<String, Stop> {
        let shift: Shift = parsed("shift", shift)?;
        let from = shift.from.as_deref().map_or(Ok(self.ctx.now), |text| moment(text, "from"))?;
        let add_ms = distance(shift.add.as_deref().unwrap_or("0s"))?;

        // Plain time needs no calendar, so none is read for it.
        let mode = match shift.working {
            Working::None => return Ok(from.plus_ms(add_ms).to_string()),
            Working::Count => CalendarMode::Count,
            Working::Shift => CalendarMode::Shift,
        };

        let calendar =
            shift.calendar.filter(|id| !id.is_empty()).unwrap_or_else(|| "tenant".to_owned());
        let (rule, item) = (InWorkingTime { mode, calendar }, self.item.clone());
        let calendar = self.look(|tx| calendar_for(tx, &self.ctx, &rule, item.as_ref()))?;
        let working = WorkingTime::of(&calendar).map_err(told)?;

        // Counting nothing would give the moment itself, whether people work then or not.
        let at = match mode {
            CalendarMode::Count if add_ms != 0 => {
                working.count(from, add_ms).map(|counted| counted.at)
            }
            _ => working.shift(from.plus_ms(add_ms)),
        };

        at.map(|at| at.to_string()).map_err(told)
    }
}

/// Milliseconds of a duration, less than nothing where it begins with a minus.
fn distance(text: &str) -> Result<i64, Stop> {
    let (sign, length) = text.trim().strip_prefix('-').map_or((1, text), |length| (-1, length));
    let wrong = |message: String| refused("invalid", message, Some("add".to_owned()));
    let ms = parse_duration_ms(length).map_err(wrong)?;

    if ms > DELAY_MS_MAX {
        Err(wrong("up to five years may be added".to_owned()))
    } else {
        Ok(sign * ms)
    }
}
