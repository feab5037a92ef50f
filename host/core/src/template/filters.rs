//! The filters of templates.

use std::fmt;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, Locale, TimeZone};
use chrono_tz::Tz;
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::money;
use crate::time::Timestamp;

/// The fact that holds the tenant's time zone.
pub(super) const ZONE: &str = "$zone";
/// The fact that holds the tenant's language.
pub(super) const LANGUAGE: &str = "$language";
/// The languages that dates and money are written in.
pub(super) const LANGUAGES: [&str; 3] = ["en", "ru", "uk"];

/// What a text asks for where something is empty.
#[derive(Debug)]
pub(super) enum Policy {
    /// To fail.
    Required,
    /// To skip, and why.
    Skip(Option<String>),
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value is empty")
    }
}

impl std::error::Error for Policy {}

/// What a filter takes, so that its use can be checked when it is saved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signature {
    pub(super) name: &'static str,
    /// Arguments by place: at least, at most.
    pub(super) places: (usize, usize),
    /// Arguments by name.
    pub(super) names: &'static [&'static str],
}

const fn signature(name: &'static str, places: (usize, usize), names: &'static [&'static str]) -> Signature {
    Signature { name, places, names }
}

/// Every filter. What is not here is refused when it is saved.
pub(super) const SIGNATURES: &[Signature] = &[
    signature("date", (0, 1), &["zone", "language"]),
    signature("time", (0, 1), &["zone", "language"]),
    signature("datetime", (0, 1), &["zone", "language"]),
    signature("money", (0, 1), &["decimals", "language"]),
    signature("first_name", (0, 0), &[]),
    signature("join", (0, 1), &[]),
    signature("default", (1, 1), &[]),
    signature("required", (0, 0), &[]),
    signature("skip_if_empty", (0, 1), &[]),
    signature("upper", (0, 0), &[]),
    signature("lower", (0, 0), &[]),
    signature("capitalize", (0, 0), &[]),
    signature("title", (0, 0), &[]),
    signature("trim", (0, 1), &[]),
    signature("replace", (2, 2), &[]),
    signature("length", (0, 0), &[]),
    signature("first", (0, 0), &[]),
    signature("last", (0, 0), &[]),
    signature("reverse", (0, 0), &[]),
    signature("sort", (0, 0), &[]),
    signature("unique", (0, 0), &[]),
    signature("items", (0, 0), &[]),
];

/// Adds the filters that are not minijinja's own, or do otherwise than its own.
pub(super) fn add(env: &mut Environment<'static>) {
    env.add_filter("date", |state: &State<'_, '_>, value: &Value, format: Option<String>, more: Kwargs| {
        written(state, value, format, &more, |russian| if russian { "%d.%m.%Y" } else { "%-d %b %Y" })
    });
    env.add_filter("time", |state: &State<'_, '_>, value: &Value, format: Option<String>, more: Kwargs| {
        written(state, value, format, &more, |_| "%H:%M")
    });
    env.add_filter("datetime", |state: &State<'_, '_>, value: &Value, format: Option<String>, more: Kwargs| {
        written(state, value, format, &more, |russian| if russian { "%d.%m.%Y %H:%M" } else { "%-d %b %Y %H:%M" })
    });
    env.add_filter("money", amount);
    env.add_filter("first_name", first_name);
    env.add_filter("join", join);
    env.add_filter("default", |value: &Value, other: &Value| if is_empty(value) { other.clone() } else { value.clone() });
    env.add_filter("required", |value: &Value| match is_empty(value) {
        true => Err(Error::new(ErrorKind::InvalidOperation, "a required value is empty").with_source(Policy::Required)),
        false => Ok(value.clone()),
    });
    env.add_filter("skip_if_empty", |value: &Value, reason: Option<String>| match is_empty(value) {
        true => Err(Error::new(ErrorKind::InvalidOperation, "a value is empty").with_source(Policy::Skip(reason))),
        false => Ok(value.clone()),
    });
}

/// Whether there is nothing to show.
pub(super) fn is_empty(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => true,
        ValueKind::String => value.as_str().is_some_and(|text| text.trim().is_empty()),
        ValueKind::Seq | ValueKind::Map => value.len() == Some(0),
        _ => false,
    }
}

/// Whether a format of dates can be written.
pub(super) fn is_format(format: &str) -> bool {
    !StrftimeItems::new(format).any(|item| item == Item::Error)
}

/// A moment, in the tenant's time zone and language unless others are given.
fn written(
    state: &State<'_, '_>,
    value: &Value,
    format: Option<String>,
    more: &Kwargs,
    usual: fn(bool) -> &'static str,
) -> Result<String, Error> {
    let language = language(state, more)?;
    let zone: Option<String> = more.get("zone")?;
    more.assert_all_used()?;
    if is_empty(value) {
        return Ok(String::new());
    }
    let zone = zone.or_else(|| fact(state, ZONE)).unwrap_or_default();
    let zone: Tz = zone.parse().map_err(|_source| wrong(format!("there is no time zone `{zone}`")))?;
    let at: Timestamp = value.to_string().parse().map_err(|_source| wrong(format!("`{value}` is no date")))?;
    let utc = DateTime::from_timestamp_millis(at.0).ok_or_else(|| wrong(format!("`{value}` is out of range")))?.naive_utc();
    let format = format.unwrap_or_else(|| usual(language != "en").to_owned());
    if !is_format(&format) {
        return Err(wrong(format!("`{format}` is no format of dates; write such as %d.%m.%Y")));
    }
    let locale = match language.as_str() {
        "ru" => Locale::ru_RU,
        "uk" => Locale::uk_UA,
        _ => Locale::en_GB,
    };
    Ok(zone.from_utc_datetime(&utc).format_localized(&format, locale).to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "minijinja hands arguments over by value")]
