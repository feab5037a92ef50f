//! Every function that changes something, asked by real WebAssembly: granted, not granted, and refused by a rule.

use std::sync::Arc;

use stagewright_core::call::{Blame, CallLimits, RobotAnswer, RobotCall};
use stagewright_core::outside::{ConnectError, Response};
use stagewright_core::scope::Scope;
use stagewright_core::seams::Plugins;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::guests::Takes::{Request, TargetAndText, Text};
use super::guests::{Import, Takes, calling};
use super::host::{Host, call, host, host_sending, scope_granting};
use crate::connector::{EgressRule, HttpConnector};

const fn import(interface: &'static str, function: &'static str, takes: Takes, gives: &'static str) -> Import {
    Import { interface, function, takes, gives }
}

const UPDATE: Import = import("records/change", "update", TargetAndText, "");
const MOVE: Import = import("records/change", "move", TargetAndText, "bool");
const ASSIGN: Import = import("records/change", "assign", TargetAndText, "string");
const CREATE: Import = import("work/tasks", "create", Text, "string");
const COMPLETE: Import = import("work/tasks", "complete", Text, "(list string)");
const SCHEDULE: Import = import("work/activities", "schedule", Text, "string");
const HISTORY: Import = import("history/history", "write", Text, "string");
const NOTIFY: Import = import("notify/notify", "send", Text, "(list string)");
const UNTIL: Import = import("wait/wait", "until", Text, "");
const SHIFT: Import = import("calendar/calendar", "shift", Text, "string");
const FETCH: Import = import("http/http", "fetch", Request, "$response1");

