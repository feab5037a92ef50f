//! Tenants: made by the platform's admins, each with a first admin token.

use serde_json::json;

use stagewright_core::context::OpContext;
use stagewright_core::drive::Failure;
use stagewright_core::id::{CommandId, TenantId};
use stagewright_core::key::{Key, Table};
use stagewright_core::limits::NAME_CHARS_MAX;
use stagewright_core::model::tenant::{Role, Tenant};
use stagewright_core::phone::is_country;
use stagewright_core::refusal::Refusal;
use stagewright_core::time::is_time_zone;
use stagewright_core::tx::{Halt, Tx};

use super::credentials::{NewToken, put_token};
use super::queries::{Listed, Order, Page};
use super::tokens::{Made, TokenSecret};
use super::{Command, Once, Service};

/// Languages that texts come in.
pub const LANGUAGES: [&str; 3] = ["en", "ru", "uk"];

/// A tenant to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewTenant {
    /// Name for people.
    pub name: String,
    /// IANA time zone.
    pub time_zone: String,
    /// One of [`LANGUAGES`].
    pub language: String,
    /// ISO 3166 country.
    pub country: String,
}

/// Where tenants are listed.
fn tenants_prefix() -> Key {
    Key::new(TenantId::PLATFORM, Table::Tenant, &[])
}

impl NewTenant {
    /// Checks what was written.
    ///
    /// # Errors
    /// `tenant.invalid`, naming the field.
    pub fn check(&self) -> Result<(), Refusal> {
        let invalid =
            |field: &str, message: &str| Err(Refusal::invalid("tenant.invalid", field, message));

        if self.name.trim().is_empty() || self.name.chars().count() > NAME_CHARS_MAX {
            return invalid("name", &format!("write a name of up to {NAME_CHARS_MAX} characters"));
        }
        if !is_time_zone(&self.time_zone) {
            return invalid("time_zone", "write an IANA time zone such as Europe/Kyiv");
        }
        if !LANGUAGES.contains(&self.language.as_str()) {
            return invalid("language", "write one of en, ru and uk");
        }
        if !is_country(&self.country) {
            return invalid(
                "country",
                "write an ISO 3166 country of two capital letters, such as UA",
            );
        }

        Ok(())
    }
}

impl Service {
    /// A tenant.
    ///
    /// # Errors
    /// `not-found`.
    pub async fn tenant(&self, id: TenantId) -> Result<Tenant, Failure> {
        Ok(self.fetch::<Tenant>(&Tenant::key(id)).await?.0)
    }

    /// A page of the tenants, by id.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn tenants(&self, page: &Page) -> Result<Listed<Tenant>, Failure> {
        self.list(&tenants_prefix(), page, Order::Forward, |_| true).await
    }

    /// Makes a tenant and the token of its first admin.
    ///
    /// # Errors
    /// `tenant.invalid`; `idempotency.secret-not-repeatable` where the request was carried out
    /// before.
    pub async fn create_tenant(
        &self,
        command: &Command,
        once: Option<&Once>,
        new: &NewTenant,
    ) -> Result<(Tenant, Made), Failure> {
        // Drawn outside the decision, which may be made several times and has to come out the same
        // (ADR 0001).
        let secret = TokenSecret::new()?;
        let answer = self
            .execute_once(command, once, |tx, ctx| {
                new.check()?;
                let tenant = put_tenant(tx, ctx, new)?;

                let admin = NewToken {
                    name: "admin".to_owned(),
                    tenant: tenant.id,
                    role: Role::Admin,
                    user: None,
                };
                let token = put_token(
                    tx,
                    &OpContext { tenant: tenant.id, ..ctx.clone() },
                    &admin,
                    secret.hash(),
                )?;

                Ok((201, json!({ "tenant": tenant, "token": token })))
            })
            .await?;

        // Read back from JSON, since the answer may be that of a receipt.
        let part = |name| answer.1.get(name).cloned().unwrap_or_default();
        let tenant =
            serde_json::from_value(part("tenant")).map_err(|e| Failure::Damaged(e.to_string()))?;
        Ok((tenant, secret.reveal(part("token"))?))
    }
}

fn put_tenant(tx: &mut Tx<'_>, ctx: &OpContext, new: &NewTenant) -> Result<Tenant, Halt> {
    let CommandId(mut id) = CommandId::derived(&["tenant", &tx.new_id(ctx, "tenant")]);
    // First bytes from 0xF0 on are not for tenants: due rows begin there.
    if let Some(first) = id.first_mut() {
        *first &= 0x7F;
    }

    let tenant = Tenant {
        id: TenantId(id),
        name: new.name.trim().to_owned(),
        time_zone: new.time_zone.clone(),
        language: new.language.clone(),
        country: new.country.clone(),
        created_at: ctx.now,
    };
    tx.put_indexed(&tenants_prefix(), Tenant::key(tenant.id), &tenant)?;
    Ok(tenant)
}
