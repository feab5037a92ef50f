//! The trigger "conversation accepted" against the mock host.

use stagewright_sdk::prelude::*;
use stagewright_sdk::test::MockHost;
use stagewright_trigger_conversation_accepted::{ConversationAccepted, catalogue};

fn accepted_in(line: &str) -> Value {
    json!({
        "id": "e1", "kind": "conversation.accepted", "at": "2026-03-02T12:00:00.000Z",
        "actor": { "kind": "user", "id": "u7" }, "subject": { "kind": "conversation", "id": "c1" },
        "payload": { "line": line },
    })
}

#[test]
fn acceptance_in_the_chosen_line_fires() {
    let evaluated = MockHost::new()
        .evaluate_saved::<ConversationAccepted>(&json!({ "line": "sales" }), &accepted_in("sales"));

    assert_eq!(evaluated.verdict, Ok(Verdict::Fire));
}

#[test]
fn acceptance_in_another_line_is_ignored_and_says_why() {
    let evaluated = MockHost::new().evaluate_saved::<ConversationAccepted>(
        &json!({ "line": "sales" }),
        &accepted_in("support"),
    );

    assert_eq!(
        evaluated.verdict,
        Ok(Verdict::Ignore("accepted in line support, this trigger watches sales".into()))
    );
}

#[test]
fn a_trigger_without_a_line_names_the_setting() {
    let evaluated =
        MockHost::new().evaluate_saved::<ConversationAccepted>(&json!({}), &accepted_in("sales"));

    assert_eq!(evaluated.verdict.unwrap_err().setting.as_deref(), Some("line"));
}

#[test]
fn the_catalogue_names_the_event_and_requires_the_line() {
    let catalogue = catalogue();

    let trigger = &catalogue["triggers"][0];
    assert_eq!(trigger["events"], json!(["conversation.accepted"]));
    assert_eq!(
        (&trigger["settings"][0]["kind"], &trigger["settings"][0]["required"]),
        (&json!("line"), &json!(true))
    );
}
