//! Good requests with one thing wrong in them, in every place there is: whatever comes, the host
//! answers with a problem or takes it, and never stumbles.

use serde_json::{Value, json};

use stagewright_core::model::record::RecordRef;
use stagewright_server::http::Access;
use stagewright_server::http::router::routes;

use crate::support::{Api, Reply, Tenancy};

/// What nobody expects where something else stands.
fn nonsense() -> Vec<Value> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));

    let texts = [
        "",
        " ",
        "\0",
        "\u{202e}txt",
        "{{",
        "{{ item.title",
        "{% for x in range(1000000000) %}{{ x }}{% endfor %}",
        "../..",
        "💬",
    ];

    let mut all: Vec<Value> = texts.iter().map(|text| json!(text)).collect();
    all.extend([
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!([]),
        json!({}),
        json!([null]),
        json!({"": null}),
        json!("x".repeat(100_000)),
        json!("9".repeat(400)),
        json!("-99999999-99-99T99:99:99Z"),
        json!("+262143-12-31T23:59:59Z"),
        json!("99999999999999999999d"),
        deep,
    ]);

    all
}

/// Every place in `value`, as JSON pointers.
fn places(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let below = |key: &str, inner: &Value| {
        places(inner).into_iter().map(|rest| format!("/{key}{rest}")).collect::<Vec<_>>()
    };

    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| found.extend(below(key, inner))),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(at, inner)| found.extend(below(&at.to_string(), inner))),
        _ => {}
    }

    found
}

