//! What holds of every condition.

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use serde_json::{Value, json};

use stagewright_core::condition::{Condition, Judged, check, judge};
use stagewright_core::vocabulary::{Results, Vocabulary};

fn known() -> Vocabulary {
    Vocabulary::built_in("deal", Results::new()).unwrap()
}

fn judged(condition: &Condition, facts: &Value) -> Judged {
    judge(condition, facts, &known(), chrono_tz::Europe::Kyiv)
}

fn number() -> impl Strategy<Value = Value> {
    (any::<i32>(), 0..100_u32).prop_map(|(whole, part)| json!(format!("{whole}.{part:02}")))
}

/// A value, or none.
fn value() -> impl Strategy<Value = Value> {
    let moment =
        (0..4_000_000_000_i64).prop_map(|s| json!(stagewright_core::time::Timestamp(s * 1_000)));

    prop_oneof![
        Just(Value::Null),
        number(),
        moment,
        "[a-cA-Cß ]{0,4}".prop_map(|text| json!(text)),
        any::<bool>().prop_map(|yes| json!(yes))
    ]
}

fn facts() -> impl Strategy<Value = Value> {
    (prop::collection::vec(value(), 4), any::<bool>()).prop_map(|(values, changed)| {
        let item = json!({"amount": values[0], "title": values[1], "close_at": values[2]});
        let after = if changed { json!({"amount": values[0]}) } else { json!({}) };
        json!({"item": item, "event": {"x": values[3]}, "after": after})
    })
}

/// A comparison of one of the fields in `facts`, whether or not it would pass the check.
fn leaf() -> impl Strategy<Value = Condition> {
    let operators = [
        "equals",
        "not_equals",
        "contains",
        "not_contains",
        "starts_with",
        "greater_than",
        "greater_or_equal",
        "less_than",
        "less_or_equal",
        "empty",
        "not_empty",
        "in",
        "changed",
        "changed_to",
    ];
    let fields = ["item.amount", "item.title", "item.close_at", "event.x"];

    let value = prop_oneof![
        value(),
        prop::sample::select(fields.to_vec()).prop_map(|field| json!({ "field": field }))
    ];

    (prop::sample::select(fields.to_vec()), prop::sample::select(operators.to_vec()), value)
        .prop_map(|(field, is, value)| {
            serde_json::from_value(json!({"field": field, "is": is, "value": value})).unwrap()
        })
}

fn condition() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|all| Condition::All { all }),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|any| Condition::Any { any }),
            inner.prop_map(|not| Condition::Not { not: Box::new(not) }),
        ]
    })
}

/// What the tree's own leaves say of it.
fn by_its_leaves(tree: &Judged) -> bool {
    match tree {
        Judged::All { all, .. } => all.iter().all(by_its_leaves),
        Judged::Any { any, .. } => any.iter().any(by_its_leaves),
        Judged::Not { not, .. } => !by_its_leaves(not),
        Judged::Leaf { holds, .. } => *holds,
    }
}

proptest! {
    #[test]
    fn not_turns_every_condition_around(condition in condition(), facts in facts()) {
        let not = Condition::Not { not: Box::new(condition.clone()) };
        assert_eq!(judged(&not, &facts).holds(), !judged(&condition, &facts).holds());
    }

    #[test]
    fn groups_agree_with_their_leaves(condition in condition(), facts in facts()) {
        let tree = judged(&condition, &facts);
        assert_eq!(tree.holds(), by_its_leaves(&tree));
    }

    #[test]
    fn not_all_is_any_not(parts in prop::collection::vec(condition(), 1..4), facts in facts()) {
        let turned =
            parts.iter().cloned().map(|not| Condition::Not { not: Box::new(not) }).collect();
        let not_all = Condition::Not { not: Box::new(Condition::All { all: parts }) };

        let any_not = Condition::Any { any: turned };
        assert_eq!(judged(&not_all, &facts).holds(), judged(&any_not, &facts).holds());
    }

    #[test]
    fn a_condition_and_its_judgement_come_back_from_json_and_from_rows(
        condition in condition(),
        facts in facts(),
    ) {
        let tree = judged(&condition, &facts);

        assert_eq!(serde_json::from_value::<Condition>(json!(condition)).unwrap(), condition);
        assert_eq!(serde_json::from_value::<Judged>(json!(tree)).unwrap(), tree);
        let row = rmp_serde::to_vec_named(&condition).unwrap();
        assert_eq!(rmp_serde::from_slice::<Condition>(&row).unwrap(), condition);
        let row = rmp_serde::to_vec_named(&tree).unwrap();
        assert_eq!(rmp_serde::from_slice::<Judged>(&row).unwrap(), tree);
    }

    #[test]
    fn of_two_numbers_one_is_less_or_they_are_equal(
        a in any::<i64>(),
        b in any::<i64>(),
        zeros in 0..5_usize,
    ) {
        let facts = json!({"item": {"amount": format!("{a}.{}", "0".repeat(zeros + 1))}});

        let holds = |is: &str| judged(&serde_json::from_value(json!({
            "field": "item.amount", "is": is, "value": b,
        })).unwrap(), &facts).holds();

        let words = [
            "less_than",
            "equals",
            "greater_than",
            "less_or_equal",
            "greater_or_equal",
            "not_equals",
        ];
        let seen = words.map(holds);
        assert_eq!(seen, [a < b, a == b, a > b, a <= b, a >= b, a != b]);
    }

    #[test]
    fn checking_never_panics(condition in condition()) {
        drop(check(&condition, &known()));
    }
}
