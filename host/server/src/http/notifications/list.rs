//! `GET /v1/notifications`

use axum::extract::State;
use serde::Deserialize;

use stagewright_core::model::notification::Notification;

use super::view;
use crate::http::answer::Answer;
use crate::http::auth::Caller;
use crate::http::page::{listed, page};
use crate::http::params::Asked;
use crate::http::state::App;
use crate::service::Order;

/// Whose, and which page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NotificationQuery {
    limit: Option<usize>,
    cursor: Option<String>,
    user: Option<String>,
    unread: Option<bool>,
}

/// Lists an employee's notifications, newest first: the token's own, or those of `user` where the
/// token is nobody's own.
pub(in crate::http) async fn list_notifications(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<NotificationQuery>,
) -> Answer {
    let user = caller.acting_user(asked.user.as_deref())?;
    let page = page(asked.limit, asked.cursor.as_deref())?;

    let prefix = Notification::range(caller.tenant(), &user);
    let wanted =
        |one: &Notification| asked.unread.is_none_or(|unread| unread == one.read_at.is_none());
    let found =
        app.service.list::<Notification>(&prefix, &page, Order::NewestFirst, wanted).await?;

    Ok(listed(found.rows.iter().map(|(_, one, _)| view(one)).collect(), found.next))
}
