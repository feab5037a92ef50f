//! `/v1/automations/export` and `/v1/automations/import`

use serde_json::{Value, json};

use crate::support::{Api, Reply, Tenancy};

async fn export(acme: &Tenancy) -> String {
    let reply = acme.admin.get("/v1/automations/export?pipeline=sales").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/yaml"));
    reply.text
}

async fn import(acme: &Tenancy, query: &str, file: &str) -> Reply {
    acme.admin
        .send_raw("POST", &format!("/v1/automations/import{query}"), file.as_bytes().to_vec())
        .await
}

fn changes(answer: &Value) -> Vec<(&str, &str)> {
    let list = answer["changes"].as_array().unwrap();
    list.iter()
        .map(|change| (change["id"].as_str().unwrap(), change["change"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn what_is_exported_from_one_tenant_is_the_same_from_another_that_imported_it() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let week = json!({"mon": ["09:00-18:00"]});
    acme.admin
        .put("/v1/calendars/default", json!({"name": "Office", "time_zone": "UTC", "week": week}))
        .await
        .expect(201);
    acme.admin
        .put("/v1/calendars/other", json!({"name": "Other", "time_zone": "UTC", "week": week}))
        .await
        .expect(201);

    let robot = json!({
        "id": "greet", "plugin": "acme.kit", "robot": "greet",
        "settings": {"text": "Hello {{item.title}}\nand more"}, "run": {"after": "2h"},
        "working_time": {},
    });
    let draft = json!({"kind": "deal", "pipeline": "sales", "stage": "new", "robots": [robot]});
    acme.admin.put("/v1/automations/greeting", draft).await.expect(201);

    let file = export(&acme).await;
    assert!(
        file.starts_with("# Automations of the pipeline sales (Sales)") && !file.contains("Other"),
        "{file}"
    );

    let other = api.tenant("Other").await;
    other.kit().await;

    let planned = import(&other, "?dry_run=true&publish=true", &file).await.expect(200);
    let all = [
        ("sales", "created"),
        ("default", "created"),
        ("greeting", "created"),
        ("on-paid", "created"),
    ];
    assert_eq!((changes(&planned), planned["dry_run"].as_bool()), (all.to_vec(), Some(true)));
    assert!(other.admin.get("/v1/pipelines").await.items().is_empty());

    let done = import(&other, "?publish=true", &file).await.expect(200);
    assert_eq!(
        (changes(&done), done["dry_run"].as_bool(), &done["changes"][2]["published"]),
        (all.to_vec(), Some(false), &json!(1))
    );

    assert_eq!(export(&other).await, file);
    let left = import(&other, "?publish=true", &file).await.expect(200);
    assert!(changes(&left).iter().all(|(_, change)| *change == "left"), "{left}");

    // What was imported runs.
    let deal = other.deal("Roof").await;
    let event = json!({
        "kind": "custom.paid", "record": {"kind": "deal", "id": deal}, "payload": {"amount": 50},
    });
    assert_eq!(other.admin.post("/v1/events", event).await.expect(200)["moved"], true);
}

#[tokio::test]
async fn a_changed_line_is_told_before_it_is_made() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let file = export(&acme).await;
    let changed = file.replace("least: 10", "least: 20");

    let planned = import(&acme, "?dry_run=true", &changed).await.expect(200);
    let field = json!([{"field": "triggers[on_paid].settings.least", "before": 10, "after": 20}]);
    assert_eq!(planned["changes"][1]["fields"], field);
    assert_eq!(export(&acme).await, file);

    import(&acme, "", &changed).await.expect(200);
    assert_eq!(export(&acme).await, changed);

    let draft = acme.admin.get("/v1/automations/on-paid").await.expect(200);
    assert_eq!(
        (&draft["triggers"][0]["settings"]["least"], &draft["published"]),
        (&json!(20), &json!(1))
    );
}

#[tokio::test]
async fn what_is_wrong_in_a_file_is_named_by_its_line_or_place() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let file = export(&acme).await;

    let problem = import(&acme, "", &file.replace("robots:", "robotz:"))
        .await
        .problem(422, "import.malformed");
    assert!(problem["detail"].as_str().unwrap().contains("unknown field `robotz`"), "{problem}");
    assert!(problem["detail"].as_str().unwrap().starts_with("line "), "{problem}");

    let problem = import(&acme, "", &file.replace("{{item.title}}", "{{item.titel}}")).await;
    assert_eq!(
        problem.problem(422, "automation.unknown-reference")["field"],
        "automations[0].robots[0].settings.text"
    );

    import(&acme, "", "").await.problem(422, "import.malformed");
    acme.admin
        .send_raw("POST", "/v1/automations/import", vec![0xff, 0xfe])
        .await
        .problem(422, "import.malformed");
    import(&acme, "?dryrun=true", &file).await.problem(400, "request.unknown-field");
    acme.admin.get("/v1/automations/export").await.problem(422, "request.missing-field");
    acme.admin.get("/v1/automations/export?pipeline=nothing").await.problem(404, "not-found");

    assert_eq!(export(&acme).await, file);
}

#[tokio::test]
async fn an_import_is_carried_out_once_for_its_key() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let file = export(&acme).await.replace("least: 10", "least: 20");
    let send = async |text: &str| {
        acme.admin
            .once("k1")
            .send_raw("POST", "/v1/automations/import", text.as_bytes().to_vec())
            .await
    };

    let first = send(&file).await.expect(200);
    assert_eq!(send(&file).await.expect(200), first);
    send(&file.replace("least: 20", "least: 30")).await.problem(422, "idempotency.other-body");
}

