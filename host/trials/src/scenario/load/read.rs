//! Reads a scenario and joins its fixture with the one it builds on.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::check::check_fixture;
use super::steps::check_steps;
use crate::scenario::grammar::{Fixture, Scenario, Spot};
use crate::scenario::problem::Problem;

/// A scenario that makes sense.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::scenario) struct Loaded {
    /// Its file.
    pub(in crate::scenario) path: PathBuf,
    /// The scenario, its fixture whole.
    pub(in crate::scenario) scenario: Scenario,
}

/// A file with nothing but a fixture.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Base {
    fixture: Fixture,
}

/// Reads a scenario file.
///
/// # Errors
/// Every problem that was found, in the order of the file.
pub(in crate::scenario) fn load(path: &Path) -> Result<Loaded, Vec<Problem>> {
    let mut scenario: Scenario = read(path).map_err(|problem| vec![problem])?;
    let own = scenario.fixture.clone();
    let mut problems = Vec::new();

    if let Some(name) = &own.base {
        let base_path = path.parent().unwrap_or(Path::new(".")).join(&name.value);
        let at_base = |message: String| vec![Problem::at(path, name.spot, message)];
        if !base_path.is_file() {
            return Err(at_base(format!(
                "there is no file {}; a base is named relative to this file",
                base_path.display()
            )));
        }

        let Base { fixture: base } = read(&base_path).map_err(|problem| vec![problem])?;
        if base.base.is_some() {
            return Err(at_base(
                "this base builds on another one; one level is allowed, so put what both need \
                 into one"
                    .to_owned(),
            ));
        }

        problems.extend(check_fixture(&base_path, &base, &base));
        scenario.fixture = joined(base, own.clone());
    }

    // Of the fixture only what this file says itself: the base was checked under its own path and
    // places.
    problems.extend(check_fixture(path, &own, &scenario.fixture));
    if scenario.fixture.tenant.is_none() {
        let message = "the fixture needs a tenant: {time_zone: Europe/Kyiv, language: en, \
            country: UA, start: 2026-03-02T09:00:00+02:00}";
        problems.push(Problem::whole(path, message));
    }
    problems.extend(check_steps(path, &scenario));

    if problems.is_empty() { Ok(Loaded { path: path.to_owned(), scenario }) } else { Err(problems) }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Problem> {
    let text = fs::read_to_string(path)
        .map_err(|e| Problem::whole(path, format!("the file cannot be read: {e}")))?;
    parse(path, &text)
}

/// Parses the text of a file.
pub(super) fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, Problem> {
    // `yes`, `no`, `y` and `n` are words in names and texts, and nothing else.
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let whole = error.without_snippet().to_string();
        // The library ends its sentence with the place, which stands in front of ours already.
        let message = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(message, _)| message);
        match error.location() {
            Some(place) => {
                Problem::at(path, Spot { line: place.line(), column: place.column() }, message)
            }
            None => Problem::whole(path, message),
        }
    })
}

/// The base with `own` entries in place of those of the same name.
fn joined(base: Fixture, own: Fixture) -> Fixture {
    let mut plugins = base.plugins;
    plugins.extend(
        own.plugins
            .into_iter()
            .filter(|id| !plugins.iter().any(|known| known.value == id.value))
            .collect::<Vec<_>>(),
    );

    Fixture {
        base: None,
        tenant: own.tenant.or(base.tenant),
        plugins,
        departments: base.departments.into_iter().chain(own.departments).collect(),
        users: base.users.into_iter().chain(own.users).collect(),
        secrets: base.secrets.into_iter().chain(own.secrets).collect(),
        calendars: base.calendars.into_iter().chain(own.calendars).collect(),
        kinds: base.kinds.into_iter().chain(own.kinds).collect(),
        groups: base.groups.into_iter().chain(own.groups).collect(),
        pipelines: base.pipelines.into_iter().chain(own.pipelines).collect(),
        lines: base.lines.into_iter().chain(own.lines).collect(),
        channels: base.channels.into_iter().chain(own.channels).collect(),
        automations: base.automations.into_iter().chain(own.automations).collect(),
    }
}
