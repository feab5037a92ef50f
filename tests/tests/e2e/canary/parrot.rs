//! A provider that refuses every request and repeats in its answer what it was sent, each time in
//! another way.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use stagewright_tests::canary::Canary;

/// Starts one, and gives its address and how many ways it has.
pub(crate) async fn start_parrot() -> anyhow::Result<(String, usize)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}/v21.0", listener.local_addr()?);
    let ways: [fn(&Canary) -> Vec<u8>; 7] = [
        |canary| in_error(&canary.value),
        |canary| in_error(&canary.spellings()[2].1),
        |canary| in_error(&canary.spellings()[4].1),
        |canary| in_error(&STANDARD.encode(format!("user:{}", canary.value))),
        // As Meta escapes its JSON.
        |canary| String::from_utf8_lossy(&in_error(&canary.value)).replace('/', "\\/").into_bytes(),
        // No JSON, and not even a text.
        |canary| [b"\xFF bad token ", canary.value.as_bytes()].concat(),
        |canary| format!("<html>{}</html>", canary.spellings()[1].1).into_bytes(),
    ];

    tokio::spawn(async move {
        for way in ways.iter().cycle() {
            let Ok((mut connection, _)) = listener.accept().await else { return };

            let mut request = Vec::new();
            while !request.ends_with(b"}")
                && connection.read_buf(&mut request).await.is_ok_and(|read| read > 0)
            {}

            let request = String::from_utf8_lossy(&request).into_owned();
            let token = request
                .lines()
                .find_map(|line| line.split_once("Bearer "))
                .map_or("nothing", |(_, token)| token);

            let body = way(&Canary::new("", token));
            let head = format!(
                "HTTP/1.1 401 Unauthorized\r\nX-Token: {token}\r\nContent-Length: \
                 {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            connection.write_all(&[head.as_bytes(), &body].concat()).await.ok();
        }
    });

    Ok((base, ways.len()))
}

fn in_error(token: &str) -> Vec<u8> {
    json!({"error": {"message": format!("Bad token {token}"), "code": 190}})
        .to_string()
        .into_bytes()
}
