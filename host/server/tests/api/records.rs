//! `/v1/records`

use serde_json::{Value, json};

use crate::support::Api;

#[tokio::test]
async fn a_record_is_made_shown_changed_and_deleted() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;

    let made = acme
        .admin
        .post(
            "/v1/records/contact",
            json!({"fields": {"name": "Olha", "phones": ["067 123 45 67"]}}),
        )
        .await;

    let record = made.expect(201);
    let path = format!("/v1/records/contact/{}", record["id"].as_str().unwrap());
    assert_eq!(made.header("location"), path);
    assert_eq!(record["fields"]["phones"], json!(["+380671234567"]));
    assert_eq!(record["created_at"], "2026-11-22T09:00:00.000Z");

    let changed = acme
        .admin
        .patch(&path, json!({"fields": {"email": "o@x.ua", "phones": null}}))
        .await
        .expect(200);
    assert_eq!(changed["fields"], json!({"name": "Olha", "email": "o@x.ua"}));
    assert_eq!(acme.admin.get(&path).await.expect(200), changed);

    acme.admin.delete(&path).await.expect(204);
    acme.admin.get(&path).await.problem(404, "not-found");
    acme.admin.patch(&path, json!({"fields": {"name": "x"}})).await.problem(404, "not-found");
    acme.admin.delete(&path).await.problem(404, "not-found");
}

#[tokio::test]
async fn an_item_moves_in_somebodys_name() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let (deal, ira) = (acme.deal("Roof").await, acme.user("Ira").await);
    let path = format!("/v1/records/deal/{deal}");

    assert_eq!(acme.admin.get(&path).await.json()["fields"]["stage"], "new");
    let moved = acme
        .admin
        .post(&format!("{path}/move"), json!({"stage": "won", "on_behalf_of": ira}))
        .await;
    assert_eq!(moved.expect(200)["moved"], true);
    assert_eq!(moved.header("etag"), "\"2\"");

    let newest = &acme.admin.get(&format!("{path}/timeline")).await.items()[0];
    assert_eq!(
        (newest["kind"].as_str(), newest["author"].as_str()),
        (Some("stage_changed"), Some(ira.as_str()))
    );
    assert_eq!(newest["actor"], json!({"type": "client", "name": "admin"}));

    let stays = acme.admin.post(&format!("{path}/move"), json!({"stage": "won"})).await.expect(200);
    assert_eq!(stays["moved"], false);

    acme.admin
        .post(&format!("{path}/move"), json!({"stage": "lost"}))
        .await
        .problem(422, "pipeline.unknown-stage");
    acme.admin
        .patch(&path, json!({"fields": {"stage": "new"}}))
        .await
        .problem(422, "record.use-move");
    acme.admin
        .post(&format!("/v1/records/user/{ira}/move"), json!({"stage": "won"}))
        .await
        .problem(422, "record.not-an-item");
}

#[tokio::test]
async fn a_wish_in_the_query_counts_and_one_in_the_body_wins() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let (ira, oleh) = (acme.user("Ira").await, acme.user("Oleh").await);

    let body = json!({"fields": {"title": "Roof", "pipeline": "sales"}, "on_behalf_of": oleh});
    let made =
        acme.admin.post(&format!("/v1/records/deal?on_behalf_of={ira}"), body).await.expect(201);
    assert_eq!(made["fields"]["created_by"], json!(oleh));

    let body = json!({"fields": {"title": "Roof", "pipeline": "sales"}});
    let made =
        acme.admin.post(&format!("/v1/records/deal?on_behalf_of={ira}"), body).await.expect(201);
    assert_eq!(made["fields"]["created_by"], json!(ira));

    acme.admin.get("/v1/records/deal?automation=run").await.problem(400, "request.unknown-field");
}

#[tokio::test]
async fn an_import_starts_no_robots() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let fields = json!({"title": "Roof", "pipeline": "sales", "stage": "paid"});

    let quiet = acme
        .admin
        .post("/v1/records/deal", json!({"fields": fields, "automation": "suppress"}))
        .await
        .expect(201);
    let loud = acme.admin.post("/v1/records/deal", json!({"fields": fields})).await.expect(201);
    api.settle().await;

    let runs = |id: &Value| format!("/v1/runs?record=deal/{}", id.as_str().unwrap());
    assert!(acme.admin.get(&runs(&quiet["id"])).await.items().is_empty());
    assert_eq!(acme.admin.get(&runs(&loud["id"])).await.items().len(), 1);
}

#[tokio::test]
async fn a_duplicate_is_merged_away() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let (twice, stays) = (acme.deal("Roof").await, acme.deal("Roof").await);
    let path = format!("/v1/records/deal/{twice}");

    acme.admin
        .post(&format!("{path}/merge"), json!({"into": twice}))
        .await
        .problem(422, "record.merge-into-itself");
    acme.admin
        .post(&format!("{path}/merge"), json!({"into": "nothing"}))
        .await
        .problem(404, "not-found");

    let merged =
        acme.admin.post(&format!("{path}/merge"), json!({"into": stays})).await.expect(200);
    assert_eq!(merged["into"], json!({"kind": "deal", "id": stays}));

    acme.admin.get(&path).await.problem(404, "not-found");
    let timeline = acme.admin.get(&format!("/v1/records/deal/{stays}/timeline")).await.items();
    assert!(timeline.iter().any(|entry| entry["kind"] == "merged"));
}

