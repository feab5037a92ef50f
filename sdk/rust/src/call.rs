//! What every call may know and ask.

use chrono::{DateTime, SecondsFormat, TimeDelta};
use serde::Deserialize;

use crate::{Failure, HostError, Record, RecordRef, Shift, host};

/// An employee. What is not known is `""`; phone numbers are in E.164 form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names of the fields say it all")]
pub struct Profile {
    pub id: String,
    pub name: String,
    pub email: String,
    pub position: String,
    pub department: String,
    pub department_name: String,
    pub supervisor: String,
    pub mobile: String,
    pub work: String,
    pub internal: String,
    /// The mobile number, else the work one.
    pub phone: String,
    pub time_zone: String,
    pub active: bool,
}

/// One call of a robot or trigger: what it runs for, and reading.
#[derive(Debug, Clone)]
pub struct Call {
    /// The same for every attempt of the step.
    pub step_id: String,
    /// Starts at 1.
    pub attempt: u32,
    /// The item the step runs for, if there is one.
    pub target: Option<RecordRef>,
    /// RFC 3339 in UTC with milliseconds; it does not move during the call.
    pub now: String,
    /// The tenant's IANA time zone.
    pub time_zone: String,
    /// `en`, `ru` or `uk`; more may come.
    pub language: String,
    /// A JSON object for what later hosts add.
    pub more: String,
}

impl Call {
    /// The item the step runs for. Needs `records.read:<kind>`.
    ///
    /// # Errors
    /// The host's refusal; `not-found` where the step has no item.
    pub fn item(&self) -> Result<Record, HostError> {
        read_record(None)
    }

    /// Any record. Needs `records.read:<kind>`.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn record(&self, target: &RecordRef) -> Result<Record, HostError> {
        read_record(Some(target))
    }

    /// Pins a record, or the item with `None`: if anybody changes it before the step commits, the
    /// step starts anew.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn require(&self, target: Option<&RecordRef>) -> Result<(), HostError> {
        host::record_require(target)
    }

    /// The users that a role (`responsible`, `supervisor`, `observers`, `author`) or `user:<id>`
    /// stands for. Needs `directory.read`. An empty list means that nobody holds the role now;
    /// observers who left are not in it.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn resolve(&self, who: &str) -> Result<Vec<String>, HostError> {
        host::resolve(who)
    }

    /// The user that a role or `user:<id>` stands for; the first where there are several. Needs
    /// `directory.read`.
    ///
    /// # Errors
    /// The host's refusal; [`Failure::nobody`].
    pub fn resolve_one(&self, who: &str) -> Result<String, Failure> {
        self.resolve(who)?.into_iter().next().ok_or_else(|| Failure::nobody(who))
    }

    /// Everybody that several roles and users stand for, each once. Needs `directory.read`. Roles
    /// that nobody holds are left out.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn resolve_all(&self, who: &[String]) -> Result<Vec<String>, HostError> {
        let mut users = Vec::new();
        for who in who {
            let new: Vec<String> =
                self.resolve(who)?.into_iter().filter(|user| !users.contains(user)).collect();
            users.extend(new);
        }
        Ok(users)
    }

    /// An employee's profile. Needs `directory.read`.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn profile(&self, user: &str) -> Result<Profile, HostError> {
        let text = host::profile(user)?;
        serde_json::from_str(&text).map_err(|cause| HostError::unreadable("profile", &cause))
    }

    /// Whom the user reports to. Needs `directory.read`.
    ///
    /// # Errors
    /// The host's refusal.
    pub fn supervisor_of(&self, user: &str) -> Result<Option<String>, HostError> {
        host::supervisor_of(user)
    }

    /// Chance that every attempt of the step repeats.
    pub fn random(&self) -> u64 {
        host::random_u64()
    }

    /// A moment that lies so far from another, in working time if so wished, as RFC 3339.
    ///
    /// # Errors
    /// The host's refusal: a moment, a duration or a calendar that is none.
    pub fn shift(&self, shift: &Shift) -> Result<String, HostError> {
        host::shift(&shift.to_json())
    }

    /// A date of the item, see [`Record::date`]. Needs `records.read:<kind>`.
    ///
    /// # Errors
    /// The host's refusal; `date-missing` where the item does not have it.
    pub fn date(&self, field: &str) -> Result<String, Failure> {
        match self.item()?.date(field) {
            "" => Err(Failure::permanent(
                "date-missing",
                format!("the item has no `{field}`; fill it in and retry"),
            )),
            date => Ok(date.to_owned()),
        }
    }

    /// The call's time plus so many minutes, in the same form.
    ///
    /// # Errors
    /// `bad-time` where the sum is outside the calendar.
    pub fn minutes_from_now(&self, minutes: i64) -> Result<String, Failure> {
        DateTime::parse_from_rfc3339(&self.now)
            .ok()
            .and_then(|now| now.to_utc().checked_add_signed(TimeDelta::try_minutes(minutes)?))
            .map(|time| time.to_rfc3339_opts(SecondsFormat::Millis, true))
            .ok_or_else(|| {
                Failure::permanent(
                    "bad-time",
                    format!("{minutes} minutes from {} is no time", self.now),
                )
            })
    }
}

fn read_record(target: Option<&RecordRef>) -> Result<Record, HostError> {
    let text = host::record_get(target)?;
    serde_json::from_str(&text).map_err(|cause| HostError::unreadable("record", &cause))
}