#[tokio::test]
async fn an_import_says_what_becomes_of_what_waits_when_it_publishes() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await.furnished().await;
    let file = export(&acme).await.replace("least: 10", "least: 20");

    let problem =
        import(&acme, "?waiting=cancel", &file).await.problem(422, "import.nothing-published");
    assert_eq!(problem["field"], "waiting");
    import(&acme, "?publish=true&waiting=forget", &file).await.problem(422, "request.wrong-type");

    let done = import(&acme, "?publish=true&waiting=cancel", &file).await.expect(200);
    assert_eq!(
        (&done["changes"][1]["published"], &done["changes"][1]["job"]),
        (&json!(2), &json!("replace.on-paid"))
    );

    let job = acme.admin.get("/v1/jobs/replace.on-paid").await.expect(200);
    assert_eq!((&job["waiting"], &job["version"]), (&json!("cancel"), &json!(2)), "{job}");
}

#[tokio::test]
async fn what_is_exported_can_be_imported_however_large_it_is() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.kit().await;
    let stages: Vec<Value> =
        (0..6).map(|place| json!({"id": format!("s{place}"), "name": "Stage"})).collect();
    acme.admin
        .put("/v1/pipelines/sales", json!({"kind": "deal", "name": "Sales", "stages": stages}))
        .await
        .expect(201);

    let one = json!({"field": "item.title", "is": "not_equals", "value": "x".repeat(100)});
    let condition = json!({"all": vec![one; 40]});
    let robot = |place: usize| {
        json!({
            "id": format!("r{place}"), "plugin": "acme.kit", "robot": "greet",
            "settings": {"text": "hi"}, "condition": condition,
        })
    };
    let robots: Vec<Value> = (0..50).map(robot).collect();

    for stage in 0..6 {
        let draft = json!({
            "kind": "deal", "pipeline": "sales", "stage": format!("s{stage}"), "robots": robots,
        });
        acme.admin.put(&format!("/v1/automations/a{stage}"), draft).await.expect(201);
    }

    let file = export(&acme).await;
    assert!(file.len() > 1 << 20, "{}", file.len());

    let other = api.tenant("Other").await;
    other.kit().await;
    import(&other, "", &file).await.expect(200);

    assert_eq!(export(&other).await, file);
    let too_large = format!("{file}#{}", "x".repeat(16 << 20));
    import(&other, "", &too_large).await.problem(413, "request.too-large");
}
