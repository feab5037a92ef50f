//! What is written of a thing: its keys in the order in which people read, without those that say
//! what holds anyway.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// Keys that stand first, in this order; the others follow by name.
const FIRST: [&str; 28] = [
    "id",
    "kind",
    "name",
    "stage",
    "plugin",
    "robot",
    "trigger",
    "condition",
    "run",
    "after",
    "before",
    "working_time",
    "if_past",
    "after_previous",
    "on_previous_failure",
    "on_leave",
    "move_as",
    "allow_back_move",
    "allow_reopen",
    "time_zone",
    "week",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
];
/// Keys that are filled with whatever the author wrote, and are therefore left as they are.
const AS_WRITTEN: [&str; 2] = ["settings", "condition"];

/// A value that is written in order.
#[derive(Debug)]
pub(super) struct Tidy<'a>(pub(super) &'a Value);

impl Serialize for Tidy<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(map) => {
                let mut keys: Vec<&String> = map.keys().collect();
                let place =
                    |key: &str| FIRST.iter().position(|first| *first == key).unwrap_or(FIRST.len());
                keys.sort_by_key(|key| (place(key), *key));

                let mut writer = serializer.serialize_map(Some(keys.len()))?;
                for key in keys {
                    let value = map.get(key).unwrap_or(&Value::Null);
                    match AS_WRITTEN.contains(&key.as_str()) {
                        true => writer.serialize_entry(key, value)?,
                        false => writer.serialize_entry(key, &Self(value))?,
                    }
                }
                writer.end()
            }

            Value::Array(list) => {
                let mut writer = serializer.serialize_seq(Some(list.len()))?;
                for value in list {
                    writer.serialize_element(&Self(value))?;
                }
                writer.end()
            }
            other => other.serialize(serializer),
        }
    }
}

/// The value without the keys that hold the same in `usual`.
pub(super) fn without(value: Value, usual: &Value) -> Value {
    let Value::Object(map) = value else { return value };
    let kept = map.into_iter().filter(|(key, value)| usual.get(key) != Some(value));
    Value::Object(kept.collect::<Map<String, Value>>())
}
