//! The trigger "field changed" against the mock host.

use stagewright_sdk::prelude::*;
use stagewright_sdk::test::MockHost;
use stagewright_trigger_field_changed::{FieldChanged, catalogue};

fn verdict(settings: Value, changes: Value) -> Verdict {
    let event = json!({ "id": "e1", "kind": "item.changed", "payload": { "changes": changes } });
    MockHost::new().evaluate_saved::<FieldChanged>(&settings, &event).verdict.unwrap()
}

fn amount(before: Value, after: Value) -> Value {
    json!([
        { "field": "comment", "before": "", "after": "x" },
        { "field": "amount", "before": before, "after": after },
    ])
}

#[test]
fn any_change_of_the_field_fires_where_no_value_was_chosen() {
    assert_eq!(
        verdict(
            json!({ "field": "amount", "from": "", "to": null }),
            amount(json!("1"), json!("2"))
        ),
        Verdict::Fire
    );
}

#[test]
fn a_change_of_another_field_is_ignored() {
    let verdict = verdict(json!({ "field": "title" }), amount(json!("1"), json!("2")));

    assert_eq!(verdict, Verdict::Ignore("`title` did not change".into()));
}

#[test]
fn values_that_were_chosen_have_to_match() {
    let from_one_to_two = || amount(json!("1"), json!("2"));

    assert_eq!(
        verdict(json!({ "field": "amount", "from": "1", "to": "2" }), from_one_to_two()),
        Verdict::Fire
    );

    let other_before = verdict(json!({ "field": "amount", "from": "3" }), from_one_to_two());
    assert_eq!(other_before, Verdict::Ignore("it was `1` before, not `3`".into()));

    let other_after = verdict(json!({ "field": "amount", "to": "3" }), from_one_to_two());
    assert_eq!(other_after, Verdict::Ignore("it became `2`, not `3`".into()));
}

#[test]
fn values_of_every_kind_are_compared_as_texts() {
    for (value, text) in [(json!(5), "5"), (json!(true), "true"), (json!(["u1", "u2"]), "u1, u2")] {
        assert_eq!(
            verdict(json!({ "field": "amount", "to": text }), amount(Value::Null, value)),
            Verdict::Fire,
            "{text}"
        );
    }
}

#[test]
fn the_catalogue_names_the_event_and_requires_the_field() {
    let trigger = &catalogue()["triggers"][0];

    assert_eq!(trigger["events"], json!(["item.changed"]));
    assert_eq!(
        (&trigger["settings"][0]["kind"], &trigger["settings"][0]["required"]),
        (&json!("field"), &json!(true))
    );
}
