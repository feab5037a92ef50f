//! Tokens: who is asking, and for which tenant.

use serde_json::json;
use sha2::{Digest, Sha256};
use stagewright_core::schema::built_in;

use stagewright_core::command::require_link;
use stagewright_core::context::{Actor, OpContext};
use stagewright_core::directory::user_record;
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::limits::NAME_CHARS_MAX;
use stagewright_core::model::record::IndexEntry;
use stagewright_core::model::tenant::{Role, Token};
use stagewright_core::read::Range;
use stagewright_core::refusal::{Refusal, RefusalKind};
use stagewright_core::tx::{Halt, Tx};

use super::{Command, Service};

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

/// Where a tenant's tokens are listed.
pub(super) fn tokens_prefix(tenant: TenantId) -> Key {
    Key::new(tenant, Table::Index, &["token"])
}

/// The hash that a token is kept under.
#[must_use]
pub fn hash_token(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

impl Service {
    /// Finds who a bearer token belongs to. The token of an employee who was deactivated or deleted
    /// opens nothing any more.
    ///
    /// # Errors
    /// `auth.unknown-token`, `auth.inactive-user`.
    pub async fn authenticate(&self, secret: &str) -> Result<Credential, Failure> {
        let key = Token::key(&hash_token(secret));
        let refuse = |code, message| {
            Failure::Refused(Refusal::new(RefusalKind::Unauthenticated, code, message))
        };

        let found = self.query(|tx| {
            let Some((token, _)) = tx.peek::<Token>(&key)? else { return Ok(None) };
            let Some(user) = &token.user else { return Ok(Some((token, true))) };
            // Looked at with every request, so that whoever is deactivated is locked out at once.
            let user = user_record(tx, token.tenant, user)?;
            Ok(Some((token, user.is_some_and(|user| user.is_on("active")))))
        });

        match found.await? {
            Some((token, true)) => Ok(Credential { token }),
            Some((_, false)) => Err(refuse(
                "auth.inactive-user",
                "the employee of this token does not work here any more",
            )),
            None => {
                let message =
                    "nobody is known by this token; send one as `Authorization: Bearer <token>`";
                Err(refuse("auth.unknown-token", message))
            }
        }
    }

    /// Makes a token and gives its secret, which is kept nowhere.
    ///
    /// # Errors
    /// As [`Service::create_token_once`].
    pub async fn create_token(
        &self,
        command: &Command,
        new: &NewToken,
    ) -> Result<(Token, String), Failure> {
        let made = self.create_token_once(command, None, new).await?;
        tracing::info!(token = %made.token.id, role = %json!(made.token.role), "token created");
        Ok((made.token, made.secret))
    }

    /// Whether a tenant, or the platform, has any token.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn has_tokens(&self, tenant: TenantId) -> Result<bool, Failure> {
        let range = Range::first(tokens_prefix(tenant), 1);
        self.query(|tx| Ok(!tx.range::<IndexEntry>(&range)?.is_empty())).await
    }
}

/// Writes a token that is found by `hash`.
pub(super) fn put_token(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    new: &NewToken,
    hash: &str,
) -> Result<Token, Halt> {
    let id = tx.new_id(ctx, "token");

    if new.name.trim().is_empty() || new.name.chars().count() > NAME_CHARS_MAX {
        return Err(Refusal::invalid(
            "token.invalid",
            "name",
            format!("write a name of up to {NAME_CHARS_MAX} characters"),
        )
        .into());
    }

    match (&new.user, new.role) {
        (None, Role::Employee) => {
            return Err(Refusal::invalid(
                "token.invalid",
                "user",
                "an employee's token names the employee",
            )
            .into());
        }
        (Some(user), Role::Employee) => require_link(tx, ctx, built_in::USER, user, "user")?,
        // Who acts as an employee has an employee's rights, no more.
        (Some(_), _) => {
            return Err(Refusal::invalid(
                "token.invalid",
                "user",
                "only an employee's token names an employee",
            )
            .into());
        }
        (None, _) => {}
    }

    let token = Token {
        id,
        name: new.name.clone(),
        tenant: new.tenant,
        role: new.role,
        user: new.user.clone(),
        created_at: ctx.now,
        hash: hash.to_owned(),
    };

    tx.put(Token::key(hash), &token)?;
    // A token is kept under its secret's hash, which says nothing of its tenant, so listing a
    // tenant's tokens needs an index.
    tx.put_indexed(
        &tokens_prefix(new.tenant),
        Token::list_key(new.tenant, &token.id),
        &IndexEntry { id: hash.to_owned() },
    )?;
    Ok(token)
}
