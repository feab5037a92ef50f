//! Expectations about one among many: decisions, timeline entries, deliveries, records of a kind.

use serde_json::{Map, Value};

use super::difference::{Difference, text};
use crate::scenario::grammar::{DecisionIs, DeliveryIs, Name, Pattern, Records, TimelineHas};
use crate::scenario::world::World;

pub(super) type Seen = Result<Result<(), Difference>, String>;

/// Compares how many records there are.
pub(super) async fn see_records(world: &World, expected: &Records) -> Seen {
    let listed = world
        .admin()
        .get(&format!("/v1/records/{}?limit=200", expected.kind))
        .await
        .map_err(|e| e.to_string())?;
    let found = listed.list("/items").map_err(|e| e.to_string())?.len();

    let mut difference = Difference::default();
    difference.count(
        &format!("records of kind {}", expected.kind),
        Some(expected.count),
        u64::try_from(found).unwrap_or(u64::MAX),
    );
    Ok(difference.verdict())
}

/// Compares decisions on candidates.
pub(super) async fn see_decision(world: &World, expected: &DecisionIs) -> Seen {
    let overview = about(world, &expected.of, "automation").await?;
    let decisions =
        overview.get("decisions").and_then(Value::as_array).cloned().unwrap_or_default();

    // One line per candidate, with the kind of the event beside what is said of the candidate.
    let candidates = decisions.iter().flat_map(|decision| {
        let kind = decision.get("kind").cloned().unwrap_or_default();
        let list =
            decision.get("candidates").and_then(Value::as_array).cloned().unwrap_or_default();
        list.into_iter().filter_map(move |candidate| {
            let mut candidate: Map<String, Value> = candidate.as_object()?.clone();
            candidate.insert("event".into(), kind.clone());
            Some(Value::Object(candidate))
        })
    });

    let parts = [
        ("event", &expected.event),
        ("automation", &expected.automation),
        ("trigger", &expected.trigger),
        ("outcome", &expected.outcome),
        ("reason", &expected.reason),
    ];
    let fits = |candidate: &Value| fits(candidate, &parts);
    Ok(one_of("decision", &wanted(&parts), expected.count, &candidates.collect::<Vec<_>>(), fits))
}

/// Compares entries of a timeline.
pub(super) async fn see_timeline(world: &World, expected: &TimelineHas) -> Seen {
    let listed = about(world, &expected.of, "timeline").await?;
    let mut entries = listed.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    for entry in &mut entries {
        if let Some(author) = entry.get_mut("author").filter(|author| author.is_string()) {
            *author = Value::String(world.names.alias(author.as_str().unwrap_or_default()));
        }
    }

    let at = expected
        .at
        .as_ref()
        .map(|moment| world.names.at(moment))
        .transpose()?
        .map(|at| Pattern(at.to_string()));

    let parts = [
        ("kind", &expected.kind),
        ("text", &expected.text),
        ("author", &expected.author),
        ("at", &at),
    ];
    Ok(one_of("timeline entry", &wanted(&parts), expected.count, &entries, |entry| {
        fits(entry, &parts)
    }))
}

/// Compares outgoing messages as the host knows them.
pub(super) async fn see_delivery(world: &World, expected: &DeliveryIs) -> Seen {
    let listed = world.admin().get("/v1/deliveries?limit=200").await.map_err(|e| e.to_string())?;
    let mut deliveries = listed.list("/items").map_err(|e| e.to_string())?;

    let due = expected
        .due
        .as_ref()
        .map(|moment| world.names.at(moment))
        .transpose()?
        .map(|at| Pattern(at.to_string()));
    let tries = expected.tries.map(|tries| Pattern(tries.to_string()));

    // Numbers are compared as they are written.
    for delivery in &mut deliveries {
        if let Some(tries) = delivery.get_mut("tries") {
            *tries = Value::String(tries.to_string());
        }
    }

    let parts = [
        ("to", &expected.to),
        ("state", &expected.state),
        ("reason", &expected.reason),
        ("code", &expected.code),
        ("tries", &tries),
        ("due_at", &due),
    ];
    Ok(one_of("delivery", &wanted(&parts), expected.count, &deliveries, |delivery| {
        fits(delivery, &parts)
    }))
}

async fn about(world: &World, item: &Name, what: &str) -> Result<Value, String> {
    let record = world.names.of(&item.value)?;
    let path = format!("/v1/records/{}/{}/{what}?limit=200", record.kind, record.id);
    Ok(world.admin().get(&path).await.map_err(|e| e.to_string())?.body)
}

pub(super) fn fits(found: &Value, parts: &[(&str, &Option<Pattern>)]) -> bool {
    parts.iter().all(|(key, pattern)| {
        pattern
            .as_ref()
            .is_none_or(|pattern| text(found, key).is_some_and(|text| pattern.matches(text)))
    })
}

pub(super) fn wanted(parts: &[(&str, &Option<Pattern>)]) -> String {
    let given: Vec<String> = parts
        .iter()
        .filter_map(|(key, pattern)| pattern.as_ref().map(|pattern| format!("{key} `{pattern}`")))
        .collect();
    if given.is_empty() { String::new() } else { format!(" with {}", given.join(", ")) }
}

/// Whether as many of `found` fit as are expected; at least one where no number is.
pub(super) fn one_of(
    what: &str,
    wanted: &str,
    count: Option<u64>,
    found: &[Value],
    fits: impl Fn(&Value) -> bool,
) -> Result<(), Difference> {
    let fitting = u64::try_from(found.iter().filter(|one| fits(one)).count()).unwrap_or(u64::MAX);
    let holds = count.map_or(fitting > 0, |count| count == fitting);
    if holds {
        return Ok(());
    }

    let number = count.map_or_else(|| "at least 1".to_owned(), |count| count.to_string());
    let all: Vec<String> = found.iter().map(short).collect();
    Err(Difference::of(
        format_args!("{number} {what}{wanted}"),
        format_args!("{fitting} among {}:\n      {}", all.len(), all.join("\n      ")),
    ))
}

/// An entry for people: what is text in it.
fn short(value: &Value) -> String {
    let Some(map) = value.as_object() else { return value.to_string() };
    let texts = map.iter().filter(|(key, _)| !matches!(key.as_str(), "id" | "version"));
    let texts: Vec<String> = texts
        .filter_map(|(key, value)| value.as_str().map(|text| format!("{key}: {text}")))
        .collect();
    texts.join(", ")
}
