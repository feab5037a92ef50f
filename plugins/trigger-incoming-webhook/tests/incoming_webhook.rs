//! The trigger "incoming webhook" against the mock host.

use stagewright_sdk::prelude::*;
use stagewright_sdk::test::MockHost;
use stagewright_trigger_incoming_webhook::IncomingWebhook;

fn verdict(settings: Value, code: &str) -> Result<Verdict, Failure> {
    let event = json!({
        "id": "e1", "kind": "webhook.received",
        "payload": { "code": code, "query": {}, "body": null },
    });
    MockHost::new().evaluate_saved::<IncomingWebhook>(&settings, &event).verdict
}

#[test]
fn the_webhook_with_the_chosen_code_fires() {
    assert_eq!(verdict(json!({ "code": "paid" }), "paid"), Ok(Verdict::Fire));
}

#[test]
fn another_code_is_ignored_and_says_why() {
    let ignored = Verdict::Ignore("the webhook was shipped, this trigger waits for paid".into());
    assert_eq!(verdict(json!({ "code": "paid" }), "shipped"), Ok(ignored));
}

#[test]
fn a_missing_code_names_the_setting() {
    assert_eq!(verdict(json!({}), "paid").unwrap_err().setting.as_deref(), Some("code"));
}
