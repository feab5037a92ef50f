//! Which fields a kind of record has, and the check of what a client wrote into them.

pub mod built_in;
mod field;
mod kinds;
mod value;

use serde_json::{Map, Value};

use crate::refusal::Refusal;

pub use field::{Field, FieldType};
pub use kinds::{KINDS, OWN_PREFIX, fields, is_item, is_own, unknown_kind};

/// Whether `field` of a record with these fields is a moment that robots may count from.
#[must_use]
pub fn is_moment(known: &[Field], field: &str) -> bool {
    matches!(field, "created_at" | "updated_at" | "stage_entered_at")
        || known.iter().any(|f| f.name == field && f.holds == FieldType::Moment)
}

/// Checks what a client wrote into a record of `kind`, which has the fields `known`, and brings it
/// into the form in which it is kept. `null` removes a field.
///
/// # Errors
/// `record.unknown-field`, `record.wrong-type`, `record.too-long`, `record.not-a-phone`, each
/// naming the field.
pub fn clean(
    kind: &str,
    known: &[Field],
    written: &Map<String, Value>,
    country: &str,
) -> Result<Map<String, Value>, Refusal> {
    let mut clean = Map::new();

    for (name, value) in written {
        let Some(field) = known.iter().find(|field| field.name == *name && !field.host_only) else {
            let names: Vec<&str> =
                known.iter().filter(|field| !field.host_only).map(|field| &*field.name).collect();
            let message =
                format!("a {kind} has no field `{name}`; its fields are {}", names.join(", "));
            return Err(Refusal::invalid(
                "record.unknown-field",
                format!("fields.{name}"),
                message,
            ));
        };

        let value =
            if value.is_null() { Value::Null } else { value::clean(field, value, country)? };
        clean.insert(name.clone(), value);
    }

    Ok(clean)
}

/// What was written, texts read as their fields want them: templates give nothing but text. What no
/// field fits stays as it is, to be refused by [`clean`].
#[must_use]
pub fn from_texts(known: &[Field], written: Map<String, Value>) -> Map<String, Value> {
    let read = |(name, value): (String, Value)| {
        let value = match known.iter().find(|field| field.name == name) {
            Some(field) => from_text(&field.holds, value),
            None => value,
        };
        (name, value)
    };

    written.into_iter().map(read).collect()
}

fn from_text(holds: &FieldType, value: Value) -> Value {
    let Some(text) = value.as_str().map(str::trim) else { return value };

    match holds {
        FieldType::Name | FieldType::Text | FieldType::Phone => value,
        FieldType::Links(_) | FieldType::Phones if text.is_empty() => Value::Array(Vec::new()),
        FieldType::Links(_) | FieldType::Phones => Value::Array(vec![Value::from(text)]),
        _ if text.is_empty() => Value::Null,
        FieldType::Bool => text.parse().map_or_else(|_source| Value::from(text), Value::Bool),
        _ => Value::from(text),
    }
}

/// Checks that a record has what it must have of the fields `known`.
///
/// # Errors
/// `record.missing-field`.
pub fn complete<'a>(
    kind: &str,
    known: impl IntoIterator<Item = &'a Field>,
    fields_now: &Map<String, Value>,
) -> Result<(), Refusal> {
    for field in known.into_iter().filter(|field| field.required) {
        if !has(fields_now, &field.name) {
            let message = format!("a {kind} needs `{}`", field.name);
            return Err(Refusal::invalid(
                "record.missing-field",
                format!("fields.{}", field.name),
                message,
            ));
        }
    }

    Ok(())
}

/// Whether there is a value in a field.
#[must_use]
pub fn has(fields: &Map<String, Value>, name: &str) -> bool {
    fields.get(name).is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(kind: &str, written: Value) -> &'static str {
        fields(kind)
            .and_then(|known| clean(kind, known, written.as_object().unwrap(), "UA"))
            .unwrap_err()
            .code
    }

    #[test]
    fn phones_are_kept_in_one_form() {
        let written = json!({"name": "Olha", "phones": ["067 123 45 67", "+380671234567"]});
        let clean =
            clean("contact", fields("contact").unwrap(), written.as_object().unwrap(), "UA")
                .unwrap();

        assert_eq!(clean["phones"], json!(["+380671234567"]));
    }

    #[test]
    fn bad_fields_are_refused_by_name() {
        assert_eq!(refused("deal", json!({"titel": "x"})), "record.unknown-field");
        assert_eq!(refused("deal", json!({"title": 5})), "record.wrong-type");
        assert_eq!(refused("deal", json!({"title": "x".repeat(201)})), "record.too-long");
        assert_eq!(refused("deal", json!({"amount": 1.5})), "record.wrong-type");
        assert_eq!(refused("user", json!({"mobile": "call me"})), "record.not-a-phone");
        assert_eq!(refused("user", json!({"time_zone": "Mars/Olympus"})), "record.wrong-type");
        assert_eq!(refused("task", json!({"status": "done"})), "record.wrong-type");
        assert_eq!(
            refused("task", json!({"deadline": "2026-02-30T10:00:00Z"})),
            "record.wrong-type"
        );
        assert_eq!(refused("task", json!({"made_by": {}})), "record.unknown-field");
        assert_eq!(refused("starship", json!({})), "record.unknown-kind");
    }

    #[test]
    fn what_a_template_gave_becomes_what_the_field_holds() {
        let written = json!({
            "title": " Roof ", "amount": " 12.50 ", "close_at": "", "observers": "u1",
            "nothing": "x",
        });

        let read = from_texts(fields("deal").unwrap(), written.as_object().unwrap().clone());
        let expected = json!({
            "title": " Roof ", "amount": "12.50", "close_at": null, "observers": ["u1"],
            "nothing": "x",
        });

        assert_eq!(Value::Object(read), expected);

        let read = from_texts(
            fields("user").unwrap(),
            json!({"active": "false", "name": ""}).as_object().unwrap().clone(),
        );

        assert_eq!(Value::Object(read), json!({"active": false, "name": ""}));
    }

    #[test]
    fn a_deal_without_title_is_not_complete() {
        assert_eq!(
            complete("deal", fields("deal").unwrap(), &Map::new()).unwrap_err().code,
            "record.missing-field"
        );
    }
}
