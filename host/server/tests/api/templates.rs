//! `/v1/templates`

use serde_json::json;

use crate::support::Api;

#[tokio::test]
async fn a_template_is_tried_on_an_item_before_any_robot_says_it() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let ira = acme.user("Ira Boss").await;
    let fields =
        json!({"title": "Roof", "pipeline": "sales", "responsible": ira, "amount": "1250.5"});
    let deal = acme.record("deal", fields).await;

    let record = json!({"kind": "deal", "id": deal});
    let preview = async |text: &str| {
        acme.admin.post("/v1/templates/preview", json!({"record": record, "template": text})).await
    };

    let said = preview("{{ responsible.name | first_name }}: {{ item.amount | money('USD') }}")
        .await
        .expect(200);
    assert_eq!(said["text"], "Ira: $1,250.50");
    assert_eq!(
        said["references"],
        json!({"responsible.name": "Ira Boss", "item.amount": "1250.5"})
    );

    let fails = preview("{{ contact.name | required }}").await.expect(200);
    assert_eq!((&fails["fails"]["code"], fails.get("text")), (&json!("template.required"), None));
    assert!(fails["fails"]["reason"].as_str().unwrap().contains("contact.name"));

    let skips = preview("{{ item.comment | skip_if_empty }}").await.expect(200);
    assert_eq!(skips["skips"]["reason"], "item.comment is empty");

    let refused = preview("{{ item.titel }}").await.problem(422, "automation.unknown-reference");
    assert_eq!(refused["field"], "template");
    preview("{{ item.title | shout }}").await.problem(422, "template.unknown-filter");

    let nobody = json!({"record": {"kind": "deal", "id": "nothing"}, "template": "x"});
    acme.admin.post("/v1/templates/preview", nobody).await.problem(404, "not-found");

    assert_eq!(acme.admin.get(&format!("/v1/records/deal/{deal}")).await.expect(200)["version"], 1);
}

#[tokio::test]
async fn another_tenants_item_is_not_there() {
    let api = Api::start().await;
    let (acme, other) = (api.tenant("Acme").await, api.tenant("Other").await);
    acme.pipeline().await;
    let deal = acme.deal("Roof").await;

    let body = json!({"record": {"kind": "deal", "id": deal}, "template": "{{ item.title }}"});
    other.admin.post("/v1/templates/preview", body).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_text_that_is_too_long_a_chain_is_refused_and_the_host_lives_on() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let record = json!({"kind": "deal", "id": acme.deal("Roof").await});

    let chain = format!("{{{{ item.title{} }}}}", "~1".repeat(9_000));
    let preview = async |text: &str| {
        acme.admin.post("/v1/templates/preview", json!({"record": record, "template": text})).await
    };

    let refused = preview(&chain).await.problem(422, "template.too-complex");
    assert_eq!(refused["field"], "template");

    assert_eq!(preview("{{ item.title }}").await.expect(200)["text"], "Roof");
}
