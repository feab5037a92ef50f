//! `/v1/why`

use serde_json::{Value, json};

use crate::support::{Api, Tenancy};

async fn paid(api: &Api, acme: &Tenancy, deal: &str, amount: i64) {
    let event = json!({
        "kind": "custom.paid", "record": {"kind": "deal", "id": deal},
        "payload": {"amount": amount},
    });

    acme.admin.post("/v1/events", event).await.expect(200);
    api.settle().await;
}

async fn why(acme: &Tenancy, deal: &str, more: &str) -> Vec<Value> {
    let answer = acme.admin.get(&format!("/v1/why?record=deal/{deal}{more}")).await.expect(200);
    assert_eq!(answer["record"], json!({"kind": "deal", "id": deal}));
    answer["answers"].as_array().unwrap().clone()
}

fn verdict<'a>(answer: &'a Value, sentence: &str) -> &'a str {
    assert!(answer["sentence"].as_str().unwrap().contains(sentence), "{answer}");
    answer["verdict"].as_str().unwrap()
}

#[tokio::test]
async fn a_trigger_and_a_robot_say_what_became_of_them() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;
    api.settle().await;

    let answers = why(&acme, &deal, "").await;
    assert_eq!(answers.len(), 2);
    assert_eq!(verdict(&answers[0], "it listens to custom.paid"), "waits_for_event");
    assert_eq!(verdict(&answers[1], "has not come there"), "not_reached");

    paid(&api, &acme, &deal, 5).await;

    let answers = why(&acme, &deal, "&trigger=on-paid/on_paid").await;
    assert_eq!(verdict(&answers[0], "5 is less than 10"), "skipped");
    assert_eq!((answers.len(), &answers[0]["values"]["event_kind"]), (1, &json!("custom.paid")));

    paid(&api, &acme, &deal, 50).await;
    let answers = why(&acme, &deal, "").await;
    assert_eq!(verdict(&answers[0], "moved the item to Paid"), "ran");
    assert_eq!(verdict(&answers[1], "ran at"), "ran");
    assert_eq!(answers[1]["values"]["results"], json!({"said": "hello Roof"}));

    acme.admin.get(&format!("/v1/runs/{}", answers[1]["run"].as_str().unwrap())).await.expect(200);
}

#[tokio::test]
async fn an_items_automation_answers_for_the_robots_of_its_stage() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;

    let here = async || {
        acme.admin.get(&format!("/v1/records/deal/{deal}/automation")).await.expect(200)["why"]
            .clone()
    };

    assert_eq!(here().await, json!([]));

    paid(&api, &acme, &deal, 50).await;
    let answers = here().await;

    assert_eq!(
        (answers.as_array().unwrap().len(), &answers[0]["id"], &answers[0]["verdict"]),
        (1, &json!("hello"), &json!("ran"))
    );

    let contact = acme.record("contact", json!({"name": "Olha"})).await;
    let seen = acme.admin.get(&format!("/v1/records/contact/{contact}/automation")).await;
    assert_eq!(seen.expect(200)["why"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_answered_says_what_can() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let other = api.tenant("Other").await.furnished().await;
    let deal = acme.deal("Roof").await;
    let contact = acme.record("contact", json!({"name": "Olha"})).await;

    let ask = async |query: &str| acme.admin.get(&format!("/v1/why{query}")).await;

    ask("").await.problem(422, "request.missing-field");
    ask("?record=deal").await.problem(422, "request.wrong-type");
    ask(&format!("?record=deal/{deal}&robots=x")).await.problem(400, "request.unknown-field");
    ask(&format!("?record=contact/{contact}")).await.problem(422, "record.not-an-item");
    ask("?record=deal/nothing").await.problem(404, "not-found");

    let problem =
        ask(&format!("?record=deal/{deal}&robot=nobody")).await.problem(404, "why.unknown");
    assert!(problem["detail"].as_str().unwrap().ends_with("there are on-paid/hello"), "{problem}");

    other.admin.get(&format!("/v1/why?record=deal/{deal}")).await.problem(404, "not-found");
}