/// A request that is good as it is: its method, its path and its body.
type Good = (&'static str, String, Value);

/// Good requests that write, of every kind there is.
fn make_good_requests(deal: &str, user: &str) -> Vec<Good> {
    [make_good_records(deal, user), make_good_settings(user), make_good_asks(deal)].concat()
}

fn make_good_records(deal: &str, user: &str) -> Vec<Good> {
    let contact = json!({"name": "Olha", "phones": ["+380671112233"]});
    let roof = json!({"title": "Roof", "pipeline": "sales", "responsible": user});
    let renamed = json!({"fields": {"title": "Other"}, "automation": "run"});
    let moved = json!({"stage": "new", "on_behalf_of": user});

    vec![
        ("POST", "/v1/tokens".into(), json!({"name": "n", "role": "employee", "user": user})),
        ("POST", "/v1/records/contact".into(), json!({"fields": contact})),
        ("POST", "/v1/records/deal".into(), json!({"fields": roof})),
        ("PATCH", format!("/v1/records/deal/{deal}"), renamed),
        ("POST", format!("/v1/records/deal/{deal}/move"), moved),
        ("POST", format!("/v1/records/deal/{deal}/merge"), json!({"into": "nothing"})),
    ]
}

fn make_good_settings(user: &str) -> Vec<Good> {
    let pipeline = json!({
        "kind": "deal", "name": "P", "stages": [{"id": "s", "name": "S", "semantics": "won"}],
    });
    let line = json!({
        "name": "L", "creates": "deal", "pipeline": "sales", "default_responsible": user,
        "queue": [user],
    });
    let channel = json!({
        "name": "C", "plugin": "acme.kit", "channel": "json", "line": "help",
        "settings": {"endpoint": "https://chat.example"}, "on_unknown": "park", "paused": false,
    });

    vec![
        ("PUT", "/v1/pipelines/p".into(), pipeline),
        ("PUT", "/v1/automations/x".into(), make_good_automation()),
        ("PUT", "/v1/lines/l".into(), line),
        ("PUT", "/v1/channels/c".into(), channel),
        ("PUT", "/v1/secrets/s".into(), json!({"value": "v"})),
        ("PUT", "/v1/plugins/acme.kit/grants".into(), json!({"scopes": []})),
    ]
}

/// Two robots and a trigger with everything that can be said about one.
fn make_good_automation() -> Value {
    let robot = json!({
        "id": "a", "name": "A", "plugin": "acme.kit", "robot": "greet",
        "settings": {"text": "{{ item.title }}"}, "run": {"after": "30m", "field": "created_at"},
        "if_past": "skip", "on_leave": "keep",
    });
    let next = json!({
        "id": "b", "plugin": "acme.kit", "robot": "greet", "settings": {"text": "b"},
        "after_previous": true, "on_previous_failure": "stop",
    });
    let trigger = json!({
        "id": "t", "plugin": "acme.kit", "trigger": "paid", "settings": {"least": 10},
        "move_as": "responsible", "allow_back_move": true,
    });

    json!({
        "kind": "deal", "pipeline": "sales", "stage": "new", "robots": [robot, next],
        "triggers": [trigger],
    })
}

/// Good requests to do something now.
fn make_good_asks(deal: &str) -> Vec<Good> {
    let record = json!({"kind": "deal", "id": deal});
    let invocation = json!({"record": record, "settings": {"text": "hi"}});
    let event = json!({
        "kind": "custom.paid", "record": record, "occurred_at": "2026-11-22T10:00:00Z",
        "payload": {"amount": 5},
    });

    vec![
        ("POST", "/v1/robots/acme.kit/greet/invoke".into(), invocation),
        ("POST", "/v1/events".into(), event),
    ]
}

fn check(reply: &Reply, asked: &str) {
    assert!(reply.status < 500, "{asked} was answered {}: {}", reply.status, reply.text);

    if reply.status >= 400 {
        let problem = reply.json();
        assert!(
            problem["code"].as_str().is_some_and(|code| !code.is_empty() && code != "internal"),
            "{asked}: {problem}"
        );
        assert!(
            problem["detail"].as_str().is_some_and(|detail| detail.chars().count() <= 1_003),
            "{asked}: {problem}"
        );
    }
}

async fn furnished(api: &Api) -> (Tenancy, String, String) {
    let acme = api.tenant("Acme").await.furnished().await;
    let (deal, user) = (acme.deal("Roof").await, acme.user("Ira").await);
    (acme, deal, user)
}

#[tokio::test]
async fn a_body_with_anything_wrong_anywhere_gets_an_answer() {
    let api = Api::start().await;
    let (acme, deal, user) = furnished(&api).await;

    let mut sent = 0;

    for (method, path, body) in make_good_requests(&deal, &user) {
        for place in places(&body) {
            for wrong in nonsense() {
                let mut bad = body.clone();
                *bad.pointer_mut(&place).unwrap() = wrong.clone();
                let asked = format!("{method} {path} with {place} = {:.80}", wrong.to_string());

                check(&acme.admin.send(method, &path, Some(bad)).await, &asked);
                sent += 1;
            }
        }
    }

    assert!(sent > 1_500, "{sent} requests only");

    // What was taken does no harm when it runs either.
    api.settle().await;
    api.nobody().get("/health/ready").await.expect(200);
    for path in [
        "/v1/runs",
        "/v1/deliveries",
        "/v1/automations",
        "/v1/records/deal",
        &format!("/v1/records/deal/{deal}/automation"),
    ] {
        acme.admin.get(path).await.expect(200);
    }
}

#[tokio::test]
async fn a_path_or_a_query_with_anything_in_it_gets_an_answer() {
    let api = Api::start_with(crate::support::Setup {
        event_wait: std::time::Duration::ZERO,
        ..Default::default()
    })
    .await;
    let (acme, deal, _) = furnished(&api).await;

    let parts = [
        "%00",
        "%2F..%2F..",
        "%F0%9F%92%AC",
        "%FF",
        "deal",
        &"x".repeat(3_000),
        &RecordRef::new("deal", &deal).id,
    ];

    let queries = [
        "",
        "limit=-1",
        "limit=99999999999999999999",
        "cursor=%00",
        "cursor=AAAA",
        "kind=%F0%9F",
        "a=b&a=c",
        "%",
        "&&=",
        "record=deal",
    ];

    let problem = acme
        .admin
        .get(&format!("/v1/records/{}", "x".repeat(3_000)))
        .await
        .problem(422, "record.unknown-kind");

    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("`xxx") && detail.contains(" … ") && detail.ends_with("x_name"),
        "{detail}"
    );

    for route in routes(false).iter().filter(|route| route.access != Access::Open) {
        for part in parts {
            for query in queries {
                let filled: Vec<&str> = route
                    .path
                    .split('/')
                    .map(|at| if at.starts_with('{') { part } else { at })
                    .collect();

                let asked = format!("{}?{query}", filled.join("/"));
                check(
                    &acme.admin.send(route.method, &asked, None).await,
                    &format!("{} {asked:.200}", route.method),
                );
            }
        }
    }
}
