//! `/v1/robots`

use serde_json::json;

use crate::support::Api;

#[tokio::test]
async fn robots_are_listed_for_those_who_enabled_them() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    assert!(acme.admin.get("/v1/robots").await.items().is_empty());

    acme.kit().await;
    let listed = acme.admin.get("/v1/robots").await.items();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["results"][0]["key"], "said");
    assert_eq!(
        (&listed[0]["group"], &listed[0]["group_name"]),
        (&json!("talk"), &json!("talk")),
        "a group of its own"
    );

    let other = api.tenant("Other").await;
    assert!(other.admin.get("/v1/robots").await.items().is_empty());
}

// S0-11: the app's name stands before the robot's.
#[tokio::test]
async fn a_robot_carries_its_apps_name_in_the_readers_language() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.kit().await;
    let robot = |reply: crate::support::Reply| reply.items()[0].clone();
    assert_eq!(robot(acme.admin.get("/v1/robots").await)["title"], "[Acme] Greet");

    let ukrainian = robot(acme.admin.get("/v1/robots?language=uk").await);
    assert_eq!(ukrainian["title"], "[Acme] Привітати");
    assert_eq!(ukrainian["settings"][0]["label"], "Текст");

    // Where a text is missing in a language, English stands in.
    assert_eq!(robot(acme.admin.get("/v1/robots?language=ru").await)["title"], "[Acme] Greet");

    acme.admin.get("/v1/robots?language=de").await.problem(422, "request.wrong-type");
}

#[tokio::test]
async fn robots_are_listed_by_kind_of_item() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.kit().await;

    assert_eq!(acme.admin.get("/v1/robots?kind=deal").await.items().len(), 1);
    assert!(acme.admin.get("/v1/robots?kind=lead").await.items().is_empty());
}

#[tokio::test]
async fn a_robot_is_run_now() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    acme.kit().await;
    let (deal, ira) = (acme.deal("Roof").await, acme.user("Ira").await);

    let invoke = json!({
        "record": {"kind": "deal", "id": deal}, "settings": {"text": "hi {{item.title}}"},
        "on_behalf_of": ira,
    });

    let reply = acme.admin.post("/v1/robots/acme.kit/greet/invoke", invoke).await;
    let run = reply.expect(202);
    assert_eq!((run["on_behalf_of"].clone(), run["over"].as_bool()), (json!(ira), Some(false)));

    api.settle().await;
    let over = acme.admin.get(reply.header("location")).await.expect(200);
    assert_eq!(over["steps"][0]["results"], json!({"said": "hi Roof"}));
    assert_eq!(over["over"], true);
}

#[tokio::test]
async fn a_robot_that_cannot_run_is_refused_at_once() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let deal = acme.deal("Roof").await;
    let record = json!({"kind": "deal", "id": deal});

    let invoke = async |robot: &str, record, settings| {
        acme.admin
            .post(
                &format!("/v1/robots/acme.kit/{robot}/invoke"),
                json!({"record": record, "settings": settings}),
            )
            .await
    };

    let say = json!({"text": "hi"});
    invoke("greet", record.clone(), say.clone()).await.problem(422, "plugin.missing");

    acme.kit().await;
    invoke("dance", record.clone(), say.clone()).await.problem(422, "plugin.no-such-robot");
    invoke("greet", json!({"kind": "deal", "id": "nothing"}), say.clone())
        .await
        .problem(404, "not-found");

    let problem = invoke("greet", record, json!({"text": "x".repeat(101)}))
        .await
        .problem(422, "settings.out-of-bounds");
    assert_eq!(problem["field"], "settings.text");

    assert!(acme.admin.get("/v1/runs").await.items().is_empty());
}
