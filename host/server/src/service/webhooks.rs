//! Incoming webhooks and their keys.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use stagewright_core::command::webhook;
use stagewright_core::drive::Failure;
use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Table};
use stagewright_core::model::webhook::Webhook;
use stagewright_core::refusal::Refusal;

use super::queries::{Listed, Order, Page};
use super::{Command, Service};

/// A key's length in bytes.
const KEY_BYTES: usize = 24;

/// A webhook that was made, with the key that is shown once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MadeWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// Its key.
    pub key: String,
    /// Its version; 1 where there was none of this code before.
    pub version: u64,
}

fn hash_key(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

/// Whether `key` is the one whose hash is kept, told in a time that does not depend on how much of
/// it is right.
#[must_use]
pub fn opens(hash: &str, key: &str) -> bool {
    hash_key(key).as_bytes().ct_eq(hash.as_bytes()).into()
}

impl Service {
    /// Makes a webhook of the command's tenant, or a new key for one that is there; with `expected`
    /// only where it is at that version, 0 being none.
    ///
    /// # Errors
    /// `webhook.invalid`, `record.stale`.
    pub async fn put_webhook(
        &self,
        command: &Command,
        code: &str,
        name: &str,
        expected: Option<u64>,
    ) -> Result<MadeWebhook, Failure> {
        // Drawn outside the decision, which may be made several times and has to come out the same
        // (ADR 0001).
        let mut bytes = [0; KEY_BYTES];
        getrandom::fill(&mut bytes).map_err(|e| Failure::Stopped(e.to_string()))?;
        let key = hex::encode(bytes);
        let hash = hash_key(&key);

        let made = self
            .execute(command, |tx, ctx| webhook::put(tx, ctx, code, (name, &hash), expected))
            .await?;
        let (webhook, version) = made;
        Ok(MadeWebhook { webhook, key, version })
    }

    /// A page of the webhooks, by code.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn webhooks(
        &self,
        tenant: TenantId,
        page: &Page,
    ) -> Result<Listed<Webhook>, Failure> {
        self.list(&Key::new(tenant, Table::Webhook, &[]), page, Order::Forward, |_| true).await
    }

    /// Lets in whoever has a webhook's key.
    ///
    /// # Errors
    /// `not-found` for a webhook that is not there and for a key that is another one's: nobody
    /// learns which of the two it is.
    pub async fn open_webhook(
        &self,
        tenant: TenantId,
        code: &str,
        key: &str,
    ) -> Result<(), Failure> {
        let known = self.find::<Webhook>(&Webhook::key(tenant, code)).await?;
        match known {
            Some((webhook, _)) if opens(&webhook.hash, key) => Ok(()),
            _ => Err(Failure::Refused(Refusal::not_found("webhook"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_its_own_hash_alone() {
        assert!(opens(&hash_key("abc"), "abc"));
        assert!(
            !opens(&hash_key("abc"), "abd") && !opens(&hash_key("abc"), "") && !opens("", "abc")
        );
    }
}
