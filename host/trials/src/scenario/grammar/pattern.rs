//! Texts as expectations write them, and JSON in which they stand.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// A text to compare with, in which `*` stands for anything.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(transparent)]
pub struct Pattern(pub String);

impl Pattern {
    /// Whether `text` is what this says.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let mut parts = self.0.split('*');
        let Some(rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
            return false;
        };

        let mut middle: Vec<&str> = parts.collect();
        let Some(last) = middle.pop() else { return rest.is_empty() };

        let mut rest = rest;
        // The first place where a part is found will do: it leaves most for the parts behind it.
        for part in middle {
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether `found` is what `expected` says: texts are [`Pattern`]s, an object names those keys that
/// matter, a list is compared entry by entry, `null` is what is absent or null.
#[must_use]
pub fn matches(expected: &Value, found: Option<&Value>) -> bool {
    match (expected, found) {
        (Value::Null, found) => found.is_none_or(Value::is_null),
        (Value::String(pattern), Some(Value::String(text))) => {
            Pattern(pattern.clone()).matches(text)
        }
        (Value::Array(expected), Some(Value::Array(found))) => {
            expected.len() == found.len()
                && expected
                    .iter()
                    .zip(found)
                    .all(|(expected, found)| matches(expected, Some(found)))
        }
        (Value::Object(expected), Some(Value::Object(found))) => {
            expected.iter().all(|(key, expected)| matches(expected, found.get(key)))
        }
        (expected, Some(found)) => expected == found,
        (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_star_stands_for_anything() {
        let holds = |pattern: &str, text: &str| Pattern(pattern.to_owned()).matches(text);

        assert!(holds("done", "done") && !holds("done", "done.") && !holds("done", "undone"));
        assert!(holds("anchor in the past*", "anchor in the past, ran immediately"));
        assert!(
            holds("*line web*", "accepted in line web, not here")
                && !holds("*line web*", "line we")
        );
        assert!(
            holds("*", "")
                && holds("a*b*c", "a-b-c")
                && !holds("a*b*c", "a-c-b")
                && !holds("ab*ba", "aba")
        );
    }

    #[test]
    fn json_names_what_matters() {
        let found =
            json!({"moved": true, "warnings": ["robot `get` counts from created_at"], "more": 1});

        assert!(matches(
            &json!({"moved": true, "warnings": ["*created_at*"], "gone": null}),
            Some(&found)
        ));
        assert!(!matches(&json!({"warnings": []}), Some(&found)));
        assert!(!matches(&json!({"more": 2}), Some(&found)));
        assert!(!matches(&json!({"gone": "x"}), Some(&found)));
    }
}
