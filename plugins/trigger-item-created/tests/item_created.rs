//! The trigger "item created" against the mock host.

use stagewright_sdk::prelude::*;
use stagewright_sdk::test::MockHost;
use stagewright_trigger_item_created::{ItemCreated, catalogue};

#[test]
fn a_new_item_fires() {
    let event =
        json!({ "id": "e1", "kind": "item.created", "payload": { "stage": "new", "epoch": 1 } });

    assert_eq!(
        MockHost::new().evaluate_saved::<ItemCreated>(&json!({}), &event).verdict,
        Ok(Verdict::Fire)
    );
}

#[test]
fn it_is_asked_about_new_items_only() {
    assert_eq!(catalogue()["triggers"][0]["events"], json!(["item.created"]));
}
