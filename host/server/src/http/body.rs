//! Request bodies: bounded, and read strictly. A field that is not known is an error, never
//! ignored.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::{Map, Value};

use stagewright_core::model::record::RecordRef;
use stagewright_core::refusal::{Refusal, RefusalKind};

use super::error::Problem;
use super::strict::Strict;

/// Largest JSON body, in bytes.
pub(super) const JSON_BYTES_MAX: usize = 1 << 20;
/// Largest file of automations, in bytes.
pub(super) const IMPORT_BYTES_MAX: usize = 16 << 20;
/// Largest notification of a provider, in bytes.
pub(super) const HOOK_BYTES_MAX: usize = 4 << 20;
/// Largest plugin bundle, in bytes. A Python robot has 18.5 MB.
pub(super) const BUNDLE_BYTES_MAX: usize = 40 << 20;

/// A JSON body, with its bytes for the idempotency receipt. No body at all counts as `{}`.
#[derive(Debug)]
pub(super) struct Body<T> {
    /// What it says.
    pub(super) value: T,
    /// As it came.
    pub(super) raw: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let declared = is_json(request.headers());
        let Raw(raw) = Raw::<JSON_BYTES_MAX>::from_request(request, &()).await?;

        // Judged only now: a request without a body needs no type.
        if !raw.is_empty() && !declared {
            return Err(Problem::unsupported(
                "send JSON, with the header `Content-Type: application/json`",
            ));
        }

        let value = read(if raw.is_empty() { b"{}" } else { &raw })?;
        Ok(Self { value, raw })
    }
}

/// A body or a query that has nothing to say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// A record as bodies name it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordName {
    kind: String,
    id: String,
}

impl From<RecordName> for RecordRef {
    fn from(name: RecordName) -> Self {
        Self { kind: name.kind, id: name.id }
    }
}

/// A body as it came, of at most `MAX` bytes.
#[derive(Debug)]
pub(super) struct Raw<const MAX: usize>(pub(super) Bytes);

impl<S: Send + Sync, const MAX: usize> FromRequest<S> for Raw<MAX> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, _: &S) -> Result<Self, Problem> {
        // Without this axum's own bound of 2 MB would hold, which bundles and imports exceed.
        DefaultBodyLimit::max(MAX).apply(&mut request);
        Bytes::from_request(request, &()).await.map(Self).map_err(|rejection| {
            let cut_off = Problem::malformed(
                "request.incomplete",
                "the connection ended before the whole body had come",
            );
            let too_large = Refusal::new(
                RefusalKind::TooLarge,
                "request.too-large",
                format!("a body here has at most {MAX} bytes"),
            );
            let too_large = Problem::from(too_large);

            // axum tells the two apart only by the status it would answer.
            if rejection.into_response().status() == too_large.status() {
                too_large
            } else {
                cut_off
            }
        })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Reads JSON, naming the field where it does not fit.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // In two steps, so that what is no JSON is told from JSON that does not fit, whose path only
    // the second knows.
    let value = serde_json::from_slice(bytes).map_err(|e| misfit("", &e))?;
    fit(value)
}

fn fit<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(Strict(value))
        .map_err(|e| misfit(&e.path().to_string(), e.inner()))
}

/// Reads the thing `id` that a client got from here, changed and sends back: what only the host
/// sets is left out first.
///
/// # Errors
/// As for any body, and `request.other-id` where the body names another thing than the path.
pub(super) fn read_back<T: DeserializeOwned>(
    mut written: Map<String, Value>,
    id: &str,
    host_only: &[&str],
) -> Result<T, Problem> {
    if let Some(other) = written.get("id").filter(|other| other.as_str() != Some(id)) {
        let message =
            format!("the path is about `{id}`, the body about {other}; leave `id` out of the body");
        return Err(Refusal::invalid("request.other-id", "id", message).into());
    }

    written.retain(|name, _| !host_only.contains(&name.as_str()));
    fit(Value::Object(written))
}

/// What is wrong with JSON, in a client's words.
fn misfit(path: &str, error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    if error.classify() != Category::Data {
        return Problem::malformed("request.malformed", format!("the body is not JSON: {text}"));
    }

    // Where in the text it was helps nobody once the field is named.
    let text = text.split(" at line ").next().unwrap_or_default();
    let outer = if path == "." { "" } else { path };
    let named = text.split('`').nth(1).unwrap_or_default();

    if text.starts_with("unknown field") {
        return Problem::malformed("request.unknown-field", text).at(inside(outer, named));
    }

    let wrong_type = |detail: &str| {
        Problem::from(Refusal::new(RefusalKind::Invalid, "request.wrong-type", detail))
    };

    if text.starts_with("missing field") {
        let refusal = Refusal::invalid(
            "request.missing-field",
            inside(outer, named),
            format!("fill in `{named}`"),
        );
        return refusal.into();
    }

    let text = match text.split_once("expected struct ") {
        // The names of our types are nobody's business.
        Some((found, _)) => &format!("{found}expected a JSON object"),
        None if text.contains("did not match any variant") => {
            "this is in none of the forms that are known here"
        }
        None => text,
    };

    if outer.is_empty() { wrong_type(text) } else { wrong_type(text).at(outer) }
}

/// The path of `name` inside `outer`, which may end with it already.
fn inside(outer: &str, name: &str) -> String {
    if outer.is_empty() || outer == name {
        name.to_owned()
    } else if outer.ends_with(&format!(".{name}")) {
        outer.to_owned()
    } else {
        format!("{outer}.{name}")
    }
}
