//! A scenario file as a whole: title, fixture, steps.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use stagewright_core::time::Timestamp;

use super::entry::Entry;
use super::expect::Expectation;
use super::located::{Fields, Located, Name};
use super::moment::Moment;

/// A scenario file.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, in one sentence.
    pub scenario: Name,
    /// The requirements it proves, by number.
    #[serde(default)]
    pub covers: Vec<String>,
    /// What is there before the first step.
    pub fixture: Fixture,
    /// What happens, in order.
    pub steps: Vec<Located<Step>>,
}

/// What is there before the first step. Everything is set up over the API at the start; bodies are
/// those of the API.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fixture {
    /// A file with nothing but a fixture, relative to this one. Entries here take the place of its
    /// entries of the same name.
    pub base: Option<Name>,
    /// The tenant and when it all starts.
    pub tenant: Option<TenantSpec>,
    /// The plugins to install and to grant everything they ask for, by id.
    pub plugins: Vec<Name>,
    /// Departments by name.
    pub departments: BTreeMap<String, Located<Fields>>,
    /// Employees by name.
    pub users: BTreeMap<String, Located<Fields>>,
    /// Secrets by name; those of channels that speak to the stand-in need not be given.
    pub secrets: BTreeMap<String, String>,
    /// Business calendars by id; `default` is the tenant's.
    pub calendars: BTreeMap<String, Located<Value>>,
    /// Custom fields and kinds by id, as the API takes them.
    pub kinds: BTreeMap<String, Located<Value>>,
    /// Work groups by id; `members` takes names of employees.
    pub groups: BTreeMap<String, Located<Value>>,
    /// Pipelines by id.
    pub pipelines: BTreeMap<String, Located<Value>>,
    /// Lines by id; `queue` and `default_responsible` take names of employees.
    pub lines: BTreeMap<String, Located<Value>>,
    /// Channels by id; `${standin}` in a setting is where the stand-in for the channel's provider
    /// is.
    pub channels: BTreeMap<String, Located<Value>>,
    /// Automations by id, saved and published; `user:<name>` in a setting takes the name of an
    /// employee.
    pub automations: BTreeMap<String, Located<Value>>,
}

/// The tenant.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantSpec {
    /// IANA time zone.
    pub time_zone: String,
    /// `en`, `ru` or `uk`.
    pub language: String,
    /// ISO 3166 country.
    pub country: String,
    /// When the scenario starts; the clock stands there while the fixture is set up.
    pub start: Timestamp,
}

/// A moment, what is done then, and what is seen once all that is due by then is done.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// A name for the moment.
    #[serde(default)]
    pub name: Option<Name>,
    /// The moment; that of the step before where absent.
    #[serde(default)]
    pub at: Option<Located<Moment>>,
    /// What is done, in order, before anything that is due at this very moment.
    #[serde(default, rename = "do")]
    pub actions: Vec<Entry>,
    /// What is seen afterwards.
    #[serde(default)]
    pub expect: Vec<Located<Expectation>>,
}
