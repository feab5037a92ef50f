//! A request's circumstances: its id, and the command that it becomes.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use stagewright_core::command::require_link;
use stagewright_core::context::{Actor, AutomationMode, OpContext};
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::tx::{Halt, Tx};

use super::answer::Json;
use super::auth::Caller;
use super::error::Problem;
use super::params::bad_query;
use super::state::HttpState;
use crate::service::{Command, Once, Wishes};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Longest request id that is taken over from a client, in characters.
const REQUEST_ID_CHARS_MAX: usize = 128;
/// Longest idempotency key, in characters.
const KEY_CHARS_MAX: usize = 200;

/// The id under which a request is found in logs.
#[derive(Clone, Debug)]
pub(super) struct RequestId(pub(super) Arc<str>);

/// The outermost layer: gives the request its id, writes out a problem, and names the id in the
/// answer.
pub(super) async fn frame(mut request: Request, next: Next) -> Response {
    let id = RequestId(request_id(request.headers()).into());
    let method = request.method().clone();
    request.extensions_mut().insert(id.clone());

    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = problem.render(response, &id.0);
    }

    tracing::debug!(request_id = %id.0, %method, status = response.status().as_u16(), "answered");
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The client's id where it is plain enough for a log, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let plain = |id: &&str| {
        let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':');
        (1..=REQUEST_ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(known)
    };

    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(plain);
    given.map_or_else(|| chance().unwrap_or_else(|_| "no-randomness".to_owned()), str::to_owned)
}

/// 16 random bytes as text.
fn chance() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| Failure::Stopped(e.to_string()))?;
    Ok(hex::encode(bytes))
}

/// What the query of a write may say. Bodies have the same two fields, which win.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WishQuery {
    automation: Option<AutomationMode>,
    on_behalf_of: Option<String>,
}

/// A request that changes something.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// Who asks.
    pub(super) caller: Caller,
    request_id: Arc<str>,
    /// Method and path.
    route: String,
    /// Where to; its query is part of what is asked.
    uri: Uri,
    /// The client's `Idempotency-Key`, on a POST.
    key: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let id = parts.extensions.get::<RequestId>().cloned();
        let RequestId(request_id) =
            id.ok_or_else(|| Problem::internal("a handler runs outside the request frame"))?;

        let key =
            if parts.method == Method::POST { idempotency_key(&parts.headers)? } else { None };

        Ok(Self {
            caller,
            request_id,
            route: format!("{} {}", parts.method, parts.uri.path()),
            uri: parts.uri.clone(),
            key,
        })
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };

    let plain = |key: &&str| {
        (1..=KEY_CHARS_MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
    };
    let key = value.to_str().ok().filter(plain);

    let detail = format!("an Idempotency-Key has 1 to {KEY_CHARS_MAX} visible ASCII characters");
    key.map(|key| Some(key.to_owned()))
        .ok_or_else(|| Problem::malformed("idempotency.bad-key", detail))
}

/// A request that changes something and whose sender has no token: its address holds what opens the
/// door.
#[derive(Clone, Debug)]
pub(super) struct Unnamed {
    request_id: Arc<str>,
    route: String,
    uri: Uri,
    key: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Unnamed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let id = parts.extensions.get::<RequestId>().cloned();
        let RequestId(request_id) =
            id.ok_or_else(|| Problem::internal("a handler runs outside the request frame"))?;

        let key = idempotency_key(&parts.headers)?;
        // The address holds a key, so it is hashed before it is used for anything.
        let route = hash(&[parts.method.as_str().as_bytes(), parts.uri.path().as_bytes()]);

        Ok(Self { request_id, route, uri: parts.uri.clone(), key })
    }
}

impl Unnamed {
    /// Carries the request out in `tenant`'s space under the sender's `name`, once for its
    /// idempotency key. Whoever calls this has let the sender in.
    ///
    /// # Errors
    /// [`Problem`].
    pub(super) async fn carry_out(
        &self,
        app: &HttpState,
        tenant: TenantId,
        name: &str,
        body: &[u8],
        decision: impl Fn(&mut Tx<'_>, &OpContext) -> Result<(u16, Value), Halt> + Send + Sync,
    ) -> Result<(u16, Value), Problem> {
        // Without a key every request is one of its own, so chance makes its ids.
        let last = self.key.clone().map_or_else(chance, Ok)?;

        let actor = Actor::Client { name: name.to_owned() };
        let command = app.service.begin(
            tenant,
            actor,
            &[name, &self.route, &last],
            &self.request_id,
            Wishes::default(),
        );

        let once = self.key.as_ref().map(|key| Once {
            credential: name.to_owned(),
            route: self.route.clone(),
            key: hash(&[key.as_bytes()]),
            body_hash: hash(&[self.uri.query().unwrap_or_default().as_bytes(), body]),
        });

        Ok(app.service.execute_once(&command, once.as_ref(), decision).await?)
    }
}

/// SHA-256 of parts that do not run into each other: none but the last can hold a zero byte.
fn hash(parts: &[&[u8]]) -> String {
    let hash =
        parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part).chain_update([0]));
    hex::encode(hash.finalize())
}

