//! Business calendars: when people work.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::limits::{CALENDAR_DAYS_MAX, HOURS_MAX};
use crate::refusal::Refusal;
use crate::row::Row;
use crate::time::zone;

/// The minutes of a day.
const DAY: u16 = 24 * 60;

/// Hours of a day in which people work, `09:00-18:00`: from the first moment, up to and without the
/// last. A day ends at `24:00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Hours {
    /// Minutes after midnight.
    pub from: u16,
    /// Minutes after midnight, later than `from`, 1440 at most.
    pub to: u16,
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:02}:{:02}-{:02}:{:02}",
            self.from / 60,
            self.from % 60,
            self.to / 60,
            self.to % 60
        )
    }
}

impl FromStr for Hours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let minutes = |text: &str| {
            let (hours, minutes) =
                text.split_once(':').filter(|(h, m)| h.len() == 2 && m.len() == 2)?;
            let (hours, minutes) = (
                hours.parse::<u16>().ok()?,
                minutes.parse::<u16>().ok().filter(|minutes| *minutes < 60)?,
            );
            Some(hours * 60 + minutes).filter(|minutes| *minutes <= DAY)
        };

        let read = text
            .split_once('-')
            .and_then(|(from, to)| Some(Self { from: minutes(from)?, to: minutes(to)? }));

        read.filter(|hours| hours.from < hours.to)
            .ok_or_else(|| format!("`{text}` is no part of a day; write such as 09:00-18:00"))
    }
}

impl Serialize for Hours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The hours of every day of the week; a day that is not given is free.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the days of the week say it")]
pub struct Week {
    pub mon: Vec<Hours>,
    pub tue: Vec<Hours>,
    pub wed: Vec<Hours>,
    pub thu: Vec<Hours>,
    pub fri: Vec<Hours>,
    pub sat: Vec<Hours>,
    pub sun: Vec<Hours>,
}

impl Week {
    /// The days with their names.
    fn days(&self) -> [(&'static str, &Vec<Hours>); 7] {
        [
            ("mon", &self.mon),
            ("tue", &self.tue),
            ("wed", &self.wed),
            ("thu", &self.thu),
            ("fri", &self.fri),
            ("sat", &self.sat),
            ("sun", &self.sun),
        ]
    }

    fn of(&self, day: Weekday) -> &[Hours] {
        match day {
            Weekday::Mon => &self.mon,
            Weekday::Tue => &self.tue,
            Weekday::Wed => &self.wed,
            Weekday::Thu => &self.thu,
            Weekday::Fri => &self.fri,
            Weekday::Sat => &self.sat,
            Weekday::Sun => &self.sun,
        }
    }
}

/// A calendar: weekly hours in a time zone, and days that differ.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Stable id.
    #[serde(default)]
    pub id: String,
    /// Name for people.
    pub name: String,
    /// An IANA time zone, such as `Europe/Kyiv`.
    pub time_zone: String,
    /// The usual week.
    pub week: Week,
    /// Days that differ: holidays have no hours, half days fewer, others more.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub days: BTreeMap<NaiveDate, Vec<Hours>>,
}

/// The calendar that counts where no other is named.
pub const DEFAULT: &str = "default";

impl Row for Calendar {
    const NAME: &'static str = "calendar";
}

impl Calendar {
    /// Where a calendar is kept.
    #[must_use]
    pub fn key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Calendar, &[id])
    }

    /// The hours of a day, in order.
    #[must_use]
    pub fn hours_of(&self, day: NaiveDate) -> &[Hours] {
        self.days.get(&day).map_or_else(|| self.week.of(day.weekday()), Vec::as_slice)
    }

    /// Whether the calendar makes sense.
    ///
    /// # Errors
    /// `calendar.unknown-time-zone`, `calendar.bad-hours`, `calendar.too-many-days` and
    /// `calendar.no-working-time`, naming the field.
    pub fn check(&self) -> Result<(), Refusal> {
        zone(&self.time_zone)?;

        if self.days.len() > CALENDAR_DAYS_MAX {
            let message = format!(
                "{} days differ from the week; {CALENDAR_DAYS_MAX} are allowed",
                self.days.len()
            );
            return Err(Refusal::invalid("calendar.too-many-days", "days", message));
        }

        for (name, hours) in self.week.days() {
            check_hours(hours, || format!("week.{name}"))?;
        }
        for (day, hours) in &self.days {
            check_hours(hours, || format!("days.{day}"))?;
        }

        if self.week.days().iter().all(|(_, hours)| hours.is_empty()) {
            let message = "nobody ever works in this week, so nothing would ever be due; give at \
                least one day hours";
            return Err(Refusal::invalid("calendar.no-working-time", "week", message));
        }

        Ok(())
    }
}

/// The hours of one day stand in order and do not overlap.
fn check_hours(hours: &[Hours], field: impl Fn() -> String) -> Result<(), Refusal> {
    let in_order =
        hours.windows(2).all(|pair| matches!(pair, [first, second] if first.to <= second.from));

    if in_order && hours.len() <= HOURS_MAX {
        return Ok(());
    }

    let message =
        format!("the hours of a day stand in order, do not overlap, and are {HOURS_MAX} at most");
    Err(Refusal::invalid("calendar.bad-hours", field(), message))
}
