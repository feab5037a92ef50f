//! What a channel may put into a request.

use stagewright_core::outside::{ConnectError, SecretValues};
use stagewright_core::seams::Connector;

use super::{Server, allowing, not_sent, sealed, with_header};

#[tokio::test]
async fn a_header_cannot_carry_another_header_or_request() {
    let server = Server::well().await;
    let connector = allowing(&["127.0.0.1"]);

    for (name, value) in [
        ("X-Tag", "a\r\nX-Admin: yes"),
        ("X-Tag", "a\nX-Admin: yes"),
        ("X-Tag", "a\r\n\r\nGET / HTTP/1.1"),
        ("X-Tag", "a\0b"),
        ("X-Tag\r\nX-Admin", "yes"),
        ("X-Tag: a\r\nX-Admin", "yes"),
        ("X Tag", "a"),
        ("", "a"),
    ] {
        let answer = connector.send(with_header(&server.url(), name, value)).await;
        assert_eq!(not_sent(answer), ("connector.bad-request", false), "{name:?} {value:?}");
    }

    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn where_a_request_goes_and_ends_is_for_the_host_to_say() {
    let server = Server::well().await;

    for (name, value) in [
        ("Host", "inside.example"),
        ("content-length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Proxy-Authorization", "Basic eA=="),
        ("Expect", "100-continue"),
    ] {
        let answer = allowing(&["127.0.0.1"]).send(with_header(&server.url(), name, value)).await;
        assert_eq!(not_sent(answer), ("connector.bad-request", false), "{name}");
    }

    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn methods_that_open_tunnels_or_are_none_are_refused() {
    let server = Server::well().await;

    for method in ["CONNECT", "TRACE", "get", "POST / HTTP/1.1\r\nX: y\r\n\r\nGET", ""] {
        let mut request = sealed(&server.url());
        request.request.method = method.to_owned();
        assert_eq!(
            not_sent(allowing(&["127.0.0.1"]).send(request).await),
            ("connector.bad-request", false),
            "{method:?}"
        );
    }

    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn a_secret_with_a_line_end_is_refused_and_not_shown() {
    let server = Server::well().await;
    let mut request = with_header(&server.url(), "Authorization", "Bearer {{secret:token}}");
    request.secrets =
        SecretValues([("token".to_owned(), "s3cret\r\nX-Admin: yes".to_owned())].into());

    let Err(ConnectError::NotSent { reason, code, .. }) =
        allowing(&["127.0.0.1"]).send(request).await
    else {
        panic!("sent")
    };

    assert_eq!((code, reason.contains("s3cret")), ("connector.bad-request", false), "{reason}");
    assert!(reason.contains("`authorization`"), "{reason}");
    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn a_line_end_in_an_address_ends_no_line() {
    let server = Server::well().await;
    let mut request = sealed(&server.url());
    request.request.url.push_str("?x=\r\nX-Admin: yes\r\n\r\n");
    allowing(&["127.0.0.1"]).send(request).await.unwrap();

    assert!(
        server.asked()[0].starts_with("POST /messages?x=X-Admin:%20yes HTTP/1.1\r\n"),
        "{:?}",
        server.asked()
    );
}

#[tokio::test]
async fn a_missing_secret_is_named_and_nothing_is_sent() {
    let server = Server::well().await;
    let answer = allowing(&["127.0.0.1"])
        .send(with_header(&server.url(), "Authorization", "{{secret:token}}"))
        .await;

    assert_eq!(not_sent(answer), ("secret.missing", false));
    assert_eq!(server.asked().len(), 0);
}
