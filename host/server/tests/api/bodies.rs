//! Requests that cannot be read, and what their senders are told.

use serde_json::{Value, json};

use stagewright_server::http::Access;
use stagewright_server::http::router::routes;

use crate::support::{Api, Setup};

#[tokio::test]
async fn what_is_no_json_is_malformed() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let json = acme.admin.with("content-type", "application/json");
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));

    for text in [
        "{",
        "{\"fields\": {}} x",
        "\u{1}",
        "{\"fields\": {\"name\": \"\\ud800\"}}",
        "{'fields': {}}",
        deep.as_str(),
    ] {
        json.send_raw("POST", "/v1/records/contact", text.as_bytes().to_vec())
            .await
            .problem(400, "request.malformed");
    }

    json.send_raw("POST", "/v1/records/contact", b"{\"fields\": {\"name\": \"\xff\"}}".to_vec())
        .await
        .problem(400, "request.malformed");
}

#[tokio::test]
async fn an_unknown_field_is_named() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;

    let body = json!({"fields": {"name": "Olha"}, "automatoin": "run"});
    let problem =
        acme.admin.post("/v1/records/contact", body).await.problem(400, "request.unknown-field");
    assert_eq!(problem["field"], "automatoin");
    assert!(problem["detail"].as_str().unwrap().contains("`automation`"), "{problem}");

    let body = json!({"fields": {"nmae": "Olha"}});
    let problem =
        acme.admin.post("/v1/records/contact", body).await.problem(422, "record.unknown-field");
    assert_eq!(problem["field"], "fields.nmae");

    let robot = json!({"id": "a", "plugin": "p", "robot": "r", "nmae": "x"});
    let body = json!({"kind": "deal", "pipeline": "sales", "stage": "new", "robots": [robot]});
    let problem =
        acme.admin.put("/v1/automations/a", body).await.problem(400, "request.unknown-field");
    assert_eq!(problem["field"], "robots[0].nmae");
}

#[tokio::test]
async fn a_wrong_type_is_named() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let cases = [
        (json!({"fields": []}), "fields"),
        (json!({"fields": {}, "automation": "maybe"}), "automation"),
        (json!({"fields": {}, "on_behalf_of": 5}), "on_behalf_of"),
    ];

    for (body, field) in cases {
        let problem =
            acme.admin.post("/v1/records/contact", body).await.problem(422, "request.wrong-type");
        assert_eq!(problem["field"], field, "{problem}");
    }

    let problem = acme
        .admin
        .post("/v1/records/contact", json!({"fields": {"name": 5}}))
        .await
        .problem(422, "record.wrong-type");
    assert_eq!(problem["field"], "fields.name");

    let problem = acme
        .admin
        .post("/v1/records/contact", json!("text"))
        .await
        .problem(422, "request.wrong-type");
    assert!(!problem["detail"].as_str().unwrap().contains("struct"), "{problem}");
}

#[tokio::test]
async fn a_list_is_no_object() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    acme.admin
        .post("/v1/records/contact", json!([{"name": "Olha"}]))
        .await
        .problem(422, "request.wrong-type");

    let event = json!({"kind": "custom.x", "record": ["deal", "1"]});
    assert_eq!(
        acme.admin.post("/v1/events", event).await.problem(422, "request.wrong-type")["field"],
        "record"
    );

    let pipeline = json!({"kind": "deal", "name": "S", "stages": [["new", "New"]]});
    let refused = acme.admin.put("/v1/pipelines/s", pipeline).await;
    assert_eq!(refused.problem(422, "request.wrong-type")["field"], "stages[0]");
}

#[tokio::test]
async fn a_missing_field_is_named() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let problem = acme
        .admin
        .post("/v1/records/contact", json!({}))
        .await
        .problem(422, "request.missing-field");
    assert_eq!(problem["field"], "fields");

    let problem = acme
        .admin
        .send("POST", "/v1/records/contact", None)
        .await
        .problem(422, "request.missing-field");
    assert_eq!(problem["field"], "fields");

    let body = json!({"kind": "custom.x", "record": {"kind": "deal"}});
    let problem = acme.admin.post("/v1/events", body).await.problem(422, "request.missing-field");
    assert_eq!(problem["field"], "record.id");
}

