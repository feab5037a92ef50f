//! The robot "modify the item" against the mock host.

use stagewright_robot_modify_item::ModifyItem;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::{Effect, MockHost};
use stagewright_sdk::{HostError, RecordRef};

fn changed(settings: Value) -> Value {
    match MockHost::new().run_saved::<ModifyItem>(&settings).effects.as_slice() {
        [Effect::Changed { target, fields }] if *target == RecordRef::new("deal", "D1") => {
            fields.clone()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_value_is_written_as_it_is() {
    assert_eq!(
        changed(json!({ "field": "amount", "value": ["12.50"] })),
        json!({ "amount": "12.50" })
    );
}

#[test]
fn several_values_are_a_list() {
    assert_eq!(
        changed(json!({ "field": "observers", "value": ["u1", "u2"] })),
        json!({ "observers": ["u1", "u2"] })
    );
}

#[test]
fn no_value_empties_the_field() {
    assert_eq!(changed(json!({ "field": "comment" })), json!({ "comment": null }));
}

#[test]
fn what_does_not_fit_is_a_permanent_failure_in_the_hosts_words() {
    let wrong = HostError::permanent("invalid", "write a decimal number").about("fields.amount");

    let ran = MockHost::new()
        .refuse("records.write:deal", wrong)
        .run_saved::<ModifyItem>(&json!({ "field": "amount", "value": ["x"] }));

    assert_eq!(ran.failure(), Some(&Failure::permanent("invalid", "write a decimal number")));
}

#[test]
fn a_missing_field_names_the_setting() {
    let ran = MockHost::new().run_saved::<ModifyItem>(&json!({ "value": ["x"] }));

    assert_eq!(ran.failure().unwrap().setting.as_deref(), Some("field"));
}
