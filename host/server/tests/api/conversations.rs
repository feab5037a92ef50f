//! `/v1/conversations`

use serde_json::json;

use crate::support::{Actor, Api, Tenancy};

/// A tenant with a message from a client on a line that Ira and Oleh work on; the conversation, and
/// both as actors.
async fn desk(api: &Api) -> (Tenancy, String, [(String, Actor); 2]) {
    let acme = api.tenant("Acme").await;
    acme.kit().await;
    let (ira, oleh) = (acme.user("Ira").await, acme.user("Oleh").await);
    acme.line(&[&ira, &oleh]).await;
    let conversation = acme.message("m1", "+380671234567").await;

    let works = |user: &String, token: String| (user.clone(), api.bearer(&token));
    let ira = works(&ira, acme.token("employee", Some(&ira)).await);
    let oleh = works(&oleh, acme.token("employee", Some(&oleh)).await);

    (acme, conversation, [ira, oleh])
}

#[tokio::test]
async fn an_employee_accepts_as_himself() {
    let api = Api::start().await;
    let (_, conversation, [(ira, ira_works), (oleh, _)]) = desk(&api).await;
    let path = format!("/v1/conversations/{conversation}");

    ira_works
        .post(&format!("{path}/accept"), json!({"user": oleh}))
        .await
        .problem(403, "auth.own-name-only");

    let accepted = ira_works.send("POST", &format!("{path}/accept"), None).await;
    assert_eq!(accepted.expect(200)["claimed_by"], json!(ira));

    let shown = ira_works.get(&path).await;
    assert_eq!(shown.expect(200), accepted.json());
    assert_eq!(shown.header("etag"), accepted.header("etag"));

    ira_works.post(&format!("{path}/accept"), json!({})).await.expect(200);
}

#[tokio::test]
async fn others_name_the_employee_who_accepts() {
    let api = Api::start().await;
    let (acme, conversation, [(ira, _), _]) = desk(&api).await;
    let path = format!("/v1/conversations/{conversation}/accept");

    let problem = acme.admin.post(&path, json!({})).await.problem(422, "auth.user-missing");
    assert_eq!(problem["field"], "user");

    acme.admin.post(&path, json!({"user": "nobody"})).await.problem(422, "record.dangling-link");
    acme.admin.post(&path, json!({"user": ira})).await.expect(200);
}

#[tokio::test]
async fn of_two_who_accept_at_once_one_is_told_who_was_first() {
    let (api, twins) = Api::with_twins().await;
    let (_, conversation, [(_, ira), (_, oleh)]) = desk(&api).await;
    let path = format!("/v1/conversations/{conversation}/accept");

    twins.arm();
    let (first, second) =
        tokio::join!(ira.send("POST", &path, None), oleh.send("POST", &path, None));
    assert!(twins.met());

    let (won, lost, name) =
        if first.status == 200 { (first, second, "Ira") } else { (second, first, "Oleh") };
    won.expect(200);
    assert_eq!(
        lost.problem(409, "conversation.taken")["detail"],
        format!("already taken by {name}")
    );
}

#[tokio::test]
async fn somebody_outside_the_queue_cannot_accept() {
    let api = Api::start().await;
    let (acme, conversation, _) = desk(&api).await;
    let stranger = acme.user("Stranger").await;

    let reply = acme
        .admin
        .post(&format!("/v1/conversations/{conversation}/accept"), json!({"user": stranger}))
        .await;
    reply.problem(403, "conversation.not-in-queue");
}

#[tokio::test]
async fn tabs_show_what_is_new_and_what_is_mine() {
    let api = Api::start().await;
    let (acme, conversation, [(ira, ira_works), (_, oleh_works)]) = desk(&api).await;
    let stranger = acme.user("Stranger").await;
    let stranger_works = api.bearer(&acme.token("employee", Some(&stranger)).await);
    let (new, mine) = ("/v1/conversations?tab=new", "/v1/conversations?tab=mine");

    assert_eq!(ira_works.get(new).await.items()[0]["id"], json!(conversation));
    assert_eq!(acme.admin.get(new).await.items().len(), 1);
    assert!(stranger_works.get(new).await.items().is_empty());
    assert!(ira_works.get(mine).await.items().is_empty());

    ira_works
        .send("POST", &format!("/v1/conversations/{conversation}/accept"), None)
        .await
        .expect(200);

    assert!(ira_works.get(new).await.items().is_empty());
    assert_eq!(ira_works.get(mine).await.items().len(), 1);
    assert!(oleh_works.get(mine).await.items().is_empty());
    assert_eq!(acme.admin.get(&format!("{mine}&user={ira}")).await.items().len(), 1);

    acme.admin.get(mine).await.problem(422, "auth.user-missing");
    oleh_works.get(&format!("{mine}&user={ira}")).await.problem(403, "auth.own-name-only");
    acme.admin.get("/v1/conversations?tab=old").await.problem(422, "request.wrong-type");
}

#[tokio::test]
async fn a_reply_takes_the_conversation_and_goes_out() {
    let api = Api::start().await;
    let (_, conversation, [(ira, ira_works), _]) = desk(&api).await;
    let path = format!("/v1/conversations/{conversation}");

    let message =
        ira_works.post(&format!("{path}/reply"), json!({"text": "Good day"})).await.expect(201);
    assert_eq!(
        (message["direction"].as_str(), message["body"]["text"].as_str()),
        (Some("out"), Some("Good day"))
    );
    assert_eq!(ira_works.get(&path).await.json()["claimed_by"], json!(ira));

    api.settle().await;
    let delivery = &ira_works.get("/v1/deliveries").await.items()[0];
    assert_eq!(
        (delivery["id"].clone(), delivery["state"].as_str()),
        (message["delivery"].clone(), Some("sent"))
    );

    let messages = ira_works.get(&format!("{path}/messages")).await.items();
    let texts: Vec<&str> =
        messages.iter().map(|message| message["body"]["text"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), 2);
    assert!(texts.contains(&"hi") && texts.contains(&"Good day"));
}

#[tokio::test]
async fn a_reply_that_says_nothing_or_too_much_is_refused() {
    let api = Api::start().await;
    let (_, conversation, [(_, ira), _]) = desk(&api).await;
    let path = format!("/v1/conversations/{conversation}/reply");

    ira.post(&path, json!({})).await.problem(422, "message.empty");
    ira.post(&path, json!({"text": " "})).await.problem(422, "message.empty");
    ira.post(&path, json!({"text": "x".repeat(4_097)})).await.problem(422, "message.too-long");
    ira.post(&path, json!({"txet": "x"})).await.problem(400, "request.unknown-field");

    assert_eq!(
        ira.get(&format!("/v1/conversations/{conversation}/messages")).await.items().len(),
        1
    );
}
