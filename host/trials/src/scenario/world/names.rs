//! What the scenario's names stand for.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use stagewright_core::model::record::RecordRef;
use stagewright_core::schema;
use stagewright_core::time::Timestamp;

use crate::scenario::grammar::{Base, Fields, Moment};

/// Names of records and moments.
#[derive(Clone, Debug, Default)]
pub(in crate::scenario) struct Names {
    start: Timestamp,
    records: BTreeMap<String, RecordRef>,
    moments: BTreeMap<String, Timestamp>,
    kept: BTreeMap<String, String>,
}

impl Names {
    /// No names yet.
    pub(super) fn new(start: Timestamp) -> Self {
        Self { start, ..Self::default() }
    }

    /// Names a record, and the moment of its creation by the same name.
    pub(in crate::scenario) fn record(
        &mut self,
        name: &str,
        record: RecordRef,
        created_at: Timestamp,
    ) {
        self.records.insert(name.to_owned(), record);
        self.moment(name, created_at);
    }

    /// Names a moment.
    pub(in crate::scenario) fn moment(&mut self, name: &str, at: Timestamp) {
        self.moments.insert(name.to_owned(), at);
    }

    /// The record of a name.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::scenario) fn of(&self, name: &str) -> Result<&RecordRef, String> {
        self.records.get(name).ok_or_else(|| {
            format!("`{name}` has not come to be: the action that names it made nothing")
        })
    }

    /// When a moment is.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::scenario) fn at(&self, moment: &Moment) -> Result<Timestamp, String> {
        let base = match &moment.base {
            Base::Start => self.start,
            Base::At(at) => *at,
            Base::Named(name) => {
                let found = self.moments.get(name).copied();
                found.ok_or_else(|| {
                    format!("`{name}` has not come to be, so nothing can count from it")
                })?
            }
        };

        Ok(base.plus_ms(moment.offset_ms))
    }

    /// The name of an id; the id itself where it has none.
    pub(in crate::scenario) fn alias(&self, id: &str) -> String {
        let found = self.records.iter().find(|(_, record)| record.id == id);
        found.map_or_else(|| id.to_owned(), |(name, _)| name.clone())
    }

    /// The ids of the records of a kind that have names.
    pub(in crate::scenario) fn ids_of(&self, kind: &str) -> impl Iterator<Item = &String> {
        self.records.values().filter(move |record| record.kind == kind).map(|record| &record.id)
    }

    /// Keeps a text of an answer under a name.
    pub(in crate::scenario) fn keep(&mut self, name: &str, text: String) {
        self.kept.insert(name.to_owned(), text);
    }

    /// A text with ids in place of `${name}`: of records, and of what was kept.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::scenario) fn filled(&self, text: &str) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = text;

        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) =
                after.split_once('}').ok_or_else(|| format!("`${{` without `}}` in {text}"))?;
            filled.push_str(before);
            match self.kept.get(name) {
                Some(kept) => filled.push_str(kept),
                None => filled.push_str(&self.of(name)?.id),
            }
            rest = after;
        }

        filled.push_str(rest);
        Ok(filled)
    }

    /// JSON as the API takes it: `user:<name>` and `${name}` become ids in every text.
    ///
    /// # Errors
    /// A sentence.
    pub(in crate::scenario) fn with_ids(&self, body: &Value) -> Result<Value, String> {
        Ok(match self.with_users(body) {
            Value::String(text) => Value::String(self.filled(&text)?),
            Value::Array(list) => Value::Array(
                list.iter().map(|value| self.with_ids(value)).collect::<Result<_, _>>()?,
            ),
            Value::Object(map) => {
                let each = map.iter().map(|(key, value)| Ok((key.clone(), self.with_ids(value)?)));
                Value::Object(each.collect::<Result<_, String>>()?)
            }
            other => other,
        })
    }

    /// JSON as the API gives it, every text that is an id being its name.
    pub(in crate::scenario) fn with_names(&self, found: &Value) -> Value {
        match found {
            Value::String(text) => Value::String(self.alias(text)),
            Value::Array(list) => list.iter().map(|value| self.with_names(value)).collect(),
            Value::Object(map) => {
                map.iter().map(|(key, value)| (key.clone(), self.with_names(value))).collect()
            }
            other => other.clone(),
        }
    }

    /// The leads and deals that have names.
    pub(in crate::scenario) fn items(&self) -> impl Iterator<Item = (&String, &RecordRef)> {
        self.records.iter().filter(|(_, record)| schema::is_item(&record.kind))
    }

    /// Fields as the API takes them: links by id.
    pub(in crate::scenario) fn to_ids(&self, kind: &str, fields: &Fields) -> Map<String, Value> {
        let id = |text: &str| {
            self.records.get(text).map_or_else(|| text.to_owned(), |record| record.id.clone())
        };

        fields
            .iter()
            .map(|(name, value)| (name.clone(), in_links(kind, name, &value.value, &id)))
            .collect()
    }

    /// Fields as the API gives them, links by name.
    pub(in crate::scenario) fn to_names(
        &self,
        kind: &str,
        fields: &Map<String, Value>,
    ) -> Map<String, Value> {
        fields
            .iter()
            .map(|(name, value)| (name.clone(), in_links(kind, name, value, &|id| self.alias(id))))
            .collect()
    }

    /// A body as the API takes it: `user:<name>` becomes `user:<id>`, wherever it stands alone in a
    /// text.
    pub(in crate::scenario) fn with_users(&self, body: &Value) -> Value {
        match body {
            Value::String(text) => {
                match text.strip_prefix("user:").and_then(|name| self.records.get(name)) {
                    Some(user) => Value::String(format!("user:{}", user.id)),
                    None => body.clone(),
                }
            }
            Value::Array(list) => list.iter().map(|value| self.with_users(value)).collect(),
            Value::Object(map) => {
                map.iter().map(|(key, value)| (key.clone(), self.with_users(value))).collect()
            }
            other => other.clone(),
        }
    }
}

/// The value of a field with its texts changed where they are links.
fn in_links(kind: &str, name: &str, value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    let known =
        schema::fields(kind).ok().and_then(|fields| fields.iter().find(|field| field.name == name));
    let is_link = known.is_some_and(|field| field.holds.record_kind().is_some());
    // Who created a record is no field that can be written, but a link all the same.
    if !is_link && name != "created_by" {
        return value.clone();
    }

    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(list) => list
            .iter()
            .map(|value| value.as_str().map_or_else(|| value.clone(), |text| change(text).into()))
            .collect(),
        other => other.clone(),
    }
}
