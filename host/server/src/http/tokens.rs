//! `/v1/tokens`: tokens, who may use the API.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use stagewright_core::id::TenantId;
use stagewright_core::model::tenant::{Role, Token};
use stagewright_core::time::Timestamp;

use super::answer::{Answer, Json, NoContent};
use super::auth::Caller;
use super::body::{Body, Nothing};
use super::context::Call;
use super::page::{Items, page};
use super::params::{Asked, Ids};
use super::state::App;
use crate::service::{Made, NewToken, Wishes, tenant_asked, tenant_for};

/// Which tokens to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenQuery {
    /// Whose; the caller's own where absent.
    tenant: Option<String>,
    /// Rows of the page.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Whose token to delete.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeleteQuery {
    /// The tenant; the caller's own where absent.
    tenant: Option<String>,
}

/// A token as clients ask for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenBody {
    /// Name for people.
    name: String,
    /// What it may do.
    role: Role,
    /// The employee it acts as.
    user: Option<String>,
    /// The tenant it is for.
    tenant: Option<String>,
}

/// A token as clients see it: never with its secret or its hash.
#[derive(Debug, Serialize)]
pub(super) struct TokenView {
    id: String,
    name: String,
    /// None for one of the platform's.
    tenant: Option<TenantId>,
    role: Role,
    user: Option<String>,
    created_at: Timestamp,
}

/// A token as whoever made it sees it, once: with its secret.
#[derive(Debug, Serialize)]
pub(super) struct MadeTokenView {
    #[serde(flatten)]
    token: TokenView,
    secret: String,
}

impl TokenView {
    fn of(token: Token) -> Self {
        let Token { id, name, tenant, role, user, created_at, hash: _ } = token;
        let tenant = Some(tenant).filter(|tenant| *tenant != TenantId::PLATFORM);
        Self { id, name, tenant, role, user, created_at }
    }
}

impl MadeTokenView {
    /// The token that was just made.
    pub(super) fn of(made: Made) -> Self {
        let Made { token, secret } = made;
        Self { token: TokenView::of(token), secret }
    }
}

/// `GET /v1/tokens`: lists tokens, newest first: an admin's own tenant's; for a platform admin
/// those of `tenant`, or of the platform.
pub(super) async fn list_tokens(
    State(app): App,
    caller: Caller,
    Asked(asked): Asked<TokenQuery>,
) -> Answer<Items<TokenView>> {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let tenant = tenant_asked(caller.token(), asked.tenant.as_deref())?;
    let found = app.service.tokens(tenant, &page).await?;

    let views = found.rows.into_iter().map(|(_, token, _)| TokenView::of(token));
    Ok(Items::new(views, found.next))
}

/// `POST /v1/tokens`: makes a token. Answers 201 with its secret, which is shown this once and kept
/// nowhere: repeating the request under its `Idempotency-Key` makes no second token and answers 409
/// `idempotency.secret-not-repeatable`.
pub(super) async fn create_token(
    State(app): App,
    call: Call,
    Asked(Nothing {}): Asked<Nothing>,
    Body { value, raw }: Body<TokenBody>,
) -> Answer<Json<MadeTokenView>> {
    let TokenBody { name, role, user, tenant } = value;
    let tenant = tenant_for(call.caller.token(), role, tenant.as_deref())?;
    let new = NewToken { name, tenant, role, user };

    let command = call.begin(&app, tenant, Wishes::default())?;
    let made = app.service.create_token_once(&command, call.once(&raw).as_ref(), &new).await?;
    Ok(Json::created(&MadeTokenView::of(made)))
}

/// `DELETE /v1/tokens/{id}`: deletes a token; the next request with it is refused. A platform admin
/// names the `tenant` whose token it is in the query.
pub(super) async fn delete_token(
    State(app): App,
    call: Call,
    Ids(id): Ids<String>,
    Asked(asked): Asked<DeleteQuery>,
) -> Answer<NoContent> {
    let tenant = tenant_asked(call.caller.token(), asked.tenant.as_deref())?;
    let command = call.begin(&app, tenant, Wishes::default())?;
    app.service.delete_token(&command, &id).await?;
    Ok(NoContent)
}
