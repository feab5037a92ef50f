//! Filters that write as people do in the tenant's place and language.

use std::borrow::Cow;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, Locale, TimeZone};
use chrono_tz::Tz;
use serde_json::{Map, Value as Json, json};

use super::call::Call;
use super::money;
use crate::model::tenant::Tenant;
use crate::template::Unfilled;
use crate::template::value::Value;
use crate::time::Timestamp;

/// The fact that holds the tenant's time zone.
const ZONE: &str = "$zone";
/// The fact that holds the tenant's language.
const LANGUAGE: &str = "$language";
/// The languages that dates and money are written in.
pub(in crate::template) const LANGUAGES: [&str; 3] = ["en", "ru", "uk"];
/// Longest format of a date, in bytes; every two of them may be a day's name.
const FORMAT_BYTES_MAX: usize = 100;

/// The facts that dates, times and money are written by. No template can refer to them.
#[must_use]
pub fn locale(tenant: &Tenant) -> Map<String, Json> {
    let facts = [(ZONE, json!(tenant.time_zone)), (LANGUAGE, json!(tenant.language))];
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Whether a format of dates can be written.
pub(in crate::template) fn is_format(format: &str) -> bool {
    !format.is_empty()
        && format.len() <= FORMAT_BYTES_MAX
        && !StrftimeItems::new(format).any(|item| item == Item::Error)
}

pub(super) fn date<'v>(value: &Value<'v>, call: &mut Call<'_, 'v>) -> Result<Value<'v>, Unfilled> {
    moment(value, call, |english| if english { "%-d %b %Y" } else { "%d.%m.%Y" })
}

pub(super) fn time<'v>(value: &Value<'v>, call: &mut Call<'_, 'v>) -> Result<Value<'v>, Unfilled> {
    moment(value, call, |_| "%H:%M")
}

pub(super) fn datetime<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    moment(value, call, |english| if english { "%-d %b %Y %H:%M" } else { "%d.%m.%Y %H:%M" })
}

/// A moment, in the tenant's time zone and language unless others are given.
fn moment<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
    usual: fn(bool) -> &'static str,
) -> Result<Value<'v>, Unfilled> {
    let language = language(call)?;

    if value.is_empty() {
        return Ok(Value::Nothing);
    }

    let zone = call.named("zone")?.or_else(|| fact(call, ZONE)).unwrap_or_default();
    let zone: Tz =
        zone.parse().map_err(|_source| wrong(format!("there is no time zone `{zone:.60}`")))?;

    let at = value.text(call.work)?.parse::<Timestamp>().ok();
    let at = at.ok_or_else(|| wrong(format!("`{}` is no date", value.shown(call.work))))?;
    let utc = DateTime::from_timestamp_millis(at.0)
        .ok_or_else(|| wrong(format!("`{at}` is out of range")))?
        .naive_utc();

    let format = call.place(0)?.unwrap_or_else(|| usual(language == "en").into());
    if !is_format(&format) {
        return Err(wrong(format!("`{format:.60}` is no format of dates; write such as %d.%m.%Y")));
    }

    let locale = match language.as_ref() {
        "ru" => Locale::ru_RU,
        "uk" => Locale::uk_UA,
        _ => Locale::en_GB,
    };

    let text = zone.from_utc_datetime(&utc).format_localized(&format, locale).to_string();
    call.work.spend(text.len())?;
    Ok(Value::made(text))
}

pub(super) fn amount<'v>(
    value: &Value<'v>,
    call: &mut Call<'_, 'v>,
) -> Result<Value<'v>, Unfilled> {
    let language = language(call)?;

    let decimals = call.named("decimals")?.map(|text| text.parse::<u8>());
    let decimals =
        decimals.transpose().map_err(|_source| wrong("`decimals` is 0 to 6".to_owned()))?;

    if value.is_empty() {
        return Ok(Value::Nothing);
    }

    let number = value
        .number()
        .ok_or_else(|| wrong(format!("`{}` is no number", value.shown(call.work))))?;

    let currency = call.place(0)?.unwrap_or_default();
    let text = money::written(
        &number,
        &currency,
        decimals.unwrap_or(2).min(money::DECIMALS_MAX),
        &language,
    );

    call.work.spend(text.len())?;
    Ok(Value::made(text))
}

fn language<'v>(call: &mut Call<'_, 'v>) -> Result<Cow<'v, str>, Unfilled> {
    let language = call.named("language")?.or_else(|| fact(call, LANGUAGE)).unwrap_or_default();

    match LANGUAGES.contains(&language.as_ref()) {
        true => Ok(language),
        false => Err(wrong(format!("`{language:.60}` is not one of {}", LANGUAGES.join(", ")))),
    }
}

fn fact<'v>(call: &Call<'_, 'v>, name: &str) -> Option<Cow<'v, str>> {
    let facts = call.facts;
    facts.get(name)?.as_str().map(Cow::Borrowed)
}

fn wrong(message: String) -> Unfilled {
    Unfilled::Failed(message)
}
