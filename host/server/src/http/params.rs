//! Paths and queries, read as strictly as bodies.

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use stagewright_core::model::record::RecordRef;
use stagewright_core::refusal::{Refusal, RefusalKind};

use super::error::Problem;

/// The variable parts of a path. A part that is no text names nothing, so it answers like any other
/// id that is not there.
#[derive(Debug)]
pub(super) struct Ids<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Ids<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = Path::<T>::from_request_parts(parts, state).await;
        found.map(|Path(ids)| Self(ids)).map_err(|_not_text| Refusal::not_found("thing").into())
    }
}

/// A query.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(value) =
            Query::<T>::try_from_uri(&parts.uri).map_err(|rejection| bad_query(&rejection))?;
        Ok(Self(value))
    }
}

/// A query that does not fit.
pub(super) fn bad_query(rejection: &QueryRejection) -> Problem {
    // axum gives one sentence for all that can be wrong, so its words say what it was.
    let text = rejection.body_text();
    let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
    let named = text.split('`').nth(1).unwrap_or_default();

    if text.contains("unknown field") {
        return Problem::malformed("request.unknown-field", text).at(named);
    }
    if text.contains("duplicate field") {
        return Problem::malformed("request.malformed", text).at(named);
    }
    if text.contains("missing field") {
        return Refusal::invalid("request.missing-field", named, format!("fill in `{named}`"))
            .into();
    }

    match text.split_once(": ") {
        Some((field, detail)) => Refusal::invalid("request.wrong-type", field, detail).into(),
        None => Refusal::new(RefusalKind::Invalid, "request.wrong-type", text).into(),
    }
}

/// Reads `kind/id`, as queries name a record.
///
/// # Errors
/// `request.wrong-type`.
pub(super) fn record_ref(field: &str, text: &str) -> Result<RecordRef, Refusal> {
    let parts = text
        .split_once('/')
        .filter(|(kind, id)| !kind.is_empty() && !id.is_empty() && !id.contains('/'));

    let message = "write a record as kind/id, such as deal/01JC0000000000000000000000";
    parts
        .map(|(kind, id)| RecordRef::new(kind, id))
        .ok_or_else(|| Refusal::invalid("request.wrong-type", field, message))
}
