//! `/v1/tenants`

use serde_json::json;

use crate::support::Api;

#[tokio::test]
async fn a_tenant_comes_with_its_first_admin() {
    let api = Api::start().await;
    let body =
        json!({"name": " Acme ", "time_zone": "Europe/Kyiv", "language": "uk", "country": "UA"});

    let made = api.platform.post("/v1/tenants", body).await.expect(201);
    assert_eq!((made["name"].as_str(), made["id"].as_str().unwrap().len()), (Some("Acme"), 32));
    assert_eq!(made["token"]["role"], "admin");

    let admin = api.bearer(made["token"]["secret"].as_str().unwrap());
    admin.post("/v1/records/contact", json!({"fields": {"name": "Olha"}})).await.expect(201);

    let listed = api.platform.get("/v1/tenants").await;
    assert_eq!(listed.items().len(), 1);
    assert!(!listed.text.contains("token"), "{}", listed.text);

    admin.get("/v1/tenants").await.problem(403, "auth.wrong-role");
}

#[tokio::test]
async fn a_tenant_that_makes_no_sense_is_refused_by_field() {
    let api = Api::start().await;
    let right =
        json!({"name": "Acme", "time_zone": "Europe/Kyiv", "language": "en", "country": "UA"});
    let wrong = [
        ("name", json!(" ")),
        ("name", json!("x".repeat(201))),
        ("time_zone", json!("Mars/Olympus")),
        ("language", json!("de")),
        ("country", json!("Ukraine")),
        ("country", json!("ZZ")),
    ];

    for (field, value) in wrong {
        let mut body = right.clone();
        body[field] = value;
        assert_eq!(
            api.platform.post("/v1/tenants", body).await.problem(422, "tenant.invalid")["field"],
            field
        );
    }

    let mut body = right.clone();
    body.as_object_mut().unwrap().remove("country");
    assert_eq!(
        api.platform.post("/v1/tenants", body).await.problem(422, "request.missing-field")["field"],
        "country"
    );

    assert!(api.platform.get("/v1/tenants").await.items().is_empty());
}

#[tokio::test]
async fn a_platform_admin_sees_no_tenants_data() {
    let api = Api::start().await;
    api.tenant("Acme").await;
    for path in ["/v1/records/deal", "/v1/conversations", "/v1/secrets", "/v1/runs"] {
        api.platform.get(path).await.problem(403, "auth.wrong-role");
    }
}