// S0-33: what waited for a deleted item is cancelled, and that can be seen.
#[tokio::test]
async fn a_deleted_items_automation_and_timeline_can_still_be_read() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let wait = json!({
        "kind": "deal", "pipeline": "sales", "stage": "new",
        "robots": [
            {
                "id": "later", "plugin": "acme.kit", "robot": "greet", "settings": {"text": "hi"},
                "run": {"after": "30m"},
            },
        ],
    });
    acme.admin.put("/v1/automations/on-new", wait).await.expect(201);
    acme.admin.post("/v1/automations/on-new/publish", json!({})).await.expect(200);

    let path = format!("/v1/records/deal/{}", acme.deal("Roof").await);
    api.settle().await;

    let waiting = acme.admin.get(&format!("{path}/automation")).await.expect(200);
    assert_eq!(waiting["runs"][0]["steps"][0]["state"], "waiting_time");
    assert_eq!(waiting["runs"][0]["steps"][0]["due_at"], "2026-11-22T09:30:00.000Z");

    acme.admin.delete(&path).await.expect(204);
    let over = acme.admin.get(&format!("{path}/automation")).await.expect(200);
    assert_eq!(over["runs"][0]["steps"][0]["state"], "cancelled");
    assert_eq!(over["runs"][0]["steps"][0]["reason"], "item_deleted");
    assert_eq!(acme.admin.get(&format!("{path}/timeline")).await.items()[0]["kind"], "deleted");
}

#[tokio::test]
async fn automation_shows_what_ran_what_did_not_and_why() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let deal = acme.deal("Roof").await;

    for amount in [5, 50] {
        let event = json!({
            "kind": "custom.paid", "record": {"kind": "deal", "id": deal},
            "payload": {"amount": amount},
        });
        acme.admin.post("/v1/events", event).await.expect(200);
        api.clock.advance_to(api.service.clock.now().plus_ms(1));
    }

    api.settle().await;
    let shown = acme.admin.get(&format!("/v1/records/deal/{deal}/automation")).await.expect(200);
    assert_eq!(shown["stage"], "paid");
    let step = &shown["runs"][0]["steps"][0];
    assert_eq!(
        (step["state"].as_str(), step["results"]["said"].as_str()),
        (Some("done"), Some("hello Roof")),
        "{shown}"
    );
    assert_eq!(step["attempts"].as_array().unwrap().len(), 1);
    assert!(step.get("due_row").is_none());

    let outcomes: Vec<(&str, &str)> = shown["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|decisions| {
            decisions["candidates"].as_array().unwrap().iter().map(|it| (&decisions["kind"], it))
        })
        .map(|(kind, candidate)| (kind.as_str().unwrap(), candidate["outcome"].as_str().unwrap()))
        .collect();

    assert!(outcomes.contains(&("custom.paid", "skipped")), "{outcomes:?}");
    assert!(outcomes.contains(&("custom.paid", "ran")), "{outcomes:?}");
    assert!(outcomes.contains(&("item.stage_entered", "ran")), "{outcomes:?}");
    assert!(shown["decisions"].to_string().contains("5 is less than 10"));
}

#[tokio::test]
async fn an_employee_acts_in_no_other_name_and_suppresses_nothing() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let (ira, oleh) = (acme.user("Ira").await, acme.user("Oleh").await);
    let works = api.bearer(&acme.token("employee", Some(&ira)).await);
    let deal = format!("/v1/records/deal/{}", acme.deal("Roof").await);

    let change = |more: Value| {
        let mut body = json!({"fields": {"title": "Wall"}});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };

    works
        .patch(&deal, change(json!({"on_behalf_of": oleh})))
        .await
        .problem(403, "auth.own-name-only");
    works
        .patch(&deal, change(json!({"automation": "suppress"})))
        .await
        .problem(403, "auth.no-suppressing");
    works.delete(&format!("{deal}?automation=suppress")).await.problem(403, "auth.no-suppressing");

    works.patch(&deal, change(json!({"on_behalf_of": ira}))).await.expect(200);
    acme.admin
        .patch(&deal, change(json!({"automation": "suppress", "on_behalf_of": oleh})))
        .await
        .expect(200);
}

#[tokio::test]
async fn an_employee_does_not_change_who_works_where() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let (ira, boss) = (acme.user("Ira").await, acme.user("Olena").await);
    let works = api.bearer(&acme.token("employee", Some(&ira)).await);

    let department = acme
        .admin
        .post("/v1/records/department", json!({"fields": {"name": "Sales", "head": boss}}))
        .await
        .expect(201);
    let department = format!("/v1/records/department/{}", department["id"].as_str().unwrap());
    let own = format!("/v1/records/user/{ira}");

    works
        .patch(&format!("/v1/records/user/{boss}"), json!({"fields": {"active": false}}))
        .await
        .problem(403, "auth.wrong-role");
    works.delete(&format!("/v1/records/user/{boss}")).await.problem(403, "auth.wrong-role");
    works
        .patch(&department, json!({"fields": {"head": ira}}))
        .await
        .problem(403, "auth.wrong-role");
    works
        .post("/v1/records/department", json!({"fields": {"name": "Mine"}}))
        .await
        .problem(403, "auth.wrong-role");
    works
        .patch(&own, json!({"fields": {"department": null}}))
        .await
        .problem(403, "auth.wrong-role");

    works.patch(&own, json!({"fields": {"position": "Engineer"}})).await.expect(200);
}
