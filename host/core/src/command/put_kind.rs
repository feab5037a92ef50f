//! Adds fields to a kind of record, or makes a kind of the tenant's own.

use super::put_pipeline::check_name;
use super::records::check_version;
use crate::context::OpContext;
use crate::limits::{ID_CHARS_MAX, LIST_MAX, NAME_CHARS_MAX, OWN_FIELDS_MAX};
use crate::model::kind::{Kind, OwnField};
use crate::refusal::Refusal;
use crate::schema::{self, Field, FieldType};
use crate::tx::{Halt, Tx};

/// Creates or replaces what a tenant added to a kind. A field that is there stays and keeps its
/// type, since records hold values of it.
///
/// # Errors
/// `kind.invalid`, `kind.field-fixed`, `record.unknown-kind` for where a link leads,
/// `record.stale`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    kind: Kind,
    expected: Option<u64>,
) -> Result<(Kind, u64), Halt> {
    let kind = Kind { id: id.to_owned(), ..kind };

    let own = schema::is_own(id);
    if own && !is_own_word(id) || !own && schema::fields(id).is_err() {
        return Err(not_own("id").into());
    }

    check_name("kind.invalid", "name", &kind.name)?;
    let fields = check_fields(&kind, own)?;
    let key = Kind::key(ctx.tenant, id);

    let others = fields
        .iter()
        .filter_map(|field| leads_to(field))
        .filter(|to| schema::is_own(to) && *to != id);
    tx.want(&others.map(|to| Kind::key(ctx.tenant, to)).chain([key.clone()]).collect::<Vec<_>>())?;

    let before = tx.get::<Kind>(&key)?;
    check_version(expected, before.as_ref().map_or(0, |(_, version)| *version))?;

    for (place, to) in
        fields.iter().enumerate().filter_map(|(place, field)| Some((place, leads_to(field)?)))
    {
        check_target(tx, ctx, id, to).map_err(|halt| halt.inside(&format!("fields[{place}]")))?;
    }

    if let Some((before, _)) = &before {
        check_kept(before, &fields)?;
    }

    let version = tx.put(key, &kind)?;
    Ok((kind, version))
}

/// The kind that a field leads to.
fn leads_to(field: &Field) -> Option<&str> {
    match &field.holds {
        FieldType::Link(to) | FieldType::Links(to) => Some(to),
        _ => None,
    }
}

fn check_target(tx: &Tx<'_>, ctx: &OpContext, id: &str, to: &str) -> Result<(), Halt> {
    let there = match to {
        "calendar" | "group" | "conversation" => true,
        _ if to == id => true,
        _ if schema::is_own(to) => tx.peek::<Kind>(&Kind::key(ctx.tenant, to))?.is_some(),
        _ => schema::fields(to).is_ok(),
    };
    if there { Ok(()) } else { Err(schema::unknown_kind(to).at("to").into()) }
}

/// Checks each field by itself, and gives them as the schema has them.
fn check_fields(kind: &Kind, own: bool) -> Result<Vec<Field>, Refusal> {
    if kind.fields.len() > OWN_FIELDS_MAX {
        return Err(Refusal::invalid(
            "kind.invalid",
            "fields",
            format!("a kind has at most {OWN_FIELDS_MAX} own fields"),
        ));
    }

    let mut read: Vec<Field> = Vec::new();
    for (place, field) in kind.fields.iter().enumerate() {
        let found = check_field(field, own)
            .map_err(|refusal| refusal.inside(&format!("fields[{place}]")))?;
        if read.iter().any(|other| other.name == found.name) {
            let message = format!("the field `{}` is there twice", found.name);
            return Err(Refusal::invalid("kind.invalid", format!("fields[{place}].name"), message));
        }
        read.push(found);
    }

    Ok(read)
}

fn check_field(field: &OwnField, own: bool) -> Result<Field, Refusal> {
    let invalid =
        |part: &str, message: String| Err(Refusal::invalid("kind.invalid", part, message));

    if !is_own_word(&field.name) {
        return Err(not_own("name"));
    }
    if field.label.chars().count() > NAME_CHARS_MAX {
        return invalid("label", format!("a label has at most {NAME_CHARS_MAX} characters"));
    }
    if field.required && !own {
        return invalid(
            "required",
            "only fields of a kind of your own can be required; records of this one exist without"
                .to_owned(),
        );
    }

    let read = field.read()?;

    let word = |text: &String| !text.trim().is_empty() && text.chars().count() <= NAME_CHARS_MAX;

    match &read.holds {
        FieldType::Choice(_)
            if field.choices.is_empty()
                || field.choices.len() > LIST_MAX
                || !field.choices.iter().all(word) =>
        {
            return invalid(
                "choices",
                format!("name 1 to {LIST_MAX} choices of up to {NAME_CHARS_MAX} characters"),
            );
        }
        FieldType::Choice(_) => {}
        _ if !field.choices.is_empty() => {
            return invalid("choices", "only a `choice` has choices".to_owned());
        }
        _ => {}
    }

    if field.to.is_some() && leads_to(&read).is_none() {
        return invalid("to", "only a `link` or `links` leads to a kind".to_owned());
    }

    Ok(read)
}

/// What records may hold values of stays.
fn check_kept(before: &Kind, after: &[Field]) -> Result<(), Refusal> {
    let same = |a: &FieldType, b: &FieldType| match (a, b) {
        (FieldType::Choice(_), FieldType::Choice(_)) => true,
        _ => a == b,
    };

    for was in before.own_fields() {
        let is = after.iter().enumerate().find(|(_, field)| field.name == was.name);
        if !is.is_some_and(|(_, is)| same(&was.holds, &is.holds)) {
            let message = format!(
                "records may hold values of `{}`, so it stays and keeps its type; add another \
                 field",
                was.name
            );
            let field = is
                .map_or_else(|| "fields".to_owned(), |(place, _)| format!("fields[{place}].type"));
            return Err(Refusal::invalid("kind.field-fixed", field, message));
        }
    }

    Ok(())
}

/// Whether a name is that of a kind or a field of the tenant's own, and can stand in a template.
fn is_own_word(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let length = schema::OWN_PREFIX.len() + 1..=ID_CHARS_MAX;
    schema::is_own(name) && length.contains(&name.len()) && name.chars().all(plain)
}

fn not_own(field: &str) -> Refusal {
    let message = format!(
        "your own kinds and fields have names of up to {ID_CHARS_MAX} of a-z, 0-9 and _ that \
         begin with x_"
    );
    Refusal::invalid("kind.invalid", field, message)
}
