//! Whom the connector speaks to.

use std::sync::atomic::Ordering;

use stagewright_core::seams::Connector;

use super::{Server, Then, allowing, looking_up, not_sent, post, sealed};

#[tokio::test]
async fn a_private_address_is_refused_unless_an_operator_allows_it_by_name() {
    let server = Server::well().await;
    let https = server.url().replace("http://", "https://");
    assert_eq!(not_sent(post(&allowing(&[]), &https).await), ("egress.private-address", false));
    assert_eq!(
        not_sent(post(&allowing(&["localhost"]), &https).await),
        ("egress.private-address", false)
    );
    assert_eq!(server.asked().len(), 0);

    assert_eq!(post(&allowing(&["127.0.0.1"]), &server.url()).await.unwrap().body, b"ok");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn plain_http_is_for_allowed_hosts_alone() {
    let server = Server::well().await;
    let (connector, asked) = looking_up(&[], &["127.0.0.1"]);
    let url = format!("http://gate.example:{}/", server.address.port());

    assert_eq!(not_sent(post(&connector, &url).await), ("egress.plain-http", false));
    assert_eq!((asked.load(Ordering::SeqCst), server.asked().len()), (0, 0));
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused() {
    let server = Server::well().await;

    for addresses in [
        &["127.0.0.1"][..],
        &["::ffff:127.0.0.1"],
        &["93.184.216.34", "127.0.0.1"],
        &["169.254.169.254"],
        &["0.0.0.0"],
    ] {
        let (connector, _) = looking_up(&[], addresses);
        let url = format!("https://gate.example:{}/", server.address.port());
        assert_eq!(
            not_sent(post(&connector, &url).await),
            ("egress.private-address", false),
            "{addresses:?}"
        );
    }

    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn the_systems_own_names_are_checked_too() {
    let server = Server::well().await;
    let url = format!("https://localhost:{}/", server.address.port());

    assert_eq!(not_sent(post(&allowing(&[]), &url).await), ("egress.private-address", false));
    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn the_address_that_was_checked_is_the_one_that_is_connected_to() {
    let server = Server::well().await;
    // Only this look-up knows the name, so a second one by anybody else would find nothing.
    let (connector, asked) = looking_up(&["gate.example"], &["127.0.0.1"]);
    let port = server.address.port();

    assert_eq!(
        post(&connector, &format!("http://gate.example:{port}/")).await.unwrap().status,
        200
    );

    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(
        server.asked()[0].contains(&format!("host: gate.example:{port}\r\n")),
        "{:?}",
        server.asked()
    );
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_tried_again_later() {
    let (connector, _) = looking_up(&[], &[]);
    assert_eq!(
        not_sent(post(&connector, "https://gate.example/").await),
        ("connector.no-connection", true)
    );
}

#[tokio::test]
async fn another_port_of_a_named_host_is_refused() {
    let server = Server::well().await;
    let mut request = sealed(&server.url());
    request.servers = ["127.0.0.1:1".to_owned()].into();

    assert_eq!(
        not_sent(allowing(&["127.0.0.1"]).send(request).await),
        ("egress.host-not-named", false)
    );
    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let inside = Server::well().await;

    for status in
        ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let answer = format!(
            "HTTP/1.1 {status}\r\nLocation: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            inside.url()
        );
        let server = Server::answering(answer, Then::Close).await;

        let response = post(&allowing(&["127.0.0.1"]), &server.url()).await.unwrap();
        assert!(status.starts_with(&response.status.to_string()), "{status}");
    }

    assert_eq!(inside.asked().len(), 0);
}

#[tokio::test]
async fn what_is_no_address_of_a_server_is_refused() {
    for url in
        ["ftp://127.0.0.1/", "file:///etc/passwd", "unix:/run/x", "gate.example/x", "", "https://"]
    {
        assert_eq!(
            not_sent(post(&allowing(&["127.0.0.1"]), url).await),
            ("egress.bad-address", false),
            "{url}"
        );
    }
}
