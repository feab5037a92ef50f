//! What every problem looks like.

use std::sync::Arc;

use serde_json::json;

use stagewright_core::commit::Commit;
use stagewright_core::key::Key;
use stagewright_core::read::{Found, Read};
use stagewright_core::seams::{Later, Store, StoreError};

use crate::support::{Api, Setup};

#[tokio::test]
async fn an_unknown_path_is_a_problem() {
    let api = Api::start().await;
    for path in ["/", "/v1", "/v1/nothing", "/v1/tenants/", "/dev/clock"] {
        api.nobody().get(path).await.problem(404, "request.unknown-path");
    }
}

#[tokio::test]
async fn a_wrong_method_is_a_problem_that_names_the_right_ones() {
    let api = Api::start().await;
    let reply = api.nobody().delete("/v1/records/deal").await;
    reply.problem(405, "request.wrong-method");

    let mut allowed: Vec<&str> = reply.header("allow").split(',').map(str::trim).collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"]);
}

#[tokio::test]
async fn a_request_id_is_taken_over_or_made() {
    let api = Api::start().await;
    let given = api.nobody().with("x-request-id", "trace-7.b:c_1").get("/v1/nothing").await;
    assert_eq!(given.header("x-request-id"), "trace-7.b:c_1");
    given.problem(404, "request.unknown-path");

    let given = api.nobody().with("x-request-id", "trace-8").get("/health/live").await;
    assert_eq!(given.header("x-request-id"), "trace-8");

    let (first, second) =
        (api.nobody().get("/health/live").await, api.nobody().get("/health/live").await);
    assert_eq!(first.header("x-request-id").len(), 32);
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

#[tokio::test]
async fn a_request_id_that_could_forge_a_log_line_is_replaced() {
    let api = Api::start().await;
    let long = "x".repeat(129);

    for strange in ["a b", "a\"b", "", &long] {
        let reply = api.nobody().with("x-request-id", strange).get("/health/live").await;
        assert_eq!(reply.header("x-request-id").len(), 32, "{strange}");
    }
}

#[tokio::test]
async fn a_panic_is_a_problem_that_tells_nothing() {
    let api = Api::start().await;
    let reply = api.platform.send_raw("POST", "/v1/plugins", b"kit panic".to_vec()).await;
    reply.problem(500, "internal");
    assert!(!reply.text.contains("private"), "{}", reply.text);

    api.platform.get("/v1/plugins").await.expect(200);
}

/// A store in trouble.
#[derive(Debug)]
struct Broken {
    inner: Arc<dyn Store>,
    trouble: fn() -> StoreError,
}

impl Store for Broken {
    fn read<'a>(&'a self, reads: &'a [Read]) -> Later<'a, Result<Vec<Found>, StoreError>> {
        self.inner.read(reads)
    }

    fn commit(&self, commit: Commit) -> Later<'_, Result<(), StoreError>> {
        // The first token has to be made.
        let token = commit
            .writes
            .keys()
            .any(|key| key.table() == Some(stagewright_core::key::Table::Token as u8));

        if token {
            self.inner.commit(commit)
        } else {
            Box::pin(std::future::ready(Err((self.trouble)())))
        }
    }

    fn settled(&self) -> Later<'_, Result<(), StoreError>> {
        self.inner.settled()
    }
}

async fn in_trouble(trouble: fn() -> StoreError) -> crate::support::Reply {
    let around = Box::new(move |inner| Arc::new(Broken { inner, trouble }) as Arc<dyn Store>);
    let api = Api::start_with(Setup { around, ..Setup::default() }).await;
    let acme = api.tenant("Acme").await;
    acme.admin.post("/v1/records/contact", json!({"fields": {"name": "Olha"}})).await
}

#[tokio::test]
async fn causes_are_never_shown() {
    let reply =
        in_trouble(|| StoreError::Damaged("row 0xdeadbeef of the secret table".into())).await;
    reply.problem(500, "store.damaged");
    assert!(!reply.text.contains("deadbeef"), "{}", reply.text);

    let reply = in_trouble(|| StoreError::Stopped("/var/lib/private: disk full".into())).await;
    reply.problem(503, "store.stopped");
    assert!(!reply.text.contains("private"), "{}", reply.text);
    assert_eq!(reply.header("retry-after"), "1");
}

#[tokio::test]
async fn too_much_contention_asks_to_come_again() {
    let reply = in_trouble(|| StoreError::Conflict(Key::from_bytes(b"x"))).await;
    reply.problem(503, "store.contended");
    assert_eq!(reply.header("retry-after"), "1");
}
