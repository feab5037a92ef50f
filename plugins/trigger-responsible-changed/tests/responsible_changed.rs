//! The trigger "responsible employee changed" against the mock host.

use stagewright_sdk::prelude::*;
use stagewright_sdk::test::MockHost;
use stagewright_trigger_responsible_changed::ResponsibleChanged;

fn verdict(settings: Value, field: &str) -> Verdict {
    let changes = json!([{ "field": field, "before": "u1", "after": "u2" }]);
    let event = json!({ "id": "e1", "kind": "item.changed", "payload": { "changes": changes } });
    MockHost::new().evaluate_saved::<ResponsibleChanged>(&settings, &event).verdict.unwrap()
}

#[test]
fn any_new_responsible_employee_fires_where_nobody_was_chosen() {
    assert_eq!(verdict(json!({ "from": "", "to": "" }), "responsible"), Verdict::Fire);
}

#[test]
fn a_change_of_another_field_is_ignored() {
    assert_eq!(
        verdict(json!({}), "title"),
        Verdict::Ignore("the responsible employee did not change".into())
    );
}

#[test]
fn employees_that_were_chosen_have_to_match() {
    assert_eq!(verdict(json!({ "from": "u1", "to": "u2" }), "responsible"), Verdict::Fire);
    assert_eq!(
        verdict(json!({ "from": "u2" }), "responsible"),
        Verdict::Ignore("it was `u1` before, not `u2`".into())
    );
    assert_eq!(
        verdict(json!({ "to": "u1" }), "responsible"),
        Verdict::Ignore("it became `u2`, not `u1`".into())
    );
}
