//! The same request again.

use serde_json::{Value, json};

use crate::support::{Api, Tenancy};

const OLHA: &str = "/v1/records/contact";

fn contact(name: &str) -> Value {
    json!({"fields": {"name": name}})
}

async fn contacts(acme: &Tenancy) -> usize {
    acme.admin.get(OLHA).await.items().len()
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_no_second_thing() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let first = acme.admin.once("k1").post(OLHA, contact("Olha")).await;
    let again = acme.admin.once("k1").post(OLHA, contact("Olha")).await;

    assert_eq!(first.expect(201), again.expect(201));
    assert_eq!(first.header("etag"), again.header("etag"));
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!(contacts(&acme).await, 1);
}

#[tokio::test]
async fn without_a_key_each_request_makes_its_own_thing() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let first = acme.admin.post(OLHA, contact("Olha")).await.expect(201);
    let second = acme.admin.post(OLHA, contact("Olha")).await.expect(201);

    assert_ne!(first["id"], second["id"]);
}

#[tokio::test]
async fn a_key_belongs_to_one_body() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    acme.admin.once("k1").post(OLHA, contact("Olha")).await.expect(201);
    acme.admin.once("k1").post(OLHA, contact("Ira")).await.problem(422, "idempotency.other-body");
    acme.admin
        .once("k1")
        .post(&format!("{OLHA}?automation=suppress"), contact("Olha"))
        .await
        .problem(422, "idempotency.other-body");

    assert_eq!(contacts(&acme).await, 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_token_and_one_path() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let service = api.bearer(&acme.token("service", None).await);

    acme.admin.once("k1").post(OLHA, contact("Olha")).await.expect(201);
    service.once("k1").post(OLHA, contact("Ira")).await.expect(201);
    acme.admin.once("k1").post("/v1/records/company", contact("Roofs Ltd")).await.expect(201);

    assert_eq!(contacts(&acme).await, 2);
}

#[tokio::test]
async fn twins_at_once_make_one_thing_and_get_one_answer() {
    let (api, twins) = Api::with_twins().await;
    let acme = api.tenant("Acme").await;
    let sender = acme.admin.once("k1");

    twins.arm();
    let (first, second) =
        tokio::join!(sender.post(OLHA, contact("Olha")), sender.post(OLHA, contact("Olha")));
    assert!(twins.met());

    assert_eq!(first.expect(201), second.expect(201));
    assert_eq!(contacts(&acme).await, 1);
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let deal = json!({"fields": {"title": "Roof", "pipeline": "sales"}});

    acme.admin
        .once("k1")
        .post("/v1/records/deal", deal.clone())
        .await
        .problem(422, "pipeline.unknown");

    acme.pipeline().await;
    acme.admin.once("k1").post("/v1/records/deal", deal).await.expect(201);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let day_ms = 86_400_000;

    let first = acme.admin.once("k1").post(OLHA, contact("Olha")).await.expect(201);

    api.clock.advance_to(crate::support::START.plus_ms(day_ms - 1));
    assert_eq!(
        acme.admin.once("k1").post(OLHA, contact("Olha")).await.expect(201)["id"],
        first["id"]
    );

    api.clock.advance_to(crate::support::START.plus_ms(day_ms));
    assert_ne!(
        acme.admin.once("k1").post(OLHA, contact("Olha")).await.expect(201)["id"],
        first["id"]
    );
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    for key in ["", "a b", &"x".repeat(201)] {
        acme.admin.once(key).post(OLHA, contact("Olha")).await.problem(400, "idempotency.bad-key");
    }

    acme.admin.once(&"x".repeat(200)).post(OLHA, contact("Olha")).await.expect(201);
}

#[tokio::test]
async fn a_secret_is_shown_once_and_not_kept_for_a_repetition() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let body = json!({"name": "crm", "role": "service"});
    let made = acme.admin.once("k1").post("/v1/tokens", body.clone()).await.expect(201);

    let repeated = acme.admin.once("k1").post("/v1/tokens", body).await;
    let problem = repeated.problem(409, "idempotency.secret-not-repeatable");
    assert!(
        problem["detail"].as_str().unwrap().contains(made["id"].as_str().unwrap()),
        "{problem}"
    );
    assert!(!repeated.text.contains("sw_"), "{}", repeated.text);

    assert_eq!(acme.admin.get("/v1/tokens").await.items().len(), 2);
    api.bearer(made["secret"].as_str().unwrap()).get("/v1/records/deal").await.expect(200);

    let body =
        json!({"name": "Other", "time_zone": "Europe/Kyiv", "language": "uk", "country": "UA"});
    api.platform.once("k2").post("/v1/tenants", body.clone()).await.expect(201);
    api.platform
        .once("k2")
        .post("/v1/tenants", body)
        .await
        .problem(409, "idempotency.secret-not-repeatable");
    assert_eq!(api.platform.get("/v1/tenants").await.items().len(), 2);
}

#[tokio::test]
async fn every_kind_of_post_is_carried_out_once() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let (deal, user) = (acme.deal("Roof").await, acme.user("Ira").await);
    let conversation = acme.message("m1", "+380671234567").await;
    let record = json!({"kind": "deal", "id": deal});

    let posts = [
        (format!("/v1/records/deal/{deal}/move"), json!({"stage": "won"})),
        (
            "/v1/robots/acme.kit/greet/invoke".to_owned(),
            json!({"record": record, "settings": {"text": "hi"}}),
        ),
        (format!("/v1/conversations/{conversation}/accept"), json!({"user": user})),
        (format!("/v1/conversations/{conversation}/reply"), json!({"user": user, "text": "hello"})),
        ("/v1/automations/on-paid/publish".to_owned(), json!({})),
        ("/v1/events".to_owned(), json!({"kind": "custom.seen", "record": record})),
    ];

    for (path, body) in posts {
        let first = acme.admin.once("k1").post(&path, body.clone()).await;
        let again = acme.admin.once("k1").post(&path, body.clone()).await;
        assert!(first.status < 300, "{path}: {}", first.text);
        assert_eq!((first.status, first.json()), (again.status, again.json()), "{path}");
    }

    assert_eq!(acme.admin.get("/v1/runs").await.items().len(), 1);
    assert_eq!(acme.admin.get("/v1/deliveries").await.items().len(), 1);

    let bundle = b"kit 1.1.0".to_vec();
    let first =
        api.platform.once("k1").send_raw("POST", "/v1/plugins", bundle.clone()).await.expect(201);
    assert_eq!(
        api.platform.once("k1").send_raw("POST", "/v1/plugins", bundle).await.expect(201),
        first
    );

    let other =
        api.platform.once("k1").send_raw("POST", "/v1/plugins", b"kit 1.2.0".to_vec()).await;
    other.problem(422, "idempotency.other-body");
}
