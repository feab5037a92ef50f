//! `/v1/pipelines`: pipelines, the stages that items move through.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use stagewright_core::command::put_pipeline;
use stagewright_core::model::pipeline::{Pipeline, Semantics, Stage};

use super::answer::{Answer, Json, Versioned};
use super::auth::Caller;
use super::body::Nothing;
use super::page::{Items, PageQuery};
use super::params::{Asked, Ids};
use super::replace::Replace;
use super::state::App;

/// A pipeline as clients write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PipelineBody {
    /// As in the path, if it is there.
    #[serde(default)]
    id: String,
    /// The kind of item that moves through it: `lead` or `deal`.
    kind: String,
    /// Name for people.
    name: String,
    /// The stages, in order; new items enter the first one.
    stages: Vec<StageBody>,
}

/// A pipeline as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct PipelineView {
    id: String,
    kind: String,
    name: String,
    stages: Vec<StageView>,
    version: u64,
}

/// A stage as clients write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StageBody {
    /// Stable id, unique in its pipeline.
    id: String,
    /// Name for people.
    name: String,
    /// What it means.
    #[serde(default)]
    semantics: Semantics,
}

/// A stage as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct StageView {
    id: String,
    name: String,
    semantics: Semantics,
}

impl From<StageBody> for Stage {
    fn from(body: StageBody) -> Self {
        let StageBody { id, name, semantics } = body;
        Self { id, name, semantics }
    }
}

impl StageView {
    fn of(stage: Stage) -> Self {
        let Stage { id, name, semantics } = stage;
        Self { id, name, semantics }
    }
}

impl From<PipelineBody> for Pipeline {
    fn from(body: PipelineBody) -> Self {
        let PipelineBody { id, kind, name, stages } = body;
        Self { id, kind, name, stages: stages.into_iter().map(Into::into).collect() }
    }
}

impl PipelineView {
    fn of(pipeline: Pipeline, version: u64) -> Self {
        let Pipeline { id, kind, name, stages } = pipeline;
        Self { id, kind, name, stages: stages.into_iter().map(StageView::of).collect(), version }
    }
}

/// `GET /v1/pipelines`: lists pipelines by id.
pub(super) async fn list_pipelines(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<PipelineView>> {
    let found = app.service.pipelines(caller.tenant(), &asked.page()?).await?;

    let views =
        found.rows.into_iter().map(|(_, pipeline, version)| PipelineView::of(pipeline, version));
    Ok(Items::new(views, found.next))
}

/// `GET /v1/pipelines/{id}`: shows a pipeline. Its version is the `ETag`.
pub(super) async fn show_pipeline(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer<Versioned<PipelineView>> {
    let (pipeline, version) = app.service.pipeline(caller.tenant(), &id).await?;
    Ok(Json::ok(&PipelineView::of(pipeline, version)).versioned())
}

/// `PUT /v1/pipelines/{id}`: creates or replaces a pipeline; with `If-Match` only where it is still
/// at that version.
pub(super) async fn put_pipeline(request: Replace) -> Answer<Versioned<PipelineView>> {
    let view = |_: &_, _: &_, pipeline, version| PipelineView::of(pipeline, version);
    request.with::<PipelineBody, _, _>(&["version"], put_pipeline::decide, view).await
}
