//! Files in both directions.

use serde_json::{Value, json};

use stagewright_core::outside::{Request, Response};

use super::{ANNA, World, code, header, json_of};

const TYPE: &str = "multipart/form-data; boundary=edge";

fn form(parts: &[&str]) -> String {
    let parts: String = parts.iter().map(|part| format!("--edge\r\n{part}\r\n")).collect();
    format!("{parts}--edge--\r\n")
}

const PRODUCT: &str = "Content-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp";
const KIND: &str = "Content-Disposition: form-data; name=\"type\"\r\n\r\nimage/png";
const FILE: &str = "Content-Disposition: form-data; name=\"file\"; \
    filename=\"roof.png\"\r\nContent-Type: image/png\r\n\r\n--PNG\r\n--\r\n";

async fn upload(world: &World, content_type: &str, body: &str) -> Response {
    let token = format!("Bearer {}", world.standin.options().access_token);
    let headers = vec![header("Authorization", &token), header("Content-Type", content_type)];
    let url = format!("{}/106540352242922/media", world.standin.api_base());
    world.send(Request { method: "POST".into(), url, headers, body: body.into() }).await.unwrap()
}

/// The id of a file that was taken.
async fn uploaded(world: &World) -> String {
    let answer = upload(world, TYPE, &form(&[PRODUCT, KIND, FILE])).await;
    json_of(&answer)["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_uploaded() {
    let world = World::new().await;
    let id = uploaded(&world).await;

    let described = json_of(
        &world
            .get(&format!("{}/{id}?phone_number_id=106540352242922", world.standin.api_base()))
            .await,
    );
    let file = world.get(described["url"].as_str().unwrap()).await;

    assert_eq!(file.body, b"--PNG\r\n--\r\n");
    assert_eq!(
        (&described["mime_type"], &described["file_size"]),
        (&json!("image/png"), &json!(11))
    );
    assert_eq!(described["sha256"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn an_uploaded_file_can_be_sent() {
    let world = World::new().await;
    world.anna_writes();
    let id = uploaded(&world).await;
    let image = |id: &str| {
        json!({
            "messaging_product": "whatsapp", "to": ANNA, "type": "image",
            "image": { "id": id, "caption": "Roof" },
        })
    };

    assert_eq!(world.code(&image(&id)).await, (200, 0));
    assert_eq!(world.code(&image("12345")).await, (400, 131009));
}

#[tokio::test]
async fn a_file_that_a_client_sent_can_be_fetched() {
    let world = World::new().await;
    let notification = world.standin.inbound_file(
        ANNA,
        "Anna",
        "image",
        ("image/jpeg", b"JPG".to_vec()),
        "The roof",
    );
    let body: Value = serde_json::from_slice(&notification.incoming().body).unwrap();
    let image = &body["entry"][0]["changes"][0]["value"]["messages"][0]["image"];

    let described = json_of(
        &world
            .get(&format!("{}/{}", world.standin.api_base(), image["id"].as_str().unwrap()))
            .await,
    );
    let file = world.get(described["url"].as_str().unwrap()).await;

    assert_eq!(
        (&image["caption"], &image["mime_type"]),
        (&json!("The roof"), &json!("image/jpeg"))
    );
    assert_eq!((file.status, file.body.as_slice()), (200, &b"JPG"[..]));
}

#[tokio::test]
async fn the_address_of_a_file_is_good_for_five_minutes() {
    let world = World::new().await;
    let id = uploaded(&world).await;
    let described = json_of(&world.get(&format!("{}/{id}", world.standin.api_base())).await);
    let url = described["url"].as_str().unwrap();

    world.pass(300_000);
    let last_moment = world.get(url).await.status;
    world.pass(1_000);

    assert_eq!((last_moment, world.get(url).await.status), (200, 404));
    assert_eq!(world.get(url.split('?').next().unwrap()).await.status, 404);
}

#[tokio::test]
async fn a_file_is_for_those_with_the_token() {
    let world = World::new().await;
    let id = uploaded(&world).await;
    let described = json_of(&world.get(&format!("{}/{id}", world.standin.api_base())).await);
    let url = described["url"].as_str().unwrap().to_owned();

    let answer = world
        .send(Request { method: "GET".into(), url, headers: Vec::new(), body: Vec::new() })
        .await
        .unwrap();

    assert_eq!(code(&answer), (401, 190));
}

#[tokio::test]
async fn an_upload_that_lacks_something_is_refused() {
    let world = World::new().await;

    for parts in [
        &[KIND, FILE][..],
        &[PRODUCT, KIND],
        &[PRODUCT, KIND, "Content-Disposition: form-data; name=\"file\"\r\n\r\nx"],
    ] {
        assert_eq!(code(&upload(&world, TYPE, &form(parts)).await), (400, 100), "{parts:?}");
    }

    let empty = FILE.replace("--PNG\r\n--\r\n", "");
    assert_eq!(code(&upload(&world, TYPE, &form(&[PRODUCT, KIND, &empty])).await), (400, 131053));
}

#[tokio::test]
async fn a_form_that_does_not_follow_its_boundary_is_refused() {
    let world = World::new().await;
    let good = form(&[PRODUCT, KIND, FILE]);

    for (content_type, body) in [
        ("application/json", good.as_str()),
        ("multipart/form-data", good.as_str()),
        ("multipart/form-data; boundary=other", good.as_str()),
        (TYPE, ""),
        (TYPE, "--edge"),
        (TYPE, "--edge\r\nno end"),
        (TYPE, good.trim_end_matches("--\r\n")),
        (TYPE, "--edge\r\nno head\r\n--edge--\r\n"),
        (TYPE, "--edge\r\nX: y\r\n\r\nno name\r\n--edge--\r\n"),
    ] {
        assert_eq!(
            code(&upload(&world, content_type, body).await),
            (400, 100),
            "{content_type}: {body}"
        );
    }
}
