//! What a missing, broken or strange answer means.

use tokio::net::TcpListener;

use stagewright_core::outside::{ConnectError, SecretValues};
use stagewright_core::seams::Connector;

use super::{Server, Then, allowing, not_sent, post, sealed, with_header};

/// What is said of a request that may have arrived.
async fn unknown(server: &Server) -> String {
    match post(&allowing(&["127.0.0.1"]), &server.url()).await {
        Err(ConnectError::Unknown(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent_and_it_may_be_tried_again() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);

    assert_eq!(
        not_sent(post(&allowing(&["127.0.0.1"]), &url).await),
        ("connector.no-connection", true)
    );
}

#[tokio::test]
async fn a_connection_that_closes_before_or_within_the_answer_leaves_it_unknown() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";

    for answer in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Le",
        head,
        &format!("{head}ab"),
        chunked,
        "no HTTP at all\r\n\r\n",
    ] {
        let server = Server::answering(answer, Then::Close).await;
        assert_eq!(
            unknown(&server).await,
            "the connection broke before the answer was there",
            "{answer}"
        );

        // One request and no other: nothing is repeated behind the engine's back.
        assert_eq!(server.asked().len(), 1, "{answer}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_leaves_it_unknown() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

    for answer in ["", "HTTP/1.1 200 OK\r\n", head, &format!("{head}ab")] {
        let server = Server::answering(answer, Then::Hold).await;
        let mut request = sealed(&server.url());
        request.timeout_ms = 100;

        let answered = allowing(&["127.0.0.1"]).send(request).await;
        assert_eq!(
            answered,
            Err(ConnectError::Unknown("no answer came in time".into())),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn an_answer_is_whole_or_none() {
    let with_length = |bytes: usize| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\nConnection: close\r\n\r\n{}",
            "x".repeat(bytes)
        )
    };
    let chunked = |bytes: usize| {
        let chunk = format!("{bytes:x}\r\n{}\r\n", "x".repeat(bytes));
        format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: \
             close\r\n\r\n{chunk}0\r\n\r\n"
        )
    };

    for (answer, expected) in [
        (with_length(1_000), Ok(1_000)),
        (chunked(1_000), Ok(1_000)),
        (with_length(1_001), Err(ConnectError::AnswerTooLarge(1_000))),
        (chunked(1_001), Err(ConnectError::AnswerTooLarge(1_000))),
        // Lies about its length: the rest is not waited for.
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_owned()
                + &"x".repeat(2_000),
            Err(ConnectError::AnswerTooLarge(1_000)),
        ),
    ] {
        let server = Server::answering(answer, Then::Hold).await;
        let answered = post(&allowing(&["127.0.0.1"]), &server.url()).await;
        assert_eq!(answered.map(|response| response.body.len()), expected);
    }
}

#[tokio::test]
async fn a_secret_that_the_server_repeats_is_covered_in_headers_and_body() {
    let answer = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: realm=s3cret\r\nContent-Length: \
        12\r\nConnection: close\r\n\r\nno: s3cret !";
    let server = Server::answering(answer, Then::Close).await;
    let mut request = with_header(&server.url(), "Authorization", "Bearer {{secret:token}}");
    request.secrets = SecretValues([("token".to_owned(), "s3cret".to_owned())].into());

    let response = allowing(&["127.0.0.1"]).send(request).await.unwrap();

    assert!(server.asked()[0].contains("authorization: Bearer s3cret\r\n"), "{:?}", server.asked());
    assert_eq!(response.body, b"no: [secret] !");
    assert!(
        response.headers.iter().any(|header| header.value == "realm=[secret]"),
        "{:?}",
        response.headers
    );
}
