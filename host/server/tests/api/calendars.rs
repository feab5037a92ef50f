//! `/v1/calendars`

use serde_json::json;

use crate::support::Api;

#[tokio::test]
async fn a_calendar_is_set_up_and_read_back() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let body = json!({
        "name": "Office", "time_zone": "Europe/Kyiv",
        "week": {"mon": ["09:00-13:00", "14:00-18:00"]},
        "days": {"2026-12-25": [], "2026-12-24": ["09:00-12:00"]},
    });

    let made = acme.admin.put("/v1/calendars/default", body.clone()).await;
    assert_eq!((made.status, made.json()["version"].as_u64()), (201, Some(1)));

    let read = acme.admin.get("/v1/calendars/default").await.expect(200);
    assert_eq!(
        (&read["days"], &read["week"]["mon"], &read["week"]["tue"]),
        (&body["days"], &body["week"]["mon"], &json!([]))
    );
    assert_eq!(acme.admin.get("/v1/calendars").await.items().len(), 1);

    acme.admin
        .with("if-match", "\"7\"")
        .put("/v1/calendars/default", body.clone())
        .await
        .problem(412, "record.stale");

    acme.admin.put("/v1/calendars/default", body).await.expect(200);
    acme.admin.get("/v1/calendars/nothing").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_calendar_that_makes_no_sense_is_refused() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let put = async |body| acme.admin.put("/v1/calendars/default", body).await;
    let week = json!({"mon": ["09:00-18:00"]});

    let zone = put(json!({"name": "O", "time_zone": "Kyiv", "week": week}))
        .await
        .problem(422, "calendar.unknown-time-zone");
    assert_eq!(zone["field"], "time_zone");

    put(json!({"name": "O", "time_zone": "UTC", "week": {}}))
        .await
        .problem(422, "calendar.no-working-time");

    let overlap = json!({"fri": ["09:00-12:00", "11:00-13:00"]});
    let hours = put(json!({"name": "O", "time_zone": "UTC", "week": overlap}))
        .await
        .problem(422, "calendar.bad-hours");
    assert_eq!(hours["field"], "week.fri");

    put(json!({"name": "O", "time_zone": "UTC", "week": {"monday": []}}))
        .await
        .problem(400, "request.unknown-field");

    let text = put(json!({"name": "O", "time_zone": "UTC", "week": {"mon": ["9-18"]}}))
        .await
        .problem(422, "request.wrong-type");
    assert!(text["detail"].as_str().unwrap().contains("09:00-18:00"), "{text}");
}

#[tokio::test]
async fn an_employee_and_a_line_have_calendars_that_are_there() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    let week = json!({"mon": ["09:00-18:00"]});
    acme.admin
        .put("/v1/calendars/late", json!({"name": "Late", "time_zone": "UTC", "week": week}))
        .await
        .expect(201);

    let user = |calendar: &str| json!({"fields": {"name": "Olha", "calendar": calendar}});
    acme.admin.post("/v1/records/user", user("late")).await.expect(201);
    let problem = acme
        .admin
        .post("/v1/records/user", user("early"))
        .await
        .problem(422, "record.dangling-link");
    assert_eq!(problem["field"], "fields.calendar");

    acme.admin.put("/v1/lines/l", json!({"name": "L", "calendar": "late"})).await.expect(201);
    acme.admin
        .put("/v1/lines/m", json!({"name": "M", "calendar": "early"}))
        .await
        .problem(422, "record.dangling-link");
}
