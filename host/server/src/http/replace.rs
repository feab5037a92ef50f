//! What the PUTs of things that are set up have in common: the whole is written, and answers carry
//! its version.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use stagewright_core::context::OpContext;
use stagewright_core::tx::{Halt, Tx};

use super::answer::{Answer, Json, Versioned, expected};
use super::body::{Body, read_back};
use super::context::Call;
use super::error::Problem;
use super::params::Ids;
use super::state::HttpState;

/// The command that writes a thing under an id: the thing as it is kept, and its version.
type Decide<T> = fn(&mut Tx<'_>, &OpContext, &str, T, Option<u64>) -> Result<(T, u64), Halt>;

/// A request that writes a whole thing under the id in its path.
#[derive(Debug)]
pub(super) struct Replace {
    app: Arc<HttpState>,
    call: Call,
    id: String,
    headers: HeaderMap,
    body: Body<Map<String, Value>>,
}

impl FromRequest<Arc<HttpState>> for Replace {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<HttpState>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let call = Call::from_request_parts(&mut parts, app).await?;
        let Ids(id) = Ids::from_request_parts(&mut parts, app).await?;
        let headers = parts.headers.clone();
        let body = Body::from_request(Request::from_parts(parts, body), app).await?;
        Ok(Self { app: Arc::clone(app), call, id, headers, body })
    }
}

impl Replace {
    /// Creates or replaces the thing that the body describes; with `If-Match` only where it is
    /// still at that version. The fields that `host_only` names may come back as they were
    /// answered.
    pub(super) async fn with<B, T, V>(
        self,
        host_only: &[&str],
        decide: Decide<T>,
        view: impl Fn(&HttpState, &OpContext, T, u64) -> V + Send + Sync,
    ) -> Answer<Versioned<V>>
    where
        B: DeserializeOwned + Into<T>,
        T: Clone + Send + Sync,
        V: Serialize,
    {
        let Self { app, call, id, headers, body: Body { value, raw } } = self;
        let expected = expected(&headers)?;
        let thing: T = read_back::<B>(value, &id, host_only)?.into();

        let answer = call.answer(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
            let (thing, version) = decide(tx, ctx, &id, thing.clone(), expected)?;
            Ok(Json::put(&view(&app, ctx, thing, version), version))
        });

        Ok(answer.await?.versioned())
    }
}
