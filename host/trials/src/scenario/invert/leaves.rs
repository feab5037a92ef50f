//! Inversions of single values.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Invert;
use crate::scenario::grammar::{Moment, Pattern};

/// What no text of the host begins with.
const OTHERWISE: char = '≠';

impl Invert for Pattern {
    fn inversions(&self) -> Vec<(String, Self)> {
        vec![(String::new(), Self(format!("{OTHERWISE}{}", self.0)))]
    }
}

impl Invert for Moment {
    fn inversions(&self) -> Vec<(String, Self)> {
        vec![(
            String::new(),
            Self { offset_ms: self.offset_ms.saturating_add(1_000), ..self.clone() },
        )]
    }
}

impl Invert for u64 {
    fn inversions(&self) -> Vec<(String, Self)> {
        vec![(String::new(), self.saturating_add(1))]
    }
}

impl Invert for bool {
    fn inversions(&self) -> Vec<(String, Self)> {
        vec![(String::new(), !self)]
    }
}

impl<T: Invert> Invert for Option<T> {
    fn inversions(&self) -> Vec<(String, Self)> {
        self.iter().flat_map(T::inversions).map(|(part, inverted)| (part, Some(inverted))).collect()
    }
}

impl<T: Invert + Clone> Invert for BTreeMap<String, T> {
    fn inversions(&self) -> Vec<(String, Self)> {
        let one = |(key, value): (&String, &T)| {
            let inverted = value.inversions().into_iter();
            let whole =
                |inverted| self.clone().into_iter().chain([(key.clone(), inverted)]).collect();
            inverted
                .map(|(part, inverted)| (format!(".{key}{part}"), whole(inverted)))
                .collect::<Vec<_>>()
        };

        self.iter().flat_map(one).collect()
    }
}

impl Invert for Value {
    fn inversions(&self) -> Vec<(String, Self)> {
        let leaf = |inverted: Self| vec![(String::new(), inverted)];

        match self {
            Self::Null => leaf(json!("*")),
            Self::Bool(value) => leaf(json!(!value)),
            Self::Number(number) => {
                leaf(number.as_i64().map_or(Self::Null, |number| json!(number.saturating_add(1))))
            }
            Self::String(text) => leaf(json!(format!("{OTHERWISE}{text}"))),
            Self::Array(list) => list_inversions(list),
            Self::Object(map) if map.is_empty() => leaf(Self::Null),
            Self::Object(map) => map
                .iter()
                .flat_map(|(key, value)| {
                    let whole = move |inverted| {
                        let mut map = map.clone();
                        map.insert(key.clone(), inverted);
                        Self::Object(map)
                    };
                    value
                        .inversions()
                        .into_iter()
                        .map(move |(part, inverted)| (format!(".{key}{part}"), whole(inverted)))
                })
                .collect(),
        }
    }
}

/// Each entry inverted, one entry too few, one too many.
fn list_inversions(list: &[Value]) -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> = Vec::new();

    for (place, value) in list.iter().enumerate() {
        for (part, inverted) in value.inversions() {
            let whole = list
                .iter()
                .enumerate()
                .map(|(at, value)| if at == place { inverted.clone() } else { value.clone() });
            found.push((format!("[{place}]{part}"), whole.collect()));
        }
    }

    if let Some((_, fewer)) = list.split_last() {
        found.push((" without its last entry".to_owned(), json!(fewer)));
    }

    found.push((
        " with one more entry".to_owned(),
        list.iter().cloned().chain([json!("*")]).collect(),
    ));

    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::grammar::matches;

    #[test]
    fn no_inversion_of_json_matches_what_the_json_matches() {
        for expected in [
            json!("done"),
            json!("*"),
            json!("anchor*"),
            json!(3),
            json!(true),
            json!(null),
            json!([]),
            json!(["a", "*"]),
            json!({"moved": true, "warnings": ["*created_at*"], "none": null}),
            json!({}),
        ] {
            let found =
                json!({"moved": true, "warnings": ["counts from created_at"], "none": null});
            let found = if expected.is_object() { found } else { sample(&expected) };
            assert!(matches(&expected, Some(&found)), "{expected}");

            let inversions = expected.inversions();
            assert!(!inversions.is_empty(), "{expected}");
            for (part, inverted) in inversions {
                assert!(
                    !matches(&inverted, Some(&found)),
                    "{expected}{part} as {inverted} still matches {found}"
                );
            }
        }
    }

    fn sample(expected: &Value) -> Value {
        match expected {
            Value::String(text) => json!(text.replace('*', "x")),
            Value::Array(list) => list.iter().map(sample).collect(),
            other => other.clone(),
        }
    }
}
