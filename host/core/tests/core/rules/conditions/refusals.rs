//! Conditions that no draft may hold.

use serde_json::{Value, json};

use super::leaf;
use crate::rules::world::{World, robot};

/// A condition that a draft is refused for: code and field.
fn refused(condition: Value) -> (&'static str, String) {
    let robots = json!([
        robot("get", "a", json!({})),
        robot("one", "x", json!({"condition": condition})),
        robot("late", "x", json!({}))
    ]);

    let refusal = World::new().save("new", robots, json!([])).unwrap_err();
    (refusal.code, refusal.field.unwrap_or_default())
}

#[test]
fn what_makes_no_sense_is_refused_by_its_place() {
    let at = |field: &str| format!("robots[1].condition.{field}");

    assert_eq!(
        refused(leaf("item.titel", "equals", json!("x"))),
        ("automation.unknown-reference", at("field"))
    );
    assert_eq!(
        refused(leaf("item.amount", "greater_than", json!("much"))),
        ("condition.wrong-value", at("value"))
    );

    assert_eq!(
        refused(leaf("item.amount", "starts_with", json!("1"))),
        ("condition.wrong-operator", at("is"))
    );
    assert_eq!(
        refused(leaf("item.title", "greater_than", json!("a"))),
        ("condition.wrong-operator", at("is"))
    );
    assert_eq!(
        refused(leaf("responsible.name", "changed_to", json!("a"))),
        ("condition.wrong-operator", at("is"))
    );

    assert_eq!(
        refused(json!({"field": "item.title", "is": "equals"})),
        ("condition.wrong-value", at("value"))
    );
    assert_eq!(
        refused(leaf("item.title", "empty", json!("x"))),
        ("condition.wrong-value", at("value"))
    );
    assert_eq!(
        refused(leaf("item.title", "in", json!("x"))),
        ("condition.wrong-value", at("value"))
    );
    assert_eq!(
        refused(leaf("item.title", "in", json!(["x", 5]))),
        ("condition.wrong-value", at("value[1]"))
    );

    assert_eq!(
        refused(leaf("item.title", "equals", json!({"field": "item.titel"}))),
        ("automation.unknown-reference", at("value.field"))
    );
    assert_eq!(
        refused(leaf("item.amount", "equals", json!({"field": "item.close_at"}))),
        ("condition.wrong-value", at("value"))
    );

    assert_eq!(refused(json!({"any": []})), ("condition.empty-group", at("any")));

    let nested = json!({
        "not": {
            "all": [
                leaf("item.title", "equals", json!("x")),
                leaf("item.close_at", "less_than", json!("2026-02-30")),
            ],
        },
    });

    assert_eq!(refused(nested), ("condition.wrong-value", at("not.all[1].value")));
}

#[test]
fn a_condition_on_a_robot_that_does_not_run_earlier_is_refused() {
    let at = "robots[1].condition.field".to_owned();

    assert_eq!(
        refused(leaf("robots.late.said", "equals", json!("x"))),
        ("automation.robot-runs-later", at.clone())
    );
    assert_eq!(
        refused(leaf("robots.get.said", "equals", json!("x"))),
        ("automation.robot-runs-later", at.clone())
    );
    assert_eq!(
        refused(leaf("robots.nobody.said", "equals", json!("x"))),
        ("automation.unknown-reference", at)
    );
}

#[test]
fn a_condition_may_not_be_deeper_or_longer_than_the_limits() {
    let one = leaf("item.title", "equals", json!("x"));
    let deep = |levels: usize| (0..levels).fold(one.clone(), |inner, _| json!({ "not": inner }));
    let wide = |leaves: usize| json!({ "any": vec![one.clone(); leaves] });

    assert_eq!(refused(deep(8)).0, "condition.too-large");
    assert_eq!(refused(wide(51)).0, "condition.too-large");

    for fits in [deep(7), wide(50)] {
        assert_eq!(
            World::new().save(
                "new",
                json!([robot("one", "x", json!({"condition": fits}))]),
                json!([])
            ),
            Ok(())
        );
    }
}
