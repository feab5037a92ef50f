//! What all servers share: every request is recorded, then answered as its script says or as
//! usual.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use stagewright_core::outside::{Header, Reply};

use super::record::Received;
use super::reply::{header, plain};
use super::script::Script;
use super::state::Shared;
use super::wire::{Wire, Wires};
use super::{gateway, meta, ordinary};

/// Largest body that is read; Meta takes more, the host never sends it.
const BODY_BYTES_MAX: usize = 8 << 20;

/// Serves until the other end of `stopped` is gone.
pub(super) fn serve(listener: TcpListener, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    let service = Router::new()
        .fallback(answer)
        .with_state(shared)
        .into_make_service_with_connect_info::<Wire>();

    let server = axum::serve(Wires(listener), service).with_graceful_shutdown(async move {
        // The sender is never used; it is dropped with the stand-in.
        let _gone = stopped.await;
    });

    tokio::spawn(async move { server.await.ok() });
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response {
    let Some(received) = read(&shared, request).await else {
        return respond(plain(413, "the body is too large"));
    };

    // Number and script are taken together, so that requests at once have their scripts in their
    // order.
    let (number, script) = {
        let mut state = shared.lock();
        let script = state.scripts.pop_front().unwrap_or(Script::Usual);
        (state.record.note(received.clone()), script)
    };

    let reply = match &script {
        // Nobody gets this: the connection is cut below.
        Script::LoseRequest => plain(500, ""),
        scripted => scripted.instead(number).unwrap_or_else(|| usual(&shared, &received)),
    };
    // Told before a late answer waits, since this says that something was done and not that it was
    // answered.
    shared.arrived.send_modify(|arrived| *arrived += 1);

    match script {
        Script::Late(ms) => {
            let until = shared.now().plus_ms(ms);
            // Noted before it waits, so that whoever moves the clock stops at this moment.
            shared.late.send_modify(|late| late.extend([(number, until)]));
            shared.clock.wait_until(until).await;
            shared.late.send_modify(|late| late.retain(|other, _| *other != number));
        }
        Script::LoseAnswer | Script::LoseRequest => {
            wire.cut();
            return respond(reply);
        }
        Script::Usual | Script::Status { .. } | Script::Error { .. } => {}
    }

    shared.lock().record.answered(number, reply.status);
    respond(reply)
}

async fn read(shared: &Shared, request: Request) -> Option<Received> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX).await.ok()?;
    let headers = head.headers.iter();
    let headers = headers
        .map(|(name, value)| header(name.as_str(), String::from_utf8_lossy(value.as_bytes())))
        .collect();

    Some(Received {
        number: 0,
        at: shared.now(),
        method: head.method.as_str().to_owned(),
        target: head.uri.path_and_query().map_or_else(String::new, ToString::to_string),
        headers,
        body: body.to_vec(),
        status: None,
    })
}

fn usual(shared: &Shared, request: &Received) -> Reply {
    let path = request.target.split('?').next().unwrap_or("").trim_matches('/');
    let segments: Vec<&str> = path.split('/').collect();

    match segments.as_slice() {
        ["json", ..] => gateway::answer(shared, request),
        ["server", ..] => ordinary::answer(shared, request),
        segments => meta::answer(shared, request, segments),
    }
}

fn respond(reply: Reply) -> Response {
    let mut response = Response::builder().status(reply.status);
    for Header { name, value } in &reply.headers {
        response = response.header(name, value);
    }
    // All statuses and headers are our own but a scripted status, and a test that scripts none sees
    // an empty 200.
    response.body(Body::from(reply.body)).unwrap_or_default()
}
