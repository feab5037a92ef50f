//! `/v1/records/{kind}/{id}/files`

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use stagewright_core::command::attach_files::{Files, decide};
use stagewright_core::id::TenantId;
use stagewright_core::limits::FILES_MAX;
use stagewright_core::model::record::RecordRef;

use crate::support::Api;

const PNG: &[u8] = b"\x89PNG, or so it says";

#[tokio::test]
async fn a_file_is_attached_listed_and_given_back_as_a_download() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let path = format!("/v1/records/deal/{}/files", acme.deal("Roof").await);

    let sender = acme.admin.with("content-type", "image/png");
    let sent = sender.send_raw("POST", &format!("{path}?name=roof%201.png"), PNG.to_vec()).await;
    let file = sent.expect(201);
    assert_eq!(
        (&file["name"], &file["bytes"], &file["mime"]),
        (&json!("roof 1.png"), &json!(PNG.len()), &json!("image/png"))
    );

    let one = format!("{path}/{}", file["id"].as_str().unwrap());
    assert_eq!(sent.header("location"), one);
    assert_eq!(acme.admin.get(&path).await.items(), vec![file]);

    let got = acme.admin.get(&one).await;
    assert_eq!((got.status, got.text.as_str()), (200, &*String::from_utf8_lossy(PNG)));
    assert_eq!(got.header("content-disposition"), "attachment; filename*=UTF-8''roof%201.png");
    assert_eq!(got.header("x-content-type-options"), "nosniff");

    let other = api.tenant("Other").await;
    other.admin.get(&one).await.problem(404, "not-found");
    other.admin.get(&path).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_file_is_had_through_the_records_that_it_is_attached_to_alone() {
    // S4-23
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let (deal, task, stranger) = (
        acme.deal("Roof").await,
        acme.record("task", json!({"title": "Measure"})).await,
        acme.deal("Wall").await,
    );

    let sent = acme
        .admin
        .send_raw("POST", &format!("/v1/records/deal/{deal}/files?name=a"), PNG.to_vec())
        .await
        .expect(201);
    let file = sent["id"].as_str().unwrap();

    acme.admin
        .get(&format!("/v1/records/task/{task}/files/{file}"))
        .await
        .problem(404, "not-found");

    // Robots alone attach a file to a second record, so there is no route to do it by.
    let tenant = TenantId::try_from(acme.id.clone()).unwrap();
    let (from, to) = (RecordRef::new("deal", &deal), RecordRef::new("task", &task));
    let author = stagewright_core::context::Actor::System;
    let command = api.service.begin(
        tenant,
        author,
        &["attach"],
        "test",
        stagewright_server::service::Wishes::default(),
    );
    api.service
        .execute(&command, |tx, ctx| decide(tx, ctx, &from, &to, &Files::All))
        .await
        .unwrap();

    acme.admin.delete(&format!("/v1/records/deal/{deal}")).await.expect(204);
    acme.admin.get(&format!("/v1/records/task/{task}/files/{file}")).await.expect(200);
    acme.admin
        .get(&format!("/v1/records/deal/{deal}/files/{file}"))
        .await
        .problem(404, "not-found");
    acme.admin
        .get(&format!("/v1/records/deal/{stranger}/files/{file}"))
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn a_repeated_upload_is_one_file_and_nonsense_is_refused() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let path = format!("/v1/records/deal/{}/files", acme.deal("Roof").await);

    let once = acme.admin.once("upload");
    let send =
        async |bytes: &[u8]| once.send_raw("POST", &format!("{path}?name=a"), bytes.to_vec()).await;

    let first: Value = send(PNG).await.expect(201);
    assert_eq!(send(PNG).await.expect(201), first);
    send(b"other").await.problem(422, "idempotency.other-body");
    assert_eq!(acme.admin.get(&path).await.items().len(), 1);

    let raw = async |path: String, bytes: Vec<u8>| acme.admin.send_raw("POST", &path, bytes).await;
    raw(path.clone(), PNG.to_vec()).await.problem(422, "request.missing-field");
    assert_eq!(
        raw(format!("{path}?name=a%2Fb"), PNG.to_vec()).await.problem(422, "file.invalid")["field"],
        "name"
    );
    raw(format!("{path}?name=a"), vec![0; (16 << 20) + 1]).await.problem(413, "request.too-large");
    raw("/v1/records/deal/nothing/files?name=a".into(), PNG.to_vec())
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn no_bytes_are_kept_of_a_file_that_is_refused() {
    let api = Api::start().await;
    let acme = api.tenant("Acme").await;
    acme.pipeline().await;
    let path = format!("/v1/records/deal/{}/files", acme.deal("Roof").await);

    let kept = |bytes: &[u8]| api.service.files.get(&hex::encode(Sha256::digest(bytes))).is_some();
    let raw = async |name: &str, bytes: &[u8]| {
        acme.admin.send_raw("POST", &format!("{path}?name={name}"), bytes.to_vec()).await
    };

    raw("a%2Fb", b"misnamed").await.problem(422, "file.invalid");
    assert!(!kept(b"misnamed"));

    for _ in 1..FILES_MAX {
        raw("a", PNG).await.expect(201);
    }

    let last = acme.admin.once("last");
    let send_last = async || {
        last.send_raw("POST", &format!("{path}?name=z"), b"last".to_vec()).await.expect(201)
    };
    let first = send_last().await;
    assert!(kept(b"last"));

    raw("a", b"too many").await.problem(409, "file.too-many");
    assert!(!kept(b"too many"));

    // A repeated request is no further file.
    assert_eq!(send_last().await, first);
}
