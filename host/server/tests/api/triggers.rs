//! `/v1/triggers`

use crate::support::Api;

#[tokio::test]
async fn triggers_are_listed_for_those_who_enabled_them() {
    let api = Api::start().await;
    let (acme, other) = (api.tenant("Acme").await, api.tenant("Other").await);
    acme.kit().await;

    let listed = acme.admin.get("/v1/triggers?kind=deal&language=en").await.items();
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0]["title"].as_str(), listed[0]["trigger"].as_str()),
        (Some("[Acme] Invoice paid"), Some("paid"))
    );
    assert_eq!(listed[0]["settings"][0]["default"], 1);
    assert_eq!(
        (listed[0]["group"].as_str(), listed[0]["group_name"].as_str()),
        (Some("automation"), Some("Automation"))
    );

    let ukrainian = acme.admin.get("/v1/triggers?language=uk").await.items();
    assert_eq!(ukrainian[0]["group_name"], "Автоматизація");

    assert!(other.admin.get("/v1/triggers").await.items().is_empty());
}
