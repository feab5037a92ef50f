//! Arithmetic with working time. A moment is working time where the clock on the wall, in the
//! calendar's zone, shows hours of that day: an hour that the clock skips is no working time, one
//! that it shows twice is so twice.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

use crate::model::calendar::Calendar;
use crate::refusal::Refusal;
use crate::time::{Timestamp, zone};

/// How far ahead, or back, working time is looked for, in days: forty years.
const DAYS_MAX: u32 = 40 * 366;
/// How far one look goes, in milliseconds. No zone changes its offset twice within a day.
const LOOK_MS: i64 = 86_400_000;
/// Stretches that an explanation shows, at its beginning and again at its end.
const SHOWN: usize = 3;

/// A stretch of working time, up to and without `to`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// Its first moment.
    pub from: Timestamp,
    /// The moment after its last.
    pub to: Timestamp,
}

/// A moment that was counted to, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counted {
    /// The moment.
    pub at: Timestamp,
    /// The working time that was counted, in order of counting; only its beginning and its end
    /// where it is long.
    pub stretches: Vec<Stretch>,
    /// How many stretches are left out of the middle.
    pub left_out: usize,
}

/// A calendar that can be counted with.
#[derive(Clone, Copy, Debug)]
pub struct WorkingTime<'a> {
    calendar: &'a Calendar,
    zone: Tz,
}

impl<'a> WorkingTime<'a> {
    /// Counts with `calendar`.
    ///
    /// # Errors
    /// As [`Calendar::check`].
    pub fn of(calendar: &'a Calendar) -> Result<Self, Refusal> {
        calendar.check()?;
        Ok(Self { calendar, zone: zone(&calendar.time_zone)? })
    }

    /// Whether people work at `at`.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        !self.within(at.0, at.0.saturating_add(1)).is_empty()
    }

    /// `at` itself if people work then, else the next moment at which they do.
    ///
    /// # Errors
    /// `calendar.out-of-range`.
    pub fn shift(&self, at: Timestamp) -> Result<Timestamp, Refusal> {
        self.after(at).next().map(|stretch| stretch.from).ok_or_else(out_of_range)
    }

    /// The moment that lies `ms` milliseconds of working time after `from`, or before it where `ms`
    /// is negative. Nothing counted is `from` itself.
    ///
    /// # Errors
    /// `calendar.out-of-range`.
    pub fn count(&self, from: Timestamp, ms: i64) -> Result<Counted, Refusal> {
        let mut counting = Counting { at: from, left: ms.saturating_abs(), stretches: Vec::new() };

        let is_done = match ms {
            0 => true,
            1.. => self.after(from).any(|stretch| counting.take_first_of(stretch)),
            _ => self.before(from).any(|stretch| counting.take_last_of(stretch)),
        };

        if is_done { Ok(counting.explained()) } else { Err(out_of_range()) }
    }

    /// Working time from `at` on, in order.
    fn after(self, at: Timestamp) -> impl Iterator<Item = Stretch> {
        let mut from = at.0;
        let looks = std::iter::repeat_with(move || {
            // `within` counts with one offset, so a look ends where the offset changes.
            let to = self
                .offset_changes(from, from.saturating_add(LOOK_MS))
                .unwrap_or(from.saturating_add(LOOK_MS));
            (std::mem::replace(&mut from, to), to)
        });

        looks.take(DAYS_MAX as usize).flat_map(move |(from, to)| self.within(from, to))
    }

    /// Working time up to `at`, the last first.
    fn before(self, at: Timestamp) -> impl Iterator<Item = Stretch> {
        let mut to = at.0;
        let looks = std::iter::repeat_with(move || {
            let from = self
                // `to` itself belongs to the look before this one.
                .offset_changes(to.saturating_sub(LOOK_MS), to.saturating_sub(1))
                .unwrap_or(to.saturating_sub(LOOK_MS));
            (from, std::mem::replace(&mut to, from))
        });

        looks
            .take(DAYS_MAX as usize)
            .flat_map(move |(from, to)| self.within(from, to).into_iter().rev())
    }

    /// The first moment after `from` at which the offset is that of `to`, if it is another than at
    /// `from`.
    fn offset_changes(self, from: i64, to: i64) -> Option<i64> {
        let (before, after) = (self.offset_ms(from), self.offset_ms(to));
        if before == after {
            return None;
        }

        // A look holds one change at most (see `LOOK_MS`), so halving finds it.
        let (mut low, mut high) = (from, to);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.offset_ms(middle) == before { low = middle } else { high = middle }
        }

        Some(high)
    }

    /// What the wall clock is ahead of UTC. Beyond the range of dates, nothing: no working time is
    /// found there.
    fn offset_ms(self, at: i64) -> i64 {
        let utc = DateTime::from_timestamp_millis(at).map(|utc| utc.naive_utc());
        utc.map_or(0, |utc| {
            i64::from(self.zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * 1_000
        })
    }

    /// The working time in `from..to`, in which the offset stays the same.
    fn within(self, from: i64, to: i64) -> Vec<Stretch> {
        let offset = self.offset_ms(from);
        let wall = |at: i64| {
            DateTime::from_timestamp_millis(at.saturating_add(offset)).map(|wall| wall.naive_utc())
        };
        let (Some(first), Some(last)) = (wall(from), wall(to - 1)) else { return Vec::new() };

        let mut found = Vec::new();
        // A look is no longer than a day and its offset stays the same, so it touches two dates at
        // most.
        for day in [first.date(), last.date()].into_iter().take(if first.date() == last.date() {
            1
        } else {
            2
        }) {
            for hours in self.calendar.hours_of(day) {
                let begins = at_minute(day, hours.from).saturating_sub(offset).max(from);
                let ends = at_minute(day, hours.to).saturating_sub(offset).min(to);
                if begins < ends {
                    found.push(Stretch { from: Timestamp(begins), to: Timestamp(ends) });
                }
            }
        }

        found
    }
}

