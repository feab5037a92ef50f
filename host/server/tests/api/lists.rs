//! Pages and cursors.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Actor, Api};

/// Every item of a list, page by page, and how many pages there were.
async fn walk(actor: &Actor, path: &str) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let page = actor.get(&format!("{path}{cursor}")).await.expect(200);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        pages += 1;
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (items, pages),
        }
    }
}

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_walk_meets_everything_once_newest_first() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    for number in 0..10 {
        api.clock.advance_to(api.service.clock.now().plus_ms(1));
        acme.record("contact", json!({"name": format!("Client {number}")})).await;
    }

    for (limit, pages) in [(1, 10), (3, 4), (5, 2), (10, 1), (200, 1)] {
        let (items, walked) =
            walk(&acme.admin, &format!("/v1/records/contact?limit={limit}")).await;

        let names: Vec<&str> =
            items.iter().map(|item| item["fields"]["name"].as_str().unwrap()).collect();
        let expected: Vec<String> =
            (0..10).rev().map(|number| format!("Client {number}")).collect();

        assert_eq!(names, expected, "limit {limit}");
        assert_eq!(walked, pages, "limit {limit}");
    }
}

#[tokio::test]
async fn what_comes_meanwhile_disturbs_no_walk() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    for number in 0..4 {
        acme.record("contact", json!({"name": format!("Client {number}")})).await;
    }

    let first = acme.admin.get("/v1/records/contact?limit=2").await.expect(200);
    api.clock.advance_to(api.service.clock.now().plus_ms(1));
    acme.record("contact", json!({"name": "Late"})).await;

    let seen: BTreeSet<&str> = ids(first["items"].as_array().unwrap()).into_iter().collect();
    let next = acme
        .admin
        .get(&format!(
            "/v1/records/contact?limit=2&cursor={}",
            first["next_cursor"].as_str().unwrap()
        ))
        .await;

    let rest = next.items();
    assert_eq!(rest.len(), 2);
    assert!(ids(&rest).iter().all(|id| !seen.contains(id)));
    assert_eq!(next.json()["next_cursor"], Value::Null);
}

#[tokio::test]
async fn deleted_records_are_not_listed() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let gone = acme.record("contact", json!({"name": "Gone"})).await;
    let stays = acme.record("contact", json!({"name": "Stays"})).await;

    acme.admin.delete(&format!("/v1/records/contact/{gone}")).await.expect(204);
    assert_eq!(ids(&acme.admin.get("/v1/records/contact").await.items()), [stays]);
}

#[tokio::test]
async fn records_are_found_by_phone_field_and_word() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let olha = acme
        .record(
            "contact",
            json!({"name": "Olha Bondar", "phones": ["067 123 45 67"], "email": "o@x.ua"}),
        )
        .await;
    acme.record("contact", json!({"name": "Ivan", "phones": ["067 765 43 21"]})).await;

    let searches = [
        "phone=0671234567",
        "phone=%2B380671234567",
        "q=bondar",
        "q=BOND",
        "email=o%40x.ua",
        "name=Olha%20Bondar",
        "phones=%2B380671234567",
    ];
    for search in searches {
        assert_eq!(
            ids(&acme.admin.get(&format!("/v1/records/contact?{search}")).await.items()),
            [olha.as_str()],
            "{search}"
        );
    }

    assert!(acme.admin.get("/v1/records/contact?phone=0671234567&q=ivan").await.items().is_empty());
    acme.admin.get("/v1/records/contact?phone=nonsense").await.problem(422, "record.not-a-phone");
}

#[tokio::test]
async fn a_search_among_many_goes_on_by_cursor() {
    let api = Api::start_with(crate::support::Setup { engine: false, ..Default::default() }).await;
    let acme = api.tenant("Acme").await;

    let needle = acme.record("contact", json!({"name": "Needle"})).await;
    api.clock.advance_to(api.service.clock.now().plus_ms(1));
    // A page looks at 2,000 rows at most: the needle, which is the oldest, comes on the second.
    for _ in 0..2_100 {
        acme.record("contact", json!({"name": "Hay"})).await;
    }

    let first = acme.admin.get("/v1/records/contact?q=needle").await.expect(200);
    assert_eq!(first["items"], json!([]));
    assert!(first["next_cursor"].is_string());

    let (items, pages) = walk(&acme.admin, "/v1/records/contact?q=needle").await;
    assert_eq!(ids(&items), [needle]);
    assert_eq!(pages, 2);
}

#[tokio::test]
async fn a_cursor_that_is_none_is_refused() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    for cursor in ["", "xyz", "0", &"00".repeat(513)] {
        acme.admin
            .get(&format!("/v1/runs?cursor={cursor}"))
            .await
            .problem(422, "request.bad-cursor");
    }
}

#[tokio::test]
async fn a_cursor_leads_into_the_own_rows_only() {
    let api = Api::start().await;
    let (acme, other) = (api.tenant("Acme").await, api.tenant("Other").await);
    for _ in 0..3 {
        acme.record("contact", json!({"name": "Ours"})).await;
        other.record("contact", json!({"name": "Theirs"})).await;
    }

    let cursor = acme.admin.get("/v1/records/contact?limit=1").await.expect(200)["next_cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(!cursor.contains(&acme.id), "{cursor}");

    for forged in [cursor.as_str(), "ff", "00", "ffffffffffffffffffffffffffffffffffffffff"] {
        let items = other.admin.get(&format!("/v1/records/contact?cursor={forged}")).await.items();
        assert!(items.iter().all(|item| item["fields"]["name"] == "Theirs"), "{items:?}");
    }
}

#[tokio::test]
async fn every_list_is_walked_like_this() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let user = acme.user("Ira").await;
    let deal = acme.deal("Roof").await;

    for number in 0..3 {
        acme.admin.put(&format!("/v1/lines/l{number}"), json!({"name": "L"})).await.expect(201);
        acme.admin.put(&format!("/v1/secrets/s{number}"), json!({"value": "v"})).await.expect(204);
        acme.token("service", None).await;

        let conversation =
            acme.message(&format!("m{number}"), &format!("+38067123456{number}")).await;
        let reply = json!({"user": user, "text": "hello"});
        acme.admin
            .post(&format!("/v1/conversations/{conversation}/reply"), reply)
            .await
            .expect(201);

        let invoke = json!({"record": {"kind": "deal", "id": deal}, "settings": {"text": "hi"}});
        acme.admin.post("/v1/robots/acme.kit/greet/invoke", invoke).await.expect(202);
        api.settle().await;
    }

    let lists = [
        "/v1/lines",
        "/v1/secrets",
        "/v1/tokens",
        "/v1/conversations",
        "/v1/deliveries",
        "/v1/runs",
        "/v1/pipelines",
        "/v1/channels",
        "/v1/automations",
        &format!("/v1/runs?record=deal/{deal}"),
        &format!("/v1/records/deal/{deal}/timeline"),
    ];
    for list in lists {
        let path = format!("{list}{}limit=1", if list.contains('?') { '&' } else { '?' });
        let whole = acme.admin.get(list).await.items();
        let (walked, pages) = walk(&acme.admin, &path).await;

        assert!(!whole.is_empty(), "{list}");
        assert_eq!(walked, whole, "{list}");
        assert_eq!(pages, whole.len(), "{list}");
    }
}
