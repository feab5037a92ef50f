//! `/v1/history` and `/v1/notifications`

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Api, Tenancy};

/// Three deals of two employees, one of them moved.
async fn busy(acme: &Tenancy) -> (String, String) {
    acme.pipeline().await;
    let (ira, oleh) = (acme.user("Ira").await, acme.user("Oleh").await);
    for (title, responsible) in [("Roof", &ira), ("Attic", &ira), ("Wall", &oleh)] {
        let fields = json!({"title": title, "pipeline": "sales", "responsible": responsible});
        let made = acme
            .admin
            .post("/v1/records/deal", json!({ "fields": fields, "on_behalf_of": oleh }))
            .await
            .expect(201);

        if title == "Wall" {
            let path = format!("/v1/records/deal/{}/move", made["id"].as_str().unwrap());
            acme.admin.post(&path, json!({"stage": "won", "on_behalf_of": ira})).await.expect(200);
        }
    }

    (ira, oleh)
}

fn texts(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_history_is_filtered_by_type_author_and_responsible() {
    // S4-16
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let (ira, oleh) = busy(&acme).await;
    let list = async |query: String| acme.admin.get(&format!("/v1/history?{query}")).await.items();

    assert_eq!(texts(&list("type=stage_changed".into()).await), ["moved to Won"]);
    let of_ira = list(format!("kind=deal&responsible={ira}")).await;
    assert_eq!(
        texts(&of_ira).into_iter().collect::<BTreeSet<_>>(),
        BTreeSet::from(["created: Attic", "created: Roof"])
    );

    assert_eq!(list(format!("author={oleh}")).await.len(), 3);
    assert_eq!(list("kind=user".into()).await.len(), 2);

    let moved = &list("type=stage_changed".into()).await[0];
    assert_eq!((&moved["author"], &moved["responsible"]), (&json!(ira), &json!(oleh)));
    assert_eq!(moved["data"], json!({"before": {"stage": "new"}, "after": {"stage": "won"}}));
    assert_eq!((&moved["robot"], &moved["type"]), (&Value::Null, &json!("stage_changed")));

    let path = format!("/v1/records/deal/{}/history", moved["item"]["id"].as_str().unwrap());
    assert_eq!(texts(&acme.admin.get(&path).await.items()), ["moved to Won", "created: Wall"]);

    assert!(api.tenant("Other").await.admin.get("/v1/history").await.items().is_empty());
}

#[tokio::test]
async fn all_types_are_one_list_in_pages_without_gap_or_repetition() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    busy(&acme).await;
    let whole = acme.admin.get("/v1/history").await.items();
    assert_eq!(whole.len(), 6);

    let (mut paged, mut cursor) = (Vec::new(), String::new());
    for _ in 0..10 {
        let page = acme.admin.get(&format!("/v1/history?limit=2{cursor}")).await.expect(200);
        paged.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }

    assert_eq!(paged, whole);
}

#[tokio::test]
async fn the_history_is_counted_by_responsible_in_a_period() {
    // S4-16
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let (ira, oleh) = busy(&acme).await;
    let count =
        async |query: &str| acme.admin.get(&format!("/v1/history/count?{query}")).await.expect(200);

    let counted = count("kind=deal&by=responsible").await;
    assert_eq!(counted["total"], 4);
    let groups: BTreeSet<(&str, u64)> = counted["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| (g["key"].as_str().unwrap(), g["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(groups, BTreeSet::from([(ira.as_str(), 2), (oleh.as_str(), 2)]));

    assert_eq!(
        count("by=type").await["groups"],
        json!([{"key": "created", "count": 5}, {"key": "stage_changed", "count": 1}])
    );

    assert_eq!(
        count("from=2026-11-22T09:00:00Z&to=2026-11-22T10:00:00Z").await,
        json!({"total": 6, "groups": []})
    );
    assert_eq!(count("to=2026-11-22T09:00:00Z").await["total"], 0);
    assert_eq!(count("from=2026-11-22T09:00:01Z").await["total"], 0);

    acme.admin
        .get("/v1/history?from=2026-02-30T00:00:00Z")
        .await
        .problem(422, "request.wrong-type");
    acme.admin.get("/v1/history?type=gossip").await.problem(422, "request.wrong-type");
    acme.admin.get("/v1/history/count?cursor=00").await.problem(400, "request.unknown-field");
}

#[tokio::test]
async fn an_employee_sees_and_reads_own_notifications_only() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let (ira, oleh) = (acme.user("Ira").await, acme.user("Oleh").await);
    let employee = api.bearer(&acme.token("employee", Some(&ira)).await);

    assert!(employee.get("/v1/notifications").await.items().is_empty());
    employee
        .get(&format!("/v1/notifications?user={oleh}"))
        .await
        .problem(403, "auth.own-name-only");

    acme.admin.get("/v1/notifications").await.problem(422, "auth.user-missing");
    assert!(
        acme.admin
            .get(&format!("/v1/notifications?user={ira}&unread=true"))
            .await
            .items()
            .is_empty()
    );

    employee.post("/v1/notifications/nothing/read", json!({})).await.problem(404, "not-found");
}
