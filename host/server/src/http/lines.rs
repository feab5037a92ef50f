//! `/v1/lines`: open lines, what clients write to and who answers.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use stagewright_core::command::put_line;
use stagewright_core::model::channel::{Creates, Line};

use super::answer::{Answer, Json, Versioned};
use super::auth::Caller;
use super::body::Nothing;
use super::page::{Items, PageQuery};
use super::params::{Asked, Ids};
use super::replace::Replace;
use super::state::App;

/// An open line as clients write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineBody {
    /// As in the path, if it is there.
    #[serde(default)]
    id: String,
    /// Name for people.
    name: String,
    /// What a new session creates.
    #[serde(default)]
    creates: Creates,
    /// The pipeline that the new item enters.
    #[serde(default)]
    pipeline: Option<String>,
    /// Who is responsible for it; else the first active employee of the queue.
    #[serde(default)]
    default_responsible: Option<String>,
    /// The calendar of those who work on it; the tenant's where there is none.
    #[serde(default)]
    calendar: Option<String>,
    /// The employees who work on the line, in order.
    #[serde(default)]
    queue: Vec<String>,
}

/// An open line as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct LineView {
    id: String,
    name: String,
    creates: Creates,
    #[serde(skip_serializing_if = "Option::is_none")]
    pipeline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_responsible: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calendar: Option<String>,
    queue: Vec<String>,
    version: u64,
}

impl From<LineBody> for Line {
    fn from(body: LineBody) -> Self {
        let LineBody { id, name, creates, pipeline, default_responsible, calendar, queue } = body;
        Self { id, name, creates, pipeline, default_responsible, calendar, queue }
    }
}

impl LineView {
    fn of(line: Line, version: u64) -> Self {
        let Line { id, name, creates, pipeline, default_responsible, calendar, queue } = line;
        Self { id, name, creates, pipeline, default_responsible, calendar, queue, version }
    }
}

/// `GET /v1/lines`: lists open lines by id.
pub(super) async fn list_lines(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<LineView>> {
    let found = app.service.lines(caller.tenant(), &asked.page()?).await?;

    let views = found.rows.into_iter().map(|(_, line, version)| LineView::of(line, version));
    Ok(Items::new(views, found.next))
}

/// `GET /v1/lines/{id}`: shows an open line. Its version is the `ETag`.
pub(super) async fn show_line(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer<Versioned<LineView>> {
    let (line, version) = app.service.line(caller.tenant(), &id).await?;
    Ok(Json::ok(&LineView::of(line, version)).versioned())
}

/// `PUT /v1/lines/{id}`: creates or replaces an open line; with `If-Match` only where it is still
/// at that version.
pub(super) async fn put_line(request: Replace) -> Answer<Versioned<LineView>> {
    let view = |_: &_, _: &_, line, version| LineView::of(line, version);
    request.with::<LineBody, _, _>(&["version"], put_line::decide, view).await
}