impl Call {
    /// The wishes of the query under those of the body.
    ///
    /// # Errors
    /// Those of a query that says anything else.
    pub(super) fn wishes(
        &self,
        automation: Option<AutomationMode>,
        on_behalf_of: Option<String>,
    ) -> Result<Wishes, Problem> {
        let Query(asked) = Query::<WishQuery>::try_from_uri(&self.uri)
            .map_err(|rejection| bad_query(&rejection))?;

        let wishes = Wishes {
            automation: automation.or(asked.automation).unwrap_or_default(),
            on_behalf_of: on_behalf_of.or(asked.on_behalf_of),
        };

        self.caller.may_wish(&wishes)?;
        Ok(wishes)
    }

    /// Stamps the command in `tenant`'s space. With an idempotency key the request always makes the
    /// same ids.
    ///
    /// # Errors
    /// [`Failure::Stopped`] on a machine without randomness.
    pub(super) fn begin(
        &self,
        app: &HttpState,
        tenant: TenantId,
        wishes: Wishes,
    ) -> Result<Command, Failure> {
        let credential = self.caller.credential();
        let random;
        let last = match &self.key {
            Some(key) => key,
            None => {
                random = chance()?;
                &random
            }
        };

        // Token and route are part of it, so the same key from somebody else or elsewhere makes
        // other ids.
        let seed = [credential.token.id.as_str(), &self.route, last];
        Ok(app.service.begin(tenant, credential.actor(), &seed, &self.request_id, wishes))
    }

    /// What makes this request the same as another one. Route and key are hashed, because a row's
    /// key has to stay short.
    pub(super) fn once(&self, body: &[u8]) -> Option<Once> {
        let key = self.key.as_ref()?;
        Some(Once {
            credential: self.caller.token().id.clone(),
            route: hash(&[self.route.as_bytes()]),
            key: hash(&[key.as_bytes()]),
            body_hash: hash(&[self.uri.query().unwrap_or_default().as_bytes(), body]),
        })
    }

    /// Carries the request out in the caller's tenant, once for its idempotency key, and gives the
    /// answer: that of `decision`, or of the time when the same request first came.
    ///
    /// # Errors
    /// As [`Call::carry_out`].
    pub(super) async fn answer<T>(
        &self,
        app: &HttpState,
        body: &[u8],
        wishes: Wishes,
        decision: impl Fn(&mut Tx<'_>, &OpContext) -> Result<Json<T>, Halt> + Send + Sync,
    ) -> Result<Json<T>, Problem> {
        let decision = |tx: &mut Tx<'_>, ctx: &OpContext| Ok(decision(tx, ctx)?.into_parts());
        let (status, body) = self.carry_out(app, body, wishes, decision).await?;
        Ok(Json::kept(status, body))
    }

    /// Carries the request out in the caller's tenant, once for its idempotency key, and gives
    /// status and answer.
    ///
    /// # Errors
    /// [`Problem`]; `record.dangling-link` where it is done on behalf of somebody who does not
    /// exist.
    pub(super) async fn carry_out(
        &self,
        app: &HttpState,
        body: &[u8],
        wishes: Wishes,
        decision: impl Fn(&mut Tx<'_>, &OpContext) -> Result<(u16, Value), Halt> + Send + Sync,
    ) -> Result<(u16, Value), Problem> {
        let command = self.begin(app, self.caller.tenant(), wishes)?;

        let decision = |tx: &mut Tx<'_>, ctx: &OpContext| {
            if let Some(user) = &ctx.on_behalf_of {
                require_link(tx, ctx, "user", user, "on_behalf_of")?;
            }
            decision(tx, ctx)
        };

        Ok(app.service.execute_once(&command, self.once(body).as_ref(), decision).await?)
    }
}
