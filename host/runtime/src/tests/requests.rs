//! Requests that robots send while they run: with a key that every attempt repeats, to servers that
//! were granted.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use stagewright_connector::{EgressRule, HttpConnector};
use stagewright_core::call::{Blame, CallLimits};
use stagewright_core::outside::{ConnectError, Response};

use super::effects::{code, import, run, run_in};
use super::guests::{Import, Takes};
use super::host::{host, host_sending, scope_granting};

const FETCH: Import = import("http/http", "fetch", Takes::Request, "$response1");

#[tokio::test]
async fn a_request_leaves_at_once_with_a_key_that_every_attempt_repeats() {
    let host = host();

    for _ in 0..2 {
        let answer = run(
            &host,
            FETCH,
            "https://api.example/orders?key=s3cret",
            &["http.send:api.example"],
            1,
        )
        .await;

        assert!(answer.outcome.is_ok(), "{:?}", answer.outcome);
        assert_eq!(answer.log[0].message, "POST https://api.example/orders: answered 200");
        assert_eq!(answer.scope.into_recorded().effects, ["POST https://api.example/orders: 200"]);
    }

    let sent = host.recording.sent();
    let keys: Vec<&str> = sent.iter().map(|request| request.headers[0].value.as_str()).collect();

    assert_eq!(
        (sent[0].headers[0].name.as_str(), keys),
        ("Idempotency-Key", vec!["run-1/step-1/0"; 2])
    );
}

#[tokio::test]
async fn a_step_that_a_person_has_run_again_asks_with_another_key() {
    let host = host();

    for known_as in ["run-1/step-1", "run-1/step-1/1"] {
        let scope = scope_granting(&["http.send:api.example"], &CallLimits::ROBOT)
            .for_step("run-1", "step-1", known_as, None);

        run_in(&host, FETCH, "https://api.example/", scope).await.outcome.unwrap();
    }

    let sent = host.recording.sent();
    let keys: Vec<&str> = sent.iter().map(|request| request.headers[0].value.as_str()).collect();

    assert_eq!(keys, ["run-1/step-1/0", "run-1/step-1/1/0"]);
}

#[tokio::test]
async fn a_call_that_is_made_again_gets_the_answer_that_it_got_before() {
    let host = host();
    let scope = || scope_granting(&["http.send:api.example"], &CallLimits::ROBOT);

    let first = run_in(&host, FETCH, "https://api.example/", scope()).await.scope.into_recorded();
    let again = run_in(
        &host,
        FETCH,
        "https://api.example/",
        scope().with_answered(first.exchanges.clone()),
    )
    .await;

    assert!(again.outcome.is_ok(), "{:?}", again.outcome);
    let again = again.scope.into_recorded();
    assert_eq!(
        (again.sent, again.exchanges, again.effects),
        (false, first.exchanges.clone(), first.effects)
    );

    let otherwise =
        run_in(&host, FETCH, "https://api.example/other", scope().with_answered(first.exchanges))
            .await;

    assert!(otherwise.scope.into_recorded().sent);
    assert_eq!(host.recording.sent().len(), 2);
}

#[tokio::test]
async fn a_server_that_is_not_granted_is_not_asked() {
    let host = host();

    for scopes in [
        &[][..],
        &["http.send:other.example"],
        &["http.send:api.example:8443"],
        &["http.send:example"],
    ] {
        assert_eq!(
            code(&host, FETCH, "https://api.example/", scopes).await,
            "plugin.permission-denied",
            "{scopes:?}"
        );
    }

    assert_eq!(
        code(&host, FETCH, "https://api.example:8443/", &["http.send:api.example"]).await,
        "plugin.permission-denied"
    );
    assert_eq!(code(&host, FETCH, "ftp://api.example/", &["http.send:*"]).await, "plugin.invalid");

    assert!(host.recording.sent().is_empty());

    for scopes in [&["http.send:*"], &["http.send:api.example:8443"]] {
        assert_eq!(
            code(&host, FETCH, "https://API.example:8443/", scopes).await,
            "ok",
            "{scopes:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_may_be_asked_for_again() {
    let host = host();

    let asked = async |answer: Result<Response, ConnectError>| {
        host.recording.answer_next(answer);
        run(&host, FETCH, "https://api.example/", &["http.send:*"], 1).await
    };

    for (error, code, blame) in [
        (
            ConnectError::Unknown("no answer came in time".to_owned()),
            "plugin.unavailable",
            Blame::Remote,
        ),
        (
            ConnectError::NotSent {
                code: "connector.no-connection",
                reason: "x".to_owned(),
                retry: true,
            },
            "plugin.unavailable",
            Blame::Remote,
        ),
        (
            ConnectError::NotSent {
                code: "egress.private-address",
                reason: "x".to_owned(),
                retry: false,
            },
            "plugin.invalid",
            Blame::Caller,
        ),
        (ConnectError::AnswerTooLarge(1), "plugin.limit-exceeded", Blame::Remote),
    ] {
        let said = error.to_string();
        let answer = asked(Err(error)).await;
        let failure = answer.outcome.unwrap_err();

        assert_eq!((failure.code.as_str(), failure.blame), (code, blame));
        assert_eq!(answer.log[0].message, format!("POST https://api.example/: {said}"));
    }
}

/// A server that answers one request with 204; gives what it was sent.
async fn server() -> (u16, tokio::task::JoinHandle<String>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        String::from_utf8(request).unwrap()
    });

    (port, served)
}

#[tokio::test]
async fn a_request_reaches_a_real_server() {
    let rule = EgressRule { allow_private: ["127.0.0.1".to_owned()].into() };
    let host = host_sending(Arc::new(HttpConnector::new(rule).unwrap()));
    let (port, served) = server().await;

    let grant = format!("http.send:127.0.0.1:{port}");
    let answer = run(&host, FETCH, &format!("http://127.0.0.1:{port}/orders"), &[&grant], 1).await;

    assert!(answer.outcome.is_ok(), "{:?}", answer.outcome);
    let request = served.await.unwrap();
    assert!(request.starts_with("POST /orders HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("idempotency-key: run-1/step-1/0\r\n"), "{request}");
}

#[tokio::test]
async fn a_private_address_is_not_asked_whatever_was_granted() {
    let host = host_sending(Arc::new(HttpConnector::new(EgressRule::default()).unwrap()));
    let (port, _served) = server().await;

    let failure = run(&host, FETCH, &format!("https://127.0.0.1:{port}/"), &["http.send:*"], 1)
        .await
        .outcome
        .unwrap_err();

    assert_eq!(failure.code, "plugin.invalid");
}