/// A count under way.
struct Counting {
    at: Timestamp,
    left: i64,
    stretches: Vec<Stretch>,
}

impl Counting {
    /// Counts from the beginning of a stretch; says whether nothing is left to count.
    fn take_first_of(&mut self, stretch: Stretch) -> bool {
        let part = stretch.to.since_ms(stretch.from).min(self.left);
        self.at = stretch.from.plus_ms(part);

        // A look may end within a stretch; people see one stretch in spite of that.
        match self.stretches.last_mut() {
            Some(last) if last.to == stretch.from => last.to = self.at,
            _ => self.stretches.push(Stretch { from: stretch.from, to: self.at }),
        }

        self.left -= part;
        self.left == 0
    }

    /// The same from its end.
    fn take_last_of(&mut self, stretch: Stretch) -> bool {
        let part = stretch.to.since_ms(stretch.from).min(self.left);
        self.at = stretch.to.plus_ms(-part);

        match self.stretches.last_mut() {
            Some(last) if last.from == stretch.to => last.from = self.at,
            _ => self.stretches.push(Stretch { from: self.at, to: stretch.to }),
        }

        self.left -= part;
        self.left == 0
    }

    fn explained(mut self) -> Counted {
        let left_out = self.stretches.len().saturating_sub(2 * SHOWN);
        if left_out > 0 {
            self.stretches.drain(SHOWN..SHOWN + left_out);
        }

        Counted { at: self.at, stretches: self.stretches, left_out }
    }
}

/// Milliseconds of the wall clock at a minute of a day.
fn at_minute(day: NaiveDate, minute: u16) -> i64 {
    NaiveDateTime::new(day, NaiveTime::MIN).and_utc().timestamp_millis()
        + i64::from(minute) * 60_000
}

fn out_of_range() -> Refusal {
    let message = "no working time is left within forty years; check the calendar and the number \
        of hours or days";
    Refusal::invalid("calendar.out-of-range", "after", message)
}
