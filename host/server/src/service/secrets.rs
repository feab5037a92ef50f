//! Secrets: written by admins, opened only on their way to the one place that needs them.

use std::collections::BTreeSet;

use stagewright_core::command::check_version;
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::model::tenant::Secret;
use stagewright_core::outside::SecretValues;
use stagewright_core::refusal::Refusal;
use stagewright_core::time::Timestamp;

use super::queries::{Listed, Order, Page};
use super::{Command, Service};
use crate::secrets::SecretsError;

/// Longest secret in bytes.
const SECRET_BYTES_MAX: usize = 4_096;

/// What may be told of a secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecretNote {
    /// Its name.
    pub name: String,
    /// When it was last set.
    pub updated_at: Timestamp,
}

impl Service {
    /// A page of what may be told of the secrets, by name.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn secrets(
        &self,
        tenant: TenantId,
        page: &Page,
    ) -> Result<Listed<SecretNote>, Failure> {
        let prefix = Key::new(tenant, Table::Secret, &[]);
        let found = self.list::<Secret>(&prefix, page, Order::Forward, |_| true).await?;

        let note = |(key, secret, version): (Key, Secret, u64)| {
            let name = key.parts_after(&prefix).and_then(|parts| parts.into_iter().next());
            let name = name.ok_or_else(|| {
                Failure::Damaged("a secret lies under a key that names none".to_owned())
            })?;
            Ok((key, SecretNote { name, updated_at: secret.updated_at }, version))
        };
        let rows = found.rows.into_iter().map(note).collect::<Result<_, Failure>>()?;
        Ok(Listed { rows, next: found.next })
    }

    /// Sets a secret; with `expected` only where it is at that version, 0 being none. Its value is
    /// never given back; its version is.
    ///
    /// # Errors
    /// `secret.invalid` for a bad name or an empty or over-long value, `record.stale`.
    pub async fn put_secret(
        &self,
        command: &Command,
        name: &str,
        value: &str,
        expected: Option<u64>,
    ) -> Result<u64, Failure> {
        let plain =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
            let message = "a secret's name is up to 64 of a-z, 0-9, - and _";
            return Err(Failure::Refused(Refusal::invalid("secret.invalid", "name", message)));
        }

        if value.is_empty() || value.len() > SECRET_BYTES_MAX {
            let message = format!("a secret has 1 to {SECRET_BYTES_MAX} bytes");
            return Err(Failure::Refused(Refusal::invalid("secret.invalid", "value", message)));
        }

        // Sealed once, outside the decision: every sealing draws a nonce of its own, and deciding
        // again has to write the same (ADR 0001).
        let sealed = self
            .vault
            .seal(command.ctx.tenant, name, value)
            .map_err(|e| Failure::Stopped(e.to_string()))?;

        self.execute(command, |tx, ctx| {
            let key = Secret::key(ctx.tenant, name);
            let before = tx.get::<Secret>(&key)?;
            check_version(expected, before.map_or(0, |(_, version)| version))?;
            tx.put(key, &Secret { sealed: sealed.clone(), updated_at: ctx.now })
        })
        .await
    }

    /// Opens the named secrets that exist. One that is missing is simply not there.
    ///
    /// # Errors
    /// [`Failure`]; `Damaged` where one was sealed under another master key.
    pub async fn open_secrets(
        &self,
        tenant: TenantId,
        names: &BTreeSet<String>,
    ) -> Result<SecretValues, Failure> {
        self.vault.open_all(&*self.store, tenant, names).await.map_err(|error| match error {
            SecretsError::Rows(failure) => failure,
            SecretsError::Sealed(error) => Failure::Damaged(error.to_string()),
        })
    }
}
