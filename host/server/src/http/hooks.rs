//! `/hooks`: what providers send. Authenticated by the channel, durable before it is answered.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, TRANSFER_ENCODING, UPGRADE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response as Built, StatusCode, Uri};

use stagewright_core::id::TenantId;
use stagewright_core::outside::{Header, Incoming, Reply};

use super::answer::Answer;
use super::body::{HOOK_BYTES_MAX, Raw};
use super::context::RequestId;
use super::params::{Ids, bad_query};
use super::state::{App, HttpState};
use crate::service::HookProblem;

/// What surrounds the body of a notification.
pub(super) type Head = (Method, Uri, HeaderMap, axum::Extension<RequestId>);

/// `ANY /hooks/{tenant}/{channel}`: takes in a notification sent to the channel's own address.
pub(super) async fn take_in(
    State(app): App,
    Ids((tenant, channel)): Ids<(String, String)>,
    head: Head,
    Raw(body): Raw<HOOK_BYTES_MAX>,
) -> Answer {
    answer(&app, (&tenant, &channel, String::new()), head, body.to_vec()).await
}

/// `ANY /hooks/{tenant}/{channel}/{*path}`: takes in a notification sent to an address below the
/// channel's.
pub(super) async fn take_in_below(
    State(app): App,
    Ids((tenant, channel, path)): Ids<(String, String, String)>,
    head: Head,
    Raw(body): Raw<HOOK_BYTES_MAX>,
) -> Answer {
    answer(&app, (&tenant, &channel, path), head, body.to_vec()).await
}

async fn answer(
    app: &HttpState,
    (tenant, channel, path): (&str, &str, String),
    head: Head,
    body: Vec<u8>,
) -> Answer {
    let (method, uri, headers, axum::Extension(RequestId(request_id))) = head;
    let tenant = TenantId::try_from(tenant.to_owned()).map_err(|_no_id| HookProblem::NotFound)?;
    let Query(query) = Query::try_from_uri(&uri).map_err(|rejection| bad_query(&rejection))?;

    let header = |(name, value): (&HeaderName, &HeaderValue)| Header {
        name: name.as_str().to_owned(),
        value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
    };
    let headers = headers.iter().map(header).collect();
    let incoming = Incoming { method: method.as_str().to_owned(), path, query, headers, body };

    let taken = app.service.hook(tenant, channel, incoming, &request_id).await?;
    tracing::debug!(
        request_id = %request_id, %tenant, channel, taken = taken.taken,
        "notification taken in"
    );
    reply(taken.reply)
}

/// The channel's reply. It comes from a plugin and is served from the address that the console is
/// served from, so a browser is told to treat it as a stranger's.
fn reply(reply: Reply) -> Answer {
    // A status of 1xx announces an answer and is none.
    let status = StatusCode::from_u16(reply.status).ok().filter(|status| status.as_u16() >= 200);
    let status = status.ok_or_else(|| {
        HookProblem::Failed(format!("the channel replied with status {}", reply.status))
    })?;

    let mut built = Built::new(Body::from(reply.body));
    *built.status_mut() = status;
    for header in &reply.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&header.value)) {
            // How the connection is used is between the server and its peer.
            if ![CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE].contains(&name) {
                built.headers_mut().append(name, value);
            }
        }
    }

    built
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    built.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(built)
}
