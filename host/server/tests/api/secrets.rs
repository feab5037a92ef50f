//! `/v1/secrets`

use serde_json::json;

use crate::support::Api;

const VALUE: &str = "v3ry-s3cret-value";

#[tokio::test]
async fn a_secret_is_written_and_never_given_back() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let put = acme.admin.put("/v1/secrets/signing", json!({"value": VALUE})).await;
    put.expect(204);
    assert_eq!(put.text, "");

    let listed = acme.admin.get("/v1/secrets").await;
    assert_eq!(
        listed.items(),
        [json!({"name": "signing", "updated_at": "2026-11-22T09:00:00.000Z", "version": 1})]
    );
    assert!(!listed.text.contains(VALUE));

    acme.admin.get("/v1/secrets/signing").await.problem(405, "request.wrong-method");
}

#[tokio::test]
async fn a_secret_does_not_lie_in_the_store_in_the_clear() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.admin.put("/v1/secrets/signing", json!({"value": VALUE})).await.expect(204);
    let token = acme.token("service", None).await;

    let everything =
        stagewright_core::read::Range::first(stagewright_core::key::Key::from_bytes(&[]), 100_000);
    let found =
        api.service.store.read(&[stagewright_core::read::Read::Range(everything)]).await.unwrap();
    let [stagewright_core::read::Found::Range { rows, .. }] = found.as_slice() else {
        panic!("a range was asked for")
    };

    assert!(rows.len() > 3);
    for needle in [VALUE.as_bytes(), token.as_bytes()] {
        let holds = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!rows.iter().any(|(key, value)| holds(key.as_bytes()) || holds(value)));
    }
}

#[tokio::test]
async fn a_bad_secret_is_refused_without_repeating_it() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.admin
        .put("/v1/secrets/Signing", json!({"value": VALUE}))
        .await
        .problem(422, "secret.invalid");
    acme.admin
        .put("/v1/secrets/signing", json!({"value": ""}))
        .await
        .problem(422, "secret.invalid");

    let long = acme.admin.put("/v1/secrets/signing", json!({"value": VALUE.repeat(1_000)})).await;
    assert_eq!(long.problem(422, "secret.invalid")["field"], "value");
    assert!(!long.text.contains(VALUE));

    acme.admin
        .put("/v1/secrets/signing", json!({"value": "v", "note": "n"}))
        .await
        .problem(400, "request.unknown-field");
}

#[tokio::test]
async fn those_who_set_nothing_up_do_not_even_see_names() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let service = api.bearer(&acme.token("service", None).await);

    service.get("/v1/secrets").await.problem(403, "auth.wrong-role");
    service.put("/v1/secrets/signing", json!({"value": "v"})).await.problem(403, "auth.wrong-role");
}
