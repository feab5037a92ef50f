//! Tasks and activities over `/v1/records`.

use serde_json::{Value, json};

use crate::support::{Api, Tenancy};

async fn with_deal(api: &Api) -> (Tenancy, String) {
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let deal = acme.deal("Roof").await;
    (acme, deal)
}

/// What the records are called, in the order of the alphabet: those of one moment are listed in
/// any.
fn names(items: &[Value], field: &str) -> Vec<String> {
    let mut names: Vec<String> =
        items.iter().map(|item| item["fields"][field].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_task_is_made_found_by_its_item_and_completed() {
    let api = Api::start().await;
    let (acme, deal) = with_deal(&api).await;
    let ira = acme.user("Ira").await;
    let item = json!({"kind": "deal", "id": deal});

    let fields = json!({
        "title": "Measure the attic", "responsible": ira, "deadline": "2026-11-29T09:00:00Z",
        "priority": "high", "checklist": [{"text": "Length"}, {"text": "Width", "done": true}],
        "track_time": true, "items": [item],
    });

    let task = acme.admin.post("/v1/records/task", json!({ "fields": fields })).await.expect(201);
    assert_eq!(task["fields"]["checklist"][0], json!({"text": "Length", "done": false}));
    assert_eq!(task["fields"]["status"], "new");

    acme.record("task", json!({"title": "Another"})).await;

    let list =
        async |query: &str| acme.admin.get(&format!("/v1/records/task?{query}")).await.items();

    assert_eq!(names(&list(&format!("item=deal/{deal}")).await, "title"), ["Measure the attic"]);
    assert_eq!(names(&list("status=new").await, "title"), ["Another", "Measure the attic"]);
    assert!(list(&format!("item=deal/{deal}&status=completed")).await.is_empty());

    let path = format!("/v1/records/task/{}", task["id"].as_str().unwrap());
    let done = acme
        .admin
        .patch(&path, json!({"fields": {"status": "completed"}, "on_behalf_of": ira}))
        .await
        .expect(200);
    assert_eq!(done["fields"]["completed_at"], "2026-11-22T09:00:00.000Z");

    let timeline = acme.admin.get(&format!("/v1/records/deal/{deal}/timeline")).await.items();
    assert_eq!(timeline[0]["text"], "task completed: Measure the attic");
    assert_eq!((&timeline[0]["author"], &timeline[0]["data"]["task"]), (&json!(ira), &task["id"]));

    acme.admin.get("/v1/records/task?item=nonsense").await.problem(422, "request.wrong-type");
    acme.admin
        .get(&format!("/v1/records/deal?item=deal/{deal}"))
        .await
        .problem(400, "request.unknown-field");
}

#[tokio::test]
async fn an_activity_is_completed_when_its_item_moves() {
    let api = Api::start().await;
    let (acme, deal) = with_deal(&api).await;

    let item = json!({"kind": "deal", "id": deal});
    let call = acme
        .record("activity", json!({"type": "call", "subject": "Call back", "item": item}))
        .await;
    let by_hand =
        json!({"type": "meeting", "subject": "Meet", "item": item, "auto_complete": false});
    let meeting = acme.record("activity", by_hand).await;

    let found = acme.admin.get(&format!("/v1/records/activity?item=deal/{deal}")).await.items();
    assert_eq!(names(&found, "subject").len(), 2);

    acme.admin
        .post(&format!("/v1/records/deal/{deal}/move"), json!({"stage": "paid"}))
        .await
        .expect(200);

    let status = async |id: &str| {
        acme.admin.get(&format!("/v1/records/activity/{id}")).await.json()["fields"]["status"]
            .clone()
    };

    assert_eq!(
        (status(&call).await, status(&meeting).await),
        (json!("completed"), json!("planned"))
    );

    let history = acme.admin.get(&format!("/v1/records/activity/{call}/history")).await.items();
    assert_eq!(history[0]["text"], "changed status");
}

#[tokio::test]
async fn nonsense_in_a_task_is_refused_with_its_field() {
    let api = Api::start().await;
    let (acme, deal) = with_deal(&api).await;
    let left = acme.record("user", json!({"name": "Left", "active": false})).await;
    let long: Vec<Value> = (0..201).map(|_| json!({"text": "x"})).collect();

    let cases = [
        (json!({"deadline": "2026-02-30T10:00:00Z"}), "record.wrong-type", "fields.deadline"),
        (json!({"status": "done"}), "record.wrong-type", "fields.status"),
        (json!({"responsible": left}), "record.inactive-user", "fields.responsible"),
        (json!({"group": "nobody"}), "record.dangling-link", "fields.group"),
        (json!({"checklist": long}), "record.too-long", "fields.checklist"),
        (
            json!({"items": [{"kind": "deal", "id": deal}, {"kind": "deal", "id": "x"}]}),
            "record.dangling-link",
            "fields.items[1]",
        ),
        (
            json!({"items": [{"kind": "user", "id": left}]}),
            "record.not-an-item",
            "fields.items[0].kind",
        ),
        (json!({"items": {"kind": "deal", "id": deal}}), "record.wrong-type", "fields.items"),
        (json!({"made_by": {"robot": "mine"}}), "record.unknown-field", "fields.made_by"),
        (json!({"created_by": left}), "record.unknown-field", "fields.created_by"),
    ];

    for (more, code, field) in cases {
        let mut fields = json!({"title": "Measure"});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let problem = acme
            .admin
            .post("/v1/records/task", json!({ "fields": fields }))
            .await
            .problem(422, code);

        assert_eq!(problem["field"], field, "{more}");
    }

    let activity =
        json!({"fields": {"type": "visit", "subject": "x", "item": {"kind": "deal", "id": deal}}});
    let problem =
        acme.admin.post("/v1/records/activity", activity).await.problem(422, "record.wrong-type");
    assert_eq!(problem["field"], "fields.type");
}

#[tokio::test]
async fn a_circle_of_departments_is_refused() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let top = acme.record("department", json!({"name": "Top"})).await;
    let below = acme.record("department", json!({"name": "Below", "parent": top})).await;

    let path = format!("/v1/records/department/{top}");
    let problem = acme
        .admin
        .patch(&path, json!({"fields": {"parent": below}}))
        .await
        .problem(422, "department.cycle");
    assert_eq!(problem["field"], "fields.parent");
}

#[tokio::test]
async fn of_two_who_close_a_circle_of_departments_at_once_one_is_refused() {
    let (api, twins) = Api::with_twins().await;
    let acme = api.tenant("Acme").await;

    let first = acme.record("department", json!({"name": "First"})).await;
    let second = acme.record("department", json!({"name": "Second"})).await;

    let below = async |department: &str, parent: &str| {
        acme.admin
            .patch(
                &format!("/v1/records/department/{department}"),
                json!({"fields": {"parent": parent}}),
            )
            .await
    };

    twins.arm();
    let (one, other) = tokio::join!(below(&first, &second), below(&second, &first));

    assert!(twins.met());
    let refused = if one.status == 200 { other } else { one };
    refused.problem(422, "department.cycle");
}

#[tokio::test]
async fn an_activity_that_is_planned_while_its_item_moves_is_not_missed() {
    let (api, twins) = Api::with_twins().await;
    let (acme, deal) = with_deal(&api).await;

    let activity = json!({
        "fields": {"type": "call", "subject": "Call", "item": {"kind": "deal", "id": deal}},
    });

    twins.arm();
    let path = format!("/v1/records/deal/{deal}/move");
    let (made, moved) = tokio::join!(
        acme.admin.post("/v1/records/activity", activity),
        acme.admin.post(&path, json!({"stage": "paid"}))
    );

    assert!(twins.met());
    moved.expect(200);
    let id = made.expect(201)["id"].as_str().unwrap().to_owned();

    acme.admin.post(&path, json!({"stage": "new"})).await.expect(200);

    let status =
        acme.admin.get(&format!("/v1/records/activity/{id}")).await.json()["fields"]["status"]
            .clone();

    assert_eq!(status, "completed");
}