/// What is called, the permission it needs, what does it with the words of its effect, and what a rule refuses with which code.
type Case = (Import, &'static str, (&'static str, &'static str), (&'static str, &'static str));

const CASES: [Case; 8] = [
    (UPDATE, "records.write:deal", (r#"{"title":"Wall"}"#, "changed title"), (r#"{"titel":"Wall"}"#, "plugin.invalid")),
    (MOVE, "records.move:deal", ("won", "moved to won"), ("nowhere", "plugin.invalid")),
    (ASSIGN, "records.assign:deal", (r#"{"users":["u1"]}"#, "responsible: Olga"), (r#"{"users":["u9"]}"#, "plugin.conflict")),
    (CREATE, "tasks.create", (r#"{"title":"Call"}"#, "task created: Call"), (r#"{"description":"?"}"#, "plugin.invalid")),
    (COMPLETE, "tasks.complete", ("{}", "tasks completed: 0"), ("[", "plugin.invalid")),
    (
        SCHEDULE,
        "activities.write",
        (r#"{"type":"call","subject":"Call","due":"2026-11-22T12:00:00Z"}"#, "call planned: Call, due 2026-11-22T12:00:00.000Z"),
        (r#"{"type":"walk","subject":"Walk"}"#, "plugin.invalid"),
    ),
    (
        HISTORY,
        "history.write",
        (r#"{"text":"Late","author":"u1"}"#, "history: Late"),
        (r#"{"text":"Late","author":"u9"}"#, "plugin.invalid"),
    ),
    (NOTIFY, "notify.send", (r#"{"to":["u1"],"text":"Look"}"#, "notified: Olga"), (r#"{"to":[],"text":"Look"}"#, "plugin.invalid")),
];

async fn run(host: &Host, import: Import, said: &str, scopes: &[&str], effects: u32) -> RobotAnswer {
    let limits = CallLimits { effects, ..CallLimits::ROBOT };
    run_in(host, import, said, scope_granting(scopes, &limits)).await
}

async fn run_in(host: &Host, import: Import, said: &str, scope: Scope) -> RobotAnswer {
    let guest = calling(import, said);
    host.has(&guest);
    host.runtime.robot(RobotCall { scope, ..call(&guest.hash, CallLimits::ROBOT) }).await
}

async fn code(host: &Host, import: Import, said: &str, scopes: &[&str]) -> String {
    run(host, import, said, scopes, 10).await.outcome.map_or_else(|failure| failure.code, |_| "ok".to_owned())
}

#[tokio::test]
async fn what_is_granted_is_recorded_and_said_in_words() {
    let host = host();
    for (import, permission, (said, words), _) in CASES {
        let answer = run(&host, import, said, &[permission], 10).await;
        assert!(answer.outcome.is_ok(), "{import:?}: {:?}", answer.outcome);
        let recorded = answer.scope.into_recorded();
        assert_eq!(recorded.effects, [words], "{import:?}");
        assert_eq!(recorded.commit.is_empty(), import.function == "complete", "{import:?}");
    }
}

#[tokio::test]
async fn what_is_not_granted_is_denied() {
    let host = host();
    let others: Vec<&str> = CASES.iter().map(|(_, permission, ..)| *permission).collect();
    for (import, permission, (said, _), _) in CASES {
        let others: Vec<&str> = others.iter().copied().filter(|other| other != &permission).collect();
        assert_eq!(code(&host, import, said, &others).await, "plugin.permission-denied", "{import:?}");
    }
}

#[tokio::test]
async fn what_a_rule_refuses_is_refused() {
    let host = host();
    for (import, permission, _, (said, refused)) in CASES {
        assert_eq!(code(&host, import, said, &[permission]).await, refused, "{import:?}");
    }
}

#[tokio::test]
async fn a_call_that_may_have_no_effects_has_none() {
    let host = host();
    for (import, permission, (said, _), _) in CASES {
        let failure = run(&host, import, said, &[permission], 0).await.outcome.unwrap_err();
        assert_eq!(failure.code, "limit.effects", "{import:?}");
    }
}

#[tokio::test]
async fn a_robot_waits_for_the_moment_it_names() {
    let host = host();
    let recorded = run(&host, UNTIL, "2026-11-22T10:00:00Z", &[], 1).await.scope.into_recorded();
    assert_eq!(recorded.until.map(|at| at.to_string()).as_deref(), Some("2026-11-22T10:00:00.000Z"));
    assert_eq!(recorded.effects, ["waits until 2026-11-22T10:00:00.000Z"]);
    for wrong in ["soon", "2036-11-22T10:00:00Z"] {
        assert_eq!(code(&host, UNTIL, wrong, &[]).await, "plugin.invalid", "{wrong}");
    }
}

#[tokio::test]
async fn moments_are_computed_and_what_is_none_is_refused() {
    let host = host();
    for good in ["{}", r#"{"from":"2026-11-22T10:00:00Z","add":"-1d12h","working":"none"}"#] {
        assert_eq!(code(&host, SHIFT, good, &[]).await, "ok", "{good}");
    }
    // There is no calendar to count with.
    for wrong in [r#"{"add":"soon"}"#, r#"{"from":"noon"}"#, r#"{"working":"count"}"#, r#"{"working":"never"}"#, "2h"] {
        assert_eq!(code(&host, SHIFT, wrong, &[]).await, "plugin.invalid", "{wrong}");
    }
}

#[tokio::test]
async fn a_request_leaves_at_once_with_a_key_that_every_attempt_repeats() {
    let host = host();
    for _ in 0..2 {
        let answer = run(&host, FETCH, "https://api.example/orders?key=s3cret", &["http.send:api.example"], 1).await;
        assert!(answer.outcome.is_ok(), "{:?}", answer.outcome);
        assert_eq!(answer.log[0].message, "POST https://api.example/orders: answered 200");
        assert_eq!(answer.scope.into_recorded().effects, ["POST https://api.example/orders: 200"]);
    }
    let sent = host.recording.sent();
    let keys: Vec<&str> = sent.iter().map(|request| request.headers[0].value.as_str()).collect();
    assert_eq!((sent[0].headers[0].name.as_str(), keys), ("Idempotency-Key", vec!["run-1/step-1/0"; 2]));
}

#[tokio::test]
async fn a_step_that_a_person_has_run_again_asks_with_another_key() {
    let host = host();
    for known_as in ["run-1/step-1", "run-1/step-1/1"] {
        let scope = scope_granting(&["http.send:api.example"], &CallLimits::ROBOT).for_step("run-1", "step-1", known_as, None);
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
    let again = run_in(&host, FETCH, "https://api.example/", scope().with_answered(first.exchanges.clone())).await;
    assert!(again.outcome.is_ok(), "{:?}", again.outcome);
    let again = again.scope.into_recorded();
    assert_eq!((again.sent, again.exchanges, again.effects), (false, first.exchanges.clone(), first.effects));
    let otherwise = run_in(&host, FETCH, "https://api.example/other", scope().with_answered(first.exchanges)).await;
    assert!(otherwise.scope.into_recorded().sent);
    assert_eq!(host.recording.sent().len(), 2);
}

#[tokio::test]
async fn a_server_that_is_not_granted_is_not_asked() {
    let host = host();
    for scopes in [&[][..], &["http.send:other.example"], &["http.send:api.example:8443"], &["http.send:example"]] {
        assert_eq!(code(&host, FETCH, "https://api.example/", scopes).await, "plugin.permission-denied", "{scopes:?}");
    }
    assert_eq!(code(&host, FETCH, "https://api.example:8443/", &["http.send:api.example"]).await, "plugin.permission-denied");
    assert_eq!(code(&host, FETCH, "ftp://api.example/", &["http.send:*"]).await, "plugin.invalid");
    assert!(host.recording.sent().is_empty());
    for scopes in [&["http.send:*"], &["http.send:api.example:8443"]] {
        assert_eq!(code(&host, FETCH, "https://API.example:8443/", scopes).await, "ok", "{scopes:?}");
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
        (ConnectError::Unknown("no answer came in time".to_owned()), "plugin.unavailable", Blame::Remote),
        (
            ConnectError::NotSent { code: "connector.no-connection", reason: "x".to_owned(), retry: true },
            "plugin.unavailable",
            Blame::Remote,
        ),
        (
            ConnectError::NotSent { code: "egress.private-address", reason: "x".to_owned(), retry: false },
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

    let failure = run(&host, FETCH, &format!("https://127.0.0.1:{port}/"), &["http.send:*"], 1).await.outcome.unwrap_err();

    assert_eq!(failure.code, "plugin.invalid");
}

#[tokio::test]
async fn a_refusal_that_a_robot_passes_on_is_not_its_fault() {
    let host = host();
    let mut blamed = Vec::new();
    for (import, permission, _, (said, _)) in CASES {
        let failure = run(&host, import, said, &[permission], 10).await.outcome.unwrap_err();
        blamed.push((import.function, failure.blame));
        let ungranted = run(&host, import, said, &[], 10).await.outcome.unwrap_err();
        assert_eq!(ungranted.blame, Blame::Caller, "{import:?}: {}", ungranted.message);
    }
    // What a guest wrote in no JSON is its own fault: nobody's settings say that.
    let own = |function: &str| if function == "complete" { Blame::Plugin } else { Blame::Caller };
    assert!(blamed.iter().all(|(function, blame)| *blame == own(function)), "{blamed:?}");
}