#[tokio::test]
async fn text_that_is_too_long_is_named() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let problem = acme
        .admin
        .post("/v1/records/contact", json!({"fields": {"name": "ї".repeat(201)}}))
        .await
        .problem(422, "record.too-long");
    assert_eq!(problem["field"], "fields.name");

    acme.admin
        .post("/v1/records/contact", json!({"fields": {"name": "ї".repeat(200)}}))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_body_has_to_say_that_it_is_json() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let body = b"{\"fields\": {\"name\": \"Olha\"}}".to_vec();

    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"] {
        let sent = acme
            .admin
            .with("content-type", kind)
            .send_raw("POST", "/v1/records/contact", body.clone())
            .await;
        sent.problem(415, "request.unsupported-type");
    }

    acme.admin
        .send_raw("POST", "/v1/records/contact", body.clone())
        .await
        .problem(415, "request.unsupported-type");

    let charset = acme.admin.with("content-type", "application/json; charset=utf-8");
    charset.send_raw("POST", "/v1/records/contact", body).await.expect(201);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let large = json!({"fields": {"name": "x".repeat(1 << 20)}});
    acme.admin.post("/v1/records/contact", large).await.problem(413, "request.too-large");

    let bundle = vec![0; (40 << 20) + 1];
    api.platform.send_raw("POST", "/v1/plugins", bundle).await.problem(413, "request.too-large");

    let hook = vec![0; (4 << 20) + 1];
    api.nobody()
        .send_raw("POST", &format!("/hooks/{}/chat", acme.id), hook)
        .await
        .problem(413, "request.too-large");
}

#[tokio::test]
async fn a_query_is_read_as_strictly() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let problem = acme.admin.get("/v1/runs?limti=5").await.problem(400, "request.unknown-field");
    assert_eq!(problem["field"], "limti");

    let problem = acme.admin.get("/v1/runs?limit=many").await.problem(422, "request.wrong-type");
    assert_eq!(problem["field"], "limit");

    acme.admin.get("/v1/runs?limit=1&limit=2").await.problem(400, "request.malformed");

    let problem =
        acme.admin.get("/v1/records/deal?colour=red").await.problem(400, "request.unknown-field");
    assert_eq!(problem["field"], "colour");

    for limit in ["0", "201"] {
        acme.admin.get(&format!("/v1/runs?limit={limit}")).await.problem(422, "request.bad-limit");
    }

    acme.admin.get("/v1/runs?record=deal").await.problem(422, "request.wrong-type");
    acme.admin.get("/v1/deliveries?state=lost").await.problem(422, "request.wrong-type");
}

#[tokio::test]
async fn the_query_of_a_write_is_read_too() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let contact = json!({"fields": {"name": "Olha"}});

    acme.admin
        .post("/v1/records/contact?tenant=other", contact.clone())
        .await
        .problem(400, "request.unknown-field");
    acme.admin
        .post("/v1/records/contact?automation=later", contact)
        .await
        .problem(422, "request.wrong-type");
    acme.admin
        .post("/v1/tokens?tenant=other", json!({"name": "n", "role": "service"}))
        .await
        .problem(400, "request.unknown-field");

    assert!(acme.admin.get("/v1/records/contact").await.items().is_empty());
}

