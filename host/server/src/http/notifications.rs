//! `/v1/notifications`: what employees are told inside the CRM.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use stagewright_core::command::notify;
use stagewright_core::model::notification::Notification;
use stagewright_core::model::record::RecordRef;
use stagewright_core::time::Timestamp;

use super::answer::{Answer, Json};
use super::auth::Caller;
use super::body::Body;
use super::context::Call;
use super::page::{Items, page};
use super::params::{Asked, Ids};
use super::state::App;

/// Whose, and which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotificationQuery {
    limit: Option<usize>,
    cursor: Option<String>,
    user: Option<String>,
    unread: Option<bool>,
}

/// Whose it is; an employee's token says it already.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadBody {
    user: Option<String>,
}

/// A notification as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct NotificationView {
    id: String,
    to: String,
    at: Timestamp,
    text: String,
    item: Option<RecordRef>,
    author: Option<String>,
    read_at: Option<Timestamp>,
    /// The path of the record it is about.
    link: Option<String>,
}

impl NotificationView {
    fn of(notification: Notification) -> Self {
        let Notification { id, to, at, text, item, author, read_at } = notification;
        let link = item.as_ref().map(|item| format!("/v1/records/{}/{}", item.kind, item.id));
        Self { id, to, at, text, item, author, read_at, link }
    }
}

/// `GET /v1/notifications`: lists an employee's notifications, newest first: the token's own, or
/// those of `user` where the token is nobody's own.
pub(super) async fn list_notifications(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<NotificationQuery>,
) -> Answer<Items<NotificationView>> {
    let user = caller.acting_user(asked.user.as_deref())?;
    let page = page(asked.limit, asked.cursor.as_deref())?;

    let found = app.service.notifications(caller.tenant(), &user, asked.unread, &page).await?;

    Ok(Items::new(found.rows.into_iter().map(|(_, one, _)| NotificationView::of(one)), found.next))
}

/// `POST /v1/notifications/{id}/read`: marks a notification as read.
pub(super) async fn read_notification(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Body { value, raw }: Body<ReadBody>,
) -> Answer<Json<NotificationView>> {
    let user = call.caller.acting_user(value.user.as_deref())?;

    let answer = call.answer(&app, &raw, call.wishes(None, None)?, |tx, ctx| {
        Ok(Json::ok(&NotificationView::of(notify::read(tx, ctx, &user, &id)?)))
    });

    answer.await
}
