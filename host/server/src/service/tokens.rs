//! Tokens as things: their secrets, who may make which, listing and deleting them.

use serde_json::{Value, json};

use stagewright_core::command::tenant;
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::model::record::IndexEntry;
use stagewright_core::model::tenant::{Role, Token};
use stagewright_core::read::Range;
use stagewright_core::refusal::{Refusal, RefusalKind};

use super::credentials::{hash_token, put_token, tokens_prefix};
use super::queries::{Listed, Order, Page};
use super::{Command, NewToken, Once, Service};

/// A token's secret part as bytes.
const SECRET_BYTES: usize = 24;

/// A token that was made, with the secret that is shown once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Made {
    /// The token.
    pub token: Token,
    /// Its secret.
    pub secret: String,
}

/// A secret on its way to the one who asked for it.
pub(super) struct TokenSecret {
    secret: String,
    hash: String,
}

impl TokenSecret {
    /// A new secret.
    pub(super) fn new() -> Result<Self, Failure> {
        let mut bytes = [0; SECRET_BYTES];
        getrandom::fill(&mut bytes).map_err(|e| Failure::Stopped(e.to_string()))?;
        let secret = format!("sw_{}", hex::encode(bytes));
        Ok(Self { hash: hash_token(&secret), secret })
    }

    /// What the token is kept under.
    pub(super) fn hash(&self) -> &str {
        &self.hash
    }

    /// The token that `answer` tells of, with this secret. A receipt keeps no secret, so an answer
    /// that is repeated from one tells of a token that another secret belongs to, which only the
    /// first answer named.
    pub(super) fn reveal(self, answer: Value) -> Result<Made, Failure> {
        let token: Token =
            serde_json::from_value(answer).map_err(|e| Failure::Damaged(e.to_string()))?;
        if token.hash == self.hash {
            return Ok(Made { token, secret: self.secret });
        }

        let message = format!(
            "this request was carried out before and made token {}; its secret was shown then and \
             is kept nowhere: if it is lost, \
             delete that token and make another one with a new Idempotency-Key",
            token.id
        );
        Err(Failure::Refused(Refusal::conflict("idempotency.secret-not-repeatable", message)))
    }
}

/// The tenant that a new token is for: admins make tokens of their own tenant, platform admins
/// those of the tenant they name and those of the platform.
///
/// # Errors
/// `not-found` for another tenant, `auth.role-too-high`, `token.invalid`.
pub fn tenant_for(maker: &Token, role: Role, asked: Option<&str>) -> Result<TenantId, Refusal> {
    let asked = asked.map(tenant_id).transpose()?;
    let invalid = |message: &str| Err(Refusal::invalid("token.invalid", "tenant", message));

    match (maker.role, role, asked) {
        (Role::PlatformAdmin, Role::PlatformAdmin, None) => Ok(TenantId::PLATFORM),
        (Role::PlatformAdmin, Role::PlatformAdmin, Some(_)) => {
            invalid("a platform admin belongs to no tenant; leave it out")
        }
        (Role::PlatformAdmin, _, Some(tenant)) => Ok(tenant),
        (Role::PlatformAdmin, _, None) => invalid("name the tenant that the token is for"),
        (_, Role::PlatformAdmin, _) => {
            let message = "only a platform admin makes platform admins";
            Err(Refusal::new(RefusalKind::Forbidden, "auth.role-too-high", message).at("role"))
        }
        (_, _, Some(tenant)) if tenant != maker.tenant => Err(Refusal::not_found("tenant")),
        _ => Ok(maker.tenant),
    }
}

/// The tenant whose tokens are asked for: an admin's own, or whichever a platform admin names, the
/// platform's own by default.
///
/// # Errors
/// `not-found` for another tenant.
pub fn tenant_asked(asker: &Token, asked: Option<&str>) -> Result<TenantId, Refusal> {
    match asked.map(tenant_id).transpose()? {
        Some(tenant) if asker.role == Role::PlatformAdmin || tenant == asker.tenant => Ok(tenant),
        Some(_) => Err(Refusal::not_found("tenant")),
        None => Ok(asker.tenant),
    }
}

/// A tenant's id. The platform's own space is no tenant: a token of a tenant's role must not lie
/// there.
fn tenant_id(text: &str) -> Result<TenantId, Refusal> {
    let id = TenantId::try_from(text.to_owned()).ok().filter(|id| *id != TenantId::PLATFORM);
    id.ok_or_else(|| Refusal::not_found("tenant"))
}

impl Service {
    /// Makes a token of the command's tenant, once for an idempotency key.
    ///
    /// # Errors
    /// `token.invalid`, `not-found` for a tenant that does not exist, `record.dangling-link` for
    /// such an employee; `idempotency.secret-not-repeatable` where the request was carried out
    /// before.
    pub async fn create_token_once(
        &self,
        command: &Command,
        once: Option<&Once>,
        new: &NewToken,
    ) -> Result<Made, Failure> {
        let secret = TokenSecret::new()?;
        let answer = self.execute_once(command, once, |tx, ctx| {
            // The platform's own space has no tenant's row.
            if new.tenant != TenantId::PLATFORM {
                tenant(tx, ctx)?;
            }
            Ok((201, json!(put_token(tx, ctx, new, secret.hash())?)))
        });

        let (_, token) = answer.await?;
        secret.reveal(token)
    }

    /// Makes the first token of a host. Its secret is handed to `keep` before anything is
    /// committed: a token whose secret a crash has swallowed would lock everybody out.
    ///
    /// # Errors
    /// [`Failure`]; [`Failure::Stopped`] where the secret cannot be kept.
    pub async fn create_first_token(
        &self,
        command: &Command,
        new: &NewToken,
        keep: impl FnOnce(&str) -> std::io::Result<()>,
    ) -> Result<Token, Failure> {
        let secret = TokenSecret::new()?;
        keep(&secret.secret)
            .map_err(|e| Failure::Stopped(format!("the token cannot be written down: {e}")))?;

        self.execute(command, |tx, ctx| put_token(tx, ctx, new, secret.hash())).await
    }

    /// A page of a tenant's tokens, newest first.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn tokens(&self, tenant: TenantId, page: &Page) -> Result<Listed<Token>, Failure> {
        self.list_indexed(&tokens_prefix(tenant), page, Order::NewestFirst, |entry: &IndexEntry| {
            Token::key(&entry.id)
        })
        .await
    }

    /// Deletes a token of the command's tenant: the next request with it is refused.
    ///
    /// # Errors
    /// `not-found`, `token.last-platform-admin`.
    pub async fn delete_token(&self, command: &Command, id: &str) -> Result<(), Failure> {
        self.execute(command, |tx, ctx| {
            let (prefix, place) = (tokens_prefix(ctx.tenant), Token::list_key(ctx.tenant, id));
            let Some((entry, _)) = tx.get::<IndexEntry>(&place)? else {
                return Err(Refusal::not_found("token").into());
            };

            // The range is a precondition: two admins who delete one another's token at once cannot
            // both succeed.
            if ctx.tenant == TenantId::PLATFORM
                && tx.range::<IndexEntry>(&Range::first(prefix.clone(), 2))?.len() < 2
            {
                let message = "this is the last platform admin's token; make another one before \
                    you delete it";
                return Err(Refusal::conflict("token.last-platform-admin", message).into());
            }

            tx.require::<Token>(&Token::key(&entry.id))?;
            tx.delete(Token::key(&entry.id));
            tx.delete_indexed(&prefix, place);
            Ok(())
        })
        .await
    }
}
