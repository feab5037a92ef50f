//! ETag and If-Match.

use serde_json::json;

use crate::support::{Api, Tenancy};

async fn deal(api: &Api) -> (Tenancy, String) {
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let path = format!("/v1/records/deal/{}", acme.deal("Roof").await);
    (acme, path)
}

fn title(text: &str) -> serde_json::Value {
    json!({"fields": {"title": text}})
}

#[tokio::test]
async fn the_version_is_the_etag() {
    let api = Api::start().await;
    let (acme, path) = deal(&api).await;

    let shown = acme.admin.get(&path).await;
    assert_eq!(shown.expect(200)["version"], 1);
    assert_eq!(shown.header("etag"), "\"1\"");

    let changed = acme.admin.patch(&path, title("Cellar")).await;
    assert_eq!(changed.expect(200)["fields"]["title"], "Cellar");
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(acme.admin.get(&path).await.header("etag"), "\"2\"");
}

#[tokio::test]
async fn a_change_on_another_version_is_refused_and_told_the_current_one() {
    let api = Api::start().await;
    let (acme, path) = deal(&api).await;
    let seen = acme.admin.with("if-match", "\"1\"");
    seen.patch(&path, title("Cellar")).await.expect(200);

    let refused = seen.patch(&path, title("Attic")).await.problem(412, "record.stale");
    assert!(refused["detail"].as_str().unwrap().contains("version 2"), "{refused}");
    assert_eq!(acme.admin.get(&path).await.json()["fields"]["title"], "Cellar");

    seen.post(&format!("{path}/move"), json!({"stage": "paid"})).await.problem(412, "record.stale");
    seen.delete(&path).await.problem(412, "record.stale");

    acme.admin.with("if-match", "\"2\"").delete(&path).await.expect(204);
}

#[tokio::test]
async fn a_change_that_changes_nothing_keeps_the_version() {
    let api = Api::start().await;
    let (acme, path) = deal(&api).await;
    assert_eq!(acme.admin.patch(&path, title("Roof")).await.header("etag"), "\"1\"");
}

#[tokio::test]
async fn of_two_changes_on_the_same_version_one_is_made() {
    let (api, twins) = Api::with_twins().await;
    let (acme, path) = deal(&api).await;
    let seen = acme.admin.with("if-match", "\"1\"");

    twins.arm();
    let (first, second) =
        tokio::join!(seen.patch(&path, title("Cellar")), seen.patch(&path, title("Attic")));
    assert!(twins.met());

    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
}

#[tokio::test]
async fn a_tag_that_is_none_is_refused() {
    let api = Api::start().await;
    let (acme, path) = deal(&api).await;
    for tag in ["1", "W/\"1\"", "\"one\"", "\"1\", \"2\"", "\"-1\""] {
        acme.admin
            .with("if-match", tag)
            .patch(&path, title("x"))
            .await
            .problem(400, "request.bad-if-match");
    }

    acme.admin.with("if-match", "*").patch(&path, title("x")).await.expect(200);
}

#[tokio::test]
async fn what_is_set_up_has_versions_too() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;

    for path in
        ["/v1/pipelines/sales", "/v1/lines/help", "/v1/channels/chat", "/v1/automations/on-paid"]
    {
        let shown = acme.admin.get(path).await;
        let (body, tag) = (shown.expect(200), shown.header("etag").to_owned());

        let put = acme.admin.with("if-match", &tag).put(path, body.clone()).await;
        put.expect(200);
        assert_ne!(put.header("etag"), tag);

        acme.admin
            .with("if-match", &tag)
            .put(path, body.clone())
            .await
            .problem(412, "record.stale");
        acme.admin.with("if-none-match", "*").put(path, body).await.problem(412, "record.stale");
    }
}

#[tokio::test]
async fn if_none_match_makes_new_things_only() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let only_new = acme.admin.with("if-none-match", "*");

    only_new.put("/v1/lines/help", json!({"name": "Help"})).await.expect(201);
    only_new.put("/v1/lines/help", json!({"name": "Other"})).await.problem(412, "record.stale");
    assert_eq!(acme.admin.get("/v1/lines/help").await.json()["name"], "Help");
}

#[tokio::test]
async fn a_webhook_keeps_its_key_where_the_request_means_another_version() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let (path, bank) = ("/v1/webhooks/bank", json!({"name": "Bank"}));
    let only_new = acme.admin.with("if-none-match", "*");

    let made = only_new.put(path, bank.clone()).await;
    assert_eq!((made.expect(201)["version"].as_u64(), made.header("etag")), (Some(1), "\"1\""));
    let first = acme.admin.get("/v1/webhooks").await.items();

    only_new.put(path, bank.clone()).await.problem(412, "record.stale");
    assert_eq!(acme.admin.get("/v1/webhooks").await.items(), first);

    let seen = acme.admin.with("if-match", "\"1\"");
    assert_eq!(seen.put(path, bank.clone()).await.expect(200)["version"], 2);
    assert_eq!(acme.admin.get("/v1/webhooks").await.items()[0]["version"], 2);

    seen.put(path, bank).await.problem(412, "record.stale");
    seen.delete(path).await.problem(412, "record.stale");
    acme.admin.with("if-match", "\"2\"").delete(path).await.expect(204);
}

#[tokio::test]
async fn a_secret_has_versions_and_keeps_its_value() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let (path, value) = ("/v1/secrets/signing", json!({"value": "s3cret"}));
    let only_new = acme.admin.with("if-none-match", "*");

    assert_eq!(only_new.put(path, value.clone()).await.header("etag"), "\"1\"");
    only_new.put(path, value.clone()).await.problem(412, "record.stale");
    assert_eq!(acme.admin.get("/v1/secrets").await.items()[0]["version"], 1);

    let seen = acme.admin.with("if-match", "\"1\"");
    seen.put(path, value.clone()).await.expect(204);
    seen.put(path, value).await.problem(412, "record.stale");
}

#[tokio::test]
async fn a_grant_has_versions_of_its_own() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.kit().await;
    let (path, narrow) = ("/v1/plugins/acme.kit/grants", json!({"scopes": ["records.read:deal"]}));
    assert_eq!(acme.admin.get("/v1/plugins/acme.kit").await.json()["grant_version"], 1);

    let seen = acme.admin.with("if-match", "\"1\"");
    let put = seen.put(path, narrow.clone()).await;
    assert_eq!((put.expect(200)["version"].as_u64(), put.header("etag")), (Some(2), "\"2\""));

    seen.put(path, json!({"all": true})).await.problem(412, "record.stale");
    acme.admin
        .with("if-none-match", "*")
        .put(path, json!({"all": true}))
        .await
        .problem(412, "record.stale");

    let listed = &acme.admin.get("/v1/plugins").await.items()[0];
    assert_eq!(
        (&listed["granted"], &listed["grant_version"]),
        (&json!(["records.read:deal"]), &json!(2))
    );

    let other = api.tenant("Other").await;
    assert!(other.admin.get("/v1/plugins/acme.kit").await.json()["grant_version"].is_null());
    other.admin.with("if-none-match", "*").put(path, narrow).await.expect(200);
}