/// A body that a route could take, so that nothing but the query is wrong.
fn body(method: &str, path: &str) -> Value {
    let record = || json!({"kind": "deal", "id": "1"});
    match path.rsplit('/').next().unwrap_or_default() {
        _ if method != "POST" && method != "PUT" && method != "PATCH" => Value::Null,
        _ if path == "/v1/records/{kind}" || method == "PATCH" => json!({"fields": {}}),
        "tenants" => json!({"name": "x", "time_zone": "UTC", "language": "en", "country": "UA"}),
        "tokens" => json!({"name": "x", "role": "admin"}),
        "grants" => json!({"all": true}),
        "move" => json!({"stage": "new"}),
        "merge" => json!({"into": "1"}),
        "read" | "accept" => json!({"user": "1"}),
        "reply" => json!({"user": "1", "text": "x"}),
        "preview" => json!({"record": record(), "template": "x"}),
        "apply" => json!({"preview": true}),
        "invoke" => json!({"record": record(), "settings": {}}),
        "events" => json!({"kind": "custom.x", "record": record()}),
        "rerun" => json!({"step": "x"}),
        "advance" => json!({"by": "1m"}),
        "{name}" => json!({"value": "x"}),
        "{code}" => json!({"name": "x"}),
        _ if path.starts_with("/v1/pipelines/") => {
            json!({"kind": "deal", "name": "x", "stages": [{"id": "new", "name": "New"}]})
        }
        _ if path == "/v1/automations/{id}" => {
            json!({"kind": "deal", "pipeline": "sales", "stage": "new"})
        }
        _ if path.starts_with("/v1/calendars/") => {
            json!({"name": "x", "time_zone": "UTC", "week": {}})
        }
        _ if path.starts_with("/v1/channels/") => {
            json!({"name": "x", "plugin": "acme.kit", "channel": "json", "line": "help"})
        }
        _ if path.starts_with("/v1/kinds/") => json!({"name": "x", "fields": []}),
        _ if path.starts_with("/v1/groups/") => json!({"name": "x", "members": []}),
        _ if path.starts_with("/v1/lines/") => json!({"name": "x"}),
        _ => json!({}),
    }
}

#[tokio::test]
async fn no_route_overlooks_a_query_parameter_that_it_does_not_know() {
    let api = Api::start_with(Setup { dev: true, ..Setup::default() }).await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let deal = acme.deal("Roof").await;

    let mut overlooking = Vec::new();

    for route in routes(true).into_iter().filter(|route| !lenient(route.path)) {
        let path = match route.path {
            path if path.starts_with("/v1/records/{kind}/{id}") => {
                path.replace("{kind}", "deal").replace("{id}", &deal)
            }
            path => path.replace("{kind}", "deal"),
        };

        let path = path.replace(['{', '}'], "");
        let sender = if route.access == Access::Platform { &api.platform } else { &acme.admin };
        let body = Some(body(route.method, route.path)).filter(|body| !body.is_null());

        let reply = sender.send(route.method, &format!("{path}?colour=red"), body).await;
        let told = reply.json();

        if (told["code"].as_str(), told["field"].as_str())
            != (Some("request.unknown-field"), Some("colour"))
        {
            overlooking.push(format!("{} {path}: {} {}", route.method, reply.status, reply.text));
        }
    }

    assert!(overlooking.is_empty(), "{overlooking:#?}");
}

/// What strangers ask: whatever a provider or another program adds to an address belongs to what it
/// says.
fn lenient(path: &str) -> bool {
    ["/health/", "/hooks/", "/webhooks/"].iter().any(|start| path.starts_with(start))
}

#[tokio::test]
async fn an_id_that_is_no_text_names_nothing() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    acme.admin.get("/v1/records/deal/%FF").await.problem(404, "not-found");
    acme.admin
        .get(&format!("/v1/records/deal/{}", "x".repeat(5_000)))
        .await
        .problem(404, "not-found");
    acme.admin.get("/v1/records/starship/1").await.problem(404, "not-found");
    acme.admin.get("/v1/records/starship").await.problem(422, "record.unknown-kind");
}

#[tokio::test]
async fn what_was_answered_can_be_sent_back() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;

    for path in
        ["/v1/pipelines/sales", "/v1/lines/help", "/v1/channels/chat", "/v1/automations/on-paid"]
    {
        let answered = acme.admin.get(path).await.expect(200);
        acme.admin.put(path, answered).await.expect(200);
    }

    let mut other = acme.admin.get("/v1/lines/help").await.expect(200);
    other["id"] = json!("other");
    acme.admin.put("/v1/lines/help", other).await.problem(422, "request.other-id");
}
