//! `/v1/channels`

use serde_json::json;

use crate::support::Api;

#[tokio::test]
async fn a_channel_shows_where_its_provider_sends_to() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.kit().await;
    acme.line(&[]).await;

    let shown = acme.admin.get("/v1/channels/chat").await.expect(200);
    assert_eq!(shown["webhook_url"], format!("https://crm.example/hooks/{}/chat", acme.id));
    assert_eq!(shown["kind"], "json");
    assert_eq!(acme.admin.get("/v1/channels").await.items(), [shown]);
}

#[tokio::test]
async fn a_channel_is_checked_against_what_its_plugin_offers() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let channel = |plugin: &str, channel: &str, settings| {
        json!({
            "name": "C", "plugin": plugin, "channel": channel, "settings": settings,
        })
    };
    let put = async |body| acme.admin.put("/v1/channels/c", body).await;

    put(channel("acme.kit", "json", json!({}))).await.problem(422, "plugin.missing");
    acme.kit().await;
    put(channel("acme.kit", "fax", json!({}))).await.problem(422, "plugin.no-such-channel");

    let problem =
        put(channel("acme.kit", "json", json!({}))).await.problem(422, "settings.missing");
    assert_eq!(problem["field"], "settings.endpoint");
    put(channel("acme.kit", "json", json!({"endpoint": "x", "color": 1})))
        .await
        .problem(422, "settings.unknown");
    put(channel("acme.kit", "json", json!({"endpoint": "x"}))).await.expect(201);

    let elsewhere = api.tenant("Other").await;
    let body = channel("acme.kit", "json", json!({"endpoint": "x"}));
    elsewhere.admin.put("/v1/channels/c", body).await.problem(422, "plugin.not-enabled");
}
