//! `/v1/events`

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Api, Reply, Setup, Tenancy};

async fn fire(acme: &Tenancy, deal: &str, amount: i64) -> Reply {
    acme.admin.post("/v1/events", event(deal, amount)).await
}

fn event(deal: &str, amount: i64) -> Value {
    json!({
        "kind": "custom.paid", "record": {"kind": "deal", "id": deal},
        "payload": {"amount": amount},
    })
}

#[tokio::test]
async fn an_event_that_moves_the_item_says_where_and_which_runs_started() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;

    let fired = fire(&acme, &deal, 50).await.expect(200);
    assert_eq!((fired["moved"].as_bool(), fired["moved_to"].as_str()), (Some(true), Some("paid")));
    assert_eq!(fired["decisions"][0]["outcome"], "ran");

    let runs = acme.admin.get(&format!("/v1/runs?record=deal/{deal}")).await.items();
    assert_eq!(fired["runs"], json!([runs[0]["id"]]));
}

#[tokio::test]
async fn an_event_that_moves_nothing_says_why() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;

    let fired = fire(&acme, &deal, 5).await.expect(200);
    assert_eq!((fired["moved"].as_bool(), fired["runs"].clone()), (Some(false), json!([])));
    assert_eq!(fired["decisions"][0]["outcome"], "skipped");
    assert_eq!(fired["decisions"][0]["reason"], "5 is less than 10");

    let nothing = json!({"kind": "custom.unheard", "record": {"kind": "deal", "id": deal}});
    let fired = acme.admin.post("/v1/events", nothing).await.expect(200);
    assert_eq!(fired["decisions"], json!([]));
    assert!(fired["reason"].as_str().unwrap().contains("waits for this kind"));
}

#[tokio::test]
async fn a_suppressed_event_is_recorded_and_starts_nothing() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;
    let mut quiet = event(&deal, 50);
    quiet["automation"] = json!("suppress");

    let fired = acme.admin.post("/v1/events", quiet).await.expect(200);
    assert_eq!(fired["moved"], false);

    api.settle().await;
    assert_eq!(
        acme.admin.get(&format!("/v1/records/deal/{deal}")).await.json()["fields"]["stage"],
        "new"
    );
}

#[tokio::test]
async fn an_outcome_that_is_late_is_pending_and_can_be_asked_for_again() {
    let api =
        Api::start_with(Setup { engine: false, event_wait: Duration::ZERO, ..Setup::default() })
            .await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;

    let first = acme.admin.once("k1").post("/v1/events", event(&deal, 50)).await.expect(202);
    assert_eq!(first["pending"], true);

    let again = acme.admin.once("k1").post("/v1/events", event(&deal, 50)).await.expect(202);
    assert_eq!(again, first);
}

#[tokio::test]
async fn an_event_has_to_make_sense() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;

    let mut wrong = event(&deal, 1);
    wrong["kind"] = json!("item.created");
    acme.admin.post("/v1/events", wrong).await.problem(422, "event.bad-kind");

    let ira = acme.user("Ira").await;
    let user = json!({"kind": "custom.paid", "record": {"kind": "user", "id": ira}});
    acme.admin.post("/v1/events", user).await.problem(422, "record.not-an-item");

    fire(&acme, "nothing", 1).await.problem(404, "not-found");

    let mut wrong = event(&deal, 1);
    wrong["occurred_at"] = json!("yesterday");
    let problem = acme.admin.post("/v1/events", wrong).await.problem(422, "request.wrong-type");
    assert_eq!(problem["field"], "occurred_at");

    let mut wrong = event(&deal, 1);
    wrong["payload"] = json!({"text": "x".repeat(65_536)});
    acme.admin.post("/v1/events", wrong).await.problem(422, "event.payload-too-large");

    let mut wrong = event(&deal, 1);
    wrong["payload"] = json!([1]);
    acme.admin.post("/v1/events", wrong).await.problem(422, "request.wrong-type");
}