fn amount(state: &State<'_, '_>, value: &Value, currency: Option<String>, more: Kwargs) -> Result<String, Error> {
    let language = language(state, &more)?;
    let decimals: Option<u8> = more.get("decimals")?;
    more.assert_all_used()?;
    if is_empty(value) {
        return Ok(String::new());
    }
    let number = crate::decimal::parse(value.to_string().trim()).ok_or_else(|| wrong(format!("`{value}` is no number")))?;
    Ok(money::written(&number, currency.as_deref().unwrap_or_default(), decimals.unwrap_or(2).min(money::DECIMALS_MAX), &language))
}

/// The first of a person's names: `Ivan` of `Ivan Petrenko`, and of `Petrenko, Ivan`.
fn first_name(value: &Value) -> String {
    let whole = if is_empty(value) { String::new() } else { value.to_string() };
    let names = whole.split_once(',').map_or(whole.as_str(), |(_, given)| given);
    names.split_whitespace().next().unwrap_or_default().to_owned()
}

/// The entries of a list that are not empty, with something between them.
#[expect(clippy::needless_pass_by_value, reason = "minijinja hands arguments over by value")]
fn join(value: &Value, between: Option<String>) -> Result<String, Error> {
    if is_empty(value) {
        return Ok(String::new());
    }
    if value.kind() != ValueKind::Seq {
        return Ok(value.to_string());
    }
    let entries = value.try_iter()?.filter(|entry| !is_empty(entry)).map(|entry| entry.to_string());
    Ok(entries.collect::<Vec<_>>().join(between.as_deref().unwrap_or(", ")))
}

fn language(state: &State<'_, '_>, more: &Kwargs) -> Result<String, Error> {
    let given: Option<String> = more.get("language")?;
    let language = given.or_else(|| fact(state, LANGUAGE)).unwrap_or_default();
    match LANGUAGES.contains(&language.as_str()) {
        true => Ok(language),
        false => Err(wrong(format!("`{language}` is not one of {}", LANGUAGES.join(", ")))),
    }
}

fn fact(state: &State<'_, '_>, name: &str) -> Option<String> {
    state.lookup(name)?.as_str().map(str::to_owned)
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::render;

    fn filled(text: &str, language: &str) -> String {
        let item = json!({
            "close_at": "2026-11-22T22:30:00.000Z", "amount": "1234567.895", "minus": "-5", "name": "Ivan Petrenko",
            "formal": "Petrenko, Ivan", "list": ["a", "", "b"], "none": null,
        });
        render(text, &json!({"item": item, "$zone": "Europe/Kyiv", "$language": language})).unwrap()
    }

    #[test]
    fn dates_are_written_in_the_tenants_zone_and_language() {
        assert_eq!(filled("{{ item.close_at | date }}", "en"), "23 Nov 2026");
        assert_eq!(filled("{{ item.close_at | datetime }}", "uk"), "23.11.2026 00:30");
        assert_eq!(filled("{{ item.close_at | time(zone='America/New_York') }}", "en"), "17:30");
        assert_eq!(filled("{{ item.close_at | date('%-d %B %Y') }}", "ru"), "23 ноября 2026");
        assert_eq!(filled("{{ item.close_at | date('%A', language='uk') }}", "en"), "понеділок");
        assert_eq!(filled("[{{ item.none | date }}]", "en"), "[]");
    }

    #[test]
    fn money_is_exact_and_written_as_people_do() {
        assert_eq!(filled("{{ item.amount | money('UAH') }}", "en"), "₴1,234,567.90");
        assert_eq!(filled("{{ item.amount | money('UAH') }}", "uk"), "1\u{a0}234\u{a0}567,90\u{a0}₴");
        assert_eq!(filled("{{ item.minus | money('CHF', decimals=0) }}", "en"), "-5 CHF".replace(' ', "\u{a0}"));
        assert_eq!(filled("{{ item.minus | money }}", "ru"), "-5,00");
    }

    #[test]
    fn names_lists_and_what_is_missing() {
        assert_eq!(filled("{{ item.name | first_name }}, {{ item.formal | first_name }}", "en"), "Ivan, Ivan");
        assert_eq!(filled("{{ item.list | join }} {{ item.list | join('/') }}", "en"), "a, b a/b");
        assert_eq!(
            filled("{{ item.none | default('nobody') }} {{ item.name | default('x') | upper }}", "en"),
            "nobody IVAN PETRENKO"
        );
    }
}
