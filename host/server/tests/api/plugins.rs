//! `/v1/plugins`

use serde_json::json;

use crate::support::{Api, BUNDLE};

#[tokio::test]
async fn a_bundle_is_installed_once() {
    let api = Api::start().await;
    let install =
        async |bundle: &[u8]| api.platform.send_raw("POST", "/v1/plugins", bundle.to_vec()).await;

    let installed = install(BUNDLE).await;
    assert_eq!(installed.expect(201)["version"], "1.0.0");
    assert_eq!(installed.header("location"), "/v1/plugins/acme.kit");

    install(BUNDLE).await.expect(200);
    install(b"kit 1.0.0 changed").await.problem(409, "plugin.version-exists");
    assert_eq!(install(b"kit 1.1.0").await.expect(201)["version"], "1.1.0");

    install(b"rubbish").await.problem(422, "bundle.not-a-bundle");
    assert_eq!(api.platform.get("/v1/plugins").await.items().len(), 1);
}

#[tokio::test]
async fn a_plugin_shows_what_it_asks_for_and_what_it_can_do() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    api.platform.send_raw("POST", "/v1/plugins", BUNDLE.to_vec()).await.expect(201);

    let seen = acme.admin.get("/v1/plugins/acme.kit").await.expect(200);
    assert_eq!(
        seen["permissions"][0],
        json!({"scope": "records.read:deal", "reason": "to greet by name", "optional": false})
    );
    assert_eq!(seen["imports"], json!(["stagewright:records/read@0.1.0#get"]));
    assert_eq!(seen["catalogue"]["robots"][0]["id"], "greet");
    assert_eq!((seen["enabled"].as_bool(), seen["granted"].is_null()), (Some(false), true));

    assert!(api.platform.get("/v1/plugins/acme.kit").await.json().get("enabled").is_none());
    acme.admin.get("/v1/plugins/nothing").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_tenant_grants_what_is_asked_and_nothing_else() {
    let api = Api::start().await;
    let (acme, other) = (api.tenant("Acme").await, api.tenant("Other").await);
    api.platform.send_raw("POST", "/v1/plugins", BUNDLE.to_vec()).await.expect(201);
    let grant = async |body| acme.admin.put("/v1/plugins/acme.kit/grants", body).await;

    grant(json!({"scopes": []})).await.problem(422, "plugin.grant-missing");
    grant(json!({"scopes": ["records.read:deal", "records.write:*"]}))
        .await
        .problem(422, "plugin.grant-unknown");
    grant(json!({"scopes": ["records.read:deal:x"]})).await.problem(422, "plugin.grant-unknown");
    grant(json!({})).await.problem(422, "plugin.grant-unclear");
    grant(json!({"all": true, "scopes": []})).await.problem(422, "plugin.grant-unclear");

    assert_eq!(
        grant(json!({"scopes": ["records.read:deal"]})).await.expect(200)["granted"],
        json!(["records.read:deal"])
    );

    let all = json!(["messaging.send", "records.read:deal"]);
    assert_eq!(grant(json!({"all": true})).await.expect(200)["granted"], all);
    assert_eq!(acme.admin.get("/v1/plugins").await.items()[0]["granted"], all);

    assert_eq!(other.admin.get("/v1/plugins").await.items()[0]["enabled"], false);
    acme.admin
        .put("/v1/plugins/nothing/grants", json!({"all": true}))
        .await
        .problem(404, "not-found");
}
