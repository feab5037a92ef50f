//! Who is asking: the bearer token, and whether its role may call the route. The tenant comes from
//! the token alone.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;

use stagewright_core::context::AutomationMode;
use stagewright_core::id::TenantId;
use stagewright_core::model::tenant::{Role, Token};
use stagewright_core::refusal::{Refusal, RefusalKind};

use super::error::Problem;
use super::state::HttpState;
use crate::service::{Credential, Wishes};

/// Who may call a route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Everybody, without a token.
    Open,
    /// Every token.
    Anyone,
    /// Platform admins.
    Platform,
    /// Platform admins, and admins for their tenant.
    Steward,
    /// Admins of the tenant.
    Admin,
    /// Admins and integrators of the tenant: those who set things up.
    Configurer,
    /// Every token of a tenant.
    Member,
}

impl Access {
    /// Whether a token of this role may call the route.
    #[must_use]
    pub fn admits(self, role: Role) -> bool {
        match self {
            Self::Open | Self::Anyone => true,
            Self::Platform => role == Role::PlatformAdmin,
            Self::Steward => matches!(role, Role::PlatformAdmin | Role::Admin),
            Self::Admin => role == Role::Admin,
            Self::Configurer => matches!(role, Role::Admin | Role::Integrator),
            Self::Member => role != Role::PlatformAdmin,
        }
    }

    /// Those it admits, for people.
    fn wanted(self) -> &'static str {
        match self {
            Self::Open | Self::Anyone => "any token",
            Self::Platform => "a platform admin's token",
            Self::Steward => "a platform admin's or a tenant admin's token",
            Self::Admin => "a tenant admin's token",
            Self::Configurer => "a tenant admin's or an integrator's token",
            Self::Member => "a token of a tenant",
        }
    }
}

/// Who is asking.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    credential: Credential,
}

impl Caller {
    /// The token.
    pub(super) fn token(&self) -> &Token {
        &self.credential.token
    }

    /// The tenant whose data is asked for; the platform's space for a platform admin.
    pub(super) fn tenant(&self) -> TenantId {
        self.credential.token.tenant
    }

    /// The tenant, where there is one.
    pub(super) fn own_tenant(&self) -> Option<TenantId> {
        Some(self.tenant()).filter(|tenant| *tenant != TenantId::PLATFORM)
    }

    /// The credential.
    pub(super) fn credential(&self) -> &Credential {
        &self.credential
    }

    /// The employee whose token this is, where it is one's.
    fn employee(&self) -> Option<&str> {
        self.token().user.as_deref().filter(|_| self.token().role == Role::Employee)
    }

    /// Refuses wishes that an employee may not have: to act in another's name, and to switch off
    /// what supervises him.
    ///
    /// # Errors
    /// `auth.own-name-only`, `auth.no-suppressing`.
    pub(super) fn may_wish(&self, wishes: &Wishes) -> Result<(), Refusal> {
        let Some(own) = self.employee() else { return Ok(()) };
        if wishes.on_behalf_of.as_deref().is_some_and(|named| named != own) {
            let message =
                "an employee's token acts as that employee alone; leave `on_behalf_of` out";
            return Err(Refusal::new(RefusalKind::Forbidden, "auth.own-name-only", message)
                .at("on_behalf_of"));
        }

        if wishes.automation == AutomationMode::Suppress {
            let message = "automation is suppressed for imports, with a token that is no \
                employee's; leave `automation` out";
            return Err(Refusal::new(RefusalKind::Forbidden, "auth.no-suppressing", message)
                .at("automation"));
        }

        Ok(())
    }

    /// Refuses an employee's token to change who works where: whom somebody answers to is for the
    /// tenant's admins. Of their own record an employee may change anything but that.
    ///
    /// # Errors
    /// `auth.wrong-role`.
    pub(super) fn may_change(
        &self,
        kind: &str,
        id: Option<&str>,
        fields: &[&str],
    ) -> Result<(), Refusal> {
        let own = self.employee();
        let is_own = || {
            kind == "user"
                && id.is_some()
                && id == own
                && !fields.iter().any(|name| ["active", "department"].contains(name))
        };

        if own.is_none() || !["user", "department"].contains(&kind) || is_own() {
            return Ok(());
        }

        let message = "who works where is changed by the tenant's admins; an employee may change \
            their own record, without `active` and `department`";
        Err(Refusal::new(RefusalKind::Forbidden, "auth.wrong-role", message))
    }

    /// The employee who acts: the token's own, or, for a token that is nobody's own, the one it
    /// names.
    ///
    /// # Errors
    /// `auth.own-name-only`, `auth.user-missing`.
    pub(super) fn acting_user(&self, named: Option<&str>) -> Result<String, Refusal> {
        match (&self.token().user, named) {
            (Some(own), Some(named)) if own != named => {
                let message = "an employee's token acts as that employee alone; leave `user` out";
                Err(Refusal::new(RefusalKind::Forbidden, "auth.own-name-only", message).at("user"))
            }
            (Some(own), _) => Ok(own.clone()),
            (None, Some(named)) => Ok(named.to_owned()),
            (None, None) => Err(Refusal::invalid(
                "auth.user-missing",
                "user",
                "this token is nobody's own, so name the employee who acts",
            )),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| {
            Problem::internal("a handler asks for its caller on a route that is open")
        })
    }
}

/// What [`guard`] works with.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    /// The state.
    pub(super) app: Arc<HttpState>,
    /// Who may pass.
    pub(super) access: Access,
}

/// Lets those pass who may call the route. Runs before anything of the request but its head is
/// read.
pub(super) async fn guard(
    State(gate): State<Gate>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let secret = bearer(request.headers())?;
    let credential = gate.app.service.authenticate(secret).await?;

    if !gate.access.admits(credential.token.role) {
        let role = serde_json::json!(credential.token.role);
        let message = format!(
            "this takes {}; yours has the role {}",
            gate.access.wanted(),
            role.as_str().unwrap_or_default()
        );
        return Err(Refusal::new(RefusalKind::Forbidden, "auth.wrong-role", message).into());
    }

    request.extensions_mut().insert(Caller { credential });
    Ok(next.run(request).await)
}

/// The bearer token of a request.
fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, secret) = value.and_then(|value| value.split_once(' ')).unwrap_or_default();
    let secret = secret.trim();

    if scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty() {
        return Ok(secret);
    }

    let message = "this needs a token; send one as `Authorization: Bearer <token>`";
    Err(Refusal::new(RefusalKind::Unauthenticated, "auth.missing-token", message))
}
