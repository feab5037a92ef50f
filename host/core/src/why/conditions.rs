//! A condition that does not hold, in words: the leaves that decided it, with their values.

use serde_json::{Value, json};

use crate::condition::Judged;

/// Leaves that are told, at most.
const LEAVES_MAX: usize = 5;

/// Why something was skipped, with the values where a condition decided it.
pub(super) fn told(reason: &str, judged: Option<&Judged>) -> String {
    match judged.filter(|judged| !judged.holds()) {
        Some(judged) => format!("{reason}: {}", explain(&json!(judged))),
        None => reason.to_owned(),
    }
}

/// Why the tree came out false, such as `item.amount is 500, wanted greater_than 1000`; empty where
/// it says nothing.
fn explain(tree: &Value) -> String {
    let mut parts = Vec::new();
    decisive(tree, false, &mut parts);
    let more = parts.len().saturating_sub(LEAVES_MAX);

    parts.truncate(LEAVES_MAX);
    let mut text = parts.join("; ");
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }

    text
}

/// Collects the leaves that came out as `wanted`, turning round below each `not`.
fn decisive(node: &Value, wanted: bool, parts: &mut Vec<String>) {
    if let Some(inner) = node.get("not") {
        return decisive(inner, !wanted, parts);
    }
    let list = node.get("all").or_else(|| node.get("any")).and_then(Value::as_array);
    if let Some(list) = list {
        return list.iter().for_each(|inner| decisive(inner, wanted, parts));
    }

    if node.get("holds").and_then(Value::as_bool) == Some(wanted) {
        parts.push(leaf(node, wanted));
    }
}

fn leaf(node: &Value, holds: bool) -> String {
    let text = |key: &str| node.get(key).map(shown);
    let field = text("field").unwrap_or_default();
    let actual = text("actual").unwrap_or_else(|| "empty".to_owned());
    let is = text("is").unwrap_or_default().replace('_', " ");

    // What it was compared with says more than which field that was.
    let value = text("compared_with")
        .or_else(|| text("value"))
        .map(|value| format!(" {value}"))
        .unwrap_or_default();

    if holds {
        format!("{field} is {actual}, and must not be {is}{value}")
    } else {
        format!("{field} is {actual}, wanted: {is}{value}")
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn amount(holds: bool) -> Value {
        json!({
            "field": "item.amount", "is": "greater_than", "value": "1000", "actual": "500",
            "holds": holds,
        })
    }

    #[test]
    fn only_the_leaves_that_decided_are_told() {
        let source =
            json!({"field": "item.source", "is": "not_empty", "actual": "site", "holds": true});
        let tree = json!({"all": [source, amount(false)], "holds": false});

        assert_eq!(explain(&tree), "item.amount is 500, wanted: greater than 1000");
    }

    #[test]
    fn below_a_not_the_leaves_that_hold_decided() {
        let tree = json!({"not": amount(true), "holds": false});

        assert_eq!(explain(&tree), "item.amount is 500, and must not be greater than 1000");
    }

    #[test]
    fn a_value_that_is_not_there_is_told_as_empty() {
        let tree =
            json!({"field": "item.close_at", "is": "not_empty", "actual": null, "holds": false});

        assert_eq!(explain(&tree), "item.close_at is empty, wanted: not empty");
    }
}
