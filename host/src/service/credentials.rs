//! Tokens: who is asking, and for which tenant.

use serde_json::json;
use sha2::{Digest, Sha256};
use stagewright_core::command::require_link;
use stagewright_core::context::Actor;
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::Key;
use stagewright_core::model::record::IndexEntry;
use stagewright_core::model::tenant::{Role, Token};
use stagewright_core::refusal::{Refusal, RefusalKind};

use super::{Command, Service};

/// A token's secret part as bytes.
const SECRET_BYTES: usize = 24;

/// Who a request comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credential {
    /// The token.
    pub token: Token,
}

impl Credential {
    /// The actor it stands for.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match &self.token.user {
            Some(user) => Actor::User { id: user.clone() },
            None => Actor::Client { name: self.token.name.clone() },
        }
    }
}

/// A token to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewToken {
    /// Name for people.
    pub name: String,
    /// Its tenant; the platform's space for a platform admin.
    pub tenant: TenantId,
    /// What it may do.
    pub role: Role,
    /// The employee it acts as.
    pub user: Option<String>,
}

/// The hash that a token is kept under.
#[must_use]
pub fn hash_token(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

impl Service {
    /// Finds who a bearer token belongs to.
    ///
    /// # Errors
    /// `auth.unknown-token`.
    pub async fn authenticate(&self, secret: &str) -> Result<Credential, Failure> {
        let key = Token::key(&hash_token(secret));
        let found = self.query(|tx| tx.peek::<Token>(&key)).await?;
        let message = "nobody is known by this token; send one as `Authorization: Bearer <token>`";
        found.map(|(token, _)| Credential { token }).ok_or_else(|| {
            Failure::Refused(Refusal::new(RefusalKind::Unauthenticated, "auth.unknown-token", message))
        })
    }

    /// Makes a token and gives its secret, which is kept nowhere.
    ///
    /// # Errors
    /// `token.invalid`, `record.dangling-link` for an employee who does not exist.
    pub async fn create_token(&self, command: &Command, new: &NewToken) -> Result<(Token, String), Failure> {
        let mut bytes = [0; SECRET_BYTES];
        getrandom::fill(&mut bytes).map_err(|e| Failure::Stopped(e.to_string()))?;
        let secret = format!("sw_{}", hex::encode(bytes));
        let hash = hash_token(&secret);
        let token = self
            .execute(command, |tx, ctx| {
                let id = tx.new_id(ctx, "token");
                if new.name.trim().is_empty() || new.name.chars().count() > 200 {
                    return Err(Refusal::invalid("token.invalid", "name", "write a name of up to 200 characters").into());
                }
                if new.role == Role::Employee && new.user.is_none() {
                    return Err(Refusal::invalid("token.invalid", "user", "an employee's token names the employee").into());
                }
                if let Some(user) = &new.user {
                    require_link(tx, ctx, "user", user, "user")?;
                }
                let token = Token {
                    id,
                    name: new.name.clone(),
                    tenant: new.tenant,
                    role: new.role,
                    user: new.user.clone(),
                    created_at: ctx.now,
                    hash: hash.clone(),
                };
                tx.put(Token::key(&hash), &token)?;
                let range = Key::new(new.tenant, stagewright_core::key::Table::Index, &["token"]);
                tx.put_indexed(&range, Token::list_key(new.tenant, &token.id), &IndexEntry { id: hash.clone() })?;
                Ok(token)
            })
            .await?;
        tracing::info!(token = %token.id, role = %json!(token.role), "token created");
        Ok((token, secret))
    }
}

impl Service {
    /// Whether a tenant, or the platform, has any token.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn has_tokens(&self, tenant: TenantId) -> Result<bool, Failure> {
        let range = stagewright_core::read::Range::first(Key::new(tenant, stagewright_core::key::Table::Index, &["token"]), 1);
        self.query(|tx| Ok(!tx.range::<IndexEntry>(&range)?.is_empty())).await
    }
}
