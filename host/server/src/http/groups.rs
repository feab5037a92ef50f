//! `/v1/groups`: work groups, people who work on something together.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use stagewright_core::command::put_group;
use stagewright_core::model::group::Group;

use super::answer::{Answer, Json, Versioned};
use super::auth::Caller;
use super::body::Nothing;
use super::page::{Items, PageQuery};
use super::params::{Asked, Ids};
use super::replace::Replace;
use super::state::App;

/// A work group as clients write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupBody {
    /// As in the path, if it is there.
    #[serde(default)]
    id: String,
    /// Name for people.
    name: String,
    /// Its members' user ids.
    #[serde(default)]
    members: Vec<String>,
    /// What it is for.
    #[serde(default)]
    description: String,
}

/// A work group as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct GroupView {
    id: String,
    name: String,
    members: Vec<String>,
    description: String,
    version: u64,
}

impl From<GroupBody> for Group {
    fn from(body: GroupBody) -> Self {
        let GroupBody { id, name, members, description } = body;
        Self { id, name, members, description }
    }
}

impl GroupView {
    fn of(group: Group, version: u64) -> Self {
        let Group { id, name, members, description } = group;
        Self { id, name, members, description, version }
    }
}

/// `GET /v1/groups`: lists work groups by id.
pub(super) async fn list_groups(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<PageQuery>,
) -> Answer<Items<GroupView>> {
    let found = app.service.groups(caller.tenant(), &asked.page()?).await?;

    let views = found.rows.into_iter().map(|(_, group, version)| GroupView::of(group, version));
    Ok(Items::new(views, found.next))
}

/// `GET /v1/groups/{id}`: shows a work group. Its version is the `ETag`.
pub(super) async fn show_group(
    State(app): App,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Ids(id): Ids<String>,
) -> Answer<Versioned<GroupView>> {
    let (group, version) = app.service.group(caller.tenant(), &id).await?;
    Ok(Json::ok(&GroupView::of(group, version)).versioned())
}

/// `PUT /v1/groups/{id}`: creates or replaces a work group; with `If-Match` only where it is still
/// at that version.
pub(super) async fn put_group(request: Replace) -> Answer<Versioned<GroupView>> {
    let view = |_: &_, _: &_, group, version| GroupView::of(group, version);
    request.with::<GroupBody, _, _>(&["version"], put_group::decide, view).await
}
