//! `/v1/tokens`

use serde_json::json;

use crate::support::Api;

#[tokio::test]
async fn a_token_shows_its_secret_once() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let made =
        acme.admin.post("/v1/tokens", json!({"name": "crm", "role": "service"})).await.expect(201);
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("sw_") && secret.len() == 51, "{secret}");
    assert_eq!(
        (made["tenant"].as_str(), made["role"].as_str()),
        (Some(acme.id.as_str()), Some("service"))
    );

    let listed = acme.admin.get("/v1/tokens").await;
    assert_eq!(listed.items().len(), 2);
    assert!(!listed.text.contains(secret) && !listed.text.contains("hash"), "{}", listed.text);
}

#[tokio::test]
async fn a_deleted_token_opens_nothing() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let made =
        acme.admin.post("/v1/tokens", json!({"name": "crm", "role": "service"})).await.expect(201);
    let service = api.bearer(made["secret"].as_str().unwrap());
    service.get("/v1/runs").await.expect(200);

    let path = format!("/v1/tokens/{}", made["id"].as_str().unwrap());
    acme.admin.delete(&path).await.expect(204);

    service.get("/v1/runs").await.problem(401, "auth.unknown-token");
    acme.admin.delete(&path).await.problem(404, "not-found");
}

#[tokio::test]
async fn an_admin_makes_tokens_of_the_own_tenant_only() {
    let api = Api::start().await;
    let (acme, other) = (api.tenant("Acme").await, api.tenant("Other").await);
    let make = async |body| acme.admin.post("/v1/tokens", body).await;

    make(json!({"name": "n", "role": "service", "tenant": acme.id})).await.expect(201);
    make(json!({"name": "n", "role": "service", "tenant": other.id}))
        .await
        .problem(404, "not-found");
    make(json!({"name": "n", "role": "service", "tenant": "none"})).await.problem(404, "not-found");
    make(json!({"name": "n", "role": "platform-admin"})).await.problem(403, "auth.role-too-high");
    acme.admin.get(&format!("/v1/tokens?tenant={}", other.id)).await.problem(404, "not-found");

    let theirs = other.admin.get("/v1/tokens").await.items()[0]["id"].as_str().unwrap().to_owned();
    acme.admin.delete(&format!("/v1/tokens/{theirs}")).await.problem(404, "not-found");
    acme.admin
        .delete(&format!("/v1/tokens/{theirs}?tenant={}", other.id))
        .await
        .problem(404, "not-found");

    assert_eq!(other.admin.get("/v1/tokens").await.items().len(), 1);
}

#[tokio::test]
async fn a_platform_admin_makes_tokens_of_the_tenant_he_names() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let make = async |body| api.platform.post("/v1/tokens", body).await;

    make(json!({"name": "n", "role": "admin"})).await.problem(422, "token.invalid");
    make(json!({"name": "n", "role": "platform-admin", "tenant": acme.id}))
        .await
        .problem(422, "token.invalid");
    make(json!({"name": "n", "role": "admin", "tenant": "00".repeat(16)}))
        .await
        .problem(404, "not-found");
    make(json!({"name": "n", "role": "admin", "tenant": "11".repeat(16)}))
        .await
        .problem(404, "not-found");

    let made = make(json!({"name": "n", "role": "admin", "tenant": acme.id})).await.expect(201);
    api.bearer(made["secret"].as_str().unwrap()).get("/v1/runs").await.expect(200);

    let path = format!("/v1/tokens/{}?tenant={}", made["id"].as_str().unwrap(), acme.id);
    api.platform.delete(&path).await.expect(204);
    assert_eq!(api.platform.get(&format!("/v1/tokens?tenant={}", acme.id)).await.items().len(), 1);
}

#[tokio::test]
async fn an_employees_token_names_an_employee_and_no_other_does() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let ira = acme.user("Ira").await;
    let make = async |body| acme.admin.post("/v1/tokens", body).await;

    assert_eq!(
        make(json!({"name": "n", "role": "employee"})).await.problem(422, "token.invalid")["field"],
        "user"
    );
    make(json!({"name": "n", "role": "employee", "user": "nobody"}))
        .await
        .problem(422, "record.dangling-link");
    make(json!({"name": "n", "role": "admin", "user": ira})).await.problem(422, "token.invalid");
    make(json!({"name": "", "role": "service"})).await.problem(422, "token.invalid");
    make(json!({"name": "n", "role": "king"})).await.problem(422, "request.wrong-type");

    make(json!({"name": "n", "role": "employee", "user": ira})).await.expect(201);
}

#[tokio::test]
async fn the_last_platform_admin_cannot_lock_everybody_out() {
    let api = Api::start().await;
    let own = api.platform.get("/v1/tokens").await.items()[0]["id"].as_str().unwrap().to_owned();

    api.platform
        .delete(&format!("/v1/tokens/{own}"))
        .await
        .problem(409, "token.last-platform-admin");

    api.platform
        .post("/v1/tokens", json!({"name": "second", "role": "platform-admin"}))
        .await
        .expect(201);
    api.platform.delete(&format!("/v1/tokens/{own}")).await.expect(204);
    api.platform.get("/v1/tokens").await.problem(401, "auth.unknown-token");
}
